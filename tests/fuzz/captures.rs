//! Packets, and captures of them.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use socklab::packet::pcapng::{Direction, LinkType, Record, Writer};
use socklab::packet::{Packet, Unreachable, checksum, refusal};

use crate::damage::noise;
use crate::samples::SAMPLES;

/// The samples, each byte of which some checksum covers.
static COVERED: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let is_covered = |bytes: &Vec<u8>| {
        let packet = Packet::parse(bytes).unwrap();
        let is_short = packet.payload_range().end < bytes.len();
        packet.to_string().starts_with("TCP 1") && packet.fragment().is_none() && !is_short
    };
    SAMPLES.iter().map(|sample| sample.bytes()).filter(is_covered).collect()
});

/// The blocks of a capture: their types, and their bodies.
fn blocks(mut capture: &[u8]) -> Option<Vec<(u32, &[u8])>> {
    let word = |bytes: &[u8]| Some(u32::from_le_bytes(*bytes.first_chunk()?));
    let mut blocks = Vec::new();
    while !capture.is_empty() {
        let length = word(capture.get(4..)?)? as usize;
        let (block, rest) = capture.split_at_checked(length)?;
        let body = block.get(8..length.checked_sub(4)?)?;
        (length.is_multiple_of(4) && word(&block[length - 4..])? as usize == length)
            .then_some(())?;
        blocks.push((word(block)?, body));
        capture = rest;
    }
    Some(blocks)
}

proptest! {
    #[test]
    fn one_wrong_byte_is_never_called_right(
        bytes in select(COVERED.as_slice()),
        at in any::<Index>(),
        other in 1..=255_u8,
    ) {
        let mut bytes = bytes;
        *at.get_mut(&mut bytes) ^= other;
        // With another version it is another packet, if it is one.
        let packet = Packet::parse(&bytes).ok().filter(|packet| packet.source().ip().is_ipv4());
        prop_assert!(!packet.is_some_and(|packet| checksum::is_right(&packet)));
    }

    #[test]
    fn a_refusal_is_right_and_quotes_what_was_sent(
        sample in select(SAMPLES),
        change in proptest::option::of((any::<Index>(), any::<u8>())),
        more in noise(),
    ) {
        let mut bytes = [sample.bytes(), more].concat();
        if let Some((at, byte)) = change {
            *at.get_mut(&mut bytes) = byte;
        }
        let Some(answer) = refusal(&bytes, Unreachable::Prohibited) else { return Ok(()) };
        let packet = Packet::parse(&answer).unwrap();
        prop_assert!(checksum::is_right(&packet) && answer.len() <= 576);
        let sent = Packet::parse(&bytes).unwrap();
        prop_assert_eq!(packet.destination().ip(), sent.source().ip());
        prop_assert_eq!(packet.source().ip(), sent.destination().ip());
        prop_assert_eq!(refusal(&answer, Unreachable::Prohibited), None);
    }

    #[test]
    fn what_is_written_to_a_capture_is_read_back(
        packets in vec((select(SAMPLES), any::<u64>(), ".{0,40}", any::<bool>()), 0..5),
        name in ".{0,40}",
    ) {
        let mut capture = Writer::new(Vec::new(), &name, LinkType::Ethernet)?;
        let interface = capture.interface(&name, Some(&name))?;
        for (sample, at_ns, comment, is_inbound) in &packets {
            let way = if *is_inbound { Direction::Inbound } else { Direction::Outbound };
            let bytes = sample.bytes();
            let record = Record::new(*at_ns, &bytes).direction(way).comment(comment);
            capture.packet(interface, &record)?;
        }
        let capture = capture.finish()?;
        let blocks = blocks(&capture).unwrap();
        prop_assert_eq!(blocks.len(), 2 + packets.len());
        for ((kind, body), (sample, at_ns, comment, _)) in blocks[2..].iter().zip(&packets) {
            let word = |at: usize| u32::from_le_bytes(*body[at..].first_chunk().unwrap());
            let bytes = sample.bytes();
            prop_assert_eq!(*kind, 6);
            prop_assert_eq!(u64::from(word(4)) << 32 | u64::from(word(8)), *at_ns);
            prop_assert_eq!(word(12) as usize, 14 + bytes.len());
            prop_assert_eq!(&body[20 + 14..][..bytes.len()], &bytes);
            let options = &body[(20 + 14 + bytes.len()).next_multiple_of(4)..];
            prop_assert!(options[4..].starts_with(comment.as_bytes()));
        }
    }
}
