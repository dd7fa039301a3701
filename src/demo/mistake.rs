//! Where in a handout a mistake is.

use std::ops::Range;

use crate::evidence::Mistake;

impl Mistake {
    /// A mistake in the command of a transcript's `$` line.
    pub fn in_command(file: &str, line: usize, command: &str, message: impl Into<String>) -> Self {
        Mistake {
            file: file.to_owned(),
            line,
            column: 3,
            width: command.chars().count().max(1),
            message: message.into(),
            source: format!("$ {command}"),
        }
    }
}

/// A handout's text, and the name to report it under.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Source<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
}

impl Source<'_> {
    /// The line, from 1, that holds the byte at `offset`.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        1 + self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }

    /// A mistake in the bytes of `place`, of which only the first line is marked.
    pub(super) fn mistake(&self, place: Range<usize>, message: impl Into<String>) -> Mistake {
        let start = self.boundary(place.start);
        let line_start = self.text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let rest = &self.text[line_start..];
        let source = rest.split('\n').next().unwrap_or(rest).trim_end_matches('\r');
        let line_end = line_start + source.len();
        let start = start.min(line_end);
        let end = self.boundary(place.end).clamp(start, line_end);
        Mistake {
            file: self.file.to_owned(),
            line: self.line_of(start),
            column: 1 + self.text[line_start..start].chars().count(),
            width: self.text[start..end].chars().count().max(1),
            message: message.into(),
            source: source.to_owned(),
        }
    }

    /// The last character boundary at or before `offset`.
    fn boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

/// Whether `word` is `wanted` with at most two letters wrong, missing or added, in any case.
pub(super) fn is_misspelt(word: &str, wanted: &str) -> bool {
    word != wanted && distance(&word.to_lowercase(), &wanted.to_lowercase()) <= 2
}

/// The Levenshtein distance, a row at a time.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, wrong: &str) -> String {
        let start = text.find(wrong).unwrap();
        Source { file: "README.md", text }.mistake(start..start + wrong.len(), "wrong").to_string()
    }

    #[test]
    fn the_caret_is_under_the_very_characters() {
        assert_eq!(
            shown("one\nEnter: «Hello» then\n", "then"),
            "README.md:2:16: wrong\n  |\n2 | Enter: «Hello» then\n  |                ^^^^"
        );
    }

    #[test]
    fn the_gutter_grows_with_the_line_number_and_tabs_stay_tabs() {
        let text = format!("{}\tü x\r\n", "\n".repeat(9));
        assert_eq!(shown(&text, "x"), "README.md:10:4: wrong\n   |\n10 | \tü x\n   | \t  ^");
    }

    #[test]
    fn a_place_past_the_end_is_marked_at_the_end() {
        let source = Source { file: "README.md", text: "ab" };
        let mistake = source.mistake(7..9, "wrong");
        assert_eq!((mistake.line, mistake.column, mistake.width), (1, 3, 1));
        assert_eq!(Source { file: "", text: "" }.mistake(0..0, "empty").column, 1);
    }

    #[test]
    fn only_the_first_line_of_a_long_place_is_marked() {
        let mistake = Source { file: "README.md", text: "abc\ndef" }.mistake(1..7, "wrong");
        assert_eq!((mistake.line, mistake.column, mistake.width), (1, 2, 2));
    }

    #[test]
    fn two_wrong_letters_are_a_misspelling_and_three_are_another_word() {
        for (word, misspelt) in [
            ("console", false),
            ("consoel", true),
            ("Console", true),
            ("consol", true),
            ("cosnole", true),
            ("consult", true),
            ("toml", false),
            ("c", false),
            ("rust", false),
        ] {
            assert_eq!(is_misspelt(word, "console"), misspelt, "{word}");
        }
    }
}
