//! Evidence made by hand.

use std::net::SocketAddr;

use crate::diagram::{Cast, Exchange};
use crate::evidence::{
    Evidence, Family, Flight, Outcome, Payload, Protocol, Role, Socket, SocketKind, View, What,
};
use crate::packet::for_tests::tcp;
pub use crate::packet::for_tests::{ipv4, udp};

pub const SERVER: &str = "127.0.0.1:12345";
pub const CLIENT: &str = "127.0.0.1:40000";
pub const OTHER: &str = "127.0.0.1:40002";

pub const SYN: u8 = 0x02;
pub const ACK: u8 = 0x10;
pub const FIN: u8 = 0x01;
pub const RST: u8 = 0x04;

/// What was seen in a check, one event after the other.
#[derive(Default)]
pub struct Seen(Evidence);

pub fn seen() -> Seen {
    Seen::default()
}

fn at(address: &str) -> SocketAddr {
    address.parse().unwrap()
}

impl Seen {
    /// Writes down an event, half a millisecond after the last.
    pub fn and(mut self, what: What) -> Seen {
        let now = self.0.events.last().map_or(12_000, |last| last.at_us + 500);
        self.0.record(now, what);
        self
    }

    pub fn joined(self, name: &str, place: &str) -> Seen {
        self.and(What::Joined { name: name.into(), at: at(place) })
    }

    /// The program has a UDP socket bound to this address.
    pub fn bound(self, place: &str) -> Seen {
        let socket = Socket {
            pid: 1,
            fd: 3,
            inode: 7,
            family: Family::Ipv4,
            kind: SocketKind::Datagram,
            protocol: Protocol::Udp,
            local: Some(at(place)),
            peer: None,
            v6only: false,
            listening: false,
            nonblocking: false,
            receive_timeout_ms: None,
            queued: 0,
            drops: 0,
        };
        let view = View { processes: 1, sockets: vec![socket], threads: Vec::new() };
        self.and(What::Looked { view })
    }

    pub fn sent(self, from: &str, to: &str, payload: impl AsRef<[u8]>) -> Seen {
        self.and(What::Sent { from: at(from), to: at(to), payload: Payload::from(payload) })
    }

    pub fn received(self, place: &str, from: &str, payload: &str) -> Seen {
        self.and(What::Received { at: at(place), from: at(from), payload: Payload::from(payload) })
    }

    pub fn strayed(self, place: &str, protocol: Protocol, from: &str, payload: &str) -> Seen {
        let payload = Payload::from(payload);
        self.and(What::Strayed { at: at(place), protocol, from: at(from), payload })
    }

    pub fn flight(self, bytes: Vec<u8>, outcome: Outcome, note: Option<&str>) -> Seen {
        let flight = Flight::new(0, bytes.into(), 0, outcome).unwrap();
        self.and(What::Packet(flight.noted(note.map(str::to_owned))))
    }

    pub fn udp(self, from: &str, to: &str, payload: impl AsRef<[u8]>) -> Seen {
        self.flight(udp(from, to, payload.as_ref()), Outcome::Arrived, None)
    }

    pub fn lost(self, from: &str, to: &str, payload: &str, note: &str) -> Seen {
        self.flight(udp(from, to, payload.as_bytes()), Outcome::Lost, Some(note))
    }

    /// A segment: its flags, its number and the next one that is expected.
    pub fn tcp(self, from: &str, to: &str, (flags, seq, ack): (u8, u32, u32), text: &str) -> Seen {
        self.flight(tcp(from, to, (flags, seq, ack), text.as_bytes()), Outcome::Arrived, None)
    }

    /// An ICMP message that nobody is at the port `to`.
    pub fn unreachable(self, from: &str, to: &str, payload: &str) -> Seen {
        let quote = udp(from, to, payload.as_bytes());
        let mut icmp = vec![3, 3, 0, 0, 0, 0, 0, 0];
        icmp.extend(quote);
        self.flight(ipv4(1, to, from, &icmp), Outcome::Arrived, None)
    }

    pub fn evidence(&self) -> &Evidence {
        &self.0
    }

    pub fn exchange(&self, role: Role) -> Exchange {
        Exchange::of(&self.0, &Cast::of_check(&self.0, role))
    }
}

/// An exchange as every lab of UDP has it: a client asks twice and is answered twice.
pub fn greeting() -> Seen {
    seen()
        .bound(SERVER)
        .joined("client", CLIENT)
        .udp(CLIENT, SERVER, "Copper walnut")
        .udp(SERVER, CLIENT, "Hello, Client!")
        .lost(CLIENT, SERVER, "again", "lost by rule on line 2: lose 2nd udp datagram from client")
        .udp(CLIENT, SERVER, "once more")
        .udp(SERVER, CLIENT, "Hello, Client!")
}

/// A connection, from its handshake to its end.
pub fn connection() -> Seen {
    const S: u32 = 0xffff_fff0; // goes round on the way
    seen()
        .joined("client", CLIENT)
        .tcp(CLIENT, SERVER, (SYN, 1000, 0), "")
        .tcp(SERVER, CLIENT, (SYN | ACK, S, 1001), "")
        .tcp(CLIENT, SERVER, (ACK, 1001, S + 1), "")
        .tcp(CLIENT, SERVER, (ACK, 1001, S + 1), "Hello")
        .tcp(SERVER, CLIENT, (ACK, S + 1, 1006), "")
        .tcp(SERVER, CLIENT, (ACK, S + 1, 1006), "Hello, Client! Who are you?")
        .tcp(SERVER, CLIENT, (ACK, S + 1, 1006), "Hello, Client! Who are you?")
        .tcp(CLIENT, SERVER, (FIN | ACK, 1006, 12), "")
        .tcp(SERVER, CLIENT, (FIN | ACK, 12, 1007), "")
        .tcp(CLIENT, SERVER, (ACK, 1007, 13), "")
}
