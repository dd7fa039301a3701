//! The agent: a small process that makes a private network, hands it to socklab, and keeps it.
//!
//! It is socklab's own executable, started anew as `socklab __agent`, because only a process of a
//! single thread may make a user namespace. It needs no rights of its own: whoever makes a user
//! namespace may do in it what root does outside. See `user_namespaces(7)` and
//! `network_namespaces(7)`.
//!
//! When socklab is gone, however that came, the agent ends every process in its network, and the
//! network with it.

use std::fs::{self, File};
use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::process::ExitCode;

use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

use super::netlink;
use crate::{channel, procfs, sys};

/// The first argument by which socklab's executable knows that it is to be an agent.
pub(super) const NAME: &str = "__agent";

/// The agent's first message. With [`Made::Network`] come the user namespace and the network
/// namespace.
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
    (args.next()?.to_str()? == NAME).then(|| match agent() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
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

fn agent() -> io::Result<()> {
    // Out of socklab's session: a Ctrl-C in its terminal is socklab's affair alone.
    rustix::process::setsid()?;
    let control = rustix::stdio::stdin();
    let network = match make() {
        Ok(made) => made,
        Err(Failure { step, error }) => {
            let (errno, why) = (error.raw_os_error(), error.to_string());
            return channel::send(control, &Made::Failed { step: step.into(), errno, why }, &[]);
        }
    };
    let fds = [network.user.as_fd(), network.net.as_fd()];
    channel::send(control, &Made::Network, &fds)?;
    let inside = File::from(network.net.try_clone()?).metadata()?.ino();
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
}

fn make() -> Result<Network, Failure> {
    let (user, group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    sys::unshare_user().step("make a user namespace")?;
    fs::write("/proc/self/setgroups", "deny").step("give up supplementary groups")?;
    fs::write("/proc/self/uid_map", map(user)).step("keep the user's own id")?;
    fs::write("/proc/self/gid_map", map(group)).step("keep the group's own id")?;
    sys::unshare_network().step("make a network namespace")?;

    netlink::bring_loopback_up().step("bring the loopback up")?;
    // Ports below 1024 are for everybody in here. Without it only those are missing.
    let _ = fs::write("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
    let user = File::open("/proc/self/ns/user").step("hold the user namespace")?.into();
    let net = File::open("/proc/self/ns/net").step("hold the network namespace")?.into();
    Ok(Network { user, net })
}

/// The line that maps an id outside to one inside: the same one, so that nobody is root inside and
/// programs have no rights that they would not have outside.
fn map(id: u32) -> String {
    const ORDINARY: u32 = 1000;
    let inside = if id == 0 { ORDINARY } else { id };
    format!("{inside} {id} 1")
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
