//! A look at a host's own loopback: packets that go there from program to program by themselves.

use std::io::IoSlice;
use std::net::IpAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use crate::evidence::{Flight, Outcome};
use crate::packet::{self, Packet, Unreachable, checksum};
use crate::sys;

/// An Ethernet header as the loopback device has it: no addresses, and IPv4.
const ETHERNET: [u8; 14] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0];

/// How many packets are taken at once: a program that sends for ever must not keep us here.
const AT_ONCE: usize = 256;

/// Reads what goes over the loopback of one host.
#[derive(Debug)]
pub(super) struct Tap {
    socket: OwnedFd,
    host: usize,
    /// Whether what is for other hosts comes here too, since no other device leads anywhere.
    leads_outside: bool,
    buffer: Vec<u8>,
}

impl Tap {
    /// A tap that reads from this packet socket, on the loopback of the host of this number.
    pub(super) fn new(socket: OwnedFd, host: usize, leads_outside: bool) -> Tap {
        Tap { socket, host, leads_outside, buffer: vec![0; 65536 + ETHERNET.len()] }
    }

    /// Hands over what was sent since the last call, without what `is_ours` says is of our own;
    /// refuses what is for the world outside. Never waits.
    pub(super) fn collect(
        &mut self,
        is_ours: impl Fn(&Packet<'_>) -> bool,
        into: &mut impl FnMut(Flight),
    ) {
        for _ in 0..AT_ONCE {
            let received = sys::receive_stamped(self.socket.as_fd(), &mut self.buffer);
            let Ok((length, at_ns)) = received else { return };
            let Some(bytes) = self.buffer.get_mut(ETHERNET.len()..length) else { continue };
            // Nobody computes checksums on the loopback. What is no IP packet has none.
            let _ = checksum::repair(bytes);
            let Ok(packet) = Packet::parse(bytes) else { continue };
            if is_ours(&packet) {
                continue;
            }
            let refusal = self.leads_outside.then(|| refusal(&packet, bytes)).flatten();
            let outcome = if refusal.is_some() { Outcome::Refused } else { Outcome::Arrived };
            if let Some(flight) = Flight::new(at_ns, Arc::from(&*bytes), self.host, outcome) {
                into(flight);
            }
            if let Some(refusal) = refusal {
                let frame = [IoSlice::new(&ETHERNET), IoSlice::new(&refusal)];
                let _ = rustix::io::writev(&self.socket, &frame);
            }
        }
    }

    /// How many packets were not seen, since this was last asked, because too many came at once.
    pub(super) fn missed(&self) -> usize {
        sys::packet_drops(self.socket.as_fd()).map_or(0, |drops| drops as usize)
    }
}

/// The answer to a packet that is for nobody here: that it is not let out.
fn refusal(packet: &Packet<'_>, bytes: &[u8]) -> Option<Vec<u8>> {
    let IpAddr::V4(to) = packet.destination().ip() else { return None };
    let inside = to.is_loopback() || to.is_multicast() || to.is_broadcast() || to.is_unspecified();
    if inside { None } else { packet::refusal(bytes, Unreachable::Prohibited) }
}
