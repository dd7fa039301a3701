//! Networks: where programs and peers meet.
//!
//! There is one kind now, the machine's own loopback, on which checks take turns. A network hands
//! out sockets that live in it and says when all that was sent has arrived; checks know no more of
//! it, so that another kind can take its place.

pub mod link;
mod loopback;

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::time::Duration;

use crate::evidence::SetupError;

use loopback::Loopback;

/// How long to wait for a turn. Others who check on this machine take seconds each.
const TURN_DEADLINE: Duration = Duration::from_secs(300);

/// A network that is open for one check. Dropping it gives it back.
#[derive(Debug)]
pub struct Network {
    loopback: Loopback,
}

impl Network {
    /// Opens the network, waiting for a turn where it is shared. `waiting` is called, with the
    /// process that holds it, before the first wait.
    ///
    /// # Errors
    ///
    /// When no turn comes within five minutes.
    pub fn open(waiting: &mut dyn FnMut(u32)) -> Result<Network, SetupError> {
        Ok(Network { loopback: Loopback::take_turn(TURN_DEADLINE, waiting)? })
    }

    /// The network's name in a report: `loopback`.
    pub fn name(&self) -> &'static str {
        "loopback"
    }

    /// Makes sure that a program can bind `address`.
    ///
    /// # Errors
    ///
    /// When somebody holds it already; the error names the process.
    pub fn must_be_free(&self, address: SocketAddr) -> Result<(), SetupError> {
        self.loopback.must_be_free(address)
    }

    /// A UDP socket in this network, bound to `address` (port 0: to any). Its calls never wait.
    ///
    /// # Errors
    ///
    /// When the address is held by someone else or not of this network.
    pub fn udp(&self, address: SocketAddr) -> Result<UdpSocket, SetupError> {
        self.loopback.udp(address)
    }

    /// A TCP socket in this network that listens at `address`. Its calls never wait.
    ///
    /// # Errors
    ///
    /// As for [`Network::udp`].
    pub fn tcp_listener(&self, address: SocketAddr) -> Result<TcpListener, SetupError> {
        self.loopback.tcp_listener(address)
    }

    /// Returns when every datagram that was sent before this call is in its receiver's queue, or
    /// lost.
    pub fn settle(&self) {
        self.loopback.settle();
    }
}
