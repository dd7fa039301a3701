//! Who speaks, and in which protocol.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// The protocol that an IP packet carries, by its assigned number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// 1, in IPv4.
    Icmp,
    /// 6.
    Tcp,
    /// 17.
    Udp,
    /// 58, in IPv6.
    Icmpv6,
    /// Any other number.
    Other(u8),
}

impl Protocol {
    /// ICMP of the other version of IP is not ICMP: its checksum and its types are others.
    pub(super) fn of(number: u8, address: IpAddr) -> Self {
        match number {
            1 if address.is_ipv4() => Protocol::Icmp,
            6 => Protocol::Tcp,
            17 => Protocol::Udp,
            58 if address.is_ipv6() => Protocol::Icmpv6,
            other => Protocol::Other(other),
        }
    }

    /// Its number in the IP header.
    pub fn number(self) -> u8 {
        match self {
            Protocol::Icmp => 1,
            Protocol::Tcp => 6,
            Protocol::Udp => 17,
            Protocol::Icmpv6 => 58,
            Protocol::Other(number) => number,
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Protocol::Icmp => f.write_str("ICMP"),
            Protocol::Tcp => f.write_str("TCP"),
            Protocol::Udp => f.write_str("UDP"),
            Protocol::Icmpv6 => f.write_str("ICMPv6"),
            Protocol::Other(number) => write!(f, "protocol {number}"),
        }
    }
}

/// One end of a packet's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// An address and a port, in UDP and TCP.
    Socket(SocketAddr),
    /// An address alone: ICMP has no ports, and a later fragment does not repeat them.
    Host(IpAddr),
}

impl Endpoint {
    pub(super) fn new(ip: IpAddr, port: Option<u16>) -> Self {
        match port {
            Some(port) => Endpoint::Socket(SocketAddr::new(ip, port)),
            None => Endpoint::Host(ip),
        }
    }

    /// The address, without the port.
    pub fn ip(self) -> IpAddr {
        match self {
            Endpoint::Socket(address) => address.ip(),
            Endpoint::Host(ip) => ip,
        }
    }

    /// The port, where there is one.
    pub fn port(self) -> Option<u16> {
        self.socket().map(|address| address.port())
    }

    /// The address with its port, where there is one.
    pub fn socket(self) -> Option<SocketAddr> {
        match self {
            Endpoint::Socket(address) => Some(address),
            Endpoint::Host(_) => None,
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Endpoint::Socket(address) => address.fmt(f),
            Endpoint::Host(ip) => ip.fmt(f),
        }
    }
}

/// The ports with which the headers of UDP and TCP begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ports {
    pub source: u16,
    pub destination: u16,
}

impl Ports {
    pub fn read(&[a, b, c, d]: &[u8; 4]) -> Self {
        Ports { source: u16::from_be_bytes([a, b]), destination: u16::from_be_bytes([c, d]) }
    }
}
