//! The sender that plays with a learner's receiver. A script says what is sent in the place of each
//! packet: nothing, where it is lost, or several. This is pure logic.

use std::collections::BTreeSet;
use std::time::Duration;

use super::packet::{Body, MOST, Packet};
use crate::check::{Part, Sending};

/// How long a packet may take before it is sent again: much less where the link takes its time, and
/// what is sent again does no harm.
const OVERDUE: Duration = Duration::from_secs(2);
const OVERDUE_IN_A_WINDOW: Duration = Duration::from_millis(200);

/// A packet is lost when one has come that was sent so many later.
const LATER: usize = 3;

/// A packet that is about to be sent.
#[derive(Clone, Debug)]
pub(super) struct Parcel<'p> {
    /// Its number.
    pub(super) number: u32,
    /// How many times it is sent by now: 1 at first.
    pub(super) copy: usize,
    /// Its bytes.
    pub(super) bytes: &'p [u8],
}

/// What is sent in the place of a packet.
pub(super) type Script<'s> = Box<dyn FnMut(Parcel<'_>) -> Vec<Sending> + 's>;

/// In which way new packets are sent.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    /// So many at once, and the next when all of those are acknowledged.
    Batches(usize),
    /// The same, the last first.
    Backwards(usize),
    /// As many as may be under way.
    Window(usize),
}

/// What was seen of the receiver.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// What came and is no acknowledgement of this transfer, the first of it.
    pub(super) unreadable: Option<Vec<u8>>,
    /// A packet that was acknowledged, and was never sent so that it could come.
    pub(super) invented: Option<u32>,
    /// Where the acknowledgements stood, each time one came.
    pub(super) numbers: Vec<u32>,
    /// When each of those was.
    pub(super) times: Vec<Duration>,
}

/// A packet, and what became of it.
struct Slot {
    bytes: Vec<u8>,
    copies: usize,
    sent: Duration,
    /// Which sending that was, among all.
    sending: usize,
    is_acknowledged: bool,
}

/// The sender.
pub(super) struct Sender<'s> {
    way: Way,
    script: Script<'s>,
    transfer: u32,
    slots: Vec<Slot>,
    /// The packets that can have come.
    delivered: BTreeSet<u32>,
    next: usize,
    sendings: usize,
    latest: usize,
    pub(super) seen: Seen,
    /// When something new was acknowledged last, or when the exchange began.
    moved: Option<Duration>,
    /// How long nothing may move before it is over.
    patience: Duration,
    is_over: bool,
    /// The number behind which nothing is sent any more.
    stops_at: usize,
}

impl<'s> Sender<'s> {
    /// A sender of this file.
    pub(super) fn new(transfer: u32, file: &[u8], way: Way) -> Sender<'s> {
        let pieces = file.chunks(MOST).map(|piece| Body::Data(piece.to_vec()));
        let bodies = std::iter::once(Body::Begin).chain(pieces).chain([Body::End]);
        let slots = (0..).zip(bodies).map(|(number, body)| Slot {
            bytes: Packet { transfer, number, body }.bytes(),
            copies: 0,
            sent: Duration::ZERO,
            sending: 0,
            is_acknowledged: false,
        });
        Sender {
            way,
            script: Box::new(|parcel| vec![Sending::now(parcel.bytes.to_vec())]),
            transfer,
            slots: slots.collect(),
            delivered: BTreeSet::new(),
            next: 0,
            sendings: 0,
            latest: 0,
            seen: Seen::default(),
            moved: None,
            patience: Duration::from_secs(5),
            is_over: false,
            stops_at: usize::MAX,
        }
    }

    /// Has this script say what is sent.
    pub(super) fn with(self, script: impl FnMut(Parcel<'_>) -> Vec<Sending> + 's) -> Sender<'s> {
        Sender { script: Box::new(script), ..self }
    }

    /// It sends nothing from this number on, and is over when all before it is acknowledged.
    pub(super) fn stopping_at(self, number: usize) -> Sender<'s> {
        Sender { stops_at: number, ..self }
    }

    /// It sends only the END, since the receiver has all the rest.
    pub(super) fn of_the_end_alone(self) -> Sender<'s> {
        let mut sender = self;
        let last = sender.slots.len() - 1;
        sender.slots[..last].iter_mut().for_each(|slot| slot.is_acknowledged = true);
        sender.delivered = (0..=last as u32).collect();
        sender.next = last;
        sender
    }

    /// It is over when nothing new was acknowledged for so long.
    pub(super) fn for_at_most(self, patience: Duration) -> Sender<'s> {
        Sender { patience, ..self }
    }

    /// How many packets there are, BEGIN and END among them.
    pub(super) fn count(&self) -> usize {
        self.slots.len()
    }

    /// The first packet that was not acknowledged; their count, when all were.
    pub(super) fn first(&self) -> usize {
        let first = self.slots.iter().position(|slot| !slot.is_acknowledged);
        first.unwrap_or(self.slots.len())
    }

    /// How many packets were sent more than once.
    pub(super) fn repeated(&self) -> usize {
        self.slots.iter().filter(|slot| slot.copies > 1).count()
    }

    /// True when all that it sends is acknowledged.
    pub(super) fn is_done(&self) -> bool {
        self.first() >= self.slots.len().min(self.stops_at)
    }

    fn overdue(&self) -> Duration {
        if matches!(self.way, Way::Window(_)) { OVERDUE_IN_A_WINDOW } else { OVERDUE }
    }

    /// The packets that were sent and not acknowledged.
    fn under_way(&self) -> Vec<usize> {
        let is_one = |at: &usize| self.slots[*at].copies > 0 && !self.slots[*at].is_acknowledged;
        (self.first()..self.next).filter(is_one).collect()
    }

    fn send(&mut self, number: usize, at: Duration, sends: &mut Vec<Sending>) {
        let slot = &mut self.slots[number];
        self.sendings += 1;
        slot.copies += 1;
        slot.sent = at;
        slot.sending = self.sendings;
        let parcel = Parcel { number: number as u32, copy: slot.copies, bytes: &slot.bytes };
        let sent = (self.script)(parcel);
        if sent.iter().any(|sending| sending.payload == slot.bytes && !sending.by_stranger) {
            self.delivered.insert(number as u32);
        }
        sends.extend(sent);
    }

    /// Sends new packets.
    fn fill(&mut self, at: Duration, sends: &mut Vec<Sending>) {
        let under_way = self.under_way().len();
        let room = match self.way {
            // Nobody takes a packet before the transfer has begun.
            _ if self.first() == 0 => usize::from(self.next == 0),
            Way::Batches(count) | Way::Backwards(count) if under_way == 0 => count,
            Way::Batches(_) | Way::Backwards(_) => 0,
            Way::Window(count) => count.saturating_sub(under_way),
        };
        let end = (self.next + room).min(self.slots.len()).min(self.stops_at);
        let mut numbers: Vec<usize> = (self.next..end).collect();
        self.next = end;
        if let Way::Backwards(_) = self.way {
            numbers.reverse();
        }
        for number in numbers {
            self.send(number, at, sends);
        }
    }

    /// Sends again what is lost: overdue, or overtaken by later ones.
    fn repeat(&mut self, at: Duration, all: bool, sends: &mut Vec<Sending>) {
        for number in self.under_way() {
            let slot = &self.slots[number];
            let slides = matches!(self.way, Way::Window(_));
            let is_overtaken = slides && slot.sending + LATER <= self.latest;
            if all || is_overtaken || at >= slot.sent + self.overdue() {
                self.send(number, at, sends);
            }
        }
    }

    fn take(&mut self, at: Duration, payload: &[u8]) {
        let read = Packet::read(payload).filter(|packet| packet.transfer == self.transfer);
        let Some(Packet { number, body: Body::Ack(here), .. }) = read else {
            self.seen.unreadable.get_or_insert_with(|| payload.to_vec());
            return;
        };
        self.seen.numbers.push(number);
        self.seen.times.push(at);
        for claimed in (0..number.min(self.slots.len() as u32 + 1)).chain(here.numbers(number)) {
            if !self.delivered.contains(&claimed) {
                self.seen.invented.get_or_insert(claimed);
                continue;
            }
            let slot = &mut self.slots[claimed as usize];
            if !slot.is_acknowledged && slot.copies == 1 {
                self.latest = self.latest.max(slot.sending);
            }
            if !slot.is_acknowledged {
                self.moved = Some(at);
            }
            slot.is_acknowledged = true;
        }
    }
}

impl Part for Sender<'_> {
    fn comes(&mut self, at: Duration, payload: &[u8], sends: &mut Vec<Sending>) {
        self.take(at, payload);
        // One that only waits is not over because an acknowledgement was late.
        let is_done = self.is_done() && self.stops_at > 0;
        self.is_over |= is_done || self.seen.invented.is_some();
        if !self.is_over {
            self.repeat(at, false, sends);
            self.fill(at, sends);
        }
    }

    /// Where nothing more comes by itself, all that is under way is lost.
    fn wakes(&mut self, at: Duration, sends: &mut Vec<Sending>) {
        let moved = *self.moved.get_or_insert(at);
        if at > moved + self.patience {
            self.is_over = true;
            return;
        }
        let is_early = self.wakes_at().is_none_or(|wakes| at < wakes);
        self.repeat(at, is_early, sends);
        self.fill(at, sends);
    }

    fn wakes_at(&self) -> Option<Duration> {
        let sent = self.under_way().into_iter().map(|number| self.slots[number].sent + self.overdue()).min();
        let end = self.moved.map(|moved| moved + self.patience);
        sent.into_iter().chain(end).min()
    }

    fn is_over(&self) -> bool {
        self.is_over
    }

    /// A window slides by itself, and one that is silent waits for the clock.
    fn is_answered(&self) -> bool {
        !matches!(self.way, Way::Window(_)) && self.stops_at > 0
    }
}
