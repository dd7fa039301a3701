//! What becomes of a packet, and the words for it.

use crate::evidence::Protocol;

use super::faults::{Sender, Settings};
use super::values::Span;

/// What the link has decided on a packet as it was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Fate {
    /// Who sent it, as an index into the settings' senders.
    pub from: usize,
    /// Its protocol.
    pub protocol: Protocol,
    /// The how manyth of its sender and protocol it is, from 1.
    pub index: u64,
    /// What becomes of it.
    pub outcome: Outcome,
}

/// Whether a packet arrives.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It does not.
    Lost(Lost),
    /// It does.
    Carried(Carried),
}

/// Why a packet is lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lost {
    /// By chance: the draw, at least 0 and less than 1, was less than the loss.
    ByRate {
        /// The draw.
        draw: f64,
    },
    /// By the rule on this line.
    ByRule(usize),
    /// Too many packets waited for the line.
    QueueFull {
        /// How many may wait.
        packets: usize,
    },
}

/// How a packet is carried.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Carried {
    /// When it arrives, if it is not held, in nanoseconds.
    pub due_ns: u64,
    /// How long it waited for the line and was on it, in nanoseconds.
    pub waited_ns: u64,
    /// How long it was on its way after that: delay, jitter and rules, and what it needs to stay
    /// behind the one before it, in nanoseconds.
    pub delayed_ns: u64,
    /// Whether it arrives twice.
    pub twice: bool,
    /// Which bit of its payload is flipped, from 0, the uppermost bit of a byte first.
    pub flip: Option<u32>,
    /// How long at most it is held for the next one to overtake it, beyond `due_ns`.
    pub held_for: Option<Span>,
    /// The lines of the rules that mean it.
    pub lines: Vec<usize>,
}

/// A packet that arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery<P> {
    /// The packet as it was offered: to flip a bit in it is left to the caller.
    pub packet: P,
    /// Who sent it, as an index into the settings' senders.
    pub from: usize,
    /// Its protocol.
    pub protocol: Protocol,
    /// Which bit of its payload to flip, from 0, the uppermost bit of a byte first.
    pub flip: Option<u32>,
    /// Whether it is the second of two.
    pub copy: bool,
    /// Whether it was held and overtaken.
    pub overtaken: bool,
}

impl Fate {
    /// What was done to the packet, as a comment for a capture; none when nothing was.
    pub fn comment(&self, settings: &Settings) -> Option<String> {
        let sender = settings.senders.get(self.from);
        let notes = match &self.outcome {
            Outcome::Lost(lost) => self.loss(*lost, sender, settings),
            Outcome::Carried(carried) => carried.notes(sender).join("; "),
        };
        (!notes.is_empty()).then_some(notes)
    }

    fn loss(&self, lost: Lost, sender: Option<&Sender>, settings: &Settings) -> String {
        match lost {
            Lost::ByRate { .. } => {
                let from = sender.map_or("nobody", |sender| sender.name.as_str());
                let protocol = match self.protocol {
                    Protocol::Udp => "UDP packet",
                    Protocol::Tcp => "TCP packet",
                    Protocol::Other => "other packet",
                };
                let Settings { seed, .. } = settings;
                format!("lost on the link (seed {seed}, from {from}, {protocol} {})", self.index)
            }
            Lost::ByRule(line) => {
                let rule = settings.rules.rules.iter().find(|rule| rule.line == line);
                let words = rule.map(|rule| format!(": {rule}")).unwrap_or_default();
                format!("lost by rule on line {line}{words}")
            }
            Lost::QueueFull { packets } => {
                format!("lost: the queue of {packets} was full")
            }
        }
    }
}

impl Carried {
    fn notes(&self, sender: Option<&Sender>) -> Vec<String> {
        let mut notes = Vec::new();
        // What a pace alone adds is socklab's own care, and nothing that was asked for.
        if self.waited_ns > 0 && sender.is_some_and(|sender| sender.faults.rate.is_some()) {
            notes.push(format!("{:#} in the queue and on the line", Span::from_ns(self.waited_ns)));
        }
        if self.delayed_ns > 0 {
            notes.push(format!("delayed by {:#}", Span::from_ns(self.delayed_ns)));
        }
        if let Some(longest) = self.held_for {
            notes.push(format!("held until the next, for {longest:#} at most"));
        }
        if let Some(bit) = self.flip {
            notes.push(format!("bit {bit} of the payload flipped"));
        }
        if self.twice {
            notes.push("sent twice".to_owned());
        }
        notes.extend(self.lines.iter().map(|line| format!("rule on line {line}")));
        notes
    }
}

impl<P> Delivery<P> {
    /// What the receiver's side sees, as a comment for a capture; none when nothing is odd.
    pub fn comment(&self) -> Option<String> {
        let mut notes = Vec::new();
        if let Some(bit) = self.flip {
            notes.push(format!("bit {bit} of the payload flipped"));
        }
        if self.copy {
            notes.push("sent twice: this is the copy".to_owned());
        }
        if self.overtaken {
            notes.push("overtaken by the next".to_owned());
        }
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}
