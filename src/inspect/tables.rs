//! Sockets by `/proc` alone: the tables of `/proc/PID/net`, and the extended attribute that names
//! a socket's protocol.

use std::collections::HashMap;

use crate::evidence::{Family, Protocol, Socket, SocketKind};
use crate::procfs;
use crate::procfs::net::{Row, rows};

/// What a socket is, and the table that lists those that are bound.
type Kind = (Family, Protocol, &'static str);

const KINDS: [(&str, Kind); 4] = [
    ("UDP", (Family::Ipv4, Protocol::Udp, "udp")),
    ("UDPv6", (Family::Ipv6, Protocol::Udp, "udp6")),
    ("TCP", (Family::Ipv4, Protocol::Tcp, "tcp")),
    ("TCPv6", (Family::Ipv6, Protocol::Tcp, "tcp6")),
];

/// A TCP row in this state has been told to listen.
const LISTEN: u8 = 0x0a;

/// The IPv4 and IPv6 sockets among these descriptors of a process. Options and flags stay unseen.
pub(super) fn sockets(pid: u32, found: &[(i32, u64)]) -> Vec<Socket> {
    // A table takes a millisecond to read; most programs need one of them.
    let mut tables: HashMap<&str, Vec<Row>> = HashMap::new();
    let mut sockets = Vec::new();
    for &(fd, inode) in found {
        let Some((family, protocol, table)) = kind(pid, fd) else { continue };
        let rows = tables.entry(table).or_insert_with(|| rows(pid, table));
        // A socket that was never bound stands in no table, but still has a protocol.
        let row = rows.iter().find(|row| row.inode == inode);
        sockets.push(Socket {
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
        });
    }
    sockets
}

/// What a socket is, from the protocol's name as the kernel gives it.
fn kind(pid: u32, fd: i32) -> Option<Kind> {
    let name = procfs::socket_protocol(pid, fd)?;
    KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

/// `O_NONBLOCK` among the flags in `/proc/PID/fdinfo/FD`, which are octal.
fn is_nonblocking(pid: u32, fd: i32) -> bool {
    let info = std::fs::read_to_string(format!("/proc/{pid}/fdinfo/{fd}")).unwrap_or_default();
    parse_nonblocking(&info)
}

fn parse_nonblocking(info: &str) -> bool {
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|text| u32::from_str_radix(text.trim(), 8).ok()).unwrap_or(0);
    flags & rustix::fs::OFlags::NONBLOCK.bits() != 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::damage::{every_damage_of, text_of};

    #[test]
    fn a_flag_is_found_among_octal_ones() {
        assert!(parse_nonblocking("pos:\t0\nflags:\t02004002\nmnt_id:\t10\n"));
        assert!(!parse_nonblocking("pos:\t0\nflags:\t02000002\n"));
    }

    #[test]
    fn what_is_cut_off_or_damaged_is_survived() {
        let info = "pos:\t0\nflags:\t02004002\nmnt_id:\t10\n";
        every_damage_of(info, |text| _ = parse_nonblocking(text));
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in text_of(&["flags:", "\t", "0", "4", "\n", "pos:"])) {
            parse_nonblocking(&text);
        }

        #[test]
        fn flags_are_read_back(flags: u32) {
            let is_set = flags & rustix::fs::OFlags::NONBLOCK.bits() != 0;
            prop_assert_eq!(parse_nonblocking(&format!("flags:\t0{flags:o}\n")), is_set);
        }
    }
}
