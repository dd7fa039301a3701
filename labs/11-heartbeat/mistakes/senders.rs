//! Senders that are wrong in one way. What they do right is at the end of the file.
#![allow(clippy::disallowed_methods)] // socklab's own code never sleeps, a sender does

use std::io;
use std::net::UdpSocket;
use std::thread;
use std::time::{Duration, Instant};

// counts

/// Counts from 0.
pub fn begins_with_zero() -> io::Result<()> {
    send_slowly(|socket, name, number| send(socket, &format!("{name} {}", number - 1)))
}

/// Sends each heartbeat twice, to be sure.
pub fn sends_each_twice() -> io::Result<()> {
    send_slowly(|socket, name, number| {
        send(socket, &format!("{name} {number}"))?;
        send(socket, &format!("{name} {number}"))
    })
}

/// Sends a line end behind the number.
pub fn line_end_sent() -> io::Result<()> {
    send_slowly(|socket, name, number| send(socket, &format!("{name} {number}\n")))
}

/// Makes a socket for every heartbeat.
pub fn socket_per_heartbeat() -> io::Result<()> {
    send_slowly(|_, name, number| send(&sender()?, &format!("{name} {number}")))
}

// ten-a-second

/// Waits 1000 ms.
pub fn one_a_second() -> io::Result<()> {
    send_all(Duration::from_millis(1000), beat)
}

/// Waits 250 ms.
pub fn four_a_second() -> io::Result<()> {
    send_all(Duration::from_millis(250), beat)
}

// by-the-schedule

/// Sleeps for 100 ms after each one, wherever it is by then.
pub fn drifts() -> io::Result<()> {
    let (socket, (name, count)) = (sender()?, arguments());
    for number in 1..=count {
        beat(&socket, &name, number)?;
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

// nobody-listens

/// Ends when a heartbeat was refused.
pub fn refused_is_fatal() -> io::Result<()> {
    send_each(|socket, name, number| socket.send(format!("{name} {number}").as_bytes()).map(drop))
}

// answered

/// Reads what comes in between, and takes it for text.
pub fn decodes_answers() -> io::Result<()> {
    send_each(|socket, name, number| {
        beat(socket, name, number)?;
        socket.set_nonblocking(true)?;
        thread::sleep(Duration::from_millis(20));
        let mut buffer = [0; 100];
        while let Ok(length) = socket.recv(&mut buffer) {
            println!("answer: {}", String::from_utf8(buffer[..length].to_vec()).unwrap());
        }
        Ok(())
    })
}

// ends

/// Stops before the last one.
pub fn one_too_few() -> io::Result<()> {
    let (socket, (name, count)) = (sender()?, arguments());
    send_to_the_end(&socket, &name, 1..count, Duration::from_millis(100), beat)
}

/// Takes no notice of how many it is told to send.
pub fn never_ends() -> io::Result<()> {
    let (socket, (name, _)) = (sender()?, arguments());
    send_to_the_end(&socket, &name, 1..u32::MAX, Duration::from_millis(100), beat)
}

/// Ends with status 1 after a success.
pub fn ends_with_one() -> io::Result<()> {
    send_each(beat)?;
    std::process::exit(1)
}

// What the senders do right.

type Send = fn(&UdpSocket, &str, u32) -> io::Result<()>;

fn sender() -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.connect("127.0.0.1:12011")?;
    Ok(socket)
}

/// The name, and how many heartbeats to send: what stands behind the name of the mistake.
fn arguments() -> (String, u32) {
    let mut words = std::env::args().skip(2);
    let name = words.next().unwrap_or_default();
    (name, words.next().and_then(|count| count.parse().ok()).unwrap_or(u32::MAX))
}

fn send_each(each: Send) -> io::Result<()> {
    send_all(Duration::from_millis(100), each)
}

/// So slowly that it has been stopped before the next one, however much the machine has to do: a
/// report tells how many there were.
fn send_slowly(each: Send) -> io::Result<()> {
    send_all(Duration::from_millis(500), each)
}

fn send_all(interval: Duration, each: Send) -> io::Result<()> {
    let (socket, (name, count)) = (sender()?, arguments());
    send_to_the_end(&socket, &name, 1..count.saturating_add(1), interval, each)
}

fn send_to_the_end(
    socket: &UdpSocket,
    name: &str,
    numbers: std::ops::Range<u32>,
    interval: Duration,
    each: Send,
) -> io::Result<()> {
    println!("Sending heartbeats of {name}");
    let begin = Instant::now();
    for number in numbers {
        let due = begin + interval * (number - 1);
        thread::sleep(due.saturating_duration_since(Instant::now()));
        each(socket, name, number)?;
    }
    Ok(())
}

fn beat(socket: &UdpSocket, name: &str, number: u32) -> io::Result<()> {
    send(socket, &format!("{name} {number}"))
}

/// That nobody takes it is no reason to end.
fn send(socket: &UdpSocket, text: &str) -> io::Result<()> {
    if let Err(error) = socket.send(text.as_bytes()) {
        eprintln!("send: {error}");
    }
    Ok(())
}
