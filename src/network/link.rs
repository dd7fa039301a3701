//! The link: what carries packets between the programs in a private network, and disturbs them.
//!
//! This is pure logic on virtual time: no sockets, no threads and no clock. The caller offers each
//! packet as it is sent and takes out those that are due. All times are nanoseconds since a moment
//! of the caller's choice.
//!
//! What comes by chance is decided by the seed, the sender, the protocol and the packet's index
//! among those of its sender and protocol, and by nothing else. The same UDP packets are lost
//! whenever they are sent, whatever else is on the link, and whichever other knob is turned. How
//! many segments TCP sends depends on time, so that for TCP a seed promises the rate, not the set.
//!
//! A packet's way: rules and loss, then the line (rate, pace, queue), then delay and jitter, then
//! corruption, duplication and reordering. One that is lost takes no time on the line.
//!
//! What is offered has to be the same on every carrier: no packets that only some need, such as ARP
//! and neighbour discovery, and each datagram in one piece, not in fragments.

mod counters;
mod draws;
mod fate;
mod faults;
mod held;
mod line;
mod queue;
pub mod rules;
pub mod values;

use std::net::SocketAddr;

pub use crate::evidence::Protocol;
pub use counters::{Counters, Row};
pub use fate::{Carried, Delivery, Fate, Lost, Outcome};
pub use faults::{Faults, LONGEST_HOLD, LONGEST_HOLD_BY_RULE, Sender, Settings};
pub use queue::Queue;

use draws::Draws;
use held::{Held, Holding};
use line::Line;
use rules::{Orders, Script};

/// What the link has to know of a packet. It never reads the packet itself.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The transport protocol.
    pub protocol: Protocol,
    /// From where; the port is 0 for other protocols than UDP and TCP.
    pub source: SocketAddr,
    /// To where.
    pub destination: SocketAddr,
    /// TCP's sequence number; 0 for other protocols.
    pub sequence: u32,
    /// What the program sent: what comes after the UDP or TCP header.
    pub payload: &'a [u8],
    /// How long the packet is on the line, with its IP header, in bytes.
    pub length: usize,
}

/// A link between two or more senders, which carries packets of type `P`.
///
/// `P` is cloned for a packet that arrives twice; `Arc<[u8]>` makes that cheap.
#[derive(Debug, Clone)]
pub struct Link<P> {
    settings: Settings,
    script: Script,
    /// One for each sender.
    ways: Vec<Way>,
    due: Queue<Delivery<P>>,
    held: Holding<P>,
    /// The latest time that was told.
    now_ns: u64,
}

/// What the packets of one sender have to do with one another.
#[derive(Debug, Clone, Default)]
struct Way {
    line: Line,
    /// When the last packet in order is due.
    last_due_ns: u64,
    /// One for each protocol.
    counters: [Counters; 3],
}

impl<P: Clone> Link<P> {
    /// A link on which nothing has been sent yet.
    pub fn new(settings: Settings) -> Link<P> {
        Link {
            script: Script::new(&settings.rules),
            ways: vec![Way::default(); settings.senders.len()],
            due: Queue::new(),
            held: Holding::new(),
            now_ns: 0,
            settings,
        }
    }

    /// The settings that it was made with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Takes a packet that `from`, an index into [`Settings::senders`], sends at `now_ns`, and
    /// decides what becomes of it. A time before the last one counts as the last one.
    ///
    /// # Panics
    ///
    /// When there is no such sender.
    pub fn offer(&mut self, now_ns: u64, from: usize, seen: &Seen<'_>, packet: P) -> Fate {
        self.advance(now_ns);
        let protocol = seen.protocol;
        let counters = &mut self.ways[from].counters[place(protocol)];
        counters.offered += 1;
        let index = counters.offered;
        let sender = &self.settings.senders[from];
        let draws = Draws::of(self.settings.seed, from as u64, place(protocol) as u64, index);
        let orders = self.script.orders(&sender.name, seen);

        let outcome = match self.pass(from, seen, &draws, &orders) {
            Err(lost) => {
                self.ways[from].counters[place(protocol)].lose(&lost);
                Outcome::Lost(lost)
            }
            Ok(through_ns) => {
                let carried = self.carry(from, seen, through_ns, &draws, orders);
                self.ways[from].counters[place(protocol)].carry(&carried);
                self.send_on(from, protocol, &carried, packet);
                Outcome::Carried(carried)
            }
        };
        Fate { from, protocol, index, outcome }
    }

    /// When the link next has something to deliver, in nanoseconds; none while it is empty.
    pub fn next_due(&self) -> Option<u64> {
        self.due.next_due().into_iter().chain(self.held.next_limit()).min()
    }

    /// Takes out the next delivery that is due at `now_ns` or was before, and when it was due.
    pub fn pop_due(&mut self, now_ns: u64) -> Option<(u64, Delivery<P>)> {
        self.advance(now_ns);
        let (due_ns, delivery) = self.due.pop_due(now_ns)?;
        self.ways[delivery.from].counters[place(delivery.protocol)].delivered += 1;
        Some((due_ns, delivery))
    }

    /// How many deliveries are still to come.
    pub fn in_flight(&self) -> usize {
        self.due.len() + self.held.deliveries()
    }

    /// Loses the packet or takes it through the line. Returns when it is through.
    fn pass(
        &mut self,
        from: usize,
        seen: &Seen<'_>,
        draws: &Draws,
        orders: &Orders,
    ) -> Result<u64, Lost> {
        let faults = &self.settings.senders[from].faults;
        if let Some(line) = orders.lost_by {
            return Err(Lost::ByRule(line));
        }
        if faults.loss.hits(draws.loss) {
            return Err(Lost::ByRate { draw: draws.loss });
        }
        let through_ns = self.ways[from].line.pass(self.now_ns, seen.length, faults);
        through_ns.ok_or(Lost::QueueFull { packets: faults.queue_packets() })
    }

    /// What becomes of a packet that is through the line at `through_ns`.
    fn carry(
        &mut self,
        from: usize,
        seen: &Seen<'_>,
        through_ns: u64,
        draws: &Draws,
        orders: Orders,
    ) -> Carried {
        let faults = &self.settings.senders[from].faults;
        let (delay_ns, jitter_ns) = (faults.delay.ns(), faults.jitter.ns());
        let delay_ns = draws.jitter_ns(delay_ns.saturating_sub(jitter_ns), delay_ns + jitter_ns);
        let way = &mut self.ways[from];
        let in_order_ns = through_ns.saturating_add(delay_ns).max(way.last_due_ns);
        way.last_due_ns = in_order_ns;
        // The rule's delay is the packet's own: those behind it do not wait for it.
        let due_ns = in_order_ns.saturating_add(orders.delay.ns());

        let corrupted = orders.corrupt || faults.corruption.hits(draws.corruption);
        let bits = u32::try_from(seen.payload.len() * 8).unwrap_or(u32::MAX);
        // One that overtakes a held packet is not held as well: it would overtake nothing.
        let out_of_order = faults.reordering.hits(draws.reordering);
        let by_chance = out_of_order && !self.held.has(from, seen.protocol);
        let held = (orders.hold || by_chance) && !self.held.is_full();
        let longest = if orders.hold { LONGEST_HOLD_BY_RULE } else { LONGEST_HOLD };
        Carried {
            due_ns,
            waited_ns: through_ns - self.now_ns,
            delayed_ns: due_ns - through_ns,
            twice: orders.duplicate || faults.duplication.hits(draws.duplication),
            flip: if corrupted { draws.bit(bits) } else { None },
            held_for: held.then_some(longest),
            lines: orders.lines,
        }
    }

    /// Puts a packet in the queue, and behind it those that it overtakes; or holds it.
    fn send_on(&mut self, from: usize, protocol: Protocol, carried: &Carried, packet: P) {
        let Carried { due_ns, twice, flip, .. } = *carried;
        let delivery = Delivery { packet, from, protocol, flip, copy: false, overtaken: false };
        if let Some(longest) = carried.held_for {
            let limit_ns = due_ns.saturating_add(longest.ns());
            self.held.push(Held { due_ns, limit_ns, twice, delivery });
            return;
        }
        self.deliver(due_ns, delivery, twice);
        for mut held in self.held.overtaken(from, protocol, due_ns) {
            held.delivery.overtaken = true;
            self.ways[from].counters[place(protocol)].reordered += 1;
            self.deliver(due_ns.max(held.due_ns), held.delivery, held.twice);
        }
    }

    fn deliver(&mut self, due_ns: u64, delivery: Delivery<P>, twice: bool) {
        let copy = twice.then(|| Delivery { copy: true, ..delivery.clone() });
        self.due.push(due_ns, delivery);
        if let Some(copy) = copy {
            self.due.push(due_ns, copy);
        }
    }

    /// Moves on in time: held packets that nothing came to overtake go on.
    fn advance(&mut self, now_ns: u64) {
        self.now_ns = self.now_ns.max(now_ns);
        for held in self.held.expired(self.now_ns) {
            self.deliver(held.limit_ns, held.delivery, held.twice);
        }
    }
}

/// A protocol's place in tables, and in the key of its draws.
fn place(protocol: Protocol) -> usize {
    match protocol {
        Protocol::Udp => 0,
        Protocol::Tcp => 1,
        Protocol::Other => 2,
    }
}

#[cfg(test)]
mod tests;
