//! A packet on its way from one program to another.

use std::net::SocketAddr;
use std::sync::Arc;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::Payload;
use crate::packet::{Icmp, Packet, Protocol};

/// A packet that was seen in a private network, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flight {
    at_ns: u64,
    bytes: Arc<[u8]>,
    host: usize,
    outcome: Outcome,
    note: Option<String>,
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It arrives at its host; whether somebody receives it there is another question.
    Arrived,
    /// The link lost it.
    Lost,
    /// It was for a host outside the network, and was refused with an ICMP message.
    Refused,
}

impl Flight {
    /// A flight of the IP packet `bytes`, which the host of this number sent `at_ns` nanoseconds
    /// after 1970-01-01 00:00 UTC; `None` when it cannot be read.
    pub fn new(at_ns: u64, bytes: Arc<[u8]>, host: usize, outcome: Outcome) -> Option<Flight> {
        Packet::parse(&bytes).ok()?;
        Some(Flight { at_ns, bytes, host, outcome, note: None })
    }

    /// When it was sent, in nanoseconds after 1970-01-01 00:00 UTC.
    pub fn at_ns(&self) -> u64 {
        self.at_ns
    }

    /// Says what was done to the packet: `delayed by 20 ms`.
    pub fn noted(self, note: Option<String>) -> Flight {
        Flight { note, ..self }
    }

    /// The packet.
    pub fn packet(&self) -> Packet<'_> {
        match Packet::parse(&self.bytes) {
            Ok(packet) => packet,
            Err(_) => unreachable!("a flight is only made of a packet that can be read"),
        }
    }

    /// The packet's bytes, from the IP header on.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The number of the host that sent it, in the network's order.
    pub fn host(&self) -> usize {
        self.host
    }

    /// What becomes of it.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// What the link did to it, in words.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// True for a datagram of UDP.
    pub fn is_udp(&self) -> bool {
        self.packet().protocol() == Protocol::Udp
    }

    /// What befell it, in words, for a capture and a diagram; `None` when nothing did.
    pub fn comment(&self) -> Option<String> {
        match self.outcome {
            Outcome::Refused => Some("refused: it is for nobody in this network".to_owned()),
            _ => self.note.clone(),
        }
    }

    /// From where to where; where a protocol has no ports, they are 0.
    pub fn way(&self) -> (SocketAddr, SocketAddr) {
        let packet = self.packet();
        let [from, to] = [packet.source(), packet.destination()]
            .map(|end| end.socket().unwrap_or_else(|| SocketAddr::new(end.ip(), 0)));
        (from, to)
    }
}

impl Serialize for Flight {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let packet = self.packet();
        let (from, to) = self.way();
        let mut out = serializer.serialize_struct("Flight", 10)?;
        out.serialize_field("host", &self.host)?;
        out.serialize_field("protocol", &packet.protocol().to_string().to_lowercase())?;
        out.serialize_field("from", &from)?;
        out.serialize_field("to", &to)?;
        out.serialize_field("length", &packet.len())?;
        match (packet.tcp(), packet.icmp()) {
            (Some(tcp), _) => {
                out.serialize_field("flags", &tcp.flags.to_string())?;
                out.serialize_field("seq", &tcp.seq)?;
                out.serialize_field("ack", &tcp.ack)?;
                out.serialize_field("payload", &Payload::from(packet.payload()))?;
            }
            (None, Some(icmp)) => {
                out.serialize_field("message", &packet.to_string())?;
                let about = icmp.quote().map(|quote| quote.destination.to_string());
                out.serialize_field("about", &about)?;
                if !matches!(icmp, Icmp::Unreachable { .. }) {
                    out.serialize_field("payload", &Payload::from(packet.payload()))?;
                }
            }
            (None, None) => {
                out.serialize_field("payload", &Payload::from(packet.payload()))?;
            }
        }
        out.serialize_field("outcome", &self.outcome)?;
        if let Some(note) = &self.note {
            out.serialize_field("note", note)?;
        }
        out.end()
    }
}
