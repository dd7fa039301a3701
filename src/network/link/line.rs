//! The line: one packet after the other.

use std::collections::VecDeque;

use super::faults::Faults;

/// Where the packets of one sender wait for one another.
///
/// A line with a rate or a pace is busy for some time with each packet. There is no bucket of
/// tokens: all that is known is when the line is free again, so that a burst after a long silence
/// is spaced out like any other.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    /// When the last packet has left the line.
    free_ns: u64,
    /// When each packet that still waits will enter the line; in order.
    entries_ns: VecDeque<u64>,
}

impl Line {
    /// Sends `length` bytes at `now_ns`. Returns when they are through, or nothing when the queue
    /// is full.
    pub(super) fn pass(&mut self, now_ns: u64, length: usize, faults: &Faults) -> Option<u64> {
        let transmission_ns = faults.rate.map(|rate| rate.time_ns(length));
        let spacing_ns = faults.pace.map(|pace| pace.time_ns());
        // With neither, nothing ever waits, and the queue has no say.
        let Some(busy_ns) = transmission_ns.max(spacing_ns) else { return Some(now_ns) };

        while self.entries_ns.front().is_some_and(|entry_ns| *entry_ns <= now_ns) {
            self.entries_ns.pop_front();
        }
        let entry_ns = self.free_ns.max(now_ns);
        if entry_ns > now_ns {
            if self.entries_ns.len() >= faults.queue_packets() {
                return None;
            }
            self.entries_ns.push_back(entry_ns);
        }
        self.free_ns = entry_ns.saturating_add(busy_ns);
        // The pace holds the next packet back, not this one.
        Some(entry_ns.saturating_add(transmission_ns.unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::values::{Pace, QueueLength, Rate};
    use super::*;

    /// When each of some packets of 1000 bytes is through, in milliseconds.
    fn through_ms(faults: &Faults, sent_ms: &[u64]) -> Vec<Option<u64>> {
        let mut line = Line::default();
        let ms = 1_000_000;
        sent_ms.iter().map(|at| line.pass(at * ms, 1000, faults).map(|ns| ns / ms)).collect()
    }

    #[test]
    fn a_rate_spaces_packets_out_and_a_full_queue_drops_the_newest() {
        // A packet takes 8 ms; one is on the line and two may wait.
        let faults = Faults {
            rate: Rate::from_bits(1_000_000),
            queue: QueueLength::from_packets(2),
            ..Faults::default()
        };
        assert_eq!(
            through_ms(&faults, &[0, 0, 0, 0, 7, 8, 9, 100]),
            [Some(8), Some(16), Some(24), None, None, Some(32), None, Some(108)]
        );
    }

    #[test]
    fn a_pace_holds_back_the_next_only() {
        let faults = Faults { pace: Pace::from_packets(100), ..Faults::default() };
        assert_eq!(through_ms(&faults, &[0, 0, 5, 40]), [Some(0), Some(10), Some(20), Some(40)]);
    }

    #[test]
    fn without_rate_and_pace_nothing_waits() {
        let faults = Faults { queue: QueueLength::from_packets(1), ..Faults::default() };
        assert_eq!(through_ms(&faults, &[3, 3, 3]), [Some(3); 3]);
    }
}
