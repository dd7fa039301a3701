//! What a demo shows, and how it ends.

use std::io;
use std::net::{IpAddr, SocketAddr};

use crate::demo::{Mismatch, Mistake};
use crate::evidence::{Flight, SetupError};

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
    /// The programs have come to rest, and this is what they have sent. On the loopback nobody can
    /// see that.
    Packets(Packets),
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

/// What was sent since packets were last shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packets {
    /// The packets, oldest first.
    pub flights: Vec<Flight>,
    /// How many more there were, which are not kept.
    pub left_out: usize,
    /// Where each lane was meanwhile, in the order in which the lanes appear.
    pub seats: Vec<Seat>,
}

/// Where a lane is: its host, and the addresses that its programs hold there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    pub lane: String,
    /// The host's number.
    pub host: usize,
    /// The host's address in the network that it shares with others, or else its loopback's.
    pub ip: IpAddr,
    /// As the sockets are bound: to an address, or to all of the host's (`0.0.0.0`).
    pub holds: Vec<SocketAddr>,
}

impl Seat {
    /// Whether what goes to this address, and was seen on the host of this number, comes here.
    pub fn holds_at(&self, address: SocketAddr, seen_on: usize) -> bool {
        let ip = address.ip();
        let comes = if ip.is_loopback() { self.host == seen_on } else { self.ip == ip };
        let holds = |at: &SocketAddr| at.ip() == ip || comes && at.ip().is_unspecified();
        let near = comes || !ip.is_loopback();
        near && self.holds.iter().any(|at| at.port() == address.port() && holds(at))
    }
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
