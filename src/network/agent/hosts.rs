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
            None => hosts.add_all(blueprint, |_, netlink, _| alone(netlink).map(|()| None))?,
            Some(Device::Veth) => hosts.add_all_with_pairs(blueprint)?,
            Some(_) => {
                hosts.add_all(blueprint, |_, netlink, address| tun(netlink, address).map(Some))?;
                hosts.framing = Some(Framing::Ip);
            }
        }
        Ok(hosts)
    }

    /// Makes every host; `device` gives it what carries its packets.
    fn add_all(
        &mut self,
        blueprint: &Blueprint,
        mut device: impl FnMut(
            usize,
            &mut Netlink,
            Option<Ipv4Addr>,
        ) -> Result<Option<OwnedFd>, Failure>,
    ) -> Result<(), Failure> {
        for (at, address) in blueprint.hosts.iter().enumerate() {
            sys::unshare_network().step("make a network namespace")?;
            let mut netlink = Netlink::open().step("speak to the network")?;
            netlink.up(LO).step("bring the loopback up")?;
            // Ports below 1024 are for everybody in here. Without it only those are missing.
            let _ = fs::write("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
            self.wires.extend(device(at, &mut netlink, *address)?);
            self.taps.push(sys::packet_socket(LO.0).step("watch the loopback")?);
            self.nets.push(network()?);
        }
        Ok(())
    }

    /// Makes every host with a pair of links, whose other ends are in a namespace of their own:
    /// there nobody but a packet socket takes what comes.
    fn add_all_with_pairs(&mut self, blueprint: &Blueprint) -> Result<(), Failure> {
        sys::unshare_network().step("make a network namespace")?;
        let far = network()?;
        let peer = |at: usize| format!("host{at}");
        self.add_all(blueprint, |at, netlink, address| {
            let name = name_of(address);
            netlink
                .add_pair(name, ETHERNET_ADDRESS, &peer(at), far.as_fd())
                .step("make a pair of links")?;
            let device = find(name)?;
            netlink.without_arp(device).step("do without ARP")?;
            as_on_a_wire(name)?;
            equip(netlink, device, address)?;
            Ok(None)
        })?;
        move_into_link_name_space(far.as_fd(), None).step("go to the other ends")?;
        let mut netlink = Netlink::open().step("speak to the network")?;
        for (at, address) in blueprint.hosts.iter().enumerate() {
            let device = find(&peer(at))?;
            as_on_a_wire(&peer(at))?;
            netlink.without_arp(device).step("do without ARP")?;
            netlink.keep_ipv6_off(device).step("keep IPv6 off a link")?;
            netlink.set_room(device, mtu(*address), QUEUE).step("set the length of packets")?;
            netlink.up(device).step("bring a link up")?;
            self.wires.push(sys::packet_socket(device.0).step("open the end of a link")?);
        }
        self.framing = Some(Framing::Ethernet);
        Ok(())
    }
}

/// The line that maps an id outside to one inside: the same one, so that nobody is root inside and
/// programs have no rights that they would not have outside.
fn map(id: u32) -> String {
    const ORDINARY: u32 = 1000;
    let inside = if id == 0 { ORDINARY } else { id };
    format!("{inside} {id} 1")
}

/// The network namespace of this process.
fn network() -> Result<OwnedFd, Failure> {
    Ok(File::open("/proc/self/ns/net").step("hold a network namespace")?.into())
}

/// What was asked for, and where anything will do, a TUN device if one can be had.
fn or_else_veth(device: Device) -> Device {
    match device {
        Device::Any if open_tun().is_err() => Device::Veth,
        other => other,
    }
}

fn open_tun() -> io::Result<OwnedFd> {
    let flags = OFlags::NONBLOCK.bits() as i32;
    let mut options = OpenOptions::new();
    Ok(options.read(true).write(true).custom_flags(flags).open("/dev/net/tun")?.into())
}

/// Lets what is for other hosts go to the loopback too, where it is seen; nobody takes it there.
fn alone(netlink: &mut Netlink) -> Result<(), Failure> {
    netlink.carry_loopback(LO).step("let answers from outside in")?;
    netlink
        .add_route(TABLE_MAIN, EVERYWHERE, LO, Ipv4Addr::LOCALHOST)
        .step("route the world to the loopback")
}

/// A TUN device: its packets are read and written where it was opened.
fn tun(netlink: &mut Netlink, address: Option<Ipv4Addr>) -> Result<OwnedFd, Failure> {
    // In the namespace in which it is opened the device will be.
    let tun = open_tun().step(OPEN_TUN)?;
    sys::attach_tun(tun.as_fd(), name_of(address)).step("make a device")?;
    equip(netlink, find(name_of(address))?, address)?;
    Ok(tun)
}

/// Brings a device up, and leads to it what it is to carry.
fn equip(netlink: &mut Netlink, device: Link, address: Option<Ipv4Addr>) -> Result<(), Failure> {
    netlink.keep_ipv6_off(device).step("keep IPv6 off a link")?;
    netlink.set_room(device, mtu(address), QUEUE).step("set the length of packets")?;
    match address {
        Some(address) => {
            netlink.add_address(device, address, PREFIX).step("give the host its address")?;
            netlink.up(device).step("bring the device up")?;
            netlink
                .add_route(TABLE_MAIN, EVERYWHERE, device, address)
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
            .add_route(TABLE_LINK, network, device, Ipv4Addr::LOCALHOST)
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

fn find(name: &str) -> Result<Link, Failure> {
    let index = rustix::net::netdevice::name_to_index(&any()?, name).step("find a device")?;
    Ok(Link(index))
}

fn as_on_a_wire(name: &str) -> Result<(), Failure> {
    sys::as_on_a_wire(any()?.as_fd(), name).step("finish packets before they leave")
}

/// Any socket, to speak of devices through it.
fn any() -> Result<UdpSocket, Failure> {
    UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).step("make a socket")
}
