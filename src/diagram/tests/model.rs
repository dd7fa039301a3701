//! Which lanes there are, and between which of them an arrow goes.

use std::net::IpAddr;

use super::scenes::*;
use crate::diagram::{Cast, End, Exchange, Fate};
use crate::evidence::{Outcome, Protocol, Role};

/// The lanes in a line, and a line for each arrow.
fn lines(exchange: &Exchange) -> Vec<String> {
    let lane = |end: End| end.lane().map_or("nobody", |lane| exchange.lanes[lane].title.as_str());
    let lanes = exchange.lanes.iter().map(|lane| match lane.address {
        Some(at) => format!("{} at {at}", lane.title),
        None => lane.title.clone(),
    });
    let mut lines = vec![lanes.collect::<Vec<_>>().join(" | ")];
    for arrow in &exchange.arrows {
        let head = match (arrow.fate, arrow.is_error) {
            (Fate::Failed, _) => "✗",
            (_, true) => "⇢",
            (_, false) => "→",
        };
        let mut line =
            format!("{} {head} {}: {}", lane(arrow.from), lane(arrow.to), arrow.label.fit(60));
        for note in &arrow.notes {
            line += &format!(" ({note})");
        }
        lines.push(line);
    }
    lines
}

#[track_caller]
fn is_read_as(seen: &Seen, role: Role, expected: &[&str]) {
    assert_eq!(lines(&seen.exchange(role)), expected);
}

#[test]
fn packets_go_between_the_peer_and_the_program() {
    let expected = [
        "client | your server at 127.0.0.1:12345",
        "client → your server: \"Copper walnut\" 13 bytes",
        "your server → client: \"Hello, Client!\" 14 bytes",
        "client ✗ your server: \"again\" 5 bytes \
         (lost by rule on line 2: lose 2nd udp datagram from client)",
        "client → your server: \"once more\" 9 bytes",
        "your server → client: \"Hello, Client!\" 14 bytes",
    ];
    is_read_as(&greeting(), Role::Server, &expected);
}

#[test]
fn where_packets_cannot_be_seen_the_peers_tell() {
    let seen = seen()
        .bound(SERVER)
        .sent(CLIENT, SERVER, "one")
        .received(CLIENT, SERVER, "uno")
        .sent(OTHER, SERVER, "two");
    let expected = [
        "client | your server at 127.0.0.1:12345 | second client",
        "client → your server: \"one\" 3 bytes",
        "your server → client: \"uno\" 3 bytes",
        "second client → your server: \"two\" 3 bytes",
    ];
    is_read_as(&seen, Role::Server, &expected);
}

#[test]
fn what_peers_tell_is_not_drawn_beside_packets() {
    let seen = seen().bound(SERVER).sent(CLIENT, SERVER, "one").udp(CLIENT, SERVER, "one");
    assert_eq!(seen.exchange(Role::Server).arrows.len(), 1);
}

#[test]
fn a_client_stands_on_the_left_whoever_is_checked() {
    let seen = seen().joined("server", SERVER).udp(CLIENT, SERVER, "Hello, Server!").udp(
        SERVER,
        CLIENT,
        "Hello, Client!",
    );
    let expected = [
        "your client | server at 127.0.0.1:12345",
        "your client → server: \"Hello, Server!\" 14 bytes",
        "server → your client: \"Hello, Client!\" 14 bytes",
    ];
    is_read_as(&seen, Role::Client, &expected);
}

#[test]
fn a_peer_that_says_nothing_has_a_lane_only_beside_the_program() {
    let alone = seen().joined("server", SERVER).udp(CLIENT, "127.0.0.1:12346", "Hello");
    let expected = [
        "your client | server at 127.0.0.1:12345",
        "your client ✗ nobody: \"Hello\" 5 bytes (to 127.0.0.1:12346, where nobody is)",
    ];
    is_read_as(&alone, Role::Client, &expected);
    let second = seen()
        .bound(SERVER)
        .joined("client", CLIENT)
        .joined("a second client", OTHER)
        .udp(CLIENT, SERVER, "Hello");
    let lanes = "client | your server at 127.0.0.1:12345";
    assert_eq!(lines(&second.exchange(Role::Server))[0], lanes);
}

#[test]
fn a_place_that_nobody_holds_has_no_lane_and_answers_with_icmp() {
    let seen = seen()
        .joined("client", CLIENT)
        .bound("127.0.0.1:14640")
        .udp(CLIENT, SERVER, "Hello")
        .unreachable(CLIENT, SERVER, "Hello")
        .udp(CLIENT, SERVER, "Hello?");
    let expected = [
        "client | your server at 127.0.0.1:14640",
        "client ✗ nobody: \"Hello\" 5 bytes (to 127.0.0.1:12345, where nobody is)",
        "nobody ⇢ client: ICMP port unreachable",
        "client ✗ nobody: \"Hello?\" 6 bytes",
    ];
    is_read_as(&seen, Role::Server, &expected);
}

#[test]
fn a_port_that_was_left_says_so_itself() {
    let seen = seen()
        .bound(SERVER)
        .joined("client", CLIENT)
        .udp(CLIENT, SERVER, "Hello")
        .udp(SERVER, CLIENT, "too late")
        .unreachable(SERVER, CLIENT, "too late");
    let last = lines(&seen.exchange(Role::Server)).pop().unwrap();
    assert_eq!(
        last,
        "client ⇢ your server: ICMP port unreachable (nobody is at that port any more)"
    );
}

#[test]
fn an_answer_from_another_socket_says_so_without_the_number_that_the_system_chose() {
    let answered = |from| {
        let seen = seen().bound(SERVER).joined("client", CLIENT).udp(CLIENT, SERVER, "Hello");
        lines(&seen.udp(from, CLIENT, "Hi").exchange(Role::Server)).pop().unwrap()
    };
    assert_eq!(answered(SERVER), "your server → client: \"Hi\" 2 bytes");
    assert_eq!(
        answered("127.0.0.1:45001"),
        "your server → client: \"Hi\" 2 bytes (from another port)"
    );
    assert_eq!(
        answered("127.0.0.1:4711"),
        "your server → client: \"Hi\" 2 bytes (from 127.0.0.1:4711)"
    );
}

#[test]
fn wrong_places_are_named_by_what_they_are() {
    let sent_to = |to| {
        let seen = seen().bound(SERVER).joined("client", CLIENT).udp(CLIENT, SERVER, "Hello");
        let seen = seen.udp(SERVER, to, "Hi");
        seen.exchange(Role::Server).arrows.pop().unwrap().notes
    };
    for (to, place) in [
        ("127.0.0.1:9", "127.0.0.1:9"),
        ("127.0.0.1:54321", "127.0.0.1:54321"),
        ("127.0.0.1:16540", "the port of the client with its bytes swapped"),
        ("127.0.0.1:40001", "a port beside the right one"),
        ("127.0.0.9:40000", "127.0.0.9, at the port of the client"),
    ] {
        assert_eq!(sent_to(to), [format!("to {place}, where nobody is")]);
    }
}

#[test]
fn what_a_lookout_saw_went_to_nobody() {
    let seen = seen().strayed("127.0.0.1:12346", Protocol::Udp, CLIENT, "Hello").strayed(
        SERVER,
        Protocol::Tcp,
        CLIENT,
        "",
    );
    let expected = [
        "your client",
        "your client ✗ nobody: \"Hello\" 5 bytes (to 127.0.0.1:12346, where nobody is)",
        "your client ✗ nobody: TCP connection (to 127.0.0.1:12345, where nobody listens)",
    ];
    is_read_as(&seen, Role::Client, &expected);
}

#[test]
fn what_left_the_network_was_refused() {
    let seen = seen().joined("server", SERVER).flight(
        udp(CLIENT, "192.0.2.1:53", b"?"),
        Outcome::Refused,
        None,
    );
    let last = lines(&seen.exchange(Role::Client)).pop().unwrap();
    assert_eq!(last, "your client ✗ nobody: \"?\" 1 byte (to 192.0.2.1:53, outside this network)");
}

#[test]
fn the_links_words_stand_beside_what_it_did() {
    let delayed = udp(CLIENT, SERVER, b"slow");
    let seen = seen().bound(SERVER).joined("client", CLIENT).flight(
        delayed,
        Outcome::Arrived,
        Some("delayed by 20 ms; sent twice"),
    );
    let last = lines(&seen.exchange(Role::Server)).pop().unwrap();
    assert_eq!(last, "client → your server: \"slow\" 4 bytes (delayed by 20 ms; sent twice)");
}

#[test]
fn a_connection_is_told_by_its_flags_and_relative_numbers() {
    let expected = [
        "client | your server at 127.0.0.1:12345",
        "client → your server: SYN (handshake)",
        "your server → client: SYN ACK",
        "client → your server: ACK (connected)",
        "client → your server: \"Hello\" 5 bytes, seq 1",
        "your server → client: ACK 6",
        "your server → client: \"Hello, Client! Who are you?\" 27 bytes, seq 1",
        "your server → client: \"Hello, Client! Who are you?\" 27 bytes, seq 1 (sent again)",
        "client → your server: FIN (closing)",
        "your server → client: FIN",
        "client → your server: ACK 29",
    ];
    is_read_as(&connection(), Role::Server, &expected);
}

#[test]
fn a_reset_says_what_it_ends() {
    let refused = seen()
        .joined("server", SERVER)
        .tcp(CLIENT, SERVER, (SYN, 7, 0), "")
        .tcp(CLIENT, SERVER, (SYN, 7, 0), "")
        .tcp(SERVER, CLIENT, (RST | ACK, 0, 8), "");
    let expected = [
        "your client | server at 127.0.0.1:12345",
        "your client → server: SYN (handshake)",
        "your client → server: SYN (sent again)",
        "server → your client: RST (refused: nobody listens)",
    ];
    is_read_as(&refused, Role::Client, &expected);
    let nobody = seen()
        .joined("server", SERVER)
        .tcp(CLIENT, "127.0.0.1:12399", (SYN, 7, 0), "")
        .tcp("127.0.0.1:12399", CLIENT, (RST | ACK, 0, 8), "");
    let expected = [
        "your client | server at 127.0.0.1:12345",
        "your client ✗ nobody: SYN (handshake) (to 127.0.0.1:12399, where nobody listens)",
        "nobody → your client: RST (refused: nobody listens)",
    ];
    is_read_as(&nobody, Role::Client, &expected);
    let broken = connection().tcp(CLIENT, SERVER, (RST, 1007, 0), "");
    let last = lines(&broken.exchange(Role::Server)).pop().unwrap();
    assert_eq!(last, "client → your server: RST (broken off)");
}

#[test]
fn a_connection_of_which_the_beginning_was_not_seen_has_no_numbers() {
    let seen = seen().joined("client", CLIENT).tcp(CLIENT, SERVER, (ACK, 5000, 6000), "Hello").tcp(
        SERVER,
        CLIENT,
        (ACK, 6000, 5005),
        "",
    );
    let lines = lines(&seen.exchange(Role::Server));
    assert_eq!(
        lines[1..],
        ["client ✗ nobody: \"Hello\" 5 bytes", "your server → client: ACK"]
            .map(|line| line.replace("✗ nobody", "→ your server"))
    );
}

#[test]
fn the_lanes_of_a_demo_are_given_by_name() {
    let evidence = greeting();
    let cast = Cast::new()
        .and("client", &[])
        .and_all_else()
        .and("server", &["0.0.0.0:12345".parse().unwrap()]);
    let exchange = Exchange::of(evidence.evidence(), &cast);
    let lines = lines(&exchange);
    assert_eq!(lines[1], "client → server: \"Copper walnut\" 13 bytes");
    // Nobody is known to hold the client's port, but whoever sent from there does.
    assert_eq!(lines[2], "server → client: \"Hello, Client!\" 14 bytes");
}

#[test]
fn what_is_for_all_comes_to_all_who_are_bound_to_its_port() {
    let address = |text: &str| text.parse().unwrap();
    let host = |number: u8| (usize::from(number), IpAddr::from([10, 0, 0, number]));
    let cast = Cast::new()
        .and_on(host(1), "finder", &[address("0.0.0.0:40000")])
        .and_on(host(2), "one", &[address("0.0.0.0:12345")])
        .and_on(host(3), "deaf", &[address("10.0.0.3:12345")])
        .and_on(host(4), "two", &[address("0.0.0.0:12345")]);
    let seen = seen()
        .udp("10.0.0.1:40000", "10.0.0.255:12345", "Who is there?")
        .udp("10.0.0.4:12345", "10.0.0.1:40000", "I am")
        .udp("10.0.0.1:40000", "255.255.255.255:9", "And here?");
    let expected = [
        "finder | one at 0.0.0.0:12345 | two at 0.0.0.0:12345",
        "finder → one: \"Who is there?\" 13 bytes",
        "finder → two: \"Who is there?\" 13 bytes",
        "two → finder: \"I am\" 4 bytes",
        "finder ✗ nobody: \"And here?\" 9 bytes (to 255.255.255.255:9, and nobody heard it)",
    ];
    assert_eq!(lines(&Exchange::of(seen.evidence(), &cast)), expected);
}

#[test]
fn what_is_for_a_group_comes_to_those_who_have_joined_it() {
    let address = |text: &str| text.parse().unwrap();
    let host = |number: u8| (usize::from(number), IpAddr::from([10, 0, 0, number]));
    let cast = Cast::new()
        .and_on(host(1), "finder", &[address("0.0.0.0:40000")])
        .and_on(host(2), "one", &[address("0.0.0.0:12345"), address("239.1.2.3:12345")])
        .and_on(host(3), "other", &[address("0.0.0.0:12345")]);
    let seen = seen().udp("10.0.0.1:40000", "239.1.2.3:12345", "Who is there?");
    let expected = ["finder | one at 0.0.0.0:12345", "finder → one: \"Who is there?\" 13 bytes"];
    assert_eq!(lines(&Exchange::of(seen.evidence(), &cast)), expected);
}

#[test]
fn what_is_for_all_comes_to_the_peers_who_have_received_it() {
    let (all, from) = ("255.255.255.255:12345", "10.0.0.1:40000");
    let seen = seen()
        .joined("one", "10.0.0.2:12345")
        .joined("deaf", "10.0.0.3:12345")
        .udp(from, all, "Who is there?")
        .received("10.0.0.2:12345", from, "Who is there?")
        .udp(from, all, "Nobody?");
    let expected = [
        "your client | one at 10.0.0.2:12345",
        "your client → one: \"Who is there?\" 13 bytes",
        "your client ✗ nobody: \"Nobody?\" 7 bytes (to 255.255.255.255:12345, and nobody heard it)",
    ];
    is_read_as(&seen, Role::Client, &expected);
}

#[test]
fn a_fragment_goes_where_the_first_one_went() {
    let mut first = udp(CLIENT, SERVER, b"0123456789abcdef");
    first[6..8].copy_from_slice(&0x2000u16.to_be_bytes());
    // The datagram is longer than what the first fragment holds of it.
    first[24..26].copy_from_slice(&32u16.to_be_bytes());
    let mut second = ipv4(17, CLIENT, SERVER, b"ghijklmn");
    second[6..8].copy_from_slice(&3u16.to_be_bytes());
    let seen = seen()
        .bound(SERVER)
        .joined("client", CLIENT)
        .flight(first, Outcome::Arrived, None)
        .flight(second, Outcome::Arrived, None);
    let expected = [
        "client | your server at 127.0.0.1:12345",
        "client → your server: \"0123456789abcdef\" 16 bytes, first fragment",
        "client → your server: fragment, 8 bytes at byte 24",
    ];
    is_read_as(&seen, Role::Server, &expected);
}

#[test]
fn what_has_no_ports_goes_between_hosts() {
    let echo = |kind: u8| [kind, 0, 0, 0, 0, 7, 0, 1];
    let [near, far] = ["10.0.0.1:40000", "10.0.0.2:12345"];
    let hosts = seen()
        .bound(far)
        .joined("client", near)
        .flight(ipv4(1, near, far, &echo(8)), Outcome::Arrived, None)
        .flight(ipv4(1, far, near, &echo(0)), Outcome::Lost, None);
    let expected = [
        "client | your server at 10.0.0.2:12345",
        "client → your server: ICMP echo request 1",
        "your server ✗ client: ICMP echo reply 1 (lost)",
    ];
    is_read_as(&hosts, Role::Server, &expected);
    // On a host that all share, it is the program's doing.
    let shared = seen().bound(SERVER).joined("client", CLIENT).flight(
        ipv4(1, CLIENT, SERVER, &echo(8)),
        Outcome::Arrived,
        None,
    );
    let last = lines(&shared.exchange(Role::Server)).pop().unwrap();
    assert_eq!(last, "your server → your server: ICMP echo request 1");
}

#[test]
fn a_second_connection_has_another_port_as_it_should() {
    let seen = connection().joined("server", SERVER).tcp(OTHER, SERVER, (SYN, 5, 0), "");
    let last = lines(&seen.exchange(Role::Client)).pop().unwrap();
    assert_eq!(last, "your client → server: SYN (handshake)");
}
