//! What was right, up to the point at which a check failed: what need not be looked at again.

use std::net::IpAddr;

use super::Case;
use crate::evidence::{Expectation, Family, Role, Socket, View, What};

/// One sentence on what the program did right, if anything is known of it.
pub fn right(case: &Case<'_>) -> Option<String> {
    let mut facts: Vec<String> = socket(case).into_iter().collect();
    facts.extend(match case.role {
        Role::Client => asked(case),
        Role::Server | Role::Program => served(case),
    });
    let last = facts.pop()?;
    let all = match facts.as_slice() {
        [] => last,
        [first] => format!("{first} and {last}"),
        _ => format!("{}, and {last}", facts.join(", ")),
    };
    Some(format!("your {} {all}", case.role))
}

/// The best that is known of its socket.
fn socket(case: &Case<'_>) -> Option<String> {
    let rests = || case.evidence.views().rev().filter(|view| view.is_at_rest());
    let bound = case.address.filter(|_| case.role != Role::Client);
    let bound = bound.and_then(|address| rests().find_map(|view| view.udp_at(address)));
    if let Some(local) = bound.and_then(|socket| socket.local) {
        let is = if case.unmet.exit.is_none() { "is" } else { "was" };
        return Some(format!("{is} bound to {local}"));
    }
    // What a client has sent tells more.
    let is_one = |socket: &Socket| socket.family == Family::Ipv4;
    let made = case.received() == 0 && rests().any(|view: &View| view.udp().any(is_one));
    made.then(|| "made an IPv4 datagram socket".into())
}

/// Of one that waits for datagrams: what it did with them.
fn served(case: &Case<'_>) -> Vec<String> {
    let mut facts = Vec::new();
    let message = if case.role == Role::Program { "datagram" } else { "message" };
    // The one that is wrong is no merit.
    let wrong = usize::from(case.unmet.instead.is_some() && case.received() > 0);
    let right = case.received() - wrong;
    match right {
        0 => {}
        1 => facts.push(format!("answered a {message}")),
        _ => facts.push(format!("answered {right} {message}s")),
    }
    let object = if right == 0 { format!("the {message}") } else { "the last one".into() };
    let answers = matches!(case.unmet.expectation, Expectation::Answer { .. });
    if answers && wrong > 0 {
        facts.extend([format!("read {object}"), "answered it".into()]);
    } else if !case.has_answered() && has_read(case) {
        facts.push(format!("read {object}"));
    }
    facts
}

/// Of one that speaks first: what it sent, and what it did with the answer.
fn asked(case: &Case<'_>) -> Vec<String> {
    let mut facts = Vec::new();
    match &case.unmet.expectation {
        Expectation::Datagram { at, .. } if case.unmet.instead.is_some() => {
            facts.push(format!("sent a datagram to {at}"));
        }
        Expectation::Datagram { .. } | Expectation::Request { .. } | Expectation::Packet { .. } => {
        }
        expectation if case.received() > 0 => {
            // One that came too early is no merit, nor is what follows it.
            let hasty = case.unmet.instead.as_ref().filter(|_| {
                matches!(expectation, Expectation::Patience { .. } | Expectation::Interval { .. })
            });
            let mut later = case.received_payloads().skip(1);
            let place = hasty.and_then(|hasty| later.position(|it| it == hasty.bytes()));
            // A lab that judges by itself says how many there should be.
            let count = match expectation {
                Expectation::Fact => 1,
                _ => place.map_or_else(|| sent(case), |place| place + 1),
            };
            facts.push(match count {
                1 => "sent the right datagram".into(),
                count => format!("sent {count} datagrams"),
            });
            facts.extend(has_read(case).then(|| "read the answer".into()));
        }
        _ => {}
    }
    facts
}

/// How many datagrams it has sent to peers. One that is for many is one, however many have received it.
fn sent(case: &Case<'_>) -> usize {
    let is_for_many = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => ip.is_multicast() || ip.octets()[3] == 255,
        IpAddr::V6(ip) => ip.is_multicast(),
    };
    let flights = case.evidence.flights().filter(|(_, flight)| flight.is_udp());
    match flights.filter(|(_, flight)| is_for_many(flight.way().1.ip())).count() {
        0 => case.received(),
        count => count,
    }
}

/// True when nothing of what was sent to it waits in its sockets any more, or it shows what it got.
fn has_read(case: &Case<'_>) -> bool {
    let taken =
        |view: &View| view.udp().next().is_some() && view.udp().all(|socket| socket.queued == 0);
    let shows = || {
        let sent = case.last_sent().unwrap_or_default();
        let printed = case.printed_since_sent();
        !sent.is_empty() && printed.contains(String::from_utf8_lossy(sent).trim())
    };
    let was_sent = case.evidence.all().any(|what| matches!(what, What::Sent { .. }));
    was_sent && (case.rest().is_some_and(taken) || shows())
}
