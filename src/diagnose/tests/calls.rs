//! What calls tell that a look cannot, and what is said where they, or sockets, are not seen as well.

use super::*;

fn makes(kind: SocketKind, errno: i32) -> What {
    What::Called(SocketCall::Socket { family: Family::Ipv4, kind, errno: Some(errno) })
}

fn makes_udp() -> What {
    makes(SocketKind::Datagram, 0)
}

fn binds(address: &str, errno: i32) -> What {
    What::Called(SocketCall::Bind { fd: 3, address: Some(at(address)), errno: Some(errno) })
}

/// Only of a datagram socket the result is known.
fn connects(fd: i32, address: &str, errno: Option<i32>) -> What {
    What::Called(SocketCall::Connect { fd, address: Some(at(address)), errno })
}

fn no_socket() -> What {
    waits(&[], Target::Terminal)
}

fn busy(sockets: &[Socket]) -> What {
    looked(sockets, Thread { timeout: Timeout::Some, ..thread(Call::Running, &[]) })
}

fn message<const N: usize>(failed: &Failed, seen: [What; N]) -> String {
    let mut evidence = Evidence::default();
    seen.into_iter().for_each(|what| evidence.record(0, what));
    let unmet = Unmet {
        expectation: failed.expectation.clone(),
        ending: failed.ending,
        exit: failed.exit,
        expected: String::new(),
        observed: String::new(),
        instead: None,
        difference: None,
        claim: None,
    };
    let case =
        Case { role: failed.role, address: Some(at(SERVER)), unmet: &unmet, evidence: &evidence };
    diagnose(&case).diagnoses().remove(0).message
}

#[test]
fn a_socket_that_is_not_there_was_never_made_or_refused_or_closed() {
    let socket = || Failed::to(Expectation::DatagramSocket);
    // Without the calls nobody can say.
    assert_eq!(socket().after([no_socket()]), ["udp-no-socket", "udp-socket-closed-early"]);
    assert_eq!(socket().after([watched(), no_socket()]), ["udp-no-socket"]);
    let seen = [watched(), makes_udp(), no_socket()];
    assert_eq!(socket().after(seen), ["udp-socket-closed-early"]);
    let seen = [watched(), makes_udp(), binds(SERVER, 0), no_socket()];
    assert_eq!(socket().after(seen), ["udp-socket-closed-early"]);
    let refused = || [watched(), makes(SocketKind::Datagram, libc::EPROTONOSUPPORT), no_socket()];
    assert_eq!(socket().after(refused()), ["udp-no-socket"]);
    let said = message(&socket(), refused());
    let why = "failed (EPROTONOSUPPORT: that kind of socket does not speak that protocol)";
    assert!(said.contains(why), "{said}");
    // One family is missing, and another is there: it was made.
    let seen = [watched(), makes(SocketKind::Datagram, 97), makes_udp(), no_socket()];
    assert_eq!(socket().after(seen), ["udp-socket-closed-early"]);
    // A library that looks up a name connects a socket for a moment.
    let seen = [watched(), makes_udp(), connects(3, "[::1]:12345", Some(0)), no_socket()];
    assert_eq!(socket().after(seen), ["udp-socket-closed-early", "udp-no-socket"]);
}

#[test]
fn a_bind_that_failed_says_why() {
    let unbound = || receives(udp("0.0.0.0:0"));
    let failed = message(&bound(), [watched(), binds("192.0.2.1:12345", 99), unbound()]);
    let why = "bind to 192.0.2.1:12345 failed (EADDRNOTAVAIL: no interface of this host has that \
               address), and the error was not looked at";
    assert!(failed.contains(why), "{failed}");
    assert!(message(&bound(), [watched(), unbound()]).contains("it was never bound; nothing"));
    assert!(message(&bound(), [unbound()]).contains("it was never bound, or bind failed"));
}

#[test]
fn a_server_that_never_rests_is_connected_as_its_calls_tell() {
    let connected = |address: &str| {
        let late = Failed { ending: Ending::Deadline, ..answer("Hello, Client!") };
        let connects = connects(3, address, Some(0));
        late.after([watched(), makes_udp(), binds(SERVER, 0), connects, busy(&[udp(SERVER)])])
    };
    assert_eq!(connected("127.0.0.1:40001"), ["udp-connect-first-client"]);
    assert_eq!(connected(CLIENT), ["unknown"], "it is connected to the one that asks");
    // It was taken back, or did not hold, or was of another socket.
    let taken_back = What::Called(SocketCall::Connect { fd: 3, address: None, errno: None });
    let failed = connects(3, "127.0.0.1:40001", Some(101));
    for last in [taken_back, failed, connects(4, "127.0.0.1:40001", Some(0))] {
        let late = Failed { ending: Ending::Deadline, ..answer("Hello, Client!") };
        let first = connects(4, "127.0.0.1:40001", Some(0));
        let seen = [watched(), makes_udp(), binds(SERVER, 0), first, last, busy(&[udp(SERVER)])];
        assert_eq!(late.after(seen), ["unknown"]);
    }
}

#[test]
fn a_client_that_asks_for_a_connection_and_is_refused_speaks_tcp() {
    let words = "ConnectionRefusedError: [Errno 111] Connection refused";
    let refused = || datagram("hi").exits(1);
    let connect = || connects(3, "127.0.0.1:12346", None);
    let seen = [watched(), makes(SocketKind::Stream, 0), connect(), says(words)];
    assert_eq!(refused().after(seen), ["udp-stream-socket"]);
    // One that has a datagram socket too wants something else with this one.
    let both = [watched(), makes(SocketKind::Stream, 0), makes_udp(), connect(), says(words)];
    assert_eq!(refused().after(both), ["exit-crashed"]);
    assert_eq!(refused().after([says(words)]), ["exit-crashed"]);
}

#[test]
fn a_client_that_is_connected_elsewhere_has_sent_there() {
    let connected = |peer: &str| {
        let socket = Socket { peer: Some(at(peer)), ..udp("127.0.0.1:40321") };
        move |first: What| datagram("hi").after([first, receives(socket.clone())])
    };
    let loopback = || What::Opened { network: "loopback" };
    assert_eq!(connected("127.0.0.1:12346")(loopback()), ["udp-wrong-port"]);
    assert_eq!(connected("127.0.0.1:14640")(loopback()), ["udp-port-byte-order"]);
    assert_eq!(connected("[::1]:12345")(loopback()), ["addr-localhost-v6-first"]);
    // Where every packet is seen, it has sent none.
    assert_eq!(connected("127.0.0.1:12346")(private()), ["out-log-vs-answer"]);
    let there = ["udp-wrong-port", "out-log-vs-answer"];
    assert_eq!(connected(SERVER)(loopback()), there, "it is connected to the server");
}

/// Sockets as they are seen by copies of descriptors, and as `/proc` shows them.
#[test]
fn what_proc_cannot_show_is_told_from_what_it_does_show() {
    let by_copies = Socket { v6only: true, ..udp("[::]:12345") };
    assert_eq!(bound().after([receives(by_copies)]), ["addr-v6only"]);
    // `/proc` has no options: such a socket counts as bound, and what it refuses tells.
    let quoted = for_tests::udp(CLIENT, SERVER, b"hi");
    let unreachable = [&[3, 3, 0, 0, 0, 0, 0, 0], quoted.as_slice()].concat();
    let bytes = for_tests::ipv4(1, SERVER, CLIENT, &unreachable);
    let refused = What::Packet(Flight::new(0, bytes.into(), 0, Outcome::Arrived).unwrap());
    let by_proc = || receives(udp("[::]:12345"));
    let seen = [private(), by_proc(), sent("hi"), refused];
    assert_eq!(answer("Hello").after(seen), ["addr-v6only"]);

    // A socket that nobody has bound stands in no table of `/proc`: it has no address at all.
    for local in [Some(at("0.0.0.0:0")), None] {
        let unbound = || receives(Socket { local, ..udp("0.0.0.0:0") });
        assert_eq!(bound().after([unbound()]), ["udp-no-bind"]);
        assert_eq!(bound().after([watched(), makes_udp(), unbound()]), ["udp-no-bind"]);
        assert_eq!(datagram("hi").after([unbound()]), ["out-log-vs-answer"]);
    }
}

/// What needs no calls is the same with them and without.
#[test]
fn calls_change_nothing_where_a_look_is_enough() {
    let calls = || [watched(), makes_udp(), binds(SERVER, 0)];
    type Made<T> = fn() -> T;
    let cases: [(Made<Failed>, Made<What>); 5] = [
        (bound, || receives(udp("127.0.0.1:12346"))),
        (bound, || receives(udp("127.0.0.1:14640"))),
        (bound, || receives(tcp(SERVER))),
        (bound, || receives(udp("127.0.0.2:12345"))),
        (|| answer("hello"), || receives(udp(SERVER))),
    ];
    for (failed, look) in cases {
        let [first, second, third] = calls();
        let with = failed().after([first, second, third, sent("good day"), look()]);
        assert_eq!(with, failed().after([sent("good day"), look()]));
    }
}
