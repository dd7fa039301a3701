//! The headers of IPv4 (RFC 791, section 3.1) and IPv6 (RFC 8200, section 3).

use std::net::{IpAddr, Ipv4Addr};

use super::ipv6;
use super::malformed::{Malformed, head, split};
use super::protocol::Protocol;

/// What the header of an IP packet says, and what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ip<'a> {
    pub source: IpAddr,
    pub destination: IpAddr,
    pub protocol: Protocol,
    /// How many routers may pass it on.
    pub ttl: u8,
    pub fragment: Option<Fragment>,
    /// With IPv4's options or IPv6's extension headers.
    pub header: &'a [u8],
    /// What the packet carries, to its end.
    pub body: &'a [u8],
}

/// A piece of a packet that was too long for a link (RFC 791, section 3.2; RFC 8200, section 4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The same in all fragments of one packet.
    pub id: u32,
    /// Where the piece belongs in the packet, in bytes.
    pub offset: u16,
    /// True when more fragments follow.
    pub more: bool,
}

impl Fragment {
    /// True for the piece that begins with the header of UDP or TCP, and so has ports.
    pub fn is_first(&self) -> bool {
        self.offset == 0
    }
}

/// How much of a packet is to be expected.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// As much as an ICMP error quotes: its header, and what fits in.
    Quoted,
}

impl<'a> Ip<'a> {
    pub fn parse(bytes: &'a [u8], extent: Extent) -> Result<Self, Malformed> {
        match head::<1>(bytes, "IP header")?[0] >> 4 {
            4 => ipv4(bytes, extent),
            6 => ipv6::parse(bytes, extent),
            version => Err(Malformed::Version(version)),
        }
    }
}

/// IPv4: RFC 791, section 3.1.
fn ipv4(bytes: &[u8], extent: Extent) -> Result<Ip<'_>, Malformed> {
    let fixed: &[u8; 20] = head(bytes, "IPv4 header")?;
    let header_len = usize::from(fixed[0] & 0x0f) * 4;
    at_least(header_len, 20, "IPv4 header")?;
    let total_len = usize::from(u16::from_be_bytes([fixed[2], fixed[3]]));
    at_least(total_len, header_len, "IPv4 packet")?;
    let (header, body) = split(bytes, header_len, "IPv4 header")?;

    // Three bits of flags, of which the last says that more fragments follow; then the offset, in
    // units of eight bytes.
    let place = u16::from_be_bytes([fixed[6], fixed[7]]);
    let (offset, more) = ((place & 0x1fff) * 8, place & 0x2000 != 0);
    let id = u16::from_be_bytes([fixed[4], fixed[5]]).into();
    let fragment = (more || offset > 0).then_some(Fragment { id, offset, more });

    let source = Ipv4Addr::new(fixed[12], fixed[13], fixed[14], fixed[15]).into();
    Ok(Ip {
        source,
        destination: Ipv4Addr::new(fixed[16], fixed[17], fixed[18], fixed[19]).into(),
        protocol: Protocol::of(fixed[9], source),
        ttl: fixed[8],
        fragment,
        header,
        body: cut(body, total_len - header_len, extent, "body of the IPv4 packet")?,
    })
}

/// The first `len` bytes, or in a quote as many of them as there are.
pub(super) fn cut<'a>(
    bytes: &'a [u8],
    len: usize,
    extent: Extent,
    what: &'static str,
) -> Result<&'a [u8], Malformed> {
    match extent {
        Extent::Whole => split(bytes, len, what).map(|(body, _)| body),
        Extent::Quoted => Ok(&bytes[..len.min(bytes.len())]),
    }
}

/// A length that a header says of itself or of the whole must not be less than the header.
pub(super) fn at_least(says: usize, least: usize, what: &'static str) -> Result<(), Malformed> {
    if says < least { Err(Malformed::Length { what, says, least }) } else { Ok(()) }
}
