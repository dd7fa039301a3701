//! What both steps have in common: the packets, the socket, and a time-out that follows the round trips.
//! Of an acknowledgement they read the number alone.

use std::io::{self, ErrorKind};
use std::net::UdpSocket;
use std::time::{Duration, Instant};

use super::packet::{Body, MOST, Packet};

pub struct Line {
    pub packets: Vec<Vec<u8>>,
    pub timeout: Duration,
    socket: UdpSocket,
    transfer: u32,
    /// When each packet was sent, if it was sent once.
    sent: Vec<Option<Instant>>,
    /// How many packets were sent for the first time.
    new: usize,
    smooth: Option<(Duration, Duration)>,
    heard: Instant,
}

impl Line {
    /// Reads the file that the command line names, and connects to the address that it names.
    pub fn open() -> io::Result<Line> {
        let mut words = std::env::args().skip(1);
        let (Some(path), Some(receiver)) = (words.next(), words.next()) else {
            return Err(io::Error::other("a file and an address are needed"));
        };
        let file = std::fs::read(path)?;
        let transfer = std::process::id();
        let pieces = file.chunks(MOST).map(|piece| Body::Data(piece.to_vec()));
        let bodies = std::iter::once(Body::Begin).chain(pieces).chain([Body::End]);
        let numbered = (0..).zip(bodies);
        let packets: Vec<Vec<u8>> =
            numbered.map(|(number, body)| Packet { transfer, number, body }.bytes()).collect();
        let socket = UdpSocket::bind("0.0.0.0:0")?;
        socket.connect(receiver)?;
        Ok(Line {
            sent: vec![None; packets.len()],
            packets,
            timeout: Duration::from_secs(1),
            socket,
            transfer,
            new: 0,
            smooth: None,
            heard: Instant::now(),
        })
    }

    pub fn send(&mut self, number: usize) -> io::Result<()> {
        let is_new = number >= self.new;
        self.sent[number] = is_new.then(Instant::now);
        self.new = self.new.max(number + 1);
        match self.socket.send(&self.packets[number]) {
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(()),
            sent => sent.map(drop),
        }
    }

    /// Waits until `due` for the acknowledgement of all before this number, and tells the latest.
    pub fn wait(&mut self, due: Instant, number: u32) -> io::Result<u32> {
        let mut buffer = [0; 2048];
        let mut latest = 0;
        while latest < number {
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            self.socket.set_read_timeout(Some(left))?;
            let Ok(length) = self.socket.recv(&mut buffer) else { continue };
            let packet = Packet::read(&buffer[..length]);
            if let Some(Packet { transfer, number, body: Body::Ack(_) }) = packet
                && transfer == self.transfer
                && number as usize <= self.new
            {
                self.heard = Instant::now();
                latest = latest.max(number);
                self.measure(number);
            }
        }
        Ok(latest)
    }

    /// Measures the round trip of the packet before this number, if it was sent once.
    fn measure(&mut self, number: u32) {
        let last = (number as usize).checked_sub(1);
        let Some(sent) = last.and_then(|last| self.sent[last].take()) else { return };
        let trip = sent.elapsed();
        let (smooth, varies) = match self.smooth {
            None => (trip, trip / 2),
            Some((smooth, varies)) => {
                ((smooth * 7 + trip) / 8, (varies * 3 + smooth.abs_diff(trip)) / 4)
            }
        };
        self.smooth = Some((smooth, varies));
        let time = smooth + (varies * 4).max(Duration::from_millis(100));
        self.timeout = time.clamp(Duration::from_millis(200), Duration::from_secs(1));
    }

    pub fn must_not_be_silent(&self) -> io::Result<()> {
        match self.heard.elapsed() > Duration::from_secs(4) {
            true => Err(io::Error::new(ErrorKind::TimedOut, "nothing is heard of the receiver")),
            false => Ok(()),
        }
    }
}
