//! What was seen in the place of something that did not come, in words. Pure functions.

use crate::evidence::{Call, Ending, Evidence, Exit, Expectation, Payload, Stream, View, What};

/// What was seen when nothing came that would do.
pub(super) fn missing(expectation: &Expectation, ending: Ending, evidence: &Evidence) -> String {
    if let Some(away) = evidence.all().find_map(|what| match what {
        What::Ran { away } => Some(away),
        _ => None,
    }) {
        return format!("it {away} and was stopped");
    }
    if let Some(refused) = refusal(evidence) {
        return refused;
    }
    let seen = instead(expectation, evidence);
    let state = evidence.last_rest().map_or("it is running".into(), state);
    match ending {
        Ending::Exited => {
            let exit = evidence.exit().map_or("it ended".into(), |exit| format!("it {exit}"));
            let words = last_words(&evidence.output_on(Stream::Errors));
            let words = words.map(|words| format!(": {words}")).unwrap_or_default();
            format!("{seen}; {exit}{words}")
        }
        Ending::Quiet => format!("{seen}; {state} and will not go on by itself"),
        Ending::Busy => format!("{seen} within 5 seconds; it is running, and waits for nothing"),
        Ending::Deadline | Ending::Contradicted => format!("{seen} within 5 seconds; {state}"),
    }
}

fn refusal(evidence: &Evidence) -> Option<String> {
    evidence.all().find_map(|what| match what {
        What::Refused { command, errno, .. } => {
            let error = std::io::Error::from_raw_os_error(*errno);
            Some(format!("{}: {error}", command.first().map_or("", String::as_str)))
        }
        _ => None,
    })
}

/// The nearest thing to what was expected.
fn instead(expectation: &Expectation, evidence: &Evidence) -> String {
    let output = Payload::from(evidence.output_since_sent());
    match expectation {
        Expectation::DatagramSocket | Expectation::Bound { .. } => {
            match evidence.last_rest().and_then(|view| view.sockets.first()) {
                Some(socket) => socket.to_string(),
                None => "no socket".into(),
            }
        }
        Expectation::SomeOutput => "no output".into(),
        Expectation::Output { .. } if output.bytes().is_empty() => "no output".into(),
        Expectation::Output { .. } => format!("{} at its terminal", output.short()),
        Expectation::WaitsForEnter | Expectation::WaitsForAnswer => "no such wait".into(),
        Expectation::Success | Expectation::Complaint | Expectation::CleanEnd => {
            "it did not end".into()
        }
        _ => "nothing".into(),
    }
}

/// What the program is doing.
fn state(view: &View) -> String {
    let waiter = view.threads.iter().find(|thread| !thread.on.is_empty());
    match waiter.or(view.threads.first()) {
        None => "it is still there".into(),
        Some(thread) if thread.call == Call::Stopped => {
            "a signal has stopped it, as Ctrl-Z does,".into()
        }
        Some(thread) if thread.waits_on_terminal() => "it waits for input at its terminal".into(),
        Some(thread) => format!("it waits in {}", thread.call.name()),
    }
}

/// True when a program did not end but break: a signal that it did not ask for, a panic, an
/// exception that nobody caught.
pub(super) fn is_crash(exit: Exit, output: &[u8]) -> bool {
    const MARKS: [&str; 4] =
        ["Traceback (most recent call last)", "panicked at", "Uncaught", "node:internal"];
    let text = String::from_utf8_lossy(output);
    match exit {
        Exit::Signal(_) => true,
        Exit::Code(0) => false,
        Exit::Code(code) => code == 101 || MARKS.iter().any(|mark| text.contains(mark)),
    }
}

/// The last line with text: where Python, and most others, say what went wrong. Rust says it on
/// the line after `panicked at`.
pub(super) fn last_words(output: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(output);
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let panic = lines().skip_while(|line| !line.contains("panicked at")).nth(1);
    let line = panic.or_else(|| lines().next_back())?;
    Some(Payload::from(line).plain())
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
