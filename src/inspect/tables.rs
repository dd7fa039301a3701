//! Sockets by `/proc` alone: the tables of `/proc/PID/net`, and the extended attribute that names
//! a socket's protocol.

use crate::evidence::{Family, Protocol, Socket, SocketKind};
use crate::procfs::net::{Row, rows};

/// The tables that are read, and what their rows are.
const TABLES: [(&str, Family, Protocol); 4] = [
    ("udp", Family::Ipv4, Protocol::Udp),
    ("udp6", Family::Ipv6, Protocol::Udp),
    ("tcp", Family::Ipv4, Protocol::Tcp),
    ("tcp6", Family::Ipv6, Protocol::Tcp),
];

/// A TCP row in this state has been told to listen.
const LISTEN: u8 = 0x0a;

/// The IPv4 and IPv6 sockets among these descriptors of a process. Options and flags stay unseen.
pub(super) fn sockets(pid: u32, found: &[(i32, u64)]) -> Vec<Socket> {
    let tables: Vec<(Family, Protocol, Vec<Row>)> = TABLES
        .iter()
        .map(|&(name, family, protocol)| (family, protocol, rows(pid, name)))
        .collect();
    found.iter().filter_map(|&(fd, inode)| socket(pid, fd, inode, &tables)).collect()
}

fn socket(
    pid: u32,
    fd: i32,
    inode: u64,
    tables: &[(Family, Protocol, Vec<Row>)],
) -> Option<Socket> {
    let row = tables.iter().find_map(|(family, protocol, rows)| {
        rows.iter().find(|row| row.inode == inode).map(|row| (*family, *protocol, row))
    });
    // A socket that was never bound stands in no table, but still has a protocol.
    let (family, protocol) = match row {
        Some((family, protocol, _)) => (family, protocol),
        None => named_protocol(pid, fd)?,
    };
    let row = row.map(|(_, _, row)| row);
    Some(Socket {
        pid,
        fd,
        inode,
        family,
        kind: if protocol == Protocol::Udp { SocketKind::Datagram } else { SocketKind::Stream },
        protocol,
        local: row.map(|row| row.local),
        peer: row.map(|row| row.remote).filter(|remote| remote.port() != 0),
        v6only: false,
        listening: protocol == Protocol::Tcp && row.is_some_and(|row| row.state == LISTEN),
        nonblocking: is_nonblocking(pid, fd),
        receive_timeout_ms: None,
        queued: row.map_or(0, |row| row.receive_queue),
        drops: row.map_or(0, |row| row.drops),
    })
}

/// The protocol's name as the kernel gives it: `UDP`, `UDPv6`, `TCP`, `TCPv6`.
fn named_protocol(pid: u32, fd: i32) -> Option<(Family, Protocol)> {
    let mut name = [0u8; 32];
    let path = format!("/proc/{pid}/fd/{fd}");
    let length = rustix::fs::getxattr(path, "system.sockprotoname", &mut name[..]).ok()?;
    match name[..length].split(|&byte| byte == 0).next()? {
        b"UDP" => Some((Family::Ipv4, Protocol::Udp)),
        b"UDPv6" => Some((Family::Ipv6, Protocol::Udp)),
        b"TCP" => Some((Family::Ipv4, Protocol::Tcp)),
        b"TCPv6" => Some((Family::Ipv6, Protocol::Tcp)),
        _ => None,
    }
}

/// `O_NONBLOCK` among the flags in `/proc/PID/fdinfo/FD`, which are octal.
fn is_nonblocking(pid: u32, fd: i32) -> bool {
    let info = std::fs::read_to_string(format!("/proc/{pid}/fdinfo/{fd}")).unwrap_or_default();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|text| u32::from_str_radix(text.trim(), 8).ok()).unwrap_or(0);
    flags & rustix::fs::OFlags::NONBLOCK.bits() != 0
}
