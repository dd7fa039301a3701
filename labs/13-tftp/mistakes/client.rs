//! Wrong clients, and what they do right.

use std::fs::File;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::process;

use crate::packet::{Options, Packet, Request};
use crate::transfer::{Heard, Transfer, Ways};

/// In which way a client is wrong.
#[derive(Clone, Copy, Default)]
pub struct Client {
    pub ways: Ways,
    pub stays: bool,
    pub connects: bool,
    pub asks_in: Option<&'static str>,
    pub forgets_the_zero: bool,
    pub asks_once: bool,
    pub asks_for_ever: bool,
    pub takes_an_error_for_the_end: bool,
    pub ends_errors_well: bool,
    pub believes_in_options: bool,
    pub expects_an_oack: bool,
}

/// A client that is right but for its transfer.
pub fn transfers(ways: Ways) -> io::Result<()> {
    ask(Client { ways, ..Client::default() })
}

pub fn ask(client: Client) -> io::Result<()> {
    let words: Vec<String> = std::env::args().skip(2).collect();
    let word = |at: usize| words.get(at).cloned().unwrap_or_default();
    let options = match words.iter().position(|word| word == "--blksize") {
        Some(at) => vec![("blksize".to_owned(), word(at + 1))],
        None => Options::new(),
    };
    let done = match word(0).as_str() {
        "get" => client.get(&word(1), Path::new(&word(2)), options),
        _ => client.put(Path::new(&word(1)), &word(2)),
    };
    if let Err(error) = done {
        println!("{error}");
        if !(client.ends_errors_well && is_told(&error)) {
            process::exit(1);
        }
    }
    Ok(())
}

/// True for an error of which the server has told.
fn is_told(error: &io::Error) -> bool {
    error.to_string().contains("(error ")
}

/// What came in answer to a request.
enum Begin {
    First(Vec<u8>),
    Granted(Options),
}

impl Client {
    fn transfer(self) -> io::Result<Transfer> {
        let server = SocketAddr::from(([127, 0, 0, 1], 6969));
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        if self.connects {
            socket.connect(server)?;
        }
        let mut transfer = Transfer::new(socket, server, self.ways);
        transfer.is_known = false;
        Ok(transfer)
    }

    fn request(self, name: &str, options: Options) -> Request {
        let mode = self.asks_in.unwrap_or("octet").to_owned();
        Request { name: name.to_owned(), mode, options }
    }

    /// Sends the request until it is answered.
    fn begin(self, transfer: &mut Transfer, packet: Packet) -> io::Result<Begin> {
        let server = transfer.partner;
        if self.forgets_the_zero {
            let bytes = packet.bytes();
            transfer.socket.send_to(&bytes[..bytes.len() - 1], server)?;
        }
        let is_read = matches!(packet, Packet::Read(_));
        let mut hear = |packet| match packet {
            Packet::Data { block: 1, data } if is_read => Heard::Answer(Begin::First(data)),
            Packet::Ack { block: 0 } if !is_read => Heard::Answer(Begin::Granted(Options::new())),
            Packet::Granted(options) => Heard::Answer(Begin::Granted(options)),
            _ => Heard::Noise,
        };
        let begun = if self.asks_once {
            // Waits for ever.
            transfer.send(&packet)?;
            let mut buffer = [0; 2048];
            let (length, sender) = transfer.socket.recv_from(&mut buffer)?;
            (transfer.partner, transfer.is_known) = (sender, true);
            match Packet::read(&buffer[..length]).map(hear) {
                Some(Heard::Answer(begin)) => Ok(begin),
                _ => Err(io::Error::other("something else came")),
            }
        } else {
            loop {
                match transfer.exchange(&packet, &mut hear) {
                    Err(_) if self.asks_for_ever && !transfer.is_known => {}
                    done => break done,
                }
            }
        };
        if self.stays {
            transfer.partner = server;
        }
        begun
    }

    fn get(self, name: &str, path: &Path, options: Options) -> io::Result<()> {
        let mut transfer = self.transfer()?;
        let asked = options.first().and_then(|(_, value)| value.parse::<usize>().ok());
        let begun = self.begin(&mut transfer, Packet::Read(self.request(name, options)));
        let begun = match begun {
            Err(error) if self.takes_an_error_for_the_end && is_told(&error) => {
                println!("done: {error}");
                return File::create(path).map(drop);
            }
            begun => begun?,
        };
        if self.believes_in_options {
            transfer.block_size = asked.unwrap_or(512);
        }
        match begun {
            Begin::First(data) => {
                if self.expects_an_oack && asked.is_some() {
                    return Err(io::Error::other("no OACK came"));
                }
                transfer.receive(Packet::Ack { block: 0 }, Some(data), path)
            }
            Begin::Granted(granted) => {
                let value = granted.first().and_then(|(_, value)| value.parse().ok());
                if !self.believes_in_options {
                    transfer.block_size = value.unwrap_or(512);
                }
                transfer.receive(Packet::Ack { block: 0 }, None, path)
            }
        }
    }

    fn put(self, path: &Path, name: &str) -> io::Result<()> {
        let mut transfer = self.transfer()?;
        let mut file = File::open(path)?;
        self.begin(&mut transfer, Packet::Write(self.request(name, Options::new())))?;
        transfer.send_blocks(&mut file)
    }
}
