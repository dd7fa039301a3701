//! A difference between a handout and what a program really did.

use std::fmt;

use super::output::Line;
use super::pattern::Pattern;
use super::search::Bindings;

/// A difference between a handout and what a program really did.
///
/// Displayed as the handout's line, what it expects, what was seen, and a caret under the first
/// difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The handout's file name, as the caller gave it.
    pub file: String,
    /// The line in the handout, from 1.
    pub line: usize,
    /// The lane in which it was seen.
    pub lane: String,
    /// In which way they differ.
    pub difference: Difference,
    /// What the handout expects, with the ports that are known filled in; none where it expects
    /// nothing more.
    pub expected: Option<String>,
    /// What the program printed instead, escaped; none if it printed nothing.
    pub seen: Option<String>,
    /// How many characters of `seen` are explained by the handout.
    pub same: usize,
    /// How many lines a `...` has covered while this was looked for.
    pub skipped: usize,
    /// The ports that were filled in: name, number, and the handout's line that first met it.
    pub ports: Vec<(String, u16, usize)>,
}

/// In which way a handout and a program differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// The program printed another line.
    Differs,
    /// The program printed this line and did not end it.
    NoLineEnd,
    /// The program ended before it came to this.
    Ended,
    /// The program runs, and has not printed this when the caller gave up waiting.
    Silent,
    /// The program printed more than the handout shows: this many lines.
    More(usize),
    /// The program has not ended when the caller gave up waiting for that.
    StillRuns,
    /// The program printed the prompt, and nobody there waits for what would be typed.
    NotWaiting,
    /// The program has not ended after Ctrl-C.
    GoesOn,
}

impl Difference {
    /// Whether it is not about what the program printed, but about what it did then.
    fn is_about_doing(self) -> bool {
        matches!(self, Difference::NotWaiting | Difference::GoesOn)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Difference::Differs => "the handout and the program differ",
            Difference::NoLineEnd => "the program printed this without a line end",
            Difference::Ended => "the program ended before this",
            Difference::Silent => "the program has not printed this",
            Difference::More(_) => "the program printed more than the handout shows",
            Difference::StillRuns => "the program has not ended where the handout starts the next",
            Difference::NotWaiting => "the program does not wait for input here",
            Difference::GoesOn => "Ctrl-C has not ended the program",
        })
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} (lane {})", self.file, self.line, self.difference, self.lane)?;
        if let Some(expected) = &self.expected {
            write!(f, "\n  handout: {expected}")?;
        }
        match &self.seen {
            Some(seen) => write!(f, "\n  program: {seen}")?,
            None if self.expected.is_none() => {}
            None if self.difference.is_about_doing() => {}
            None if self.skipped == 0 => write!(f, "\n  program: (nothing)")?,
            None => write!(f, "\n  program: (nothing after the {} lines of `...`)", self.skipped)?,
        }
        if self.seen.is_some() && self.expected.is_some() {
            write!(f, "\n           {}^", " ".repeat(self.same))?;
        }
        if let Difference::More(lines @ 2..) = self.difference {
            write!(f, "\n  (the first of {lines} lines)")?;
        }
        for (name, number, line) in &self.ports {
            write!(f, "\n  ([{name}] is {number} since line {line})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Mismatch {}

impl Mismatch {
    /// A mismatch of which only the place is known.
    pub(super) fn at(file: &str, line: usize, lane: &str, difference: Difference) -> Mismatch {
        Mismatch {
            file: file.to_owned(),
            line,
            lane: lane.to_owned(),
            difference,
            expected: None,
            seen: None,
            same: 0,
            skipped: 0,
            ports: Vec::new(),
        }
    }

    /// Says what was expected: a pattern, and what would have been typed then.
    pub(super) fn expects(mut self, pattern: &Pattern, typed: &str, bindings: &Bindings) -> Self {
        let known = |name: &str| Some((name.to_owned(), bindings.get(name)?, bindings.line(name)?));
        self.expected = Some(pattern.render(bindings) + typed);
        self.ports = pattern.ports().filter_map(known).collect();
        self
    }

    /// Says what was seen, of which the first `same` bytes are as expected.
    pub(super) fn sees(mut self, line: Line<'_>, same: usize) -> Self {
        if line.length > 0 {
            let (seen, same) = escaped_until(line.text, same);
            self.seen = Some(seen);
            self.same = same;
        }
        self
    }
}

/// The text of `bytes`, with control characters and invalid UTF-8 escaped.
pub(super) fn escaped(bytes: &[u8]) -> String {
    escaped_until(bytes, bytes.len()).0
}

/// The escaped text of `bytes`, and how many of its characters show the bytes before `at`.
///
/// A character that `at` cuts in two is not counted.
pub(super) fn escaped_until(bytes: &[u8], at: usize) -> (String, usize) {
    let mut text = String::new();
    let mut before = 0;
    let mut position = 0;
    let mut count = 0;
    let mut add = |shown: String, length: usize| {
        position += length;
        count += shown.chars().count();
        if position <= at {
            before = count;
        }
        text.push_str(&shown);
    };
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            let shown = if c.is_control() { control(c) } else { c.to_string() };
            add(shown, c.len_utf8());
        }
        for byte in chunk.invalid() {
            add(format!("\\x{byte:02x}"), 1);
        }
    }
    (text, before)
}

fn control(c: char) -> String {
    match c {
        '\n' | '\r' | '\t' => c.escape_default().to_string(),
        c if c.is_ascii() => format!("\\x{:02x}", u32::from(c)),
        c => c.escape_unicode().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_and_invalid_bytes_are_escaped() {
        for (bytes, shown) in [
            (&b"plain"[..], "plain"),
            ("Gr\u{fc}\u{df}e \u{20ac}".as_bytes(), "Gr\u{fc}\u{df}e \u{20ac}"),
            (b"a\tb\r", "a\\tb\\r"),
            (b"\x1b[31m\0", "\\x1b[31m\\x00"),
            (b"\xffa\xe2\x82", "\\xffa\\xe2\\x82"),
            ("\u{85}".as_bytes(), "\\u{85}"),
        ] {
            assert_eq!(escaped(bytes), shown);
        }
    }

    #[test]
    fn a_place_in_bytes_becomes_a_place_in_characters() {
        for (bytes, at, before) in [
            ("ab".as_bytes(), 1, 1),
            ("\u{fc}b".as_bytes(), 1, 0),
            ("\u{fc}b".as_bytes(), 2, 1),
            (b"\xffb", 1, 4),
            (b"ab", 2, 2),
            (b"", 0, 0),
        ] {
            assert_eq!(escaped_until(bytes, at).1, before, "{bytes:?} at {at}");
        }
    }

    fn mismatch(difference: Difference, expected: Option<&str>, seen: Option<&str>) -> Mismatch {
        Mismatch {
            expected: expected.map(str::to_owned),
            seen: seen.map(str::to_owned),
            same: 3,
            ..Mismatch::at("README.md", 24, "server", difference)
        }
    }

    #[test]
    fn the_report_shows_both_sides_and_the_first_difference() {
        assert_eq!(
            mismatch(Difference::Differs, Some("UDP up"), Some("UDP_up")).to_string(),
            "README.md:24: the handout and the program differ (lane server)\n\
            \x20 handout: UDP up\n\
            \x20 program: UDP_up\n\
            \x20             ^"
        );
        assert_eq!(
            mismatch(Difference::Ended, Some("UDP up"), None).to_string(),
            "README.md:24: the program ended before this (lane server)\n\
            \x20 handout: UDP up\n\
            \x20 program: (nothing)"
        );
        assert_eq!(
            mismatch(Difference::More(2), None, Some("Bye")).to_string(),
            "README.md:24: the program printed more than the handout shows (lane server)\n\
            \x20 program: Bye\n\
            \x20 (the first of 2 lines)"
        );
        assert_eq!(
            mismatch(Difference::NotWaiting, Some("Name: «Ada»"), None).to_string(),
            "README.md:24: the program does not wait for input here (lane server)\n\
            \x20 handout: Name: «Ada»"
        );
    }

    #[test]
    fn a_port_that_was_filled_in_is_explained() {
        let mut mismatch = mismatch(Difference::Differs, Some("to 40000"), Some("to 40001"));
        mismatch.ports.push(("PORT".to_owned(), 40000, 21));
        assert!(mismatch.to_string().ends_with("\n  ([PORT] is 40000 since line 21)"));
    }
}
