//! What the wrong programs do right, and where each of them goes its own way.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
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
    pub writes_in_place: bool,
    pub takes_garbage: bool,
    /// The largest number that a block can have.
    pub last_number: Option<u32>,
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
            if sender == self.partner || self.ways.believes_strangers {
                match packet {
                    Some(packet) => return Ok(Some(packet)),
                    None => continue,
                }
            }
            if !self.ways.ignores_strangers {
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
        let mut wait = Duration::from_millis(200);
        for _ in 0..5 {
            self.send(packet)?;
            let until = Instant::now() + wait;
            while let Some(came) = self.next((!sends_once).then_some(until))? {
                if let Packet::Error { code, text } = came {
                    return Err(failed(format!("{text} (error {code})")));
                }
                match hear(came) {
                    Heard::Answer(answer) => return Ok(answer),
                    Heard::Repeated => self.send(packet)?,
                    Heard::Noise => {}
                }
            }
            wait = (wait * 2).min(Duration::from_secs(1));
        }
        Err(failed("no answer".to_owned()))
    }

    fn after(&self, block: u16) -> io::Result<u16> {
        let last = self.ways.last_number.unwrap_or(65536);
        match u32::from(block) + 1 {
            next if next > last => Err(failed(format!("there is no block {next}"))),
            next => Ok(next as u16),
        }
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
            block = self.after(block)?;
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
        let done = self.receive_blocks(first, data, &part).and_then(|last| {
            fs::rename(&part, path)?;
            self.acknowledge_last(last)
        });
        if done.is_err() {
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
            let next = self.after(last)?;
            let mut twice = Vec::new();
            let data = match early.take() {
                Some(data) => data,
                None => self.exchange(&answer, |packet| match packet {
                    Packet::Data { data, .. } if ways.sees_no_empty_end && data.is_empty() => {
                        Heard::Noise
                    }
                    Packet::Data { block, data } if block == next => Heard::Answer(data),
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
            file.write_all(&twice)?;
            match ways.takes_for_text {
                true => file.write_all(String::from_utf8_lossy(&data).as_bytes())?,
                false => file.write_all(&data)?,
            }
            last = next;
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
