//! A network of several hosts, as a check speaks of it: servers that hear what is sent to many, what
//! the program's host has put on the network, and all that the program has printed.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::expect::Expected;
use super::judge::Wrong;
use super::partners::Server;
use super::stage::{Stage, parse};
use super::wait::{Halt, Wait};
use super::world::World;
use super::{Failure, Outcome, text};
use crate::evidence::{
    Ending, Expectation, Flight, Payload, Role, SetupError, SocketCall, StepKind, What,
};

/// The port of those who know names: what is sent there is the system's own affair.
const DNS: u16 = 53;

/// A UDP datagram that the program's host has put on the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// From where.
    pub from: SocketAddr,
    /// For whom: a host, a broadcast address, a multicast group.
    pub to: SocketAddr,
    /// Its time to live: how many routers may pass it on, and one more.
    pub ttl: u8,
    /// What it carries.
    pub payload: Vec<u8>,
}

impl From<&Flight> for Carried {
    fn from(flight: &Flight) -> Carried {
        let (packet, (from, to)) = (flight.packet(), flight.way());
        Carried { from, to, ttl: packet.ttl(), payload: packet.payload().to_vec() }
    }
}

impl Stage {
    /// A peer in the server's role on the host of this name, at this port of all addresses: it gets
    /// what is sent to its host alone, to all hosts, and to the groups that it joins.
    pub fn server_on(&self, host: &str, port: u16) -> Outcome<Server<'_>> {
        let everywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
        let is_here = host == self.scene().role.name();
        let name = if is_here { "server on your host" } else { host };
        let at = self.world().add_peer(name, host, everywhere)?;
        Ok(Server { stage: self, at })
    }

    /// The program's host puts a datagram on the network, or on its own loopback, and `judge` finds it
    /// right: that it goes to `to` too. It is asked with `None` where none came although the program
    /// has done all it does, or has ended: whatever it says then, that is a failure. In a private
    /// network only.
    ///
    /// # Panics
    ///
    /// When `to` is no socket address.
    pub fn carries_that(
        &self,
        to: &str,
        what: &str,
        judge: impl FnOnce(Option<&Carried>) -> Result<(), Wrong>,
    ) -> Outcome<Carried> {
        let at = parse(to);
        let text = format!("{what}, sent to {to}");
        let expected = || Expected::new(Expectation::Request { at }, text.clone());
        let role = self.scene().role;
        let first = match self.wait(Wait::Message, |world| carried(world, role).next()) {
            Ok(first) => first,
            Err(Halt::Failure(failure)) => return Err(failure),
            Err(Halt::Ending(ending)) => {
                let wrong = judge(None).err().unwrap_or_else(Wrong::unknown);
                return Err(wrong.claimed(expected().but(ending, &self.world())));
            }
        };
        let payload = Payload::from(&first.payload);
        let told = format!("{} to {}", payload.short(), first.to);
        match judge(Some(&first)) {
            Ok(()) => {
                self.world().step(StepKind::Datagram, format!("your {role} sent {told}"));
                Ok(first)
            }
            Err(wrong) => {
                // What is right is seen when it rests.
                self.rest()?;
                let exit = self.world().exit();
                let unmet = expected().unmet(Ending::Contradicted, exit, told, Some(payload));
                Err(wrong.claimed(unmet))
            }
        }
    }

    /// Whether the program has asked to be let send to broadcast addresses (`SO_BROADCAST`); `None`
    /// where its calls are not told of.
    pub fn has_asked_to_broadcast(&self) -> Option<bool> {
        let world = self.world();
        let is_told = |what: &What| matches!(what, What::Started { calls: true, .. });
        let is_one = |what: &What| match what {
            What::Called(SocketCall::Setsockopt { level, option, .. }) => {
                (*level, *option) == (libc::SOL_SOCKET, libc::SO_BROADCAST)
            }
            _ => false,
        };
        world.evidence.all().any(is_told).then(|| world.evidence.all().any(is_one))
    }

    /// Whether the kernel of the program's host has refused what a peer sent while the program ran: no
    /// socket there took it from that peer.
    pub fn was_refused(&self, peer: Server<'_>) -> Outcome<bool> {
        self.rest()?;
        let address = peer.address();
        let mut world = self.world();
        world.pump()?;
        let is_one = |what: &What| matches!(what, What::NotTaken { from, .. } if *from == address);
        let alive = world.evidence.all().take_while(|what| !matches!(what, What::Exited { .. }));
        Ok(alive.into_iter().any(is_one))
    }

    /// Whether peers have still to send something that they were told to send later.
    pub fn peers_have_more(&self) -> bool {
        self.world().all_sent().is_none()
    }

    /// All that the program has printed so far, as a person reads it.
    pub fn output(&self) -> Outcome<String> {
        // One that has ended prints nothing more, however much peers have still to send.
        if self.world().exit().is_none() {
            self.rest()?;
        }
        Ok(text::plain(&self.world().evidence.output()))
    }
}

/// What the host of the program in this role has put on the network so far.
fn carried(world: &World, role: Role) -> impl Iterator<Item = Carried> + use<'_> {
    let host = world.host_of(role);
    let flights = world.evidence.flights().map(|(_, flight)| flight);
    let of_it = flights.filter(move |flight| flight.host() == host && flight.is_udp());
    of_it.map(Carried::from).filter(|carried| carried.to.port() != DNS)
}

impl Server<'_> {
    /// When it last sent something, by the kernel's clock: to be compared with when a request came.
    pub fn sent_last(self) -> Option<Duration> {
        let address = self.address();
        let world = self.stage.world();
        let is_one = |what: &What| matches!(what, What::Sent { from, .. } if *from == address);
        let last = world.evidence.events.iter().rev().find(|event| is_one(&event.what));
        last.map(|event| world.clock(event.at_us))
    }

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
