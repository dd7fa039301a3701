//! Comparing a pattern with what a program printed.

use std::collections::BTreeMap;
use std::ops::Range;

use super::pattern::{Part, Pattern};

/// The numbers that `[PORT]`, `[PORT2]`, … stand for, as far as they have been seen.
///
/// One value serves all lanes of a transcript, so that a port which the client prints is the same
/// one that the server prints.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bindings {
    ports: BTreeMap<String, Bound>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bound {
    number: u16,
    line: usize,
}

impl Bindings {
    /// The number that `name`, for instance `PORT2`, stands for, if it has been seen.
    pub fn get(&self, name: &str) -> Option<u16> {
        self.ports.get(name).map(|bound| bound.number)
    }

    /// The handout's line, from 1, that first met `name`.
    pub fn line(&self, name: &str) -> Option<usize> {
        self.ports.get(name).map(|bound| bound.line)
    }

    pub(super) fn bind(&mut self, name: &str, number: u16, line: usize) {
        self.ports.entry(name.to_owned()).or_insert(Bound { number, line });
    }
}

/// A piece of a line that a program printed, and whether the handout has it letter by letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The piece, with control characters and invalid UTF-8 escaped.
    pub text: String,
    /// Whether it stood for a `[PORT]` or for `...`.
    pub varies: bool,
}

/// Where a pattern was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found<'p> {
    /// How many bytes it takes.
    pub(super) end: usize,
    /// What each part of the pattern matched.
    pub(super) spans: Vec<Range<usize>>,
    /// The ports met for the first time.
    pub(super) ports: Vec<(&'p str, u16)>,
}

impl Pattern {
    /// Compares the pattern with `text`, all of it if `whole`, else its beginning.
    ///
    /// A `...` takes as little as it can, and what was settled before it stays settled; so the
    /// time is at most the product of the lengths, whatever the program prints.
    ///
    /// # Errors
    ///
    /// The byte of `text` up to which it can be explained.
    pub(super) fn search<'p>(
        &'p self,
        text: &[u8],
        whole: bool,
        bindings: &Bindings,
    ) -> Result<Found<'p>, usize> {
        let mut found = Found { end: 0, spans: Vec::new(), ports: Vec::new() };
        let mut retry: Option<(usize, usize)> = None; // the last `...`, and the ports before it
        let mut best = Progress::default();
        loop {
            let part = found.spans.len();
            let length = match self.parts.get(part) {
                None if whole && found.end < text.len() => Err(0),
                None => return Ok(found),
                Some(Part::Any) => {
                    retry = Some((part, found.ports.len()));
                    Ok(0)
                }
                Some(Part::Text(wanted)) => same(wanted.as_bytes(), &text[found.end..]),
                Some(Part::Port(name)) => {
                    let after_any = retry.is_some_and(|(any, _)| any + 1 == part);
                    port(text, found.end, after_any).map_or(Err(0), |(length, number)| {
                        let here = found.ports.iter().find(|(known, _)| known == name);
                        let known = bindings.get(name).or(here.map(|(_, number)| *number));
                        if known.is_none() {
                            found.ports.push((name, number));
                        }
                        if known.is_none_or(|known| known == number) { Ok(length) } else { Err(0) }
                    })
                }
            };
            match (length, retry) {
                (Ok(length), _) => {
                    found.spans.push(found.end..found.end + length);
                    found.end += length;
                }
                (Err(partly), retry) => {
                    best.note(part, partly, found.end);
                    // The last `...` takes one byte more, and what came after it is tried again.
                    let Some((any, ports)) =
                        retry.filter(|(any, _)| found.spans[*any].end < text.len())
                    else {
                        return Err(best.at);
                    };
                    found.spans.truncate(any + 1);
                    found.spans[any].end += 1;
                    found.end = found.spans[any].end;
                    found.ports.truncate(ports);
                }
            }
        }
    }
}

/// How far the most successful attempt came.
#[derive(Debug, Default)]
struct Progress {
    reached: Option<(usize, usize)>,
    at: usize,
}

impl Progress {
    /// Notes an attempt that matched `partly` bytes of `part`, which was tried at byte `start`.
    fn note(&mut self, part: usize, partly: usize, start: usize) {
        if self.reached.is_none_or(|reached| reached < (part, partly)) {
            self.reached = Some((part, partly));
            self.at = start + partly;
        }
    }
}

/// The length of `wanted` if `text` begins with it, else how many bytes are the same.
fn same(wanted: &[u8], text: &[u8]) -> Result<usize, usize> {
    let count = wanted.iter().zip(text).take_while(|(a, b)| a == b).count();
    if count == wanted.len() { Ok(count) } else { Err(count) }
}

/// The port number at `at`, and its length. It takes all the digits that are there.
fn port(text: &[u8], at: usize, after_any: bool) -> Option<(usize, u16)> {
    // Any text before it must not eat the number's first digits.
    if after_any && at > 0 && text[at - 1].is_ascii_digit() {
        return None;
    }
    let length = text[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 || text[at] == b'0' {
        return None;
    }
    let digits = std::str::from_utf8(&text[at..at + length]).ok()?;
    Some((length, digits.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces that a whole line is made of, or where it stops to match.
    fn whole(pattern: &str, text: &str) -> Result<Vec<String>, usize> {
        let pattern = Pattern::line(pattern).unwrap();
        let found = pattern.search(text.as_bytes(), true, &bindings())?;
        Ok(found.spans.into_iter().map(|span| text[span].to_owned()).collect())
    }

    fn bindings() -> Bindings {
        let mut bindings = Bindings::default();
        bindings.bind("PORT9", 900, 7);
        bindings
    }

    #[test]
    fn a_line_matches_as_a_whole() {
        for (pattern, text, pieces) in [
            ("", "", &[][..]),
            ("abc", "abc", &["abc"]),
            ("...", "", &[""]),
            ("...", "any text", &["any text"]),
            ("a...", "abc", &["a", "bc"]),
            ("a...c", "abcbc", &["a", "bcb", "c"]),
            ("a...b...c", "a1b2c", &["a", "1", "b", "2", "c"]),
            (":[PORT]", ":65535", &[":", "65535"]),
            ("...[PORT]", "port 40000", &["port ", "40000"]),
            ("[PORT] [PORT]", "1 1", &["1", " ", "1"]),
            ("[PORT] [PORT2]", "1 2", &["1", " ", "2"]),
            ("[PORT9]!", "900!", &["900", "!"]),
            ("...:[PORT]", "a:b:5", &["a:b", ":", "5"]),
        ] {
            let pieces = pieces.iter().map(|piece| (*piece).to_owned()).collect();
            assert_eq!(whole(pattern, text), Ok(pieces), "{pattern} on {text}");
        }
    }

    #[test]
    fn the_first_difference_is_told() {
        for (pattern, text, at) in [
            ("UDP server is up", "UDP server is listening", 14),
            ("abc", "ab", 2),
            ("abc", "abcd", 3),
            ("", "x", 0),
            ("a...xyz", "a 1 xy 2 xz", 6),
            ("a...xyz", "abc", 1),
            (":[PORT]", ":0", 1),
            (":[PORT]", ":01", 1),
            (":[PORT]", ":65536", 1),
            (":[PORT]", ":x", 1),
            (":[PORT].", ":1234567.", 1),
            ("...[PORT]", "700000", 0),
            ("[PORT] [PORT]", "1 2", 2),
            ("[PORT9]!", "901!", 0),
        ] {
            assert_eq!(whole(pattern, text), Err(at), "{pattern} on {text}");
        }
    }

    #[test]
    fn a_prompt_matches_the_beginning() {
        for (pattern, text, end) in [
            ("Enter: ", "Enter: Sending", Ok(7)),
            ("Enter: ", "Enter:", Err(6)),
            ("", "anything", Ok(0)),
            ("...> ", "port 12> and> ", Ok(9)),
            ("[PORT]> ", "12", Err(2)),
        ] {
            let pattern = Pattern::prompt(pattern).unwrap();
            let found = pattern.search(text.as_bytes(), false, &Bindings::default());
            assert_eq!(found.map(|found| found.end), end, "{pattern} on {text}");
        }
    }

    #[test]
    fn ports_that_an_abandoned_attempt_met_are_forgotten() {
        let pattern = Pattern::line("...a[PORT]b").unwrap();
        let found = pattern.search(b"a1 a2b", true, &Bindings::default()).unwrap();
        assert_eq!(found.ports, [("PORT", 2)]);
    }
}
