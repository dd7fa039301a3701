//! Captures in the format pcapng, which Wireshark, tshark and tcpdump open
//! ([draft-ietf-opsawg-pcapng]).
//!
//! A [`Writer`] writes what such a file needs and no more: a section header, a description of each
//! interface, and packets with their time in nanoseconds, direction and comment. Each block goes
//! out in one write, so a file whose writer was killed ends with a whole packet, as long as nothing
//! buffers in between.
//!
//! ```
//! use socklab::packet::pcapng::{Direction, LinkType, Record, Writer};
//!
//! # fn main() -> std::io::Result<()> {
//! let mut capture = Writer::new(Vec::new(), "socklab 0.1.0", LinkType::Ipv4)?;
//! let server = capture.interface("server", Some("./server --verbose"))?;
//! let packet = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 253, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1];
//! let record = Record::new(1_763_649_000_123_456_789, &packet)
//!     .direction(Direction::Inbound)
//!     .comment("lost on the link (seed 7)");
//! capture.packet(server, &record)?;
//! let file = capture.finish()?;
//! # assert_eq!(file.len() % 4, 0);
//! # Ok(())
//! # }
//! ```
//!
//! [draft-ietf-opsawg-pcapng]: https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/

mod block;

use std::io;

use block::Block;

/// No packet is longer: IPv6 has room for 65 535 bytes behind its header.
const SNAP_LENGTH: u32 = 262_144;

/// What the packets of a file begin with. One file has one link type, since tcpdump gives up at an
/// interface whose type differs from that of the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkType {
    /// `LINKTYPE_IPV4`, 228: the IPv4 header. The one to take where no host has IPv6.
    Ipv4,
    /// `LINKTYPE_ETHERNET`, 1: an Ethernet header, as on `lo`, with zeros for addresses, is put
    /// before each packet. Takes IPv4 and IPv6, and capture filters know both.
    Ethernet,
}

impl LinkType {
    fn number(self) -> u16 {
        match self {
            LinkType::Ipv4 => 228,
            LinkType::Ethernet => 1,
        }
    }

    /// What is put before a packet.
    fn header(self, packet: &[u8]) -> io::Result<&'static [u8]> {
        match (self, packet.first().map(|byte| byte >> 4)) {
            (LinkType::Ipv4, Some(4)) => Ok(&[]),
            (LinkType::Ethernet, Some(4)) => Ok(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00]),
            (LinkType::Ethernet, Some(6)) => Ok(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x86, 0xdd]),
            (LinkType::Ipv4, _) => Err(invalid("not an IPv4 packet, in a capture of IPv4 only")),
            (LinkType::Ethernet, _) => Err(invalid("not an IP packet")),
        }
    }
}

/// Writes one capture.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    link_type: LinkType,
    interfaces: u32,
}

/// An interface of a capture: one end of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interface(u32);

/// Which way a packet went, as the host at the interface sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The host received it.
    Inbound,
    /// The host sent it.
    Outbound,
}

/// One packet, and what is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    at_ns: u64,
    bytes: &'a [u8],
    original_len: Option<u32>,
    direction: Option<Direction>,
    comment: Option<&'a str>,
}

impl<'a> Record<'a> {
    /// An IP packet that was seen `at_ns` nanoseconds after 1970-01-01 00:00 UTC.
    pub fn new(at_ns: u64, bytes: &'a [u8]) -> Self {
        Record { at_ns, bytes, original_len: None, direction: None, comment: None }
    }

    /// How long the packet was on the wire, in bytes, where less of it was kept.
    pub fn was_long(self, bytes: u32) -> Self {
        Record { original_len: Some(bytes), ..self }
    }

    /// Which way it went.
    pub fn direction(self, direction: Direction) -> Self {
        Record { direction: Some(direction), ..self }
    }

    /// What is to be said of it: `frame.comment` in Wireshark. It is cut after 65 535 bytes.
    pub fn comment(self, text: &'a str) -> Self {
        Record { comment: Some(text), ..self }
    }

    fn original_len(&self) -> u32 {
        let kept = self.bytes.len() as u32;
        self.original_len.map_or(kept, |bytes| bytes.max(kept))
    }
}

impl<W: io::Write> Writer<W> {
    /// Begins a capture that `application` makes. tcpdump wants at least one
    /// [`interface`](Writer::interface) in it, also where no packet follows.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn new(mut out: W, application: &str, link_type: LinkType) -> io::Result<Self> {
        Block::section_header(application).write(&mut out)?;
        Ok(Writer { out, link_type, interfaces: 0 })
    }

    /// Adds an interface, `server` for one. Its description may name the programs behind it.
    ///
    /// # Errors
    ///
    /// Those of the writer below.
    pub fn interface(&mut self, name: &str, description: Option<&str>) -> io::Result<Interface> {
        Block::interface(self.link_type.number(), SNAP_LENGTH, name, description)
            .write(&mut self.out)?;
        self.interfaces += 1;
        Ok(Interface(self.interfaces - 1))
    }

    /// Adds a packet.
    ///
    /// # Errors
    ///
    /// Those of the writer below; [`InvalidInput`](io::ErrorKind::InvalidInput), and nothing is
    /// written, when the packet does not suit the [`LinkType`], is longer than IP allows, or the
    /// interface belongs to another capture.
    pub fn packet(&mut self, interface: Interface, record: &Record<'_>) -> io::Result<()> {
        if interface.0 >= self.interfaces {
            return Err(invalid("no such interface in this capture"));
        }
        let link = self.link_type.header(record.bytes)?;
        if link.len() + record.bytes.len() > SNAP_LENGTH as usize {
            return Err(invalid("a packet of more than 262144 bytes"));
        }
        Block::packet(interface.0, link, record).write(&mut self.out)
    }

    /// Hands what the writer below has buffered to the operating system.
    ///
    /// # Errors
    ///
    /// Those of the writer below.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Ends the capture, flushes, and gives back what it was written to.
    ///
    /// # Errors
    ///
    /// Those of the writer below.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

fn invalid(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}
