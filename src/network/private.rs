//! A network of its own for one check: network namespaces that an agent made, in a process beside.
//!
//! Programs enter them before they are started, and peers get ordinary sockets that live there.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::Place;
use super::agent::{self, Made, Reply, Request};
use super::carrier::{Carrier, Sink};
use super::denied::Denied;
use super::layout::Layout;
use super::link::Row;
use super::settle::{Probe, ROUNDS};
use super::tap::Tap;
use super::wire::Wire;
use crate::evidence::{Flight, SetupError};
use crate::packet::Protocol;
use crate::procfs::net::UdpCounters;
use crate::{channel, procfs, sys};

/// The most packets that are kept until someone asks for them.
const MOST_FLIGHTS: usize = 10_000;

/// What becomes of the knowledge of what a link carries.
pub(super) enum Watch {
    /// It is kept for [`Private::flights`].
    Keep,
    /// It is told at once.
    Tell(Sink),
    /// Nobody wants it.
    Nothing,
}

/// A private network. Dropping it ends everything in it, behind the caller's back.
pub(super) struct Private {
    agent: Option<(OwnedFd, Child)>,
    user: OwnedFd,
    nets: Vec<OwnedFd>,
    taps: Vec<Tap>,
    probe: Option<Probe>,
    carrier: Option<Carrier>,
    /// What the carrier has seen and nobody has asked for yet.
    carried: Arc<Mutex<Vec<Flight>>>,
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Private").field("hosts", &self.nets.len()).finish_non_exhaustive()
    }
}

impl Private {
    /// Makes a network, and does with what its link carries as `watch` says.
    pub(super) fn open(layout: &Layout, watch: Watch) -> Result<Private, Denied> {
        let (control, theirs) = channel::pair()?;
        let blueprint = serde_json::to_string(&layout.blueprint()).map_err(io::Error::from)?;
        let agent = procfs::own_executable()
            .arg(agent::NAME)
            .arg(blueprint)
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut agent = Some((control, agent));
        match Private::receive(&mut agent, layout, watch) {
            Ok(made) => Ok(made),
            Err(denied) => {
                dismiss(agent);
                Err(denied)
            }
        }
    }

    fn receive(
        agent: &mut Option<(OwnedFd, Child)>,
        layout: &Layout,
        watch: Watch,
    ) -> Result<Private, Denied> {
        let gone = || Denied::from(io::Error::from(ErrorKind::UnexpectedEof));
        let control = &agent.as_ref().ok_or_else(gone)?.0;
        let (made, mut fds) = channel::receive(control)?.ok_or_else(gone)?;
        let framing = match made {
            Made::Network { framing } => framing,
            Made::Failed { step, errno, why } => return Err(Denied { step, why, errno }),
        };
        let hosts = layout.blueprint().hosts;
        let kinds = if framing.is_some() { 3 } else { 2 };
        if fds.len() != 1 + kinds * hosts.len() {
            return Err(gone());
        }
        let ends = fds.split_off(1 + 2 * hosts.len());
        let taps = fds.split_off(1 + hosts.len());
        let nets = fds.split_off(1);
        let user = fds.pop().ok_or_else(gone)?;
        let tap = |(host, socket)| Tap::new(socket, host, framing.is_none());
        let mut private = Private {
            agent: agent.take(),
            user,
            nets,
            taps: taps.into_iter().enumerate().map(tap).collect(),
            probe: None,
            carrier: None,
            carried: Arc::default(),
        };
        private.probe = private.probe(layout)?;
        if let Some(framing) = framing {
            let wires = ends.into_iter().map(|end| Wire::new(end, framing)).collect();
            let sink = match watch {
                Watch::Keep => Some(keep(&private.carried)),
                Watch::Tell(sink) => Some(sink),
                Watch::Nothing => None,
            };
            private.carrier = Some(Carrier::start(wires, hosts, layout.settings(), sink)?);
        }
        Ok(private)
    }

    /// What tells that the kernel has delivered what it has. A datagram of ours on the link would be
    /// seen there and shift the others: where IPv4's loopback goes over the link, IPv6's does not.
    fn probe(&self, layout: &Layout) -> io::Result<Option<Probe>> {
        let udp = |address| self.ask_udp(0, address);
        match layout.has_link() && layout.hosts.len() < 2 {
            true => Ok(Probe::over_ipv6(udp).ok()),
            false => Probe::new(udp).map(Some),
        }
    }

    /// Where programs enter the host of this number.
    pub(super) fn place(&self, host: usize) -> Option<Place<'_>> {
        Some(Place { user: self.user.as_fd(), net: self.nets.get(host)?.as_fd() })
    }

    pub(super) fn udp(&self, host: usize, address: SocketAddr) -> Result<UdpSocket, SetupError> {
        self.ask_udp(host, address).map_err(|error| refused(address, &error))
    }

    fn ask_udp(&self, host: usize, address: SocketAddr) -> io::Result<UdpSocket> {
        let socket = UdpSocket::from(self.ask(&Request::Udp(host, address))?);
        socket.set_nonblocking(true)?;
        Ok(socket)
    }

    pub(super) fn tcp_listener(
        &self,
        host: usize,
        address: SocketAddr,
    ) -> Result<TcpListener, SetupError> {
        let ask = || {
            let listener = TcpListener::from(self.ask(&Request::Tcp(host, address))?);
            listener.set_nonblocking(true)?;
            Ok(listener)
        };
        ask().map_err(|error: io::Error| refused(address, &error))
    }

    pub(super) fn tcp_stream(&self, host: usize, to: SocketAddr) -> Result<TcpStream, SetupError> {
        let stream = self.ask(&Request::TcpTo(host, to)).map(TcpStream::from);
        stream.map_err(|error| {
            SetupError::new(format!("{to} cannot be reached"), error, "make doctor")
        })
    }

    fn ask(&self, request: &Request) -> io::Result<OwnedFd> {
        let gone = || io::Error::from(ErrorKind::UnexpectedEof);
        match self.exchange(request)? {
            (Reply::Socket, mut fds) => fds.pop().ok_or_else(gone),
            (Reply::Refused { errno }, _) => Err(io::Error::from_raw_os_error(errno)),
            (Reply::Counters(_) | Reply::Groups(_), _) => Err(gone()),
        }
    }

    fn exchange(&self, request: &Request) -> io::Result<(Reply, Vec<OwnedFd>)> {
        let gone = || io::Error::from(ErrorKind::UnexpectedEof);
        let control = &self.agent.as_ref().ok_or_else(gone)?.0;
        channel::send(control, request, &[])?;
        channel::receive(control)?.ok_or_else(gone)
    }

    /// What UDP on a host has counted.
    pub(super) fn counters(&self, host: usize) -> UdpCounters {
        match self.exchange(&Request::Counters(host)) {
            Ok((Reply::Counters(counters), _)) => counters,
            _ => UdpCounters::default(),
        }
    }

    /// The multicast groups that somebody on a host has joined.
    pub(super) fn groups(&self, host: usize) -> Vec<Ipv4Addr> {
        match self.exchange(&Request::Groups(host)) {
            Ok((Reply::Groups(groups), _)) => groups,
            _ => Vec::new(),
        }
    }

    /// Takes the kernel's queues and the link to their ends; false when something is still under
    /// way, as a packet that the link delays.
    pub(super) fn settle(&self) -> bool {
        for _ in 0..ROUNDS {
            if let Some(probe) = &self.probe {
                probe.settle();
            }
            let Some(carrier) = &self.carrier else { return true };
            // What was moved may have had an answer.
            let flushed = carrier.flush();
            if flushed.in_flight > 0 {
                return false;
            }
            if !flushed.moved {
                return true;
            }
        }
        false
    }

    /// Hands over the packets that were sent since the last call.
    pub(super) fn flights(&mut self, into: &mut impl FnMut(Flight)) {
        let mut carried = self.carried.lock().unwrap_or_else(PoisonError::into_inner);
        carried.drain(..).filter(|flight| !is_of_the_kernels(flight)).for_each(&mut *into);
        drop(carried);
        for tap in &mut self.taps {
            let probe = self.probe.as_ref();
            tap.collect(|packet| probe.is_some_and(|probe| probe.has_sent(packet)), into);
        }
    }

    /// How many packets were not seen because too many came at once.
    pub(super) fn missed(&self) -> usize {
        self.taps.iter().map(Tap::missed).sum()
    }

    /// Stops the link, if there is one, and tells what became of its packets.
    pub(super) fn finish(mut self) -> io::Result<Vec<Row>> {
        self.carrier.take().map_or(Ok(Vec::new()), Carrier::finish)
    }
}

/// A sink that keeps the first packets for whoever asks.
fn keep(carried: &Arc<Mutex<Vec<Flight>>>) -> Sink {
    let carried = carried.clone();
    Box::new(move |flight| {
        let mut carried = carried.lock().unwrap_or_else(PoisonError::into_inner);
        if carried.len() < MOST_FLIGHTS {
            carried.push(flight);
        }
    })
}

/// True for a report of who has joined which multicast group: a kernel tells them to routers by itself
/// (IGMP, RFC 3376), again and again, and at random times.
fn is_of_the_kernels(flight: &Flight) -> bool {
    const IGMP: Protocol = Protocol::Other(2);
    flight.packet().protocol() == IGMP
}

impl Drop for Private {
    fn drop(&mut self) {
        let carrier = self.carrier.take();
        // Before the agent closes them too: whoever is last pays milliseconds.
        self.taps.clear();
        dismiss(self.agent.take());
        if let Some(carrier) = carrier {
            // Packets that are under way are carried still.
            thread::spawn(move || carrier.finish());
        }
    }
}

/// Lets an agent go, which ends all in its network, and does not wait for that here.
fn dismiss(agent: Option<(OwnedFd, Child)>) {
    let Some((control, mut child)) = agent else { return };
    thread::spawn(move || {
        drop(control);
        let _ = child.wait();
    });
}

fn refused(address: SocketAddr, error: &io::Error) -> SetupError {
    SetupError::new(format!("{address} cannot be used"), error, "make doctor")
}

impl<'n> Place<'n> {
    /// Makes a command, once started, enter the network, with no rights but those it has outside.
    pub fn enter(self, command: &mut Command) -> io::Result<()> {
        sys::in_namespaces(command, self.descriptors())
    }

    /// Both descriptors, the user namespace first: it gives the right to enter the other.
    pub fn descriptors(self) -> [BorrowedFd<'n>; 2] {
        [self.user, self.net]
    }
}
