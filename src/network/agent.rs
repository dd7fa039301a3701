//! The agent: a small process that makes a private network, hands it to socklab, and keeps it.
//!
//! It is socklab's own executable, started anew as `socklab __agent`, because only a process of a
//! single thread may make a user namespace. It needs no rights of its own: whoever makes a user
//! namespace may do in it what root does outside. See `user_namespaces(7)` and
//! `network_namespaces(7)`.
//!
//! When socklab is gone, however that came, the agent ends every process in its network, and the
//! network with it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::process::ExitCode;

use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

use super::netlink::{LO, Link, Netlink, TABLE_LOCAL};
use crate::{channel, procfs, sys};

/// The first argument by which socklab's executable knows that it is to be an agent.
pub(super) const NAME: &str = "__agent";

/// The second argument of an agent whose network has a link of ours.
pub(super) const LINK: &str = "link";

/// The name of the device that carries packets, as programs in the network see it.
const DEVICE: &str = "link0";

/// The longest packet that IP knows.
const LONGEST: u32 = 65535;

/// The table of the routes that lead over the device. Any number that the system does not use.
const TABLE_LINK: u8 = 100;

/// The step that fails where programs may not make devices.
pub(super) const OPEN_TUN: &str = "open /dev/net/tun";

/// The agent's first message. With [`Made::Network`] come the user namespace, the network namespace
/// and, if there is one, the device that carries its packets.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Made {
    Network,
    /// This step failed, for this reason.
    Failed {
        step: String,
        errno: Option<i32>,
        why: String,
    },
}

/// What socklab asks of the agent: a socket that lives in the network.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    Udp(SocketAddr),
    Tcp(SocketAddr),
}

/// The agent's answer; the socket comes with it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    Socket,
    Refused { errno: i32 },
}

/// Turns this process into an agent, if that is what it was started for.
pub(crate) fn become_agent_if_asked() -> Option<ExitCode> {
    let mut args = std::env::args_os().skip(1);
    (args.next()?.to_str()? == NAME).then(|| {
        match agent(args.next().is_some_and(|it| it == LINK)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        }
    })
}

/// A step of the work, and its error.
struct Failure {
    step: &'static str,
    error: io::Error,
}

trait Step<T> {
    fn step(self, step: &'static str) -> Result<T, Failure>;
}

impl<T, E: Into<io::Error>> Step<T> for Result<T, E> {
    fn step(self, step: &'static str) -> Result<T, Failure> {
        self.map_err(|error| Failure { step, error: error.into() })
    }
}

fn agent(link: bool) -> io::Result<()> {
    // Out of socklab's session: a Ctrl-C in its terminal is socklab's affair alone.
    rustix::process::setsid()?;
    let control = rustix::stdio::stdin();
    let network = match make(link) {
        Ok(made) => made,
        Err(Failure { step, error }) => {
            let (errno, why) = (error.raw_os_error(), error.to_string());
            return channel::send(control, &Made::Failed { step: step.into(), errno, why }, &[]);
        }
    };
    let fds: Vec<BorrowedFd<'_>> =
        [Some(&network.user), Some(&network.net), network.device.as_ref()]
            .into_iter()
            .flatten()
            .map(AsFd::as_fd)
            .collect();
    channel::send(control, &Made::Network, &fds)?;
    let inside = File::from(network.net.try_clone()?).metadata()?.ino();
    // The device is carried by socklab alone: with its last descriptor it is gone.
    drop(network);
    while let Ok(Some((request, _))) = channel::receive(control) {
        serve(control, &request)?;
    }
    end_all(inside);
    Ok(())
}

/// A network as it was made.
struct Network {
    user: OwnedFd,
    net: OwnedFd,
    device: Option<OwnedFd>,
}

fn make(link: bool) -> Result<Network, Failure> {
    let (user, group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    sys::unshare_user().step("make a user namespace")?;
    fs::write("/proc/self/setgroups", "deny").step("give up supplementary groups")?;
    fs::write("/proc/self/uid_map", map(user)).step("keep the user's own id")?;
    fs::write("/proc/self/gid_map", map(group)).step("keep the group's own id")?;
    sys::unshare_network().step("make a network namespace")?;

    let mut netlink = Netlink::open().step("speak to the network")?;
    netlink.up(LO).step("bring the loopback up")?;
    // Ports below 1024 are for everybody in here. Without it only those are missing.
    let _ = fs::write("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
    let device = if link { Some(hairpin(&mut netlink)?) } else { None };
    let user = File::open("/proc/self/ns/user").step("hold the user namespace")?.into();
    let net = File::open("/proc/self/ns/net").step("hold the network namespace")?.into();
    Ok(Network { user, net, device })
}

/// The line that maps an id outside to one inside: the same one, so that nobody is root inside and
/// programs have no rights that they would not have outside.
fn map(id: u32) -> String {
    const ORDINARY: u32 = 1000;
    let inside = if id == 0 { ORDINARY } else { id };
    format!("{inside} {id} 1")
}

/// Leads all that this host sends to itself out over a device, whose other end is socklab: what
/// socklab writes back comes in as if from outside.
fn hairpin(netlink: &mut Netlink) -> Result<OwnedFd, Failure> {
    // In the namespace in which it is opened the device will be.
    let flags = OFlags::NONBLOCK.bits() as i32;
    let tun = OpenOptions::new().read(true).write(true).custom_flags(flags).open("/dev/net/tun");
    let tun = OwnedFd::from(tun.step(OPEN_TUN)?);
    sys::attach_tun(tun.as_fd(), DEVICE).step("make a device")?;
    let any = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).step("make a socket")?;
    let index = rustix::net::netdevice::name_to_index(&any, DEVICE).step("find the device")?;
    let device = Link(index);
    netlink.carry_loopback(device).step("let the device carry the loopback")?;
    // Every datagram in one piece, as on the loopback itself: a fault meets all of it or nothing.
    netlink.set_mtu(device, LONGEST).step("let the device carry long packets")?;
    netlink.up(device).step("bring the device up")?;
    let loopback = (Ipv4Addr::new(127, 0, 0, 0), 8);
    netlink
        .add_route(TABLE_LINK, loopback, device, Ipv4Addr::LOCALHOST)
        .step("route the loopback over the device")?;
    // First what is sent from here: over the device. Then what comes in: it is for here.
    netlink.add_rule(TABLE_LINK, 10, true).step("send over the device")?;
    netlink.add_rule(TABLE_LOCAL, 100, false).step("take in what is for this host")?;
    netlink.remove_rule(TABLE_LOCAL, 0).step("send nothing to itself directly")?;
    Ok(tun)
}

/// Makes the socket that was asked for.
fn serve(control: BorrowedFd<'_>, request: &Request) -> io::Result<()> {
    let socket = match request {
        Request::Udp(address) => UdpSocket::bind(address).map(OwnedFd::from),
        Request::Tcp(address) => TcpListener::bind(address).map(OwnedFd::from),
    };
    match socket {
        Ok(socket) => channel::send(control, &Reply::Socket, &[socket.as_fd()]),
        Err(error) => {
            let errno = error.raw_os_error().unwrap_or(0);
            channel::send(control, &Reply::Refused { errno }, &[])
        }
    }
}

/// Ends every process in the network with this inode but this one.
fn end_all(network: u64) {
    let is_inside = |pid: u32| {
        let found = fs::metadata(format!("/proc/{pid}/ns/net"));
        pid != std::process::id() && found.is_ok_and(|found| found.ino() == network)
    };
    loop {
        let inside: Vec<u32> =
            procfs::processes().into_iter().filter(|&pid| is_inside(pid)).collect();
        if inside.is_empty() {
            return;
        }
        for pid in inside.into_iter().filter_map(|pid| Pid::from_raw(pid as i32)) {
            let _ = kill_process(pid, Signal::KILL);
        }
        std::thread::yield_now();
    }
}
