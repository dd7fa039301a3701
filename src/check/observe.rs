//! What was seen in the place of something that did not come, in words. Pure functions.

use crate::evidence::{
    Call, Ending, Evidence, Expectation, Payload, Stream, View, What, last_words,
};

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
            // Whoever ends well gives no reason: there it is a prompt, or a log.
            let failed = evidence.exit().is_some_and(|exit| !exit.is_success());
            let words = last_words(&evidence.output_on(Stream::Errors)).filter(|_| failed);
            let words = words.map(|words| format!(": {words}")).unwrap_or_default();
            format!("{seen}; {exit}{words}")
        }
        Ending::Quiet => format!("{seen}; {state} and will not go on by itself"),
        Ending::Busy => format!("{seen}; it is at work all the time, and waits for nothing"),
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
        Expectation::Output { .. } | Expectation::Figure { .. } if output.bytes().is_empty() => {
            "no output".into()
        }
        Expectation::Output { .. } | Expectation::Figure { .. } => {
            format!("{} at its terminal", output.short())
        }
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
