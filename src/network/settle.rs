//! Knowing that what was sent has arrived.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::packet::{Packet, Protocol};

/// How long one datagram of our own may take.
const DEADLINE: Duration = Duration::from_secs(1);

/// How often packets are looked for again before it counts that some are always under way.
pub(super) const ROUNDS: usize = 100;

/// Two sockets of our own in a network.
#[derive(Debug)]
pub(super) struct Probe {
    from: UdpSocket,
    to: UdpSocket,
    /// Their ports.
    ports: [u16; 2],
}

impl Probe {
    /// A probe of two sockets, each made by `udp`. Their calls never wait.
    pub(super) fn new(udp: impl Fn(SocketAddr) -> io::Result<UdpSocket>) -> io::Result<Probe> {
        Probe::at(Ipv4Addr::LOCALHOST.into(), udp)
    }

    /// One that goes over IPv6's loopback.
    pub(super) fn over_ipv6(
        udp: impl Fn(SocketAddr) -> io::Result<UdpSocket>,
    ) -> io::Result<Probe> {
        Probe::at(Ipv6Addr::LOCALHOST.into(), udp)
    }

    fn at(address: IpAddr, udp: impl Fn(SocketAddr) -> io::Result<UdpSocket>) -> io::Result<Probe> {
        let any = SocketAddr::from((address, 0));
        let (from, to) = (udp(any)?, udp(any)?);
        let ports = [from.local_addr()?.port(), to.local_addr()?.port()];
        from.connect(to.local_addr()?)?;
        to.connect(from.local_addr()?)?;
        for socket in [&from, &to] {
            socket.set_nonblocking(true)?;
        }
        Ok(Probe { from, to, ports })
    }

    /// Whether a packet is one of this probe's.
    pub(super) fn has_sent(&self, packet: &Packet<'_>) -> bool {
        let [from, to] = self.ports.map(Some);
        packet.protocol() == Protocol::Udp
            && packet.source().port() == from
            && packet.destination().port() == to
    }

    /// Returns when every datagram that was sent before this call is in its receiver's queue.
    ///
    /// A datagram waits in the queue of the processor that sent it until that processor delivers
    /// it, which is at once unless the machine is very busy; a link carries one after the other. All
    /// these queues are first in, first out: a datagram of our own through each of them comes after
    /// all that was there.
    pub(super) fn settle(&self) {
        let Ok(home) = sched_getaffinity(None) else { return };
        for cpu in (0..CpuSet::MAX_CPU).filter(|&cpu| home.is_set(cpu)) {
            let mut only = CpuSet::new();
            only.set(cpu);
            if sched_setaffinity(None, &only).is_ok() && self.from.send(b"settle").is_ok() {
                self.await_one();
            }
        }
        let _ = sched_setaffinity(None, &home);
    }

    fn await_one(&self) {
        let deadline = Instant::now() + DEADLINE;
        while self.to.recv(&mut [0; 16]).is_err() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let left = Timespec::try_from(left).ok();
            let _ = poll(&mut [PollFd::new(&self.to, PollFlags::IN)], left.as_ref());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_before_settling_has_arrived_after_it() {
        let probe = Probe::new(UdpSocket::bind).unwrap();
        let (from, to) =
            (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        to.set_nonblocking(true).unwrap();
        for round in 0..200u32 {
            from.send_to(&round.to_ne_bytes(), to.local_addr().unwrap()).unwrap();
            probe.settle();
            let mut bytes = [0; 4];
            assert_eq!(to.recv(&mut bytes).unwrap(), 4);
            assert_eq!(u32::from_ne_bytes(bytes), round);
        }
    }
}
