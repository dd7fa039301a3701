//! The program's calls that make and change sockets, told by the kernel as they are made.
//!
//! A filter of `seccomp(2)` stops such a call until the guard has heard of it (`seccomp_unotify(2)`):
//! what happened comes in order, also what failed, and what a look from outside is too late for. A
//! `bind` is carried out by the guard, on a copy of the descriptor, so that its result is known; all
//! other calls go on by themselves. Calls that move data are not touched.

#[cfg(test)]
mod hostile_tests;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::mpsc::{self, Sender};
use std::thread;

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};
use serde::{Deserialize, Serialize};

use crate::evidence::{Family, SocketCall, SocketKind};
use crate::{procfs, sys};

/// The most calls that are told of: a program that sets options without end says nothing new.
const MOST: usize = 1000;

/// A call as the guard tells of it: numbers, which socklab reads.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Told {
    number: i64,
    args: [i32; 3],
    address: Option<SocketAddr>,
    errno: Option<i32>,
}

impl Told {
    /// The call, if it is about a socket of IP.
    pub(super) fn call(self) -> Option<SocketCall> {
        let [first, second, third] = self.args;
        Some(match self.number {
            libc::SYS_socket => SocketCall::Socket {
                family: match first {
                    libc::AF_INET => Family::Ipv4,
                    libc::AF_INET6 => Family::Ipv6,
                    _ => return None,
                },
                kind: match second & 0xf {
                    libc::SOCK_DGRAM => SocketKind::Datagram,
                    libc::SOCK_STREAM => SocketKind::Stream,
                    _ => SocketKind::Other,
                },
            },
            libc::SYS_bind => {
                SocketCall::Bind { fd: first, address: self.address, errno: self.errno }
            }
            libc::SYS_listen => SocketCall::Listen { fd: first, backlog: second },
            libc::SYS_setsockopt => {
                SocketCall::Setsockopt { fd: first, level: second, option: third }
            }
            _ => return None,
        })
    }
}

/// Stops the calls of whatever this thread starts from now on, and tells `heard` of them, in another
/// thread; `false` where the kernel does not let us.
pub(super) fn watch(heard: impl FnMut(Told) + Send + 'static) -> bool {
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
    let numbers = [libc::SYS_socket, libc::SYS_bind, libc::SYS_listen, libc::SYS_setsockopt];
    let listener = sys::stop_calls(numbers)?;
    give.send(listener).map_err(io::Error::other)
}

/// Hears of calls until nobody is left who could make one.
fn listen(listener: &OwnedFd, mut heard: impl FnMut(Told)) {
    let mut count = 0;
    loop {
        let stopped = match sys::next_stopped(listener.as_fd()) {
            Ok(stopped) => stopped,
            // The caller was killed meanwhile.
            Err(error) if error.raw_os_error() == Some(Errno::NOENT.raw_os_error()) => continue,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        let args = [0, 1, 2].map(|at| stopped.args[at] as i32);
        let mut told = Told { number: stopped.number, args, address: None, errno: None };
        // Shells and runtimes make sockets of other families while they start.
        let mut is_ours = told.call().is_some();
        if stopped.number == libc::SYS_bind {
            match read_address(stopped.tid, stopped.args[1], stopped.args[2]) {
                Address::Ip(address) => {
                    told.address = Some(address);
                    told.errno = bind(owner(stopped.tid), args[0], address);
                }
                Address::Unread => {}
                Address::Other => is_ours = false,
            }
        }
        if is_ours && count < MOST {
            count += 1;
            heard(told);
        }
        let answered = match told.errno {
            Some(errno) => sys::answer_stopped(listener.as_fd(), &stopped, errno),
            None => sys::let_stopped_go(listener.as_fd(), &stopped),
        };
        // It was killed meanwhile, or a signal has taken it out of the call.
        let _ = answered;
    }
}

/// The process to which a thread belongs.
fn owner(tid: u32) -> u32 {
    procfs::process_of(tid).unwrap_or(tid)
}

/// Binds a socket of another process; the error's number, 0 for none, or `None` where the kernel
/// does not let us.
fn bind(process: u32, fd: i32, address: SocketAddr) -> Option<i32> {
    let pidfd = pidfd_open(Pid::from_raw(process as i32)?, PidfdFlags::empty()).ok()?;
    let socket = match pidfd_getfd(&pidfd, fd, PidfdGetfdFlags::empty()) {
        Ok(socket) => socket,
        // No such descriptor: the call itself will say so.
        Err(_) => return None,
    };
    Some(rustix::net::bind(&socket, &address).map_or_else(Errno::raw_os_error, |()| 0))
}

/// What a `sockaddr` holds.
enum Address {
    /// An address of IPv4 or IPv6.
    Ip(SocketAddr),
    /// One of another family, or no whole one.
    Other,
    /// The kernel does not let us read it.
    Unread,
}

/// Reads a `sockaddr` out of another process.
fn read_address(tid: u32, pointer: u64, length: u64) -> Address {
    let mut bytes = [0; 28];
    let wanted = bytes.len().min(usize::try_from(length).unwrap_or(0));
    match sys::read_memory(tid, pointer, &mut bytes[..wanted]) {
        Ok(got) => parse_address(&bytes[..got]).map_or(Address::Other, Address::Ip),
        Err(error) if error.raw_os_error() == Some(Errno::FAULT.raw_os_error()) => Address::Other,
        Err(_) => Address::Unread,
    }
}

/// See `ip(7)` and `ipv6(7)`: the family in the machine's byte order, the port in the network's.
fn parse_address(bytes: &[u8]) -> Option<SocketAddr> {
    let (&family, rest) = bytes.split_first_chunk::<2>()?;
    let (&port, rest) = rest.split_first_chunk::<2>()?;
    let port = u16::from_be_bytes(port);
    match i32::from(u16::from_ne_bytes(family)) {
        libc::AF_INET => {
            let ip = Ipv4Addr::from(*rest.first_chunk::<4>()?);
            // The kernel wants the whole structure.
            (bytes.len() >= 16).then_some(SocketAddr::new(IpAddr::V4(ip), port))
        }
        libc::AF_INET6 => {
            let (&flow, rest) = rest.split_first_chunk::<4>()?;
            let (&ip, rest) = rest.split_first_chunk::<16>()?;
            let scope = u32::from_ne_bytes(*rest.first_chunk::<4>()?);
            let (flow, ip) = (u32::from_be_bytes(flow), Ipv6Addr::from(ip));
            Some(SocketAddrV6::new(ip, port, flow, scope).into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_c_lays_them_out() {
        let mut bytes = (libc::AF_INET as u16).to_ne_bytes().to_vec();
        bytes.extend([0x30, 0x39, 127, 0, 0, 1]);
        assert_eq!(parse_address(&bytes), None, "shorter than the structure");
        bytes.extend([0; 8]);
        assert_eq!(parse_address(&bytes), Some("127.0.0.1:12345".parse().unwrap()));
        let mut bytes = (libc::AF_INET6 as u16).to_ne_bytes().to_vec();
        bytes.extend([0x30, 0x39, 0, 0, 0, 0]);
        bytes.extend(Ipv6Addr::LOCALHOST.octets());
        bytes.extend([0; 4]);
        assert_eq!(parse_address(&bytes), Some("[::1]:12345".parse().unwrap()));
        assert_eq!(parse_address(&[1]), None);
    }
}
