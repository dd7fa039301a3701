//! The link over which a check is played, where that is not a perfect one.

use std::fmt::Display;
use std::str::FromStr;

use crate::network::Layout;
use crate::network::link::rules::Rules;
use crate::network::link::{Faults, Sender, Settings};

/// What is wrong with a check's link: by rule, as in `socklab net --rules`, and by nature and
/// chance. The same in every run: the seed is a part of it, so that no check depends on chance.
#[derive(Clone, Copy, Debug, Default)]
pub struct Link {
    rules: &'static str,
    faults: Faults,
    seed: u64,
}

impl Link {
    /// A link on which nothing is wrong.
    pub fn new() -> Link {
        Link::default()
    }

    /// Adds rules, one a line: `lose 2nd datagram from server`. Who sends is a host's name, or
    /// `server` and `client`.
    pub fn rules(self, rules: &'static str) -> Link {
        Link { rules, ..self }
    }

    /// How long a packet is on its way: `20ms`.
    pub fn delay(self, time: &str) -> Link {
        Link { faults: Faults { delay: read(time), ..self.faults }, ..self }
    }

    /// How much the line carries: `10mbit`; and how many packets may wait for it.
    pub fn rate(self, rate: &str, queue: &str) -> Link {
        let faults = Faults { rate: Some(read(rate)), queue: Some(read(queue)), ..self.faults };
        Link { faults, ..self }
    }

    /// How many packets are lost, `5%`: the same ones in every run, by this seed.
    pub fn loss(self, chance: &str, seed: u64) -> Link {
        Link { faults: Faults { loss: read(chance), ..self.faults }, seed, ..self }
    }

    /// How many packets arrive twice.
    pub fn duplication(self, chance: &str) -> Link {
        Link { faults: Faults { duplication: read(chance), ..self.faults }, ..self }
    }

    /// How many packets the next one overtakes.
    pub fn reordering(self, chance: &str) -> Link {
        Link { faults: Faults { reordering: read(chance), ..self.faults }, ..self }
    }

    /// How many packets have a bit changed.
    pub fn corruption(self, chance: &str) -> Link {
        Link { faults: Faults { corruption: read(chance), ..self.faults }, ..self }
    }

    /// The same for a network of these hosts.
    pub(super) fn settings(&self, layout: &Layout) -> Settings {
        let names = layout.senders();
        let rules = match Rules::parse("the check", self.rules, &names) {
            Ok(rules) => rules,
            Err(mistakes) => panic!("a check's link has a rule that is none: {mistakes:?}"),
        };
        let sender = |name: &&str| Sender { name: (*name).to_owned(), faults: self.faults };
        Settings { seed: self.seed, senders: names.iter().map(sender).collect(), rules }
    }
}

/// Reads a value that stands in a lab's check.
fn read<T: FromStr<Err: Display>>(text: &str) -> T {
    match text.parse() {
        Ok(value) => value,
        Err(error) => panic!("a check's link has {text:?}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_the_same_in_both_directions_and_knows_the_senders() {
        let link = Link::new().delay("20ms").loss("5%", 7).rules("lose 2nd datagram from server");
        let settings = link.settings(&Layout::default());
        let names: Vec<&str> = settings.senders.iter().map(|sender| &*sender.name).collect();
        assert_eq!(names, ["server", "client"]);
        assert!(settings.senders.iter().all(|sender| sender.faults == link.faults));
        assert_eq!((settings.seed, settings.rules.rules.len()), (7, 1));
    }

    #[test]
    #[should_panic(expected = "a rule that is none")]
    fn a_rule_that_nobody_understands_is_the_authors_mistake() {
        Link::new().rules("lose 2nd datagram from nobody").settings(&Layout::default());
    }
}
