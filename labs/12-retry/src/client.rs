//! Lab 12, the client. README.md, two folders up from here, says what to do.
#![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Where the counter is.
const SERVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 1), 12012);

/// How often a request is sent at most.
const TRIES: u32 = 6;

/// How long the first try waits for its answer, and how long any try does at most. Both are meant
/// before the jitter.
const FIRST: Duration = Duration::from_millis(100);
const CAP: Duration = Duration::from_millis(400);

/// What a request asks for, and what an answer says.
const ADD: u32 = 1;
const READ: u32 = 2;
const DONE: u32 = 128;
const REFUSED: u32 = 129;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    // 1. Who asks. The server remembers requests, and those of an earlier run are not ours.
    let client: u32 = todo!("a random number for this run: fastrand::u32(..)");
    let operations = operations(std::env::args().skip(1))?;
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;

    for (number, (operation, amount)) in (1..).zip(operations) {
        let request = request(client, number, operation, amount);
        let (status, value) = ask(&socket, &request)?;
        if status == REFUSED {
            let why = format!("{amount} does not fit in: the counter is at {value}");
            return Err(io::Error::other(why));
        }
        println!("The counter is at {value}");
    }
    Ok(())
}

/// 2. The sixteen bytes of a request.
fn request(client: u32, number: u32, operation: u32, amount: i32) -> [u8; 16] {
    todo!("the four fields, four bytes each, in network byte order: to_be_bytes")
}

/// Sends the request until it is answered: the answer's status and value.
fn ask(socket: &UdpSocket, request: &[u8; 16]) -> io::Result<(u32, i32)> {
    let mut wait = FIRST;
    for number in 1..=TRIES {
        // 3. The same bytes each time. By them the server knows that it is the same request.
        socket.send_to(request, SERVER)?;

        // 4. How long this try waits.
        let jittered: Duration = todo!("`wait` times a random 0.5 to 1: mul_f64");
        println!("Try {number}: waiting {} ms", jittered.as_millis());

        // 5. One deadline for the whole wait, worked out once.
        let deadline = Instant::now() + jittered;
        if let Some(answer) = answer_before(deadline, socket, request)? {
            return Ok(answer);
        }
        wait = todo!("twice as long, and at most CAP: min");
    }
    // What became of the request is not known: it may have been carried out, all answers lost.
    Err(io::Error::new(ErrorKind::TimedOut, format!("no answer to {TRIES} tries")))
}

/// Waits for the answer to this request; `None` when the deadline has passed.
fn answer_before(
    deadline: Instant,
    socket: &UdpSocket,
    request: &[u8; 16],
) -> io::Result<Option<(u32, i32)>> {
    let mut buffer = [0; 64];
    loop {
        // 6. The time that is left, and no more. What is no answer must not begin the wait anew.
        let left: Duration = todo!("from now to the deadline: saturating_duration_since");
        // The kernel takes a limit of zero for no limit at all, and std refuses it.
        if left.is_zero() {
            return Ok(None);
        }
        socket.set_read_timeout(Some(left))?;
        let (length, sender) = match socket.recv_from(&mut buffer) {
            Ok(received) => received,
            // Nothing came, or a signal did: look at the clock.
            Err(error) if is_no_answer_yet(&error) => continue,
            Err(error) => return Err(error),
        };
        // 7. Only the answer ends the wait: from the server, and to this request.
        if sender == SocketAddr::from(SERVER)
            && let Some(answer) = answer_in(&buffer[..length], request)
        {
            return Ok(Some(answer));
        }
    }
}

fn is_no_answer_yet(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// 8. The status and the value, if this datagram is the answer to the request.
fn answer_in(datagram: &[u8], request: &[u8; 16]) -> Option<(u32, i32)> {
    todo!("None unless it has 16 bytes, the request's first 8, and a status of the two")
}

/// The four fields of a message.
fn fields(message: &[u8; 16]) -> [u32; 4] {
    let field = |at: usize| {
        u32::from_be_bytes([message[at], message[at + 1], message[at + 2], message[at + 3]])
    };
    [field(0), field(4), field(8), field(12)]
}

/// Reads the command line: `add 5 add -3 read`.
fn operations(mut words: impl Iterator<Item = String>) -> io::Result<Vec<(u32, i32)>> {
    let usage = || io::Error::other("usage: add AMOUNT or read, as often as you like");
    let mut operations = Vec::new();
    while let Some(word) = words.next() {
        let amount = match word.as_str() {
            "add" => words.next().and_then(|amount| amount.parse().ok()).ok_or_else(usage)?,
            "read" => 0,
            _ => return Err(usage()),
        };
        operations.push((if word == "add" { ADD } else { READ }, amount));
    }
    Ok(operations)
}
