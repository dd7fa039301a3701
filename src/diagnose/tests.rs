//! The decision lists as tables: what was seen, and the cause that it shows.

mod calls;
mod errors;
mod modest;
mod second_run;
mod waits;
mod words;

use std::net::SocketAddr;

use super::{Case, diagnose};
use crate::evidence::{
    About, Call, Ending, Evidence, Exit, Expectation, Family, Flight, Outcome, Payload, Protocol,
    Receive, Role, Socket, SocketCall, SocketKind, Stream, Target, Thread, Timeout, Unmet, View,
    What,
};
use crate::packet::for_tests;

const SERVER: &str = "127.0.0.1:12345";
const CLIENT: &str = "127.0.0.1:40000";

fn at(address: &str) -> SocketAddr {
    address.parse().unwrap()
}

/// A UDP socket bound to `local`; port 0 is not bound.
fn udp(local: &str) -> Socket {
    Socket {
        pid: 1,
        fd: 3,
        inode: 77,
        family: if at(local).is_ipv4() { Family::Ipv4 } else { Family::Ipv6 },
        kind: SocketKind::Datagram,
        protocol: Protocol::Udp,
        local: Some(at(local)),
        peer: None,
        v6only: false,
        listening: false,
        nonblocking: false,
        receive_timeout_ms: None,
        queued: 0,
        drops: 0,
    }
}

fn tcp(local: &str) -> Socket {
    Socket { kind: SocketKind::Stream, protocol: Protocol::Tcp, listening: true, ..udp(local) }
}

/// A look at a program of one thread.
fn looked(sockets: &[Socket], thread: Thread) -> What {
    What::Looked { view: View { processes: 1, sockets: sockets.to_vec(), threads: vec![thread] } }
}

fn thread(call: Call, on: &[Target]) -> Thread {
    Thread { pid: 1, tid: 1, call, on: on.to_vec(), timeout: Timeout::Never, receive: None }
}

/// A program that waits for input on this.
fn waits(sockets: &[Socket], on: Target) -> What {
    let call = if on == Target::Terminal { Call::Read } else { Call::Recvfrom };
    looked(sockets, thread(call, &[on]))
}

/// A program that waits in a `recvfrom` with so much room.
fn asks_for(room: u64, asks_who: bool) -> What {
    let receive = Some(Receive { room, asks_who });
    looked(&[udp(SERVER)], Thread { receive, ..thread(Call::Recvfrom, &[Target::Socket(77)]) })
}

fn receives(socket: Socket) -> What {
    waits(&[socket], Target::Socket(77))
}

fn says(text: &str) -> What {
    What::Output { stream: Stream::Errors, text: Payload::from(text) }
}

fn prints(text: &str) -> What {
    What::Output { stream: Stream::Terminal, text: Payload::from(text) }
}

/// The program was started, and its calls are told of.
fn watched() -> What {
    What::Started { command: Vec::new(), pid: 1, calls: true }
}

fn typed(text: &str) -> What {
    What::Typed { text: Payload::from(text) }
}

fn sent(payload: &str) -> What {
    sent_bytes(payload.as_bytes())
}

fn sent_bytes(payload: &[u8]) -> What {
    What::Sent { from: at(CLIENT), to: at(SERVER), payload: Payload::from(payload) }
}

fn got(payload: &str) -> What {
    What::Received { at: at(CLIENT), from: at(SERVER), payload: Payload::from(payload) }
}

fn strayed(place: &str, protocol: Protocol) -> What {
    let from = at(SERVER);
    What::Strayed { at: at(place), protocol, from, payload: Payload::from("x") }
}

/// In a private network every packet is seen.
fn private() -> What {
    What::Opened { network: "private" }
}

/// The program's datagram on its way to this address.
fn flies(to: &str) -> What {
    let bytes = for_tests::udp(SERVER, to, b"x");
    What::Packet(Flight::new(0, bytes.into(), 0, Outcome::Arrived).unwrap())
}

fn evidence(seen: impl IntoIterator<Item = What>) -> Evidence {
    let mut evidence = Evidence::default();
    seen.into_iter().for_each(|what| evidence.record(0, what));
    evidence
}

/// What was expected, and what came of it.
struct Failed {
    role: Role,
    expectation: Expectation,
    ending: Ending,
    exit: Option<Exit>,
    instead: Option<&'static str>,
}

impl Failed {
    fn to(expectation: Expectation) -> Failed {
        let role = match expectation {
            Expectation::Datagram { .. } => Role::Client,
            Expectation::DatagramSocket => Role::Program,
            _ => Role::Server,
        };
        Failed { role, expectation, ending: Ending::Quiet, exit: None, instead: None }
    }

    fn exits(self, code: i32) -> Failed {
        Failed { exit: Some(Exit::Code(code)), ending: Ending::Exited, ..self }
    }

    fn gets(self, instead: &'static str) -> Failed {
        Failed { instead: Some(instead), ending: Ending::Contradicted, ..self }
    }

    fn after<const N: usize>(self, seen: [What; N]) -> Vec<&'static str> {
        self.with_second(seen, None)
    }

    /// What is said when the second run shows this.
    fn and_then(self, seen: &[What], second: impl IntoIterator<Item = What>) -> Vec<&'static str> {
        self.with_second(seen.to_vec(), Some(evidence(second)))
    }

    fn with_second(
        self,
        seen: impl IntoIterator<Item = What>,
        second: Option<Evidence>,
    ) -> Vec<&'static str> {
        self.said_of(&evidence(seen), second)
    }

    /// What is said of this.
    fn of(self, evidence: &Evidence) -> Vec<&'static str> {
        self.said_of(evidence, None)
    }

    fn said_of(self, evidence: &Evidence, second: Option<Evidence>) -> Vec<&'static str> {
        let unmet = Unmet {
            expectation: self.expectation,
            ending: self.ending,
            exit: self.exit,
            expected: String::new(),
            observed: String::new(),
            instead: self.instead.map(Payload::from),
            difference: None,
            claim: None,
        };
        let address = Some(at(SERVER));
        let case = Case { role: self.role, address, unmet: &unmet, evidence };
        let opinion = diagnose(&case);
        let diagnoses = match second {
            Some(second) if opinion.is_open() => opinion.after(&case, &second),
            _ => opinion.diagnoses(),
        };
        diagnoses.into_iter().map(|diagnosis| diagnosis.id).collect()
    }
}

fn bound() -> Failed {
    Failed::to(Expectation::Bound { address: at(SERVER) })
}

fn answer(payload: &str) -> Failed {
    let payload = Payload::from(payload);
    Failed::to(Expectation::Answer { to: at(CLIENT), from: at(SERVER), payload })
}

fn datagram(payload: &str) -> Failed {
    Failed::to(Expectation::Datagram { at: at(SERVER), payload: Payload::from(payload) })
}

fn output(text: &str) -> Failed {
    let text = Payload::from(text);
    Failed::to(Expectation::Output { text, about: About::Message })
}

#[test]
fn a_server_that_is_not_where_it_should_be() {
    assert_eq!(bound().after([receives(udp("0.0.0.0:0"))]), ["udp-no-bind"]);
    let any_port = bound().after([receives(udp("127.0.0.1:40321"))]);
    assert_eq!(any_port, ["udp-no-bind", "udp-wrong-port"]);
    assert_eq!(bound().after([receives(udp("127.0.0.1:12346"))]), ["udp-wrong-port"]);
    assert_eq!(bound().after([receives(udp("127.0.0.1:14640"))]), ["udp-port-byte-order"]);
    assert_eq!(bound().after([receives(udp("127.0.0.2:12345"))]), ["udp-bind-hostname"]);
    assert_eq!(bound().after([receives(udp("[::1]:12345"))]), ["addr-localhost-v6-first"]);
    let v6only = Socket { v6only: true, ..udp("[::]:12345") };
    assert_eq!(bound().after([receives(v6only)]), ["addr-v6only"]);
    assert_eq!(bound().after([receives(tcp(SERVER))]), ["udp-stream-socket"]);
    assert_eq!(bound().after([waits(&[], Target::Terminal)]), ["start-reads-stdin"]);
    let none = waits(&[], Target::Other);
    assert_eq!(bound().after([none]), ["udp-no-socket", "udp-socket-closed-early"]);
}

#[test]
fn a_server_for_other_hosts_that_they_cannot_reach() {
    let bound = || Failed::to(Expectation::Bound { address: at("192.168.0.108:4010") });
    let at = |local: &str| bound().after([receives(udp(local))]);
    assert_eq!(at("127.0.0.1:4010"), ["udp-bind-loopback-only"]);
    assert_eq!(at("[::1]:4010"), ["udp-bind-loopback-only"]);
    assert_eq!(at("127.0.1.1:4010"), ["udp-bind-loopback-only", "udp-bind-hostname"]);
    assert_eq!(at("192.168.0.255:4010"), ["udp-bind-broadcast"]);
    assert_eq!(at("255.255.255.255:4010"), ["udp-bind-broadcast"]);
    assert_eq!(at("10.0.0.7:4010"), ["udp-bind-hostname"]);
    assert_eq!(at("127.0.0.1:12345"), ["udp-wrong-port"]);
}

#[test]
fn a_server_that_does_not_answer() {
    let hello = || answer("Hello, Client!");
    let socket = || udp(SERVER);
    let received = || prints("Message: 'ping'\n");
    let silent = hello().after([sent("ping"), receives(socket())]);
    assert_eq!(silent, ["udp-header-then-body", "udp-never-replies"]);
    let same = [asks_for(1024, true), sent("ping"), asks_for(1024, true)];
    assert_eq!(hello().after(same), silent);
    for first in [asks_for(4, true), asks_for(1024, false)] {
        let other = [first, sent("ping"), asks_for(1024, true)];
        assert_eq!(hello().after(other), ["udp-header-then-body"]);
    }
    let seen = [sent("ping"), received(), receives(socket())];
    assert_eq!(hello().after(seen), ["udp-never-replies", "except-hides-bug"]);
    let seen = [sent("ping"), prints("0.0.0.0:0 says ping\n"), receives(socket())];
    assert_eq!(hello().after(seen), ["udp-c-addrlen-uninit"]);
    let seen = [sent("ping"), prints("('127.0.0.1', 12345) Hello, Client!\n"), receives(socket())];
    assert_eq!(hello().after(seen), ["udp-reply-fixed-address", "out-log-vs-answer"]);
    let seen = [sent("ping"), prints("ping -> Hello, Client!"), receives(socket())];
    assert_eq!(hello().after(seen), ["out-log-vs-answer", "except-hides-bug"]);
    let seen = [sent("ping"), strayed("127.0.0.1:12346", Protocol::Udp), receives(socket())];
    assert_eq!(answer("x").after(seen), ["udp-reply-fixed-address"]);
    let connected = Socket { peer: Some(at("127.0.0.1:40001")), ..socket() };
    assert_eq!(hello().after([sent("ping"), receives(connected)]), ["udp-connect-first-client"]);
    let asks = waits(&[socket()], Target::Terminal);
    assert_eq!(hello().after([sent("ping"), asks]), ["udp-waits-for-operator"]);
    let once = [sent("a"), got("Hello, Client!"), sent("b")];
    assert_eq!(hello().exits(0).after(once), ["udp-serves-once"]);
    let broken = [sent("ping"), received(), says("Os { code: 89 } (os error 89)")];
    assert_eq!(hello().exits(1).after(broken), ["udp-send-unconnected"]);
}

#[test]
fn an_answer_whose_bytes_are_wrong() {
    let prefixed = |message: &str| answer(&format!("Server acknowledges: {message}"));
    let gets = |instead| prefixed("good day").gets(instead).after([sent("good day")]);
    assert_eq!(gets("Server acknowledges: good day\n"), ["frame-line-end-sent"]);
    assert_eq!(gets("Server acknowledges: good day\0"), ["frame-length-off"]);
    assert_eq!(gets("Server acknowledges: good day\0\0\0\0"), ["size-sends-whole-buffer"]);
    assert_eq!(gets("good day"), ["ack-prefix-missing"]);
    assert_eq!(gets("Server acknowledges: good"), ["text-first-word"]);
    let cut = prefixed("good afternoon").gets("Server acknowledges: good aft");
    assert_eq!(cut.after([sent("good afternoon")]), ["size-recv-buffer-small"]);
    assert_eq!(gets("Server a"), ["size-of-pointer", "size-recv-buffer-small"]);
    assert_eq!(gets("Server acknowledges: b'good day'"), ["enc-prints-bytes-repr"]);
    assert_eq!(gets("Server acknowledges: hello"), ["ack-canned"]);
    assert_eq!(gets("Server acknowledges: good day"), ["udp-reply-new-socket"]);
    assert_eq!(gets("Server acknowledges: GOOD DAY"), ["text-differs"]);
    assert_eq!(gets("Server acknowledges:good day"), ["ack-prefix-wrong"]);
    assert_eq!(gets("[12:00] Server acknowledges: good day"), ["ack-prefix-wrong"]);
    assert_eq!(gets("Server acknowledges: 'good day'"), ["text-differs"]);
    assert_eq!(gets("Server acknowledges: good day, 12:00"), ["text-added"]);
    assert_eq!(gets("Server acknowledges: "), ["ack-canned"]);
    assert_eq!(gets("Server acknowledges: [103, 111, 111, 100]"), ["enc-prints-bytes-repr"]);
    // Made from the message, in a way that no row knows.
    assert_eq!(gets("Server acknowledges: doog yad"), ["unknown"]);
    assert_eq!(gets("Server acknowledges: Z29vZCBkYXk="), ["unknown"]);
    assert_eq!(gets("Server acknowledges: 8 bytes"), ["unknown"]);
    let spaces = prefixed(" hi ").gets("Server acknowledges: hi").after([sent(" hi ")]);
    assert_eq!(spaces, ["text-trimmed"]);
    let two = [sent("good day"), got("Server acknowledges: "), got("good day")];
    assert_eq!(prefixed("good day").gets("Server acknowledges: ").after(two), ["udp-in-pieces"]);
    let constant = answer("Hello, Client!").gets("ping").after([sent("ping")]);
    assert_eq!(constant, ["text-echoed"]);
    let letters = prefixed("olé").gets("Server acknowledges: ol?").after([sent("olé")]);
    assert_eq!(letters, ["enc-wrong-charset"]);
    let rest = "Server acknowledges: hilong message";
    let seen = [sent("a long message"), got("Server acknowledges: a long message"), sent("hi")];
    assert_eq!(prefixed("hi").gets(rest).after(seen), ["size-java-getdata"]);
}

#[test]
fn an_answer_to_an_earlier_message_is_late_or_comes_twice() {
    let late = || answer("Server acknowledges: two").gets("Server acknowledges: one");
    let (one, two) = ("Server acknowledges: one", "Server acknowledges: two");
    let lags = [sent("one"), got(one), sent("two"), got(one)];
    assert_eq!(late().after(lags), ["ack-one-behind", "ack-canned"]);
    let repeats = [sent("one"), got(one), sent("two"), got(one), got(two)];
    assert_eq!(late().after(repeats), ["udp-replies-twice"]);
}

#[test]
fn a_server_that_answers_some_messages_only() {
    let seen = [sent("a"), got("Hello, Client!"), sent("b"), receives(udp(SERVER))];
    assert_eq!(answer("Hello, Client!").after(seen), ["udp-replies-sometimes"]);
    let bytes = Payload::from(&b"ol\xe9"[..]);
    let no_text = What::Sent { from: at(CLIENT), to: at(SERVER), payload: bytes };
    let seen = [no_text, receives(udp(SERVER))];
    assert_eq!(answer("hello").after(seen), ["except-hides-bug", "udp-never-replies"]);
    let another = Socket { inode: 78, ..udp(SERVER) };
    let seen = [receives(udp(SERVER)), sent("a"), waits(&[another], Target::Socket(78))];
    assert_eq!(answer("Hello, Client!").after(seen), ["udp-socket-per-message"]);
}

#[test]
fn a_thread_that_broke_is_why_no_answer_came() {
    let words = "Traceback (most recent call last):\n  File \"a.py\", line 9, in work\n    \
                 int(data)\nValueError: invalid literal for int()\n";
    let asks = || waits(&[udp(SERVER)], Target::Terminal);
    assert_eq!(answer("x").after([sent("a"), says(words), asks()]), ["exit-crashed"]);
    // What it printed before the message came is about something else.
    assert_eq!(answer("x").after([says(words), sent("a"), asks()]), ["udp-waits-for-operator"]);
    let came = answer("x").gets("y").after([sent("a"), says(words), asks()]);
    assert_ne!(came, ["exit-crashed"]);
}

#[test]
fn a_program_that_sleeps_is_told_from_one_that_polls() {
    let asleep = |socket: Socket| {
        looked(&[socket], Thread { timeout: Timeout::Some, ..thread(Call::Sleep, &[]) })
    };
    let late = || Failed { ending: Ending::Deadline, ..answer("Hello, Client!") };
    assert_eq!(late().after([sent("ping"), asleep(udp(SERVER))]), ["conc-sleeps"]);
    let polls = Socket { nonblocking: true, ..udp(SERVER) };
    assert_eq!(late().after([sent("ping"), asleep(polls)]), ["unknown"]);
}

#[test]
fn a_client_whose_datagram_does_not_come() {
    let socket = || udp("0.0.0.0:40321");
    let went =
        |place, protocol| datagram("hi").after([strayed(place, protocol), receives(socket())]);
    assert_eq!(went("127.0.0.1:12346", Protocol::Udp), ["udp-wrong-port"]);
    assert_eq!(went("127.0.0.1:14640", Protocol::Udp), ["udp-port-byte-order"]);
    assert_eq!(went("[::1]:12345", Protocol::Udp), ["addr-localhost-v6-first"]);
    assert_eq!(went("127.0.0.1:12345", Protocol::Tcp), ["udp-stream-socket"]);
    let lost = datagram("hi").after([receives(socket())]);
    assert_eq!(lost, ["udp-wrong-port", "out-log-vs-answer"]);
    assert_eq!(datagram("hi").after([receives(udp("0.0.0.0:0"))]), ["out-log-vs-answer"]);
}

#[test]
fn a_text_that_is_not_printed() {
    let message = "copper walnut 4711";
    let printed =
        |text: &str| output(message).after([sent(message), prints(text), receives(udp(SERVER))]);
    assert_eq!(printed("got [99, 111, 112, 112, 101, 114]"), ["enc-prints-bytes-repr"]);
    assert_eq!(printed("got 'copper w'"), ["size-recv-buffer-small"]);
    assert_eq!(printed("got 'Hello'"), ["out-canned"]);
    assert_eq!(printed("got 'COPPER WALNUT 4711'"), ["unknown"]);
    let port = Payload::from("40000");
    let port = Failed::to(Expectation::Output { text: port, about: About::Port });
    let own = prints("copper walnut 4711 from 127.0.0.1:12345\n");
    assert_eq!(port.after([sent(message), own, receives(udp(SERVER))]), ["addr-prints-own"]);
    let half = prints("copper walnut 4711 from 127.0.0.1\n");
    let port = || Failed::to(Expectation::Output { text: "40000".into(), about: About::Port });
    assert_eq!(port().after([sent(message), half, receives(udp(SERVER))]), ["addr-half-printed"]);
    let none = prints("copper walnut 4711\n");
    let seen = [sent(message), none, receives(udp(SERVER))];
    assert_eq!(port().after(seen), ["udp-recv-drops-address", "out-silent"]);
    // A `recv` does not ask for the sender.
    let seen = [sent(message), prints("copper walnut 4711\n"), asks_for(1024, false)];
    assert_eq!(port().after(seen), ["udp-recv-drops-address"]);
    let seen = [sent(message), prints("copper walnut 4711\n"), asks_for(1024, true)];
    assert_eq!(port().after(seen), ["udp-recv-drops-address", "out-silent"]);
    // A datagram went to the server's port, where it has no socket any more.
    let elsewhere = receives(udp("0.0.0.0:40500"));
    assert_eq!(output(message).after([sent(message), elsewhere]), ["udp-socket-per-message"]);
    let late = [sent(message), receives(udp(SERVER)), prints(message)];
    assert_eq!(output(message).after(late), ["out-not-flushed"]);
    // One that wakes now and then is never quiet.
    let wakes = || Failed { ending: Ending::Deadline, ..output(message) };
    let late = [sent(message), receives(udp(SERVER)), What::Stopped, prints(message)];
    assert_eq!(wakes().after(late), ["out-not-flushed"]);
}

#[test]
fn a_packet_tells_where_a_datagram_went() {
    let server = || answer("x");
    let bound = || receives(udp(SERVER));
    let fixed = server().after([bound(), sent("a"), flies("127.0.0.1:50007")]);
    assert_eq!(fixed, ["udp-reply-fixed-address"]);
    // To the client that asked: it is on its way to where it should be.
    let right = server().after([private(), bound(), sent("abcd"), prints("abcd"), flies(CLIENT)]);
    assert_eq!(right[0], "udp-never-replies");
    // A name is asked for by the system.
    let named =
        server().after([private(), bound(), sent("abcd"), prints("abcd"), flies("10.0.0.2:53")]);
    assert_eq!(named[0], "udp-never-replies");

    let client = |to: &str| datagram("hello").after([receives(udp("0.0.0.0:40001")), flies(to)]);
    assert_eq!(client("127.0.0.1:12346"), ["udp-wrong-port"]);
    assert_eq!(client("127.0.0.1:14640"), ["udp-port-byte-order"]);
    assert_eq!(client("192.168.1.5:12345"), ["addr-hardcoded-remote"]);
}

#[test]
fn a_packet_tells_that_a_socket_takes_ipv6_only() {
    let quoted = for_tests::udp(CLIENT, SERVER, b"hi");
    let unreachable = [&[3, 3, 0, 0, 0, 0, 0, 0], quoted.as_slice()].concat();
    let bytes = for_tests::ipv4(1, SERVER, CLIENT, &unreachable);
    let refused = What::Packet(Flight::new(0, bytes.into(), 0, Outcome::Arrived).unwrap());
    let bound = || receives(udp("[::]:12345"));
    let seen = [private(), bound(), sent("hi"), refused];
    assert_eq!(answer("hello").after(seen), ["addr-v6only"]);
    let seen = [private(), bound(), sent("hi")];
    assert_eq!(answer("hello").after(seen)[0], "udp-header-then-body");
    // Where packets are not seen, the peer hears of it.
    let told = || What::NotTaken { from: at(CLIENT), to: at(SERVER) };
    assert_eq!(answer("hello").after([bound(), sent("hi"), told()]), ["addr-v6only"]);
}

#[test]
fn only_what_has_arrived_was_taken() {
    let told = || What::NotTaken { from: at(CLIENT), to: at(SERVER) };
    let refused = [receives(udp(SERVER)), sent("ping"), told()];
    assert_eq!(answer("hello").after(refused), ["unknown"]);
    let elsewhere = [sent("ping"), receives(udp("127.0.0.1:40001"))];
    assert_eq!(answer("hello").after(elsewhere), ["unknown"]);
    let full = Socket { queued: 768, ..udp(SERVER) };
    assert_eq!(answer("hello").after([sent("ping"), receives(full)]), ["unknown"]);
}

#[test]
fn what_was_not_seen_where_all_is_seen_was_not_sent() {
    let silent = |network: &'static str| {
        let opened = What::Opened { network };
        datagram("hello").after([opened, receives(udp("0.0.0.0:40001"))])
    };
    assert_eq!(silent("private"), ["out-log-vs-answer"]);
    assert_eq!(silent("loopback"), ["udp-wrong-port", "out-log-vs-answer"]);
}

#[test]
fn what_hostile_input_does_is_told_by_it() {
    let ack = |message: &str| format!("Server acknowledges: {message}");
    let error = "Error: message longer than 1024 bytes";
    let waits = || receives(udp(SERVER));
    let silence = || Failed::to(Expectation::Silence);
    let looped = silence().gets("Error: x").after([sent(&ack("a")), got("Error: x"), waits()]);
    assert_eq!(looped, ["udp-answers-answers"]);
    let raw = Failed::to(Expectation::Escaped).gets("\x1b[2Ja");
    assert_eq!(raw.after([sent("\x1b[2Ja"), prints("\x1b[2Ja")]), ["out-raw-controls"]);
    let grown = Failed::to(Expectation::Memory { at_most: 1 });
    assert_eq!(grown.after([waits()]), ["mem-keeps-messages"]);

    assert_eq!(answer(&ack("")).after([sent(""), waits()]), ["udp-empty-not-served"]);
    assert_eq!(answer(&ack("")).exits(0).after([sent("")]), ["udp-empty-not-served"]);
    let quoted = "he said Error: no";
    assert_eq!(answer(&ack(quoted)).after([sent(quoted), waits()]), ["ack-marker-anywhere"]);
    let long = "abcd".repeat(256);
    let early = answer(&ack(&long)).gets("Error: message longer than 1024 bytes");
    assert_eq!(early.after([sent(&long), got(error)]), ["size-limit-wrong"]);
    let whole = answer(error).gets("Server acknowledges: abcd");
    assert_eq!(whole.after([sent("abcd"), got("x")]), ["size-limit-wrong"]);
    let cut = answer(error).gets("Server acknowledges: abcd");
    assert_eq!(cut.after([sent("abcdef"), got("x")]), ["size-cut-not-refused"]);
    assert_eq!(answer(error).after([sent("abcdef"), waits()]), ["size-refused-silently"]);
    let payload = Payload::from(b"Server acknowledges: ol\xe9");
    let bytes = Expectation::Answer { to: at(CLIENT), from: at(SERVER), payload };
    let replaced = Failed::to(bytes).gets("Server acknowledges: ol\u{fffd}");
    assert_eq!(replaced.after([got("x")]), ["enc-bytes-replaced"]);
}
