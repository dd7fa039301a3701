//! Packets as they come off a wire without Ethernet, a TUN device for one: what their headers say,
//! whether their checksums are right, and captures of them in a file.
//!
//! [`Packet::parse`] reads IPv4 ([RFC 791]) and IPv6 ([RFC 8200]), and in them UDP ([RFC 768]), TCP
//! ([RFC 9293]), ICMP ([RFC 792]) and ICMPv6 ([RFC 4443]). It borrows, copies nothing, and takes no
//! length on trust. [`checksum`] verifies and repairs; [`pcapng`] writes files that Wireshark opens.
//!
//! Each packet is read by itself: fragments are recognised and not put together, TCP's sequence
//! numbers are as they stand in the header. All of this is pure: no socket, no file, no clock.
//!
//! [RFC 768]: https://www.rfc-editor.org/rfc/rfc768
//! [RFC 791]: https://www.rfc-editor.org/rfc/rfc791
//! [RFC 792]: https://www.rfc-editor.org/rfc/rfc792
//! [RFC 4443]: https://www.rfc-editor.org/rfc/rfc4443
//! [RFC 8200]: https://www.rfc-editor.org/rfc/rfc8200
//! [RFC 9293]: https://www.rfc-editor.org/rfc/rfc9293

pub mod checksum;
#[cfg(test)]
pub(crate) mod for_tests;
mod icmp;
mod ip;
mod ipv6;
mod malformed;
pub mod pcapng;
mod protocol;
mod refusal;
mod show;
mod tcp;
mod udp;

use std::ops::Range;

pub use icmp::{Icmp, Quote, Unreachable};
pub use ip::Fragment;
pub use malformed::Malformed;
pub use protocol::{Endpoint, Protocol};
pub use refusal::refusal;
pub use tcp::{Tcp, TcpFlags};

use ip::{Extent, Ip};
use protocol::Ports;

/// One IP packet. Its `Display` is a line for a diagram or a comment:
/// `UDP 127.0.0.1:40000 → 127.0.0.1:12345 5 bytes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    ip: Ip<'a>,
    transport: Transport<'a>,
    /// The header of the transport protocol.
    header_len: usize,
    payload: &'a [u8],
}

/// What the IP packet carries, as far as its header was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Transport<'a> {
    Udp(Ports),
    Tcp(Ports, Tcp),
    Icmp(Icmp<'a>),
    /// Another protocol, or a fragment that does not begin with the header.
    Opaque,
}

impl<'a> Packet<'a> {
    /// Reads the packet that `bytes` begins with. Bytes after its end, such as Ethernet's padding,
    /// are not part of it.
    ///
    /// # Errors
    ///
    /// [`Malformed`] when the packet is cut off, or when one of its lengths cannot be. A first
    /// fragment that is too short for its transport header counts as cut off.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let ip = Ip::parse(bytes, Extent::Whole)?;
        let (transport, header_len, payload) = match ip.protocol {
            _ if ip.fragment.is_some_and(|it| !it.is_first()) => (Transport::Opaque, 0, ip.body),
            Protocol::Udp => {
                let (ports, payload) = udp::parse(&ip)?;
                (Transport::Udp(ports), udp::HEADER_LEN, payload)
            }
            Protocol::Tcp => {
                let (ports, tcp, payload) = tcp::parse(ip.body)?;
                (Transport::Tcp(ports, tcp), ip.body.len() - payload.len(), payload)
            }
            Protocol::Icmp | Protocol::Icmpv6 => {
                let (icmp, payload) = icmp::parse(ip.protocol, ip.body)?;
                (Transport::Icmp(icmp), ip.body.len() - payload.len(), payload)
            }
            Protocol::Other(_) => (Transport::Opaque, 0, ip.body),
        };
        Ok(Packet { ip, transport, header_len, payload })
    }

    /// Where it comes from: with the port, where the packet has one.
    pub fn source(&self) -> Endpoint {
        Endpoint::new(self.ip.source, self.ports().map(|ports| ports.source))
    }

    /// Where it goes: with the port, where the packet has one.
    pub fn destination(&self) -> Endpoint {
        Endpoint::new(self.ip.destination, self.ports().map(|ports| ports.destination))
    }

    /// The protocol that the IP packet carries. Every fragment of a UDP datagram is UDP.
    pub fn protocol(&self) -> Protocol {
        self.ip.protocol
    }

    /// How many routers may still pass it on: IPv4's time to live, IPv6's hop limit.
    pub fn ttl(&self) -> u8 {
        self.ip.ttl
    }

    /// What UDP, TCP or an echo carries. In an ICMP error this is the packet that it quotes; in a
    /// later fragment and in other protocols, all that follows the IP header.
    pub fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// Where the payload stands in the bytes that were parsed. Who wants to corrupt a packet flips
    /// a bit there, and then calls [`checksum::repair`] or leaves it to the receiver to notice.
    pub fn payload_range(&self) -> Range<usize> {
        let start = self.ip.header.len() + self.header_len;
        start..start + self.payload.len()
    }

    /// The fields of TCP's header, where the packet begins with one.
    pub fn tcp(&self) -> Option<Tcp> {
        match self.transport {
            Transport::Tcp(_, tcp) => Some(tcp),
            _ => None,
        }
    }

    /// What an ICMP or ICMPv6 message says.
    pub fn icmp(&self) -> Option<Icmp<'a>> {
        match self.transport {
            Transport::Icmp(icmp) => Some(icmp),
            _ => None,
        }
    }

    /// Which piece of a larger packet this is, where it is only a piece.
    pub fn fragment(&self) -> Option<Fragment> {
        self.ip.fragment
    }

    /// The length of the IP packet with its headers, in bytes.
    #[expect(clippy::len_without_is_empty, reason = "a packet has a header, and is never empty")]
    pub fn len(&self) -> usize {
        self.ip.header.len() + self.ip.body.len()
    }

    fn ports(&self) -> Option<Ports> {
        match self.transport {
            Transport::Udp(ports) | Transport::Tcp(ports, _) => Some(ports),
            _ => None,
        }
    }
}
