//! What a private network is made of.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::link::{Sender, Settings};
use crate::evidence::Host;

/// The length of the part of an address that all hosts of a network have in common, in bits.
pub(super) const PREFIX: u8 = 24;

/// The most hosts of a network.
pub const MOST_HOSTS: usize = 20;

/// The names of the two who speak in a network of one host, in the order that two hosts have too:
/// the same seed loses the same datagrams of a client there and here.
pub const SENDERS: [&str; 2] = ["server", "client"];

/// Their places among the senders.
pub(super) const SERVER: usize = 0;
pub(super) const CLIENT: usize = 1;

/// What a private network is made of. The default is one host, whose packets go from program to
/// program by themselves.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Its hosts, if they are more than one: each with an address of its own.
    pub hosts: Vec<Host>,
    /// What carries packets, where faults are asked for. Between several hosts there is a link in
    /// any case.
    pub link: Option<Settings>,
    /// What takes packets to the link.
    pub device: Device,
}

/// What takes packets out of the kernel and back: see [`Layout::device`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Device {
    /// A TUN device where this machine allows one, else a pair of virtual Ethernet links.
    #[default]
    Any,
    /// A TUN device: needs `/dev/net/tun`.
    Tun,
    /// A pair of virtual Ethernet links, and a packet socket at the far end.
    Veth,
}

/// The most of a layout that the agent has to know.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Blueprint {
    /// The address of each host; none for the one host of a network of one.
    pub(super) hosts: Vec<Option<Ipv4Addr>>,
    /// What takes packets to socklab; `None` where they go from program to program by themselves.
    pub(super) device: Option<Device>,
}

impl Layout {
    /// A layout of these hosts, with nothing wrong on the link between them.
    pub fn of(hosts: &[Host]) -> Layout {
        Layout { hosts: hosts.to_vec(), ..Layout::default() }
    }

    /// True when a link carries the packets.
    pub fn has_link(&self) -> bool {
        self.link.is_some() || self.has_several_hosts()
    }

    /// True when it has more than one host, which the loopback cannot be.
    pub fn has_several_hosts(&self) -> bool {
        self.hosts.len() > 1
    }

    /// The settings of the link: those asked for, else none but the names.
    pub(super) fn settings(&self) -> Settings {
        self.link.clone().unwrap_or_else(|| Settings {
            senders: self.senders().into_iter().map(named).collect(),
            ..Settings::default()
        })
    }

    /// The names of those who send over the link, in its order.
    pub fn senders(&self) -> Vec<&str> {
        match self.hosts.as_slice() {
            [] | [_] => SENDERS.to_vec(),
            hosts => hosts.iter().map(|host| host.name.as_str()).collect(),
        }
    }

    pub(super) fn blueprint(&self) -> Blueprint {
        let hosts = match self.hosts.as_slice() {
            [] => vec![None],
            hosts => hosts.iter().map(|host| host.address).collect(),
        };
        Blueprint { hosts, device: self.has_link().then_some(self.device) }
    }
}

fn named(name: &str) -> Sender {
    Sender { name: name.to_owned(), ..Sender::default() }
}
