//! A diagnosis rests on what a program does, and not on how it words what it says, or in which
//! language: what it printed is translated, and diagnosed again.
//!
//! Left as they are: what the lab asks to see, which is addresses, what is typed and what is sent,
//! in whatever notation; and the words of runtimes and of the operating system.

#[path = "runtime.rs"]
mod runtime;

use std::collections::HashSet;
use std::ops::Range;

use libtest_mimic::{Failed, Trial};
use socklab::course::Lab;
use socklab::diagnose::{Case, diagnose};
use socklab::evidence::{
    CheckResult, Evidence, Expectation, LabResult, Payload, Role, Stream, Unmet, What,
};

/// A language: another letter for each.
type Language = fn(char) -> char;

const LANGUAGES: [Language; 2] = [rotated, cyrillic];

/// The letter seven places on in the alphabet.
fn rotated(c: char) -> char {
    let from = |first: u8| char::from(first + (c as u8 - first + 7) % 26);
    match c {
        'a'..='z' => from(b'a'),
        'A'..='Z' => from(b'A'),
        _ => c,
    }
}

/// A Cyrillic letter, for every letter.
fn cyrillic(c: char) -> char {
    let letter = |first: u32| char::from_u32(first + c as u32 % 32).unwrap_or(c);
    match c {
        c if c.is_uppercase() => letter(0x0410),
        c if c.is_alphabetic() => letter(0x0430),
        c => c,
    }
}

/// That a translation leaves what is not the program's own wording, and nothing else.
pub fn trial() -> Trial {
    Trial::test("words::those_of_the_program_are_translated_and_no_others", || {
        [
            ("UDP server is up on 127.0.0.1:12345\n", "BKW zlycly pz bw vu 127.0.0.1:12345\n"),
            ("Error: no port, läuft?\n", "Lyyvy: uv wvya, säbma?\n"),
            ("got 'Copper walnut 4711' (0x30, \\xc3)", "nva 'Copper walnut 4711' (0x30, \\xc3)"),
            ("c'est 'copper Wal\n", "j'lza 'copper Wal\n"),
            ("bind: Address already in use\n", "ipuk: Address already in use\n"),
            ("no: [Errno 98] EADDRINUSE\n", "uv: [Errno 98] EADDRINUSE\n"),
            (
                "Hi\nTraceback (most recent call last):\n  File \"x\"\nOSError: no\nBye\n",
                "Op\nTraceback (most recent call last):\n  File \"x\"\nOSError: no\nIfl\n",
            ),
            (
                "Hi\n\nthread 'main' panicked at x.rs:1:1:\nnot so\nnote: run\n",
                "Op\n\nthread 'main' panicked at x.rs:1:1:\nnot so\nuval: ybu\n",
            ),
            ("Error: Os { code: 1 }\n", "Error: Os { code: 1 }\n"),
            ("there 6.1e-05 e-5 here\n", "aolyl 6.1e-05 l-5 olyl\n"),
        ]
        .into_iter()
        .try_for_each(|(text, expected)| is_translated(text, expected))
    })
}

fn is_translated(text: &str, expected: &str) -> Result<(), Failed> {
    let (stream, asked) = (Stream::Terminal, Asked::in_all([&Payload::from("Copper walnut 4711")]));
    for cut in 0..text.len() {
        let mut evidence = Evidence::default();
        for part in [&text.as_bytes()[..cut], &text.as_bytes()[cut..]] {
            evidence.record(0, What::Output { stream, text: Payload::from(part) });
        }
        let seen = translated(&evidence, &asked, rotated).output();
        if text.is_char_boundary(cut) && seen != expected.as_bytes() {
            return Err(format!("{text:?} becomes {:?}", Payload::from(seen)).into());
        }
    }
    Ok(())
}

/// Fails where a check that the program failed gets another diagnosis once its words are others.
pub fn do_not_matter(lab: &Lab, result: &LabResult) -> Result<(), Failed> {
    result.checks.iter().try_for_each(|check| match &check.unmet {
        Some(unmet) => do_not_matter_to(lab, result.role, check, unmet),
        None => Ok(()),
    })
}

fn do_not_matter_to(
    lab: &Lab,
    role: Role,
    check: &CheckResult,
    unmet: &Unmet,
) -> Result<(), Failed> {
    let ids = |evidence: &Evidence| -> Vec<&str> {
        let address = lab.plan.address;
        let opinion = diagnose(&Case { role, address, unmet, evidence });
        opinion.diagnoses().iter().map(|diagnosis| diagnosis.id).collect()
    };
    let said = ids(&check.evidence);
    let asked = Asked::of(unmet, &check.evidence);
    for language in LANGUAGES {
        let evidence = translated(&check.evidence, &asked, language);
        let says = ids(&evidence);
        if says != said {
            let printed = |evidence: &Evidence| Payload::from(evidence.output()).unquoted();
            return Err(format!(
                "{}: {said:?} becomes {says:?} when what it printed,\n{}\nis translated:\n{}",
                check.id,
                printed(&check.evidence),
                printed(&evidence),
            )
            .into());
        }
    }
    Ok(())
}

/// So many bytes in a row are a part of what the lab asks to see, and no chance.
const TELLING: usize = 4;

/// What a lab asks to see, in pieces of [`TELLING`] bytes: also backwards, and also as it is when
/// its UTF-8 is taken for Latin-1.
struct Asked(HashSet<Vec<u8>>);

impl Asked {
    fn of(unmet: &Unmet, evidence: &Evidence) -> Asked {
        let expected = match &unmet.expectation {
            Expectation::Output { text, .. } => Some(text),
            Expectation::Datagram { payload, .. } | Expectation::Answer { payload, .. } => {
                Some(payload)
            }
            _ => None,
        };
        let sent = evidence.all().filter_map(|what| match what {
            What::Sent { payload, .. } | What::Received { payload, .. } => Some(payload),
            What::Typed { text } => Some(text),
            _ => None,
        });
        Asked::in_all(sent.chain(expected).chain([&Payload::from("localhost")]))
    }

    fn in_all<'p>(payloads: impl IntoIterator<Item = &'p Payload>) -> Asked {
        let mut pieces = HashSet::new();
        for payload in payloads {
            let text = payload.bytes().to_ascii_lowercase();
            let backwards = text.iter().rev().copied().collect();
            let latin1: String = text.iter().copied().map(char::from).collect();
            for way in [text, backwards, latin1.into_bytes()] {
                pieces.extend(way.windows(TELLING).map(<[u8]>::to_vec));
            }
        }
        Asked(pieces)
    }

    /// Where a text shows what is asked for.
    fn places(&self, text: &str) -> Vec<Range<usize>> {
        let text = text.as_bytes().to_ascii_lowercase();
        let pieces = text.windows(TELLING).enumerate();
        pieces
            .filter(|(_, piece)| self.0.contains(*piece))
            .map(|(at, piece)| at..at + piece.len())
            .collect()
    }
}

/// Where an e belongs to a number, as in 6e-05.
fn exponents(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_one = |four: &[u8]| {
        four[0].is_ascii_digit() && matches!(&four[1..3], b"e-" | b"e+") && four[3].is_ascii_digit()
    };
    let places = text.as_bytes().windows(4).enumerate();
    places.filter(move |(_, four)| is_one(four)).map(|(at, _)| at + 1..at + 2)
}

/// What was seen, with what the program printed in another language.
fn translated(evidence: &Evidence, asked: &Asked, language: Language) -> Evidence {
    let mut evidence = evidence.clone();
    for stream in [Stream::Terminal, Stream::Errors] {
        let mut outputs: Vec<&mut Payload> = evidence
            .events
            .iter_mut()
            .filter_map(|event| match &mut event.what {
                What::Output { stream: on, text } if *on == stream => Some(text),
                _ => None,
            })
            .collect();
        // What is written in two goes is one text; what is no UTF-8 has no letters.
        let text: String =
            outputs.iter().map(|text| String::from_utf8_lossy(text.bytes())).collect();
        let mut kept = vec![false; text.len()];
        let places = asked.places(&text).into_iter().chain(runtime::places(&text));
        for place in places.chain(exponents(&text)) {
            kept[place].fill(true);
        }
        let mut letters = text
            .char_indices()
            .map(|(at, c)| if kept[at] { c } else { language(c) })
            .collect::<Vec<char>>()
            .into_iter();
        for output in &mut outputs {
            let mut bytes = Vec::new();
            for chunk in output.bytes().utf8_chunks() {
                let count = chunk.valid().chars().count();
                let valid: String = letters.by_ref().take(count).collect();
                bytes.extend(valid.bytes());
                if !chunk.invalid().is_empty() {
                    letters.next(); // the sign that stands for them
                    bytes.extend(chunk.invalid());
                }
            }
            **output = Payload::from(bytes);
        }
    }
    evidence
}
