//! Lab 12, the server. README.md, two folders up from here, says what to do.
#![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::process;

const ADDRESS: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 1), 12012);

/// How many answers are remembered.
const REMEMBERED: usize = 1000;

/// What a request asks for, and what an answer says.
const ADD: u32 = 1;
const READ: u32 = 2;
const DONE: u32 = 128;
const REFUSED: u32 = 129;

/// What makes two requests the same: the client's number and the request's.
type Id = (u32, u32);

/// The counter, and what was answered last.
struct Counter {
    value: i32,
    /// The answers that are remembered.
    answers: HashMap<Id, [u8; 16]>,
    /// Whose they are, the oldest first.
    order: VecDeque<Id>,
}

fn main() -> io::Result<()> {
    // 1. A memory without an answer in it.
    let mut counter: Counter = todo!("the value 0, and nothing remembered");

    let socket = match UdpSocket::bind(ADDRESS) {
        Ok(socket) => socket,
        Err(error) => {
            eprintln!("bind {ADDRESS}: {error}");
            process::exit(1);
        }
    };
    println!("Counter server is up and listening on {ADDRESS}");

    // Longer than a request, so that one that is too long can be told from a right one.
    let mut buffer = [0; 64];
    loop {
        let (length, sender) = match socket.recv_from(&mut buffer) {
            Ok(received) => received,
            // It belongs to this call alone.
            Err(error) => {
                eprintln!("recvfrom: {error}");
                continue;
            }
        };
        let Some(answer) = counter.answer_to(&buffer[..length]) else { continue };
        // To where this request came from: a client may use another port at each try.
        if let Err(error) = socket.send_to(&answer, sender) {
            eprintln!("sendto {sender}: {error}");
        }
    }
}

impl Counter {
    /// The answer to a datagram; none to what is no request.
    fn answer_to(&mut self, datagram: &[u8]) -> Option<[u8; 16]> {
        // 2. Is it a request at all?
        let request: &[u8; 16] = todo!("None unless it has 16 bytes: try_into, ok, ?");
        let [client, number, operation, amount] = fields(request);
        // An answer is no request either, so no two servers can keep each other busy.
        if operation != ADD && operation != READ {
            return None;
        }

        // 3. Was it answered before?
        let id = (client, number);
        todo!("return the answer that is remembered for this id, if there is one: get");

        // 4. Carry it out.
        let amount = if operation == ADD { amount as i32 } else { 0 };
        let sum: Option<i32> = todo!("the counter and the amount: checked_add");
        let status = if sum.is_some() { DONE } else { REFUSED };
        self.value = sum.unwrap_or(self.value);
        println!("Request {number} of client {client:08x}: the counter is at {}", self.value);

        // 5. Remember the answer, and forget the oldest one when there are too many.
        let answer = message(client, number, status, self.value);
        todo!("keep it, and at most REMEMBERED: insert, push_back, pop_front, remove");
        Some(answer)
    }
}

/// The four fields of a message, as they come from the network.
fn fields(message: &[u8; 16]) -> [u32; 4] {
    let field = |at: usize| {
        u32::from_be_bytes([message[at], message[at + 1], message[at + 2], message[at + 3]])
    };
    [field(0), field(4), field(8), field(12)]
}

/// A message of these four fields, as it goes to the network.
fn message(client: u32, number: u32, status: u32, value: i32) -> [u8; 16] {
    let mut message = [0; 16];
    message[0..4].copy_from_slice(&client.to_be_bytes());
    message[4..8].copy_from_slice(&number.to_be_bytes());
    message[8..12].copy_from_slice(&status.to_be_bytes());
    message[12..16].copy_from_slice(&value.to_be_bytes());
    message
}
