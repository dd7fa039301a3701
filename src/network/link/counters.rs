//! How many packets met what.

use std::ops::AddAssign;

use crate::evidence::Protocol;

use super::fate::{Carried, Lost};
use super::{Link, place};

/// How many packets of a sender met what.
///
/// At any time `offered + duplicated` is what was delivered, what was lost, and what is still in
/// flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Sent.
    pub offered: u64,
    /// Arrived, copies included.
    pub delivered: u64,
    /// Lost by chance.
    pub lost_by_rate: u64,
    /// Lost by a rule.
    pub lost_by_rule: u64,
    /// Lost because the queue was full.
    pub queue_full: u64,
    /// Delayed, by whatever means but the line.
    pub delayed: u64,
    /// Sent twice.
    pub duplicated: u64,
    /// Overtaken by the next.
    pub reordered: u64,
    /// Changed in one bit.
    pub corrupted: u64,
}

/// The counters of a sender's packets of one protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Who sent them.
    pub from: String,
    /// Their protocol.
    pub protocol: Protocol,
    /// How many met what.
    pub counters: Counters,
}

impl Counters {
    /// All lost packets, whatever the cause.
    pub fn lost(&self) -> u64 {
        self.lost_by_rate + self.lost_by_rule + self.queue_full
    }

    /// Each number with its heading, in the order in which they are best shown.
    pub fn columns(&self) -> [(&'static str, u64); 9] {
        [
            ("sent", self.offered),
            ("arrived", self.delivered),
            ("lost by chance", self.lost_by_rate),
            ("lost by rule", self.lost_by_rule),
            ("queue full", self.queue_full),
            ("delayed", self.delayed),
            ("sent twice", self.duplicated),
            ("out of order", self.reordered),
            ("corrupted", self.corrupted),
        ]
    }

    pub(super) fn lose(&mut self, lost: &Lost) {
        match lost {
            Lost::ByRate { .. } => self.lost_by_rate += 1,
            Lost::ByRule(_) => self.lost_by_rule += 1,
            Lost::QueueFull { .. } => self.queue_full += 1,
        }
    }

    pub(super) fn carry(&mut self, carried: &Carried) {
        self.delayed += u64::from(carried.delayed_ns > 0);
        self.duplicated += u64::from(carried.twice);
        self.corrupted += u64::from(carried.flip.is_some());
    }
}

impl AddAssign for Counters {
    fn add_assign(&mut self, other: Counters) {
        self.offered += other.offered;
        self.delivered += other.delivered;
        self.lost_by_rate += other.lost_by_rate;
        self.lost_by_rule += other.lost_by_rule;
        self.queue_full += other.queue_full;
        self.delayed += other.delayed;
        self.duplicated += other.duplicated;
        self.reordered += other.reordered;
        self.corrupted += other.corrupted;
    }
}

impl<P> Link<P> {
    /// The counters of all that `from`, an index into the settings' senders, has sent.
    ///
    /// # Panics
    ///
    /// When there is no such sender.
    pub fn counters(&self, from: usize) -> Counters {
        let mut sum = Counters::default();
        self.ways[from].counters.iter().for_each(|counters| sum += *counters);
        sum
    }

    /// The counters of each sender and protocol of which anything was sent, in their order.
    pub fn table(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for (sender, way) in self.settings.senders.iter().zip(&self.ways) {
            for protocol in [Protocol::Udp, Protocol::Tcp, Protocol::Other] {
                let counters = way.counters[place(protocol)];
                if counters.offered > 0 {
                    rows.push(Row { from: sender.name.clone(), protocol, counters });
                }
            }
        }
        rows
    }
}
