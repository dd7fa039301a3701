//! How programs break, and what they say when they do.

use super::{Exit, Payload, last_error};

/// True when a program did not end but break: a signal that it did not ask for, a panic, an
/// exception that nobody caught.
pub fn is_crash(exit: Exit, output: &[u8]) -> bool {
    const MARKS: [&str; 4] =
        ["Traceback (most recent call last)", "panicked at", "Uncaught", "node:internal"];
    let text = String::from_utf8_lossy(output);
    match exit {
        Exit::Signal(_) => true,
        Exit::Code(0) => false,
        Exit::Code(code) => code == 101 || MARKS.iter().any(|mark| text.contains(mark)),
    }
}

/// What a program says went wrong: the error that its runtime printed, or its last line with text.
pub fn last_words(output: &[u8]) -> Option<String> {
    let uncaught = last_error(output).filter(|error| error.kind.is_some());
    let words = uncaught.map(|error| error.words()).filter(|words| !words.is_empty());
    words.or_else(|| {
        let text = String::from_utf8_lossy(output);
        let line = text.lines().map(str::trim).rfind(|line| !line.is_empty())?;
        Some(Payload::from(line).unquoted())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_are_those_that_tell_why() {
        let python =
            b"Traceback (most recent call last):\n  File \"x.py\", line 1\nOSError: [Errno 98]\n";
        assert_eq!(last_words(python).as_deref(), Some("OSError: [Errno 98]"));
        let rust = b"\nthread 'main' panicked at src/main.rs:3:5:\nnot so\nnote: run with ...\n";
        assert_eq!(last_words(rust).as_deref(), Some("not so"));
        assert_eq!(last_words(b"\n \n"), None);
    }

    #[test]
    fn a_status_with_a_message_is_no_crash() {
        assert!(!is_crash(Exit::Code(1), b"An error occurred: x"));
        assert!(!is_crash(Exit::Code(0), b"panicked at"));
        assert!(is_crash(Exit::Code(101), b""));
        assert!(is_crash(Exit::Signal(11), b""));
        assert!(is_crash(Exit::Code(1), b"Traceback (most recent call last):\n"));
    }
}
