//! `socklab relay`: what goes through it between two ports of the loopback, and what does not.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, UdpSocket};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use assert_cmd::cargo::CommandCargoExt;
use predicates::prelude::*;
use predicates::str::contains;
use rustix::process::{Pid, Signal, kill_process};

/// Longer than anything here takes on the busiest of machines.
const LONG: Duration = Duration::from_secs(10);

/// What the link loses by 5 % and seed 7, of 1000 datagrams from the client.
const LOST_BY_SEED_7: &str = include_str!("network/lost-by-seed-7.txt");

/// A relay to a server of the test's own.
struct Relay {
    process: Child,
    output: BufReader<ChildStdout>,
    address: SocketAddr,
    server: UdpSocket,
}

impl Relay {
    fn start(options: &[&str]) -> Relay {
        let server = socket();
        let to = server.local_addr().unwrap().to_string();
        let mut command = Command::cargo_bin("socklab").unwrap();
        command.args(["relay", "0", &to]).args(options);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut first = String::new();
        output.read_line(&mut first).unwrap();
        let words = first.strip_prefix("clients send to ").expect("where it listens");
        let address = words.split(',').next().unwrap().parse().unwrap();
        Relay { process, output, address, server }
    }

    /// What the server gets next, and from where.
    fn served(&self) -> (String, SocketAddr) {
        received(&self.server)
    }

    /// Ends it as Ctrl-C does: what it has printed since it began, and its table.
    fn end(mut self) -> (String, String) {
        let pid = Pid::from_raw(self.process.id() as i32).unwrap();
        kill_process(pid, Signal::INT).unwrap();
        let (mut lines, mut table) = (String::new(), String::new());
        self.output.read_to_string(&mut lines).unwrap();
        self.process.stderr.take().unwrap().read_to_string(&mut table).unwrap();
        assert!(self.process.wait().unwrap().success());
        (lines, table)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(LONG)).unwrap();
    socket
}

fn received(socket: &UdpSocket) -> (String, SocketAddr) {
    let mut buffer = [0; 2048];
    let (length, from) = socket.recv_from(&mut buffer).unwrap();
    (String::from_utf8(buffer[..length].to_vec()).unwrap(), from)
}

#[test]
fn each_client_is_another_one_to_the_server_and_gets_its_own_answers() {
    let relay = Relay::start(&[]);
    let clients = [socket(), socket()];
    let mut seen = Vec::new();
    for (at, client) in clients.iter().enumerate() {
        client.send_to(format!("hello {at}").as_bytes(), relay.address).unwrap();
        let (text, from) = relay.served();
        assert_eq!(text, format!("hello {at}"));
        seen.push(from);
    }
    assert_ne!(seen[0], seen[1]);
    for (client, to) in clients.iter().zip(&seen).rev() {
        relay.server.send_to(to.to_string().as_bytes(), to).unwrap();
        assert_eq!(received(client), (to.to_string(), relay.address));
    }
    let (lines, table) = relay.end();
    assert_eq!(lines, "");
    assert!(contains("client udp").and(contains("server udp")).eval(&table), "{table}");
}

#[test]
fn a_server_that_answers_from_another_port_is_answered_there() {
    let relay = Relay::start(&[]);
    let (client, other) = (socket(), socket());
    client.send_to(b"read", relay.address).unwrap();
    let (_, known_as) = relay.served();
    other.send_to(b"data", known_as).unwrap();
    let (text, door) = received(&client);
    assert_eq!(text, "data");
    assert_ne!(door, relay.address);
    // Somebody else finds nothing behind that door.
    socket().send_to(b"stranger", door).unwrap();
    client.send_to(b"ack", door).unwrap();
    assert_eq!(received(&other), ("ack".to_owned(), known_as));
}

#[test]
fn a_seed_loses_the_same_datagrams_as_in_a_network() {
    let relay = Relay::start(&["--loss", "5%", "--seed", "7", "--quiet"]);
    let client = socket();
    let wanted: Vec<u32> =
        LOST_BY_SEED_7.split_whitespace().map(|number| number.parse().unwrap()).collect();
    for number in 0..1000 {
        client.send_to(number.to_string().as_bytes(), relay.address).unwrap();
        // What should be lost and is not would come in the place of the next.
        if !wanted.contains(&number) {
            assert_eq!(relay.served().0, number.to_string());
        }
    }
}

#[test]
fn what_a_rule_does_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules");
    let text = "lose 1st from server\nduplicate 2nd from server\n";
    std::fs::write(&rules, text).unwrap();
    let relay = Relay::start(&["--rules", rules.to_str().unwrap(), "--seed", "1"]);
    let client = socket();
    client.send_to(b"ask", relay.address).unwrap();
    let (_, known_as) = relay.served();
    for text in ["one", "second"] {
        relay.server.send_to(text.as_bytes(), known_as).unwrap();
    }
    assert_eq!(received(&client).0, "second");
    assert_eq!(received(&client).0, "second");
    let (lines, _) = relay.end();
    let told = contains("server, 3 bytes: lost by rule on line 1").and(contains("sent twice"));
    assert!(told.eval(&lines), "{lines}");
}

#[test]
fn a_late_datagram_is_late() {
    let relay = Relay::start(&["--delay", "client=200ms"]);
    let client = socket();
    let began = std::time::Instant::now();
    client.send_to(b"late", relay.address).unwrap();
    let (_, known_as) = relay.served();
    assert!(began.elapsed() >= Duration::from_millis(200));
    relay.server.send_to(b"answer", known_as).unwrap();
    assert_eq!(received(&client).0, "answer");
}

#[test]
fn what_cannot_be_is_told_in_a_line() {
    let refused = |args: &[&str], code: i32, text: &str| {
        let mut command = assert_cmd::Command::cargo_bin("socklab").unwrap();
        command.arg("relay").args(args).assert().code(code).stderr(contains(text.to_owned()));
    };
    refused(&["12000", "10.0.0.1:12000"], 2, "10.0.0.1 is not on the loopback");
    refused(&["12000", "12000"], 2, "is both where clients send to and where the server is");
    refused(&["12000", "[::1]:12001"], 2, "are of two families");
    refused(&["0", "12001", "--loss", "nobody=5%"], 2, "nobody is called nobody");
    let held = socket();
    let port = held.local_addr().unwrap().port().to_string();
    refused(&[&port, "12001"], 3, "cannot be had");
}
