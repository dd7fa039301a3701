//! Making hosts: a network namespace each, with addresses, routes and devices.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;

use rustix::fs::OFlags;
use rustix::thread::move_into_link_name_space;

use super::{Failure, Step};
use crate::network::layout::{Blueprint, Device, PREFIX};
use crate::network::netlink::{LO, Link, Netlink, TABLE_LOCAL, TABLE_MAIN};
use crate::network::wire::{ETHERNET_ADDRESS, Framing};
use crate::sys;

/// The step that fails where programs may not make devices.
pub(in crate::network) const OPEN_TUN: &str = "open /dev/net/tun";

/// The name of the device that carries packets, as programs on a host of several see it.
const ETHERNET: &str = "eth0";

/// Its name on the one host of a network of one, where it stands for the loopback.
const HAIRPIN: &str = "link0";

/// The longest packet that IP knows: on a loopback every datagram goes in one piece, so that a fault
/// meets all of it or nothing.
const LONGEST: u32 = 65535;

/// The longest packet on Ethernet.
const ETHERNET_MTU: u32 = 1500;

/// How much of a stream a packet carries at most, on every device: as on Ethernet.
const SEGMENT: u32 = ETHERNET_MTU - 40;

/// How many packets may wait for socklab to take them: more than any socket's buffer holds.
const QUEUE: u32 = 20_000;

/// The table of the routes that lead over the device. Any number that the system does not use.
const TABLE_LINK: u8 = 100;

/// The network that holds every address but those of other routes.
const EVERYWHERE: (Ipv4Addr, u8) = (Ipv4Addr::UNSPECIFIED, 0);

/// The hosts of a network, as they were made.
pub(super) struct Hosts {
    pub(super) user: OwnedFd,
    pub(super) nets: Vec<OwnedFd>,
    pub(super) taps: Vec<OwnedFd>,
    pub(super) wires: Vec<OwnedFd>,
    pub(super) framing: Option<Framing>,
}

impl Hosts {
    pub(super) fn make(blueprint: &Blueprint) -> Result<Hosts, Failure> {
        let ids = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        sys::unshare_user().step("make a user namespace")?;
        fs::write("/proc/self/setgroups", "deny").step("give up supplementary groups")?;
        fs::write("/proc/self/uid_map", map(ids.0)).step("keep the user's own id")?;
        fs::write("/proc/self/gid_map", map(ids.1)).step("keep the group's own id")?;
        let user = File::open("/proc/self/ns/user").step("hold the user namespace")?.into();
        let mut hosts = Hosts { user, nets: vec![], taps: vec![], wires: vec![], framing: None };
        match blueprint.device.map(or_else_veth) {
            None => hosts.add_all(blueprint, |host, _| alone(host))?,
            Some(Device::Veth) => hosts.add_all_with_pairs(blueprint)?,
            Some(_) => {
                let mut wires = Vec::new();
                hosts.add_all(blueprint, |host, address| {
                    wires.push(tun(host, address)?);
                    Ok(())
                })?;
                (hosts.wires, hosts.framing) = (wires, Some(Framing::Ip));
            }
        }
        Ok(hosts)
    }

    /// Makes every host; `equip` gives it what carries its packets.
    fn add_all(
        &mut self,
        blueprint: &Blueprint,
        mut equip: impl FnMut(&mut Spot, Option<Ipv4Addr>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        for address in &blueprint.hosts {
            let mut host = Spot::make()?;
            host.netlink.up(LO).step("bring the loopback up")?;
            // Ports below 1024 are for everybody in here. Without it only those are missing.
            let _ = fs::write("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
            equip(&mut host, *address)?;
            self.taps.push(sys::packet_socket(LO.0).step("watch the loopback")?);
            self.nets.push(host.net);
        }
        Ok(())
    }

    /// Makes every host with a pair of links, whose other ends are in a namespace of their own:
    /// there nobody but a packet socket takes what comes.
    fn add_all_with_pairs(&mut self, blueprint: &Blueprint) -> Result<(), Failure> {
        let mut far = Spot::make()?;
        let mut ends = Vec::new();
        self.add_all(blueprint, |host, address| {
            ends.push(pair(host, address, &mut far, &format!("host{}", ends.len()))?);
            Ok(())
        })?;
        move_into_link_name_space(far.net.as_fd(), None).step("go to the other ends")?;
        for end in ends {
            self.wires.push(sys::packet_socket(end.0).step("open the end of a link")?);
        }
        self.framing = Some(Framing::Ethernet);
        Ok(())
    }
}

/// A network namespace, and what it takes to change things in it from anywhere.
struct Spot {
    net: OwnedFd,
    netlink: Netlink,
    /// Any socket: devices are spoken of through one.
    socket: UdpSocket,
}

impl Spot {
    /// Makes a network namespace and enters it.
    fn make() -> Result<Spot, Failure> {
        sys::unshare_network().step("make a network namespace")?;
        Ok(Spot {
            net: File::open("/proc/self/ns/net").step("hold a network namespace")?.into(),
            netlink: Netlink::open().step("speak to the network")?,
            socket: UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).step("make a socket")?,
        })
    }

    fn find(&self, device: &str) -> Result<Link, Failure> {
        let index = rustix::net::netdevice::name_to_index(&self.socket, device);
        Ok(Link(index.step("find a device")?))
    }

    /// Brings a device up that is one end of a pair.
    fn end_of_pair(&mut self, device: &str) -> Result<Link, Failure> {
        let link = self.find(device)?;
        sys::as_on_a_wire(self.socket.as_fd(), device).step("finish packets before they leave")?;
        self.netlink.without_arp(link).step("do without ARP")?;
        Ok(link)
    }
}

/// The line that maps an id outside to one inside: the same one, so that nobody is root inside and
/// programs have no rights that they would not have outside.
fn map(id: u32) -> String {
    const ORDINARY: u32 = 1000;
    let inside = if id == 0 { ORDINARY } else { id };
    format!("{inside} {id} 1")
}

/// What was asked for, and where anything will do, a TUN device if one can be had.
fn or_else_veth(device: Device) -> Device {
    match device {
        Device::Any if !has_tun() => Device::Veth,
        other => other,
    }
}

/// True when a TUN device can be had here.
pub(in crate::network) fn has_tun() -> bool {
    open_tun().is_ok()
}

fn open_tun() -> io::Result<OwnedFd> {
    let flags = OFlags::NONBLOCK.bits() as i32;
    let mut options = OpenOptions::new();
    Ok(options.read(true).write(true).custom_flags(flags).open("/dev/net/tun")?.into())
}

/// Lets what is for other hosts go to the loopback too, where it is seen; nobody takes it there.
fn alone(host: &mut Spot) -> Result<(), Failure> {
    host.netlink.carry_loopback(LO).step("let answers from outside in")?;
    host.netlink
        .add_route(TABLE_MAIN, EVERYWHERE, LO, Ipv4Addr::LOCALHOST, 0)
        .step("route the world to the loopback")
}

/// A TUN device: its packets are read and written where it was opened.
fn tun(host: &mut Spot, address: Option<Ipv4Addr>) -> Result<OwnedFd, Failure> {
    // In the namespace in which it is opened the device will be.
    let tun = open_tun().step(OPEN_TUN)?;
    let name = name_of(address);
    sys::attach_tun(tun.as_fd(), name).step("make a device")?;
    let device = host.find(name)?;
    lead_to(&mut host.netlink, device, address)?;
    Ok(tun)
}

/// A pair of links, and its far end.
fn pair(
    host: &mut Spot,
    address: Option<Ipv4Addr>,
    far: &mut Spot,
    peer: &str,
) -> Result<Link, Failure> {
    let name = name_of(address);
    host.netlink
        .add_pair(name, ETHERNET_ADDRESS, peer, far.net.as_fd())
        .step("make a pair of links")?;
    let end = far.end_of_pair(peer)?;
    far.netlink.keep_ipv6_off(end).step("keep IPv6 off a link")?;
    far.netlink.set_room(end, mtu(address), QUEUE).step("set the length of packets")?;
    far.netlink.up(end).step("bring a link up")?;
    let device = host.end_of_pair(name)?;
    lead_to(&mut host.netlink, device, address)?;
    // The far end has a carrier only now that this one is up, and drops all until it has noticed.
    sys::notice_carrier(far.socket.as_fd(), peer).step("see that a link is up")?;
    Ok(end)
}

/// Brings a device up, and leads to it what it is to carry.
fn lead_to(netlink: &mut Netlink, device: Link, address: Option<Ipv4Addr>) -> Result<(), Failure> {
    netlink.keep_ipv6_off(device).step("keep IPv6 off a link")?;
    netlink.set_room(device, mtu(address), QUEUE).step("set the length of packets")?;
    match address {
        Some(address) => {
            netlink.add_address(device, address, PREFIX).step("give the host its address")?;
            netlink.up(device).step("bring the device up")?;
            netlink
                .add_route(TABLE_MAIN, EVERYWHERE, device, address, 0)
                .step("route the world over the device")
        }
        None => hairpin(netlink, device),
    }
}

/// Leads all that this host sends to itself out over a device, whose other end is socklab: what
/// socklab writes back comes in as if from outside.
fn hairpin(netlink: &mut Netlink, device: Link) -> Result<(), Failure> {
    let loopback = (Ipv4Addr::new(127, 0, 0, 0), 8);
    netlink.carry_loopback(device).step("let the device carry the loopback")?;
    netlink.up(device).step("bring the device up")?;
    for network in [loopback, EVERYWHERE] {
        netlink
            .add_route(TABLE_LINK, network, device, Ipv4Addr::LOCALHOST, SEGMENT)
            .step("route the loopback over the device")?;
    }
    // First what is sent from here: over the device. Then what comes in: it is for here.
    netlink.add_rule(TABLE_LINK, 10, true).step("send over the device")?;
    netlink.add_rule(TABLE_LOCAL, 100, false).step("take in what is for this host")?;
    netlink.remove_rule(TABLE_LOCAL, 0).step("send nothing to itself directly")
}

fn name_of(address: Option<Ipv4Addr>) -> &'static str {
    if address.is_some() { ETHERNET } else { HAIRPIN }
}

fn mtu(address: Option<Ipv4Addr>) -> u32 {
    if address.is_some() { ETHERNET_MTU } else { LONGEST }
}
