// YOUR TURN: //! Lab 14: the receiver of a file. README.md, one folder up, says what to do.
//! Lab 14, solution: the receiver of a file.
//!
//! It takes packets in whatever order they come, writes down those that follow one another, and
//! keeps the others until those between have come. Each packet is answered with all that is known:
//! which is the first that has not come, and which of those behind it have.
// END
// YOUR TURN: #![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone
// END

#[path = "../packet.rs"]
#[allow(dead_code, reason = "the sender uses the rest of it")]
mod packet;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::net::{SocketAddr, UdpSocket};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use packet::{AHEAD, Body, Here, Packet};

/// Where it listens: at all addresses of this host.
const AT: &str = "0.0.0.0:12014";

/// How long it waits for a sender that has begun.
const SILENCE: Duration = Duration::from_secs(4);

/// How long it stays when all is done: its last answer may be lost.
const LINGER: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("An error occurred: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    // 1. A socket with an address, as in lab 2.
    // YOUR TURN: let socket: UdpSocket = todo!("create a socket bound to AT: UdpSocket::bind");
    let socket = UdpSocket::bind(AT)?;
    // END
    println!("Receiver is listening on {AT}");
    let usage = || io::Error::other("say where the file should go: lab14-server PATH");
    let path = std::env::args_os().nth(1).ok_or_else(usage)?;

    // 2. Wait for a BEGIN, as long as it takes. Whoever sent it is the sender from now on.
    let (sender, transfer) = begin(&socket)?;
    println!("Receiving from {sender}");
    let file = File::create(&path)?;
    let early = BTreeMap::new();
    let mut receiver =
        Receiver { socket, sender, transfer, first: 1, early, file, length: 0, is_whole: false };
    receiver.acknowledge()?;

    // 3. Take the packets, and answer each.
    while !receiver.is_whole {
        let Some(packet) = receiver.next(SILENCE)? else {
            // Half a file would be taken for a whole one.
            fs::remove_file(&path)?;
            return Err(io::Error::new(ErrorKind::TimedOut, "nothing has come for 4 seconds"));
        };
        receiver.take(packet)?;
        receiver.acknowledge()?;
    }
    println!("Received {} bytes", receiver.length);

    // 4. Stay for a while. If the sender has not got the last answer, it asks again.
    // YOUR TURN: todo!("answer each packet that still comes, until none has come for LINGER");
    while receiver.next(LINGER)?.is_some() {
        receiver.acknowledge()?;
    }
    // END
    Ok(())
}

/// Waits for a BEGIN, and tells who has sent it and which transfer it begins.
fn begin(socket: &UdpSocket) -> io::Result<(SocketAddr, u32)> {
    let mut buffer = [0; 2048];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        // What is damaged is no packet, and what belongs to another transfer is none of ours.
        if let Some(Packet { transfer, number: 0, body: Body::Begin }) =
            Packet::read(&buffer[..length])
        {
            return Ok((sender, transfer));
        }
    }
}

struct Receiver {
    socket: UdpSocket,
    sender: SocketAddr,
    transfer: u32,
    /// The first packet that has not come.
    first: u32,
    /// Those behind it that have.
    early: BTreeMap<u32, Body>,
    file: File,
    length: usize,
    is_whole: bool,
}

impl Receiver {
    /// Waits so long for the next packet of this transfer. Anything else is passed over, and does not
    /// make the wait longer.
    fn next(&self, time: Duration) -> io::Result<Option<Packet>> {
        let deadline = Instant::now() + time;
        let mut buffer = [0; 2048];
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            self.socket.set_read_timeout(Some(left))?;
            let (length, from) = match self.socket.recv_from(&mut buffer) {
                Ok(came) => came,
                Err(error) if is_timeout(&error) => return Ok(None),
                Err(error) => return Err(error),
            };
            // YOUR TURN: let packet: Option<Packet> = todo!("read the packet: Packet::read");
            // YOUR TURN: let is_ours: bool = todo!("is it from the sender, and of this transfer?");
            let packet = Packet::read(&buffer[..length]);
            let is_ours = from == self.sender
                && packet.as_ref().is_some_and(|packet| packet.transfer == self.transfer);
            // END
            if is_ours {
                return Ok(packet);
            }
        }
    }

    /// Takes a packet in: into the file if its turn has come, else aside.
    fn take(&mut self, packet: Packet) -> io::Result<()> {
        // YOUR TURN: // Stop-and-wait needs only the packet whose number is self.first.
        // YOUR TURN: todo!("keep the packet if it is one of the AHEAD from self.first on");
        // What has come before, or too far ahead, is not kept.
        if (self.first..self.first.saturating_add(AHEAD)).contains(&packet.number) {
            self.early.insert(packet.number, packet.body);
        }
        // END
        // YOUR TURN: todo!("write all pieces that follow one another, from self.first on");
        while let Some(body) = self.early.remove(&self.first) {
            match body {
                Body::Data(piece) => {
                    self.file.write_all(&piece)?;
                    self.length += piece.len();
                }
                Body::End => self.is_whole = true,
                Body::Begin | Body::Ack(_) => {}
            }
            self.first += 1;
        }
        // END
        Ok(())
    }

    /// Tells the sender what has come.
    fn acknowledge(&self) -> io::Result<()> {
        let mut here = Here::default();
        // YOUR TURN: todo!("say which packets are here that came early: here.set");
        for &number in self.early.keys() {
            here.set(self.first, number);
        }
        // END
        let ack = Packet { transfer: self.transfer, number: self.first, body: Body::Ack(here) };
        self.socket.send_to(&ack.bytes(), self.sender)?;
        Ok(())
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
