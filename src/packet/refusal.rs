//! The message that a packet was not let through.

use std::net::IpAddr;

use super::{Icmp, Packet, Unreachable, checksum};

/// How much of a packet is quoted at most, so that the message has no more than 576 bytes (RFC
/// 1812, section 4.3.2.3).
const QUOTED: usize = 576 - 28;

/// An ICMP message to the sender of the IPv4 packet `bytes`, as if from where that was going: it was
/// not delivered, for this reason. `None` where there must be no answer (RFC 1122, section 3.2.2):
/// to an ICMP error, to a later fragment, to many hosts at once; and to what is no IPv4 packet.
pub fn refusal(bytes: &[u8], reason: Unreachable) -> Option<Vec<u8>> {
    let packet = Packet::parse(bytes).ok()?;
    let (IpAddr::V4(from), IpAddr::V4(to)) = (packet.source().ip(), packet.destination().ip())
    else {
        return None;
    };
    let is_error = matches!(packet.icmp(), Some(Icmp::Unreachable { .. } | Icmp::Other { .. }));
    let is_later = packet.fragment().is_some_and(|fragment| !fragment.is_first());
    let to_many = to.is_multicast() || to.is_broadcast() || from.is_unspecified();
    if is_error || is_later || to_many {
        return None;
    }
    let quote = &bytes[..packet.len().min(QUOTED)];
    let length = (28 + quote.len()) as u16;
    // Version and header length, service, length; id and fragment; time to live, ICMP, checksum.
    let mut out = vec![0x45, 0xc0];
    out.extend(length.to_be_bytes());
    out.extend([0, 0, 0, 0, 64, 1, 0, 0]);
    out.extend(to.octets());
    out.extend(from.octets());
    out.extend([3, reason.code(), 0, 0, 0, 0, 0, 0]);
    out.extend(quote);
    checksum::repair(&mut out).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::udp;
    use super::*;

    fn datagram(to: &str) -> Vec<u8> {
        let mut bytes = udp("127.0.0.1:40000", to, &[1, 2, 3, 4]);
        checksum::repair(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_refusal_quotes_the_packet_and_is_right_itself() {
        let sent = datagram("192.0.2.1:53");
        let answer = refusal(&sent, Unreachable::Prohibited).unwrap();
        let packet = Packet::parse(&answer).unwrap();
        assert!(checksum::is_right(&packet));
        assert_eq!(packet.to_string(), "ICMP prohibited for 192.0.2.1:53");
        assert_eq!(packet.payload(), sent);
        assert_eq!(packet.destination().to_string(), "127.0.0.1");
    }

    #[test]
    fn nothing_is_said_to_an_error_or_to_many() {
        assert_eq!(refusal(&datagram("255.255.255.255:53"), Unreachable::Host), None);
        assert_eq!(refusal(&datagram("224.0.0.1:53"), Unreachable::Host), None);
        let error = refusal(&datagram("192.0.2.1:53"), Unreachable::Host).unwrap();
        assert_eq!(refusal(&error, Unreachable::Host), None);
        assert_eq!(refusal(b"E", Unreachable::Host), None);
    }
}
