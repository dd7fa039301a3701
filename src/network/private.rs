//! A network of its own for one check: a network namespace that an agent made, in a process beside.
//!
//! Programs enter it before they are started, and peers get ordinary sockets that live in it.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::{Child, Command, Stdio};
use std::thread;

use super::Place;
use super::agent::{self, Made, Reply, Request};
use super::denied::Denied;
use super::settle::Probe;
use crate::evidence::SetupError;
use crate::{channel, sys};

/// A private network. Dropping it ends everything in it, behind the caller's back.
#[derive(Debug)]
pub(super) struct Private {
    agent: Option<(OwnedFd, Child)>,
    user: OwnedFd,
    net: OwnedFd,
    probe: Option<Probe>,
}

impl Private {
    /// Makes a network whose packets go from program to program by themselves.
    pub(super) fn open() -> Result<Private, Denied> {
        Ok(Private::make(None)?.0)
    }

    /// Makes a network whose packets come out of a device, and go in there again.
    pub(super) fn open_with_device() -> Result<(Private, OwnedFd), Denied> {
        let (private, device) = Private::make(Some(agent::LINK))?;
        let device = device.ok_or_else(|| Denied::from(io::Error::from(ErrorKind::NotFound)))?;
        Ok((private, device))
    }

    fn make(kind: Option<&str>) -> Result<(Private, Option<OwnedFd>), Denied> {
        let (control, theirs) = channel::pair()?;
        let agent = Command::new(std::env::current_exe()?)
            .arg(agent::NAME)
            .args(kind)
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut agent = Some((control, agent));
        match Private::receive(&mut agent) {
            Ok(made) => Ok(made),
            Err(denied) => {
                dismiss(agent);
                Err(denied)
            }
        }
    }

    fn receive(agent: &mut Option<(OwnedFd, Child)>) -> Result<(Private, Option<OwnedFd>), Denied> {
        let gone = || Denied::from(io::Error::from(ErrorKind::UnexpectedEof));
        let control = &agent.as_ref().ok_or_else(gone)?.0;
        let (made, fds) = channel::receive(control)?.ok_or_else(gone)?;
        if let Made::Failed { step, errno, why } = made {
            return Err(Denied { step, why, errno });
        }
        let mut fds = fds.into_iter();
        let (Some(user), Some(net)) = (fds.next(), fds.next()) else { return Err(gone()) };
        let device = fds.next();
        let mut private = Private { agent: agent.take(), user, net, probe: None };
        // A datagram of ours on the link would be seen there, and shift the others.
        if device.is_none() {
            private.probe = Some(Probe::new(|address| private.ask_udp(address))?);
        }
        Ok((private, device))
    }

    /// Where programs enter.
    pub(super) fn place(&self) -> Place<'_> {
        Place { user: self.user.as_fd(), net: self.net.as_fd() }
    }

    pub(super) fn udp(&self, address: SocketAddr) -> Result<UdpSocket, SetupError> {
        self.ask_udp(address).map_err(|error| refused(address, &error))
    }

    fn ask_udp(&self, address: SocketAddr) -> io::Result<UdpSocket> {
        let socket = UdpSocket::from(self.ask(&Request::Udp(address))?);
        socket.set_nonblocking(true)?;
        Ok(socket)
    }

    pub(super) fn tcp_listener(&self, address: SocketAddr) -> Result<TcpListener, SetupError> {
        let ask = || {
            let listener = TcpListener::from(self.ask(&Request::Tcp(address))?);
            listener.set_nonblocking(true)?;
            Ok(listener)
        };
        ask().map_err(|error: io::Error| refused(address, &error))
    }

    fn ask(&self, request: &Request) -> io::Result<OwnedFd> {
        let gone = || io::Error::from(ErrorKind::UnexpectedEof);
        let control = &self.agent.as_ref().ok_or_else(gone)?.0;
        channel::send(control, request, &[])?;
        let (reply, mut fds) = channel::receive(control)?.ok_or_else(gone)?;
        match reply {
            Reply::Refused { errno } => Err(io::Error::from_raw_os_error(errno)),
            Reply::Socket => fds.pop().ok_or_else(gone),
        }
    }

    pub(super) fn settle(&self) {
        if let Some(probe) = &self.probe {
            probe.settle();
        }
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        dismiss(self.agent.take());
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
