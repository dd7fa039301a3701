//! From the text of rules to [`Rules`].

use crate::evidence::Protocol;

use super::clauses::Clauses;
use super::words::{Word, Words, Wrong, list, nearest};
use super::{Action, Rule, Rules, Which, ordinal};
use crate::evidence::Mistake;

const VERBS: [&str; 5] = ["lose", "delay", "duplicate", "corrupt", "hold"];

/// The words that say which packets.
pub(super) const KINDS: [&str; 12] = [
    "every",
    "all",
    "udp",
    "tcp",
    "any",
    "data",
    "datagram",
    "datagrams",
    "segment",
    "segments",
    "packet",
    "packets",
];

/// Longer than any rule that means something; a name may be long.
const LONGEST_LINE: usize = 1000;

pub(super) fn rules(file: &str, text: &str, names: &[&str]) -> Result<Rules, Vec<Mistake>> {
    let mut rules = Vec::new();
    let mut mistakes = Vec::new();
    for (line, source) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        match rule(line, source, names) {
            Ok(rule) => rules.extend(rule),
            Err(Wrong { place, message }) => mistakes.push(Mistake {
                file: file.to_owned(),
                line,
                column: place.start + 1,
                width: place.len().max(1),
                message,
                source: source.chars().take(LONGEST_LINE).collect(),
            }),
        }
    }
    if mistakes.is_empty() { Ok(Rules { rules }) } else { Err(mistakes) }
}

/// Reads the rule in a line, if there is one.
fn rule(line: usize, source: &str, names: &[&str]) -> Result<Option<Rule>, Wrong> {
    if source.len() > LONGEST_LINE {
        let message = format!("a rule has at most {LONGEST_LINE} bytes");
        return Err(Wrong { place: 0..1, message });
    }
    let mut words = Words::of(source);
    let Some(verb) = words.next() else { return Ok(None) };
    if !VERBS.contains(&verb.text) {
        return verb.is_wrong(match nearest(verb.text, &VERBS) {
            Some(meant) => format!("did you mean {meant}?"),
            None => format!("a rule begins with {}", list(&VERBS)),
        });
    }
    let which = which(&mut words)?;
    let (protocol, data) = what(&mut words)?;
    let mut clauses = Clauses::default();
    while let Some(word) = words.next() {
        clauses.read(&word, &mut words, names)?;
    }
    let action = clauses.action(&verb, &words)?;
    let which = match (which, &clauses.once_each) {
        (None, None) => Which::All,
        (None, Some(_)) => Which::OnceEach,
        (Some(which), None) => which,
        (Some(_), Some(once)) => {
            return once.is_wrong(format!("once each already says which ones to {}", verb.text));
        }
    };
    if action == Action::Hold && matches!(which, Which::All | Which::Every(1)) {
        return verb.is_wrong("with all of them held, none is left to overtake: say every 2nd");
    }
    let Clauses { from, from_port, to_port, .. } = clauses;
    Ok(Some(Rule { line, action, which, protocol, data, from, from_port, to_port }))
}

/// Reads `2nd`, `every 3rd` or `all`, if one of them comes next.
fn which(words: &mut Words<'_>) -> Result<Option<Which>, Wrong> {
    if let Some(every) = words.take("every") {
        if !words.peek().is_some_and(starts_with_digit) {
            return every.is_wrong("every is followed by a number, as in every 3rd; or say all");
        }
        return Ok(Some(Which::Every(number(&words.expect("a number")?)?)));
    }
    if words.take("all").is_some() {
        return Ok(Some(Which::All));
    }
    if words.peek().is_some_and(starts_with_digit) {
        return Ok(Some(Which::Nth(number(&words.expect("a number")?)?)));
    }
    Ok(None)
}

pub(super) fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// Reads `2nd`, with the ending that belongs to the number.
fn number(word: &Word<'_>) -> Result<u64, Wrong> {
    let end = word.text.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.text.len());
    match word.text[..end].parse() {
        Ok(0) => word.is_wrong("packets are counted from 1: the first is the 1st"),
        Ok(n) if word.text == ordinal(n) => Ok(n),
        Ok(n) => word.is_wrong(format!("did you mean {}?", ordinal(n))),
        Err(_) => word.is_wrong("no link carries that many packets"),
    }
}

/// Reads `udp data datagrams` and the like, and says which protocol and whether data only.
fn what(words: &mut Words<'_>) -> Result<(Option<Protocol>, bool), Wrong> {
    let said = match words.peek() {
        Some("udp") => Some(Some(Protocol::Udp)),
        Some("tcp") => Some(Some(Protocol::Tcp)),
        Some("any") => Some(None),
        _ => None,
    };
    if said.is_some() {
        words.next();
    }
    let data = words.take("data").is_some();
    let noun = match words.peek() {
        Some("datagram" | "datagrams") => Some(Protocol::Udp),
        Some("segment" | "segments") => Some(Protocol::Tcp),
        Some("packet" | "packets") => None,
        _ => return Ok((said.flatten(), data)),
    };
    let noun_word = words.expect("a noun")?;
    match (said, noun) {
        (None, noun) => Ok((noun, data)),
        (Some(said), None) => Ok((said, data)),
        (Some(said), noun) if said == noun => Ok((noun, data)),
        (Some(Some(Protocol::Udp)), _) => noun_word.is_wrong("udp has datagrams"),
        (Some(Some(_)), _) => noun_word.is_wrong("tcp has segments"),
        (Some(None), _) => noun_word.is_wrong("udp and tcp together have packets"),
    }
}
