//! What comes and is no answer.

use std::time::Duration;

use crate::check::{Outcome, Stage, Wrong};

use super::found::{self, lists};
use super::repeats::asks_once;
use super::{Heard, Responder, ends, first_only, name, starts};

/// A noisy host, and a good server that answers the second query: after all the noise.
fn amid_noise(
    stage: &Stage,
    noise: impl Fn(&Responder<'_>, &Heard) -> Outcome<Vec<(&'static str, String)>>,
    why: &dyn Fn(&str) -> Wrong,
) -> Outcome {
    let (program, servers) = starts(stage, "broadcast", &["alder", "magpie"])?;
    let [good, noisy] = servers.as_slice() else { return Ok(()) };
    let made = noise(noisy, &noisy.hears()?)?;
    // It takes in all of it, or breaks off.
    stage.output()?;
    if program.exit().is_some() {
        ends(program)?;
    }
    if !answers_after(good, noisy)? {
        return Ok(());
    }
    ends(program)?;
    found::shows_nothing_of(stage, &made, why)?;
    // A name may be empty; its host has an address.
    found::shows_nothing_of(stage, &[("an answer without a name", noisy.ip().to_string())], why)?;
    lists(stage, good, &first_only)
}

/// The good server answers a query that came after all the noise; false where the noise was too late
/// for that, since somebody was kept from the processor.
fn answers_after(good: &Responder<'_>, noisy: &Responder<'_>) -> Outcome<bool> {
    let noise = noisy.server.sent_last();
    for what in ["a first query", "a second query", "a third query"] {
        let heard = good.hears_or(what, asks_once)?;
        if noise.is_some_and(|noise| heard.at > noise) {
            good.answers(&heard)?;
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn survives_garbage(stage: &Stage) -> Outcome {
    let garbage = |noisy: &Responder<'_>, heard: &Heard| {
        let number = heard.query.number;
        let mut names: Vec<String> = (0..12).map(|_| name(stage)).collect();
        // What a library takes for a letter, or for one of a word.
        names[8] = names[8].replace('-', "_");
        names[9] = names[9].replace('-', "é");
        let made = [
            ("an answer with two names", format!("HERE {number} {} {}", names[0], names[0])),
            ("an answer that does not begin with HERE", format!("THERE {number} {}", names[1])),
            ("an answer with small letters", format!("here {number} {}", names[2])),
            ("an answer without a number", format!("HERE {}", names[3])),
            ("an answer with a name of 21 letters", format!("HERE {number} {:a<21}", names[4])),
            ("an answer with control characters", format!("HERE {number} \x1b[7m{}", names[5])),
            ("an answer with a line end", format!("HERE {number} {}\nroot", names[6])),
            ("an answer with more behind it", format!("HERE {number} {}{:1400}", names[7], "")),
            ("an answer with an underscore in its name", format!("HERE {number} {}", names[8])),
            ("an answer with a letter that is not of ASCII", format!("HERE {number} {}", names[9])),
            ("an answer that ends in a line end", format!("HERE {number} {}\n", names[10])),
            ("an answer with a letter behind its number", format!("HERE {number}x {}", names[11])),
        ];
        let empty = ["HERE {} ", "HERE {}", "HERE {}  "];
        let empty = empty.map(|text| text.replace("{}", &number.to_string()));
        let bare = ["", "HERE", "HERE ", "\n\n\n"];
        let texts = made.iter().map(|(_, text)| text.as_str()).chain(bare);
        for text in texts.chain(empty.iter().map(String::as_str)) {
            noisy.server.answers(heard.from, text)?;
        }
        // What is no text comes last: who breaks off at it has taken all that is.
        for bytes in [&[0; 1400][..], b"\xff\xfe\x00\x80"] {
            noisy.server.answers(heard.from, bytes)?;
        }
        Ok(made.into_iter().zip(names).map(|((what, _), name)| (what, name)).collect())
    };
    amid_noise(stage, garbage, &|what| {
        Wrong::cause(
            "disc-takes-anything",
            format!("your program took {what} for an answer: anybody can send anything to its port"),
            "take only what is HERE, your number and one name of 1 to 20 letters, digits or hyphens, \
             with one space between them and nothing behind; pass over everything else",
        )
    })
}

pub(super) fn minds_the_number(stage: &Stage) -> Outcome {
    let others = |noisy: &Responder<'_>, heard: &Heard| {
        let number = heard.query.number;
        let names: Vec<String> = (0..3).map(|_| name(stage)).collect();
        for (other, name) in [number % 65535 + 1, number * 10 + 1, 0].iter().zip(&names) {
            noisy.server.answers(heard.from, format!("HERE {other} {name}"))?;
        }
        Ok(names.into_iter().map(|name| ("an answer to another query", name)).collect())
    };
    amid_noise(stage, others, &|_| {
        Wrong::cause(
            "disc-takes-anything",
            "your program took an answer with another number: it is for somebody else's query, or for \
             one of an earlier run",
            "compare the number in the answer with your own, all of it, and pass over another one",
        )
    })
}

pub(super) fn ends_in_time(stage: &Stage) -> Outcome {
    let (program, servers) = starts(stage, "broadcast", &["alder", "magpie"])?;
    let [good, noisy] = servers.as_slice() else { return Ok(()) };
    let heard = noisy.hears()?;
    let other = format!("HERE {} {}", heard.query.number % 65535 + 1, noisy.name);
    // So many at once fit into the socket's queue, where each is short: none that counts is lost.
    for turn in 0..60 {
        let time = Duration::from_millis(turn * 40);
        noisy.server.answers_in(time, heard.from, &other);
        for at in 0..14 {
            let length = 1 + (turn as usize * 14 + at) % 60;
            noisy.server.answers_in(time, heard.from, stage.noise(length));
        }
    }
    good.hears()?;
    good.answers(&good.hears_or("a second query", asks_once)?)?;
    ends(program)?;
    let wrong = Wrong::cause(
        "disc-noise-extends",
        "your program goes on as long as anything comes: each datagram starts its time limit anew",
        "fix the moment of the end once, and let each receive wait only for what is left until then",
    );
    let in_time = stage.partners_have_more();
    let observed = if in_time { "it" } else { "its end once the noise was over" };
    let verdict = if in_time { Ok(()) } else { Err(wrong) };
    stage.judge("its end a second after its first query, whatever comes", observed, verdict)?;
    lists(stage, good, &first_only)
}

