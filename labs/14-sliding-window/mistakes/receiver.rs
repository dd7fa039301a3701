//! A receiver that is right, but for its habits.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use crate::packet::{AHEAD, Body, Here, Packet, crc32};

/// What a receiver does. The default is right.
#[derive(Clone, Copy)]
pub struct Habits {
    pub at: &'static str,
    /// The number of an acknowledgement, of the first that is missing, the one that came, and the
    /// highest that has come.
    pub number: fn(u32, u32, u32) -> u32,
    /// Where the bit of a packet is that came early, of the first that is missing and its number.
    pub bit: fn(u32, u32) -> u32,
    pub keeps_early: bool,
    /// How far ahead of the first that is missing it keeps packets.
    pub ahead: u32,
    /// Writes pieces when they come, in whatever order.
    pub writes_at_once: bool,
    /// Writes the one before the next again, if it comes again.
    pub writes_twice: bool,
    pub checks_sum: bool,
    pub checks_transfer: bool,
    pub checks_source: bool,
    /// Has an array for what is early, and trusts that all fits into it.
    pub trusts_numbers: bool,
    pub lingers: bool,
    pub gives_up: bool,
    /// After how many seconds.
    pub patience_s: u64,
    /// Takes any datagram for a sign of the sender.
    pub hears_noise: bool,
    pub waits_for_the_begin: bool,
    /// Begins a new file with each BEGIN.
    pub begins_anew: bool,
    /// Stays for another second when something comes again.
    pub lingers_on: bool,
    /// Acknowledges each packet, and not only every other one.
    pub answers_each: bool,
    pub removes: bool,
    /// Makes the file when the first piece comes.
    pub makes_late: bool,
    pub logs_all: bool,
    pub pause: Duration,
}

pub const RIGHT: Habits = Habits {
    at: "0.0.0.0:12014",
    number: |first, _, _| first,
    bit: |_, number| number,
    keeps_early: true,
    ahead: AHEAD,
    writes_at_once: false,
    writes_twice: false,
    checks_sum: true,
    checks_transfer: true,
    checks_source: true,
    trusts_numbers: false,
    lingers: true,
    gives_up: true,
    patience_s: 4,
    hears_noise: false,
    waits_for_the_begin: true,
    begins_anew: false,
    lingers_on: true,
    answers_each: true,
    removes: true,
    makes_late: false,
    logs_all: false,
    pause: Duration::ZERO,
};

/// Receives a file into what the command line names, as the habits are.
pub fn receive(habits: Habits) -> io::Result<()> {
    let socket = UdpSocket::bind(habits.at)?;
    let limit = Duration::from_secs(habits.patience_s);
    socket.set_read_timeout((!habits.waits_for_the_begin).then_some(limit))?;
    let path = std::env::args().nth(2).ok_or(ErrorKind::InvalidInput)?;
    let mut log = Vec::new();
    let (from, begin) = loop {
        let (packet, bytes, from) = next(&socket, habits)?;
        if habits.logs_all {
            log.push(bytes);
        }
        if let Some(packet) = packet.filter(|it| it.body == Body::Begin) {
            break (from, packet);
        }
    };
    let file = if habits.makes_late { None } else { Some(File::create(&path)?) };
    let receiver = Receiver {
        habits,
        socket,
        from,
        transfer: begin.transfer,
        path,
        file,
        first: 1,
        highest: 0,
        early: BTreeMap::new(),
        places: [false; AHEAD as usize],
        is_whole: false,
        last_piece: Vec::new(),
    };
    receiver.answer(0)?;
    receiver.run()
}

/// The next datagram, and the packet in it.
fn next(socket: &UdpSocket, habits: Habits) -> io::Result<(Option<Packet>, Vec<u8>, SocketAddr)> {
    let mut buffer = vec![0; 2048];
    let (length, from) = socket.recv_from(&mut buffer)?;
    buffer.truncate(length);
    if !habits.checks_sum && length > 4 {
        let sum = crc32(&buffer[4..]).to_be_bytes();
        buffer[..4].copy_from_slice(&sum);
    }
    Ok((Packet::read(&buffer), buffer, from))
}

struct Receiver {
    habits: Habits,
    socket: UdpSocket,
    from: SocketAddr,
    transfer: u32,
    path: String,
    file: Option<File>,
    first: u32,
    highest: u32,
    early: BTreeMap<u32, Body>,
    places: [bool; AHEAD as usize],
    is_whole: bool,
    last_piece: Vec<u8>,
}

impl Receiver {
    fn run(mut self) -> io::Result<()> {
        while !self.is_whole {
            let limit = Duration::from_secs(self.habits.patience_s);
            let wait = self.habits.gives_up.then_some(limit);
            let Some(packet) = self.next(wait)? else {
                if self.habits.removes {
                    fs::remove_file(&self.path)?;
                }
                return Err(io::Error::new(ErrorKind::TimedOut, "nothing is heard of the sender"));
            };
            std::thread::sleep(self.habits.pause);
            let number = packet.number;
            let is_new = number >= self.first;
            self.take(packet)?;
            if self.habits.answers_each || !is_new || number.is_multiple_of(2) {
                self.answer(number)?;
            }
        }
        if !self.habits.lingers {
            return Ok(());
        }
        let second = Duration::from_secs(1);
        let mut end = Instant::now() + second;
        while let Some(packet) = self.next(Some(end.saturating_duration_since(Instant::now())))? {
            self.answer(packet.number)?;
            if self.habits.lingers_on {
                end = Instant::now() + second;
            }
        }
        Ok(())
    }

    fn next(&self, wait: Option<Duration>) -> io::Result<Option<Packet>> {
        let mut deadline = wait.map(|wait| Instant::now() + wait);
        loop {
            let left = deadline.map(|it| it.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Ok(None);
            }
            self.socket.set_read_timeout(left)?;
            let (packet, from) = match next(&self.socket, self.habits) {
                Ok((packet, _, from)) => (packet, from),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) => return Err(error),
            };
            let is_ours = |packet: &Packet| {
                (!self.habits.checks_source || from == self.from)
                    && (!self.habits.checks_transfer || packet.transfer == self.transfer)
            };
            if let Some(packet) = packet.filter(is_ours) {
                return Ok(Some(packet));
            }
            if self.habits.hears_noise {
                deadline = wait.map(|wait| Instant::now() + wait);
            }
        }
    }

    fn take(&mut self, packet: Packet) -> io::Result<()> {
        let Packet { number, body, .. } = packet;
        if self.habits.trusts_numbers && number >= self.first {
            self.places[(number - self.first) as usize] = true;
        }
        if self.habits.writes_twice && number == self.first - 1 {
            let again = self.last_piece.clone();
            self.write(&again)?;
        }
        if self.habits.begins_anew && body == Body::Begin {
            self.file = Some(File::create(&self.path)?);
            self.first = 1;
            self.early.clear();
        }
        let is_possible =
            (self.first..self.first.saturating_add(self.habits.ahead)).contains(&number);
        let is_kept = self.habits.keeps_early || number == self.first;
        if !is_possible || !is_kept || self.early.contains_key(&number) {
            return Ok(());
        }
        self.highest = self.highest.max(number);
        if self.habits.writes_at_once
            && let Body::Data(piece) = &body
        {
            self.write(piece)?;
        }
        self.early.insert(number, body);
        while let Some(body) = self.early.remove(&self.first) {
            match body {
                Body::Data(piece) if !self.habits.writes_at_once => {
                    self.write(&piece)?;
                    self.last_piece = piece;
                }
                Body::End => self.is_whole = true,
                _ => {}
            }
            self.first += 1;
        }
        Ok(())
    }

    fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        if self.file.is_none() {
            self.file = Some(File::create(&self.path)?);
        }
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(piece))
    }

    fn answer(&self, came: u32) -> io::Result<()> {
        let number = (self.habits.number)(self.first, came, self.highest);
        let mut here = Here::default();
        for &early in self.early.keys() {
            here.set(self.first, (self.habits.bit)(self.first, early));
        }
        let ack = Packet { transfer: self.transfer, number, body: Body::Ack(here) };
        self.socket.send_to(&ack.bytes(), self.from).map(drop)
    }
}
