//! The header of UDP (RFC 768).

use super::ip::{Extent, Ip, at_least, cut};
use super::malformed::{Malformed, head};
use super::protocol::Ports;

pub(super) const HEADER_LEN: usize = 8;

/// The ports, and what the datagram carries. The length in the header counts the header too; in a
/// first fragment it is that of the whole datagram, of which only a part is here.
pub(super) fn parse<'a>(ip: &Ip<'a>) -> Result<(Ports, &'a [u8]), Malformed> {
    let &[a, b, c, d, high, low, _, _] = head::<HEADER_LEN>(ip.body, "UDP header")?;
    let len = usize::from(u16::from_be_bytes([high, low]));
    at_least(len, HEADER_LEN, "UDP datagram")?;
    let extent = if ip.fragment.is_some() { Extent::Quoted } else { Extent::Whole };
    let datagram = cut(ip.body, len, extent, "UDP datagram")?;
    Ok((Ports::read(&[a, b, c, d]), &datagram[HEADER_LEN..]))
}
