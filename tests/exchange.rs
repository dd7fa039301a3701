//! The course's server and its client as two processes, on localhost, without anything of socklab
//! between them: what the labs promise holds when a person starts both by hand.
#![allow(clippy::unwrap_used)] // what a test needs and does not get is its failure

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use predicates::prelude::*;
use predicates::str::{contains, ends_with, starts_with};
use rustix::process::{Pid, Signal, kill_process};
use socklab::network::{Choice, Layout, Network};
use socklab::{procfs, program};

const ADDRESS: &str = "127.0.0.1:12345";

/// Far more than any step of an exchange needs.
const DEADLINE: Duration = Duration::from_secs(20);

/// The path of a lab's solution. All are built at the first call.
fn solution(lab: &str) -> &'static Path {
    static SOLUTIONS: OnceLock<HashMap<String, PathBuf>> = OnceLock::new();
    let solutions = SOLUTIONS.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let wanted = ["lab6", "lab7"].map(|lab| (lab.to_owned(), format!("{lab}-solution")));
        program::build::build(root, &wanted, false).unwrap()
    });
    &solutions[&format!("{lab}-solution")]
}

/// The ack server, which runs, is bound, and prints into a pipe.
struct Server {
    child: Child,
    lines: Receiver<String>,
    /// Held for as long as the server has the address: others use it too.
    _turn: Network,
}

impl Server {
    fn start() -> Server {
        let turn = Network::open(Choice::Loopback, &Layout::default(), &mut |_| {}).unwrap();
        turn.must_be_free(ADDRESS.parse().unwrap()).unwrap();
        let mut child = std::process::Command::new(solution("lab6"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let mut server = Server { child, lines, _turn: turn };
        server.await_bound(ADDRESS.parse().unwrap());
        server
    }

    /// Looks into the kernel's table until the address is the server's own.
    fn await_bound(&mut self, address: SocketAddr) {
        let deadline = Instant::now() + DEADLINE;
        let me = self.child.id();
        while !matches!(procfs::net::udp_holder(address), Some(Some((pid, _))) if pid == me) {
            assert!(self.child.try_wait().unwrap().is_none(), "the server ended before it bound");
            assert!(Instant::now() < deadline, "the server has not bound {address}");
            thread::yield_now();
        }
    }

    /// The next line that it prints. It comes while the server runs, although it prints into a
    /// pipe: Rust writes to one line by line.
    fn next_line(&self) -> String {
        self.lines.recv_timeout(DEADLINE).unwrap()
    }

    /// Ends it by its pid, and hands over what it has printed and nobody has asked for.
    fn stop(mut self) -> Vec<String> {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let status = self.child.wait().unwrap();
        assert_eq!(status.code(), None, "only the signal ends it: {status}");
        self.lines.iter().collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After a stop it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the ack client; `input` is what a person types.
fn client(input: &str) -> Assert {
    Command::new(solution("lab7")).write_stdin(input).timeout(DEADLINE).assert()
}

/// What a client prints that sent this and was acknowledged.
fn is_acknowledged(message: &str) -> impl Predicate<str> {
    starts_with("Enter a message to send to the server: ")
        .and(contains(format!(
            "Sending '{message}' to {ADDRESS}\nWaiting for server response...\n"
        )))
        .and(contains(format!(
            "Response from server {ADDRESS}: 'Server acknowledges: {message}'\n"
        )))
        .and(ends_with("\nSocket closed.\n"))
}

/// The message in a line that the server printed about it, and who sent it.
fn message_in(line: &str) -> (SocketAddr, &str) {
    let (sender, message) = line.strip_prefix("Message from ").unwrap().split_once(": ").unwrap();
    let message = message.strip_prefix('\'').unwrap().strip_suffix('\'').unwrap();
    (sender.parse().unwrap(), message)
}

#[test]
fn the_server_acknowledges_what_the_client_sends() {
    let server = Server::start();
    assert_eq!(server.next_line(), format!("UDP server is up and listening on {ADDRESS}"));

    client("Hello, Server!\n").success().stdout(is_acknowledged("Hello, Server!")).stderr("");

    let line = server.next_line();
    let (sender, message) = message_in(&line);
    assert_eq!((sender.ip().to_string().as_str(), message), ("127.0.0.1", "Hello, Server!"));
    assert_eq!(server.stop(), [""; 0], "one datagram, one line");
}

#[test]
fn two_clients_at_once_get_each_its_own_answer() {
    let server = Server::start();
    thread::scope(|scope| {
        for message in ["from the first", "from the second"] {
            scope.spawn(move || client(message).success().stdout(is_acknowledged(message)));
        }
    });

    server.next_line();
    let lines = server.stop();
    let mut told: Vec<_> = lines.iter().map(|line| message_in(line)).collect();
    told.sort_by_key(|(_, message)| *message);
    let [(first, "from the first"), (second, "from the second")] = told[..] else {
        panic!("{told:?}")
    };
    assert_ne!(first.port(), second.port(), "each client has a port of its own");
}

#[test]
fn a_message_of_1024_bytes_comes_back_whole() {
    let message = "0123456789abcdef".repeat(64);
    let server = Server::start();
    client(&message).success().stdout(is_acknowledged(&message));
    assert_eq!(message_in(&server.stop()[1]).1, message);
}

#[test]
fn a_message_that_is_not_ascii_comes_back_byte_for_byte() {
    let message = "  ¿Qué tal? 你好, Привет, 🦀  ";
    let server = Server::start();
    client(&format!("{message}\r\n")).success().stdout(is_acknowledged(message));
    assert_eq!(message_in(&server.stop()[1]).1, message);
}

#[test]
fn an_empty_line_is_a_message_too() {
    let server = Server::start();
    client("\n").success().stdout(is_acknowledged(""));
    client("after it\n").success().stdout(is_acknowledged("after it"));
    let lines = server.stop();
    assert_eq!([message_in(&lines[1]).1, message_in(&lines[2]).1], ["", "after it"]);
}

#[test]
fn a_client_without_a_message_sends_nothing_and_still_closes() {
    let server = Server::start();
    client("")
        .failure()
        .stdout(contains("Sending").not().and(ends_with("Socket closed.\n")))
        .stderr(starts_with("An error occurred: "));
    assert_eq!(server.stop().len(), 1, "the server's own greeting, and no message");
}
