//! Rules at work: what they order for each packet.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::evidence::Protocol;
use crate::network::link::Seen;
use crate::network::link::values::Span;

use super::{Action, Rule, Rules, Which};

/// Rules, and how far each has counted.
#[derive(Debug, Clone)]
pub(in super::super) struct Script {
    counts: Vec<Count>,
}

#[derive(Debug, Clone)]
struct Count {
    rule: Rule,
    /// How many packets have fitted the rule.
    fitted: u64,
    /// The payloads that a rule with `once each` has met.
    met: HashSet<u64>,
}

/// A flood cannot make a link remember more payloads than these; later ones are left alone.
const MOST_PAYLOADS: usize = 1 << 20;

/// What the rules order for one packet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in super::super) struct Orders {
    /// The line of the first rule that loses it.
    pub(in super::super) lost_by: Option<usize>,
    pub(in super::super) delay: Span,
    pub(in super::super) duplicate: bool,
    pub(in super::super) corrupt: bool,
    pub(in super::super) hold: bool,
    /// The lines of all rules that mean it.
    pub(in super::super) lines: Vec<usize>,
}

impl Script {
    pub(in super::super) fn new(rules: &Rules) -> Script {
        let count = |rule: &Rule| Count { rule: rule.clone(), fitted: 0, met: HashSet::new() };
        Script { counts: rules.rules.iter().map(count).collect() }
    }

    /// Has every rule look at a packet, and says what they order together.
    pub(in super::super) fn orders(&mut self, from: &str, seen: &Seen<'_>) -> Orders {
        let mut orders = Orders::default();
        for count in &mut self.counts {
            if !count.means(from, seen) {
                continue;
            }
            orders.lines.push(count.rule.line);
            match count.rule.action {
                Action::Lose => orders.lost_by = orders.lost_by.or(Some(count.rule.line)),
                Action::Delay(span) => orders.delay = Span::from_ns(orders.delay.ns() + span.ns()),
                Action::Duplicate => orders.duplicate = true,
                Action::Corrupt => orders.corrupt = true,
                Action::Hold => orders.hold = true,
            }
        }
        orders
    }
}

impl Count {
    /// Whether the rule means this packet; counts it if it could.
    fn means(&mut self, from: &str, seen: &Seen<'_>) -> bool {
        if !self.rule.fits(from, seen) {
            return false;
        }
        self.fitted += 1;
        match self.rule.which {
            Which::Nth(n) => self.fitted == n,
            Which::Every(n) => self.fitted.is_multiple_of(n),
            Which::All => true,
            Which::OnceEach => self.met.len() < MOST_PAYLOADS && self.met.insert(mark(from, seen)),
        }
    }
}

impl Rule {
    fn fits(&self, from: &str, seen: &Seen<'_>) -> bool {
        let protocol = match self.protocol {
            Some(protocol) => seen.protocol == protocol,
            None => seen.protocol != Protocol::Other,
        };
        // An empty datagram is a message; an empty segment only acknowledges.
        let data = self.data || (self.which == Which::OnceEach && seen.protocol == Protocol::Tcp);
        protocol
            && !(data && seen.payload.is_empty())
            && self.from.as_ref().is_none_or(|name| name == from)
            && self.from_port.is_none_or(|port| port == seen.source.port())
            && self.to_port.is_none_or(|port| port == seen.destination.port())
    }
}

/// What tells a payload from others. The addresses are no part of it: a program may well send again
/// from another socket. Within a stream equal bytes are told apart by where they stand.
fn mark(from: &str, seen: &Seen<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (from, seen.sequence, seen.payload).hash(&mut hasher);
    hasher.finish()
}
