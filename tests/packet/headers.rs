//! What the headers of real packets say.

use socklab::packet::{Endpoint, Icmp, Malformed, Packet, Protocol, Unreachable};

use super::samples::{SAMPLES, bytes, sample};

#[test]
fn a_packet_is_shown_in_one_line() {
    for sample in SAMPLES {
        let bytes = sample.bytes();
        let packet = Packet::parse(&bytes).unwrap_or_else(|why| panic!("{}: {why}", sample.line));
        assert_eq!(packet.to_string(), sample.line);
        assert_eq!(packet.len(), bytes.len(), "{}", sample.line);
    }
}

#[test]
fn a_datagram_has_ports_and_a_payload() {
    let bytes = sample("UDP 127.0.0.1:40000 → 127.0.0.1:12345 5 bytes");
    let packet = Packet::parse(&bytes).unwrap();
    assert_eq!(packet.source().socket(), Some("127.0.0.1:40000".parse().unwrap()));
    assert_eq!(packet.destination(), Endpoint::Socket("127.0.0.1:12345".parse().unwrap()));
    assert_eq!(packet.protocol(), Protocol::Udp);
    assert_eq!(packet.payload(), b"hello");
    assert_eq!(packet.payload_range(), 28..33);
    assert_eq!((packet.tcp(), packet.icmp(), packet.fragment()), (None, None, None));
}

#[test]
fn the_payload_is_where_its_range_says() {
    for sample in SAMPLES {
        let bytes = sample.bytes();
        let packet = Packet::parse(&bytes).unwrap();
        assert_eq!(packet.payload(), &bytes[packet.payload_range()], "{}", sample.line);
    }
}

#[test]
fn padding_is_not_payload() {
    let mut bytes = sample("UDP 127.0.0.1:40000 → 127.0.0.1:12345 5 bytes");
    bytes.extend([0; 13]); // as in an Ethernet frame, which has at least 60 bytes
    assert_eq!(Packet::parse(&bytes).unwrap().payload(), b"hello");
}

#[test]
fn a_handshake_is_told_by_its_flags_and_numbers() {
    let bytes = sample("TCP 127.0.0.1:12345 → 127.0.0.1:40000 SYN,ACK");
    let tcp = Packet::parse(&bytes).unwrap().tcp().unwrap();
    assert!(tcp.flags.syn() && tcp.flags.ack());
    assert!(!tcp.flags.fin() && !tcp.flags.rst() && !tcp.flags.psh());
    assert_eq!((tcp.seq, tcp.ack, tcp.window), (3479967733, Some(2869944275), 65160));

    let bytes = sample("TCP 127.0.0.1:40000 → 127.0.0.1:12345 SYN seq");
    assert_eq!(Packet::parse(&bytes).unwrap().tcp().unwrap().ack, None);
}

#[test]
fn tcp_options_are_not_payload() {
    let bytes = sample("TCP [::1]:40000 → [::1]:12345 PSH,ACK");
    assert_eq!(Packet::parse(&bytes).unwrap().payload(), b"hello");
}

#[test]
fn only_the_first_fragment_has_ports() {
    let bytes = sample("UDP 127.0.0.1:40000 → 127.0.0.1:12345 40 bytes, first");
    let first = Packet::parse(&bytes).unwrap();
    let bytes = sample("UDP 127.0.0.1 → 127.0.0.1 30 bytes, the last");
    let last = Packet::parse(&bytes).unwrap();
    assert_eq!((first.destination().port(), last.destination().port()), (Some(12345), None));

    let (first, last) = (first.fragment().unwrap(), last.fragment().unwrap());
    assert!(first.is_first() && first.more);
    assert!(!last.is_first() && !last.more);
    assert_eq!((first.id, last.id, last.offset), (0x67ef, 0x67ef, 48));
}

#[test]
fn the_only_piece_of_a_packet_is_no_fragment() {
    // A fragment header with offset 0 and none to follow: RFC 6946.
    let mut bytes = sample("UDP [fd00::1]:40000 → [fd00::2]:12345 16 bytes, first");
    bytes[43] = 0;
    bytes[53] = 24; // the length of the datagram
    assert_eq!(Packet::parse(&bytes).unwrap().fragment(), None);
}

#[test]
fn a_port_unreachable_says_which_datagram_it_is_about() {
    for (line, source, destination) in [
        ("ICMP port", "127.0.0.1:40000", "127.0.0.1:12346"),
        ("ICMPv6 port", "[::1]:40000", "[::1]:12346"),
    ] {
        let bytes = sample(line);
        let icmp = Packet::parse(&bytes).unwrap().icmp().unwrap();
        assert!(matches!(icmp, Icmp::Unreachable { what: Unreachable::Port, .. }), "{icmp:?}");
        let quote = icmp.quote().unwrap();
        assert_eq!(quote.source.socket(), Some(source.parse().unwrap()));
        assert_eq!(quote.destination.socket(), Some(destination.parse().unwrap()));
        assert_eq!(quote.protocol, Protocol::Udp);
    }
}

#[test]
fn a_quote_may_end_behind_the_ports() {
    let mut bytes = sample("ICMP port");
    bytes.truncate(20 + 8 + 20 + 8);
    bytes[3] = bytes.len() as u8;
    let quote = Packet::parse(&bytes).unwrap().icmp().unwrap().quote().unwrap();
    assert_eq!(quote.destination.to_string(), "127.0.0.1:12346");
}

#[test]
fn a_packet_with_stops_still_to_make_is_not_looked_into() {
    let packet = "6000000000252b40fd000000000000000000000000000001fd0000000000000000000000000000\
                  02 1102020100000000fd000000000000000000000000000003 9c403039000df583 68656c6c6f";
    let bytes = bytes(packet);
    let packet = Packet::parse(&bytes).unwrap();
    assert_eq!(packet.protocol(), Protocol::Other(43)); // a routing header
    assert_eq!(packet.destination().port(), None);
}

/// A sample, one byte of it changed or the end cut off, and what is said of it.
#[test]
fn what_is_wrong_with_bytes_is_said() {
    const UDP: &str = "UDP 127.0.0.1:40000 → 127.0.0.1:12345 5 bytes";
    const TCP: &str = "TCP 127.0.0.1:40000 → 127.0.0.1:12345 SYN seq";
    const SIX: &str = "UDP [::1]:40000";
    let changed = |line: &str, at: usize, byte: u8| {
        let mut bytes = sample(line);
        bytes[at] = byte;
        Packet::parse(&bytes).map(|_| ()).unwrap_err()
    };
    let cut = |line: &str, len: usize| Packet::parse(&sample(line)[..len]).map(|_| ()).unwrap_err();
    let table = [
        (cut(UDP, 0), "the IP header needs 1 bytes, and there are 0"),
        (cut(UDP, 19), "the IPv4 header needs 20 bytes, and there are 19"),
        (cut(UDP, 32), "the body of the IPv4 packet needs 13 bytes, and there are 12"),
        (cut(SIX, 39), "the IPv6 header needs 40 bytes, and there are 39"),
        (cut(SIX, 52), "the body of the IPv6 packet needs 13 bytes, and there are 12"),
        (changed(UDP, 0, 0x55), "version 5 of IP is neither 4 nor 6"),
        (
            changed(UDP, 0, 0x44),
            "the IPv4 header gives its length as 16 bytes, which is less than 20",
        ),
        (
            changed(UDP, 3, 19),
            "the IPv4 packet gives its length as 19 bytes, which is less than 20",
        ),
        (changed(UDP, 3, 27), "the UDP header needs 8 bytes, and there are 7"),
        (changed(UDP, 25, 7), "the UDP datagram gives its length as 7 bytes, which is less than 8"),
        (changed(UDP, 25, 14), "the UDP datagram needs 14 bytes, and there are 13"),
        (
            changed(TCP, 32, 0x40),
            "the TCP header gives its length as 16 bytes, which is less than 20",
        ),
        (changed(TCP, 32, 0xf0), "the TCP header needs 60 bytes, and there are 40"),
        (changed(TCP, 3, 39), "the TCP header needs 20 bytes, and there are 19"),
        (changed(SIX, 6, 60), "the IPv6 extension header needs 520 bytes, and there are 13"),
    ];
    for (malformed, said) in table {
        assert_eq!(malformed.to_string(), said);
    }
    let short = Malformed::Short { what: "IPv4 header", need: 20, have: 19 };
    assert_eq!(cut(UDP, 19), short);
}
