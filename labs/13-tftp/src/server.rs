//! Lab 13: a TFTP server. README.md, one folder up, says what to do.
#![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone

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
    let socket: UdpSocket = todo!("bind a socket to the address: UdpSocket::bind");
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
    let socket: UdpSocket = todo!("a socket at a new port: UdpSocket::bind with port 0");
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
    todo!("receive into a file of another name; rename it before the last ACK: Part")
}

/// netascii would change the bytes on their way, and its days are over.
fn must_be_octet(request: &Request) -> Result<(), Stop> {
    // 3. In which mode does the client ask?
    todo!("refuse what is not octet, in any case of letters: eq_ignore_ascii_case")
}

/// The path of a file of this name in the folder.
fn inside(folder: &Path, name: &str) -> Result<PathBuf, Stop> {
    // 4. The name is the client's choice: `../../etc/passwd` is one.
    todo!("refuse names that lead out of the folder: components, canonicalize")
}

/// The options that are granted, of those that the client asks for, in the form of an OACK. Those
/// that nobody knows here are passed over, as RFC 2347 wants it.
fn grant(transfer: &mut Transfer, asked: &Options, size: Option<u64>) -> Options {
    let mut granted = Options::new();
    // 9. The extras: blksize, timeout, tsize.
    // todo: grant blksize, timeout and tsize; without them the server is right too
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
        todo!("wait for the partner's packet, ERROR 5 to others: set_read_timeout, recv_from")
    }

    /// Sends a packet until its answer has come; `hear` says what is one.
    fn exchange<T>(
        &mut self,
        packet: &Packet,
        mut hear: impl FnMut(Packet) -> Heard<T>,
    ) -> Result<T, Stop> {
        // 6. Send, wait, send again, and at some time no more.
        todo!("send the packet up to TRIES times, each time wait twice as long: next, hear")
    }

    /// Sends a file, block by block.
    fn send_blocks(&mut self, file: &mut impl Read) -> Result<(), Stop> {
        // 7. Blocks are counted from 1, and after 65535 comes 0.
        todo!("exchange each block for its ACK, until one was not full: take, wrapping_add")
    }

    /// Receives a file, block by block; `first` is what the first block is the answer to. The last
    /// block is not acknowledged yet: its number is returned.
    fn receive_blocks(&mut self, first: Packet, file: &mut impl Write) -> Result<u16, Stop> {
        todo!("exchange each ACK for the next block, until one is not full: wrapping_add")
    }

    /// Sends the last ACK of all. Nothing comes in answer, so nobody knows whether it arrives.
    fn acknowledge_last(&mut self, block: u16) -> Result<(), Stop> {
        todo!("send the ACK, stay for STAY, and send it again if the block comes again")
    }
}
