//! The machine's own loopback, shared by everybody on it.

use std::cell::RefCell;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::fd::AsFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr as UnixAddr, UnixListener, UnixStream};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::carrier::Flushed;
use super::link::Settings;
use super::relay::{AtWork, Relay};
use super::settle::{Probe, ROUNDS};
use crate::evidence::SetupError;
use crate::procfs;

/// The name of the turn, in the abstract namespace of `unix(7)`. It belongs to the network
/// namespace, just as the ports do, and the kernel gives it back when its holder ends.
const TURN: &[u8] = b"socklab/loopback-turn";

/// The right to use the loopback's ports.
#[derive(Debug)]
pub(super) struct Loopback {
    /// Those who wait are connected to it and see it close.
    _turn: UnixListener,
    probe: Option<Probe>,
    /// What is wrong with the link between a client and a server, where anything is.
    link: Option<Settings>,
    /// What carries between them then.
    relays: RefCell<Vec<AtWork>>,
}

impl Loopback {
    pub(super) fn take_turn(
        time: Duration,
        link: Option<Settings>,
        waiting: &mut dyn FnMut(u32),
    ) -> Result<Loopback, SetupError> {
        let deadline = Instant::now() + time;
        let mut told = false;
        let trouble =
            |error| SetupError::new("the loopback cannot be reserved", error, "make doctor");
        let name = UnixAddr::from_abstract_name(TURN).map_err(trouble)?;
        loop {
            match UnixListener::bind_addr(&name) {
                Ok(turn) => {
                    let (probe, relays) = (Probe::new(UdpSocket::bind).ok(), RefCell::default());
                    return Ok(Loopback { _turn: turn, probe, link, relays });
                }
                Err(error) if error.kind() == ErrorKind::AddrInUse => {}
                Err(error) => return Err(trouble(error)),
            }
            // Refused when the holder has just ended: then the name is free.
            let Ok(holder) = UnixStream::connect_addr(&name) else { continue };
            if !told {
                told = true;
                waiting(holder_of(&holder));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let pid = holder_of(&holder);
                return Err(SetupError::new(
                    "the loopback is taken",
                    format!("another socklab (pid {pid}) has been checking for {time:?}"),
                    format!("wait for it to end, or end it: kill {pid}"),
                ));
            }
            await_end(&holder, left);
        }
    }

    pub(super) fn must_be_free(&self, address: SocketAddr) -> Result<(), SetupError> {
        self.udp(address).map(drop)
    }

    pub(super) fn udp(&self, address: SocketAddr) -> Result<UdpSocket, SetupError> {
        take(address, || {
            let socket = UdpSocket::bind(address)?;
            socket.set_nonblocking(true)?;
            Ok(socket)
        })
    }

    pub(super) fn tcp_listener(&self, address: SocketAddr) -> Result<TcpListener, SetupError> {
        take(address, || {
            let listener = TcpListener::bind(address)?;
            listener.set_nonblocking(true)?;
            Ok(listener)
        })
    }

    /// True where what a client and a server send each other goes through a relay.
    pub(super) fn has_relay(&self) -> bool {
        self.link.is_some()
    }

    /// Puts a relay between clients and the server at that address, and says where it listens.
    pub(super) fn relay(
        &self,
        listen: SocketAddr,
        server: SocketAddr,
    ) -> Result<SocketAddr, SetupError> {
        let settings = self.link.clone().unwrap_or_default();
        let relay = Relay::open(listen, server, settings).and_then(AtWork::begin);
        let relay = relay.map_err(|error| {
            SetupError::new(format!("no relay can be put at {listen}"), error, "make doctor")
        })?;
        let address = relay.address();
        self.relays.borrow_mut().push(relay);
        Ok(address)
    }

    /// As [`Network::settle`](super::Network::settle).
    pub(super) fn settle(&self) -> bool {
        for _ in 0..ROUNDS {
            if let Some(probe) = &self.probe {
                probe.settle();
            }
            let relays = self.relays.borrow();
            let flushed: Vec<Flushed> = relays.iter().map(AtWork::flush).collect();
            if flushed.iter().any(|flushed| flushed.in_flight > 0) {
                return false;
            }
            // What was moved may have had an answer.
            if !flushed.iter().any(|flushed| flushed.moved) {
                return true;
            }
        }
        false
    }
}

fn holder_of(stream: &UnixStream) -> u32 {
    rustix::net::sockopt::socket_peercred(stream)
        .map_or(0, |peer| peer.pid.as_raw_nonzero().get() as u32)
}

/// Waits until the holder of the turn gives it back.
fn await_end(holder: &UnixStream, time: Duration) {
    let time = Timespec::try_from(time).ok();
    let holder = holder.as_fd();
    let _ = poll(&mut [PollFd::from_borrowed_fd(holder, PollFlags::IN)], time.as_ref());
}

/// Binds an address, or says who holds it.
fn take<T>(address: SocketAddr, bind: impl Fn() -> io::Result<T>) -> Result<T, SetupError> {
    let what = format!("{address} cannot be used");
    let tries = 10;
    for _ in 0..tries {
        let error = match bind() {
            Ok(socket) => return Ok(socket),
            Err(error) => error,
        };
        if error.kind() != ErrorKind::AddrInUse {
            return Err(SetupError::new(what, error, "make doctor"));
        }
        // A holder that cannot be found has let go meanwhile, or is not ours to see.
        if let Some(Some((pid, name))) = procfs::net::udp_holder(address) {
            return Err(SetupError::new(
                what,
                format!("{name} (pid {pid}) holds it"),
                format!("stop that program, then try again: kill {pid}"),
            ));
        }
    }
    Err(SetupError::new(
        what,
        "another program holds it, of another user or in another container",
        format!("find it with: sudo ss -uapn 'sport = :{}'", address.port()),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_held_names_its_holder() {
        let held = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = held.local_addr().unwrap();
        let error = take(address, || UdpSocket::bind(address)).unwrap_err();
        assert!(error.why.contains(&format!("(pid {})", std::process::id())), "{error:?}");
    }
}
