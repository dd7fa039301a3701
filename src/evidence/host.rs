//! A host of a network.

use std::net::Ipv4Addr;

/// A host: where programs run that share addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// What lanes, rules and captures call it: `server`.
    pub name: String,
    /// Its address in the network that it shares with the other hosts; `None` for the one host of a
    /// network of one, which has just its loopback.
    pub address: Option<Ipv4Addr>,
}
