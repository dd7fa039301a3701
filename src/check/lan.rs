//! What the program's host has put on a network of several hosts.

use std::net::SocketAddr;

use super::Outcome;
use super::expect::Expected;
use super::judge::Wrong;
use super::stage::{Stage, parse};
use super::wait::Wait;
use super::world::World;
use crate::evidence::{Ending, Expectation, Flight, Payload, Role, SocketCall, StepKind, What};

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
        let first = self.expect(Wait::Message, expected, |world| carried(world, role).next());
        let first = match first {
            Ok(first) => first,
            Err(failure) => return Err(Wrong::of(judge(None)).claimed(failure)),
        };
        let payload = Payload::from(&first.payload);
        let told = format!("{} to {}", self.reads(&first.payload), first.to);
        match judge(Some(&first)) {
            Ok(()) => {
                self.world().step(StepKind::Datagram, format!("your {role} sent {told}"));
                Ok(first)
            }
            Err(wrong) => {
                // What is right is seen when it rests.
                self.comes_to_rest()?;
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
}

/// What the host of the program in this role has put on the network so far.
fn carried(world: &World, role: Role) -> impl Iterator<Item = Carried> + use<'_> {
    let host = world.host_of(role);
    let flights = world.evidence.flights().map(|(_, flight)| flight);
    let of_it = flights.filter(move |flight| flight.host() == host && flight.is_udp());
    of_it.map(Carried::from).filter(|carried| carried.to.port() != DNS)
}
