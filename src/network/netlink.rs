//! Just enough of `rtnetlink(7)` to build a network: links up, addresses, routes, rules.

use std::io;
use std::net::Ipv4Addr;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, socket_with};

/// A link's index in its namespace. The loopback device is always the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link(pub(super) u32);

/// The loopback device.
pub(super) const LO: Link = Link(1);

/// `RT_TABLE_MAIN`, in which routes are looked up that no rule leads elsewhere.
pub(super) const TABLE_MAIN: u8 = 254;

/// `RT_TABLE_LOCAL`, in which the kernel keeps a host's own addresses.
pub(super) const TABLE_LOCAL: u8 = 255;

// Message types and flags of <linux/rtnetlink.h> and <linux/netlink.h>.
const RTM_NEWLINK: u16 = 16;
const RTM_SETLINK: u16 = 19;
const RTM_NEWADDR: u16 = 20;
const RTM_NEWROUTE: u16 = 24;
const RTM_NEWRULE: u16 = 32;
const RTM_DELRULE: u16 = 33;
const HEADER: usize = 16;
const REQUEST_ACK: u16 = 0x1 | 0x4;
const CREATE: u16 = 0x400;

const AF_INET: u8 = 2;
const AF_INET6: u16 = 10;

// Attributes of a link, of <linux/if_link.h>.
const IFLA_ADDRESS: u16 = 1;
const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;
const IFLA_TXQLEN: u16 = 13;
const IFLA_LINKINFO: u16 = 18;
const IFLA_AF_SPEC: u16 = 26;
const IFLA_NET_NS_FD: u16 = 28;

/// A conversation with the kernel about the network namespace in which it was opened.
#[derive(Debug)]
pub(super) struct Netlink {
    socket: OwnedFd,
    sequence: u32,
}

impl Netlink {
    pub(super) fn open() -> io::Result<Netlink> {
        let family = AddressFamily::NETLINK;
        // Protocol 0 is NETLINK_ROUTE.
        let socket = socket_with(family, SocketType::RAW, SocketFlags::CLOEXEC, None)?;
        Ok(Netlink { socket, sequence: 0 })
    }

    /// Brings a link up.
    pub(super) fn up(&mut self, link: Link) -> io::Result<()> {
        const IFF_UP: u32 = 1;
        self.request("bring a link up", RTM_NEWLINK, 0, &link_header(link, IFF_UP))
    }

    /// Sets how long a packet may be, in bytes, and how many may wait for whoever takes them off.
    pub(super) fn set_room(&mut self, link: Link, mtu: u32, queue: u32) -> io::Result<()> {
        let mut body = link_header(link, 0);
        attribute(&mut body, IFLA_MTU, &mtu.to_ne_bytes());
        attribute(&mut body, IFLA_TXQLEN, &queue.to_ne_bytes());
        self.request("set the length of packets", RTM_NEWLINK, 0, &body)
    }

    /// Lets packets from and to the loopback's addresses come in by a link.
    pub(super) fn carry_loopback(&mut self, link: Link) -> io::Result<()> {
        // Values of the device's IPv4 configuration: see ip-sysctl in the kernel's documentation.
        const RP_FILTER: u16 = 8;
        const ACCEPT_LOCAL: u16 = 23;
        const ROUTE_LOCALNET: u16 = 26;
        const IFLA_INET_CONF: u16 = 1;
        let mut values = Vec::new();
        for (name, value) in [(RP_FILTER, 0u32), (ACCEPT_LOCAL, 1), (ROUTE_LOCALNET, 1)] {
            attribute(&mut values, name, &value.to_ne_bytes());
        }
        let ipv4 = nested(u16::from(AF_INET), &nested(IFLA_INET_CONF, &values));
        self.configure(link, &ipv4)
    }

    /// Keeps IPv6 off a link: it would send packets of its own.
    pub(super) fn keep_ipv6_off(&mut self, link: Link) -> io::Result<()> {
        const IFLA_INET6_ADDR_GEN_MODE: u16 = 8;
        const NO_ADDRESSES: u8 = 1;
        let mut mode = Vec::new();
        attribute(&mut mode, IFLA_INET6_ADDR_GEN_MODE, &[NO_ADDRESSES]);
        self.configure(link, &nested(AF_INET6, &mode))
    }

    fn configure(&mut self, link: Link, family: &[u8]) -> io::Result<()> {
        let mut body = link_header(link, 0);
        body.extend(nested(IFLA_AF_SPEC, family));
        self.request("configure a link", RTM_SETLINK, 0, &body)
    }

    /// Makes a pair of links, `name` here and `peer` in another namespace. Whatever goes into one
    /// comes out of the other. The link here has this Ethernet address.
    pub(super) fn add_pair(
        &mut self,
        name: &str,
        address: [u8; 6],
        peer: &str,
        there: BorrowedFd<'_>,
    ) -> io::Result<()> {
        const IFLA_INFO_KIND: u16 = 1;
        const IFLA_INFO_DATA: u16 = 2;
        const VETH_INFO_PEER: u16 = 1;
        const NEW: Link = Link(0);
        let mut other = link_header(NEW, 0);
        attribute(&mut other, IFLA_IFNAME, peer.as_bytes());
        attribute(&mut other, IFLA_NET_NS_FD, &there.as_raw_fd().to_ne_bytes());
        let mut info = Vec::new();
        attribute(&mut info, IFLA_INFO_KIND, b"veth");
        info.extend(nested(IFLA_INFO_DATA, &nested(VETH_INFO_PEER, &other)));
        let mut body = link_header(NEW, 0);
        attribute(&mut body, IFLA_IFNAME, name.as_bytes());
        attribute(&mut body, IFLA_ADDRESS, &address);
        body.extend(nested(IFLA_LINKINFO, &info));
        self.request("make a pair of links", RTM_NEWLINK, CREATE, &body)
    }

    /// Lets a link do without ARP: every packet is for whoever is at its other end.
    pub(super) fn without_arp(&mut self, link: Link) -> io::Result<()> {
        const IFF_NOARP: u32 = 0x80;
        self.request("do without ARP", RTM_NEWLINK, 0, &link_header(link, IFF_NOARP))
    }

    /// Gives a link an address, in a network of this prefix, with the network's broadcast address.
    pub(super) fn add_address(
        &mut self,
        link: Link,
        address: Ipv4Addr,
        prefix: u8,
    ) -> io::Result<()> {
        const IFA_ADDRESS: u16 = 1;
        const IFA_LOCAL: u16 = 2;
        const IFA_BROADCAST: u16 = 4;
        let broadcast = Ipv4Addr::from_bits(address.to_bits() | (u32::MAX >> prefix));
        let mut body = vec![AF_INET, prefix, 0, 0];
        body.extend(link.0.to_ne_bytes());
        attribute(&mut body, IFA_LOCAL, &address.octets());
        attribute(&mut body, IFA_ADDRESS, &address.octets());
        attribute(&mut body, IFA_BROADCAST, &broadcast.octets());
        self.request("give a link an address", RTM_NEWADDR, CREATE, &body)
    }

    /// Routes a network over a link, with `source` as the sender's address, in a table. TCP sends
    /// segments of at most `segment` bytes there; 0 for as many as fit.
    pub(super) fn add_route(
        &mut self,
        table: u8,
        network: (Ipv4Addr, u8),
        link: Link,
        source: Ipv4Addr,
        segment: u32,
    ) -> io::Result<()> {
        const RTA_METRICS: u16 = 8;
        const RTAX_ADVMSS: u16 = 8;
        const RTA_DST: u16 = 1;
        const RTA_OIF: u16 = 4;
        const RTA_PREFSRC: u16 = 7;
        const STATIC: u8 = 4;
        const SCOPE_LINK: u8 = 253;
        const UNICAST: u8 = 1;
        let (destination, prefix) = network;
        let mut body = vec![AF_INET, prefix, 0, 0, table, STATIC, SCOPE_LINK, UNICAST, 0, 0, 0, 0];
        attribute(&mut body, RTA_DST, &destination.octets());
        attribute(&mut body, RTA_OIF, &link.0.to_ne_bytes());
        attribute(&mut body, RTA_PREFSRC, &source.octets());
        if segment > 0 {
            let mut metrics = Vec::new();
            attribute(&mut metrics, RTAX_ADVMSS, &segment.to_ne_bytes());
            attribute(&mut body, RTA_METRICS, &metrics);
        }
        self.request("add a route", RTM_NEWROUTE, CREATE, &body)
    }

    /// Looks routes up in a table, at this place among the rules; only for what this host sends
    /// itself, if `own` says so.
    pub(super) fn add_rule(&mut self, table: u8, priority: u32, own: bool) -> io::Result<()> {
        self.request("add a rule", RTM_NEWRULE, CREATE, &rule(table, priority, own))
    }

    /// Takes such a rule away.
    pub(super) fn remove_rule(&mut self, table: u8, priority: u32) -> io::Result<()> {
        self.request("remove a rule", RTM_DELRULE, 0, &rule(table, priority, false))
    }

    fn request(&mut self, what: &str, kind: u16, flags: u16, body: &[u8]) -> io::Result<()> {
        self.sequence += 1;
        let mut message = Vec::with_capacity(HEADER + body.len());
        message.extend(((HEADER + body.len()) as u32).to_ne_bytes());
        message.extend(kind.to_ne_bytes());
        message.extend((flags | REQUEST_ACK).to_ne_bytes());
        message.extend(self.sequence.to_ne_bytes());
        message.extend(0u32.to_ne_bytes());
        message.extend(body);
        rustix::net::send(&self.socket, &message, SendFlags::empty())?;
        let mut answer = [0u8; 4096];
        let (length, _) = rustix::net::recv(&self.socket, &mut answer[..], RecvFlags::empty())?;
        outcome(what, &answer[..length])
    }
}

/// What the kernel answered: an acknowledgement is an error message whose error is 0, negated
/// otherwise.
fn outcome(what: &str, answer: &[u8]) -> io::Result<()> {
    match answer.get(HEADER..HEADER + 4) {
        Some(&[a, b, c, d]) => match i32::from_ne_bytes([a, b, c, d]) {
            0 => Ok(()),
            error => {
                let error = io::Error::from_raw_os_error(error.wrapping_neg());
                Err(io::Error::new(error.kind(), format!("{what}: {error}")))
            }
        },
        _ => Err(io::Error::other(format!("{what}: the kernel's answer is too short"))),
    }
}

/// `struct ifinfomsg`.
fn link_header(link: Link, flags: u32) -> Vec<u8> {
    let mut body = vec![0; 4];
    body.extend(link.0.to_ne_bytes());
    body.extend(flags.to_ne_bytes());
    // Which flags change: just these.
    body.extend(flags.to_ne_bytes());
    body
}

fn rule(table: u8, priority: u32, own: bool) -> Vec<u8> {
    const FRA_IIFNAME: u16 = 3;
    const FRA_PRIORITY: u16 = 6;
    const TO_TABLE: u8 = 1;
    let mut body = vec![AF_INET, 0, 0, 0, table, 0, 0, TO_TABLE, 0, 0, 0, 0];
    attribute(&mut body, FRA_PRIORITY, &priority.to_ne_bytes());
    if own {
        // What this host sends itself counts as having come in by its loopback.
        attribute(&mut body, FRA_IIFNAME, b"lo\0");
    }
    body
}

/// Appends an attribute, padded to four bytes.
fn attribute(body: &mut Vec<u8>, kind: u16, data: &[u8]) {
    body.extend(((4 + data.len()) as u16).to_ne_bytes());
    body.extend(kind.to_ne_bytes());
    body.extend(data);
    body.resize(body.len().next_multiple_of(4), 0);
}

/// An attribute that holds attributes.
fn nested(kind: u16, inner: &[u8]) -> Vec<u8> {
    const NESTED: u16 = 0x8000;
    let mut body = Vec::new();
    attribute(&mut body, kind | NESTED, inner);
    body
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::damage;

    #[test]
    fn attributes_are_padded_to_four_bytes_and_tell_their_true_length() {
        let mut body = Vec::new();
        attribute(&mut body, 3, b"lo\0");
        assert_eq!(body, [7, 0, 3, 0, b'l', b'o', 0, 0]);
        assert_eq!(nested(1, &[9])[..5], [5, 0, 1, 0x80, 9]);
    }

    fn answer(error: i32) -> Vec<u8> {
        [&[0; HEADER][..], &error.to_ne_bytes()].concat()
    }

    #[test]
    fn an_answer_is_an_error_or_none() {
        assert!(outcome("x", &answer(0)).is_ok());
        let error = outcome("bring a link up", &answer(-1)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        assert!(error.to_string().starts_with("bring a link up: "), "{error}");
        assert!(outcome("x", &answer(0)[1..]).is_err());
        // None of these is an error's number.
        for error in [1, -4096, i32::MAX, i32::MIN] {
            assert!(outcome("x", &answer(error)).is_err(), "{error}");
        }
    }

    proptest! {
        #[test]
        fn only_a_zero_is_no_error(error: i32, more in damage::noise()) {
            let answer = [answer(error), more].concat();
            prop_assert_eq!(outcome("x", &answer).is_ok(), error == 0);
        }
    }
}
