//! A packet in one line.

use std::fmt::{self, Display};

use super::{Icmp, Packet, Tcp, Transport};

impl Display for Packet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (protocol, way) = (self.protocol(), Way(self));
        match self.transport {
            Transport::Tcp(_, tcp) => {
                write!(f, "{protocol} {way} {tcp}")?;
                if !self.payload.is_empty() {
                    write!(f, " {}", Bytes(self.payload.len()))?;
                }
            }
            Transport::Icmp(icmp) => self.show_icmp(&icmp, f)?,
            Transport::Udp(_) | Transport::Opaque => {
                write!(f, "{protocol} {way} {}", Bytes(self.payload.len()))?;
            }
        }
        match self.fragment() {
            Some(it) if it.is_first() => write!(f, ", first fragment"),
            Some(it) => {
                let place = if it.more { "a" } else { "the last" };
                write!(f, ", {place} fragment, at byte {}", it.offset)
            }
            None => Ok(()),
        }
    }
}

impl Packet<'_> {
    fn show_icmp(&self, icmp: &Icmp<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (protocol, way) = (self.protocol(), Way(self));
        match icmp {
            Icmp::EchoRequest { seq, .. } => write!(f, "{protocol} {way} echo request {seq}"),
            Icmp::EchoReply { seq, .. } => write!(f, "{protocol} {way} echo reply {seq}"),
            Icmp::Unreachable { what, .. } => match icmp.quote() {
                Some(quote) => write!(f, "{protocol} {what} for {}", quote.destination),
                None => write!(f, "{protocol} {way} {what}"),
            },
            Icmp::Other { kind, code } => write!(f, "{protocol} {way} type {kind} code {code}"),
        }
    }
}

impl Display for Tcp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.flags.bits() != 0 {
            write!(f, "{} ", self.flags)?;
        }
        write!(f, "seq {}", self.seq)?;
        match self.ack {
            Some(ack) => write!(f, " ack {ack}"),
            None => Ok(()),
        }
    }
}

/// From where to where.
struct Way<'a>(&'a Packet<'a>);

impl Display for Way<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {}", self.0.source(), self.0.destination())
    }
}

struct Bytes(usize);

impl Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("1 byte"),
            many => write!(f, "{many} bytes"),
        }
    }
}
