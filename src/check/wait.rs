//! What is waited for, how long, and why a wait ends without an answer.

use std::time::Duration;

use super::Failure;
use crate::evidence::Ending;

/// How long an expectation is waited for, where nothing shows earlier that it will not be met.
const DEADLINE: Duration = Duration::from_secs(5);

/// How long a program is waited for that never rests, because it polls all the time.
const REST: Duration = Duration::from_secs(1);

/// How often a program is looked at, at first, while its next state is waited for.
const LOOK_EVERY: Duration = Duration::from_micros(200);

/// How often it is looked at while a datagram or a line is waited for: those wake us by
/// themselves, and a look only shows that none will come.
const LOOK_SELDOM: Duration = Duration::from_millis(2);

/// What kind of thing is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// A state of the program's sockets or threads, which only looking shows.
    State,
    /// A datagram or output, which wakes us.
    Message,
    /// The program's end.
    End,
    /// Nothing: the program has done all it does for now.
    Rest,
}

impl Wait {
    /// How long.
    pub(super) fn time(self) -> Duration {
        match self {
            Wait::Rest => REST,
            _ => DEADLINE,
        }
    }

    /// How long after the wait's begin the program is looked at for the first time.
    pub(super) fn first_look(self) -> Duration {
        match self {
            Wait::State | Wait::Rest => Duration::ZERO,
            Wait::Message | Wait::End => LOOK_SELDOM,
        }
    }

    /// How long after the wait's begin it is measured what the program computes: one that is over sooner
    /// costs no measuring. A wait for rest has no answer, and nobody asks why.
    pub(super) fn unmeasured(self) -> Option<Duration> {
        (self != Wait::Rest).then_some(LOOK_SELDOM)
    }

    /// How long after a look the next one comes, where this has been waited for so long: a state is
    /// seen a tenth of the time late at the most, and who looks all the time takes the processor
    /// from the program.
    pub(super) fn pace(self, waited: Duration) -> Duration {
        match self {
            Wait::State | Wait::Rest => (waited / 10).clamp(LOOK_EVERY, LOOK_SELDOM),
            Wait::Message | Wait::End => LOOK_SELDOM,
        }
    }
}

/// Why a wait gave no answer.
pub(super) enum Halt {
    /// Nothing more can come.
    Ending(Ending),
    /// The check cannot go on at all.
    Failure(Failure),
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Halt {
        Halt::Failure(failure)
    }
}
