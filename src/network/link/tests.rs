//! The link as a whole: what happens to packets one by one, and what holds for many.

mod chances;
mod properties;

use super::*;
use crate::network::link::rules::Rules;
use crate::network::link::values::{Chance, Pace, QueueLength, Rate, Span};

const CLIENT: usize = 0;
const SERVER: usize = 1;
const MS: u64 = 1_000_000;

fn settings(faults: Faults) -> Settings {
    let sender = |name: &str| Sender { name: name.to_owned(), faults };
    Settings { seed: 7, senders: vec![sender("client"), sender("server")], rules: Rules::default() }
}

fn ruled(rules: &str) -> Settings {
    let rules = Rules::parse("rules", rules, &["client", "server"]).unwrap();
    Settings { rules, ..settings(Faults::default()) }
}

fn chance(text: &str) -> Chance {
    text.parse().unwrap()
}

fn packet(protocol: Protocol) -> Seen<'static> {
    let at = SocketAddr::from(([127, 0, 0, 1], 12345));
    Seen { protocol, source: at, destination: at, sequence: 0, payload: b"hello", length: 33 }
}

/// Sends datagrams, a number each, from the client at these times, and returns what arrives, as
/// `number@ms`, with `*` behind a number that arrives twice or changed.
fn arrivals(settings: Settings, sent_ms: &[u64]) -> String {
    let mut link = Link::new(settings);
    for (number, at_ms) in (1..).zip(sent_ms) {
        link.offer(at_ms * MS, CLIENT, &packet(Protocol::Udp), number);
    }
    let mut shown = Vec::new();
    while let Some(due_ns) = link.next_due() {
        let (at_ns, delivery) = link.pop_due(due_ns).unwrap();
        assert_eq!(at_ns, due_ns);
        let odd = if delivery.copy || delivery.flip.is_some() { "*" } else { "" };
        shown.push(format!("{}{odd}@{}", delivery.packet, at_ns / MS));
    }
    shown.join(" ")
}

#[test]
fn rules_do_to_packets_what_they_say() {
    for (rules, expected) in [
        ("", "1@0 2@10 3@20"),
        ("lose 2nd from client", "1@0 3@20"),
        ("lose 2nd from server", "1@0 2@10 3@20"),
        ("delay 1st by 15ms", "2@10 1@15 3@20"),
        ("duplicate 2nd", "1@0 2@10 2*@10 3@20"),
        ("corrupt 2nd", "1@0 2*@10 3@20"),
        ("hold 1st until next", "2@10 1@10 3@20"),
        ("hold 3rd until next", "1@0 2@10 3@5020"),
        ("hold 1st until next\nhold 2nd until next", "3@20 1@20 2@20"),
        ("hold 1st until next\nlose 2nd", "3@20 1@20"),
        ("hold 1st until next\ndelay 2nd by 6s", "3@20 1@20 2@6010"),
        ("hold 1st until next\ndelay 2nd by 6s\nlose 3rd", "1@5000 2@6010"),
        ("hold 1st until next\nduplicate 1st\nduplicate 2nd", "2@10 2*@10 1@10 1*@10 3@20"),
    ] {
        assert_eq!(arrivals(ruled(rules), &[0, 10, 20]), expected, "{rules}");
    }
}

#[test]
fn knobs_do_to_packets_what_they_say() {
    let delay = Span::from_ms(20);
    let always = Chance::ALWAYS;
    let none = Faults::default();
    for (faults, expected) in [
        (none, "1@0 2@0 3@4"),
        (Faults { loss: always, ..none }, ""),
        (Faults { duplication: always, ..none }, "1@0 1*@0 2@0 2*@0 3@4 3*@4"),
        (Faults { corruption: always, ..none }, "1*@0 2*@0 3*@4"),
        (Faults { delay, ..none }, "1@20 2@20 3@24"),
        (Faults { reordering: always, ..none }, "2@0 1@0 3@54"),
        (Faults { reordering: always, delay, ..none }, "2@20 1@20 3@74"),
        (Faults { pace: Pace::from_packets(500), ..none }, "1@0 2@2 3@4"),
        // 33 bytes take 4 ms.
        (Faults { rate: Rate::from_bits(66_000), delay, ..none }, "1@24 2@28 3@32"),
        (
            Faults { rate: Rate::from_bits(33_000), queue: QueueLength::from_packets(1), ..none },
            "1@8 2@16",
        ),
    ] {
        assert_eq!(arrivals(settings(faults), &[0, 0, 4]), expected, "{faults:?}");
    }
}

#[test]
fn time_never_goes_back() {
    let mut link = Link::new(settings(Faults::default()));
    link.offer(5 * MS, CLIENT, &packet(Protocol::Udp), ());
    let fate = link.offer(3 * MS, SERVER, &packet(Protocol::Udp), ());
    assert!(matches!(fate.outcome, Outcome::Carried(carried) if carried.due_ns == 5 * MS));
}

#[test]
fn a_flood_that_is_held_is_let_through_before_it_fills_the_memory() {
    let mut settings = ruled("hold every 2nd until next");
    settings.rules.rules[0].which = rules::Which::All;
    let mut link = Link::new(settings);
    let first = (1..2000).find(|_| {
        let fate = link.offer(0, CLIENT, &packet(Protocol::Udp), ());
        matches!(fate.outcome, Outcome::Carried(Carried { held_for: None, .. }))
    });
    assert_eq!(first, Some(1001));
    assert_eq!(link.counters(CLIENT).reordered, 1000);
}

#[test]
fn what_was_done_is_said_in_a_few_words() {
    let delay = Span::from_ms(20);
    let none = Faults::default();
    let narrow =
        Faults { rate: Rate::from_bits(33_000), queue: QueueLength::from_packets(1), ..none };
    for (settings, sent, comment) in [
        (settings(none), 1, ""),
        (
            settings(Faults { loss: Chance::ALWAYS, ..none }),
            12,
            "lost on the link (seed 7, from client, UDP packet 12)",
        ),
        (settings(Faults { delay, ..none }), 1, "delayed by 20 ms"),
        (settings(Faults { duplication: Chance::ALWAYS, ..none }), 1, "sent twice"),
        (
            settings(Faults { corruption: Chance::ALWAYS, ..none }),
            2,
            "bit 10 of the payload flipped",
        ),
        (
            settings(Faults { reordering: Chance::ALWAYS, ..none }),
            1,
            "held until the next, for 50 ms at most",
        ),
        (settings(narrow), 2, "16 ms in the queue and on the line"),
        (settings(narrow), 3, "lost: the queue of 1 was full"),
        (settings(Faults { pace: Pace::from_packets(10), ..none }), 2, ""),
        (ruled("# one\nlose 1st"), 1, "lost by rule on line 2: lose 1st packet"),
        (
            ruled("delay 1st by 1.2s\nduplicate 1st"),
            1,
            "delayed by 1.2 s; sent twice; rule on line 1; rule on line 2",
        ),
    ] {
        let mut link = Link::new(settings);
        let fates = (0..sent).map(|_| link.offer(0, CLIENT, &packet(Protocol::Udp), ()));
        let last = fates.last().unwrap();
        assert_eq!(last.comment(link.settings()).unwrap_or_default(), comment);
    }
}

#[test]
fn what_arrives_oddly_says_so() {
    let rules = "hold 1st until next\nduplicate 2nd\ncorrupt 2nd";
    let mut link = Link::new(ruled(rules));
    for number in 1..=2 {
        link.offer(0, CLIENT, &packet(Protocol::Udp), number);
    }
    let deliveries = std::iter::from_fn(|| link.pop_due(0));
    let comments: Vec<_> = deliveries.map(|(_, delivery)| delivery.comment().unwrap()).collect();
    let flipped = "bit 10 of the payload flipped";
    let copy = format!("{flipped}; sent twice: this is the copy");
    assert_eq!(comments, [flipped, copy.as_str(), "overtaken by the next"]);
}

#[test]
fn the_counters_tell_what_happened() {
    let rules = "lose 2nd\nduplicate 3rd\ncorrupt 4th\nhold 5th until next\ndelay 6th by 1ms";
    let mut link = Link::new(ruled(rules));
    for number in 1..=7 {
        link.offer(0, CLIENT, &packet(Protocol::Udp), number);
    }
    link.offer(0, SERVER, &packet(Protocol::Tcp), 1);
    while link.pop_due(MS).is_some() {}
    let table = link.table();
    let columns = table[0].counters.columns().map(|(name, number)| format!("{name} {number}"));
    assert_eq!(
        columns.join(", "),
        "sent 7, arrived 7, lost by chance 0, lost by rule 1, queue full 0, delayed 1, \
         sent twice 1, out of order 1, corrupted 1"
    );
    let counters = Counters { offered: 1, delivered: 1, ..Counters::default() };
    let row = Row { from: "server".to_owned(), protocol: Protocol::Tcp, counters };
    assert_eq!((table.len(), &table[1]), (2, &row));
    assert_eq!(link.counters(SERVER), counters);
}

#[test]
fn a_link_has_as_many_senders_as_are_wanted() {
    let names = ["a", "b", "c", "d", "e"];
    let senders = names.map(|name| Sender { name: name.to_owned(), faults: Faults::default() });
    let rules = Rules::parse("rules", "lose 1st from d", &names).unwrap();
    let mut link = Link::new(Settings { seed: 1, senders: senders.to_vec(), rules });
    let lost = (0..names.len()).filter(|from| {
        let fate = link.offer(0, *from, &packet(Protocol::Udp), ());
        matches!(fate.outcome, Outcome::Lost(Lost::ByRule(1)))
    });
    assert_eq!(lost.collect::<Vec<_>>(), [3]);
}
