//! Checksums: right ones, wrong ones, and those that cannot be told.

use socklab::packet::{Packet, checksum};

use super::samples::{SAMPLES, bytes, sample};

fn is_right(bytes: &[u8]) -> bool {
    checksum::is_right(&Packet::parse(bytes).unwrap())
}

#[test]
fn right_checksums_are_right_and_stay_as_they_are() {
    for sample in SAMPLES {
        let mut bytes = sample.bytes();
        assert!(is_right(&bytes), "{}", sample.line);
        checksum::repair(&mut bytes).unwrap();
        assert_eq!(bytes, sample.bytes(), "{}", sample.line);
    }
}

#[test]
fn every_flipped_bit_of_a_payload_is_noticed_and_repaired() {
    for sample in SAMPLES {
        let whole = sample.bytes();
        let packet = Packet::parse(&whole).unwrap();
        // Not those of which nobody could tell: pieces, and a datagram without a checksum.
        let is_covered = packet.fragment().is_none()
            && !sample.line.starts_with("protocol 2")
            && !sample.line.contains("→ 127.0.0.1:40000 5 bytes");
        for at in packet.payload_range().filter(|_| is_covered) {
            for bit in 0..8 {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << bit;
                assert!(!is_right(&bytes), "{}: byte {at}, bit {bit}", sample.line);
                checksum::repair(&mut bytes).unwrap();
                assert!(is_right(&bytes), "{}: byte {at}, bit {bit}", sample.line);
            }
        }
    }
}

/// Packets as they are seen on `lo`, which leaves the checksum to a network card that never comes:
/// what stands in its place is the sum of the pseudo-header.
#[test]
fn unfinished_checksums_are_finished() {
    for (line, at, stands) in [
        ("UDP 127.0.0.1:40000 → 127.0.0.1:12345 5 bytes", 26, "fe20"),
        ("UDP 127.0.0.1:40000 → 127.0.0.1:12345 0 bytes", 26, "fe1b"),
        ("TCP 127.0.0.1:40000 → 127.0.0.1:12345 SYN seq", 36, "fe30"),
        ("TCP 127.0.0.1:40000 → 127.0.0.1:12345 PSH,ACK", 36, "fe2d"),
        ("UDP [::1]:40000 → [::1]:12345 5 bytes", 46, "0020"),
        ("TCP [::1]:40000 → [::1]:12345 SYN seq", 56, "0030"),
    ] {
        let right = sample(line);
        let mut packet = right.clone();
        packet[at..at + 2].copy_from_slice(&bytes(stands));
        assert!(!is_right(&packet), "{line}");
        checksum::repair(&mut packet).unwrap();
        assert_eq!(packet, right, "{line}");
    }
}

/// On `lo` an ICMP error quotes an unfinished checksum. A receiver does not look there, but
/// Wireshark does.
#[test]
fn unfinished_checksums_in_quotes_are_finished() {
    for (line, outer, quoted) in
        [("ICMP port", (22, "ee81"), (54, "fe20")), ("ICMPv6 port", (42, "1395"), (94, "0020"))]
    {
        let right = sample(line);
        let mut packet = right.clone();
        for (at, stands) in [outer, quoted] {
            packet[at..at + 2].copy_from_slice(&bytes(stands));
        }
        assert!(is_right(&packet), "{line}");
        checksum::repair(&mut packet).unwrap();
        assert_eq!(packet, right, "{line}");
    }
}

#[test]
fn a_wrong_header_checksum_is_repaired_in_fragments_too() {
    let right = sample("UDP 127.0.0.1 → 127.0.0.1 30 bytes, the last");
    let mut packet = right.clone();
    packet[8] -= 1; // a router counts the time to live down
    assert!(!is_right(&packet));
    checksum::repair(&mut packet).unwrap();
    assert!(is_right(&packet));
    packet[8] += 1;
    checksum::repair(&mut packet).unwrap();
    assert_eq!(packet, right);
}

#[test]
fn without_a_checksum_is_right_in_ipv4_and_wrong_in_ipv6() {
    let mut four = sample("UDP 127.0.0.1:40000 → 127.0.0.1:12345 5 bytes");
    four[26..28].fill(0);
    assert!(is_right(&four));

    let right = sample("UDP [::1]:40000 → [::1]:12345 5 bytes");
    let mut six = right.clone();
    six[46..48].fill(0);
    assert!(!is_right(&six));
    checksum::repair(&mut six).unwrap();
    assert_eq!(six, right);
}

#[test]
fn what_is_no_packet_is_not_changed() {
    let mut bytes = sample("UDP 127.0.0.1:40000 → 127.0.0.1:12345 5 bytes");
    bytes[10] ^= 1;
    bytes.truncate(30);
    let before = bytes.clone();
    assert!(checksum::repair(&mut bytes).is_err());
    assert_eq!(bytes, before);
}

/// An acknowledgment as Linux sent it over a veth pair: its checksum comes out as zero.
#[test]
fn a_zero_of_tcp_is_written_as_zero() {
    let hex = "4500005017a540004006a0d9c0a8006dc0a8006cdc363039715f51ed1fab8955f0100ccbffff0000\
               0101080a03155a7d0231e59e0101051a1fb0d12d1fb109bd1fb021d51fb0cb851fb010dd1fb01c2d";
    let digits: Vec<u32> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    let mut bytes: Vec<u8> = digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect();
    assert!(checksum::is_right(&Packet::parse(&bytes).unwrap()));
    checksum::repair(&mut bytes).unwrap();
    assert_eq!(bytes[36..38], [0, 0]);
    assert!(checksum::is_right(&Packet::parse(&bytes).unwrap()));
}
