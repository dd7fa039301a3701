//! Lab 14: the sender of a file. README.md, one folder up, says what to do.
#![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone

#[path = "../packet.rs"]
#[allow(dead_code, reason = "the receiver uses the rest of it")]
mod packet;

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind};
use std::net::UdpSocket;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use packet::{AHEAD, Body, Here, MOST, Packet, WINDOW};

/// How long it goes on when nothing is heard of the receiver.
const SILENCE: Duration = Duration::from_secs(4);

/// A packet is lost when one has come that was sent so many later.
const LATER: u64 = 3;

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
    // 1. A socket. Once it is connected, the kernel keeps from it what strangers send.
    let socket: UdpSocket = todo!("create a socket at any port: UdpSocket::bind");
    let mut arguments = std::env::args().skip(1);
    let (Some(path), Some(receiver)) = (arguments.next(), arguments.next()) else {
        return Err(io::Error::other("say what to send where: lab14-client FILE ADDRESS:PORT"));
    };
    todo!("give the socket its partner: connect to `receiver`");

    // 2. Cut the file into packets. A random number tells this transfer from others.
    let file = fs::read(&path)?;
    let transfer = RandomState::new().hash_one(&receiver) as u32;
    let mut bodies = vec![Body::Begin];
    todo!("add a Body::Data for every MOST bytes of the file: chunks; then a Body::End");
    let numbered = (0..).zip(bodies);
    let packets = numbered.map(|(number, body)| Packet { transfer, number, body }.bytes());
    let slots: Vec<Slot> = packets.map(Slot::new).collect();

    // 3. Send them, until all are acknowledged.
    let began = Instant::now();
    let mut sender = Sender {
        socket,
        transfer,
        slots,
        first: 0,
        next: 0,
        under_way: 0,
        sendings: 0,
        latest: 0,
        timeout: Timeout::new(),
        heard: began,
    };
    sender.run()?;
    let (seconds, pieces) = (began.elapsed().as_secs_f64(), sender.slots.len() as u64);
    let repeats = sender.sendings - pieces;
    println!("Sent {} bytes in {seconds:.2} s, {repeats} packets again", file.len());
    Ok(())
}

/// A packet, and what became of it.
struct Slot {
    bytes: Vec<u8>,
    is_acknowledged: bool,
    /// When it was sent last.
    sent: Instant,
    /// Which sending that was, among all.
    sending: u64,
    times: u32,
}

impl Slot {
    fn new(bytes: Vec<u8>) -> Slot {
        Slot { bytes, is_acknowledged: false, sent: Instant::now(), sending: 0, times: 0 }
    }
}

struct Sender {
    socket: UdpSocket,
    transfer: u32,
    /// All packets, by their numbers.
    slots: Vec<Slot>,
    /// The first that is not acknowledged.
    first: usize,
    /// The first that was never sent.
    next: usize,
    /// How many were sent and are not acknowledged.
    under_way: usize,
    /// How many times anything was sent.
    sendings: u64,
    /// The latest sending of which it is known that it has come.
    latest: u64,
    timeout: Timeout,
    /// When the receiver was last heard of.
    heard: Instant,
}

impl Sender {
    fn run(&mut self) -> io::Result<()> {
        while self.first < self.slots.len() {
            self.fill_the_window()?;
            let due = self.next_due();
            self.take_acknowledgements(due)?;
            self.repeat_what_is_lost()?;
            if self.heard.elapsed() > SILENCE {
                let what = "the receiver has not been heard of for 4 seconds";
                return Err(io::Error::new(ErrorKind::TimedOut, what));
            }
        }
        Ok(())
    }

    /// Sends new packets, as many as may be under way.
    fn fill_the_window(&mut self) -> io::Result<()> {
        // Stop-and-wait: one, when none is under way. BEGIN is always alone.
        todo!("send packets from self.next on, while the window has room");
        Ok(())
    }

    fn send(&mut self, number: usize) -> io::Result<()> {
        let slot = &mut self.slots[number];
        self.sendings += 1;
        slot.sending = self.sendings;
        slot.sent = Instant::now();
        slot.times += 1;
        match self.socket.send(&slot.bytes) {
            // An earlier one found nobody. The receiver may be about to start.
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(()),
            sent => sent.map(drop),
        }
    }

    /// The packets that are under way.
    fn numbers_under_way(&self) -> impl Iterator<Item = usize> + use<> {
        let is_under_way = |number: &usize| !self.slots[*number].is_acknowledged;
        let numbers: Vec<usize> = (self.first..self.next).filter(is_under_way).collect();
        numbers.into_iter()
    }

    /// When the next packet will be overdue.
    fn next_due(&self) -> Instant {
        let sent = self.numbers_under_way().map(|number| self.slots[number].sent).min();
        sent.unwrap_or_else(Instant::now) + self.timeout.time
    }

    /// Waits for an acknowledgement, at most until `due`, and takes in all that are there.
    fn take_acknowledgements(&mut self, due: Instant) -> io::Result<()> {
        let wait = due.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        self.socket.set_nonblocking(false)?;
        self.socket.set_read_timeout(Some(wait))?;
        let mut buffer = [0; 2048];
        loop {
            match self.socket.recv(&mut buffer) {
                Ok(length) => {
                    if let Some(packet) = Packet::read(&buffer[..length]) {
                        self.take(&packet);
                    }
                }
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
                Err(error) if is_timeout(&error) => return Ok(()),
                Err(error) => return Err(error),
            }
            // The first was waited for. Those that came with it are taken without a wait.
            self.socket.set_nonblocking(true)?;
        }
    }

    fn take(&mut self, packet: &Packet) {
        let Packet { transfer, number, body: Body::Ack(here) } = packet else { return };
        let is_ours: bool = todo!("is it of this transfer, and about what was sent?");
        if is_ours {
            self.heard = Instant::now();
            self.take_in(*number, here);
        }
    }

    /// Takes in which packets have come.
    fn take_in(&mut self, number: u32, here: &Here) {
        // Stop-and-wait and go-back-N need only those before `number`.
        let numbers: Vec<usize> = todo!("those before `number`, and those in `here`");
        for number in numbers {
            let slot = &mut self.slots[number];
            if slot.is_acknowledged {
                continue;
            }
            slot.is_acknowledged = true;
            self.under_way -= 1;
            // Of one that was sent twice nobody knows which of the two has come (Karn).
            if slot.times == 1 {
                self.latest = self.latest.max(slot.sending);
                self.timeout.measure(slot.sent.elapsed());
            }
        }
        while self.slots.get(self.first).is_some_and(|slot| slot.is_acknowledged) {
            self.first += 1;
        }
    }

    /// Sends again what later packets have overtaken, and what is overdue.
    fn repeat_what_is_lost(&mut self) -> io::Result<()> {
        let time = self.timeout.time;
        let mut any_overdue = false;
        for number in self.numbers_under_way() {
            let slot = &self.slots[number];
            let is_overdue: bool = todo!("has its time passed: slot.sent, time");
            let is_overtaken: bool = todo!("last of all: self.latest, LATER");
            if is_overdue || is_overtaken {
                self.send(number)?;
            }
            any_overdue |= is_overdue;
        }
        if any_overdue {
            self.timeout.double();
        }
        Ok(())
    }
}

/// How long a packet may take: RFC 6298.
struct Timeout {
    time: Duration,
    /// The smoothed round-trip time, and how far the times are from it; none before the first.
    smooth: Option<(Duration, Duration)>,
}

impl Timeout {
    const FIRST: Duration = Duration::from_secs(1);
    const LEAST: Duration = Duration::from_millis(200);
    const MOST: Duration = Duration::from_secs(1);

    /// How much a program may be late because the machine does other things: RFC 6298 calls it G.
    const SLACK: Duration = Duration::from_millis(100);

    fn new() -> Timeout {
        Timeout { time: Timeout::FIRST, smooth: None }
    }

    /// Takes in how long a round trip was.
    fn measure(&mut self, round_trip: Duration) {
        // Until you do this the time stays as it was at first. Section 2 of RFC 6298.
    }

    /// Nothing has come in time: the next wait is longer.
    fn double(&mut self) {
        // Until you do this a time that is too short stays so.
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
