//! What the wrong clients of lab 12 do right.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use crate::server::{ADD, DONE, READ, REFUSED, field};

const SERVER: &str = "127.0.0.1:12012";

/// How long each try waits, before the jitter.
pub const WAITS_MS: [u64; 6] = [100, 200, 400, 400, 400, 400];

/// A client that does everything right but what is changed in it.
pub struct Client {
    /// Its number.
    pub client: fn() -> u32,
    /// The number of an operation, of which the first is 0.
    pub number: fn(u32) -> u32,
    /// The number of a try of a request.
    pub number_of_try: fn(u32, u32) -> u32,
    /// How a field is written.
    pub bytes: fn(u32) -> [u8; 4],
    /// How a request is written where that is not field by field.
    pub request: Option<fn([u32; 4]) -> Vec<u8>>,
    pub tries: u32,
    /// How long a try waits, of which the first is 0; `None` waits for ever.
    pub waits: fn(u32) -> Option<Duration>,
    /// What it makes of a datagram.
    pub hears: fn(&[u8], &[u8], SocketAddr) -> Heard,
    /// Whether each datagram begins the wait anew.
    pub begins_anew: bool,
    pub connects: bool,
    /// What it does with the answer's status and value.
    pub says: fn(u32, i32) -> io::Result<()>,
}

/// What a datagram means to a client.
pub enum Heard {
    Answer(u32, i32),
    Nothing,
    AskAgain,
    Enough,
}

impl Client {
    pub const RIGHT: Client = Client {
        client: another_in_each_run,
        number: |place| place + 1,
        number_of_try: |number, _| number,
        bytes: u32::to_be_bytes,
        request: None,
        tries: 6,
        waits: |tried| Some(wait(tried)),
        hears,
        begins_anew: false,
        connects: false,
        says,
    };

    /// Does what the command line asks for.
    pub fn run(self) -> io::Result<()> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        if self.connects {
            socket.connect(SERVER)?;
        }
        let client = (self.client)();
        for (place, (operation, amount)) in (0..).zip(operations()) {
            let number = (self.number)(place);
            let (status, value) = self.asks(&socket, [client, number, operation, amount as u32])?;
            (self.says)(status, value)?;
        }
        Ok(())
    }

    fn asks(&self, socket: &UdpSocket, fields: [u32; 4]) -> io::Result<(u32, i32)> {
        for tried in 0..self.tries {
            let [client, number, operation, amount] = fields;
            let fields = [client, (self.number_of_try)(number, tried), operation, amount];
            let request = match self.request {
                Some(request) => request(fields),
                None => fields.map(self.bytes).concat(),
            };
            if let Some(answer) = self.tries_once(socket, &request, (self.waits)(tried))? {
                return Ok(answer);
            }
        }
        Err(io::Error::new(ErrorKind::TimedOut, "no answer"))
    }

    fn tries_once(
        &self,
        socket: &UdpSocket,
        request: &[u8],
        wait: Option<Duration>,
    ) -> io::Result<Option<(u32, i32)>> {
        let sends = || match self.connects {
            true => socket.send(request),
            false => socket.send_to(request, SERVER),
        };
        sends()?;
        let mut began = Instant::now();
        let mut buffer = [0; 2048];
        loop {
            let left = wait.map(|wait| wait.saturating_sub(began.elapsed()));
            if left.is_some_and(|left| left.is_zero()) {
                return Ok(None);
            }
            socket.set_read_timeout(left)?;
            let (length, sender) = match socket.recv_from(&mut buffer) {
                Ok(received) => received,
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            };
            match (self.hears)(request, &buffer[..length], sender) {
                Heard::Answer(status, value) => return Ok(Some((status, value))),
                Heard::Nothing => {}
                Heard::AskAgain => drop(sends()?),
                Heard::Enough => return Err(io::Error::other("that is no answer")),
            }
            if self.begins_anew {
                began = Instant::now();
            }
        }
    }
}

/// A number that is another one in each run of a check, and the same in each check: a report must read
/// the same each time.
fn another_in_each_run() -> u32 {
    let words = std::env::args().skip(2).collect::<String>();
    words.bytes().fold(0x0ace_0000, |number: u32, byte| number.wrapping_mul(31) ^ u32::from(byte))
}

/// How long a try waits, of which the first is 0.
pub fn wait(tried: u32) -> Duration {
    jittered(WAITS_MS[WAITS_MS.len().min(tried as usize + 1) - 1])
}

/// For a client of whom it is known what is wrong before it matters how long it waits.
pub fn seconds(_tried: u32) -> Option<Duration> {
    Some(Duration::from_secs(1))
}

/// A random time of at most so many milliseconds.
pub fn jittered(ms: u64) -> Duration {
    Duration::from_millis(ms).mul_f64(0.5 + 0.5 * fastrand::f64())
}

/// Only the server's answer to this request is one.
pub fn hears(request: &[u8], datagram: &[u8], sender: SocketAddr) -> Heard {
    let status = field(datagram, 2);
    let is_mine = datagram.len() == 16 && datagram[..8] == request[..8];
    match is_mine && sender.to_string() == SERVER && [DONE, REFUSED].contains(&status) {
        true => Heard::Answer(status, field(datagram, 3) as i32),
        false => Heard::Nothing,
    }
}

/// Prints the value; what was refused ends it.
fn says(status: u32, value: i32) -> io::Result<()> {
    if status == REFUSED {
        return Err(io::Error::other(format!("refused: the counter is at {value}")));
    }
    println!("The counter is at {value}");
    Ok(())
}

/// The command line, after the mistake's name: `add 5 read`.
fn operations() -> Vec<(u32, i32)> {
    let words: Vec<String> = std::env::args().skip(2).collect();
    let mut operations = Vec::new();
    for (place, word) in words.iter().enumerate() {
        match word.as_str() {
            "add" => {
                let amount = words.get(place + 1).and_then(|amount| amount.parse().ok());
                operations.push((ADD, amount.unwrap_or(0)));
            }
            "read" => operations.push((READ, 0)),
            _ => {}
        }
    }
    operations
}
