//! Captures, as tshark and tcpdump read them.

use std::fs::OpenOptions;
use std::io;

use socklab::packet::pcapng::{Direction, LinkType, Record, Writer};
use socklab::packet::{Packet, checksum};

use super::samples::{SAMPLES, Sample, sample};
use super::tools::{tcpdump, tshark};

const AT_NS: u64 = 1_763_649_000_123_456_789;

/// What Wireshark marks: a sum that is wrong, a packet or a file that it cannot make sense of.
const SPOILT: &str = "ip.checksum.status == 0 || udp.checksum.status == 0 \
                      || tcp.checksum.status == 0 || icmp.checksum.status == 0 \
                      || icmpv6.checksum.status == 0 || _ws.malformed || _ws.short";

/// Two hosts; each sample goes out from one and comes in at the other, a microsecond later.
fn carried(link_type: LinkType, samples: &[&Sample]) -> Vec<u8> {
    let mut capture = Writer::new(Vec::new(), "socklab test", link_type).unwrap();
    let server = capture.interface("server", Some("./server")).unwrap();
    let client = capture.interface("client", None).unwrap();
    for (nth, sample) in samples.iter().enumerate() {
        let (bytes, at_ns) = (sample.bytes(), AT_NS + 10_000 * nth as u64);
        let sent = Record::new(at_ns, &bytes).direction(Direction::Outbound);
        capture.packet(client, &sent.comment(sample.line)).unwrap();
        let received = Record::new(at_ns + 1_000, &bytes).direction(Direction::Inbound);
        capture.packet(server, &received).unwrap();
    }
    capture.finish().unwrap()
}

fn all() -> Vec<&'static Sample> {
    SAMPLES.iter().collect()
}

fn ipv4_only() -> Vec<&'static Sample> {
    SAMPLES.iter().filter(|sample| sample.is_ipv4()).collect()
}

#[test]
fn captures_hold_no_bad_checksum_and_no_malformed_packet() {
    for (link_type, samples) in [(LinkType::Ipv4, ipv4_only()), (LinkType::Ethernet, all())] {
        let capture = carried(link_type, &samples);
        let Some(every) = tshark(&capture, "frame", &["frame.number"]) else { return };
        assert_eq!(every.len(), 2 * samples.len());
        let spoilt = tshark(&capture, SPOILT, &["frame.number", "frame.comment"]);
        assert_eq!(spoilt, Some(Vec::new()), "{link_type:?}");
    }
}

#[test]
fn tshark_would_have_seen_a_bad_checksum() {
    let mut bytes = sample("UDP 127.0.0.1:40000 → 127.0.0.1:12345 5 bytes");
    let payload = Packet::parse(&bytes).unwrap().payload_range();
    bytes[payload.start] ^= 1;
    let spoilt = bytes.clone();
    checksum::repair(&mut bytes).unwrap();

    let mut capture = Writer::new(Vec::new(), "socklab test", LinkType::Ipv4).unwrap();
    let host = capture.interface("host", None).unwrap();
    for packet in [spoilt, bytes] {
        capture.packet(host, &Record::new(AT_NS, &packet)).unwrap();
    }
    let capture = capture.finish().unwrap();
    let Some(seen) = tshark(&capture, SPOILT, &["frame.number"]) else { return };
    assert_eq!(seen, ["1"]);
}

#[test]
fn time_interface_direction_and_comment_are_shown() {
    let samples = ipv4_only();
    let capture = carried(LinkType::Ipv4, &samples[..1]);
    let fields = [
        "frame.time_epoch",
        "frame.interface_name",
        "frame.interface_description",
        "frame.packet_flags_direction",
        "frame.comment",
    ];
    let Some(seen) = tshark(&capture, "frame", &fields) else { return };
    assert_eq!(
        seen,
        [
            "1763649000.123456789\tclient\t\t0x00000002\t\
             UDP 127.0.0.1:40000 → 127.0.0.1:12345 5 bytes",
            "1763649000.123457789\tserver\t./server\t0x00000001\t",
        ]
    );
}

#[test]
fn what_was_not_kept_of_a_packet_still_counts() {
    let bytes = sample("UDP 127.0.0.1:40000 → 127.0.0.1:12345 5 bytes");
    for (link_type, seen) in [(LinkType::Ipv4, "28\t33"), (LinkType::Ethernet, "42\t47")] {
        let mut capture = Writer::new(Vec::new(), "socklab test", link_type).unwrap();
        let host = capture.interface("host", None).unwrap();
        capture.packet(host, &Record::new(AT_NS, &bytes[..28]).was_long(33)).unwrap();
        let capture = capture.finish().unwrap();
        let Some(lines) = tshark(&capture, "frame", &["frame.cap_len", "frame.len"]) else {
            return;
        };
        assert_eq!(lines, [seen]);
    }
}

#[test]
fn tcpdump_reads_captures_and_its_filters_work() {
    for (link_type, samples) in [(LinkType::Ipv4, ipv4_only()), (LinkType::Ethernet, all())] {
        let capture = carried(link_type, &samples);
        let Some(every) = tcpdump(&capture, "") else { return };
        assert_eq!(every.len(), 2 * samples.len(), "{link_type:?}");
        let syns = samples.iter().filter(|it| it.line.contains(" SYN seq") && it.is_ipv4()).count();
        assert_eq!(tcpdump(&capture, "tcp[tcpflags] == tcp-syn").unwrap().len(), 2 * syns);
    }
    let capture = carried(LinkType::Ethernet, &all());
    let Some(ipv6) = tcpdump(&capture, "ip6") else { return };
    assert_eq!(ipv6.len(), 2 * (all().len() - ipv4_only().len()));
}

#[test]
fn a_capture_without_packets_opens() {
    for link_type in [LinkType::Ipv4, LinkType::Ethernet] {
        let capture = carried(link_type, &[]);
        let packets = tshark(&capture, "frame", &["frame.number"]);
        assert!(packets.is_none_or(|it| it.is_empty()));
        assert!(tcpdump(&capture, "").is_none_or(|it| it.is_empty()));
    }
}

#[test]
fn a_text_that_is_too_long_is_cut_between_characters() {
    let text = format!("a{}", "é".repeat(40_000)); // the 65 535th byte is the first of two
    let bytes = sample("UDP 127.0.0.1:40000");
    let mut capture = Writer::new(Vec::new(), &text, LinkType::Ipv4).unwrap();
    let host = capture.interface(&text, Some(&text)).unwrap();
    capture.packet(host, &Record::new(AT_NS, &bytes).comment(&text)).unwrap();
    capture.packet(host, &Record::new(AT_NS, &bytes)).unwrap();
    let capture = capture.finish().unwrap();
    let Some(lines) = tshark(&capture, "frame", &["udp.dstport", "frame.comment"]) else { return };
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("12345\taéé") && lines[0].len() > 60_000);
}

#[test]
fn what_does_not_suit_the_capture_is_refused_and_leaves_no_trace() {
    let (four, six) = (sample("UDP 127.0.0.1:40000"), sample("UDP [::1]:40000"));
    let too_long = vec![0x45; 262_145];
    let written = |refused: &[&[u8]]| {
        let mut capture = Writer::new(Vec::new(), "socklab test", LinkType::Ipv4).unwrap();
        let host = capture.interface("host", None).unwrap();
        for packet in refused {
            let why = capture.packet(host, &Record::new(AT_NS, packet)).unwrap_err();
            assert_eq!(why.kind(), io::ErrorKind::InvalidInput);
        }
        capture.packet(host, &Record::new(AT_NS, &four)).unwrap();
        capture.finish().unwrap()
    };
    assert_eq!(written(&[&six, &[], b"hello", &too_long]), written(&[]));
}

#[test]
fn an_interface_of_another_capture_is_refused() {
    let mut other = Writer::new(Vec::new(), "socklab test", LinkType::Ipv4).unwrap();
    let host = other.interface("host", None).unwrap();
    let mut capture = Writer::new(Vec::new(), "socklab test", LinkType::Ipv4).unwrap();
    let bytes = sample("UDP 127.0.0.1:40000");
    let why = capture.packet(host, &Record::new(AT_NS, &bytes)).unwrap_err();
    assert_eq!(why.kind(), io::ErrorKind::InvalidInput);
}

#[test]
fn a_full_disk_is_an_error() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let why = Writer::new(full, "socklab test", LinkType::Ipv4).unwrap_err();
    assert_eq!(why.kind(), io::ErrorKind::StorageFull);
}

#[test]
fn a_capture_whose_end_is_missing_has_all_packets_before_it() {
    let samples = ipv4_only();
    let whole = carried(LinkType::Ipv4, &samples);
    let last = carried(LinkType::Ipv4, &samples[..1]).len();
    let Some(lines) = tshark(&whole[..last], "frame", &["frame.number"]) else { return };
    assert_eq!(lines, ["1", "2"]);
}
