//! A network of several hosts, as a check speaks of it: servers that hear what is sent to many, and
//! what the program's host has sent.

use std::net::{Ipv4Addr, SocketAddr};

use super::partners::Server;
use super::stage::Stage;
use super::{Failure, Outcome};
use crate::evidence::{Flight, SetupError};

/// A UDP datagram that a host has put on the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// From where.
    pub from: SocketAddr,
    /// For whom: a host, a broadcast address, a multicast group.
    pub to: SocketAddr,
    /// How many routers may pass it on, and one more.
    pub ttl: u8,
    /// What it carries.
    pub payload: Vec<u8>,
}

impl Stage {
    /// A peer in the server's role on the host of this name, at this port of all addresses: it gets
    /// what is sent to its host alone, to all hosts, and to the groups that it joins.
    pub fn server_on(&self, host: &str, port: u16) -> Outcome<Server<'_>> {
        let everywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
        let at = self.world().add_peer(host, host, everywhere)?;
        Ok(Server { stage: self, at })
    }

    /// The datagrams that the program's host has put on the network so far, or on its own loopback,
    /// oldest first.
    pub fn carried(&self) -> Outcome<Vec<Carried>> {
        let mut world = self.world();
        world.pump()?;
        let host = world.host_of(self.scene().role);
        let flights = world.evidence.flights().map(|(_, flight)| flight);
        let of_it = flights.filter(|flight| flight.host() == host && flight.is_udp());
        let datagram = |flight: &Flight| {
            let (packet, (from, to)) = (flight.packet(), flight.way());
            Carried { from, to, ttl: packet.ttl(), payload: packet.payload().to_vec() }
        };
        Ok(of_it.map(datagram).collect())
    }
}

impl Server<'_> {
    /// Joins a multicast group: from now on it gets what is sent there.
    ///
    /// # Panics
    ///
    /// When `group` is no IPv4 address.
    pub fn joins(self, group: &str) -> Outcome {
        let Ok(group) = group.parse::<Ipv4Addr>() else {
            panic!("a check names {group:?}, which is no IPv4 address");
        };
        let world = self.stage.world();
        world.peers[self.at].peer.join(group).map_err(|error| {
            let what = format!("a peer cannot join the group {group}");
            Failure::Setup(SetupError::new(what, error, "make doctor"))
        })
    }
}
