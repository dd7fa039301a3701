//! The two partners of the lab's checks play with each other, on virtual time.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::packet::{AHEAD, Body, Here, MOST, Packet, WINDOW, crc32};
use super::receiver::{Fate, Receiver};
use super::sender::{Sender, Way};
use crate::check::{Part, Sending};

/// How long each datagram is on its way.
const DELAY: Duration = Duration::from_millis(20);

/// Plays both parts until one is over, for a minute of virtual time at most, and hands over what came.
fn play(sender: &mut Sender<'_>, receiver: &mut Receiver<'_>) -> Option<Vec<u8>> {
    // What is under way: to the receiver or not, by when it comes, and a number that keeps the order.
    let mut under_way: BTreeMap<(Duration, usize), (bool, Vec<u8>)> = BTreeMap::new();
    let mut now = Duration::ZERO;
    let mut count = 0;
    let mut put = |at: Duration, to: bool, sends: &mut Vec<Sending>, way: &mut BTreeMap<_, _>| {
        for Sending { payload, after, .. } in sends.drain(..) {
            count += 1;
            way.insert((at + DELAY + after, count), (to, payload));
        }
    };
    let mut sends = Vec::new();
    sender.wakes(now, &mut sends);
    put(now, true, &mut sends, &mut under_way);
    while !receiver.is_over() && now < Duration::from_secs(60) {
        let arrives = under_way.keys().next().map(|(at, _)| *at);
        let wakes = sender.wakes_at();
        now = arrives.into_iter().chain(wakes).min()?;
        if arrives != Some(now) {
            sender.wakes(now, &mut sends);
            put(now, true, &mut sends, &mut under_way);
            continue;
        }
        let (_, (to_receiver, payload)) = under_way.pop_first()?;
        let part: &mut dyn Part = if to_receiver { receiver } else { sender };
        part.comes(now, &payload, &mut sends);
        put(now, !to_receiver, &mut sends, &mut under_way);
    }
    receiver.seen.file()
}

fn file(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 7 % 251) as u8).collect()
}

#[test]
fn a_file_goes_over_in_any_way_with_any_length() {
    for length in [0, 1, MOST, MOST + 1, 100 * MOST] {
        for way in [Way::Batches(1), Way::Batches(8), Way::Backwards(8), Way::Window(WINDOW)] {
            let mut sender = Sender::new(77, &file(length), way);
            let mut receiver = Receiver::new(|_, _| Fate::default());
            assert_eq!(play(&mut sender, &mut receiver), Some(file(length)), "{length}, {way:?}");
            assert!(receiver.seen.most_under_way <= WINDOW);
        }
    }
}

#[test]
fn what_is_lost_is_sent_again_and_nothing_else_within_a_window() {
    let lost = [0, 1, 5, 6, 30, 101];
    let mut sender = Sender::new(77, &file(100 * MOST), Way::Window(WINDOW));
    let mut receiver =
        Receiver::new(|it, _| Fate::lost_if(it.copy == 1 && lost.contains(&it.number)));
    assert_eq!(play(&mut sender, &mut receiver), Some(file(100 * MOST)));
    assert_eq!(receiver.seen.repeats(|number| lost.contains(&number)), lost.len());
    assert_eq!(receiver.seen.repeats(|number| !lost.contains(&number)), 0);
}

#[test]
fn nothing_that_was_not_sent_is_taken_for_acknowledged() {
    let mut sender = Sender::new(77, &file(10 * MOST), Way::Window(WINDOW));
    let mut sends = Vec::new();
    sender.wakes(Duration::ZERO, &mut sends);
    let claim = Packet { transfer: 77, number: 4, body: Body::Ack(Here::default()) };
    sender.comes(Duration::ZERO, &claim.bytes(), &mut sends);
    assert_eq!(sender.seen.invented, Some(1));
    let other = Packet { transfer: 78, number: 1, body: Body::Ack(Here::default()) };
    sender.comes(Duration::ZERO, &other.bytes(), &mut sends);
    assert!(sender.seen.unreadable.is_some());
}

#[test]
fn bits_stand_for_the_numbers_from_the_first_that_is_missing() {
    let mut here = Here::default();
    for number in [11, 18, 265, 266, 9] {
        here.set(10, number);
    }
    assert_eq!(here.numbers(10).collect::<Vec<_>>(), [11, 18, 265]);
    let bytes = Packet { transfer: 1, number: 10, body: Body::Ack(here) }.bytes();
    assert_eq!((bytes.len(), bytes[13], bytes[14]), (45, 2, 1));
    assert_eq!(AHEAD, 256);
}

#[test]
fn the_checksum_is_that_of_zip_files() {
    assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..1100)) {
        prop_assert!(Packet::read(&bytes).is_none_or(|packet| packet.bytes() == bytes));
    }

    #[test]
    fn a_packet_with_a_changed_bit_is_none(
        transfer: u32,
        number: u32,
        piece in proptest::collection::vec(any::<u8>(), 1..=MOST),
        bit: usize,
    ) {
        let packet = Packet { transfer, number, body: Body::Data(piece) };
        let mut bytes = packet.bytes();
        prop_assert_eq!(Packet::read(&bytes), Some(packet));
        let bit = bit % (bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(Packet::read(&bytes), None);
    }
}
