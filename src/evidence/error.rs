//! The error that a program's runtime printed last: known by the runtime's own fixed forms, never by
//! words that a program has chosen.

mod errno;
mod runtimes;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::Payload;
pub use errno::errno_name;

/// An error as a runtime prints it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RuntimeError {
    /// Whose form it has: `Python`, `Rust`, `Node`, `Java`, `Go`, `C++`; nothing where several print
    /// it so.
    pub runtime: Option<&'static str>,
    /// Its class, or `panic`.
    pub kind: Option<String>,
    /// The number that the operating system gave, where it shows.
    pub errno: Option<i32>,
    /// What it says; empty where that is missing, and of a long text the end.
    pub message: String,
    /// Where in the program: the innermost place that is not in the runtime's own library.
    pub file: Option<String>,
    /// The line there.
    pub line: Option<u32>,
    /// All of it in one line, as it was printed.
    #[serde(skip)]
    words: String,
}

impl RuntimeError {
    /// What went wrong, as it was printed: `OSError: [Errno 98] Address already in use`.
    pub fn words(&self) -> String {
        Payload::from(&self.words).unquoted()
    }

    fn shortened(self) -> RuntimeError {
        RuntimeError { message: end_of(self.message), words: end_of(self.words), ..self }
    }

    /// Where, in words: `line 12 of server.py`.
    pub fn place(&self) -> Option<String> {
        let (file, line) = (self.file.as_ref()?, self.line?);
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        Some(Payload::from(format!("line {line} of {name}")).unquoted())
    }
}

/// The last error in some output: one with a form of its own, or else the last line in which an error
/// of the operating system stands, by its number, its name, or the text that C libraries have for it.
pub fn last_error(output: &[u8]) -> Option<RuntimeError> {
    let text = String::from_utf8_lossy(output);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let backwards = || (0..lines.len()).rev();
    let of_a_runtime = |at: usize| {
        runtimes::READERS.iter().find_map(|(runtime, read)| {
            let error = read(&lines[..at], lines[at], &lines[at + 1..])?;
            Some(RuntimeError { runtime: Some(runtime), ..error.shortened() })
        })
    };
    let found = backwards().find_map(of_a_runtime);
    let any = || backwards().find_map(|at| runtimes::read_any(lines[at]));
    found.or_else(|| Some(any()?.shortened()))
}

/// The longest text that is kept of an error, in characters.
const LONGEST: usize = 200;

/// The end of a text: what stands before an error in its line is of another kind.
fn end_of(text: String) -> String {
    match text.char_indices().rev().nth(LONGEST - 1) {
        Some((at, _)) if at > 0 => format!("…{}", &text[at..]),
        _ => text,
    }
}
