//! The words of a line, each with its place.

use std::ops::Range;

/// What is wrong, and at which characters of the line, counted from 0.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) place: Range<usize>,
    pub(super) message: String,
}

/// A word of a line.
#[derive(Debug, Clone)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) place: Range<usize>,
}

impl Word<'_> {
    pub(super) fn is_wrong<T>(&self, message: impl Into<String>) -> Result<T, Wrong> {
        Err(Wrong { place: self.place.clone(), message: message.into() })
    }
}

/// The words of a line up to its comment, one after the other.
#[derive(Debug)]
pub(super) struct Words<'a> {
    words: std::iter::Peekable<std::vec::IntoIter<Word<'a>>>,
    /// Where the last word ends: what is missing at the end is missing there.
    end: usize,
}

impl<'a> Words<'a> {
    pub(super) fn of(line: &'a str) -> Words<'a> {
        let line = line.split('#').next().unwrap_or(line);
        let mut place = 0;
        let mut words = Vec::new();
        for text in line.split(char::is_whitespace) {
            let length = text.chars().count();
            // `the second datagram from the server` reads better aloud, and means no more.
            if length > 0 && text != "the" {
                words.push(Word { text, place: place..place + length });
            }
            place += length + 1;
        }
        let end = words.last().map_or(0, |word| word.place.end);
        Words { words: words.into_iter().peekable(), end }
    }

    pub(super) fn next(&mut self) -> Option<Word<'a>> {
        self.words.next()
    }

    pub(super) fn peek(&mut self) -> Option<&'a str> {
        self.words.peek().map(|word| word.text)
    }

    /// The next word if it is this one.
    pub(super) fn take(&mut self, text: &str) -> Option<Word<'a>> {
        self.words.next_if(|word| word.text == text)
    }

    /// The next word; `missing` says what should be there.
    pub(super) fn expect(&mut self, missing: impl Into<String>) -> Result<Word<'a>, Wrong> {
        self.next().ok_or_else(|| self.at_end(missing))
    }

    /// A mistake at the end of the line.
    pub(super) fn at_end(&self, message: impl Into<String>) -> Wrong {
        Wrong { place: self.end + 1..self.end + 2, message: message.into() }
    }
}

/// The one of `words` that `text` was likely meant as.
pub(super) fn nearest<'a>(text: &str, words: &[&'a str]) -> Option<&'a str> {
    let distance = |word: &&str| strsim::damerau_levenshtein(&text.to_lowercase(), word);
    let near = words.iter().filter(|word| distance(word) <= word.chars().count() / 3 + 1);
    near.min_by_key(|word| distance(word)).copied()
}

/// `a, b or c`.
pub(super) fn list(words: &[&str]) -> String {
    match words {
        [front @ .., last] if !front.is_empty() => format!("{} or {last}", front.join(", ")),
        _ => words.concat(),
    }
}
