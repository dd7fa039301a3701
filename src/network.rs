//! Networks: where programs and peers meet.
//!
//! A *private* network is made for one check and belongs to it alone; on the machine's *loopback*,
//! the fallback, checks take turns. Either hands out sockets that live in it, says where programs
//! enter it, and says when all that was sent has arrived. Checks know no more of it.

mod agent;
mod carrier;
mod denied;
pub mod link;
mod loopback;
mod netlink;
mod private;
mod settle;

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::fd::BorrowedFd;
use std::sync::OnceLock;
use std::time::Duration;

use crate::evidence::SetupError;

use loopback::Loopback;
use private::Private;

pub(crate) use agent::become_agent_if_asked;
pub use carrier::{Capture, Carried, Carrier, SENDERS};
pub use denied::Denied;

/// How long to wait for a turn. Others who check on this machine take seconds each.
const TURN_DEADLINE: Duration = Duration::from_secs(300);

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
}

#[derive(Debug)]
enum Kind {
    Private(Private),
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
    TRIED.get_or_init(|| Private::open().err()).as_ref()
}

impl Network {
    /// Opens a network. On the loopback it waits for a turn; `waiting` is called, with the process
    /// that holds it, before the first wait.
    ///
    /// # Errors
    ///
    /// When a private network is wanted and cannot be had; when no turn on the loopback comes within
    /// five minutes.
    pub fn open(choice: Choice, waiting: &mut dyn FnMut(u32)) -> Result<Network, SetupError> {
        let kind = if choice.is_private() {
            Kind::Private(Private::open().map_err(|denied| {
                let next = format!("allow it: {}", denied.remedy());
                SetupError::new("a private network cannot be made", denied, next)
            })?)
        } else {
            Kind::Loopback(Loopback::take_turn(TURN_DEADLINE, waiting)?)
        };
        Ok(Network { kind })
    }

    /// Opens a private network of one host, whose packets go over a link with these settings; its
    /// senders are [`SENDERS`].
    ///
    /// # Errors
    ///
    /// When the machine allows no private network, or no TUN device in it.
    pub fn with_link(
        settings: link::Settings,
        capture: Option<Capture>,
    ) -> Result<(Network, Carrier), SetupError> {
        let what = "a network with a link cannot be made";
        let (private, device) = Private::open_with_device().map_err(|denied| {
            let next = format!("allow it: {}", denied.remedy());
            SetupError::new(what, denied, next)
        })?;
        let carrier = Carrier::start(device, settings, capture)
            .map_err(|error| SetupError::new(what, error, "make doctor"))?;
        Ok((Network { kind: Kind::Private(private) }, carrier))
    }

    /// Where programs enter it; `None` where they are in it already.
    pub fn place(&self) -> Option<Place<'_>> {
        match &self.kind {
            Kind::Private(private) => Some(private.place()),
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

    /// A UDP socket in this network, bound to `address` (port 0: to any). Its calls never wait.
    ///
    /// # Errors
    ///
    /// When the address is held by someone else or not of this network.
    pub fn udp(&self, address: SocketAddr) -> Result<UdpSocket, SetupError> {
        match &self.kind {
            Kind::Private(private) => private.udp(address),
            Kind::Loopback(loopback) => loopback.udp(address),
        }
    }

    /// A TCP socket in this network that listens at `address`. Its calls never wait.
    ///
    /// # Errors
    ///
    /// As for [`Network::udp`].
    pub fn tcp_listener(&self, address: SocketAddr) -> Result<TcpListener, SetupError> {
        match &self.kind {
            Kind::Private(private) => private.tcp_listener(address),
            Kind::Loopback(loopback) => loopback.tcp_listener(address),
        }
    }

    /// Returns when every datagram that was sent before this call is in its receiver's queue, or
    /// lost.
    pub fn settle(&self) {
        match &self.kind {
            Kind::Private(private) => private.settle(),
            Kind::Loopback(loopback) => loopback.settle(),
        }
    }
}
