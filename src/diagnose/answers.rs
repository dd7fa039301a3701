//! Causes of a datagram that did not come, came elsewhere, or came too often.

use std::net::{Ipv6Addr, SocketAddr};

use super::{Case, Cause, Finding, second_run};
use crate::evidence::{
    Call, Ending, Expectation, Protocol, Role, Socket, Target, Thread, View, What,
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { id: "udp-replies-twice", shows: twice },
    Cause { id: "udp-sends-twice", shows: sends_twice },
    Cause { id: "udp-reply-new-socket", shows: new_socket },
    Cause { id: "udp-serves-once", shows: serves_once },
    Cause { id: "udp-serves-n-then-exits", shows: serves_n },
    Cause { id: "exit-early", shows: ended },
    Cause { id: "udp-stream-socket", shows: stream },
    Cause { id: "addr-localhost-v6-first", shows: localhost_v6 },
    Cause { id: "addr-hardcoded-remote", shows: remote },
    Cause { id: "udp-port-byte-order", shows: byte_order },
    Cause { id: "out-log-vs-answer", shows: never_sent },
    Cause { id: "udp-wrong-port", shows: wrong_port },
    Cause { id: "udp-reply-fixed-address", shows: fixed_address },
    Cause { id: "udp-connect-first-client", shows: connected },
    Cause { id: "udp-socket-per-message", shows: reopened },
    Cause { id: "addr-v6only", shows: refuses_v4 },
    Cause { id: "udp-recv-drops-address", shows: answers_another },
    Cause { id: "udp-waits-for-operator", shows: operator },
    Cause { id: "conc-busy-poll", shows: busy },
    Cause { id: "conc-sleeps", shows: sleeps },
    Cause { id: "udp-c-addrlen-uninit", shows: no_length },
    Cause { id: "udp-reply-fixed-address", shows: perhaps_to_itself },
    Cause { id: "out-log-vs-answer", shows: logged },
    Cause { id: "except-hides-bug", shows: hides_decoding },
    Cause { id: "udp-replies-sometimes", shows: sometimes },
    Cause { id: "udp-header-then-body", shows: header_then_body },
    Cause { id: "udp-never-replies", shows: never_replies },
];

/// The address to which the lab's client sends, when a client is checked.
fn asked(case: &Case<'_>) -> Option<SocketAddr> {
    match case.unmet.expectation {
        Expectation::Datagram { at, .. } | Expectation::Request { at } => Some(at),
        _ => None,
    }
}

/// True when an answer is missing though the program took the message.
fn was_taken_without_answer(case: &Case<'_>) -> bool {
    answer_is_missing(case) && case.has_taken()
}

/// True when an answer is missing: none came at all.
fn answer_is_missing(case: &Case<'_>) -> bool {
    let answer =
        matches!(case.unmet.expectation, Expectation::Answer { .. } | Expectation::Reply { .. });
    answer && case.unmet.instead.is_none()
}

fn twice(case: &Case<'_>) -> Option<Finding> {
    let more = matches!(case.unmet.expectation, Expectation::NothingMore);
    (more && case.role != Role::Client).then_some(())?;
    Finding::new(
        "your server answers one datagram more than once",
        "send one answer for each recvfrom",
    )
}

fn sends_twice(case: &Case<'_>) -> Option<Finding> {
    matches!(case.unmet.expectation, Expectation::NothingMore).then_some(())?;
    Finding::new(
        "your client sends more than the one datagram, and no answer has come yet",
        "send the message once; send it again only when the wait for an answer has timed out",
    )
}

fn new_socket(case: &Case<'_>) -> Option<Finding> {
    let Expectation::Answer { payload, from, .. } = &case.unmet.expectation else { return None };
    (case.unmet.instead.as_ref()? == payload).then_some(())?;
    let has_its_port = case.came_from().is_some_and(|came| came.port() == from.port());
    let place = match has_its_port {
        true => format!("another address than {}", from.ip()),
        false => format!("another port than {}", from.port()),
    };
    Finding::new(
        format!(
            "the answer is right, but it comes from {place}: it was sent through another socket, \
             and a client that looks at the sender would not take it",
        ),
        "answer through the socket that received the message",
    )
}

fn serves_once(case: &Case<'_>) -> Option<Finding> {
    (answer_is_missing(case) && case.unmet.exit?.is_success() && case.received() == 1)
        .then_some(())?;
    case.has_sent_its_like().then_some(())?;
    Finding::new(
        "your server ended after one message",
        "put receive and answer in a loop that does not end",
    )
}

fn serves_n(case: &Case<'_>) -> Option<Finding> {
    (answer_is_missing(case) && case.unmet.exit?.is_success() && case.received() > 1)
        .then_some(())?;
    case.has_sent_its_like().then_some(())?;
    Finding::new(
        format!(
            "your server ended after {} messages: a server does not know how many will come",
            case.received()
        ),
        "loop without an end",
    )
}

fn ended(case: &Case<'_>) -> Option<Finding> {
    let nothing_came = case.unmet.instead.is_none() && case.stray().is_none();
    (case.unmet.exit?.is_success() && nothing_came).then_some(())?;
    let sends = asked(case).is_some();
    // One that has answered before ended at this message for a reason of its own.
    (sends || sent_nothing(case)).then_some(())?;
    if sends && sent_nothing(case) {
        return Finding::new(
            "your client ended without sending anything to this address",
            "send the message with sendto before the program ends",
        )
        .and_then(Finding::or(
            "out-log-vs-answer",
            "it printed that it sent, and printing is not sending",
        ));
    }
    Finding::new("your program ended before it had answered", "answer before the program ends")
}

fn sent_nothing(case: &Case<'_>) -> bool {
    case.received() == 0
}

fn stream(case: &Case<'_>) -> Option<Finding> {
    let connected = case.stray().is_some_and(|(_, protocol)| protocol == Protocol::Tcp);
    // One that has the right socket too wants something else with this one.
    let only = case.tcp().is_some() && case.udp().next().is_none();
    (connected || only).then_some(())?;
    Finding::new(
        "your program spoke TCP (SOCK_STREAM); this lab needs a datagram socket",
        "create it with SOCK_DGRAM (socket2: Type::DGRAM; std: UdpSocket)",
    )
}

/// Where a client's datagram went instead. Where no packet is seen, its socket tells, if that is
/// connected.
fn strayed_datagram(case: &Case<'_>) -> Option<(SocketAddr, SocketAddr)> {
    let asked = asked(case)?;
    match case.stray() {
        Some((at, protocol)) => (protocol == Protocol::Udp).then_some((at, asked)),
        None if case.sees_packets() || case.received() > 0 => None,
        None => {
            let at = case.udp().filter_map(|socket| socket.peer).find(|peer| *peer != asked)?;
            Some((at, asked))
        }
    }
}

fn localhost_v6(case: &Case<'_>) -> Option<Finding> {
    let (at, asked) = strayed_datagram(case)?;
    (at.is_ipv6() && asked.is_ipv4()).then_some(())?;
    Finding::new(
        format!(
            "your client sent to {at}, the loopback of IPv6: \"localhost\" is two addresses, and \
             the server is at {asked}"
        ),
        format!("send to {} by its number", asked.ip()),
    )
}

fn remote(case: &Case<'_>) -> Option<Finding> {
    let (at, asked) = strayed_datagram(case)?;
    (at.ip() != asked.ip() && at.is_ipv4() && at.port() == asked.port()).then_some(())?;
    Finding::new(
        format!("your client sent to {at}, another host; the server is at {asked}"),
        format!("send to {}", asked.ip()),
    )
}

fn byte_order(case: &Case<'_>) -> Option<Finding> {
    let (at, asked) = strayed_datagram(case)?;
    (at.port() == asked.port().swap_bytes()).then_some(())?;
    Finding::new(
        format!(
            "your client sent to port {} (0x{:04x}), which is {} (0x{:04x}) with its two bytes \
             swapped",
            at.port(),
            at.port(),
            asked.port(),
            asked.port()
        ),
        "in C wrap the port in htons() once; in Rust and Python give the plain number",
    )
}

fn wrong_port(case: &Case<'_>) -> Option<Finding> {
    if let Some((at, asked)) = strayed_datagram(case) {
        return Finding::new(
            match at.ip() == asked.ip() {
                true => format!("your client sent to port {}; the server is at {asked}", at.port()),
                false => format!("your client sent to {at}; the server is at {asked}"),
            },
            format!("send to port {}", asked.port()),
        );
    }
    let asked = asked(case)?;
    // It waits for an answer to something that did not come here.
    (sent_nothing(case) && case.waits_to_receive() && !case.sees_packets()).then_some(())?;
    Finding::new(
        format!("your client waits for an answer, but what it sent did not come to {asked}"),
        format!("look at the address and the port that sendto is given: {asked}"),
    )
    .and_then(Finding::or("out-log-vs-answer", "it sent nothing, and perhaps only printed"))
}

/// A socket gets its port with its first send, if not before.
fn never_sent(case: &Case<'_>) -> Option<Finding> {
    asked(case)?;
    let socket = case.udp().next()?;
    (sent_nothing(case) && case.waits_to_receive()).then_some(())?;
    let message = if socket.port().is_none() {
        "your client waits for an answer and has sent nothing: its socket has no port yet, and \
         would have got one with its first send"
    } else {
        (case.sees_packets() && case.stray().is_none()).then_some(())?;
        "your client waits for an answer and has sent nothing: no packet ever left it"
    };
    Finding::new(message, "call sendto before recvfrom; printing a message does not send it")
}

/// The very answer went there: a server may speak to others, as to those who keep its log.
fn fixed_address(case: &Case<'_>) -> Option<Finding> {
    let Expectation::Answer { payload, .. } = &case.unmet.expectation else { return None };
    let at = case.went_astray(payload.bytes())?;
    Finding::new(
        format!("the answer went to {at}, which is not where the message came from"),
        "answer the address that recvfrom gave you: every client has a port of its own",
    )
}

fn connected(case: &Case<'_>) -> Option<Finding> {
    let Expectation::Answer { to, from, .. } = case.unmet.expectation else { return None };
    let elsewhere = |peer: &SocketAddr| peer.port() != to.port();
    let serves = |socket: &&Socket| socket.port() == Some(from.port());
    let seen = case.udp().filter(serves).filter_map(|socket| socket.peer).find(elsewhere);
    // One that never rests is known by its calls alone.
    let called = || case.connected_to().filter(|_| case.evidence.last_rest().is_none());
    let peer = seen.or_else(|| called().filter(elsewhere))?;
    Finding::new(
        format!(
            "your server's socket is connected to its first client, {peer}: the kernel keeps \
             everyone else's datagrams from it"
        ),
        "do not connect a server's socket: recvfrom and sendto serve all clients",
    )
}

/// Where a socket cannot be asked for IPV6_V6ONLY, the kernel's refusal tells.
pub(super) fn refuses_v4(case: &Case<'_>) -> Option<Finding> {
    let asked = case.asked()?;
    (case.unmet.instead.is_none() && case.is_refused_at(asked)).then_some(())?;
    let everywhere = SocketAddr::from((Ipv6Addr::UNSPECIFIED, asked.port()));
    case.udp().find(|socket| socket.local == Some(everywhere))?;
    Finding::new(
        format!(
            "your socket is bound to :: and takes IPv6 only (IPV6_V6ONLY): the kernel refused what \
             was sent to {asked}"
        ),
        format!("bind {}, or clear IPV6_V6ONLY before bind", asked.ip()),
    )
}

fn answers_another(case: &Case<'_>) -> Option<Finding> {
    let Expectation::Answer { to, .. } = case.unmet.expectation else { return None };
    answer_is_missing(case).then_some(())?;
    let last = case.evidence.all().rev().find_map(|what| match what {
        What::Received { at, .. } => Some(Some(*at)),
        What::Sent { .. } => Some(None),
        _ => None,
    })??;
    (last != to).then_some(())?;
    Finding::new(
        format!("the answer went to {last}, an earlier client; the message came from {to}"),
        "take the sender from every recvfrom, and answer that one",
    )
}

/// It closes its socket after every message and makes another.
fn reopened(case: &Case<'_>) -> Option<Finding> {
    let Expectation::Answer { from, .. } = case.unmet.expectation else { return None };
    answer_is_missing(case).then_some(())?;
    let first = case.evidence.views().find_map(|view| view.udp_at(from))?;
    let now = case.rest()?;
    now.udp_at(from)?;
    now.udp().all(|socket| socket.inode != first.inode).then_some(())?;
    Finding::new(
        "your server closes its socket and makes a new one while it serves: the message was in the \
         old one, and was lost with it",
        "create and bind the socket once, before the loop, and use it for every message",
    )
}

pub(super) fn operator(case: &Case<'_>) -> Option<Finding> {
    // What was seen before something else came is out of date.
    (case.waits_for_typing() && case.unmet.instead.is_none()).then_some(())?;
    if asked(case).is_some() {
        return Finding::new(
            "your client waits for someone to type before it sends",
            "send what the lab says, and ask nothing more",
        );
    }
    Finding::new(
        "your server waits for someone to type: nobody answers for it",
        "take the read from its terminal out of the loop",
    )
}

pub(super) fn busy(case: &Case<'_>) -> Option<Finding> {
    (case.unmet.ending == Ending::Busy).then_some(())?;
    Finding::new(
        "your program runs all the time and waits for nothing: a loop turns without a receive",
        "let the loop wait in recvfrom, and look at what it returns",
    )
}

/// A thread of it sleeps, and none waits for a datagram. A program that polls sleeps too, between
/// two tries; its socket does not block.
pub(super) fn sleeps(case: &Case<'_>) -> Option<Finding> {
    let view = case.rest().filter(|_| case.unmet.ending == Ending::Deadline)?;
    let polls = view.udp().any(|socket| socket.nonblocking);
    let asleep = view.threads.iter().any(|thread| thread.call == Call::Sleep);
    (asleep && !polls && !case.waits_to_receive() && !case.waits_for_typing()).then_some(())?;
    // Another process may have served, and this one only started it.
    let served = |thread: &Thread| thread.on.iter().any(|on| matches!(on, Target::Socket(_)));
    let is_gone = |thread: &Thread| view.threads.iter().all(|now| now.pid != thread.pid);
    let mut before = case.evidence.views().flat_map(|view| &view.threads);
    (!before.any(|thread| served(thread) && is_gone(thread))).then_some(())?;
    (!matches!(case.unmet.expectation, Expectation::Complaint)).then_some(())?;
    if matches!(case.unmet.expectation, Expectation::WaitsForEnter) {
        return Finding::new(
            "your program sleeps, where it should wait for Enter",
            "take the sleep out, and read a line from standard input",
        );
    }
    Finding::new(
        "your program sleeps: while it does, it neither receives nor sends",
        "take the sleep out; recvfrom itself waits until something comes",
    )
}

/// The sender is shown as nobody: the length of the address was not set.
pub(super) fn no_length(case: &Case<'_>) -> Option<Finding> {
    let printed = case.printed_since_sent();
    let mut words = printed.split(|c: char| !c.is_ascii_digit() && c != '.');
    let nobody = words.clone().any(|word| word == "0.0.0.0") && words.any(|word| word == "0");
    nobody.then_some(())?;
    Finding::new(
        "the sender is shown as 0.0.0.0, port 0: recvfrom was told that there is no room for its \
         address",
        "in C set the length before every recvfrom: socklen_t length = sizeof address",
    )
}

/// Where no packet is seen, what it prints must tell.
fn perhaps_to_itself(case: &Case<'_>) -> Option<Finding> {
    to_itself(case).filter(|_| !case.sees_packets())
}

/// What it sent came to itself, and it prints that as a message.
pub(super) fn to_itself(case: &Case<'_>) -> Option<Finding> {
    let Expectation::Answer { from, .. } = case.unmet.expectation else { return None };
    logged(case)?;
    case.prints_number(from.port()).then_some(())?;
    Finding::new(
        format!(
            "the answer is printed, and with it the server's own port, {}: it was sent to the \
             server itself",
            from.port()
        ),
        "answer the address that recvfrom gave you",
    )
    .and_then(Finding::or("out-log-vs-answer", "it was only printed, and not sent"))
}

/// The expected answer, as far as it is text of its own.
fn logged(case: &Case<'_>) -> Option<Finding> {
    let text = match &case.unmet.expectation {
        Expectation::Answer { payload, .. } if answer_is_missing(case) => payload.bytes(),
        _ => return None,
    };
    let text = String::from_utf8_lossy(text).into_owned();
    case.printed_since_sent().contains(text.trim()).then_some(())?;
    Finding::new(
        "your server printed the answer, and sent nothing: printing is not sending",
        "send the answer to the client with sendto",
    )
    .and_then(Finding::or(
        "except-hides-bug",
        "it was to be sent too, and an error on the way was passed over without a word",
    ))
}

/// It takes bytes that are no text and goes on as if nothing had come.
fn hides_decoding(case: &Case<'_>) -> Option<Finding> {
    let is_no_text = std::str::from_utf8(case.last_sent()?).is_err();
    (is_no_text && was_taken_without_answer(case)).then_some(())?;
    Finding::new(
        "your server received bytes that are no text and waits for the next message: an error in \
         decoding them was probably passed over, and the answer with it",
        "answer the bytes as they came, and decode for the log alone, with replacement characters",
    )
    .and_then(Finding::or("udp-never-replies", "it never sends an answer, whatever comes"))
}

fn sometimes(case: &Case<'_>) -> Option<Finding> {
    let answered = case.received();
    (answered > 0 && was_taken_without_answer(case)).then_some(())?;
    Finding::new(
        format!(
            "your server answered {answered} of {} messages; it took this one too, and waits for \
             the next without having answered it",
            case.sent().count()
        ),
        "send an answer after every recvfrom, whatever came before",
    )
}

fn header_then_body(case: &Case<'_>) -> Option<Finding> {
    (was_taken_without_answer(case) && !shows_the_message(case)).then_some(())?;
    (case.evidence.last_rest().is_some_and(View::is_idle)).then_some(())?;
    let or = Finding::unless(
        second_run::answers_every_second,
        "udp-never-replies",
        "it received the message and never sent an answer",
        NEVER_REPLIES,
    );
    two_receives(case, "your server", or)
}

const NEVER_REPLIES: &str =
    "call sendto with the answer and the address that recvfrom gave you, and look at its result";

/// The datagram is gone, nothing shows it, and the program waits for another: for what it takes to
/// be the rest of the same message, or for the next one.
pub(super) fn two_receives(
    case: &Case<'_>,
    subject: &str,
    or: impl FnOnce(Finding) -> Option<Finding>,
) -> Option<Finding> {
    let next = "receive a datagram in one call, with a buffer that holds all of it";
    let gone = "the first one throws away what it does not take";
    if case.receives_in_two() {
        return Finding::new(
            format!(
                "{subject} reads one message in two receives: it took the datagram in one, and \
                 waits in another, with other arguments; {gone}"
            ),
            next,
        );
    }
    Finding::new(
        format!(
            "{subject} took the datagram, shows nothing of it and waits for another: perhaps it \
             reads one message in two receives, but {gone}"
        ),
        next,
    )
    .and_then(or)
}

fn shows_the_message(case: &Case<'_>) -> bool {
    let message = String::from_utf8_lossy(case.last_sent().unwrap_or_default()).into_owned();
    case.printed_since_sent().contains(message.trim())
}

fn never_replies(case: &Case<'_>) -> Option<Finding> {
    was_taken_without_answer(case).then_some(())?;
    Finding::new(
        match case.sees_packets() {
            true => {
                "your server received the message, and is back in its receive: no answer left it"
            }
            false => {
                "your server received the message, and is back in its receive: it never sent an \
                 answer here"
            }
        },
        NEVER_REPLIES,
    )
    .and_then(Finding::or(
        "except-hides-bug",
        "an error on the way to the answer was passed over, by an except without a word or a \
         result that nobody looks at",
    ))
}
