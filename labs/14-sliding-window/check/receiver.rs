//! The receiver that plays with a learner's sender. A script says what becomes of each packet: whether
//! it is lost, and how it is acknowledged. This is pure logic.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::packet::{AHEAD, Body, Here, Packet, WINDOW};
use crate::check::{Part, Sending};

/// A packet that has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    /// Its number.
    pub(super) number: u32,
    /// How many times it has come by now: 1 at first.
    pub(super) copy: usize,
    /// How many packets have come by now.
    pub(super) place: usize,
    /// When it came.
    pub(super) at: Duration,
}

/// What becomes of a packet.
#[derive(Clone, Debug, Default)]
pub(super) struct Fate {
    /// It has never come.
    pub(super) lost: bool,
    /// It is not acknowledged.
    pub(super) silent: bool,
    /// The acknowledgement is so much later.
    pub(super) after: Duration,
    /// The acknowledgement comes twice.
    pub(super) twice: bool,
    /// These are sent as well, before the acknowledgement.
    pub(super) besides: Vec<Sending>,
    /// It is the last: the exchange is over.
    pub(super) over: bool,
}

impl Fate {
    pub(super) fn lost() -> Fate {
        Fate { lost: true, silent: true, ..Fate::default() }
    }

    pub(super) fn silent() -> Fate {
        Fate { silent: true, ..Fate::default() }
    }

    /// It is lost if that is so.
    pub(super) fn lost_if(lost: bool) -> Fate {
        if lost { Fate::lost() } else { Fate::default() }
    }
}

/// What becomes of each packet, in the light of what was seen so far.
pub(super) type Script<'s> = Box<dyn FnMut(Arrival, &Seen) -> Fate + 's>;

/// What was seen of the sender.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// When each packet came, each time it did, the lost ones too.
    pub(super) times: BTreeMap<u32, Vec<Duration>>,
    /// What the pieces were that were not lost.
    pub(super) bodies: BTreeMap<u32, Body>,
    /// When each of those was taken.
    pub(super) taken: BTreeMap<u32, Duration>,
    /// The first that has not come.
    pub(super) first: u32,
    /// Those that came and were not acknowledged yet.
    pub(super) under_way: BTreeSet<u32>,
    /// The most of those at one time.
    pub(super) most_under_way: usize,
    /// In which order packets were acknowledged.
    acknowledged: BTreeMap<u32, usize>,
    /// How many of those the sender must know of: it has sent a packet for which it had no room before.
    known: usize,
    /// How many packets came again of which the sender knew that they had come.
    pub(super) needless: usize,
    /// How far a packet was ahead of the first of which the sender did not know that it had come.
    pub(super) most_ahead: u32,
    /// What came and is no packet of a sender, the first of it.
    pub(super) unreadable: Option<Vec<u8>>,
    /// A packet that came again with another content.
    pub(super) changed: Option<u32>,
    /// The transfer, once it has begun.
    pub(super) transfer: Option<u32>,
}

impl Seen {
    /// How many copies of packets came beyond the first of each.
    pub(super) fn repeats(&self, numbers: impl Fn(u32) -> bool) -> usize {
        let of = |(number, times): (&u32, &Vec<Duration>)| match numbers(*number) {
            true => times.len() - 1,
            false => 0,
        };
        self.times.iter().map(of).sum()
    }

    /// The file, if all of it has come.
    pub(super) fn file(&self) -> Option<Vec<u8>> {
        self.is_whole().then(|| self.piece_bytes())
    }

    pub(super) fn is_whole(&self) -> bool {
        self.first > 0 && self.bodies.get(&(self.first - 1)) == Some(&Body::End)
    }

    fn piece_bytes(&self) -> Vec<u8> {
        let pieces = self.bodies.values().filter_map(|body| match body {
            Body::Data(piece) => Some(piece.as_slice()),
            _ => None,
        });
        pieces.flatten().copied().collect()
    }
}

/// The receiver.
pub(super) struct Receiver<'s> {
    script: Script<'s>,
    pub(super) seen: Seen,
    place: usize,
    /// How long after the last packet that was new it is over in any case.
    patience: Option<Duration>,
    quiet_since: Option<Duration>,
    is_over: bool,
}

impl<'s> Receiver<'s> {
    pub(super) fn new(script: impl FnMut(Arrival, &Seen) -> Fate + 's) -> Receiver<'s> {
        Receiver {
            script: Box::new(script),
            seen: Seen::default(),
            place: 0,
            patience: None,
            quiet_since: None,
            is_over: false,
        }
    }

    /// It is over when nothing new has come for so long.
    pub(super) fn for_at_most(self, patience: Duration) -> Receiver<'s> {
        Receiver { patience: Some(patience), ..self }
    }

    /// The acknowledgement of all that has come.
    pub(super) fn acknowledgement(seen: &Seen) -> Packet {
        let mut here = Here::default();
        for &number in seen.bodies.range(seen.first..).map(|(number, _)| number) {
            here.set(seen.first, number);
        }
        let transfer = seen.transfer.unwrap_or_default();
        Packet { transfer, number: seen.first, body: Body::Ack(here) }
    }

    /// Notes that a packet has come, lost or not; `None` where it is none of a sender.
    fn note(&mut self, at: Duration, payload: &[u8]) -> Option<Packet> {
        let seen = &mut self.seen;
        let packet = Packet::read(payload).filter(is_of_a_sender);
        let Some(packet) = packet else {
            seen.unreadable.get_or_insert_with(|| payload.to_vec());
            self.is_over = true;
            return None;
        };
        if *seen.transfer.get_or_insert(packet.transfer) != packet.transfer {
            seen.changed.get_or_insert(packet.number);
        }
        if seen.bodies.get(&packet.number).is_some_and(|known| *known != packet.body) {
            seen.changed.get_or_insert(packet.number);
        }
        let times = seen.times.entry(packet.number).or_default();
        times.push(at);
        if times.len() == 1 {
            seen.known = seen.times.len().saturating_sub(WINDOW);
        } else if seen.acknowledged.get(&packet.number).is_some_and(|order| *order < seen.known) {
            seen.needless += 1;
        }
        let is_known = packet.number < seen.first || seen.bodies.contains_key(&packet.number);
        if !is_known {
            seen.under_way.insert(packet.number);
            seen.most_under_way = seen.most_under_way.max(seen.under_way.len());
        }
        seen.most_ahead = seen.most_ahead.max(packet.number.saturating_sub(seen.first));
        Some(packet)
    }

    fn take(&mut self, at: Duration, packet: Packet) {
        let seen = &mut self.seen;
        let is_possible = (seen.first..seen.first.saturating_add(AHEAD)).contains(&packet.number);
        if is_possible && !seen.bodies.contains_key(&packet.number) {
            seen.taken.insert(packet.number, at);
            seen.bodies.insert(packet.number, packet.body);
            self.quiet_since = Some(at);
        }
        while seen.bodies.contains_key(&seen.first) {
            seen.first += 1;
        }
    }
}

/// True for what a sender sends: the kinds stand where the handout has them.
fn is_of_a_sender(packet: &Packet) -> bool {
    match packet.body {
        Body::Begin => packet.number == 0,
        Body::Data(_) | Body::End => packet.number > 0,
        Body::Ack(_) => false,
    }
}

impl Part for Receiver<'_> {
    fn comes(&mut self, at: Duration, payload: &[u8], sends: &mut Vec<Sending>) {
        self.quiet_since.get_or_insert(at);
        self.wakes(at, sends);
        let Some(packet) = self.note(at, payload) else { return };
        self.place += 1;
        let number = packet.number;
        let copy = self.seen.times.get(&number).map_or(0, Vec::len);
        let arrival = Arrival { number, copy, place: self.place, at };
        let fate = (self.script)(arrival, &self.seen);
        if !fate.lost {
            self.take(at, packet);
        }
        sends.extend(fate.besides);
        if !fate.silent {
            let bodies = &self.seen.bodies;
            let here: Vec<u32> =
                self.seen.under_way.iter().filter(|it| bodies.contains_key(it)).copied().collect();
            for number in here {
                self.seen.under_way.remove(&number);
                let order = self.seen.acknowledged.len();
                self.seen.acknowledged.insert(number, order);
            }
            let payload = Receiver::acknowledgement(&self.seen).bytes();
            let ack = Sending { after: fate.after, ..Sending::now(payload) };
            sends.extend(std::iter::repeat_n(ack, 1 + usize::from(fate.twice)));
            self.is_over |= self.seen.is_whole();
        }
        self.is_over |= fate.over;
    }

    fn wakes(&mut self, at: Duration, _: &mut Vec<Sending>) {
        self.is_over |= self.wakes_at().is_some_and(|wakes| at >= wakes);
    }

    fn wakes_at(&self) -> Option<Duration> {
        Some(self.quiet_since? + self.patience?)
    }

    fn is_over(&self) -> bool {
        self.is_over
    }
}
