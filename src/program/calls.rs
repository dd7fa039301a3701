//! The program's calls that make and change sockets, told by the kernel as they are made.
//!
//! A filter of `seccomp(2)` stops such a call until the guard has heard of it (`seccomp_unotify(2)`):
//! what happened comes in order, also what failed, and what a look from outside is too late for. A
//! `bind`, and a `connect` of a datagram socket, which does not wait, is carried out by the guard, on a
//! copy of the descriptor, so that its result is known; all other calls go on by themselves. Of
//! `socket` the guard finds out the result by a trial of its own. Calls that move data are not touched.
//!
//! What a thread gives to a call another one can change once it has been read: this is evidence, and
//! no fence.

#[cfg(test)]
mod hostile_tests;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::mpsc::{self, Sender};
use std::thread;

use rustix::io::Errno;
use rustix::net::{AddressFamily, Protocol, RawProtocol, SocketFlags, SocketType, sockopt};
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};

use crate::evidence::{Family, SocketCall, SocketKind};
use crate::procfs;
use crate::sys::{self, Stopped};

/// The most calls that are told of: a program that sets options without end says nothing new.
const MOST: usize = 1000;

/// Stops the calls of whatever this thread starts from now on, and tells `heard` of them, in another
/// thread; `false` where the kernel does not let us.
pub(super) fn watch(heard: impl FnMut(SocketCall) + Send + 'static) -> bool {
    // The other thread first: what is started after the filter is under it.
    let (give, take) = mpsc::channel();
    let started = thread::Builder::new().name("calls".into()).spawn(move || {
        if let Ok(listener) = take.recv() {
            listen(&listener, heard);
        }
    });
    started.is_ok() && hand_over(&give).is_ok()
}

fn hand_over(give: &Sender<OwnedFd>) -> io::Result<()> {
    rustix::thread::set_no_new_privs(true)?;
    let listener = sys::stop_calls([
        libc::SYS_socket,
        libc::SYS_bind,
        libc::SYS_connect,
        libc::SYS_listen,
        libc::SYS_setsockopt,
    ])?;
    give.send(listener).map_err(io::Error::other)
}

/// Hears of calls until nobody is left who could make one.
fn listen(listener: &OwnedFd, mut heard: impl FnMut(SocketCall)) {
    let mut count = 0;
    loop {
        let stopped = match sys::next_stopped(listener.as_fd()) {
            Ok(stopped) => stopped,
            // The caller was killed meanwhile.
            Err(error) if error.raw_os_error() == Some(Errno::NOENT.raw_os_error()) => continue,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        let call = read(&stopped);
        let done = call.as_ref().and_then(carried_out);
        if let Some(call) = call.filter(|_| count < MOST) {
            count += 1;
            heard(call);
        }
        let answered = match done {
            Some(errno) => sys::answer_stopped(listener.as_fd(), &stopped, errno),
            None => sys::let_stopped_go(listener.as_fd(), &stopped),
        };
        // It was killed meanwhile, or a signal has taken it out of the call.
        let _ = answered;
    }
}

/// What came of a call that has been carried out; `None` of one that is to go on.
fn carried_out(call: &SocketCall) -> Option<i32> {
    match call {
        SocketCall::Bind { errno, .. } | SocketCall::Connect { errno, .. } => *errno,
        _ => None,
    }
}

/// What a stopped call is, if it is one of ours: shells and runtimes make sockets of other families
/// while they start. What can be carried out for its caller has been.
fn read(stopped: &Stopped) -> Option<SocketCall> {
    let [fd, second, third] = [0, 1, 2].map(|at| stopped.args[at] as i32);
    match stopped.number {
        libc::SYS_socket => socket(fd, second, third),
        libc::SYS_bind => bind(stopped, fd),
        libc::SYS_connect => connect(stopped, fd),
        libc::SYS_listen => Some(SocketCall::Listen { fd, backlog: second }),
        libc::SYS_setsockopt => Some(SocketCall::Setsockopt { fd, level: second, option: third }),
        _ => None,
    }
}

fn socket(family: i32, kind: i32, protocol: i32) -> Option<SocketCall> {
    let errno = || Some(trial(family, kind, protocol));
    let family = match family {
        libc::AF_INET => Family::Ipv4,
        libc::AF_INET6 => Family::Ipv6,
        _ => return None,
    };
    let (kind, errno) = match kind & 0xf {
        libc::SOCK_DGRAM => (SocketKind::Datagram, errno()),
        libc::SOCK_STREAM => (SocketKind::Stream, errno()),
        // It takes rights, and the guard has others.
        _ => (SocketKind::Other, None),
    };
    Some(SocketCall::Socket { family, kind, errno })
}

/// What the kernel says to a call of `socket`: to the program's it says the same, as long as that has
/// a descriptor left.
fn trial(family: i32, kind: i32, protocol: i32) -> i32 {
    let made = rustix::net::socket_with(
        AddressFamily::from_raw(family as u16),
        SocketType::from_raw((kind & 0xf) as u32),
        SocketFlags::from_bits_retain((kind & !0xf) as u32) | SocketFlags::CLOEXEC,
        RawProtocol::new(protocol as u32).map(Protocol::from_raw),
    );
    errno_of(made.map(drop))
}

fn bind(stopped: &Stopped, fd: i32) -> Option<SocketCall> {
    let (address, errno) = match read_address(stopped) {
        Address::Ip(address) => {
            let copy = copy(stopped.tid, fd);
            (Some(address), copy.map(|copy| errno_of(rustix::net::bind(&copy, &address))))
        }
        Address::Unread => (None, None),
        Address::Nobody | Address::Abstract(_) | Address::Other => return None,
    };
    Some(SocketCall::Bind { fd, address, errno })
}

fn connect(stopped: &Stopped, fd: i32) -> Option<SocketCall> {
    let (address, errno) = match read_address(stopped) {
        Address::Ip(address) => {
            let copy = copy(stopped.tid, fd).filter(is_a_datagram_socket);
            (Some(address), copy.map(|copy| errno_of(rustix::net::connect(&copy, &address))))
        }
        Address::Nobody if is_of_ip(stopped.tid, fd) => (None, None),
        Address::Unread => (None, None),
        Address::Abstract(name) => {
            let held = procfs::net::holds_abstract_name(stopped.tid, &name);
            return Some(SocketCall::ConnectAbstract { fd, name, held });
        }
        Address::Nobody | Address::Other => return None,
    };
    Some(SocketCall::Connect { fd, address, errno })
}

/// Only its `connect` never waits: that of a stream waits for its partner.
fn is_a_datagram_socket(socket: &OwnedFd) -> bool {
    let is_of_ip = |family| matches!(family, AddressFamily::INET | AddressFamily::INET6);
    sockopt::socket_domain(socket).is_ok_and(is_of_ip)
        && sockopt::socket_type(socket) == Ok(SocketType::DGRAM)
}

/// True when a descriptor is a socket of IPv4 or IPv6, as the name of its protocol tells.
fn is_of_ip(tid: u32, fd: i32) -> bool {
    let of_ip = ["UDP", "TCP", "MPTCP", "RAW", "PING"];
    let protocol = procfs::socket_protocol(tid, fd);
    protocol.is_some_and(|name| of_ip.iter().any(|known| name.starts_with(known)))
}

/// The error's number, 0 for none.
fn errno_of(result: rustix::io::Result<()>) -> i32 {
    result.map_or_else(Errno::raw_os_error, |()| 0)
}

/// A copy of a descriptor of another process; `None` where the kernel does not let us have it, and
/// where there is no such descriptor, as the call itself will say.
fn copy(tid: u32, fd: i32) -> Option<OwnedFd> {
    let process = procfs::process_of(tid).unwrap_or(tid);
    let pidfd = pidfd_open(Pid::from_raw(process as i32)?, PidfdFlags::empty()).ok()?;
    pidfd_getfd(&pidfd, fd, PidfdGetfdFlags::empty()).ok()
}

/// What a `sockaddr` holds.
#[derive(Debug, PartialEq, Eq)]
enum Address {
    /// An address of IPv4 or IPv6.
    Ip(SocketAddr),
    /// That of nobody (`AF_UNSPEC`).
    Nobody,
    /// The name of a local socket that has no file.
    Abstract(String),
    /// One of another family, or no whole one.
    Other,
    /// The kernel does not let us read it.
    Unread,
}

/// Reads the `sockaddr` that a call was given, second and third, out of its caller.
fn read_address(stopped: &Stopped) -> Address {
    let [_, pointer, length, ..] = stopped.args;
    // The longest is that of a local socket.
    let mut bytes = [0; size_of::<libc::sockaddr_un>()];
    let wanted = bytes.len().min(usize::try_from(length).unwrap_or(0));
    match sys::read_memory(stopped.tid, pointer, &mut bytes[..wanted]) {
        Ok(got) => parse_address(&bytes[..got]).unwrap_or(Address::Other),
        Err(error) if error.raw_os_error() == Some(Errno::FAULT.raw_os_error()) => Address::Other,
        Err(_) => Address::Unread,
    }
}

/// The family stands first, in the machine's byte order.
fn parse_address(bytes: &[u8]) -> Option<Address> {
    let (&family, rest) = bytes.split_first_chunk::<2>()?;
    match i32::from(u16::from_ne_bytes(family)) {
        libc::AF_UNSPEC => Some(Address::Nobody),
        libc::AF_INET => parse_ipv4(rest).map(Address::Ip),
        libc::AF_INET6 => parse_ipv6(rest).map(Address::Ip),
        libc::AF_UNIX => parse_local(rest),
        _ => None,
    }
}

/// See `ip(7)`: the port is in the network's byte order, and the kernel wants the whole structure.
fn parse_ipv4(bytes: &[u8]) -> Option<SocketAddr> {
    let (&port, rest) = bytes.split_first_chunk::<2>()?;
    let ip = Ipv4Addr::from(*rest.first_chunk::<4>()?);
    (bytes.len() >= 14).then_some(SocketAddr::new(IpAddr::V4(ip), u16::from_be_bytes(port)))
}

/// See `ipv6(7)`.
fn parse_ipv6(bytes: &[u8]) -> Option<SocketAddr> {
    let (&port, rest) = bytes.split_first_chunk::<2>()?;
    let (&flow, rest) = rest.split_first_chunk::<4>()?;
    let (&ip, rest) = rest.split_first_chunk::<16>()?;
    let scope = u32::from_ne_bytes(*rest.first_chunk::<4>()?);
    let (port, flow) = (u16::from_be_bytes(port), u32::from_be_bytes(flow));
    Some(SocketAddrV6::new(Ipv6Addr::from(ip), port, flow, scope).into())
}

/// See `unix(7)`: a name that begins with a zero byte is abstract, and all of it counts. Any other is
/// the path of a file, which is no matter of a network: a shell asks services of the system by such.
fn parse_local(bytes: &[u8]) -> Option<Address> {
    match bytes {
        [0, name @ ..] if !name.is_empty() => {
            Some(Address::Abstract(String::from_utf8_lossy(name).into_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A `sockaddr` of this family, with these bytes behind.
    fn parse(family: i32, rest: &[&[u8]]) -> Option<Address> {
        parse_address(&[&(family as u16).to_ne_bytes(), rest.concat().as_slice()].concat())
    }

    fn ip(address: &str) -> Option<Address> {
        Some(Address::Ip(address.parse().unwrap()))
    }

    #[test]
    fn addresses_are_read_as_c_lays_them_out() {
        let (port, v4) = ([0x30, 0x39], [127, 0, 0, 1]);
        assert_eq!(parse(libc::AF_INET, &[&port, &v4]), None, "shorter than the structure");
        assert_eq!(parse(libc::AF_INET, &[&port, &v4, &[0; 8]]), ip("127.0.0.1:12345"));
        let v6 = Ipv6Addr::LOCALHOST.octets();
        assert_eq!(parse(libc::AF_INET6, &[&port, &[0; 4], &v6, &[0; 4]]), ip("[::1]:12345"));
        assert_eq!(parse(libc::AF_UNSPEC, &[&[0; 14]]), Some(Address::Nobody));
        assert_eq!(parse(libc::AF_NETLINK, &[&[0; 10]]), None);
        assert_eq!(parse_address(&[1]), None);
    }

    #[test]
    fn local_names_are_paths_or_abstract() {
        let local = |bytes: &[u8]| parse(libc::AF_UNIX, &[bytes]);
        assert_eq!(local(b"/run/log\0\0\0"), None);
        assert_eq!(local(b"\0bus\0x"), Some(Address::Abstract("bus\0x".into())));
        assert_eq!(local(b""), None, "a name that the kernel is to choose");
        assert_eq!(local(b"\0"), None);
        assert_eq!(local(b"\0\xff"), Some(Address::Abstract("\u{fffd}".into())));
    }
}
