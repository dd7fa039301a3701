//! A mistake in a text that a person wrote, shown at its place.

use std::fmt;

/// A mistake in a handout or in a file of rules: what is wrong, where, and what would be right.
///
/// Displayed as the place, the message, and the line with carets under the very characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The file's name, as the caller gave it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The first wrong character in the line, from 1, counted in characters. One after the last
    /// where something is missing at the end.
    pub column: usize,
    /// How many characters are wrong; at least 1.
    pub width: usize,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// The line, without its line end.
    pub source: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        // A tab stays a tab, so that the caret lines up however wide the terminal shows it.
        let before = self.source.chars().take(self.column - 1);
        let indent: String = before.map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        writeln!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        writeln!(f, "{gutter} |")?;
        writeln!(f, "{number} | {}", self.source)?;
        write!(f, "{gutter} | {indent}{}", "^".repeat(self.width))
    }
}

impl std::error::Error for Mistake {}
