//! A machine that is too busy: what is late then is not the program's fault.

use std::time::{Duration, Instant};

use super::World;
use crate::evidence::What;
use crate::procfs;

/// How much later than it should something must be done for the machine to be too busy.
const STALL: Duration = Duration::from_millis(150);

/// How often it is seen how long the program has waited for a processor.
const EVERY: Duration = Duration::from_millis(20);

/// How long a program had waited for a processor when that was last seen.
#[derive(Debug)]
pub(super) struct Stalls {
    waited: Duration,
    seen: Instant,
}

impl Default for Stalls {
    fn default() -> Stalls {
        Stalls { waited: Duration::ZERO, seen: Instant::now() }
    }
}

impl World {
    /// How long the program's threads have waited for a processor so far, though they could have run.
    pub(in crate::check) fn waited_for_processor(&self) -> Duration {
        self.processes().into_iter().map(procfs::waited_for_processor).sum()
    }

    /// Writes down when the program has waited long for a processor since this was last seen: whatever
    /// it does is late by that.
    pub(in crate::check) fn note_starvation(&mut self) {
        if self.stalls.seen.elapsed() < EVERY {
            return;
        }
        let waited = self.waited_for_processor();
        let more = waited.saturating_sub(self.stalls.waited);
        self.stalls = Stalls { waited, seen: Instant::now() };
        self.note_if_long(more);
    }

    /// Writes down when something is done long after it should have been: a machine that keeps us
    /// waiting keeps the program waiting too.
    pub(super) fn note_stall(&mut self, due: Instant) {
        self.note_if_long(due.elapsed());
    }

    fn note_if_long(&mut self, time: Duration) {
        if time >= STALL {
            self.record(What::Stalled { ms: time.as_millis() as u64 });
        }
    }
}
