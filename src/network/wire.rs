//! The end of a host's device that socklab holds: packets come out of it and go in.

use std::io::IoSlice;
use std::ops::Range;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use serde::{Deserialize, Serialize};

/// What a frame on a wire begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Framing {
    /// The IP header: a TUN device.
    Ip,
    /// An Ethernet header: a packet socket.
    Ethernet,
}

/// The address that every host has on Ethernet: each is alone with socklab, so that a frame to
/// itself is a frame to the other end.
pub(super) const ETHERNET_ADDRESS: [u8; 6] = [2, 0, 0, 0, 0, 1];

/// The header of every frame that is written: from that address to that address, IPv4.
const ETHERNET: [u8; 14] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 8, 0];

/// With what the header of an IPv4 packet ends.
const IPV4: [u8; 2] = [8, 0];

/// An end that socklab holds.
#[derive(Debug)]
pub(super) struct Wire {
    end: OwnedFd,
    framing: Framing,
}

impl Wire {
    pub(super) fn new(end: OwnedFd, framing: Framing) -> Wire {
        Wire { end, framing }
    }

    /// Where in the buffer the next packet is that came out, if there is one; never waits. What is no
    /// IPv4 packet is empty.
    pub(super) fn read(&self, buffer: &mut [u8]) -> Option<Range<usize>> {
        let length = rustix::io::read(&self.end, &mut *buffer).ok()?;
        let start = match self.framing {
            Framing::Ip => 0,
            Framing::Ethernet => ETHERNET.len(),
        };
        let is_ipv4 = self.framing == Framing::Ip || buffer[..length.min(start)].ends_with(&IPV4);
        Some(if is_ipv4 { start..length } else { 0..0 })
    }

    /// Puts a packet in. A full device drops what comes, as devices do.
    pub(super) fn write(&self, packet: &[u8]) {
        let _ = match self.framing {
            Framing::Ip => rustix::io::write(&self.end, packet),
            Framing::Ethernet => {
                rustix::io::writev(&self.end, &[IoSlice::new(&ETHERNET), IoSlice::new(packet)])
            }
        };
    }
}

impl AsFd for Wire {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.end.as_fd()
    }
}
