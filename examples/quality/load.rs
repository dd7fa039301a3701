//! A machine that has other things to do, and what that changes.

use std::hint;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::count::Outcome;
use crate::{Entry, Run, page};

/// Nothing here takes longer: by then the load ends by itself.
const LONGEST: Duration = Duration::from_secs(1800);

/// As many threads as there are processors, which only compute: until this is dropped, and not after
/// this process has ended.
pub struct Load {
    over: Arc<AtomicBool>,
}

impl Load {
    pub fn begin() -> Load {
        let over = Arc::new(AtomicBool::new(false));
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        for _ in 0..cores {
            let over = over.clone();
            thread::spawn(move || burn(&over));
        }
        Load { over }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

fn burn(over: &AtomicBool) {
    let end = Instant::now() + LONGEST;
    while !over.load(Ordering::Relaxed) && Instant::now() < end {
        for _ in 0..1000 {
            hint::spin_loop();
        }
    }
}

/// The programs of which not the same was said: verdict, first check and first diagnosis.
pub fn differences(entries: &[Entry], quiet: &[Run], loaded: &[Run]) -> Vec<String> {
    let mut found = Vec::new();
    for (quiet, loaded) in quiet.iter().zip(loaded) {
        let outcomes = quiet.outcomes.iter().zip(&loaded.outcomes);
        for (entry, (before, after)) in entries.iter().zip(outcomes) {
            let (before, after) = (gist(before), gist(after));
            if before != after {
                let flags = page::flags(quiet.setting);
                found.push(format!("{entry}, `{flags}`: {before}, and under load {after}"));
            }
        }
    }
    found
}

fn gist(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Rejected { check, said, .. } => {
            format!("{check} {}", said.first().map_or("unknown", String::as_str))
        }
        Outcome::TurnedAway { check } => format!("rejected by {check}"),
        Outcome::NotPlayed => "not played".into(),
        Outcome::Accepted | Outcome::Missed => "accepted".into(),
    }
}
