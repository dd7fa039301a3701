//! What a link does to packets by chance and by its nature.

use super::rules::Rules;
use super::values::{Chance, Pace, QueueLength, Rate, Span};

/// What happens to the packets of one sender. The default is nothing at all.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Faults {
    /// How many packets are lost.
    pub loss: Chance,
    /// How many packets arrive twice, the copy right behind the first.
    pub duplication: Chance,
    /// How many packets are held back until the next one from the same sender, of the same
    /// protocol, has arrived; for at most [`LONGEST_HOLD`].
    pub reordering: Chance,
    /// How many packets have one bit of their payload flipped. One without a payload has none.
    pub corruption: Chance,
    /// How long each packet is on its way.
    pub delay: Span,
    /// By how much at most the delay varies, to both sides, though it never falls below zero.
    /// Packets still keep their order: jitter alone lets none overtake another.
    pub jitter: Span,
    /// How many bits the line carries in a second; none for no limit.
    pub rate: Option<Rate>,
    /// How many packets may wait for the line, apart from the one that is on it; any more are
    /// lost. None for 1000 with a rate, 10000 with a pace only. Without both nothing ever waits.
    pub queue: Option<QueueLength>,
    /// How many packets the line takes in a second at most, of whatever length; none for no limit.
    /// It keeps a burst from overflowing the receiver's buffer, which no seed could foretell.
    pub pace: Option<Pace>,
}

/// How long a packet that is out of order by chance waits for the next one. Less than TCP's least
/// time-out of 200 ms, so that the receiver sees the disorder and not a retransmission.
pub const LONGEST_HOLD: Span = Span::from_ms(50);

/// How long a packet that a rule holds waits for the next one: a program that tries again does so
/// within some seconds.
pub const LONGEST_HOLD_BY_RULE: Span = Span::from_ms(5000);

impl Faults {
    /// How many packets may wait for the line.
    pub fn queue_packets(&self) -> usize {
        match (self.queue, self.rate) {
            (Some(queue), _) => queue.packets(),
            (None, Some(_)) => 1000,
            (None, None) => 10_000,
        }
    }
}

/// One who sends over the link: a host, or a program.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sender {
    /// The name that rules and comments use: `client`.
    pub name: String,
    /// What happens to its packets.
    pub faults: Faults,
}

/// All that a link is set with.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// Decides which packets meet the faults that come by chance.
    pub seed: u64,
    /// Those at the link's ends, in the order by which [`offer`](super::Link::offer) knows them. A
    /// direction is what one of them sends. The order is part of what the seed decides on.
    pub senders: Vec<Sender>,
    /// Faults that come by rule.
    pub rules: Rules,
}
