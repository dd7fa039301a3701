//! Causes of waiting too long, too short or for the wrong datagram.

use std::net::SocketAddr;

use super::{Case, Cause, Finding};
use crate::evidence::{
    Ending, Exit, Expectation, Role, RuntimeError, Timeout, View, What, is_crash,
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { id: "match-source-unchecked", shows: believes_a_stranger },
    Cause { id: "match-late-reply", shows: believes_a_late_reply },
    Cause { id: "to-wrong-value", shows: hardly_waits },
    Cause { id: "udp-sends-ahead", shows: sends_ahead },
    Cause { id: "to-any-error-is-timeout", shows: does_not_wait },
    Cause { id: "to-gives-up", shows: gives_up },
    Cause { id: "count-off-by-one", shows: too_few },
    Cause { id: "to-none", shows: waits_for_ever },
    Cause { id: "to-restarted-by-noise", shows: restarted },
    Cause { id: "to-wrong-value", shows: another_time },
];

/// A datagram that came from a peer or went to it, and when, in microseconds.
struct Moment<'e> {
    at_us: u64,
    from: SocketAddr,
    payload: &'e [u8],
}

/// What peers have sent, oldest first.
fn replies<'e>(case: &Case<'e>) -> Vec<Moment<'e>> {
    let sent = case.evidence.events.iter().filter_map(|event| match &event.what {
        What::Sent { from, payload, .. } => {
            Some(Moment { at_us: event.at_us, from: *from, payload: payload.bytes() })
        }
        _ => None,
    });
    sent.collect()
}

/// What the program has sent to this address, oldest first.
fn requests<'e>(case: &Case<'e>, address: SocketAddr) -> Vec<Moment<'e>> {
    let received = case.evidence.events.iter().filter_map(|event| match &event.what {
        What::Received { at, from, payload } if *at == address => {
            Some(Moment { at_us: event.at_us, from: *from, payload: payload.bytes() })
        }
        _ => None,
    });
    received.collect()
}

/// The server, where a request came before it should: too early, or before the answer to the one
/// before it.
fn hasty(case: &Case<'_>) -> Option<SocketAddr> {
    match case.unmet.expectation {
        Expectation::Patience { at } => Some(at),
        Expectation::Interval { at, least_ms, took_ms: Some(took), .. } if took < least_ms => {
            Some(at)
        }
        _ => None,
    }
}

/// The requests to this address up to the one that came too early, which is the last.
fn up_to_the_hasty<'e>(case: &Case<'e>, server: SocketAddr) -> Option<Vec<Moment<'e>>> {
    let hasty = case.unmet.instead.as_ref()?;
    let mut asked = requests(case, server);
    let place = asked.iter().skip(1).position(|request| request.payload == hasty.bytes())? + 1;
    asked.truncate(place + 1);
    Some(asked)
}

/// Where a request came too early: the server, the replies that came before it and after the request
/// before, and the requests before the hasty one.
fn believed<'e>(case: &Case<'e>) -> Option<(SocketAddr, Vec<Moment<'e>>, Vec<Moment<'e>>)> {
    let server = hasty(case)?;
    let mut asked = up_to_the_hasty(case, server)?;
    let hasty = asked.pop()?;
    let since = asked.last()?.at_us;
    let came = |reply: &Moment<'_>| (since..=hasty.at_us).contains(&reply.at_us);
    let came: Vec<Moment<'_>> = replies(case).into_iter().filter(came).collect();
    Some((server, came, asked))
}

fn believes_a_stranger(case: &Case<'_>) -> Option<Finding> {
    let (server, came, _) = believed(case)?;
    let from = came.iter().map(|reply| reply.from).rfind(|from| *from != server)?;
    Finding::new(
        format!(
            "your client took a datagram from {from} for the answer: it asked {server}, and anybody \
             can send to its port"
        ),
        "compare the sender with the address that you asked, and go on waiting when it is another",
    )
}

fn believes_a_late_reply(case: &Case<'_>) -> Option<Finding> {
    let (_, came, mut asked) = believed(case)?;
    let count = asked.len();
    asked.pop();
    // Where we are late ourselves, the right one may have followed at once.
    let (place, reply) = came.iter().rev().find_map(|reply| {
        let answered = |request: &Moment<'_>| request.payload.eq_ignore_ascii_case(reply.payload);
        Some((asked.iter().position(answered)?, reply))
    })?;
    let times = case.sent().filter(|sent| *sent == reply.payload).count();
    let how = if times > 1 { "came twice" } else { "was late" };
    Finding::new(
        format!(
            "your client took the answer to its request {} for that to request {count}: it {how}, \
             and the next datagram that comes need not be the answer to the last request",
            place + 1,
        ),
        "look for the request's number in the answer; ignore another one, and wait on for the time \
         that is left",
    )
}

/// It was seen to wait with a limit, and sent the next request although nothing had come.
fn hardly_waits(case: &Case<'_>) -> Option<Finding> {
    hasty(case)?;
    // In Rust and C the socket itself has the limit.
    let limits = case
        .evidence
        .views()
        .flat_map(|view| view.udp())
        .filter_map(|socket| socket.receive_timeout_ms);
    let longest = limits.max().filter(|limit| (1..MOST_BY_MISTAKE_MS).contains(limit));
    (longest.is_some() || sends_after_a_wait(case) || rests_in_between(case)).then_some(())?;
    // The kernel rounds up what is less than a tick of its clock.
    let limit = match longest {
        Some(ms @ 11..) => format!("a time limit of {ms} ms"),
        Some(_) => "a time limit of a few milliseconds".into(),
        None => "a time limit that is too short".into(),
    };
    Finding::new(
        format!("your client waits with {limit}, and gives up on an answer that is on its way"),
        UNITS,
    )
}

/// A limit that is as short as this was set in another unit, or is a guess.
const MOST_BY_MISTAKE_MS: u64 = 800;

/// So much later than a look showed the program waiting, what it sends it sends after that wait.
const LATER_US: u64 = 3000;

/// True when a request came after the program was seen to wait for a datagram with a limit, although
/// nothing was sent to it in between.
fn sends_after_a_wait(case: &Case<'_>) -> bool {
    let mut waited = None;
    for event in &case.evidence.events {
        match &event.what {
            What::Sent { .. } => waited = None,
            What::Looked { view } if waits_with_a_limit(view) => {
                waited = waited.or(Some(event.at_us))
            }
            What::Received { .. } if waited.is_some_and(|at| event.at_us > at + LATER_US) => {
                return true;
            }
            _ => {}
        }
    }
    false
}

/// The shortest limit that one can set by mistake, nearly: a millisecond.
const SHORTEST_US: u64 = 950;

/// True when no request before the first reply left within a millisecond of the one before, as the
/// kernel noted it: whoever does not wait at all is faster, some of the time.
fn rests_in_between(case: &Case<'_>) -> bool {
    let Some(server) = hasty(case) else { return false };
    let mut left = Vec::new();
    for event in &case.evidence.events {
        match &event.what {
            What::Packet(flight) if flight.way().1 == server => left.push(event.at_us),
            What::Sent { .. } => break,
            _ => {}
        }
    }
    let mut gaps = left.windows(2).map(|two| two[1] - two[0]);
    left.len() > 2 && gaps.all(|gap| gap >= SHORTEST_US)
}

fn waits_with_a_limit(view: &View) -> bool {
    let mut waiters = view.udp().filter_map(|socket| view.waiter(socket));
    waiters.any(|thread| thread.timeout == Timeout::Some)
}

/// True when a request left right behind the one before.
fn is_at_once(case: &Case<'_>) -> Option<()> {
    let mut asked = up_to_the_hasty(case, hasty(case)?)?;
    let waited_us = asked.pop()?.at_us.saturating_sub(asked.last()?.at_us);
    let waited_us = match case.unmet.expectation {
        Expectation::Interval { took_ms: Some(took), .. } => took * 1000,
        _ => waited_us,
    };
    (waited_us < 50_000).then_some(())
}

/// It waits for a datagram, and only after that.
fn sends_ahead(case: &Case<'_>) -> Option<Finding> {
    is_at_once(case)?;
    let waits = |view: &View| view.udp().any(|socket| view.waiter(socket).is_some());
    case.evidence.views().any(waits).then_some(())?;
    Finding::new(
        "your client sends the next request before it waits for the answer to the last one",
        "put send and receive in one loop, so that each request has its own wait",
    )
}

/// It never waits for one.
fn does_not_wait(case: &Case<'_>) -> Option<Finding> {
    is_at_once(case)?;
    Finding::new(
        "your client did not wait for the answer: some other error may have been taken for the end \
         of the time",
        "catch the time-out alone, and print any other error: it has its own cause",
    )
    .and_then(Finding::or(
        "udp-sends-ahead",
        "it sends the next request without a receive in between",
    ))
}

/// True when the program ended as if all were done.
fn ended_well(case: &Case<'_>) -> Option<()> {
    let wants_more = matches!(
        case.unmet.expectation,
        Expectation::Request { .. } | Expectation::Interval { took_ms: None, .. }
    );
    (wants_more && case.role == Role::Client && case.unmet.exit?.is_success()).then_some(())
}

fn gives_up(case: &Case<'_>) -> Option<Finding> {
    ended_well(case)?;
    // In silence it may as well have come to its end, and count one less.
    let in_silence = case.sent().next().is_none();
    (case.has_answered() && !(in_silence && case.received() > 8)).then_some(())?;
    Finding::new(
        format!(
            "your client ended after {} requests, when the answer to the last one did not come",
            case.received()
        ),
        "go on with the next request: in Python, continue and not break",
    )
}

fn too_few(case: &Case<'_>) -> Option<Finding> {
    ended_well(case)?;
    let sent = case.received();
    (sent > 0).then_some(())?;
    let message = match sent {
        1 => "your client ended after one request".into(),
        _ => format!("your client ended after {sent} requests"),
    };
    Finding::new(message, "count from the first to the last: Python's range(1, 10) stops before 10")
        .and_then(|finding| match case.has_answered() {
            true => Finding::or(
                "to-gives-up",
                "it ends because the answer to the last one did not come",
            )(finding),
            false => Some(finding),
        })
}

fn waits_for_ever(case: &Case<'_>) -> Option<Finding> {
    let wants_more = matches!(
        case.unmet.expectation,
        Expectation::Interval { took_ms: None, .. }
            | Expectation::Request { .. }
            | Expectation::Figure { .. }
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

/// It gave up late, and in time when counted from what came last.
fn restarted(case: &Case<'_>) -> Option<Finding> {
    let Expectation::Interval { at, least_ms, most_ms, took_ms } = case.unmet.expectation else {
        return None;
    };
    let late = took_ms.is_none_or(|took| took > most_ms);
    late.then_some(())?;
    let mut asked = requests(case, at);
    let next = took_ms.and_then(|_| asked.pop());
    let since = asked.last()?.at_us;
    let noise: Vec<Moment<'_>> =
        replies(case).into_iter().filter(|reply| reply.at_us > since).collect();
    let last = noise.last()?.at_us;
    // Where it has not gone on yet, there was something to wait for all the time.
    let from_last = next.is_none_or(|next| {
        let rest_ms = next.at_us.saturating_sub(last) / 1000;
        (least_ms..=most_ms).contains(&rest_ms)
    });
    (from_last && noise.len() > 1).then_some(())?;
    let took = took_ms.map_or("5 s".into(), seconds);
    Finding::new(
        format!(
            "your client waited {took} for one answer: each datagram that came and was not the answer \
             began its second anew"
        ),
        "note when the request left, and wait only for what is left of the second",
    )
}

/// How long it waited before a hasty request, in milliseconds, if nothing came to it meanwhile.
fn gave_up_after(case: &Case<'_>) -> Option<u64> {
    let mut asked = up_to_the_hasty(case, hasty(case)?)?;
    let until = asked.pop()?.at_us;
    let since = asked.last()?.at_us;
    let came = replies(case).iter().any(|reply| (since..=until).contains(&reply.at_us));
    (!came).then_some((until - since) / 1000)
}

fn seconds(ms: u64) -> String {
    format!("{:.1} s", ms as f64 / 1e3)
}

fn another_time(case: &Case<'_>) -> Option<Finding> {
    let message = match case.unmet.expectation {
        Expectation::Patience { .. } => {
            format!("your client gave up on the answer after {}", seconds(gave_up_after(case)?))
        }
        Expectation::Interval { least_ms, took_ms: Some(took), .. } if took < least_ms => {
            format!("your client gave up on the answer after {}", seconds(took))
        }
        Expectation::Interval { took_ms: Some(took), .. } => {
            format!("your client went on only after {}", seconds(took))
        }
        Expectation::Interval { took_ms: None, .. } if case.unmet.ending == Ending::Deadline => {
            "your client had not gone on after 5 s".into()
        }
        _ => return None,
    };
    Finding::new(message, UNITS)
}

const UNITS: &str =
    "set the time limit to 1 s, and look at the unit: some calls take seconds, others milliseconds";

/// It broke where an answer was missing, and had not tried again.
pub(super) fn uncaught(case: &Case<'_>) -> Option<Finding> {
    let goes_on = match case.unmet.expectation {
        Expectation::Interval { .. }
        | Expectation::Request { .. }
        | Expectation::Figure { .. }
        | Expectation::Success
        | Expectation::CleanEnd => true,
        // A lab's own check knows why it judges the end; a crash is no end that somebody meant.
        Expectation::Fact => {
            case.unmet.exit.is_some_and(|exit| is_crash(exit, &case.evidence.output()))
        }
        _ => false,
    };
    let is_its_end = |error: &RuntimeError| {
        let by_name = error.kind.as_deref().is_some_and(|kind| kind.ends_with("TimeoutError"));
        by_name || error.errno == Some(libc::EAGAIN)
    };
    // Rust prints in a panic which error was not handled. Elsewhere whoever handles the end of a time
    // may break in doing so, with any error.
    let error = case.error();
    let panics = |error: &RuntimeError| {
        error.runtime == Some("Rust") && error.kind.as_deref() == Some("panic")
    };
    if error.as_ref().is_some_and(|error| panics(error) && !is_its_end(error)) {
        return None;
    }
    let says_so = || error.as_ref().is_some_and(is_its_end);
    let unanswered = case.role == Role::Client && (case.has_answered() || says_so());
    // Where the lab itself knows a cause, a status that is not 0 may be what it asks for.
    let of_system = || error.as_ref().is_some_and(|error| error.errno.is_some());
    let crashed = || case.unmet.exit.is_some_and(|exit| is_crash(exit, &case.evidence.output()));
    let broke = case.unmet.claim.is_none() || of_system() || crashed();
    // Nor does the end of a time send a signal, but for the one that an exception of C++ ends with.
    let failed = case.unmet.exit.is_some_and(|exit| match exit {
        Exit::Signal(signal) => signal == libc::SIGABRT,
        _ => !exit.is_success(),
    });
    (goes_on && broke && unanswered && failed).then_some(())?;
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
    let ends = matches!(
        case.unmet.expectation,
        Expectation::Success | Expectation::CleanEnd | Expectation::Figure { .. }
    );
    // One that ends with another status may mean to.
    let broke = case.unmet.exit.is_some_and(|exit| is_crash(exit, &case.evidence.output()));
    (ends && silence && broke).then_some(())?;
    Finding::new(
        "your client breaks when not one answer has come: the least, the most and the average of \
         nothing cannot be worked out",
        "look whether there is any answer before you work out the figures",
    )
}
