//! Sockets by a short-lived copy of each descriptor.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::sockopt::{self, Timeout};
use rustix::net::{AddressFamily, SocketType, getpeername, getsockname, ipproto};
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};

use crate::evidence::{Family, Protocol, Socket, SocketKind};
use crate::sys;

/// The kernel lets nobody take copies here.
#[derive(Debug)]
pub(super) struct Forbidden;

/// The IPv4 and IPv6 sockets among these descriptors of a process, each a pair of descriptor and
/// inode. One that is closed meanwhile is left out.
pub(super) fn sockets(pid: u32, found: &[(i32, u64)]) -> Result<Vec<Socket>, Forbidden> {
    let Some(process) = Pid::from_raw(pid as i32) else { return Ok(Vec::new()) };
    let pidfd = match pidfd_open(process, PidfdFlags::empty()) {
        Ok(pidfd) => pidfd,
        Err(error) if forbids(error) => return Err(Forbidden),
        Err(_) => return Ok(Vec::new()),
    };
    let mut sockets = Vec::new();
    for &(fd, inode) in found {
        match pidfd_getfd(&pidfd, fd, PidfdGetfdFlags::empty()) {
            Ok(copy) => sockets.extend(describe(pid, fd, inode, &copy).ok().flatten()),
            Err(error) if forbids(error) => return Err(Forbidden),
            Err(_) => {}
        }
    }
    Ok(sockets)
}

fn forbids(error: Errno) -> bool {
    matches!(error, Errno::PERM | Errno::ACCESS | Errno::NOSYS)
}

/// Asks a copy what it is. `None` for a socket of another family.
fn describe(pid: u32, fd: i32, inode: u64, copy: &OwnedFd) -> io::Result<Option<Socket>> {
    let family = match sockopt::socket_domain(copy)? {
        AddressFamily::INET => Family::Ipv4,
        AddressFamily::INET6 => Family::Ipv6,
        _ => return Ok(None),
    };
    let kind = match sockopt::socket_type(copy)? {
        SocketType::DGRAM => SocketKind::Datagram,
        SocketType::STREAM => SocketKind::Stream,
        _ => SocketKind::Other,
    };
    let protocol = match sockopt::socket_protocol(copy)? {
        Some(ipproto::UDP) => Protocol::Udp,
        Some(ipproto::TCP) => Protocol::Tcp,
        _ => Protocol::Other,
    };
    let local = getsockname(copy).ok().and_then(|any| SocketAddr::try_from(any).ok());
    let peer = getpeername(copy).ok().flatten().and_then(|any| SocketAddr::try_from(any).ok());
    let (queued, drops) = sys::socket_memory(copy.as_fd()).unwrap_or_default();
    let timeout = sockopt::socket_timeout(copy, Timeout::Recv).ok().flatten();
    let flags = rustix::fs::fcntl_getfl(copy)?;
    Ok(Some(Socket {
        pid,
        fd,
        inode,
        family,
        kind,
        protocol,
        local,
        peer,
        v6only: family == Family::Ipv6 && sockopt::ipv6_v6only(copy).unwrap_or(false),
        listening: kind == SocketKind::Stream && sockopt::socket_acceptconn(copy).unwrap_or(false),
        nonblocking: flags.contains(rustix::fs::OFlags::NONBLOCK),
        receive_timeout_ms: timeout.map(|time| time.as_millis() as u64),
        queued,
        drops,
    }))
}
