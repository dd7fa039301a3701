//! Scripted faults: which packets meet which fault, in a language that reads aloud.
//!
//! ```text
//! # The second answer is lost; the client has to ask again.
//! lose 2nd udp datagram from server
//! delay 1st datagram from server by 1.2s
//! lose datagrams to port 12000 once each
//! hold every 3rd tcp segment from client until next
//! ```
//!
//! A rule stands on a line; `#` begins a comment. It says, in this order,
//!
//! - what happens: `lose`, `delay`, `duplicate`, `corrupt` or `hold`;
//! - to which: `2nd`, `every 3rd`, `all`, or nothing for all;
//! - of what: `udp`, `tcp` or `any`, then `datagram` (UDP's), `segment` (TCP's) or `packet`. `data`
//!   before the noun leaves out those without a payload. All of it may be left out;
//! - and, in any order: `from NAME`, `from port N`, `to port N`, `once each`, and the fault's own
//!   `by TIME` (delay) or `until next` (hold).
//!
//! `the` may be put anywhere. `once each` is the first transmission of each payload from a sender:
//! what is sent again gets through. A rule counts the packets that it could mean, and no others,
//! whether they are lost or not. When several rules mean a packet, all of them apply.

mod clauses;
mod parse;
mod script;
mod words;

use std::fmt;

use crate::evidence::Protocol;

use super::values::Span;

pub use crate::evidence::Mistake;
pub(super) use script::{Orders, Script};

/// Rules, in the order of their lines. Displayed as they are read, without comments.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rules {
    /// The rules.
    pub rules: Vec<Rule>,
}

/// A rule: the packets that it means, and what happens to them.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its line in the file, from 1.
    pub line: usize,
    /// What happens.
    pub action: Action,
    /// To which of the packets that fit the rest.
    pub which: Which,
    /// Of which protocol; none for UDP and TCP. Other packets are never meant.
    pub protocol: Option<Protocol>,
    /// Whether only packets with a payload are meant.
    pub data: bool,
    /// Sent by whom; none for anyone.
    pub from: Option<String>,
    /// Sent from which port; none for any.
    pub from_port: Option<u16>,
    /// Sent to which port; none for any.
    pub to_port: Option<u16>,
}

/// What happens to a packet by rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It is lost.
    Lose,
    /// It is so much longer on its way. Others overtake it.
    Delay(Span),
    /// It arrives twice.
    Duplicate,
    /// One bit of its payload is flipped.
    Corrupt,
    /// It is held until the next of its sender and protocol has arrived.
    Hold,
}

/// Which of the packets that fit a rule it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The n-th, counted from 1.
    Nth(u64),
    /// Every n-th.
    Every(u64),
    /// All.
    All,
    /// The first transmission of each payload.
    OnceEach,
}

impl Rules {
    /// Reads rules. `file` is the name to report them under; `names` are those of the senders.
    ///
    /// # Errors
    ///
    /// All mistakes, one a line at most.
    pub fn parse(file: &str, text: &str, names: &[&str]) -> Result<Rules, Vec<Mistake>> {
        parse::rules(file, text, names)
    }
}

impl fmt::Display for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rules.iter().try_for_each(|rule| writeln!(f, "{rule}"))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.action.verb())?;
        match self.which {
            Which::Nth(n) => write!(f, " {}", ordinal(n))?,
            Which::Every(n) => write!(f, " every {}", ordinal(n))?,
            Which::All => f.write_str(" all")?,
            Which::OnceEach => {}
        }
        let noun = match self.protocol {
            Some(Protocol::Udp) => "udp datagram",
            Some(Protocol::Tcp) => "tcp segment",
            Some(Protocol::Other) | None => "packet",
        };
        let data = if self.data { " data" } else { "" };
        let one = matches!(self.which, Which::Nth(_) | Which::Every(_));
        match noun.split_once(' ') {
            Some((protocol, noun)) => write!(f, " {protocol}{data} {noun}")?,
            None => write!(f, "{data} {noun}")?,
        }
        f.write_str(if one { "" } else { "s" })?;
        if let Some(name) = &self.from {
            write!(f, " from {name}")?;
        }
        if let Some(port) = self.from_port {
            write!(f, " from port {port}")?;
        }
        if let Some(port) = self.to_port {
            write!(f, " to port {port}")?;
        }
        if self.which == Which::OnceEach {
            f.write_str(" once each")?;
        }
        match self.action {
            Action::Delay(span) => write!(f, " by {span}"),
            Action::Hold => f.write_str(" until next"),
            _ => Ok(()),
        }
    }
}

impl Action {
    fn verb(self) -> &'static str {
        match self {
            Action::Lose => "lose",
            Action::Delay(_) => "delay",
            Action::Duplicate => "duplicate",
            Action::Corrupt => "corrupt",
            Action::Hold => "hold",
        }
    }
}

/// `1st`, `2nd`, `3rd`, `4th`, … `11th`, …
fn ordinal(n: u64) -> String {
    let ending = match (n % 100, n % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

#[cfg(test)]
mod tests;
