//! Bytes that are not what they seem: nothing panics, and what is read lies within them.

use fastrand::Rng;
use socklab::packet::{Packet, checksum};

use super::samples::SAMPLES;

/// Asks for everything that a packet has, and repairs it.
fn use_all_of(bytes: &mut [u8]) {
    if let Ok(packet) = Packet::parse(bytes) {
        assert!(packet.len() <= bytes.len());
        assert_eq!(packet.payload(), &bytes[packet.payload_range()]);
        assert!(!packet.to_string().is_empty());
        let _ = packet.icmp().and_then(|icmp| icmp.quote());
        checksum::is_right(&packet);
    }
    let repaired = checksum::repair(bytes);
    if let Ok(packet) = Packet::parse(bytes) {
        assert_eq!(repaired, Ok(()));
        assert!(checksum::is_right(&packet), "{packet}: {bytes:02x?}");
    }
}

#[test]
fn every_beginning_of_a_packet_is_survived() {
    for sample in SAMPLES {
        let bytes = sample.bytes();
        for len in 0..bytes.len() {
            assert!(Packet::parse(&bytes[..len]).is_err(), "{}, {len} bytes", sample.line);
            use_all_of(&mut bytes[..len].to_vec());
        }
    }
}

#[test]
fn every_changed_byte_is_survived() {
    for sample in SAMPLES {
        for at in 0..sample.bytes().len() {
            for value in [0, 1, 6, 17, 43, 44, 51, 60, 0x45, 0x60, 0x7f, 0xf0, 0xff] {
                let mut bytes = sample.bytes();
                bytes[at] = value;
                use_all_of(&mut bytes);
            }
        }
    }
}

#[test]
fn several_changed_bytes_are_survived() {
    let mut random = Rng::with_seed(7);
    for _ in 0..50_000 {
        let mut bytes = SAMPLES[random.usize(..SAMPLES.len())].bytes();
        for _ in 0..random.usize(1..6) {
            let at = random.usize(..bytes.len());
            bytes[at] = random.u8(..);
        }
        bytes.truncate(random.usize(bytes.len() / 2..bytes.len() + 1));
        use_all_of(&mut bytes);
    }
}

#[test]
fn noise_is_survived() {
    let mut random = Rng::with_seed(8);
    for _ in 0..50_000 {
        let mut bytes = vec![0; random.usize(..120)];
        random.fill(&mut bytes);
        if let Some(first) = bytes.first_mut() {
            // Else all but one in eight would fail at the first byte.
            *first = if random.bool() { 0x45 } else { 0x60 };
        }
        use_all_of(&mut bytes);
    }
}

#[test]
fn the_longest_packets_are_summed_up_without_overflow() {
    let mut four = vec![0xff; 65_535];
    four[..10].copy_from_slice(&[0x45, 0, 0xff, 0xff, 0, 0, 0, 0, 64, 6]);
    use_all_of(&mut four);
    let mut six = vec![0xff; 40 + 65_535];
    six[..8].copy_from_slice(&[0x60, 0, 0, 0, 0xff, 0xff, 6, 64]);
    use_all_of(&mut six);
}
