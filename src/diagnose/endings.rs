//! Causes of a program that ends too early, too late, or with the wrong status.

use super::answers::sleeps;
use super::outputs::socket_gone;
use super::{Case, Cause, Finding};
use crate::evidence::{Ending, Exit, Expectation, SocketCall, Stream};

pub(super) const CAUSES: &[Cause] = &[
    Cause { id: "except-hides-bug", shows: error_not_looked_at },
    Cause { id: "out-silent", shows: silent },
    Cause { id: "exit-code-inverted", shows: wrong_status },
    Cause { id: "udp-serves-once", shows: server_ended },
    Cause { id: "exit-early", shows: early },
    Cause { id: "udp-socket-per-message", shows: never_gets_it },
    Cause { id: "conc-sleeps", shows: sleeps },
    Cause { id: "exit-never", shows: complains_and_stays },
    Cause { id: "exit-never", shows: never },
];

/// True when it goes on where it should end.
fn runs_on(case: &Case<'_>) -> bool {
    matches!(case.unmet.ending, Ending::Quiet | Ending::Deadline | Ending::Busy)
}

/// It says nothing of the error, and does nothing about it: neither tries again nor elsewhere.
fn error_not_looked_at(case: &Case<'_>) -> Option<Finding> {
    let complaint = matches!(case.unmet.expectation, Expectation::Complaint);
    (complaint && runs_on(case) && !case.failed_with(libc::EADDRINUSE)).then_some(())?;
    let binds = case.calls().filter(|call| matches!(call, SocketCall::Bind { .. }));
    let has_a_port = case.udp().any(|socket| socket.port().is_some());
    (binds.count() <= 1 && !has_a_port).then_some(())?;
    let hides = Finding::new(
        "your program goes on although bind failed: its error is not looked at",
        "look at what bind returns; say what went wrong, and end with a status that is not 0",
    );
    if case.printed().trim().is_empty() {
        return hides;
    }
    hides.and_then(Finding::or("exit-never", "it says so in its own words, and does not end"))
}

fn silent(case: &Case<'_>) -> Option<Finding> {
    let complaint = matches!(case.unmet.expectation, Expectation::Complaint);
    let failed = matches!(case.unmet.exit?, Exit::Code(code) if code != 0);
    (complaint && failed && case.printed().trim().is_empty()).then_some(())?;
    Finding::new(
        "your program ends with an error, and without a word",
        "print the error before you end (Rust: eprintln!, or return it from main)",
    )
}

fn wrong_status(case: &Case<'_>) -> Option<Finding> {
    match (&case.unmet.expectation, case.unmet.exit?) {
        (Expectation::Complaint, Exit::Code(0)) => Finding::new(
            "your program ends with status 0, which says that all went well, although bind failed",
            "end with a status that is not 0 (Rust: return the error, or std::process::exit(1))",
        ),
        (Expectation::Success, Exit::Code(code)) if code != 0 && code != 101 => {
            // Some say goodbye there, and some say what failed.
            let words = !case.evidence.output_on(Stream::Errors).is_empty();
            Finding::new(
                format!("your program ends with status {code}, which says that it failed"),
                match words {
                    true => {
                        "end with status 0 when the work is done; if something did fail, its last \
                         words say what"
                    }
                    false => "end with status 0 when the work is done",
                },
            )
        }
        _ => None,
    }
}

fn server_ended(case: &Case<'_>) -> Option<Finding> {
    matches!(case.unmet.expectation, Expectation::Running).then_some(())?;
    case.unmet.exit?;
    Finding::new(
        format!("your server ended after {} messages", case.received()),
        "put receive and answer in a loop that does not end",
    )
}

fn early(case: &Case<'_>) -> Option<Finding> {
    let waits =
        matches!(case.unmet.expectation, Expectation::WaitsForEnter | Expectation::WaitsForAnswer);
    (waits && case.unmet.exit.is_some_and(Exit::is_success)).then_some(())?;
    Finding::new(
        "your program ended where it should wait",
        "wait as the handout says: for Enter, or in recvfrom for the answer",
    )
}

/// It waits for an answer that went to a socket it has closed.
fn never_gets_it(case: &Case<'_>) -> Option<Finding> {
    matches!(case.unmet.expectation, Expectation::Success | Expectation::CleanEnd).then_some(())?;
    socket_gone(case).filter(|_| case.waits_to_receive())
}

/// It says what is wrong, and waits.
fn complains_and_stays(case: &Case<'_>) -> Option<Finding> {
    let complaint = matches!(case.unmet.expectation, Expectation::Complaint);
    (complaint && runs_on(case) && case.failed_with(libc::EADDRINUSE)).then_some(())?;
    Finding::new(
        "your program says that bind failed, and does not end: whoever started it waits on",
        "end after the message, with a status that is not 0",
    )
}

fn never(case: &Case<'_>) -> Option<Finding> {
    if matches!(case.unmet.expectation, Expectation::WaitsForEnter) {
        case.waits_to_receive().then_some(())?;
        return Finding::new(
            "your program waits in a receive, where it should wait for Enter",
            "read a line from standard input, and receive nothing",
        );
    }
    let ends = matches!(case.unmet.expectation, Expectation::Success | Expectation::CleanEnd);
    (ends && runs_on(case)).then_some(())?;
    Finding::new(
        "your program does not end when its work is done",
        "leave the loop, close the socket and let main return",
    )
}
