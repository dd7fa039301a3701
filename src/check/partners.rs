//! The partners of the program, as a check speaks of them: who they are, and where.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::Deref;
use std::time::Duration;

use super::Outcome;
use super::stage::{Stage, parse};
use crate::evidence::{Protocol, Role};
use crate::peer::Datagram;

impl Stage {
    /// A partner in the client's role, at a port that the system chose: on the client's own host,
    /// where the lab has several.
    pub fn client(&self) -> Outcome<Client<'_>> {
        self.client_on(Role::Client.name())
    }

    /// A partner in the client's role on the host of this name.
    pub fn client_on(&self, host: &str) -> Outcome<Client<'_>> {
        let mut world = self.world();
        if let Some(server) = self.scene().address.filter(|_| world.actors.is_empty()) {
            world.look_out_at(Role::Server.name(), Protocol::Udp, beside(server));
        }
        let name = name_of_client(world.actors.len());
        let at = world.add_client(&name, host, self.scene().address)?;
        Ok(Client(Partner { stage: self, at, role: Role::Client }))
    }

    /// A partner in the server's role at `address`, with lookouts at the places where mistakes lead:
    /// the port with its bytes swapped, the next one, the other family, the same port over TCP.
    ///
    /// # Panics
    ///
    /// When `address` is no socket address.
    pub fn server_at(&self, address: &str) -> Outcome<Server<'_>> {
        let address = parse(address);
        let mut world = self.world();
        let host = Role::Server.name();
        let at = world.add_server(host, address)?;
        let swapped = SocketAddr::new(address.ip(), address.port().swap_bytes());
        let family = SocketAddr::new(Ipv6Addr::LOCALHOST.into(), address.port());
        for place in [swapped, beside(address), family] {
            world.look_out_at(host, Protocol::Udp, place);
        }
        world.look_out_at(host, Protocol::Tcp, address);
        drop(world);
        Ok(self.server(at))
    }

    /// A partner of this name on the server's host, at a port that the system chose: a server may
    /// answer from another port than the one that is asked.
    pub fn server_at_any_port(&self, name: &str) -> Outcome<Server<'_>> {
        let host = Role::Server.name();
        let address = self.world().any_port_on(host);
        let at = self.world().add_actor(name, host, address)?;
        Ok(self.server(at))
    }

    /// A partner in the server's role on the host of this name, at this port of all addresses: it gets
    /// what is sent to its host alone, to all hosts, and to the groups that it joins.
    pub fn server_on(&self, host: &str, port: u16) -> Outcome<Server<'_>> {
        let everywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
        let is_here = host == self.scene().role.name();
        let name = if is_here { "server on your host" } else { host };
        let at = self.world().add_actor(name, host, everywhere)?;
        Ok(self.server(at))
    }

    /// Somebody on the server's host to whom the program has never sent anything.
    pub fn stranger(&self) -> Outcome<Server<'_>> {
        self.server_at_any_port("stranger")
    }

    /// Holds `address`, so that the program cannot have it.
    pub fn hold(&self, address: &str) -> Outcome {
        let host = self.scene().role.name();
        self.world().add_actor("another socket", host, parse(address))?;
        self.step(format!("another socket was bound to {address}"));
        Ok(())
    }

    fn server(&self, at: usize) -> Server<'_> {
        Server(Partner { stage: self, at, role: Role::Server })
    }
}

/// The port after an address, where constants of tutorials lead.
fn beside(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip(), address.port().wrapping_add(1))
}

/// The name of the client at this place on the stage.
fn name_of_client(at: usize) -> String {
    match at {
        0 => "client".into(),
        1 => "second client".into(),
        at => format!("client {}", at + 1),
    }
}

/// Somebody with whom the program talks, in whatever role: a [`Client`] and a [`Server`] are partners
/// that can do some things more.
#[derive(Clone, Copy, Debug)]
pub struct Partner<'s> {
    stage: &'s Stage,
    at: usize,
    role: Role,
}

impl<'s> Partner<'s> {
    /// Its own address.
    pub fn address(self) -> SocketAddr {
        self.stage.world().actors[self.at].peer.address()
    }

    pub(super) fn stage(self) -> &'s Stage {
        self.stage
    }

    /// Its place on the stage.
    pub(super) fn place(self) -> usize {
        self.at
    }

    pub(super) fn role(self) -> Role {
        self.role
    }

    /// What it is, where its address is told besides.
    pub(super) fn noun(self) -> String {
        match self.role {
            Role::Client if self.at < 2 => format!("a {}", name_of_client(self.at)),
            Role::Client => name_of_client(self.at),
            _ => "the server".to_owned(),
        }
    }

    /// It as the steps call it.
    pub(super) fn name(self) -> String {
        match self.role {
            Role::Client => self.noun(),
            _ => format!("{} at {}", self.noun(), self.address()),
        }
    }
}

/// A partner in the client's role. It knows the server's address.
#[derive(Clone, Copy, Debug)]
pub struct Client<'s>(Partner<'s>);

impl<'s> Deref for Client<'s> {
    type Target = Partner<'s>;

    fn deref(&self) -> &Partner<'s> {
        &self.0
    }
}

impl Client<'_> {
    /// The server's address.
    ///
    /// # Panics
    ///
    /// When the lab has none.
    pub(super) fn server(self) -> SocketAddr {
        match self.stage.scene().address {
            Some(address) => address,
            None => panic!("a check has a client, but its lab names no address"),
        }
    }
}

/// A partner in the server's role. It knows nobody before it has got something.
#[derive(Clone, Copy, Debug)]
pub struct Server<'s>(Partner<'s>);

impl<'s> Deref for Server<'s> {
    type Target = Partner<'s>;

    fn deref(&self) -> &Partner<'s> {
        &self.0
    }
}

/// A datagram that a partner got.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who sent it.
    pub from: SocketAddr,
    /// What it carries.
    pub payload: Vec<u8>,
    /// When it came, by the kernel's clock: only to be compared with others.
    pub at: Duration,
}

impl From<Datagram> for Request {
    fn from(Datagram { from, payload, at_ns }: Datagram) -> Request {
        Request { from, payload, at: Duration::from_nanos(at_ns) }
    }
}
