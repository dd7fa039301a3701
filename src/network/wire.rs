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
        Some(content(self.framing, &buffer[..length]))
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

/// Where in a frame the packet is, if it is one of IPv4.
fn content(framing: Framing, frame: &[u8]) -> Range<usize> {
    match framing {
        Framing::Ip => 0..frame.len(),
        Framing::Ethernet => match frame.get(..ETHERNET.len()) {
            Some(header) if header.ends_with(&IPV4) => ETHERNET.len()..frame.len(),
            _ => 0..0,
        },
    }
}

impl AsFd for Wire {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.end.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::damage;

    #[test]
    fn a_frame_that_is_shorter_than_its_header_holds_nothing() {
        assert_eq!(content(Framing::Ethernet, &[2, 0, 8, 0]), 0..0);
        assert_eq!(content(Framing::Ethernet, &[&ETHERNET[..], &[0x45]].concat()), 14..15);
        assert_eq!(content(Framing::Ip, &[0x45]), 0..1);
    }

    proptest! {
        #[test]
        fn what_a_frame_holds_lies_within_it(frame in damage::noise()) {
            for framing in [Framing::Ip, Framing::Ethernet] {
                prop_assert!(frame.get(content(framing, &frame)).is_some());
            }
        }
    }
}
