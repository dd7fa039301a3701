//! The socket tables of `/proc/PID/net`: `udp`, `udp6`, `tcp`, `tcp6`, `unix`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use serde::{Deserialize, Serialize};

/// A row of a table.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// Where the socket is bound.
    pub local: SocketAddr,
    /// Where it is connected; port 0 when it is not.
    pub remote: SocketAddr,
    /// The state's number: 0x0a is a listening TCP socket.
    pub state: u8,
    /// Bytes of kernel memory that wait to be received.
    pub receive_queue: u32,
    /// The socket's identity.
    pub inode: u64,
    /// Datagrams dropped for want of room.
    pub drops: u32,
}

/// The rows of a table, as the process `pid` sees it; none where it cannot be read.
pub fn rows(pid: u32, table: &str) -> Vec<Row> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default();
    parse_rows(&text).collect()
}

/// The rows below the heading; a line that is none is passed over.
pub(super) fn parse_rows(table: &str) -> impl Iterator<Item = Row> {
    table.lines().skip(1).filter_map(parse_row)
}

/// Reads a line such as
/// `123: 0100007F:3039 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 4711 2 … 0`.
fn parse_row(line: &str) -> Option<Row> {
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    let [_, local, remote, state, queues, ..] = fields[..] else { return None };
    Some(Row {
        local: parse_address(local)?,
        remote: parse_address(remote)?,
        state: u8::from_str_radix(state, 16).ok()?,
        receive_queue: u32::from_str_radix(queues.split_once(':')?.1, 16).ok()?,
        inode: fields.get(9)?.parse().ok()?,
        drops: fields.get(12).and_then(|drops| drops.parse().ok()).unwrap_or(0),
    })
}

/// Reads `0100007F:3039`: the address is printed as 32-bit words of the machine's own byte order.
fn parse_address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |at: usize| -> Option<[u8; 4]> {
        let word = u32::from_str_radix(address.get(at * 8..at * 8 + 8)?, 16).ok()?;
        Some(word.to_ne_bytes())
    };
    let ip = match address.len() {
        8 => IpAddr::from(Ipv4Addr::from(word(0)?)),
        32 => {
            let words = [word(0)?, word(1)?, word(2)?, word(3)?];
            let mut bytes = [0; 16];
            bytes.copy_from_slice(&words.concat());
            IpAddr::from(Ipv6Addr::from(bytes))
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

/// True when, in the network of the process `pid`, a local socket has this abstract name. See
/// `unix(7)`.
pub fn holds_abstract_name(pid: u32, name: &str) -> bool {
    // The table shows zero bytes as it shows the first one.
    let name = name.replace('\0', "@");
    let table = std::fs::read(format!("/proc/{pid}/net/unix")).unwrap_or_default();
    let is_it = |line| parse_abstract_name(line).is_some_and(|held| held == name);
    String::from_utf8_lossy(&table).lines().any(is_it)
}

/// Reads a line such as `0000000000000000: 00000002 00000000 00010000 0001 01 28345 @name`.
fn parse_abstract_name(line: &str) -> Option<&str> {
    let mut rest = line;
    for _ in 0..7 {
        rest = rest.trim_start().split_once(' ')?.1;
    }
    rest.strip_prefix('@')
}

/// What UDP has to say of a network since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UdpCounters {
    /// Datagrams that came to a port where no socket was.
    pub no_port: u64,
    /// Datagrams for which the receiving socket's buffer had no room.
    pub no_room: u64,
}

/// What UDP has to say of the network of this process. See `snmp` in `proc_pid_net(5)`, and
/// RFC 4113 for the names.
pub fn udp_counters() -> UdpCounters {
    let text = std::fs::read_to_string("/proc/self/net/snmp").unwrap_or_default();
    parse_udp_counters(&text).unwrap_or_default()
}

/// Reads the two lines that begin with `Udp:`: names, and numbers.
pub(super) fn parse_udp_counters(text: &str) -> Option<UdpCounters> {
    let mut lines = text.lines().filter_map(|line| line.strip_prefix("Udp:"));
    let (names, numbers) = (lines.next()?, lines.next()?);
    let number = |wanted: &str| -> Option<u64> {
        let at = names.split_ascii_whitespace().position(|name| name == wanted)?;
        numbers.split_ascii_whitespace().nth(at)?.parse().ok()
    };
    Some(UdpCounters { no_port: number("NoPorts")?, no_room: number("RcvbufErrors")? })
}

/// The multicast groups that somebody in the network of this process has joined.
pub fn multicast_groups() -> Vec<Ipv4Addr> {
    let text = std::fs::read_to_string("/proc/self/net/igmp").unwrap_or_default();
    parse_multicast_groups(&text)
}

/// Reads the lines of a device's groups, which are indented: a group as it stands in memory, and how
/// many have joined it.
pub(super) fn parse_multicast_groups(text: &str) -> Vec<Ipv4Addr> {
    let groups = text.lines().filter(|line| line.starts_with('\t'));
    let group = |line: &str| {
        let word = line.split_ascii_whitespace().next().filter(|word| word.len() == 8)?;
        u32::from_str_radix(word, 16).ok().map(|it| Ipv4Addr::from(it.to_ne_bytes()))
    };
    groups.filter_map(group).collect()
}

/// True when somebody in the network of the process `pid` can be sent to: a UDP socket that is not
/// connected, or a TCP socket that listens.
pub fn is_reachable(pid: u32) -> bool {
    const UNCONNECTED: u8 = 0x07;
    const LISTENING: u8 = 0x0a;
    let has = |table, state| rows(pid, table).iter().any(|row| row.state == state);
    ["udp", "udp6"].iter().any(|table| has(table, UNCONNECTED))
        || ["tcp", "tcp6"].iter().any(|table| has(table, LISTENING))
}

/// The process whose UDP socket receives what is sent to `address` in our own network: its id and
/// its name, as far as they may be seen. `None` when nobody does.
pub fn udp_holder(address: SocketAddr) -> Option<Option<(u32, String)>> {
    let me = std::process::id();
    let holds = |row: &Row| {
        let ip = row.local.ip().to_canonical();
        row.local.port() == address.port() && (ip == address.ip() || ip.is_unspecified())
    };
    let row = ["udp", "udp6"].iter().flat_map(|table| rows(me, table)).find(holds)?;
    let pid = super::holders(row.inode).into_iter().next();
    Some(pid.and_then(|pid| Some((pid, super::name(pid)?))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counters_of_udp_are_found_by_their_names() {
        let text = "Ip: A B\nIp: 1 2\nUdp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors X\n\
                    Udp: 5 3 9 6 2 0\nUdpLite: InDatagrams\nUdpLite: 0\n";
        let counters = UdpCounters { no_port: 3, no_room: 2 };
        assert_eq!(parse_udp_counters(text), Some(counters));
        assert_eq!(parse_udp_counters("Udp: NoPorts\nUdp: 3\n"), None);
    }

    #[test]
    fn the_groups_of_all_devices_are_read() {
        let text = "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n\
                    1\tlo        :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n\
                    2\teth0      :     2      V3\n\t\t\t\t0F0FFFEF     1 0:00000000\t\t0\n\
                    \t\t\t\tno number\n\t\n";
        if cfg!(target_endian = "little") {
            let groups = [Ipv4Addr::new(224, 0, 0, 1), Ipv4Addr::new(239, 255, 15, 15)];
            assert_eq!(parse_multicast_groups(text), groups);
        }
    }

    #[test]
    fn a_row_of_the_table_is_read() {
        let line = "  392: 0100007F:3039 00000000:0000 07 00000000:00000300 00:00000000 00000000 \
                    1001        0 290122 2 0000000000000000 5";
        let row = parse_row(line).unwrap();
        assert_eq!(row.local, "127.0.0.1:12345".parse().unwrap());
        assert_eq!(row.remote, "0.0.0.0:0".parse().unwrap());
        assert_eq!((row.inode, row.receive_queue, row.drops), (290122, 0x300, 5));
    }

    #[test]
    fn an_ipv6_row_is_read() {
        let mapped = "0000000000000000FFFF00000100007F:3039";
        assert_eq!(parse_address(mapped), "[::ffff:127.0.0.1]:12345".parse().ok());
        assert_eq!(parse_address("00000000000000000000000000000000:0000"), "[::]:0".parse().ok());
    }

    #[test]
    fn an_abstract_name_may_hold_anything() {
        let row = |name: &str| format!("00000000: 00000002 00000000 00010000 0001 01    77 {name}");
        assert_eq!(parse_abstract_name(&row("@a b@@")), Some("a b@@"));
        assert_eq!(parse_abstract_name(&row("/run/a @b")), None);
        assert_eq!(parse_abstract_name("00000000: 00000002 00000000 00000000 0002 01 77"), None);
    }

    #[test]
    fn nonsense_is_no_row() {
        for line in ["", "sl local_address", "1: 2:3 4:5", "0: 0100007F:303g 0:0 07 0:0"] {
            assert_eq!(parse_row(line), None, "{line}");
        }
    }
}
