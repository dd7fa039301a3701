//! Networks: where programs and peers meet.
//!
//! A *private* network is made for one check and belongs to it alone; on the machine's *loopback*,
//! the fallback, checks take turns. Either hands out sockets that live in it, says where programs
//! enter it, and says when all that was sent has arrived. Checks know no more of it.

mod agent;
mod capture;
mod carrier;
mod denied;
mod layout;
pub mod link;
mod loopback;
mod netlink;
mod private;
pub mod relay;
mod settle;
mod tap;
mod wire;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::BorrowedFd;
use std::sync::OnceLock;
use std::time::Duration;

use crate::evidence::{Flight, Host, SetupError};
use crate::procfs::net::UdpCounters;

use loopback::Loopback;
use private::{Private, Watch};

pub(crate) use agent::{become_agent_if_asked, is_agent};
pub use capture::Capture;
pub use carrier::Sink;
pub use denied::Denied;
pub use layout::{Device, Layout, MOST_HOSTS, SENDERS};

/// How long to wait for a turn. Others who check on this machine take seconds each.
const TURN_DEADLINE: Duration = Duration::from_secs(300);

/// How long a connection may take to come about.
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

/// Which network is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// A private one, where this machine allows it; else the loopback.
    #[default]
    Auto,
    /// A private one or none.
    Private,
    /// The machine's loopback.
    Loopback,
}

impl Choice {
    /// True when this choice leads to a private network here.
    pub fn is_private(self) -> bool {
        match self {
            Choice::Private => true,
            Choice::Loopback => false,
            Choice::Auto => denied().is_none(),
        }
    }

    /// Why it leads to the loopback although a private network would do; `None` where it does not.
    pub fn fallback(self) -> Option<String> {
        let denied = denied().filter(|_| self == Choice::Auto)?;
        Some(format!("no private network: {denied}. Allow it: {}", denied.remedy()))
    }

    /// The name of the network to which this choice leads here: `private` or `loopback`.
    pub fn name(self) -> &'static str {
        if self.is_private() { "private" } else { "loopback" }
    }
}

/// A network that is open for one check. Dropping it gives it back.
#[derive(Debug)]
pub struct Network {
    kind: Kind,
    hosts: Vec<Host>,
}

#[derive(Debug)]
enum Kind {
    Private(Box<Private>),
    Loopback(Loopback),
}

/// Where programs enter a private network: its namespaces.
#[derive(Clone, Copy, Debug)]
pub struct Place<'n> {
    user: BorrowedFd<'n>,
    net: BorrowedFd<'n>,
}

/// Why this machine allows no private networks, if it does not: found out once, by making one.
pub fn denied() -> Option<&'static Denied> {
    static TRIED: OnceLock<Option<Denied>> = OnceLock::new();
    TRIED.get_or_init(|| Private::open(&Layout::default(), Watch::Keep).err()).as_ref()
}

/// What takes packets to a link on this machine, in words.
pub fn device() -> &'static str {
    if agent::has_tun() { "TUN devices" } else { "veth pairs (/dev/net/tun cannot be opened)" }
}

impl Network {
    /// Opens a network. On the loopback, where a link is carried by relays, it waits for a turn; `waiting` is called, with the process
    /// that holds it, before the first wait.
    ///
    /// # Errors
    ///
    /// When a private network is wanted, or the layout needs one, and cannot be had; when no turn on
    /// the loopback comes within five minutes.
    pub fn open(
        choice: Choice,
        layout: &Layout,
        waiting: &mut dyn FnMut(u32),
    ) -> Result<Network, SetupError> {
        if choice.is_private() || layout.has_several_hosts() {
            return Network::private(layout, Watch::Keep);
        }
        let link = layout.link.clone();
        let kind = Kind::Loopback(Loopback::take_turn(TURN_DEADLINE, link, waiting)?);
        Ok(Network { kind, hosts: Vec::new() })
    }

    /// Opens a private network and tells `sink`, in a thread of its own, of every packet that the
    /// link carries; without one nobody is told.
    ///
    /// # Errors
    ///
    /// When it cannot be had.
    pub fn watched(layout: &Layout, sink: Option<Sink>) -> Result<Network, SetupError> {
        Network::private(layout, sink.map_or(Watch::Nothing, Watch::Tell))
    }

    fn private(layout: &Layout, watch: Watch) -> Result<Network, SetupError> {
        let private = Private::open(layout, watch).map_err(|denied| {
            let what = match layout.has_link() {
                true => "a network with a link cannot be made",
                false => "a private network cannot be made",
            };
            SetupError::new(what, &denied, format!("allow it: {}", denied.remedy()))
        })?;
        Ok(Network { kind: Kind::Private(Box::new(private)), hosts: layout.hosts.clone() })
    }

    /// Its name: `private` or `loopback`.
    pub fn name(&self) -> &'static str {
        match &self.kind {
            Kind::Private(_) => Choice::Private.name(),
            Kind::Loopback(_) => Choice::Loopback.name(),
        }
    }

    /// The number of the host with this name; the first where nobody has it, for in a network of
    /// one host all are there.
    pub fn host(&self, name: &str) -> usize {
        self.hosts.iter().position(|host| host.name == name).unwrap_or(0)
    }

    /// The names of its hosts, in their order. The one host of a network of one is `here`.
    pub fn host_names(&self) -> Vec<String> {
        match self.hosts.as_slice() {
            [] => vec!["here".to_owned()],
            hosts => hosts.iter().map(|host| host.name.clone()).collect(),
        }
    }

    /// The address at which the host of this number is best reached: that in the network which it
    /// shares with others, or else its loopback's.
    pub fn address_of(&self, host: usize) -> Ipv4Addr {
        self.hosts.get(host).and_then(|host| host.address).unwrap_or(Ipv4Addr::LOCALHOST)
    }

    /// Where programs enter the host of this number; `None` where they are there already.
    pub fn place(&self, host: usize) -> Option<Place<'_>> {
        match &self.kind {
            Kind::Private(private) => private.place(host),
            Kind::Loopback(_) => None,
        }
    }

    /// Makes sure that a program can bind `address`.
    ///
    /// # Errors
    ///
    /// When somebody holds it already; the error names the process. In a private network nobody
    /// does.
    pub fn must_be_free(&self, address: SocketAddr) -> Result<(), SetupError> {
        match &self.kind {
            Kind::Private(_) => Ok(()),
            Kind::Loopback(loopback) => loopback.must_be_free(address),
        }
    }

    /// A UDP socket on the host of this number, bound to `address` (port 0: to any). Its calls never
    /// wait.
    ///
    /// # Errors
    ///
    /// When the address is held by someone else or not of this network.
    pub fn udp(&self, host: usize, address: SocketAddr) -> Result<UdpSocket, SetupError> {
        match &self.kind {
            Kind::Private(private) => private.udp(host, address),
            Kind::Loopback(loopback) => loopback.udp(address),
        }
    }

    /// True where a peer has to ask for a [relay](Network::relay), or nothing is wrong with what it
    /// sends although that was asked for: on the loopback, which has no link of its own.
    pub fn has_relay(&self) -> bool {
        matches!(&self.kind, Kind::Loopback(loopback) if loopback.has_relay())
    }

    /// Puts a relay at `listen` (port 0: at any) between clients and the server at `server`, and says
    /// where it listens. It carries until the network is closed.
    ///
    /// # Errors
    ///
    /// When the address cannot be had; in a network that [needs none](Network::has_relay).
    pub fn relay(&self, listen: SocketAddr, server: SocketAddr) -> Result<SocketAddr, SetupError> {
        match &self.kind {
            Kind::Loopback(loopback) => loopback.relay(listen, server),
            Kind::Private(_) => {
                let why = "the network has a link of its own";
                Err(SetupError::new("no relay can be had", why, "please report it"))
            }
        }
    }

    /// A TCP socket on the host of this number that listens at `address`. Its calls never wait.
    ///
    /// # Errors
    ///
    /// As for [`Network::udp`].
    pub fn tcp_listener(
        &self,
        host: usize,
        address: SocketAddr,
    ) -> Result<TcpListener, SetupError> {
        match &self.kind {
            Kind::Private(private) => private.tcp_listener(host, address),
            Kind::Loopback(loopback) => loopback.tcp_listener(address),
        }
    }

    /// A TCP socket on the host of this number, connected to `to`.
    ///
    /// # Errors
    ///
    /// When nobody takes the connection within ten seconds.
    pub fn tcp_stream(&self, host: usize, to: SocketAddr) -> Result<TcpStream, SetupError> {
        match &self.kind {
            Kind::Private(private) => private.tcp_stream(host, to),
            Kind::Loopback(_) => {
                TcpStream::connect_timeout(&to, CONNECT_DEADLINE).map_err(|error| {
                    SetupError::new(format!("{to} cannot be reached"), error, "make doctor")
                })
            }
        }
    }

    /// Returns when every datagram that was sent before this call is in its receiver's queue, or
    /// lost. False when the link still holds some, to deliver them later.
    pub fn settle(&self) -> bool {
        match &self.kind {
            Kind::Private(private) => private.settle(),
            Kind::Loopback(loopback) => loopback.settle(),
        }
    }

    /// Hands over the packets that were sent since the last call, as far as this network lets us see
    /// them, and refuses those that are for the world outside; never waits.
    pub fn flights(&mut self, into: &mut impl FnMut(Flight)) {
        if let Kind::Private(private) = &mut self.kind {
            private.flights(into);
        }
    }

    /// How many packets were not seen, since this was last asked, because too many came at once.
    pub fn missed(&self) -> usize {
        match &self.kind {
            Kind::Private(private) => private.missed(),
            Kind::Loopback(_) => 0,
        }
    }

    /// What UDP on the host of this number has counted since the network was made; nothing on the
    /// loopback, where others are too.
    pub fn counters(&self, host: usize) -> UdpCounters {
        match &self.kind {
            Kind::Private(private) => private.counters(host),
            Kind::Loopback(_) => UdpCounters::default(),
        }
    }

    /// The multicast groups that somebody on the host of this number has joined; none on the loopback,
    /// where others are too.
    pub fn groups(&self, host: usize) -> Vec<Ipv4Addr> {
        match &self.kind {
            Kind::Private(private) => private.groups(host),
            Kind::Loopback(_) => Vec::new(),
        }
    }

    /// Closes the network, and tells what became of the packets on its link: a row for each sender
    /// and protocol.
    ///
    /// # Errors
    ///
    /// When the link itself has failed, which is socklab's fault.
    pub fn finish(self) -> io::Result<Vec<link::Row>> {
        match self.kind {
            Kind::Private(private) => private.finish(),
            Kind::Loopback(_) => Ok(Vec::new()),
        }
    }
}
