//! Packets that wait for the next one to overtake them.

use crate::evidence::Protocol;

use super::fate::Delivery;

/// A packet that waits.
#[derive(Debug, Clone)]
pub(super) struct Held<P> {
    /// When it would be due if it were not held.
    pub(super) due_ns: u64,
    /// When it goes on if none comes.
    pub(super) limit_ns: u64,
    pub(super) twice: bool,
    pub(super) delivery: Delivery<P>,
}

/// All packets that wait, in the order in which they were sent.
#[derive(Debug, Clone)]
pub(super) struct Holding<P> {
    held: Vec<Held<P>>,
}

/// However long a flood is held for, it is no more packets than these.
const MOST: usize = 1000;

impl<P> Holding<P> {
    pub(super) fn new() -> Holding<P> {
        Holding { held: Vec::new() }
    }

    pub(super) fn push(&mut self, held: Held<P>) {
        self.held.push(held);
    }

    pub(super) fn is_full(&self) -> bool {
        self.held.len() >= MOST
    }

    /// Whether a packet of this sender and protocol waits.
    pub(super) fn has(&self, from: usize, protocol: Protocol) -> bool {
        self.held.iter().any(|held| held.is_of(from, protocol))
    }

    /// Takes out those that a packet of this sender and protocol, due at `due_ns`, overtakes.
    pub(super) fn overtaken(
        &mut self,
        from: usize,
        protocol: Protocol,
        due_ns: u64,
    ) -> Vec<Held<P>> {
        let overtaken = |held: &mut Held<P>| held.is_of(from, protocol) && due_ns <= held.limit_ns;
        self.held.extract_if(.., overtaken).collect()
    }

    /// Takes out those that nothing came to overtake.
    pub(super) fn expired(&mut self, now_ns: u64) -> Vec<Held<P>> {
        self.held.extract_if(.., |held| held.limit_ns <= now_ns).collect()
    }

    /// When the next one goes on by itself.
    pub(super) fn next_limit(&self) -> Option<u64> {
        self.held.iter().map(|held| held.limit_ns).min()
    }

    /// How many deliveries will come of those that wait.
    pub(super) fn deliveries(&self) -> usize {
        self.held.iter().map(|held| 1 + usize::from(held.twice)).sum()
    }
}

impl<P> Held<P> {
    fn is_of(&self, from: usize, protocol: Protocol) -> bool {
        (self.delivery.from, self.delivery.protocol) == (from, protocol)
    }
}
