//! Messages of ICMP (RFC 792) and ICMPv6 (RFC 4443).

use std::fmt;

use super::ip::{Extent, Ip};
use super::malformed::{Malformed, head};
use super::protocol::{Endpoint, Ports, Protocol};

/// What an ICMP or ICMPv6 message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icmp<'a> {
    /// `ping` asks (RFC 792, page 14; RFC 4443, section 4.1).
    EchoRequest {
        /// The same in all requests of one `ping`.
        id: u16,
        /// Counts the requests.
        seq: u16,
    },
    /// The answer to `ping`.
    EchoReply {
        /// As in the request.
        id: u16,
        /// As in the request.
        seq: u16,
    },
    /// A packet could not be delivered (RFC 792, page 4; RFC 4443, section 3.1).
    Unreachable {
        /// What could not be reached.
        what: Unreachable,
        /// The packet, of which the beginning is quoted.
        quote: &'a [u8],
    },
    /// Anything else.
    Other {
        /// The message's type.
        kind: u8,
        /// The message's code.
        code: u8,
    },
}

impl Icmp<'_> {
    /// Which packet could not be delivered, where the quote in the message tells.
    pub fn quote(&self) -> Option<Quote> {
        match self {
            Icmp::Unreachable { quote, .. } => Quote::read(quote),
            _ => None,
        }
    }
}

/// What could not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// No way leads to the network.
    Network,
    /// The host does not answer.
    Host,
    /// The host does not speak the protocol.
    Protocol,
    /// No socket is bound to the port.
    Port,
    /// The packet is too long for a link, and must not be fragmented.
    TooBig,
    /// A rule forbids it.
    Prohibited,
    /// Another code.
    Other(u8),
}

impl Unreachable {
    fn icmp(code: u8) -> Self {
        match code {
            0 | 6 => Unreachable::Network,
            1 | 7 => Unreachable::Host,
            2 => Unreachable::Protocol,
            3 => Unreachable::Port,
            4 => Unreachable::TooBig,
            9 | 10 | 13 => Unreachable::Prohibited, // RFC 1122, 3.2.2.1; RFC 1812, 5.2.7.1
            other => Unreachable::Other(other),
        }
    }

    /// The code that says so in ICMP.
    pub(super) fn code(self) -> u8 {
        match self {
            Unreachable::Network => 0,
            Unreachable::Host => 1,
            Unreachable::Protocol => 2,
            Unreachable::Port => 3,
            Unreachable::TooBig => 4,
            Unreachable::Prohibited => 9,
            Unreachable::Other(code) => code,
        }
    }

    fn icmpv6(code: u8) -> Self {
        match code {
            0 => Unreachable::Network,
            1 => Unreachable::Prohibited,
            3 => Unreachable::Host,
            4 => Unreachable::Port,
            other => Unreachable::Other(other),
        }
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreachable::Network => f.write_str("network unreachable"),
            Unreachable::Host => f.write_str("host unreachable"),
            Unreachable::Protocol => f.write_str("protocol unreachable"),
            Unreachable::Port => f.write_str("port unreachable"),
            Unreachable::TooBig => f.write_str("fragmentation needed"),
            Unreachable::Prohibited => f.write_str("prohibited"),
            Unreachable::Other(code) => write!(f, "unreachable, code {code}"),
        }
    }
}

/// The packet that an ICMP error is about, as far as it is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Where it came from: the host that the error goes to.
    pub source: Endpoint,
    /// Where it could not be delivered.
    pub destination: Endpoint,
    /// The protocol that it carried.
    pub protocol: Protocol,
}

impl Quote {
    /// At least eight bytes behind the IP header are quoted, so the ports are among them.
    fn read(bytes: &[u8]) -> Option<Self> {
        let ip = Ip::parse(bytes, Extent::Quoted).ok()?;
        let has_ports = matches!(ip.protocol, Protocol::Udp | Protocol::Tcp)
            && ip.fragment.is_none_or(|it| it.is_first());
        let ports = ip.body.first_chunk().filter(|_| has_ports).map(Ports::read);
        Some(Quote {
            source: Endpoint::new(ip.source, ports.map(|ports| ports.source)),
            destination: Endpoint::new(ip.destination, ports.map(|ports| ports.destination)),
            protocol: ip.protocol,
        })
    }
}

/// The message, and what follows its header.
pub(super) fn parse(protocol: Protocol, bytes: &[u8]) -> Result<(Icmp<'_>, &[u8]), Malformed> {
    const WHAT: &str = "ICMP header";
    let &[kind, code, ..] = head::<4>(bytes, WHAT)?;
    let long = || head::<8>(bytes, WHAT).map(|fixed| (fixed, &bytes[8..]));
    let echo = || {
        let (&[_, _, _, _, a, b, c, d], data) = long()?;
        Ok(((u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])), data))
    };
    Ok(match (protocol, kind) {
        (Protocol::Icmp, 8) | (Protocol::Icmpv6, 128) => {
            let ((id, seq), data) = echo()?;
            (Icmp::EchoRequest { id, seq }, data)
        }
        (Protocol::Icmp, 0) | (Protocol::Icmpv6, 129) => {
            let ((id, seq), data) = echo()?;
            (Icmp::EchoReply { id, seq }, data)
        }
        (Protocol::Icmp, 3) => {
            let (_, quote) = long()?;
            (Icmp::Unreachable { what: Unreachable::icmp(code), quote }, quote)
        }
        (Protocol::Icmpv6, 1) => {
            let (_, quote) = long()?;
            (Icmp::Unreachable { what: Unreachable::icmpv6(code), quote }, quote)
        }
        _ => (Icmp::Other { kind, code }, &bytes[4..]),
    })
}
