//! Packets made by hand, for tests.

use std::net::{Ipv4Addr, SocketAddr};

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// A UDP datagram without a checksum.
pub fn udp(from: &str, to: &str, payload: &[u8]) -> Vec<u8> {
    let mut datagram = ports(from, to);
    datagram.extend((8 + payload.len() as u16).to_be_bytes());
    datagram.extend([0, 0]);
    datagram.extend(payload);
    ipv4(17, from, to, &datagram)
}

/// A segment: its flags, its number and the next one that is expected.
pub fn tcp(from: &str, to: &str, (flags, seq, ack): (u8, u32, u32), payload: &[u8]) -> Vec<u8> {
    let mut segment = ports(from, to);
    segment.extend(seq.to_be_bytes());
    segment.extend(ack.to_be_bytes());
    segment.extend([5 << 4, flags, 1, 0, 0, 0, 0, 0]);
    segment.extend(payload);
    ipv4(6, from, to, &segment)
}

fn ports(from: &str, to: &str) -> Vec<u8> {
    [from, to].into_iter().flat_map(|end| address(end).port().to_be_bytes()).collect()
}

/// An IPv4 packet between the hosts of two addresses.
pub fn ipv4(protocol: u8, from: &str, to: &str, body: &[u8]) -> Vec<u8> {
    let host = |end: &str| -> [u8; 4] {
        let end: Ipv4Addr = end.split(':').next().unwrap().parse().unwrap();
        end.octets()
    };
    let length = u16::try_from(20 + body.len()).unwrap().to_be_bytes();
    let mut packet = vec![0x45, 0, length[0], length[1], 0, 1, 0, 0, 64, protocol, 0, 0];
    packet.extend(host(from));
    packet.extend(host(to));
    packet.extend(body);
    packet
}
