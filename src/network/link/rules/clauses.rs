//! What a rule says after the packets that it means: `from server`, `to port 69`, `by 20ms`.

use crate::network::link::values::Span;

use super::Action;
use super::parse::{KINDS, starts_with_digit};
use super::words::{Word, Words, Wrong, list, nearest};

/// The words that begin what may follow.
const CLAUSES: [&str; 5] = ["from", "to", "once", "by", "until"];

/// What a rule says after its noun, in any order.
#[derive(Debug, Default)]
pub(super) struct Clauses<'a> {
    pub(super) from: Option<String>,
    pub(super) from_port: Option<u16>,
    pub(super) to_port: Option<u16>,
    pub(super) once_each: Option<Word<'a>>,
    by: Option<(Word<'a>, Span)>,
    until_next: Option<Word<'a>>,
}

impl<'a> Clauses<'a> {
    /// Reads the clause that begins with `word`.
    pub(super) fn read(
        &mut self,
        word: &Word<'a>,
        words: &mut Words<'a>,
        names: &[&str],
    ) -> Result<(), Wrong> {
        match word.text {
            "from" if words.take("port").is_some() => set(&mut self.from_port, word, port(words)?),
            "from" => set(&mut self.from, word, name(words, names)?),
            "to" => {
                let next = words.expect("to is followed by a port, as in to port 69")?;
                if next.text != "port" {
                    return next
                        .is_wrong("to is followed by port and its number; or say from whom");
                }
                set(&mut self.to_port, word, port(words)?)
            }
            "once" => {
                follow(words, "once", "each")?;
                set(&mut self.once_each, word, word.clone())
            }
            "until" => {
                follow(words, "until", "next")?;
                set(&mut self.until_next, word, word.clone())
            }
            "by" => {
                let time = words.expect("by how much? for example by 20ms")?;
                match time.text.parse() {
                    Ok(span) => set(&mut self.by, word, (word.clone(), span)),
                    Err(why) => time.is_wrong(why.to_string()),
                }
            }
            "and" => word.is_wrong("one rule a line: write a second one for the rest"),
            "port" => word.is_wrong("say from port or to port"),
            text if starts_with_digit(text) || KINDS.contains(&text) => word.is_wrong(
                "the packets meant come right after the verb, as in lose 2nd udp datagram",
            ),
            text => word.is_wrong(match nearest(text, &CLAUSES).or(nearest(text, &KINDS)) {
                Some(meant) => format!("did you mean {meant}?"),
                None => "expected from, to port, once each, by or until next".to_owned(),
            }),
        }
    }

    /// The action that the verb and its own clause make together.
    pub(super) fn action(&self, verb: &Word<'a>, words: &Words<'a>) -> Result<Action, Wrong> {
        if let (Some((by, _)), true) = (&self.by, verb.text != "delay") {
            return by.is_wrong(format!("by a time goes with delay, not with {}", verb.text));
        }
        if let (Some(until), true) = (&self.until_next, verb.text != "hold") {
            return until.is_wrong(format!("until next goes with hold, not with {}", verb.text));
        }
        match (verb.text, &self.by, &self.until_next) {
            ("delay", Some((_, span)), _) => Ok(Action::Delay(*span)),
            ("delay", None, _) => Err(words.at_end("delay by how much? for example by 20ms")),
            ("hold", _, None) => Err(words.at_end("hold is followed at the end by until next")),
            ("hold", ..) => Ok(Action::Hold),
            ("duplicate", ..) => Ok(Action::Duplicate),
            ("corrupt", ..) => Ok(Action::Corrupt),
            _ => Ok(Action::Lose),
        }
    }
}

/// Sets what the clause that begins with `word` says, once.
fn set<T>(slot: &mut Option<T>, word: &Word<'_>, value: T) -> Result<(), Wrong> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => word.is_wrong(format!("{} is said twice", word.text)),
    }
}

/// Reads the word that has to come after `first`.
fn follow(words: &mut Words<'_>, first: &str, second: &str) -> Result<(), Wrong> {
    let message = format!("{first} is followed by {second}");
    match words.expect(message.as_str())? {
        word if word.text == second => Ok(()),
        word => word.is_wrong(message),
    }
}

fn port(words: &mut Words<'_>) -> Result<u16, Wrong> {
    let message = "a port is a number from 1 to 65535";
    let word = words.expect(message)?;
    match word.text.parse() {
        Ok(port @ 1..) => Ok(port),
        _ => word.is_wrong(message),
    }
}

fn name(words: &mut Words<'_>, names: &[&str]) -> Result<String, Wrong> {
    let word = words.expect(format!("from whom? {}", list(names)))?;
    if names.contains(&word.text) {
        return Ok(word.text.to_owned());
    }
    word.is_wrong(match nearest(word.text, names) {
        Some(meant) => format!("nobody here is called {}; did you mean {meant}?", word.text),
        None => format!("nobody here is called {}; there is {}", word.text, list(names)),
    })
}
