// YOUR TURN: //! Lab 13: a TFTP server. README.md, one folder up, says what to do.
//! Lab 13, solution: a TFTP server.
//!
//! Requests come to one port. Each is served at a new port of its own, by a thread that moves one
//! file and ends. All that a transfer does stands on one thing, `exchange`: send a packet, and send
//! it again until the answer to it has come.
// END
// YOUR TURN: #![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone
// END

#[path = "../packet.rs"]
mod packet;
#[path = "../part.rs"]
mod part;
#[path = "../stop.rs"]
mod stop;

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, UdpSocket};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, process, thread};

use packet::{Options, Packet, Request};
use part::Part;
use stop::Stop;

/// Where requests come to. 69 is TFTP's own port, but those below 1024 are for the administrator.
const ADDRESS: &str = "127.0.0.1:6969";

/// How long an answer is waited for before the packet is sent again, at first and at most, and how
/// often it is sent.
const PATIENCE: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_millis(1600);
const TRIES: usize = 6;

/// How long whoever has sent the last ACK stays, in case that it gets lost.
const STAY: Duration = Duration::from_secs(1);

/// Without options a block has 512 bytes. With them it may have as many as go into one packet of an
/// Ethernet: a larger one would travel in pieces, and be lost with any of them.
const BLOCK_SIZE: usize = 512;
const LARGEST_BLOCK: usize = 1468;

/// So many transfers at once are enough. A request that comes besides is dropped: whoever sent it
/// will ask again.
const MOST_TRANSFERS: usize = 50;

fn main() -> io::Result<()> {
    let (folder, address) = arguments();

    // 1. The socket for requests.
    // YOUR TURN: let socket: UdpSocket = todo!("bind a socket to the address: UdpSocket::bind");
    let socket = UdpSocket::bind(&address).unwrap_or_else(|error| {
        eprintln!("bind {address}: {error}");
        process::exit(1);
    });
    // END
    fs::create_dir_all(&folder)?;
    // The folder's own path, without links and dots: what is outside is known by it.
    let folder: Arc<Path> = fs::canonicalize(&folder)?.into();
    println!("TFTP server is up at {address} and serves {}", folder.display());

    let mut buffer = vec![0; 65536];
    loop {
        let (length, client) = match socket.recv_from(&mut buffer) {
            Ok(received) => received,
            Err(error) => {
                eprintln!("recvfrom: {error}");
                continue;
            }
        };
        let Some(packet) = Packet::read(&buffer[..length]) else { continue };
        // Each thread that serves holds the folder, and so does this one.
        if Arc::strong_count(&folder) > MOST_TRANSFERS {
            continue;
        }
        let folder = folder.clone();
        thread::spawn(move || {
            if let Err(Stop { text, .. }) = serve(&folder, client, packet) {
                println!("{client} got no further: {}", text.escape_debug());
            }
        });
    }
}

/// The folder and the address in the command line: `lab13-server FOLDER ADDRESS`.
fn arguments() -> (PathBuf, String) {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| ".".to_owned());
    (folder.into(), arguments.next().unwrap_or_else(|| ADDRESS.to_owned()))
}

/// Does what a client asks for.
fn serve(folder: &Path, client: SocketAddr, packet: Packet) -> Result<(), Stop> {
    // 2. The socket of this transfer. Its port is the transfer's id: two transfers never mix, not
    // even two with the same client.
    // YOUR TURN: let socket: UdpSocket = todo!("a socket at a new port: UdpSocket::bind with port 0");
    // Port 0 lets the kernel choose one that is free, and 0.0.0.0 the address from which the way
    // leads to the client.
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    // END
    let mut transfer = Transfer::new(socket, client);
    let done = match packet {
        Packet::Read(request) => send_file(&mut transfer, folder, &request),
        Packet::Write(request) => take_file(&mut transfer, folder, &request),
        // An error is never answered: two programs that did would go on for ever.
        Packet::Error { .. } => Err(Stop::silently("an error that belongs to nothing")),
        _ => Err(Stop::telling(packet::ILLEGAL_OPERATION, "a transfer begins with a request")),
    };
    if let Err(Stop { code: Some(code), text }) = &done {
        transfer.send(&Packet::Error { code: *code, text: text.clone() })?;
    }
    done
}

/// A client reads a file.
fn send_file(transfer: &mut Transfer, folder: &Path, request: &Request) -> Result<(), Stop> {
    println!("{} reads {:?}", transfer.partner, request.name);
    must_be_octet(request)?;
    let path = inside(folder, &request.name)?;
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let granted = grant(transfer, &request.options, Some(size));
    if !granted.is_empty() {
        // The client says that it has understood, as if this were a block 0.
        transfer.exchange(&Packet::Granted(granted), |packet| match packet {
            Packet::Ack { block: 0 } => Heard::Answer(()),
            _ => Heard::Noise,
        })?;
    }
    transfer.send_blocks(&mut file)
}

/// A client writes a file.
fn take_file(transfer: &mut Transfer, folder: &Path, request: &Request) -> Result<(), Stop> {
    println!("{} writes {:?}", transfer.partner, request.name);
    must_be_octet(request)?;
    let path = inside(folder, &request.name)?;
    let granted = grant(transfer, &request.options, None);
    let first = match granted.is_empty() {
        true => Packet::Ack { block: 0 },
        false => Packet::Granted(granted),
    };
    // 8. Nobody may ever find half a file under its name.
    // YOUR TURN: todo!("receive into a file of another name; rename it before the last ACK: Part")
    let part = Part::beside(&path, transfer.socket.local_addr()?.port().into());
    let mut file = File::create(&part.path)?;
    let last = transfer.receive_blocks(first, &mut file)?;
    // All of it is there. The rename puts it in its place at once, also where another file was. Only
    // then is the last block acknowledged: the client takes that for "it is stored".
    fs::rename(&part.path, &path)?;
    transfer.acknowledge_last(last)
    // END
}

/// netascii would change the bytes on their way, and its days are over.
fn must_be_octet(request: &Request) -> Result<(), Stop> {
    // 3. In which mode does the client ask?
    // YOUR TURN: todo!("refuse what is not octet, in any case of letters: eq_ignore_ascii_case")
    if request.mode.eq_ignore_ascii_case("octet") {
        return Ok(());
    }
    let text = format!("only mode octet is served here, not {}", request.mode);
    Err(Stop::telling(packet::NOT_DEFINED, text))
    // END
}

/// The path of a file of this name in the folder.
fn inside(folder: &Path, name: &str) -> Result<PathBuf, Stop> {
    // 4. The name is the client's choice: `../../etc/passwd` is one.
    // YOUR TURN: todo!("refuse names that lead out of the folder: components, canonicalize")
    let outside = || Stop::telling(packet::ACCESS_VIOLATION, "the name leads out of the folder");
    // Names only: no .., and no / at the beginning, with which `join` would forget the folder.
    let is_name = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if name.is_empty() || !Path::new(name).components().all(is_name) {
        return Err(outside());
    }
    let path = folder.join(name);
    // A symbolic link may lead out as well. The file itself may yet have to be written.
    let real = match path.canonicalize() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            path.parent().unwrap_or(folder).canonicalize()?
        }
        real => real?,
    };
    match real.starts_with(folder) {
        true if path.is_dir() => Err(Stop::telling(packet::ACCESS_VIOLATION, "that is a folder")),
        true => Ok(path),
        false => Err(outside()),
    }
    // END
}

/// The options that are granted, of those that the client asks for, in the form of an OACK. Those
/// that nobody knows here are passed over, as RFC 2347 wants it.
fn grant(transfer: &mut Transfer, asked: &Options, size: Option<u64>) -> Options {
    let mut granted = Options::new();
    // 9. The extras: blksize, timeout, tsize.
    // YOUR TURN: // todo: grant blksize, timeout and tsize; without them the server is right too
    for (name, value) in asked {
        let Ok(number) = value.parse::<u64>() else { continue };
        let value = match name.to_ascii_lowercase().as_str() {
            // The answer may be smaller than what was asked for, and never larger.
            "blksize" if (8..=65464).contains(&number) => {
                transfer.block_size = LARGEST_BLOCK.min(number as usize);
                transfer.block_size.to_string()
            }
            "timeout" if (1..=255).contains(&number) => {
                transfer.patience = Duration::from_secs(number);
                number.to_string()
            }
            // Who reads asks with 0, and is told the size; who writes tells it.
            "tsize" => size.unwrap_or(number).to_string(),
            _ => continue,
        };
        granted.push((name.clone(), value));
    }
    // END
    granted
}

/// A transfer: this end's socket, and what is known of the other end.
struct Transfer {
    socket: UdpSocket,
    partner: SocketAddr,
    block_size: usize,
    patience: Duration,
    buffer: Vec<u8>,
}

/// What a packet is to who waits for the answer to another.
enum Heard<T> {
    /// It is the answer.
    Answer(T),
    /// It is what came before, once more: the partner has not heard of ours. Ours is sent again.
    Repeated,
    /// It is of no interest.
    Noise,
}

impl Transfer {
    fn new(socket: UdpSocket, partner: SocketAddr) -> Transfer {
        let buffer = vec![0; 65536];
        Transfer { socket, partner, block_size: BLOCK_SIZE, patience: PATIENCE, buffer }
    }

    fn send(&self, packet: &Packet) -> io::Result<()> {
        self.socket.send_to(&packet.bytes(), self.partner).map(drop)
    }

    /// The next packet of the partner. `None` when none has come until then.
    fn next(&mut self, until: Instant) -> io::Result<Option<Packet>> {
        // 5. Wait for the time that is left, and for nobody but the partner.
        // YOUR TURN: todo!("wait for the partner's packet, ERROR 5 to others: set_read_timeout, recv_from")
        loop {
            // Computed anew for each datagram: a stranger who talks all the time makes nobody wait
            // any longer.
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            self.socket.set_read_timeout(Some(left))?;
            let (length, sender) = match self.socket.recv_from(&mut self.buffer) {
                Ok(received) => received,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let packet = Packet::read(&self.buffer[..length]);
            if sender == self.partner {
                match packet {
                    Some(packet) => return Ok(Some(packet)),
                    None => continue,
                }
            }
            // A stranger is told so, and this transfer goes on. An error gets no error in return.
            if !matches!(packet, Some(Packet::Error { .. })) {
                let text = "this port belongs to another transfer".to_owned();
                let error = Packet::Error { code: packet::UNKNOWN_TRANSFER, text };
                self.socket.send_to(&error.bytes(), sender)?;
            }
        }
        // END
    }

    /// Sends a packet until its answer has come; `hear` says what is one.
    fn exchange<T>(
        &mut self,
        packet: &Packet,
        mut hear: impl FnMut(Packet) -> Heard<T>,
    ) -> Result<T, Stop> {
        // 6. Send, wait, send again, and at some time no more.
        // YOUR TURN: todo!("send the packet up to TRIES times, each time wait twice as long: next, hear")
        let mut wait = self.patience;
        for _ in 0..TRIES {
            self.send(packet)?;
            let until = Instant::now() + wait;
            while let Some(came) = self.next(until)? {
                if let Packet::Error { code, text } = came {
                    return Err(Stop::silently(format!("the partner ended it: {code} {text}")));
                }
                match hear(came) {
                    Heard::Answer(answer) => return Ok(answer),
                    Heard::Repeated => self.send(packet)?,
                    Heard::Noise => {}
                }
            }
            // Who is slow, or waits for the end of a wait of its own, is given more time.
            wait = (2 * wait).min(LONGEST.max(self.patience));
        }
        Err(Stop::silently("the partner is silent"))
        // END
    }

    /// Sends a file, block by block.
    fn send_blocks(&mut self, file: &mut impl Read) -> Result<(), Stop> {
        // 7. Blocks are counted from 1, and after 65535 comes 0.
        // YOUR TURN: todo!("exchange each block for its ACK, until one was not full: take, wrapping_add")
        let mut block: u16 = 0;
        loop {
            let mut data = Vec::with_capacity(self.block_size);
            file.by_ref().take(self.block_size as u64).read_to_end(&mut data)?;
            // A block that is not full is the last, so a file of 1024 bytes needs a third one, which
            // is empty.
            let is_last = data.len() < self.block_size;
            block = block.wrapping_add(1);
            self.exchange(&Packet::Data { block, data }, |packet| match packet {
                Packet::Ack { block: acknowledged } if acknowledged == block => Heard::Answer(()),
                // An older ACK is noise, never a reason to send again. If it were, one ACK that
                // comes twice would send all the rest of the file twice: the Sorcerer's Apprentice.
                _ => Heard::Noise,
            })?;
            if is_last {
                return Ok(());
            }
        }
        // END
    }

    /// Receives a file, block by block; `first` is what the first block is the answer to. The last
    /// block is not acknowledged yet: its number is returned.
    fn receive_blocks(&mut self, first: Packet, file: &mut impl Write) -> Result<u16, Stop> {
        // YOUR TURN: todo!("exchange each ACK for the next block, until one is not full: wrapping_add")
        let (mut answer, mut last) = (first, 0_u16);
        loop {
            let next = last.wrapping_add(1);
            let data = self.exchange(&answer, |packet| match packet {
                Packet::Data { block, data } if block == next => Heard::Answer(data),
                // The block before, again: our ACK was lost. This is where a repetition is answered,
                // and the only place: one of the two ends has to, and not both.
                Packet::Data { block, .. } if block == last => Heard::Repeated,
                _ => Heard::Noise,
            })?;
            file.write_all(&data)?;
            last = next;
            match data.len() {
                length if length < self.block_size => return Ok(last),
                length if length == self.block_size => answer = Packet::Ack { block: last },
                _ => return Err(Stop::telling(packet::ILLEGAL_OPERATION, "a block is too long")),
            }
        }
        // END
    }

    /// Sends the last ACK of all. Nothing comes in answer, so nobody knows whether it arrives.
    fn acknowledge_last(&mut self, block: u16) -> Result<(), Stop> {
        // YOUR TURN: todo!("send the ACK, stay for STAY, and send it again if the block comes again")
        let ack = Packet::Ack { block };
        self.send(&ack)?;
        let until = Instant::now() + STAY;
        while let Some(packet) = self.next(until)? {
            if matches!(packet, Packet::Data { block: repeated, .. } if repeated == block) {
                self.send(&ack)?;
            }
        }
        Ok(())
        // END
    }
}
