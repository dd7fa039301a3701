//! The header of TCP (RFC 9293, section 3.1).

use std::fmt;

use super::ip::at_least;
use super::malformed::{Malformed, head, split};
use super::protocol::Ports;

/// The fields of a TCP header, as they stand there: numbers are not relative to the connection's
/// first, and the window is not scaled (RFC 7323).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tcp {
    /// The sequence number of the first byte of the payload, or of SYN.
    pub seq: u32,
    /// The number of the next byte that is expected from the other side, where ACK is set.
    pub ack: Option<u32>,
    /// How much more the sender of this segment would take.
    pub window: u16,
    /// The control bits.
    pub flags: TcpFlags,
}

/// The control bits of a TCP segment. Their `Display` is as in RFC 9293: `SYN,ACK`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpFlags(u8);

impl TcpFlags {
    const FIN: u8 = 0x01;
    const SYN: u8 = 0x02;
    const RST: u8 = 0x04;
    const PSH: u8 = 0x08;
    const ACK: u8 = 0x10;

    /// From the lowest bit on.
    const NAMES: [&str; 8] = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"];

    /// No more data from the sender.
    pub fn fin(self) -> bool {
        self.0 & Self::FIN != 0
    }

    /// A connection begins.
    pub fn syn(self) -> bool {
        self.0 & Self::SYN != 0
    }

    /// The connection is broken off, or there is none.
    pub fn rst(self) -> bool {
        self.0 & Self::RST != 0
    }

    /// The data is to be handed to the application at once.
    pub fn psh(self) -> bool {
        self.0 & Self::PSH != 0
    }

    /// The acknowledgment number counts.
    pub fn ack(self) -> bool {
        self.0 & Self::ACK != 0
    }

    /// All eight, from FIN, the lowest, to CWR.
    pub fn bits(self) -> u8 {
        self.0
    }
}

impl fmt::Display for TcpFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = Self::NAMES.iter().enumerate().filter(|(bit, _)| self.0 >> bit & 1 == 1);
        for (nth, (_, name)) in set.enumerate() {
            if nth > 0 {
                f.write_str(",")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}

/// The ports, the other fields, and the payload behind the options.
pub(super) fn parse(segment: &[u8]) -> Result<(Ports, Tcp, &[u8]), Malformed> {
    let fixed: &[u8; 20] = head(segment, "TCP header")?;
    let header_len = usize::from(fixed[12] >> 4) * 4;
    at_least(header_len, 20, "TCP header")?;
    let (_, payload) = split(segment, header_len, "TCP header")?;
    let flags = TcpFlags(fixed[13]);
    let ack = u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]);
    let tcp = Tcp {
        seq: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
        ack: flags.ack().then_some(ack),
        window: u16::from_be_bytes([fixed[14], fixed[15]]),
        flags,
    };
    Ok((Ports::read(&[fixed[0], fixed[1], fixed[2], fixed[3]]), tcp, payload))
}
