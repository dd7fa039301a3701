//! What the wrong servers of lab 12 do right.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};

pub const ADD: u32 = 1;
pub const READ: u32 = 2;
pub const DONE: u32 = 128;
pub const REFUSED: u32 = 129;

/// Serves for ever at the lab's address.
pub fn serve(answer: impl FnMut(&[u8], SocketAddr) -> Option<Vec<u8>>) -> io::Result<()> {
    serve_at("127.0.0.1:12012", answer)
}

/// Serves for ever at this address.
pub fn serve_at(
    address: impl ToSocketAddrs,
    mut answer: impl FnMut(&[u8], SocketAddr) -> Option<Vec<u8>>,
) -> io::Result<()> {
    let socket = UdpSocket::bind(address)?;
    let mut buffer = [0; 2048];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        if let Some(answer) = answer(&buffer[..length], sender) {
            socket.send_to(&answer, sender)?;
        }
    }
}

/// The counter, as it should be.
pub struct Counter {
    pub value: i32,
    /// How many answers it remembers.
    pub remembers: usize,
    /// Whether a sum that does not fit in wraps around.
    pub wraps: bool,
    pub answers: HashMap<Vec<u8>, Vec<u8>>,
    pub order: VecDeque<Vec<u8>>,
}

impl Default for Counter {
    fn default() -> Counter {
        let (answers, order) = (HashMap::new(), VecDeque::new());
        Counter { value: 0, remembers: 1000, wraps: false, answers, order }
    }
}

impl Counter {
    /// The right answer to a datagram.
    pub fn right(&mut self, datagram: &[u8]) -> Option<Vec<u8>> {
        let id = request(datagram)?[..8].to_vec();
        self.once(&id, datagram)
    }

    /// The answer to a request that is known by this.
    pub fn once(&mut self, id: &[u8], datagram: &[u8]) -> Option<Vec<u8>> {
        let request = request(datagram)?;
        if let Some(answer) = self.remembered(id) {
            return Some(answer);
        }
        let answer = self.carry_out(&request);
        self.answers.insert(id.to_vec(), answer.clone());
        self.order.push_back(id.to_vec());
        if self.order.len() > self.remembers
            && let Some(oldest) = self.order.pop_front()
        {
            self.answers.remove(&oldest);
        }
        Some(answer)
    }

    pub fn remembered(&self, id: &[u8]) -> Option<Vec<u8>> {
        self.answers.get(id).cloned()
    }

    pub fn forget(&mut self, id: &[u8]) {
        self.answers.remove(id);
        self.order.retain(|known| known != id);
    }

    /// Carries the request out, and tells what to answer.
    pub fn carry_out(&mut self, request: &[u8; 16]) -> Vec<u8> {
        let amount = if field(request, 2) == ADD { field(request, 3) as i32 } else { 0 };
        let sum = match self.wraps {
            true => Some(self.value.wrapping_add(amount)),
            false => self.value.checked_add(amount),
        };
        self.value = sum.unwrap_or(self.value);
        let status = if sum.is_some() { DONE } else { REFUSED };
        [&request[..8], &status.to_be_bytes(), &self.value.to_be_bytes()].concat()
    }
}

/// The datagram, if it is a request.
pub fn request(datagram: &[u8]) -> Option<[u8; 16]> {
    let request: [u8; 16] = datagram.try_into().ok()?;
    [ADD, READ].contains(&field(&request, 2)).then_some(request)
}

/// The field at this place of a message: 0 to 3.
pub fn field(message: &[u8], place: usize) -> u32 {
    let bytes = message.iter().skip(4 * place).take(4);
    bytes.fold(0, |field, byte| field << 8 | u32::from(*byte))
}
