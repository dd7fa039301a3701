//! The header of IPv6 and its extension headers (RFC 8200, sections 3 and 4).

use std::net::Ipv6Addr;

use super::ip::{Extent, Fragment, Ip, cut};
use super::malformed::{Malformed, head, split};
use super::protocol::Protocol;

const HEADER_LEN: usize = 40;

// The extension headers that are skipped.
const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
const AUTHENTICATION: u8 = 51; // RFC 4302, section 2
const DESTINATION_OPTIONS: u8 = 60;

pub(super) fn parse(bytes: &[u8], extent: Extent) -> Result<Ip<'_>, Malformed> {
    let fixed: &[u8; HEADER_LEN] = head(bytes, "IPv6 header")?;
    let payload_len = usize::from(u16::from_be_bytes([fixed[4], fixed[5]]));
    let rest = cut(&bytes[HEADER_LEN..], payload_len, extent, "body of the IPv6 packet")?;
    let Extensions { next, fragment, body } = skip_extensions(fixed[6], rest)?;

    let source = address(bytes, 8)?;
    Ok(Ip {
        source: source.into(),
        destination: address(bytes, 24)?.into(),
        protocol: Protocol::of(next, source.into()),
        ttl: fixed[7],
        fragment,
        header: &bytes[..HEADER_LEN + rest.len() - body.len()],
        body,
    })
}

fn address(bytes: &[u8], at: usize) -> Result<Ipv6Addr, Malformed> {
    let (_, bytes) = split(bytes, at, "IPv6 header")?;
    head::<16>(bytes, "IPv6 header").map(|octets| Ipv6Addr::from(*octets))
}

/// What stands behind the extension headers.
struct Extensions<'a> {
    next: u8,
    fragment: Option<Fragment>,
    body: &'a [u8],
}

/// Goes from one extension header to the next, until one is met that is none (RFC 8200, section 4).
fn skip_extensions(mut next: u8, mut body: &[u8]) -> Result<Extensions<'_>, Malformed> {
    const WHAT: &str = "IPv6 extension header";
    let mut fragment = None;
    while matches!(next, HOP_BY_HOP | ROUTING | FRAGMENT | AUTHENTICATION | DESTINATION_OPTIONS) {
        let fixed: &[u8; 8] = head(body, WHAT)?;
        // While segments are left, the destination is a stop on the way, and the checksum was made
        // with another (section 8.1): such a packet is not looked into.
        if next == ROUTING && fixed[3] > 0 {
            break;
        }
        let len = match next {
            FRAGMENT => 8,
            AUTHENTICATION => (usize::from(fixed[1]) + 2) * 4,
            _ => (usize::from(fixed[1]) + 1) * 8,
        };
        if next == FRAGMENT {
            fragment = read_fragment(fixed);
        }
        (_, body) = split(body, len, WHAT)?;
        next = fixed[0];
        // What follows in a later fragment is the middle of something.
        if fragment.is_some_and(|it| !it.is_first()) {
            break;
        }
    }
    Ok(Extensions { next, fragment, body })
}

/// The fragment header (section 4.5). The only piece of a packet is no fragment (RFC 6946).
fn read_fragment(fixed: &[u8; 8]) -> Option<Fragment> {
    let place = u16::from_be_bytes([fixed[2], fixed[3]]);
    let (offset, more) = (place & !7, place & 1 == 1);
    let id = u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]);
    (more || offset > 0).then_some(Fragment { id, offset, more })
}
