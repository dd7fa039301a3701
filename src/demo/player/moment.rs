//! What a demo shows, and how it ends.

use std::io;

use crate::demo::{Mismatch, Mistake};
use crate::evidence::SetupError;

/// One thing that a demo shows, as it happens. Only what was really seen is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Prose between two blocks: see [`Step::Narration`](crate::demo::Step).
    Narration(String),
    /// The next block is about to begin: the moment to let a reader read.
    Pause,
    /// Someone starts a program.
    Started { lane: String, command: String },
    /// The program has printed a line.
    Printed { lane: String, text: String },
    /// The program has printed a prompt and waited, and someone has typed a line.
    Typed { lane: String, prompt: String, text: String },
    /// Someone has pressed Ctrl-C.
    Interrupted { lane: String },
    /// The programs have come to rest, and this is what the kernel shows of them.
    Kernel(Vec<Fact>),
}

/// What the kernel shows of the program in a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub lane: String,
    /// Its sockets and what it waits in, or how it ended.
    pub what: String,
}

/// Why a transcript was not played to its end. Every program has ended by then.
#[derive(Debug)]
pub enum Halt {
    /// A program did not do what the handout shows.
    Mismatch(Box<Mismatch>),
    /// A command in the handout is none that can be played.
    Unplayable(Box<Mistake>),
    /// The machine could not do its part.
    Setup(SetupError),
    /// Someone pressed Ctrl-C, to end the demo.
    Interrupted,
    /// What happens could not be shown.
    Unseen(io::Error),
}

impl From<SetupError> for Halt {
    fn from(error: SetupError) -> Halt {
        Halt::Setup(error)
    }
}

impl From<Mismatch> for Halt {
    fn from(mismatch: Mismatch) -> Halt {
        Halt::Mismatch(Box::new(mismatch))
    }
}
