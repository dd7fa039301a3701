// YOUR TURN: //! Lab 12, the server. README.md, two folders up from here, says what to do.
//! Lab 12, solution: a counter that carries out each request at most once.
//!
//! The calls are those of lab 6. What is new is a memory: the last answers, by the request that
//! each of them answers.
// END
// YOUR TURN: #![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone
// END

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
    // YOUR TURN: let mut counter: Counter = todo!("the value 0, and nothing remembered");
    let mut counter = Counter { value: 0, answers: HashMap::new(), order: VecDeque::new() };
    // END

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
        // YOUR TURN: let request: &[u8; 16] = todo!("None unless it has 16 bytes: try_into, ok, ?");
        let request: &[u8; 16] = datagram.try_into().ok()?;
        // END
        let [client, number, operation, amount] = fields(request);
        // An answer is no request either, so no two servers can keep each other busy.
        if operation != ADD && operation != READ {
            return None;
        }

        // 3. Was it answered before?
        let id = (client, number);
        // YOUR TURN: todo!("return the answer that is remembered for this id, if there is one: get");
        // The first answer was lost, or is late. It is repeated as it was, and not worked out
        // anew: the counter may have moved since, and the client asked about then.
        if let Some(answer) = self.answers.get(&id) {
            println!("Request {number} of client {client:08x} again: the same answer");
            return Some(*answer);
        }
        // END

        // 4. Carry it out.
        let amount = if operation == ADD { amount as i32 } else { 0 };
        // YOUR TURN: let sum: Option<i32> = todo!("the counter and the amount: checked_add");
        // None where the sum is no i32 any more. To wrap around would be a wrong answer, and to
        // panic would end the server for everybody.
        let sum = self.value.checked_add(amount);
        // END
        let status = if sum.is_some() { DONE } else { REFUSED };
        self.value = sum.unwrap_or(self.value);
        println!("Request {number} of client {client:08x}: the counter is at {}", self.value);

        // 5. Remember the answer, and forget the oldest one when there are too many.
        let answer = message(client, number, status, self.value);
        // YOUR TURN: todo!("keep it, and at most REMEMBERED: insert, push_back, pop_front, remove");
        // Whoever may send can send for ever: a memory without a limit is filled by one program.
        // So at most once holds as long as nobody repeats a request after 1000 others.
        self.answers.insert(id, answer);
        self.order.push_back(id);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.answers.remove(&oldest);
        }
        // END
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
