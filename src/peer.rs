//! The scripted partner that plays the other role in a check.
//!
//! A peer is a socket and nothing else: it sends what it is told and hands over what came. It
//! never waits and it does not know who is right.

use std::io::{self, ErrorKind, Read};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};

use rustix::net::{RecvFlags, recvfrom};

use crate::evidence::{Payload, Protocol, What};
use crate::sys;

/// The most bytes that a UDP datagram carries over IPv4.
const LONGEST: usize = 65507;

/// A partner that speaks UDP.
#[derive(Debug)]
pub struct Peer {
    socket: UdpSocket,
    address: SocketAddr,
    detour: Option<Detour>,
    buffer: Vec<u8>,
}

/// A relay on the way to an address.
#[derive(Clone, Copy, Debug)]
struct Detour {
    relay: SocketAddr,
    to: SocketAddr,
}

/// A datagram that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// Who sent it.
    pub from: SocketAddr,
    /// What it carries.
    pub payload: Vec<u8>,
    /// When it came, by the kernel, in nanoseconds after 1970-01-01 00:00 UTC.
    pub at_ns: u64,
}

impl Peer {
    /// A peer that speaks through this socket, whose calls must not wait.
    pub fn new(socket: UdpSocket) -> io::Result<Peer> {
        let address = socket.local_addr()?;
        // There is none to know of yet; from now on the kernel notes them.
        let _ = sys::stamp_of_last(socket.as_fd());
        // Without it one only knows less of why no answer comes.
        let _ = sys::hear_of_refusals(socket.as_fd());
        Ok(Peer { socket, address, detour: None, buffer: vec![0; LONGEST + 1] })
    }

    /// Joins a multicast group on the network to which its address belongs.
    ///
    /// # Errors
    ///
    /// When the kernel refuses: the address is of no group, or of no interface.
    pub fn join(&self, group: Ipv4Addr) -> io::Result<()> {
        let interface = match self.address.ip() {
            IpAddr::V4(ip) => ip,
            IpAddr::V6(_) => Ipv4Addr::UNSPECIFIED,
        };
        self.socket.join_multicast_v4(&group, &interface)
    }

    /// The peer's own address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Says that others know it at this address, at which a relay stands for it.
    pub fn known_at(self, address: SocketAddr) -> Peer {
        Peer { address, ..self }
    }

    /// Says that what it sends to this address goes by way of the relay at another one, and what comes
    /// from there has come from this one.
    pub fn by_way_of(self, relay: SocketAddr, to: SocketAddr) -> Peer {
        Peer { detour: Some(Detour { relay, to }), ..self }
    }

    /// Where a datagram goes that is for this address.
    fn way(&self, to: SocketAddr) -> SocketAddr {
        self.detour.filter(|detour| detour.to == to).map_or(to, |detour| detour.relay)
    }

    /// From where a datagram is that came from this address.
    fn origin(&self, from: SocketAddr) -> SocketAddr {
        self.detour.filter(|detour| detour.relay == from).map_or(from, |detour| detour.to)
    }

    /// Sends one datagram and tells that it did.
    pub fn send(&self, to: SocketAddr, payload: &[u8]) -> io::Result<What> {
        // What became of an earlier one is no fault of this one.
        let way = self.way(to);
        match self.socket.send_to(payload, way) {
            Err(error) if is_refusal(&error) => self.socket.send_to(payload, way)?,
            sent => sent?,
        };
        Ok(What::Sent { from: self.address, to, payload: Payload::from(payload) })
    }

    /// The next datagram that has come, if there is one.
    pub fn receive(&mut self) -> Option<Datagram> {
        loop {
            match self.socket.recv_from(&mut self.buffer) {
                Ok((length, from)) => {
                    let at_ns = sys::stamp_of_last(self.socket.as_fd()).unwrap_or(0);
                    let from = self.origin(from);
                    return Some(Datagram { from, payload: self.buffer[..length].to_vec(), at_ns });
                }
                // A refusal is told once, and what has come lies behind it.
                Err(error) if error.kind() == ErrorKind::Interrupted || is_refusal(&error) => {}
                Err(_) => return None,
            }
        }
    }

    /// The next address, if there is one, of which the kernel there has said that nobody takes what
    /// was sent to it.
    pub fn refusal(&mut self) -> Option<SocketAddr> {
        loop {
            // Once the queue is empty there is no error left either.
            let error = self.socket.take_error().ok().flatten();
            let place = recvfrom(&self.socket, &mut self.buffer, RecvFlags::ERRQUEUE);
            let (_, _, place) = place.ok()?;
            if error.is_some_and(|error| is_refusal(&error)) {
                let place = place.and_then(|place| SocketAddr::try_from(place).ok());
                return place.map(|place| self.origin(place));
            }
        }
    }
}

fn is_refusal(error: &io::Error) -> bool {
    error.kind() == ErrorKind::ConnectionRefused
}

impl AsFd for Peer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// A place where nothing should come, watched because mistakes lead there: the port with its
/// bytes swapped, the other address family, the same port over TCP.
#[derive(Debug)]
pub enum Lookout {
    /// Watches for datagrams.
    Udp(Peer),
    /// Watches for connections, and keeps them so that their program waits and can be looked at.
    Tcp { listener: TcpListener, address: SocketAddr, accepted: Vec<TcpStream> },
}

impl Lookout {
    /// A lookout for datagrams.
    pub fn udp(socket: UdpSocket) -> io::Result<Lookout> {
        Ok(Lookout::Udp(Peer::new(socket)?))
    }

    /// A lookout for connections.
    pub fn tcp(listener: TcpListener) -> io::Result<Lookout> {
        let address = listener.local_addr()?;
        Ok(Lookout::Tcp { listener, address, accepted: Vec::new() })
    }

    /// What has come since the last call, if anything.
    pub fn notice(&mut self) -> Option<What> {
        match self {
            Lookout::Udp(peer) => {
                let Datagram { from, payload, .. } = peer.receive()?;
                let payload = Payload::from(payload);
                Some(What::Strayed { at: peer.address, protocol: Protocol::Udp, from, payload })
            }
            Lookout::Tcp { listener, address, accepted } => {
                let (mut stream, from) = listener.accept().ok()?;
                let mut first = [0; 1024];
                let count = stream.set_nonblocking(true).and_then(|()| stream.read(&mut first));
                accepted.push(stream);
                let payload = Payload::from(&first[..count.unwrap_or(0)]);
                Some(What::Strayed { at: *address, protocol: Protocol::Tcp, from, payload })
            }
        }
    }
}

impl AsFd for Lookout {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Lookout::Udp(peer) => peer.as_fd(),
            Lookout::Tcp { listener, .. } => listener.as_fd(),
        }
    }
}
