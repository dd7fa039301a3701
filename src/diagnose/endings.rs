//! Causes of a program that ends too early, too late, or with the wrong status.

use super::answers::sleeps;
use super::outputs::socket_gone;
use super::{Case, Cause, Finding};
use crate::evidence::{Ending, Exit, Expectation};

pub(super) const CAUSES: &[Cause] = &[
    Cause { id: "except-hides-bug", shows: error_not_looked_at },
    Cause { id: "out-silent", shows: silent },
    Cause { id: "exit-code-inverted", shows: wrong_status },
    Cause { id: "udp-serves-once", shows: server_ended },
    Cause { id: "exit-early", shows: early },
    Cause { id: "udp-socket-per-message", shows: never_gets_it },
    Cause { id: "conc-sleeps", shows: sleeps },
    Cause { id: "exit-never", shows: never },
];

fn error_not_looked_at(case: &Case<'_>) -> Option<Finding> {
    let complaint = matches!(case.unmet.expectation, Expectation::Complaint);
    let runs_on = matches!(case.unmet.ending, Ending::Quiet | Ending::Deadline | Ending::Busy);
    (complaint && runs_on).then_some(())?;
    Finding::new(
        "your program goes on although bind failed: its error is not looked at",
        "look at what bind returns; say what went wrong, and end with a status that is not 0",
    )
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
        (Expectation::Success, Exit::Code(code)) if code != 0 && code != 101 => Finding::new(
            format!("all was done, but your program ends with status {code}, which says it failed"),
            "end with status 0 when the work is done",
        ),
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

fn never(case: &Case<'_>) -> Option<Finding> {
    if matches!(case.unmet.expectation, Expectation::WaitsForEnter) {
        case.waits_to_receive().then_some(())?;
        return Finding::new(
            "your program waits in a receive, where it should wait for Enter",
            "read a line from standard input, and receive nothing",
        );
    }
    let ends = matches!(case.unmet.expectation, Expectation::Success | Expectation::CleanEnd);
    let runs_on = matches!(case.unmet.ending, Ending::Quiet | Ending::Deadline | Ending::Busy);
    (ends && runs_on).then_some(())?;
    Finding::new(
        "your program does not end when its work is done",
        "leave the loop, close the socket and let main return",
    )
}
