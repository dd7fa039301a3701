//! What `/proc` says is read back, and what it never says is survived.

use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};

use proptest::collection::vec;
use proptest::prelude::*;

use super::net::{Row, UdpCounters, parse_rows, parse_udp_counters};
use super::*;
use crate::damage::{every_damage_of, noise, text_of};

const STAT: &str = "20242 (a (b) c) R 20183 20183 5688 0 -1 4194304 106 0 0 0 12 30 0 0 20 0 1 0 \
                    2229087 3133440 417 18446744073709551615 94074075033600 94074075053481 0 0\n";

const STATUS: &str = "Name:\tcat\nState:\tR (running)\nTgid:\t20243\nPPid:\t20183\n\
                      VmHWM:\t    2048 kB\nVmRSS:\t    1684 kB\nSigIgn:\t0000000000000002\n\
                      SigCgt:\t0000000000004000\nvoluntary_ctxt_switches:\t3\n\
                      nonvoluntary_ctxt_switches:\t4\n";

const UDP: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode \
ref pointer drops
  392: 0100007F:3039 00000000:0000 07 00000000:00000300 00:00000000 00000000  1001        0 \
290122 2 0000000000000000 5
";

const UDP6: &str = "\
  sl  local_address                         remote_address
  392: 00000000000000000000000001000000:3039 0000000000000000FFFF00000100007F:0000 07 \
00000000:00000000 00:00000000 00000000     0        0 290123 2 0000000000000000 0
";

const SNMP: &str = "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors\n\
                    Udp: 5 3 9 6 2 0\n";

fn read(text: &str) {
    let _ = (parse_ticks(text), parse_resident(text), parse_switches(text));
    let _ = (parse_disposition(text, 2), socket_inode(text), field(text, "Tgid:"));
    assert!(parse_rows(text).count() < text.lines().count().max(1));
    let _ = parse_udp_counters(text);
}

#[test]
fn what_is_cut_off_or_damaged_is_survived() {
    for sample in [STAT, STATUS, UDP, UDP6, SNMP, "socket:[4711]"] {
        every_damage_of(sample, read);
    }
}

#[test]
fn numbers_that_no_kernel_gives_are_none() {
    let most = u64::MAX;
    assert_eq!(parse_ticks(&STAT.replace(" 12 30 ", &format!(" {most} 1 "))), None);
    assert_eq!(parse_switches(&STATUS.replace("\t3\n", &format!("\t{most}\n"))), None);
    assert_eq!(parse_resident(&STATUS.replace("1684", &most.to_string())), None);
}

/// A row as the kernel prints it: words of the machine's own byte order.
fn row(row: &Row) -> String {
    let end = |at: SocketAddr| {
        let bytes = match at.ip() {
            IpAddr::V4(ip) => ip.octets().to_vec(),
            IpAddr::V6(ip) => ip.octets().to_vec(),
        };
        let (words, _) = bytes.as_chunks();
        let words = words.iter().map(|word| format!("{:08X}", u32::from_ne_bytes(*word)));
        format!("{}:{:04X}", words.collect::<String>(), at.port())
    };
    let (local, remote) = (end(row.local), end(row.remote));
    let Row { state, receive_queue, inode, drops, .. } = row;
    format!(
        "   1: {local} {remote} {state:02X} 00000000:{receive_queue:08X} 00:00000000 00000000 0 0 \
         {inode} 2 0000000000000000 {drops}\n"
    )
}

fn any_row() -> impl Strategy<Value = Row> {
    let ends = any::<(IpAddr, u16, IpAddr, u16)>();
    (ends, any::<(u8, u32, u64, u32)>()).prop_map(|(ends, (state, receive_queue, inode, drops))| {
        let (local, remote) = (SocketAddr::new(ends.0, ends.1), SocketAddr::new(ends.2, ends.3));
        Row { local, remote, state, receive_queue, inode, drops }
    })
}

const PIECES: &[&str] = &[
    " ",
    "\n",
    "\t",
    "0",
    "7",
    "A",
    ":",
    "()",
    ")",
    " S ",
    "0100007F:3039",
    "18446744073709551615",
    "Tgid:",
    "VmRSS:\t",
    " kB",
    "SigIgn:",
    "Udp:",
    " NoPorts",
    " RcvbufErrors",
    "socket:[",
    "]",
    "voluntary_ctxt_switches:\t",
    "nonvoluntary_ctxt_switches:\t",
    "-1",
    "+",
];

proptest! {
    #[test]
    fn any_text_is_survived(text in text_of(PIECES), bytes in noise()) {
        read(&text);
        read(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_process_may_have_any_name(name in "\\PC{0,15}", user: u32, system: u32) {
        let stat = STAT.replace("a (b) c", &name).replace(" 12 30 ", &format!(" {user} {system} "));
        prop_assert_eq!(parse_ticks(&stat), Some(u64::from(user) + u64::from(system)));
    }

    #[test]
    fn a_status_is_read_back(
        kib: u32,
        ignored: u64,
        caught: u64,
        counts: (u32, u32),
        signal in 1..=64,
    ) {
        let mut status = format!("Name:\tx\nVmRSS:\t{kib:8} kB\n");
        write!(status, "SigIgn:\t{ignored:016x}\nSigCgt:\t{caught:016x}\n").unwrap();
        writeln!(status, "voluntary_ctxt_switches:\t{}", counts.0).unwrap();
        writeln!(status, "nonvoluntary_ctxt_switches:\t{}", counts.1).unwrap();
        prop_assert_eq!(parse_resident(&status), Some(u64::from(kib) * 1024));
        prop_assert_eq!(parse_switches(&status), Some(u64::from(counts.0) + u64::from(counts.1)));
        let is_in = |mask: u64| mask & (1u64 << (signal - 1)) != 0;
        let right = match (is_in(ignored), is_in(caught)) {
            (true, _) => Disposition::Ignored,
            (_, true) => Disposition::Caught,
            _ => Disposition::Default,
        };
        prop_assert_eq!(parse_disposition(&status, signal), right);
    }

    #[test]
    fn the_rows_of_a_table_are_read_back_whatever_stands_between_them(
        rows in vec(any_row(), 0..5),
        other in "[^\n0-9]{0,20}",
    ) {
        let table: String = rows.iter().map(|it| format!("{other}\n{}", row(it))).collect();
        let table = format!("  sl  local_address\n{table}");
        prop_assert_eq!(parse_rows(&table).collect::<Vec<_>>(), rows);
    }

    #[test]
    fn counters_are_found_wherever_they_stand(
        no_port: u64,
        no_room: u64,
        names in Just(["InDatagrams", "NoPorts", "InErrors", "RcvbufErrors"]).prop_shuffle(),
    ) {
        let number = |name: &&str| match *name {
            "NoPorts" => no_port.to_string(),
            "RcvbufErrors" => no_room.to_string(),
            _ => "7".to_owned(),
        };
        let numbers: Vec<String> = names.iter().map(number).collect();
        let (names, numbers) = (names.join(" "), numbers.join(" "));
        let text = format!("Ip: A\nIp: 1\nUdp: {names}\nUdp: {numbers}\n");
        prop_assert_eq!(parse_udp_counters(&text), Some(UdpCounters { no_port, no_room }));
    }
}
