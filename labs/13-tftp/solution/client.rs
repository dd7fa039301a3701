// YOUR TURN: //! Lab 13: a TFTP client. README.md, one folder up, says what to do.
//! Lab 13, solution: a TFTP client.
//!
//! Half of it is the server's: once the first answer has come, the two ends of a transfer do the
//! same. New is how it begins. The request goes to the server's one port, and the answer comes from
//! another, which nobody knows before.
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
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{env, process};

use packet::{Options, Packet, Request};
use part::Part;
use stop::Stop;

/// Where the server is.
const ADDRESS: &str = "127.0.0.1:6969";

/// How long an answer is waited for before the packet is sent again, at first and at most, and how
/// often it is sent.
const PATIENCE: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_millis(1600);
const TRIES: usize = 5;

/// How long whoever has sent the last ACK stays, in case that it gets lost.
const STAY: Duration = Duration::from_secs(1);

/// Without options a block has so many bytes.
const BLOCK_SIZE: usize = 512;

const USAGE: &str = "\
usage: lab13-client get NAME FILE [OPTIONS]   fetch NAME from the server, and call it FILE
       lab13-client put FILE NAME [OPTIONS]   bring FILE to the server, and call it NAME there
options: --blksize BYTES, --timeout SECONDS, --tsize, --server ADDRESS:PORT";

fn main() -> ExitCode {
    let Some(order) = arguments(env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let done = match order.is_put {
        false => get(&order),
        true => put(&order),
    };
    match done {
        Ok(done) => {
            println!("{done}");
            ExitCode::SUCCESS
        }
        Err(Stop { text, .. }) => {
            eprintln!("{}", text.escape_debug());
            ExitCode::FAILURE
        }
    }
}

/// What the command line asks for.
struct Order {
    is_put: bool,
    /// The name at the server.
    name: String,
    /// The file here.
    file: PathBuf,
    server: String,
    /// What is asked for besides, as it stands in the request.
    options: Options,
}

fn arguments(mut words: impl Iterator<Item = String>) -> Option<Order> {
    let verb = words.next()?;
    let (from, to) = (words.next()?, words.next()?);
    let is_put = verb == "put";
    let (name, file) = if is_put { (to, from) } else { (from, to) };
    let (server, options) = (ADDRESS.to_owned(), Options::new());
    let mut order = Order { is_put, name, file: file.into(), server, options };
    while let Some(option) = words.next() {
        match option.as_str() {
            "--blksize" => order.options.push(("blksize".into(), words.next()?)),
            "--timeout" => order.options.push(("timeout".into(), words.next()?)),
            "--tsize" => order.options.push(("tsize".into(), "0".into())),
            "--server" => order.server = words.next()?,
            _ => return None,
        }
    }
    (is_put || verb == "get").then_some(order)
}

/// Fetches a file.
fn get(order: &Order) -> Result<String, Stop> {
    // 6. Ask, and receive what comes under another name: nobody may ever find half a file.
    // YOUR TURN: todo!("ask for the file, receive it, rename it, acknowledge the last block")
    let mut transfer = Transfer::new(&order.server)?;
    let part = Part::beside(&order.file, process::id());
    let mut file = File::create(&part.path)?;
    let request = request(order, &order.options);
    let done = transfer
        .begin(Packet::Read(request), &order.options)
        .and_then(|first| transfer.receive_blocks(first, &mut file))
        .and_then(|last| {
            // All of it is there, and only now there is a file of that name.
            fs::rename(&part.path, &order.file)?;
            transfer.acknowledge_last(last)
        });
    transfer.tell(done)?;
    let size = fs::metadata(&order.file)?.len();
    Ok(format!("received {size} bytes of {:?}", order.name))
    // END
}

/// Brings a file.
fn put(order: &Order) -> Result<String, Stop> {
    // 7. The same in the other direction.
    // YOUR TURN: todo!("ask whether the file may be written, and send it: begin, send_blocks")
    let mut transfer = Transfer::new(&order.server)?;
    let mut file = File::open(&order.file)?;
    let size = file.metadata()?.len();
    // Who writes tells the size.
    let mut options = order.options.clone();
    for (_, value) in options.iter_mut().filter(|(name, _)| name == "tsize") {
        *value = size.to_string();
    }
    let request = request(order, &options);
    let done = transfer
        .begin(Packet::Write(request), &options)
        .and_then(|_| transfer.send_blocks(&mut file));
    transfer.tell(done)?;
    Ok(format!("sent {size} bytes as {:?}", order.name))
    // END
}

fn request(order: &Order, options: &Options) -> Request {
    Request { name: order.name.clone(), mode: "octet".to_owned(), options: options.clone() }
}

/// A transfer: this end's socket, and what is known of the other end.
struct Transfer {
    socket: UdpSocket,
    /// Whom packets are sent to: the server's one port, until somebody has answered.
    partner: SocketAddr,
    /// True when somebody has: from then on the partner is who that was.
    is_known: bool,
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

/// The answer to a request.
enum Begin {
    /// Blocks may follow.
    Granted(Options),
    /// The first block has come: to a request to read, without options.
    First(Vec<u8>),
}

impl Transfer {
    fn new(server: &str) -> Result<Transfer, Stop> {
        let partner = server
            .parse()
            .map_err(|_| Stop::silently(format!("--server {server}: no address and port")))?;
        // 1. This end's socket. Its port is the client's half of the transfer's id.
        // YOUR TURN: let socket: UdpSocket = todo!("a socket at any port: UdpSocket::bind with port 0");
        // It is not connected: the kernel would drop the answer, which comes from another port than
        // the one that is asked.
        let socket = UdpSocket::bind("0.0.0.0:0")?;
        // END
        let buffer = vec![0; 65536];
        let (block_size, patience) = (BLOCK_SIZE, PATIENCE);
        Ok(Transfer { socket, partner, is_known: false, block_size, patience, buffer })
    }

    fn send(&self, packet: &Packet) -> io::Result<()> {
        self.socket.send_to(&packet.bytes(), self.partner).map(drop)
    }

    /// Tells the partner why it ends here, if it should know.
    fn tell<T>(&self, done: Result<T, Stop>) -> Result<T, Stop> {
        if let Err(Stop { code: Some(code), text }) = &done
            && self.is_known
        {
            self.send(&Packet::Error { code: *code, text: text.clone() })?;
        }
        done
    }

    /// The next packet of the partner. `None` when none has come until then.
    fn next(&mut self, until: Instant) -> io::Result<Option<Packet>> {
        // 2. As in the server. But who is the partner? The first who answers, from whatever port of
        // the server's address.
        // YOUR TURN: todo!("wait for the partner's packet, ERROR 5 to others: set_read_timeout, recv_from")
        loop {
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
            if !self.is_known && sender.ip() == self.partner.ip() && packet.is_some() {
                (self.partner, self.is_known) = (sender, true);
            }
            if sender == self.partner {
                match packet {
                    Some(packet) => return Ok(Some(packet)),
                    None => continue,
                }
            }
            // A request that was sent twice may have begun two transfers. This ends the second one.
            if !matches!(packet, None | Some(Packet::Error { .. })) {
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
        // 3. As in the server.
        // YOUR TURN: todo!("send the packet up to TRIES times, each time wait twice as long: next, hear")
        let mut wait = self.patience;
        for _ in 0..TRIES {
            self.send(packet)?;
            let until = Instant::now() + wait;
            while let Some(came) = self.next(until)? {
                if let Packet::Error { code, text } = came {
                    return Err(Stop::silently(format!("the server says: {text} (error {code})")));
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
        Err(Stop::silently(format!("no answer from {}, {TRIES} times", self.partner)))
        // END
    }

    /// Sends the request until the server answers it.
    fn begin(&mut self, request: Packet, asked: &Options) -> Result<Begin, Stop> {
        // 4. What may come in answer to a request?
        // YOUR TURN: let begin: Begin = todo!("exchange the request: DATA 1 or ACK 0, and OACK, answer it");
        let is_read = matches!(request, Packet::Read(_));
        let begin = self.exchange(&request, |packet| match packet {
            Packet::Data { block: 1, data } if is_read => Heard::Answer(Begin::First(data)),
            Packet::Ack { block: 0 } if !is_read => Heard::Answer(Begin::Granted(Options::new())),
            Packet::Granted(options) => Heard::Answer(Begin::Granted(options)),
            _ => Heard::Noise,
        })?;
        // END
        if let Begin::Granted(granted) = &begin {
            self.agree(granted, asked)?;
        }
        Ok(begin)
    }

    /// Takes over what the server grants. Whatever it leaves out is as without options.
    fn agree(&mut self, granted: &Options, asked: &Options) -> Result<(), Stop> {
        let refused = |text: &str| Stop::telling(packet::BAD_OPTION, text);
        for (name, value) in granted {
            let name = name.to_ascii_lowercase();
            let Some((_, wanted)) = asked.iter().find(|(known, _)| *known == name) else {
                return Err(refused("an option that nobody has asked for"));
            };
            let numbers = value.parse::<u64>().ok().zip(wanted.parse::<u64>().ok());
            let (number, most) = numbers.ok_or_else(|| refused("a value that is no number"))?;
            // 8. The extras: blksize, timeout, tsize.
            // YOUR TURN: // todo: take over what is granted; a client that asks for nothing is right too
            match name.as_str() {
                "blksize" if (8..=most).contains(&number) => self.block_size = number as usize,
                "timeout" if number == most => self.patience = Duration::from_secs(number),
                "tsize" => println!("the server says that it is {number} bytes"),
                _ => return Err(refused("a value that nobody has asked for")),
            }
            // END
        }
        Ok(())
    }

    /// Sends a file, block by block.
    fn send_blocks(&mut self, file: &mut impl Read) -> Result<(), Stop> {
        // 5. As in the server.
        // YOUR TURN: todo!("exchange each block for its ACK, until one was not full: take, wrapping_add")
        let mut block: u16 = 0;
        loop {
            let mut data = Vec::with_capacity(self.block_size);
            file.by_ref().take(self.block_size as u64).read_to_end(&mut data)?;
            let is_last = data.len() < self.block_size;
            block = block.wrapping_add(1);
            self.exchange(&Packet::Data { block, data }, |packet| match packet {
                Packet::Ack { block: acknowledged } if acknowledged == block => Heard::Answer(()),
                // An older ACK, or an OACK again, is no reason to send: the timer is the only one.
                _ => Heard::Noise,
            })?;
            if is_last {
                return Ok(());
            }
        }
        // END
    }

    /// Receives a file, block by block, from what has begun. The last block is not acknowledged yet:
    /// its number is returned.
    fn receive_blocks(&mut self, begin: Begin, file: &mut impl Write) -> Result<u16, Stop> {
        // YOUR TURN: todo!("exchange each ACK for the next block, until one is not full: wrapping_add")
        let mut last: u16 = 0;
        let mut data = match begin {
            Begin::First(data) => data,
            // The server waits for an ACK of what it has granted, as if that were block 0.
            Begin::Granted(_) => self.next_block(0)?,
        };
        loop {
            file.write_all(&data)?;
            last = last.wrapping_add(1);
            match data.len() {
                length if length < self.block_size => return Ok(last),
                length if length == self.block_size => data = self.next_block(last)?,
                _ => return Err(Stop::telling(packet::ILLEGAL_OPERATION, "a block is too long")),
            }
        }
        // END
    }

    /// Acknowledges a block, and receives the next one.
    fn next_block(&mut self, last: u16) -> Result<Vec<u8>, Stop> {
        // YOUR TURN: todo!("exchange the ACK for the next block; the same block again is Repeated")
        self.exchange(&Packet::Ack { block: last }, |packet| match packet {
            Packet::Data { block, data } if block == last.wrapping_add(1) => Heard::Answer(data),
            Packet::Data { block, .. } if block == last => Heard::Repeated,
            Packet::Granted(_) if last == 0 => Heard::Repeated,
            _ => Heard::Noise,
        })
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
