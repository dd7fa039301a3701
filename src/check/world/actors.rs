//! The peers on a stage: where they are, and what they send.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use super::World;
use crate::check::Outcome;
use crate::check::agenda::{Agenda, Due};
use crate::evidence::{Protocol, Role, SetupError, What};
use crate::peer::{Datagram, Lookout, Peer};

/// A peer and the datagrams that it has received and nobody has asked for yet.
#[derive(Debug)]
pub(in crate::check) struct Actor {
    pub(in crate::check) peer: Peer,
    pub(in crate::check) inbox: VecDeque<Datagram>,
    /// What it answers by itself, and how.
    pub(in crate::check) reflexes: Vec<(Vec<u8>, Vec<u8>)>,
}

fn is_palindrome(address: io::Result<SocketAddr>) -> bool {
    address.is_ok_and(|address| address.port() == address.port().swap_bytes())
}

impl World {
    /// An address on the host of this name, at a port that the system chooses.
    pub(in crate::check) fn any_port_on(&self, host: &str) -> SocketAddr {
        SocketAddr::from((self.network.address_of(self.network.host(host)), 0))
    }

    /// The number of the host on which a program of this role is.
    pub(in crate::check) fn host_of(&self, role: Role) -> usize {
        self.network.host(role.name())
    }

    /// Adds a peer of this name at an address on the host of that name, and gives its place among
    /// the peers.
    pub(in crate::check) fn add_actor(
        &mut self,
        name: &str,
        host: &str,
        address: SocketAddr,
    ) -> Outcome<usize> {
        let peer = self.peer_on(host, address)?;
        Ok(self.join(name, peer))
    }

    fn peer_on(&self, host: &str, address: SocketAddr) -> Outcome<Peer> {
        let bind = || self.network.udp(self.network.host(host), address);
        let mut socket = bind()?;
        // A port that is the same with its bytes swapped would hide a mistake.
        while address.port() == 0 && is_palindrome(socket.local_addr()) {
            socket = bind()?;
        }
        let peer = Peer::new(socket).map_err(|error| {
            SetupError::new("a peer's socket cannot be used", error, "make doctor")
        })?;
        if !address.ip().is_unspecified() {
            return Ok(peer);
        }
        // Others know it by one of the addresses to all of which it is bound.
        let ip = self.network.address_of(self.network.host(host)).into();
        let address = SocketAddr::new(ip, peer.address().port());
        Ok(peer.known_at(address))
    }

    fn join(&mut self, name: &str, peer: Peer) -> usize {
        let at = peer.address();
        self.actors.push(Actor { peer, inbox: VecDeque::new(), reflexes: Vec::new() });
        self.record(What::Joined { name: name.to_owned(), at });
        self.actors.len() - 1
    }

    /// Adds a peer that programs reach at an address, as [`World::add_actor`] does.
    pub(in crate::check) fn add_server(
        &mut self,
        name: &str,
        address: SocketAddr,
    ) -> Outcome<usize> {
        if !self.network.has_relay() {
            return self.add_actor(name, name, address);
        }
        let peer = self.peer_on(name, SocketAddr::new(address.ip(), 0))?;
        self.network.relay(address, peer.address())?;
        Ok(self.join(name, peer.known_at(address)))
    }

    /// Adds a peer that speaks to the program at `server`, where there is one, as
    /// [`World::add_actor`] does.
    pub(in crate::check) fn add_client(
        &mut self,
        name: &str,
        host: &str,
        server: Option<SocketAddr>,
    ) -> Outcome<usize> {
        let address = self.any_port_on(host);
        let Some(server) = server.filter(|_| self.network.has_relay()) else {
            return self.add_actor(name, host, address);
        };
        let relay = match self.relay {
            Some(relay) => relay,
            None => self.network.relay(SocketAddr::new(server.ip(), 0), server)?,
        };
        self.relay = Some(relay);
        let peer = self.peer_on(host, address)?.by_way_of(relay, server);
        Ok(self.join(name, peer))
    }

    /// The peer at this place gives up its address, for any other port of the host of that name.
    pub(in crate::check) fn free(&mut self, at: usize, host: &str) -> Outcome {
        let port = self.any_port_on(host);
        let socket = self.network.udp(self.network.host(host), port)?;
        self.actors[at].peer = Peer::new(socket).map_err(|error| {
            SetupError::new("a peer's socket cannot be used", error, "make doctor")
        })?;
        Ok(())
    }

    /// Watches a place on the host of this name where no datagram, or no connection, should come. A
    /// lookout that cannot be had, because a machine has no IPv6 or someone holds the port, is done
    /// without.
    pub(in crate::check) fn look_out_at(
        &mut self,
        host: &str,
        protocol: Protocol,
        address: SocketAddr,
    ) {
        let host = self.network.host(host);
        let lookout = match protocol {
            Protocol::Tcp => self.network.tcp_listener(host, address).ok().map(Lookout::tcp),
            _ => self.network.udp(host, address).ok().map(Lookout::udp),
        };
        self.lookouts.extend(lookout.and_then(Result::ok));
    }

    /// A peer sends a datagram.
    pub(in crate::check) fn send(
        &mut self,
        actor: usize,
        to: SocketAddr,
        payload: &[u8],
    ) -> Outcome {
        // Whatever is sent in answer comes after this.
        let at_us = self.now_us();
        let sent = self.actors[actor].peer.send(to, payload).map_err(|error| {
            SetupError::new(format!("a datagram cannot be sent to {to}"), error, "make doctor")
        })?;
        if !self.leaves_out {
            self.evidence.record_late(at_us, sent);
            self.last_sent = self.time_of(at_us);
        }
        Ok(())
    }

    /// When peers will have sent all that they have to send, by the kernel's clock: when they did,
    /// if they have; never, as long as something is left.
    pub(in crate::check) fn all_sent(&self) -> Option<Duration> {
        self.agenda.next().is_none().then_some(self.last_sent)
    }

    /// Peers will not send what they had yet to send.
    pub(in crate::check) fn call_off(&mut self) {
        self.agenda = Agenda::default();
    }

    /// A peer will send a datagram.
    pub(in crate::check) fn send_later(&mut self, due: Due) {
        self.agenda.add(due);
    }
}
