//! What the wrong programs do right, and where each of them goes its own way.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::packet::{self, Packet};

/// In which way a program is wrong; one that is wrong in none is right.
#[derive(Clone, Copy, Default)]
pub struct Ways {
    pub sends_on_old_ack: bool,
    pub takes_any_ack: bool,
    pub awaits_no_ack: bool,
    pub sends_data_once: bool,
    pub forgets_the_end: bool,
    pub sees_no_empty_end: bool,
    pub takes_for_text: bool,
    pub swaps_numbers: bool,
    pub writes_twice: bool,
    pub never_repeats_an_ack: bool,
    pub leaves_at_once: bool,
    pub believes_strangers: bool,
    pub ignores_strangers: bool,
    pub heeds_any_error: bool,
    pub answers_errors: bool,
    pub writes_in_place: bool,
    pub keeps_the_part: bool,
    pub takes_garbage: bool,
    pub sends_for_ever: bool,
    pub begins_anew: bool,
    /// How often it sends a packet, and how long it waits at first, in milliseconds.
    pub tries: Option<usize>,
    pub first_wait_ms: Option<u64>,
    pub keeps_the_socket: bool,
    pub ends_with_its_client: bool,
    pub takes_silence_for_the_end: bool,
    /// The largest number that a block can have which it sends, or which it takes.
    pub last_sent: Option<u32>,
    pub last_taken: Option<u32>,
    pub places_by_number: bool,
}

/// A transfer: this end's socket, and what is known of the other end.
pub struct Transfer {
    pub socket: UdpSocket,
    pub partner: SocketAddr,
    /// False until somebody has answered.
    pub is_known: bool,
    pub block_size: usize,
    pub ways: Ways,
}

/// What a packet is to who waits for the answer to another.
pub enum Heard<T> {
    Answer(T),
    Repeated,
    Noise,
}

fn failed(text: String) -> io::Error {
    io::Error::other(text)
}

/// The number of the block behind this one, if there is one.
fn after(block: u16, last: Option<u32>) -> Option<u16> {
    match last {
        Some(last) if u32::from(block) >= last => None,
        _ => Some(block.wrapping_add(1)),
    }
}

impl Transfer {
    pub fn new(socket: UdpSocket, partner: SocketAddr, ways: Ways) -> Transfer {
        Transfer { socket, partner, is_known: true, block_size: 512, ways }
    }

    pub fn send(&self, packet: &Packet) -> io::Result<()> {
        let mut bytes = packet.bytes();
        if self.ways.swaps_numbers && matches!(bytes[1], 3 | 4) {
            bytes.swap(2, 3);
        }
        self.socket.send_to(&bytes, self.partner).map(drop)
    }

    /// The next packet of the partner; without a deadline it is waited for for ever.
    fn next(&mut self, until: Option<Instant>) -> io::Result<Option<Packet>> {
        let mut buffer = [0; 2048];
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Ok(None);
            }
            self.socket.set_read_timeout(left)?;
            let (length, sender) = match self.socket.recv_from(&mut buffer) {
                Ok(received) => received,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) => return Err(error),
            };
            let mut bytes = buffer[..length].to_vec();
            if self.ways.takes_garbage {
                println!("packet {} of kind {}", bytes[3], bytes[1]);
            }
            if self.ways.swaps_numbers && bytes.len() > 3 && matches!(bytes[1], 3 | 4) {
                bytes.swap(2, 3);
            }
            let packet = Packet::read(&bytes);
            if !self.is_known {
                (self.partner, self.is_known) = (sender, true);
            }
            let is_error = matches!(packet, Some(Packet::Error { .. }));
            let is_heeded = is_error && self.ways.heeds_any_error;
            if sender == self.partner || self.ways.believes_strangers || is_heeded {
                match packet {
                    Some(packet) => return Ok(Some(packet)),
                    None => continue,
                }
            }
            if !self.ways.ignores_strangers && (!is_error || self.ways.answers_errors) {
                let text = "another transfer".to_owned();
                let error = Packet::Error { code: packet::UNKNOWN_TRANSFER, text };
                self.socket.send_to(&error.bytes(), sender)?;
            }
        }
    }

    pub fn exchange<T>(
        &mut self,
        packet: &Packet,
        mut hear: impl FnMut(Packet) -> Heard<T>,
    ) -> io::Result<T> {
        let sends_once = match packet {
            Packet::Data { .. } => self.ways.sends_data_once,
            Packet::Ack { .. } => self.ways.never_repeats_an_ack,
            _ => false,
        };
        let mut wait = Duration::from_millis(self.ways.first_wait_ms.unwrap_or(200));
        let is_data = matches!(packet, Packet::Data { .. });
        let tries = match is_data && self.ways.sends_for_ever {
            true => usize::MAX,
            false => self.ways.tries.unwrap_or(5),
        };
        for _ in 0..tries {
            self.send(packet)?;
            let mut until = Instant::now() + wait;
            while let Some(came) = self.next((!sends_once).then_some(until))? {
                if let Packet::Error { code, text } = came {
                    let text = format!("{text} (error {code})");
                    return Err(io::Error::new(ErrorKind::ConnectionAborted, text));
                }
                match hear(came) {
                    Heard::Answer(answer) => return Ok(answer),
                    Heard::Repeated => self.send(packet)?,
                    Heard::Noise if self.ways.begins_anew => until = Instant::now() + wait,
                    Heard::Noise => {}
                }
            }
            wait = (wait * 2).min(Duration::from_secs(1));
        }
        if self.ways.ends_with_its_client {
            println!("no answer from {}", self.partner);
            std::process::exit(1);
        }
        if self.ways.keeps_the_socket {
            // It is one of a list that is never cleared.
            std::mem::forget(self.socket.try_clone()?);
        }
        Err(io::Error::new(ErrorKind::TimedOut, "no answer"))
    }

    pub fn send_blocks(&mut self, file: &mut impl Read) -> io::Result<()> {
        let ways = self.ways;
        let mut block: u16 = 0;
        loop {
            let mut data = Vec::new();
            file.by_ref().take(self.block_size as u64).read_to_end(&mut data)?;
            let is_last = data.len() < self.block_size;
            if ways.forgets_the_end && data.is_empty() && block > 0 {
                return Ok(());
            }
            block = after(block, ways.last_sent)
                .ok_or_else(|| failed(format!("no block follows block {block}")))?;
            let data = Packet::Data { block, data };
            if ways.awaits_no_ack {
                self.send(&data)?;
            } else {
                self.exchange(&data, |packet| match packet {
                    Packet::Ack { .. } if ways.takes_any_ack => Heard::Answer(()),
                    Packet::Ack { block: came } if came == block => Heard::Answer(()),
                    Packet::Ack { .. } if ways.sends_on_old_ack => Heard::Repeated,
                    _ => Heard::Noise,
                })?;
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// Receives a file; `first` is what the first block is the answer to, and `data` that block where
    /// it has come already.
    pub fn receive(&mut self, first: Packet, data: Option<Vec<u8>>, path: &Path) -> io::Result<()> {
        let ways = self.ways;
        let port = self.socket.local_addr()?.port();
        let part = match ways.writes_in_place {
            true => path.to_owned(),
            false => path.with_file_name(format!(".{port}.part")),
        };
        let done = self.receive_blocks(first, data, &part);
        let is_silence = |error: &io::Error| error.kind() == ErrorKind::TimedOut;
        let done = match done {
            Err(error) if ways.takes_silence_for_the_end && is_silence(&error) => {
                fs::rename(&part, path)
            }
            done => done.and_then(|last| {
                fs::rename(&part, path)?;
                self.acknowledge_last(last)
            }),
        };
        if done.is_err() && !ways.keeps_the_part {
            let _ = fs::remove_file(&part);
        }
        done
    }

    fn receive_blocks(
        &mut self,
        first: Packet,
        mut early: Option<Vec<u8>>,
        part: &Path,
    ) -> io::Result<u16> {
        let ways = self.ways;
        let mut file = File::create(part)?;
        let (mut answer, mut last) = (first, 0);
        loop {
            let next = after(last, ways.last_taken);
            let mut twice = Vec::new();
            let data = match early.take() {
                Some(data) => data,
                None => self.exchange(&answer, |packet| match packet {
                    Packet::Data { data, .. } if ways.sees_no_empty_end && data.is_empty() => {
                        Heard::Noise
                    }
                    Packet::Data { block, data } if Some(block) == next => Heard::Answer(data),
                    Packet::Data { block, data } if block == last && last > 0 => {
                        if ways.writes_twice {
                            twice.extend(data);
                        }
                        if ways.never_repeats_an_ack { Heard::Noise } else { Heard::Repeated }
                    }
                    Packet::Granted(_) => Heard::Repeated,
                    _ => Heard::Noise,
                })?,
            };
            let is_last = data.len() < self.block_size;
            if let (Some(next), true) = (next, ways.places_by_number) {
                let before = u64::from(next.wrapping_sub(1));
                file.seek(SeekFrom::Start(before * self.block_size as u64))?;
            }
            file.write_all(&twice)?;
            match ways.takes_for_text {
                true => file.write_all(String::from_utf8_lossy(&data).as_bytes())?,
                false => file.write_all(&data)?,
            }
            last = next.unwrap_or(last);
            if is_last {
                return Ok(last);
            }
            answer = Packet::Ack { block: last };
        }
    }

    fn acknowledge_last(&mut self, block: u16) -> io::Result<()> {
        let ack = Packet::Ack { block };
        self.send(&ack)?;
        if self.ways.leaves_at_once {
            return Ok(());
        }
        let until = Instant::now() + Duration::from_secs(1);
        while let Some(packet) = self.next(Some(until))? {
            if matches!(packet, Packet::Data { block: came, .. } if came == block) {
                self.send(&ack)?;
            }
        }
        Ok(())
    }
}
