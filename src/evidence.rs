//! What was seen while a check ran: plain data, in order of time.
//!
//! This module is the waist of socklab. Below it ([`program`](crate::program),
//! [`peer`](crate::peer), [`network`](crate::network), [`inspect`](crate::inspect)) code touches
//! the world and writes down what happened; above it ([`diagnose`](crate::diagnose),
//! [`report`](crate::report)) pure functions read it. Nothing here opens a socket, reads a clock
//! or prints.

mod call;
mod crash;
mod error;
mod flight;
mod host;
mod mistake;
mod number;
mod payload;
mod score;
mod setup;
mod step;
mod unmet;
mod verdict;
mod view;

use std::collections::BTreeSet;
use std::net::SocketAddr;

use serde::Serialize;

pub use call::SocketCall;
pub use crash::{is_crash, last_words};
pub use error::{RuntimeError, errno_name, last_error};
pub use flight::{Flight, Outcome};
pub use host::Host;
pub use mistake::Mistake;
pub use number::{Number, numbers};
pub use payload::{Contrast, Payload, Reading, contrast, read_as};
pub use score::{Better, Score};
pub use setup::SetupError;
pub use step::{Step, StepKind};
pub use unmet::{About, Ending, Expectation, Figure, Unmet};
pub use verdict::{CheckResult, Diagnosis, LabResult, Status};
pub use view::{
    Call, Family, Method, Protocol, Receive, Socket, SocketKind, Target, Thread, Timeout, View,
};

/// What a program plays in a lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The one program of a lab that needs no partner.
    Program,
    /// Waits for datagrams or connections.
    Server,
    /// Speaks first.
    Client,
}

impl Role {
    /// The role's name, as in a lane or an option: `program`, `server`, `client`.
    pub fn name(self) -> &'static str {
        match self {
            Role::Program => "program",
            Role::Server => "server",
            Role::Client => "client",
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Where a program's output came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stream {
    /// Standard output, which is the program's terminal.
    Terminal,
    /// Standard error, which is a pipe.
    Errors,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    /// It ended by itself with this status.
    Code(i32),
    /// This signal ended it.
    Signal(i32),
}

impl Exit {
    /// True when the program says that all went well.
    pub fn is_success(self) -> bool {
        self == Exit::Code(0)
    }
}

impl std::fmt::Display for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Exit::Code(code) => write!(f, "exited with status {code}"),
            Exit::Signal(signal) => write!(f, "was ended by signal {signal}"),
        }
    }
}

/// One thing that happened, and when.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// Microseconds since the check began.
    pub at_us: u64,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What can happen while a check runs.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum What {
    /// The network was opened. In a private one every packet is seen.
    Opened { network: &'static str },
    /// The program was started. With `calls` each call of it that makes or changes a socket is told
    /// of.
    Started { command: Vec<String>, pid: u32, calls: bool },
    /// An argument of its command looks like a file, and there is none; `nearest` is one that has
    /// nearly that name.
    FileMissing { file: String, nearest: Option<String> },
    /// The program could not be started: the operating system said `errno`. There may be a file of
    /// a similar name, or it is there and its first line names an interpreter that is not.
    Refused {
        command: Vec<String>,
        errno: i32,
        nearest: Option<String>,
        interpreter: Option<String>,
    },
    /// The program made a call that makes or changes a socket: told as it happened.
    Called(SocketCall),
    /// The program wrote something.
    Output { stream: Stream, text: Payload },
    /// Someone typed a line, ended by Enter, at the program's terminal.
    Typed { text: Payload },
    /// The program's sockets and waits had changed.
    Looked { view: View },
    /// The check measured how well the program does something.
    Scored { score: Score },
    /// A wait has ended without an answer: how long it was, without its first moments, and how long the
    /// program and its children computed meanwhile, to a hundredth of a second.
    Waited { waited_ms: u64, computed_ms: u64 },
    /// The machine was so busy that something was done so much later than it should have been.
    Stalled { ms: u64 },
    /// A peer took its place.
    Joined { name: String, at: SocketAddr },
    /// A packet was on its way in a private network.
    Packet(Flight),
    /// So many more packets were sent, and are not kept.
    PacketsLeftOut { count: usize },
    /// So many datagrams arrived at a host and found the receiver's buffer full.
    Overflowed { host: String, count: u64 },
    /// A peer sent a datagram.
    Sent { from: SocketAddr, to: SocketAddr, payload: Payload },
    /// The kernel refused what a peer had sent: no socket takes it there.
    NotTaken { from: SocketAddr, to: SocketAddr },
    /// A peer received a datagram from the program.
    Received { at: SocketAddr, from: SocketAddr, payload: Payload },
    /// A datagram or a connection came to a place where none should come.
    Strayed { at: SocketAddr, protocol: Protocol, from: SocketAddr, payload: Payload },
    /// The program was told to end: by Ctrl-C, unless it ignores that.
    Stopped,
    /// The program ended, and left so many processes that it had started.
    Exited { exit: Exit, left: usize },
    /// The program went beyond a limit and was stopped.
    Ran { away: String },
}

/// Everything that was seen during one check.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Evidence {
    /// The events, oldest first.
    pub events: Vec<Event>,
}

impl Evidence {
    /// Writes down one event.
    pub fn record(&mut self, at_us: u64, what: What) {
        self.events.push(Event { at_us, what });
    }

    /// Writes down one event at its place in the order of time, for one that is told of later.
    pub fn record_late(&mut self, at_us: u64, what: What) {
        let place = self.events.partition_point(|event| event.at_us <= at_us);
        self.events.insert(place, Event { at_us, what });
    }

    /// How well the program did what it did, where the check has measured it.
    pub fn scores(&self) -> impl Iterator<Item = &Score> {
        self.all().filter_map(|what| match what {
            What::Scored { score } => Some(score),
            _ => None,
        })
    }

    /// The packets, oldest first, and when each was seen.
    pub fn flights(&self) -> impl DoubleEndedIterator<Item = (u64, &Flight)> {
        self.events.iter().filter_map(|event| match &event.what {
            What::Packet(flight) => Some((event.at_us, flight)),
            _ => None,
        })
    }

    /// What happened, oldest first, without the times.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &What> {
        self.events.iter().map(|event| &event.what)
    }

    /// How the program ended, if it did.
    pub fn exit(&self) -> Option<Exit> {
        self.all().rev().find_map(|what| match what {
            What::Exited { exit, .. } => Some(*exit),
            _ => None,
        })
    }

    /// How many processes the program had started and left behind when it ended.
    pub fn left(&self) -> usize {
        let left = self.all().rev().find_map(|what| match what {
            What::Exited { left, .. } => Some(*left),
            _ => None,
        });
        left.unwrap_or(0)
    }

    /// The last state in which the program was seen to rest. What it merely passed through on its
    /// way is left out: whether a look falls just there is chance.
    pub fn last_rest(&self) -> Option<&View> {
        self.views().rfind(|view| view.is_at_rest())
    }

    /// Since when, in microseconds, every look has shown the program running and the same;
    /// `None` when the last one showed it at rest.
    pub fn runs_since(&self) -> Option<u64> {
        self.events.iter().rev().find_map(|event| match &event.what {
            What::Looked { view } => Some((!view.is_at_rest()).then_some(event.at_us)),
            _ => None,
        })?
    }

    /// When the program last printed or sent something, in microseconds.
    pub fn last_sign(&self) -> Option<u64> {
        let is_one = |event: &&Event| {
            matches!(event.what, What::Output { .. } | What::Received { .. } | What::Packet(_))
        };
        self.events.iter().rev().find(is_one).map(|event| event.at_us)
    }

    /// When a process of the program was last seen to have begun or ended.
    pub fn processes_changed(&self) -> Option<u64> {
        let pids =
            |view: &View| view.threads.iter().map(|thread| thread.pid).collect::<BTreeSet<_>>();
        let mut looks = self.events.iter().rev().filter_map(|event| match &event.what {
            What::Looked { view } => Some((event.at_us, pids(view))),
            _ => None,
        });
        let mut later = looks.next()?;
        for earlier in looks {
            if earlier.1 != later.1 {
                return Some(later.0);
            }
            later = earlier;
        }
        Some(later.0)
    }

    /// Every look at the program, oldest first.
    pub fn views(&self) -> impl DoubleEndedIterator<Item = &View> {
        self.all().filter_map(|what| match what {
            What::Looked { view } => Some(view),
            _ => None,
        })
    }

    /// Everything written to one stream, joined.
    pub fn output_on(&self, stream: Stream) -> Vec<u8> {
        gather(&self.events, |s| s == stream)
    }

    /// Everything written to both streams, in the order in which it came. What comes on standard
    /// error once the program was told to end is about that, as Python's traceback, and is left
    /// out.
    pub fn output(&self) -> Vec<u8> {
        gather(&self.events, |_| true)
    }

    /// What was written, to both streams, since a peer last sent something; everything when none
    /// has.
    pub fn output_since_sent(&self) -> Vec<u8> {
        let is_sent = |event: &Event| matches!(event.what, What::Sent { .. });
        let from = self.events.iter().rposition(is_sent).map_or(0, |at| at + 1);
        gather(&self.events[from..], |_| true)
    }

    /// True when a peer has sent anything to the program.
    pub fn peer_has_sent(&self) -> bool {
        self.all().any(|what| matches!(what, What::Sent { .. }))
    }
}

/// The output among some events, joined.
fn gather(events: &[Event], wanted: impl Fn(Stream) -> bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut stopped = false;
    for event in events {
        match &event.what {
            What::Stopped => stopped = true,
            What::Output { stream: Stream::Errors, .. } if stopped => {}
            What::Output { stream, text } if wanted(*stream) => {
                bytes.extend_from_slice(text.bytes());
            }
            _ => {}
        }
    }
    bytes
}
