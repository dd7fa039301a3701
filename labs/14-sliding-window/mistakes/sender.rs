//! A sender that is right, but for its habits.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use crate::packet::{AHEAD, Body, MOST, Packet, WINDOW};

const ALL: usize = usize::MAX;

/// What a sender does. The default is right.
#[derive(Clone, Copy)]
pub struct Habits {
    pub window: usize,
    pub ahead: usize,
    /// The first and the least time-out, in milliseconds, and the slack in it.
    pub first_ms: u64,
    pub least_ms: u64,
    pub measures: bool,
    pub backs_off: bool,
    /// Measures packets that were sent twice, from the last time on.
    pub measures_repeats: bool,
    /// How many times a packet is sent at most.
    pub times: usize,
    /// Sends all again from the first that is missing.
    pub goes_back: bool,
    pub waits_for_the_end: bool,
    pub gives_up: bool,
    /// After how many seconds.
    pub patience_s: u64,
    /// Waits for the acknowledgement of the BEGIN.
    pub begins_alone: bool,
    pub transfer: fn() -> u32,
    /// Takes any datagram for a sign of the receiver.
    pub hears_noise: bool,
    pub checks_sum: bool,
    pub checks_transfer: bool,
    pub checks_source: bool,
    pub checks_number: bool,
    pub checks_length: bool,
    pub checks_kind: bool,
    pub sends_empty_piece: bool,
    pub port: u16,
    /// What becomes of each packet before it is sent.
    pub form: fn(Vec<u8>) -> Vec<u8>,
    /// What it sleeps at each packet of a large file.
    pub pause: Duration,
}

pub const RIGHT: Habits = Habits {
    window: WINDOW,
    ahead: AHEAD as usize,
    first_ms: 1000,
    least_ms: 200,
    measures: true,
    backs_off: true,
    measures_repeats: false,
    times: ALL,
    goes_back: false,
    waits_for_the_end: true,
    gives_up: true,
    patience_s: 4,
    begins_alone: true,
    transfer: std::process::id,
    hears_noise: false,
    checks_sum: true,
    checks_transfer: true,
    checks_source: true,
    checks_number: true,
    checks_length: true,
    checks_kind: true,
    sends_empty_piece: false,
    port: 0,
    form: |bytes| bytes,
    pause: Duration::ZERO,
};

struct Slot {
    bytes: Vec<u8>,
    here: bool,
    times: usize,
    sent: Instant,
    order: usize,
}

/// Sends the file that the command line names, as the habits are.
pub fn send(habits: Habits) -> io::Result<()> {
    let [path, receiver]: [String; 2] = {
        let words: Vec<String> = std::env::args().skip(2).collect();
        words.try_into().map_err(|_| io::Error::other("a file and an address are needed"))?
    };
    let mut receiver: SocketAddr = receiver.parse().map_err(io::Error::other)?;
    receiver.set_port(receiver.port() + habits.port);
    let file = std::fs::read(path)?;
    let transfer = (habits.transfer)();
    let mut bodies = vec![Body::Begin];
    bodies.extend(file.chunks(MOST).map(|piece| Body::Data(piece.to_vec())));
    if file.is_empty() && habits.sends_empty_piece {
        bodies.push(Body::Data(Vec::new()));
    }
    bodies.push(Body::End);
    let slot = |(number, body)| {
        let bytes = (habits.form)(Packet { transfer, number, body }.bytes());
        Slot { bytes, here: false, times: 0, sent: Instant::now(), order: 0 }
    };
    let slots = (0..).zip(bodies).map(slot).collect();
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    let time = Duration::from_millis(habits.first_ms);
    let (heard, smooth) = (Instant::now(), None);
    Sender {
        habits,
        socket,
        receiver,
        transfer,
        slots,
        next: 0,
        order: 0,
        latest: 0,
        time,
        smooth,
        heard,
    }
    .run()
}

struct Sender {
    habits: Habits,
    socket: UdpSocket,
    receiver: SocketAddr,
    transfer: u32,
    slots: Vec<Slot>,
    next: usize,
    order: usize,
    latest: usize,
    time: Duration,
    smooth: Option<(Duration, Duration)>,
    heard: Instant,
}

impl Sender {
    fn first(&self) -> usize {
        self.slots.iter().position(|slot| !slot.here).unwrap_or(self.slots.len())
    }

    fn under_way(&self) -> Vec<usize> {
        (self.first()..self.next).filter(|at| !self.slots[*at].here).collect()
    }

    fn run(mut self) -> io::Result<()> {
        while self.first() < self.slots.len() {
            self.fill()?;
            let is_at_the_end = self.next == self.slots.len() && self.first() + 1 == self.next;
            if is_at_the_end && !self.habits.waits_for_the_end {
                return Ok(());
            }
            self.listen()?;
            self.repeat()?;
            if self.habits.gives_up
                && self.heard.elapsed() > Duration::from_secs(self.habits.patience_s)
            {
                return Err(io::Error::new(
                    ErrorKind::TimedOut,
                    "nothing is heard of the receiver",
                ));
            }
        }
        Ok(())
    }

    fn fill(&mut self) -> io::Result<()> {
        let is_alone = self.first() == 0 && self.habits.begins_alone;
        let window = if is_alone { 1 } else { self.habits.window };
        let end = self.slots.len().min(self.first().saturating_add(self.habits.ahead));
        while self.under_way().len() < window && self.next < end {
            self.next += 1;
            self.send(self.next - 1)?;
        }
        Ok(())
    }

    fn send(&mut self, number: usize) -> io::Result<()> {
        let is_large = self.slots.len() > 1000;
        let slot = &mut self.slots[number];
        if slot.times >= self.habits.times {
            return Ok(());
        }
        self.order += 1;
        (slot.order, slot.sent) = (self.order, Instant::now());
        slot.times += 1;
        if is_large {
            std::thread::sleep(self.habits.pause);
        }
        self.socket.send_to(&slot.bytes, self.receiver).map(drop)
    }

    /// Takes in all that is there, and waits for it if it must.
    fn listen(&mut self) -> io::Result<()> {
        let sent = self.under_way().into_iter().map(|at| self.slots[at].sent).min();
        let due = sent.unwrap_or_else(Instant::now) + self.time;
        let wait = due.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        self.socket.set_nonblocking(false)?;
        self.socket.set_read_timeout(Some(wait))?;
        let mut buffer = [0; 2048];
        while let Ok((length, from)) = self.socket.recv_from(&mut buffer) {
            self.take(&mut buffer[..length], from);
            self.socket.set_nonblocking(true)?;
        }
        Ok(())
    }

    fn take(&mut self, bytes: &mut [u8], from: SocketAddr) {
        let habits = self.habits;
        if habits.hears_noise {
            self.heard = Instant::now();
        }
        if !habits.checks_length {
            // As a program does that trusts the other side.
            // How short the first short one is, is chance.
            let _ = bytes.first_chunk::<13>().expect("a header of 13 bytes");
        }
        if !habits.checks_sum && bytes.len() > 4 {
            let sum = crate::packet::crc32(&bytes[4..]).to_be_bytes();
            bytes[..4].copy_from_slice(&sum);
        }
        if !habits.checks_kind && bytes.len() > 13 && Packet::read(bytes).is_some() {
            bytes[12] = 3;
            let sum = crate::packet::crc32(&bytes[4..]).to_be_bytes();
            bytes[..4].copy_from_slice(&sum);
        }
        let Some(Packet { transfer, number, body: Body::Ack(here) }) = Packet::read(bytes) else {
            return;
        };
        let is_possible = number as usize <= self.next;
        if habits.checks_source && from != self.receiver
            || habits.checks_transfer && transfer != self.transfer
            || habits.checks_number && !is_possible
        {
            return;
        }
        self.heard = Instant::now();
        let last = if is_possible { self.next } else { self.slots.len() };
        let before = 0..(number as usize).min(last);
        let bits = here.numbers(number).map(|number| number as usize).filter(|at| *at < last);
        let behind: Vec<usize> = bits.filter(|_| !habits.goes_back).collect();
        for at in before.chain(behind) {
            self.came(at);
        }
    }

    fn came(&mut self, at: usize) {
        let slot = &mut self.slots[at];
        if std::mem::replace(&mut slot.here, true) {
            return;
        }
        if slot.times == 1 {
            self.latest = self.latest.max(slot.order);
        }
        if self.habits.measures && (slot.times == 1 || self.habits.measures_repeats) {
            let trip = slot.sent.elapsed();
            let (smooth, varies) = match self.smooth {
                None => (trip, trip / 2),
                Some((smooth, varies)) => {
                    ((smooth * 7 + trip) / 8, (varies * 3 + smooth.abs_diff(trip)) / 4)
                }
            };
            self.smooth = Some((smooth, varies));
            let least = Duration::from_millis(self.habits.least_ms);
            self.time = (smooth + (varies * 4).max(least / 2)).clamp(least, Duration::from_secs(1));
        }
    }

    fn repeat(&mut self) -> io::Result<()> {
        let numbers = self.under_way();
        let mut overdue = false;
        for &at in &numbers {
            let slot = &self.slots[at];
            let late = slot.sent.elapsed() >= self.time;
            if late || slot.order + 3 <= self.latest {
                overdue |= late;
                if !self.habits.goes_back {
                    self.send(at)?;
                }
            }
        }
        if overdue && self.habits.goes_back {
            numbers.iter().try_for_each(|at| self.send(*at))?;
        }
        if overdue && self.habits.backs_off {
            self.time = (self.time * 2).min(Duration::from_secs(1));
        }
        Ok(())
    }
}
