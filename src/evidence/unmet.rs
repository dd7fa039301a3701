//! The first thing that did not happen as it should.

use std::net::SocketAddr;

use serde::Serialize;

use super::{Diagnosis, Exit, Payload};

/// What a check was waiting for. [`diagnose`](crate::diagnose) reads the evidence in its light.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Expectation {
    /// The program starts at all.
    Start,
    /// It owns an IPv4 datagram socket.
    DatagramSocket,
    /// A socket of it receives what is sent to this address.
    Bound { address: SocketAddr },
    /// It prints something, whatever the words.
    SomeOutput,
    /// Its output shows this text.
    Output { text: Payload, about: About },
    /// It waits for a person to press Enter.
    WaitsForEnter,
    /// It waits for the answer to what it sent.
    WaitsForAnswer,
    /// It sends this datagram to a peer in the server's role.
    Datagram { at: SocketAddr, payload: Payload },
    /// It sends a datagram, whatever it carries, to a peer in the server's role.
    Request { at: SocketAddr },
    /// It sends nothing more to this address before the answer to what it sent last has come.
    Patience { at: SocketAddr },
    /// It sends the next datagram to this address so many milliseconds after the one before.
    /// `took_ms` is how long it was, where one came.
    Interval { at: SocketAddr, least_ms: u64, most_ms: u64, took_ms: Option<u64> },
    /// Its output shows a figure: one of these numbers, or a time between these.
    Figure { figure: Figure },
    /// It answers a peer in the client's role with this datagram.
    Answer { to: SocketAddr, from: SocketAddr, payload: Payload },
    /// It sends an answer, which the lab's own check judges, to a peer in the client's role.
    Reply { to: SocketAddr },
    /// It sends a packet to this address, which the lab's own check picks out from among others.
    Packet { at: SocketAddr },
    /// Something holds that the lab's own check has found out.
    Fact,
    /// It sends nothing more than it should.
    NothingMore,
    /// It sends no answer at all to what came last.
    Silence,
    /// Its output holds no control character of what came last.
    Escaped,
    /// It has taken at most so many bytes of memory more than before.
    Memory { at_most: u64 },
    /// It ends by itself, with status 0.
    Success,
    /// It ends by itself, with a status that is not 0.
    Complaint,
    /// It ends by itself, without a crash.
    CleanEnd,
    /// It is still there.
    Running,
}

/// A figure that a program works out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum Figure {
    /// A time, in whatever unit.
    Time { what: &'static str, least_us: u64, most_us: u64 },
    /// A number, in one of these forms.
    Number { what: &'static str, forms: Vec<f64> },
    /// A part of a hundred.
    Percentage { what: &'static str, percent: f64 },
}

/// What a text in the output is about: it decides which causes are likely when the text is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// The message that the program received or sends.
    Message,
    /// The address of the other side.
    Address,
    /// The port of the other side.
    Port,
    /// The program's own address.
    Itself,
}

/// Why the wait for an expectation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Something else came in its place.
    Contradicted,
    /// The program ended first.
    Exited,
    /// Every thread of the program is blocked for good: nothing more can come.
    Quiet,
    /// The time was up.
    Deadline,
    /// The time was up, and the program had been running all along, without a wait.
    Busy,
}

/// An expectation that was not met: the first divergence of a check.
#[derive(Clone, Debug, Serialize)]
pub struct Unmet {
    /// What was waited for.
    pub expectation: Expectation,
    /// Why the wait ended.
    pub ending: Ending,
    /// How the program had ended by itself by then, if it had.
    pub exit: Option<Exit>,
    /// What was expected, as a sentence's end: `"Hello, Client!" from 127.0.0.1:12345`.
    pub expected: String,
    /// What was seen in its place, in the same form.
    pub observed: String,
    /// The payload that came where another was expected.
    pub instead: Option<Payload>,
    /// Where `expected` and `observed`, which both begin with a quoted payload, first differ, in
    /// characters from their beginning.
    pub difference: Option<usize>,
    /// What the lab's own check takes for the cause, where it knows one.
    #[serde(skip)]
    pub claim: Option<Diagnosis>,
}
