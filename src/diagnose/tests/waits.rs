//! Clients that wait for answers, and for too long, too short or the wrong ones; and their figures.

use super::*;
use crate::evidence::Figure;

const STRANGER: &str = "127.0.0.1:50000";

/// What was seen, each so many milliseconds after the begin.
fn timed(seen: &[(u64, What)]) -> Evidence {
    let mut evidence = Evidence::default();
    seen.iter().for_each(|(ms, what)| evidence.record(ms * 1000, what.clone()));
    evidence
}

/// A request that came to the server.
fn asks(ms: u64, payload: &str) -> (u64, What) {
    let payload = Payload::from(payload);
    (ms, What::Received { at: at(SERVER), from: at(CLIENT), payload })
}

fn replies(ms: u64, from: &str, payload: &str) -> (u64, What) {
    (ms, What::Sent { from: at(from), to: at(CLIENT), payload: Payload::from(payload) })
}

fn client(expectation: Expectation) -> Failed {
    Failed { role: Role::Client, ..Failed::to(expectation) }
}

fn patience(hasty: &'static str) -> Failed {
    client(Expectation::Patience { at: at(SERVER) }).gets(hasty)
}

/// The next request should come after 0.9 to 1.5 s.
fn interval(took_ms: Option<u64>) -> Failed {
    let (least_ms, most_ms) = (900, 1500);
    client(Expectation::Interval { at: at(SERVER), least_ms, most_ms, took_ms })
}

fn request() -> Failed {
    client(Expectation::Request { at: at(SERVER) })
}

/// A program in a receive that ends by itself at some time, and whose socket has this limit.
fn waits_for(limit_ms: Option<u64>) -> What {
    let socket = Socket { receive_timeout_ms: limit_ms, ..udp("0.0.0.0:40000") };
    let thread = thread(Call::Recvfrom, &[Target::Socket(77)]);
    looked(&[socket], Thread { timeout: Timeout::Some, ..thread })
}

fn told(failed: Failed, seen: &[(u64, What)]) -> Vec<&'static str> {
    failed.of(&timed(seen))
}

#[test]
fn what_was_taken_for_the_answer_is_told_by_its_sender_and_by_what_it_says() {
    let asked = [asks(0, "Ping 1"), asks(1000, "Ping 2")];
    let hasty = asks(1101, "Ping 3");
    let taken = |from, payload| {
        let seen = [asked.as_slice(), &[replies(1100, from, payload), hasty.clone()]].concat();
        told(patience("Ping 3"), &seen)
    };
    assert_eq!(taken(STRANGER, "Ping 2"), ["match-source-unchecked"]);
    assert_eq!(taken(SERVER, "PING 1"), ["match-late-reply"]);
    // Something of the server's own, or the right one.
    for payload in ["Ping 9", "Ping 2"] {
        assert!(!taken(SERVER, payload).contains(&"match-late-reply"), "{payload}");
    }
    // What came after the hasty request did not bring it about.
    let seen = [&asked[..], &[hasty, replies(1200, STRANGER, "Ping 2")]].concat();
    assert!(!told(patience("Ping 3"), &seen).contains(&"match-source-unchecked"));
}

#[test]
fn one_that_does_not_wait_is_told_from_one_with_a_short_limit() {
    let hasty = |seen: &[(u64, What)]| told(patience("Ping 2"), seen);
    let at_once = [asks(0, "Ping 1"), asks(1, "Ping 2")];
    assert_eq!(hasty(&at_once), ["to-any-error-is-timeout", "udp-sends-ahead"]);
    let then_waits = [&at_once[..], &[(2, waits_for(Some(1000)))]].concat();
    assert_eq!(hasty(&then_waits), ["udp-sends-ahead"]);
    // In Rust and C the limit is seen, in Python the wait.
    let short = [asks(0, "Ping 1"), (1, waits_for(Some(100))), asks(100, "Ping 2")];
    assert_eq!(hasty(&short), ["to-wrong-value"]);
    let short = [asks(0, "Ping 1"), (1, waits_for(None)), asks(100, "Ping 2")];
    assert_eq!(hasty(&short), ["to-wrong-value"]);
}

#[test]
fn the_time_to_the_next_request_tells_how_long_was_waited() {
    let asked = [asks(0, "Ping 1"), asks(2000, "Ping 2")];
    let late = || Failed { instead: Some("Ping 2"), ..interval(Some(2000)) };
    assert_eq!(told(late(), &asked), ["to-wrong-value"]);
    let noise = |times: [u64; 2]| {
        let noise = times.map(|ms| replies(ms, STRANGER, "noise"));
        told(late(), &[&asked[..1], &noise, &asked[1..]].concat())
    };
    assert_eq!(noise([500, 1000]), ["to-restarted-by-noise"]);
    // From the last one it is as late as from the request.
    assert_eq!(noise([10, 20]), ["to-wrong-value"]);
    let never = Failed { ending: Ending::Deadline, ..interval(None) };
    assert_eq!(told(never, &asked[..1]), ["to-wrong-value"]);
    let stuck = receives(udp("0.0.0.0:40000"));
    assert_eq!(told(interval(None), &[asks(0, "Ping 1"), (1, stuck)]), ["to-none"]);
}

#[test]
fn an_end_that_comes_too_early_is_told_by_what_came_last() {
    let answered = [asks(0, "Ping 1"), replies(1, SERVER, "Ping 1")];
    assert_eq!(told(request().exits(0), &answered), ["count-off-by-one"]);
    let lost = [&answered[..], &[asks(2, "Ping 2")]].concat();
    assert_eq!(told(request().exits(0), &lost), ["to-gives-up"]);
    assert_eq!(told(interval(None).exits(0), &lost), ["to-gives-up"]);
    assert_eq!(told(request().exits(1), &lost), ["to-uncaught"]);
    // A panic says what was not handled.
    let panics = |about: &str| {
        let words = format!("thread 'main' panicked at src/main.rs:3:5:\n{about}\n");
        told(request().exits(101), &[&lost[..], &[(3, says(&words))]].concat())
    };
    assert_eq!(panics("a header of 13 bytes"), ["exit-crashed"]);
    assert_eq!(panics("an answer: Os { code: 11, kind: WouldBlock, … }"), ["to-uncaught"]);
    // In silence nine may be all that it sends, and may be all that it stands.
    let nine: Vec<_> = (1..=9).map(|n| asks(n * 1000, "Ping")).collect();
    assert_eq!(told(request().exits(0), &nine), ["count-off-by-one", "to-gives-up"]);
    assert_eq!(told(request().exits(0), &nine[..3]), ["to-gives-up"]);
}

#[test]
fn what_breaks_in_silence_breaks_by_its_figures_or_by_a_refusal() {
    let silence = [asks(0, "Ping 1"), asks(1000, "Ping 2")];
    let breaks = |code, words: &str| {
        let seen = [&silence[..], &[(2000, says(words))]].concat();
        told(client(Expectation::CleanEnd).exits(code), &seen)
    };
    let python = "Traceback (most recent call last):\n  File \"a.py\", line 9, in <module>\n    \
                  min(rtts)\nValueError: min() arg is an empty sequence\n";
    assert_eq!(breaks(1, python), ["to-stats-divide-by-zero"]);
    assert_eq!(breaks(101, ""), ["to-stats-divide-by-zero"]);
    // It may mean to.
    assert!(!breaks(1, "nobody is there\n").contains(&"to-stats-divide-by-zero"));
    let refused = "Traceback (most recent call last):\n  File \"a.py\", line 9, in <module>\n    \
                   s.recv(9)\nConnectionRefusedError: [Errno 111] Connection refused\n";
    let seen = [(0, waits_for(None)), (1, says(refused))];
    assert_eq!(told(client(Expectation::CleanEnd).exits(1), &seen), ["udp-refused-is-fatal"]);
}

/// What is said of these words, where a time of 250 to 450 ms should be.
fn of_a_time(words: &str) -> Vec<&'static str> {
    let figure = Figure::Time { what: "the time", least_us: 250_000, most_us: 450_000 };
    let failed = client(Expectation::Figure { figure });
    told(failed.exits(0), &[replies(0, SERVER, "Ping 1"), (1, prints(words))])
}

#[test]
fn a_time_of_next_to_nothing_is_told_from_one_that_is_wrong() {
    for words in ["Ping 1: 0.061 ms", "1 took 6.1e-05 s", "RTT 0.000081", "rtt 0.00 ms"] {
        assert_eq!(of_a_time(words), ["rtt-cpu-clock"], "{words}");
    }
    // It may be seconds, or it is much.
    for words in ["took 0.9 s", "1.9031 s", "Ping 1: 903.4 ms", "reply 1 of 10"] {
        assert_eq!(of_a_time(words), ["stats-invented"], "{words}");
    }
    assert!(!of_a_time("Request timed out").contains(&"stats-invented"));
}

#[test]
fn a_percentage_that_is_missing_may_not_be_printed_at_all() {
    let of = |words: &str| {
        let figure = Figure::Percentage { what: "the loss", percent: 20.0 };
        let failed = client(Expectation::Figure { figure });
        told(failed.exits(0), &[replies(0, SERVER, "Ping 10"), (1, prints(words))])
    };
    assert_eq!(of("loss: 30 %"), ["stats-invented"]);
    assert_eq!(of("Ping 10: 0.3 ms"), ["stats-invented", "out-silent"]);
}
