//! Checksums: those of IPv4's header, UDP, TCP, ICMP and ICMPv6, all of them the Internet checksum
//! (RFC 1071).
//!
//! The checksum of UDP, TCP and ICMPv6 is also taken over a pseudo-header with the addresses (RFC
//! 768; RFC 9293, section 3.1; RFC 8200, section 8.1). Two cases are told apart that look alike:
//! zero in UDP over IPv4 says that the sender made none, and is right; over IPv6 it is wrong.
//!
//! A fragment has only part of what the checksum was made of: its IPv4 header is verified and
//! repaired, the rest is left alone.

use std::net::IpAddr;

use super::malformed::Malformed;
use super::{Icmp, Packet, Protocol};

/// True when no checksum of the packet that can be verified is wrong, so that a receiver takes it.
/// What an ICMP error quotes is not looked at: the receiver does not, either.
pub fn is_right(packet: &Packet<'_>) -> bool {
    fields(packet).into_iter().flatten().all(|field| field.is_right)
}

/// Makes the checksums of a packet right, in place, and those of the packet that an ICMP error
/// quotes, if it is quoted whole: Wireshark verifies them too.
///
/// One that is right stays as it is, also where zero says that there is none; but a zero of TCP that
/// is written as 0xffff becomes one (RFC 1624, section 3). A packet that was
/// captured on `lo`, where no network card ever finishes the checksums, becomes as it would be on a
/// wire; one whose payload was corrupted now looks as if it had been sent so.
///
/// # Errors
///
/// [`Malformed`], and nothing is changed, when `bytes` do not begin with a packet.
pub fn repair(bytes: &mut [u8]) -> Result<(), Malformed> {
    let packet = Packet::parse(bytes)?;
    if let Some(Icmp::Unreachable { .. }) = packet.icmp() {
        let quote = packet.payload_range();
        // One that is cut off cannot be repaired; the message around it can.
        let _ = repair_outer(&mut bytes[quote]);
    }
    repair_outer(bytes)
}

/// Without a look at what an ICMP error quotes: quotes of quotes could go on without end.
fn repair_outer(bytes: &mut [u8]) -> Result<(), Malformed> {
    let fields = fields(&Packet::parse(bytes)?);
    for field in fields.into_iter().flatten() {
        let place = &mut bytes[field.at..field.at + 2];
        // Linux writes TCP's zero as 0xffff, which every receiver takes and Wireshark does not.
        let other_zero = field.right == 0 && place == [0xff, 0xff];
        if !field.is_right || other_zero {
            place.copy_from_slice(&field.right.to_be_bytes());
        }
    }
    Ok(())
}

/// A checksum in a packet.
struct Field {
    /// Its place in the packet.
    at: usize,
    /// What should stand there.
    right: u16,
    /// Whether a receiver takes what stands there.
    is_right: bool,
}

/// The checksums of a packet that can be verified: the IPv4 header's, and that behind it.
fn fields(packet: &Packet<'_>) -> [Option<Field>; 2] {
    let ip = &packet.ip;
    let header = ip.source.is_ipv4().then(|| Field::new(ip.header, 10, Sum::default()));
    let transport = if ip.fragment.is_none() { transport(packet) } else { None };
    [header, transport]
}

fn transport(packet: &Packet<'_>) -> Option<Field> {
    let ip = &packet.ip;
    // UDP has a length of its own, which may end before the packet does.
    let covered = &ip.body[..packet.header_len + packet.payload.len()];
    let pseudo = || Sum::of_pseudo_header(packet, covered.len());
    let mut field = match ip.protocol {
        Protocol::Udp => return udp(covered, pseudo(), ip.header.len(), ip.source.is_ipv4()),
        Protocol::Tcp => Field::new(covered, 16, pseudo()),
        Protocol::Icmpv6 => Field::new(covered, 2, pseudo()),
        Protocol::Icmp => Field::new(covered, 2, Sum::default()),
        Protocol::Other(_) => return None,
    };
    field.at += ip.header.len();
    Some(field)
}

/// In UDP zero means that there is no checksum, so one that comes out as zero is sent as 0xffff.
fn udp(datagram: &[u8], pseudo: Sum, start: usize, may_be_missing: bool) -> Option<Field> {
    let field = Field::new(datagram, 6, pseudo);
    let is_missing = datagram[6..8] == [0, 0];
    if is_missing && may_be_missing {
        return None;
    }
    let right = if field.right == 0 { 0xffff } else { field.right };
    Some(Field { at: start + 6, right, is_right: field.is_right && !is_missing })
}

impl Field {
    /// The checksum at the even place `at` in `bytes`, which covers them, and what `more` sums up.
    fn new(bytes: &[u8], at: usize, more: Sum) -> Self {
        let right = more.add(&bytes[..at]).add(&bytes[at + 2..]).checksum();
        // As a receiver does it: over all, with the checksum that is there.
        Field { at, right, is_right: more.add(bytes).checksum() == 0 }
    }
}

/// A sum of 16-bit words, whose carries are still to be added (RFC 1071, section 1).
#[derive(Clone, Copy, Default)]
struct Sum(u32);

impl Sum {
    /// What the checksum covers without its being in the segment.
    fn of_pseudo_header(packet: &Packet<'_>, len: usize) -> Self {
        let sum = match (packet.ip.source, packet.ip.destination) {
            (IpAddr::V6(from), IpAddr::V6(to)) => {
                Sum::default().add(&from.octets()).add(&to.octets())
            }
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                Sum::default().add(&from.octets()).add(&to.octets())
            }
            _ => Sum::default(),
        };
        // IPv6 gives the length 32 bits, IPv4 has 16; a body never needs more.
        Sum(sum.0 + len as u32 + u32::from(packet.ip.protocol.number()))
    }

    /// Only the last bytes that are added may be odd in number; a zero follows them.
    fn add(self, bytes: &[u8]) -> Self {
        let (pairs, last) = bytes.as_chunks();
        let words = pairs.iter().map(|&pair| u32::from(u16::from_be_bytes(pair)));
        let last = last.first().map_or(0, |&byte| u32::from(byte) << 8);
        // No carry is lost: a packet has less than 2^16 words.
        Sum(self.0 + words.sum::<u32>() + last)
    }

    fn checksum(self) -> u16 {
        let once = (self.0 & 0xffff) + (self.0 >> 16);
        !((once & 0xffff) + (once >> 16)) as u16
    }
}
