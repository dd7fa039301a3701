//! Causes of waiting too long, too short or for the wrong datagram, and of figures that are wrong.

use std::net::SocketAddr;

use super::{Case, Cause, Finding};
use crate::evidence::{Ending, Expectation, Figure, Role, What, is_crash};

pub(super) const CAUSES: &[Cause] = &[
    Cause { id: "match-source-unchecked", shows: believes_a_stranger },
    Cause { id: "match-late-reply", shows: believes_a_late_reply },
    Cause { id: "to-any-error-is-timeout", shows: does_not_wait },
    Cause { id: "count-off-by-one", shows: too_few },
    Cause { id: "to-none", shows: waits_for_ever },
    Cause { id: "to-wrong-value", shows: another_time },
    Cause { id: "rtt-cpu-clock", shows: measures_nothing },
    Cause { id: "stats-invented", shows: another_figure },
];

/// What a peer sent last, and who.
fn last_reply<'e>(case: &Case<'e>) -> Option<(SocketAddr, &'e [u8])> {
    case.evidence.all().rev().find_map(|what| match what {
        What::Sent { from, payload, .. } => Some((*from, payload.bytes())),
        _ => None,
    })
}

/// What the program has sent to this address, oldest first.
fn requests<'e>(case: &Case<'e>, address: SocketAddr) -> Vec<&'e [u8]> {
    let of_it = case.evidence.all().filter_map(|what| match what {
        What::Received { at, payload, .. } if *at == address => Some(payload.bytes()),
        _ => None,
    });
    of_it.collect()
}

/// The server's address, and the request that came although the one before it was not answered.
fn hasty(case: &Case<'_>) -> Option<SocketAddr> {
    match case.unmet.expectation {
        Expectation::Patience { at } => Some(at),
        _ => None,
    }
}

fn believes_a_stranger(case: &Case<'_>) -> Option<Finding> {
    let server = hasty(case)?;
    let (from, _) = last_reply(case)?;
    (from != server).then_some(())?;
    Finding::new(
        format!(
            "your client took a datagram from {from} for the answer: it asked {server}, and anybody \
             can send to its port"
        ),
        "compare the sender with the address that you asked, and go on waiting when it is another",
    )
}

fn believes_a_late_reply(case: &Case<'_>) -> Option<Finding> {
    let server = hasty(case)?;
    let (_, reply) = last_reply(case)?;
    // The newest is the hasty one; it waits for the answer to the one before.
    let (_hasty, asked) = requests(case, server).split_last().map(|(a, b)| (*a, b.to_vec()))?;
    let (_, earlier) = asked.split_last()?;
    let place = earlier.iter().position(|request| request.eq_ignore_ascii_case(reply))?;
    let times = case.sent().filter(|sent| *sent == reply).count();
    let how = if times > 1 { "came twice" } else { "was late" };
    Finding::new(
        format!(
            "your client took the answer to its request {} for that to request {}: it {how}, and \
             the next datagram that comes need not be the answer to the last request",
            place + 1,
            asked.len()
        ),
        "look for the request's number in the answer; ignore another one, and wait on for the time \
         that is left",
    )
}

fn does_not_wait(case: &Case<'_>) -> Option<Finding> {
    let waited = match case.unmet.expectation {
        Expectation::Interval { took_ms: Some(took), .. } => took,
        Expectation::Patience { .. } => 0,
        _ => return None,
    };
    (waited < 50).then_some(())?;
    Finding::new(
        "your client did not wait for the answer: some other error was taken for the end of the time",
        "catch the time-out alone, and print any other error: it has its own cause",
    )
}

fn too_few(case: &Case<'_>) -> Option<Finding> {
    let Expectation::Request { at } = case.unmet.expectation else { return None };
    let sent = requests(case, at).len();
    (sent > 0 && case.unmet.exit?.is_success()).then_some(())?;
    Finding::new(
        format!("your client ended after {sent} requests"),
        "count from the first to the last: Python's range(1, 10) stops before 10",
    )
}

fn waits_for_ever(case: &Case<'_>) -> Option<Finding> {
    let wants_more = matches!(
        case.unmet.expectation,
        Expectation::Interval { took_ms: None, .. }
            | Expectation::Request { .. }
            | Expectation::Success
            | Expectation::CleanEnd
    );
    let stuck = case.unmet.ending == Ending::Quiet && case.waits_to_receive();
    (wants_more && stuck && case.has_answered()).then_some(())?;
    Finding::new(
        "your client waits for an answer for ever: one that was lost never comes",
        "set a time limit before you wait (Python: settimeout, Rust: set_read_timeout, C: \
         SO_RCVTIMEO), and handle its end",
    )
}

fn another_time(case: &Case<'_>) -> Option<Finding> {
    let Expectation::Interval { least_ms, took_ms, .. } = case.unmet.expectation else {
        return None;
    };
    let seconds = |ms: u64| format!("{:.1} s", ms as f64 / 1e3);
    let message = match took_ms {
        Some(took) if took < least_ms => {
            format!("your client gave up on the answer after {}", seconds(took))
        }
        Some(took) => format!("your client went on only after {}", seconds(took)),
        None if case.unmet.ending == Ending::Deadline => {
            "your client had not gone on after 5 s".into()
        }
        None => return None,
    };
    Finding::new(
        message,
        "set the time limit to 1 s, and look at the unit: some calls take seconds, others \
         milliseconds",
    )
}

fn measures_nothing(case: &Case<'_>) -> Option<Finding> {
    let Expectation::Figure { figure: Figure::Time { least_us, .. } } = &case.unmet.expectation
    else {
        return None;
    };
    let printed = case.printed_since_sent();
    let words = printed.split(|c: char| !c.is_ascii_digit() && c != '.');
    let numbers = words.filter(|word| word.contains('.')).filter_map(|word| word.parse().ok());
    let numbers: Vec<f64> = numbers.collect();
    // Even read as milliseconds it is next to nothing.
    let least_ms = *least_us as f64 / 1e3;
    (!numbers.is_empty() && numbers.iter().all(|number| *number < least_ms / 10.0)).then_some(())?;
    // In seconds it may be right but for a part.
    let in_seconds = numbers.iter().any(|number| *number * 1e3 >= least_ms / 2.0);
    (!in_seconds).then_some(())?;
    Finding::new(
        "the time that is printed is next to nothing: it may be the time that your program has \
         computed, which does not grow while it waits",
        "measure with a monotonic clock (Python: time.monotonic(), Rust: Instant, C: clock_gettime \
         with CLOCK_MONOTONIC), from before the send to after the receive",
    )
}

fn another_figure(case: &Case<'_>) -> Option<Finding> {
    let Expectation::Figure { figure } = &case.unmet.expectation else { return None };
    let printed = case.printed_since_sent();
    printed.contains(|c: char| c.is_ascii_digit()).then_some(())?;
    let Figure::Number { what, forms } = figure else {
        return Finding::new(
            "a time is printed that is not the one between the request and its answer",
            "take the time just before the send and just after the receive of the right answer",
        );
    };
    Finding::new(
        format!("{what} is not {}, as it was on the wire", forms.first()?),
        "count what was sent and what was answered, and work the figure out of that",
    )
}

/// It broke where an answer was missing, and had not tried again.
pub(super) fn uncaught(case: &Case<'_>) -> Option<Finding> {
    let goes_on = match case.unmet.expectation {
        Expectation::Interval { .. }
        | Expectation::Request { .. }
        | Expectation::Success
        | Expectation::CleanEnd => true,
        // A lab's own check knows why it judges the end; a crash is no end that somebody meant.
        Expectation::Fact => {
            case.unmet.exit.is_some_and(|exit| is_crash(exit, &case.evidence.output()))
        }
        _ => false,
    };
    let unanswered = case.role == Role::Client && case.has_answered();
    // Where the lab itself knows a cause, a status that is not 0 may be what it asks for.
    let of_system = || case.error().is_some_and(|error| error.errno.is_some());
    let crashed = || case.unmet.exit.is_some_and(|exit| is_crash(exit, &case.evidence.output()));
    let broke = case.unmet.claim.is_none() || of_system() || crashed();
    (goes_on && broke && unanswered && case.unmet.exit.is_some_and(|exit| !exit.is_success()))
        .then_some(())?;
    Finding::new(
        "your client ended with an error when an answer did not come: the end of the time is an \
         error too, and nobody caught it",
        "catch it and go on with the next request (Python: except socket.timeout, Rust: ErrorKind::\
         WouldBlock and TimedOut)",
    )
}

/// It broke when no answer at all had come: there was nothing to divide by.
pub(super) fn divides_by_zero(case: &Case<'_>) -> Option<Finding> {
    let silence = case.sent().next().is_none() && case.received() > 1;
    let ends = matches!(case.unmet.expectation, Expectation::Success | Expectation::CleanEnd);
    (ends && silence && case.unmet.exit.is_some_and(|exit| !exit.is_success())).then_some(())?;
    Finding::new(
        "your client breaks when not one answer has come: the least, the most and the average of \
         nothing cannot be worked out",
        "look whether there is any answer before you work out the figures",
    )
}
