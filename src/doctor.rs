//! What this machine offers to socklab, found out by trying it.
//!
//! This module looks and says what follows from what it saw; the verb `doctor` prints it.

mod languages;
mod looking;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use crate::evidence::Method;
use crate::{network, procfs};

pub use languages::languages;
pub use looking::{be_looked_at, looking};

/// How long a datagram may take through the loopback.
const LOOPBACK_DEADLINE: Duration = Duration::from_secs(2);

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// All is there.
    Good,
    /// Something is missing, and most works without it.
    Less,
    /// Labs cannot be checked.
    Bad,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub mark: Mark,
    /// What was looked at, in a word or two.
    pub what: String,
    /// What was found.
    pub found: String,
    /// What follows from it for the learner; empty where all is well.
    pub effect: String,
}

impl Finding {
    fn good(what: &str, found: impl Into<String>) -> Finding {
        Finding { mark: Mark::Good, what: what.into(), found: found.into(), effect: String::new() }
    }

    fn less(what: &str, found: impl Into<String>, effect: impl Into<String>) -> Finding {
        Finding { mark: Mark::Less, effect: effect.into(), ..Finding::good(what, found) }
    }

    fn bad(what: &str, found: impl Into<String>, effect: impl Into<String>) -> Finding {
        Finding { mark: Mark::Bad, ..Finding::less(what, found, effect) }
    }
}

/// The kernel and the processor.
pub fn system() -> Finding {
    let read = |name| std::fs::read_to_string(format!("/proc/sys/kernel/{name}"));
    match (read("ostype"), read("osrelease")) {
        (Ok(kind), Ok(release)) => {
            let found = format!("{} {}, {}", kind.trim(), release.trim(), std::env::consts::ARCH);
            Finding::good("system", found)
        }
        (Err(error), _) | (_, Err(error)) => {
            Finding::bad("system", format!("/proc cannot be read: {error}"), NOTHING_SEEN)
        }
    }
}

/// What follows when programs cannot be looked into.
const NOTHING_SEEN: &str = "labs cannot be checked: socklab cannot see what a program does";

/// Whether datagrams go through the loopback.
pub fn loopback() -> Vec<Finding> {
    let ipv4 = match echo(Ipv4Addr::LOCALHOST.into()) {
        Ok(()) => Finding::good("IPv4", "127.0.0.1 carries datagrams"),
        Err(error) => Finding::bad(
            "IPv4",
            format!("127.0.0.1 does not carry datagrams: {error}"),
            "labs cannot be checked; try: sudo ip link set lo up",
        ),
    };
    let ipv6 = match echo(Ipv6Addr::LOCALHOST.into()) {
        Ok(()) => Finding::good("IPv6", "::1 carries datagrams"),
        Err(error) => Finding::less(
            "IPv6",
            format!("::1 does not carry datagrams: {error}"),
            "none: no lab so far needs it",
        ),
    };
    vec![ipv4, ipv6]
}

/// Sends a datagram to itself.
fn echo(ip: IpAddr) -> io::Result<()> {
    let socket = UdpSocket::bind((ip, 0))?;
    socket.set_read_timeout(Some(LOOPBACK_DEADLINE))?;
    socket.send_to(b"socklab", socket.local_addr()?)?;
    let mut buffer = [0; 16];
    socket.recv(&mut buffer).map(drop)
}

/// Whether the labs' servers can be bound, one finding an address. Nothing is bound to find out:
/// a check may be under way that needs the port.
pub fn ports(addresses: &[SocketAddr]) -> Vec<Finding> {
    addresses.iter().map(|&address| port(address)).collect()
}

fn port(address: SocketAddr) -> Finding {
    let what = format!("port {}", address.port());
    match procfs::net::udp_holder(address) {
        None => Finding::good(&what, format!("{address} is free")),
        Some(Some((pid, name))) => Finding::bad(
            &what,
            format!("{address} is held by {name} (pid {pid})"),
            format!("labs that use it cannot be checked until it ends: kill {pid}"),
        ),
        Some(None) => Finding::bad(
            &what,
            format!("{address} is held, by another user or in another container"),
            format!(
                "labs that use it cannot be checked; find it: sudo ss -uapn 'sport = :{}'",
                address.port()
            ),
        ),
    }
}

/// The network that checks use.
pub fn network() -> Finding {
    match network::denied() {
        None => Finding::good(
            "network",
            format!(
                "one of its own for every check, made without any rights; links over {}",
                network::device()
            ),
        ),
        Some(denied) => Finding::less(
            "network",
            format!("the machine's own loopback; no private one, for {denied}"),
            format!("checks take turns; allow private networks: {}", denied.remedy()),
        ),
    }
}

/// How a method of looking is called here.
fn describe(method: Method) -> &'static str {
    match method {
        Method::Notify => "that make or change sockets are told of by the kernel (seccomp)",
        Method::Copy => "seen by copies of their descriptors (pidfd_getfd)",
        Method::Proc => "seen by /proc alone",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_free_until_someone_holds_it() {
        let held = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = held.local_addr().unwrap();
        let finding = port(address);
        assert_eq!(finding.mark, Mark::Bad);
        assert!(finding.found.contains(&format!("(pid {})", std::process::id())), "{finding:?}");
        drop(held);
        assert_eq!(port(address).mark, Mark::Good);
    }

    #[test]
    fn a_socket_that_sends_to_itself_receives_it() {
        echo(Ipv4Addr::LOCALHOST.into()).unwrap();
        // A documentation address is no address of this machine.
        assert!(echo(Ipv4Addr::new(192, 0, 2, 1).into()).is_err());
    }
}
