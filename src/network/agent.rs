//! The agent: a small process that makes a private network, hands it to socklab, and keeps it.
//!
//! It is socklab's own executable, started anew as `socklab __agent`, because only a process of a
//! single thread may make a user namespace. It needs no rights of its own: whoever makes a user
//! namespace may do in it what root does outside. See `user_namespaces(7)` and
//! `network_namespaces(7)`.
//!
//! When socklab is gone, however that came, the agent ends every process in its network, and the
//! network with it.

mod hosts;

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::process::ExitCode;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

use super::layout::Blueprint;
use super::wire::Framing;
use crate::procfs::net::UdpCounters;
use crate::{channel, procfs};
use hosts::Hosts;

pub(super) use hosts::{OPEN_TUN, has_tun};

/// The first argument by which socklab's executable knows that it is to be an agent; the second is
/// the blueprint.
pub(super) const NAME: &str = "__agent";

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// The agent's first message. With [`Made::Network`] come the user namespace, and for each host its
/// network namespace, a packet socket on its loopback and, if it has one, the end of its device: all
/// of a kind together.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Made {
    Network {
        /// How the frames of the devices begin; `None` where there are none.
        framing: Option<Framing>,
    },
    /// This step failed, for this reason.
    Failed { step: String, errno: Option<i32>, why: String },
}

/// What socklab asks of the agent, of the host of this number: a socket that lives there, or what
/// its kernel has counted.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    Udp(usize, SocketAddr),
    Tcp(usize, SocketAddr),
    /// A TCP socket that is connected to this address.
    TcpTo(usize, SocketAddr),
    Counters(usize),
    Groups(usize),
}

/// The agent's answer; a socket comes with it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    Socket,
    Counters(UdpCounters),
    Groups(Vec<Ipv4Addr>),
    Refused { errno: i32 },
}

/// Turns this process into an agent, if that is what it was started for.
pub(crate) fn become_agent_if_asked() -> Option<ExitCode> {
    let mut args = std::env::args_os().skip(1);
    (args.next()?.to_str()? == NAME).then(|| {
        let blueprint = args.next().and_then(|it| serde_json::from_str(it.to_str()?).ok());
        match blueprint.map(|blueprint| agent(&blueprint)) {
            Some(Ok(())) => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    })
}

/// True for a process that is an agent of ours: it ends by itself, after all that is in its network.
pub(crate) fn is_agent(pid: u32) -> bool {
    let executable = |of: &str| fs::read_link(format!("/proc/{of}/exe")).ok();
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    line.split(|&byte| byte == 0).nth(1) == Some(NAME.as_bytes())
        && executable(&pid.to_string()).is_some_and(|it| Some(it) == executable("self"))
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

fn agent(blueprint: &Blueprint) -> io::Result<()> {
    // Out of socklab's session: a Ctrl-C in its terminal is socklab's affair alone.
    rustix::process::setsid()?;
    let control = rustix::stdio::stdin();
    let Hosts { user, nets, taps, wires, framing } = match Hosts::make(blueprint) {
        Ok(hosts) => hosts,
        Err(Failure { step, error }) => {
            let (errno, why) = (error.raw_os_error(), error.to_string());
            return channel::send(control, &Made::Failed { step: step.into(), errno, why }, &[]);
        }
    };
    let fds: Vec<BorrowedFd<'_>> =
        [&user].into_iter().chain(&nets).chain(&taps).chain(&wires).map(AsFd::as_fd).collect();
    channel::send(control, &Made::Network { framing }, &fds)?;
    drop(user);
    while let Ok(Some((request, _))) = channel::receive(control) {
        serve(control, &nets, &request)?;
    }
    let inode = |net: OwnedFd| File::from(net).metadata().map(|net| net.ino());
    end_all(&nets.into_iter().filter_map(|net| inode(net).ok()).collect::<Vec<_>>());
    // A device and a packet socket take milliseconds to go, with their last descriptor: socklab has
    // closed its own, and does not wait.
    drop((taps, wires));
    Ok(())
}

/// Goes to the host and does what was asked for.
fn serve(control: BorrowedFd<'_>, nets: &[OwnedFd], request: &Request) -> io::Result<()> {
    let (Request::Udp(host, _)
    | Request::Tcp(host, _)
    | Request::TcpTo(host, _)
    | Request::Counters(host)
    | Request::Groups(host)) = *request;
    let answer = || -> io::Result<Option<OwnedFd>> {
        let net = nets.get(host).ok_or(rustix::io::Errno::INVAL)?;
        rustix::thread::move_into_link_name_space(net.as_fd(), None)?;
        Ok(match request {
            Request::Udp(_, address) => Some(UdpSocket::bind(address)?.into()),
            Request::Tcp(_, address) => Some(TcpListener::bind(address)?.into()),
            Request::TcpTo(_, address) => {
                Some(TcpStream::connect_timeout(address, CONNECT)?.into())
            }
            Request::Counters(_) | Request::Groups(_) => None,
        })
    };
    match answer() {
        Ok(Some(socket)) => channel::send(control, &Reply::Socket, &[socket.as_fd()]),
        Ok(None) => {
            let told = match request {
                Request::Groups(_) => Reply::Groups(procfs::net::multicast_groups()),
                _ => Reply::Counters(procfs::net::udp_counters()),
            };
            channel::send(control, &told, &[])
        }
        Err(error) => {
            let errno = error.raw_os_error().unwrap_or(0);
            channel::send(control, &Reply::Refused { errno }, &[])
        }
    }
}

/// Ends every process but this one in the network namespaces with these inodes.
fn end_all(networks: &[u64]) {
    let is_inside = |pid: u32| {
        let found = fs::metadata(format!("/proc/{pid}/ns/net"));
        pid != std::process::id() && found.is_ok_and(|found| networks.contains(&found.ino()))
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
