//! The machine's fault, which is never the learner's.

use std::fmt;

/// Why a check could not run here: what failed, why, and what to do about it.
///
/// Its three texts are shown on three lines, and the command ends with exit status 3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupError {
    /// What could not be done: a lower-case fragment without a full stop.
    pub what: String,
    /// Why not, the operating system's own words last.
    pub why: String,
    /// The next thing to do, as a command where there is one.
    pub next: String,
}

impl SetupError {
    /// An error of three texts.
    pub fn new(what: impl Into<String>, why: impl fmt::Display, next: impl Into<String>) -> Self {
        SetupError { what: what.into(), why: why.to_string(), next: next.into() }
    }
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.why)
    }
}

impl std::error::Error for SetupError {}
