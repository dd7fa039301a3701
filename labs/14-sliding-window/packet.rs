//! The packets of lab 14: given, so that the lab is about windows and not about bytes.
//!
//! ```text
//!  0        4         8       12    13
//!  | CRC-32 | transfer | number | kind | payload …
//! ```

/// How long a header is, in bytes.
const HEADER: usize = 13;

/// The most bytes of the file in one packet.
pub const MOST: usize = 1024;

/// How many packets may be under way: sent, and not acknowledged in either way.
pub const WINDOW: usize = 64;

/// How far the receiver takes packets ahead of the first that it misses.
pub const AHEAD: u32 = 256;

/// What a packet is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A transfer begins. Its number is 0.
    Begin,
    /// A piece of the file. Pieces have the numbers from 1 on.
    Data(Vec<u8>),
    /// The file is at its end. Its number is that after the last piece.
    End,
    /// All before this packet's number have come; and after it those whose bits are set.
    Ack(Here),
}

/// A packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Which transfer it belongs to: the sender has chosen a number for it.
    pub transfer: u32,
    /// Which packet it is; of an ACK, the first that has not come.
    pub number: u32,
    /// What it is.
    pub body: Body,
}

/// Which packets have come, out of the 256 from the first that has not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Here([u8; AHEAD as usize / 8]);

impl Here {
    /// Says that packet `number` has come, where `first` is the first that has not.
    pub fn set(&mut self, first: u32, number: u32) {
        let place = number.wrapping_sub(first);
        if place < AHEAD {
            self.0[place as usize / 8] |= 1 << (place % 8);
        }
    }

    /// The numbers that have come, where `first` is the first that has not.
    pub fn numbers(&self, first: u32) -> impl Iterator<Item = u32> + '_ {
        let has_come = |place: &u32| self.0[*place as usize / 8] >> (place % 8) & 1 == 1;
        (0..AHEAD).filter(has_come).map(move |place| first.wrapping_add(place))
    }
}

impl Packet {
    /// The packet as it is sent.
    pub fn bytes(&self) -> Vec<u8> {
        let (kind, payload): (u8, &[u8]) = match &self.body {
            Body::Begin => (0, &[]),
            Body::Data(piece) => (1, piece),
            Body::End => (2, &[]),
            Body::Ack(here) => (3, &here.0),
        };
        let mut bytes = vec![0; 4];
        bytes.extend(self.transfer.to_be_bytes());
        bytes.extend(self.number.to_be_bytes());
        bytes.push(kind);
        bytes.extend(payload);
        let sum = crc32(&bytes[4..]);
        bytes[..4].copy_from_slice(&sum.to_be_bytes());
        bytes
    }

    /// Reads what has come; `None` when it is damaged, or no packet at all.
    pub fn read(bytes: &[u8]) -> Option<Packet> {
        let (header, payload) = bytes.split_at_checked(HEADER)?;
        let word = |at: usize| header.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
        if word(0)? != crc32(&bytes[4..]) {
            return None;
        }
        let body = match (header[12], payload.len()) {
            (0, 0) => Body::Begin,
            (1, 1..=MOST) => Body::Data(payload.to_vec()),
            (2, 0) => Body::End,
            (3, _) => Body::Ack(Here(payload.try_into().ok()?)),
            _ => return None,
        };
        Some(Packet { transfer: word(4)?, number: word(8)?, body })
    }
}

/// The checksum of Ethernet and of zip files; Python has it as `zlib.crc32`.
pub fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| TABLE[usize::from(sum as u8 ^ byte)] ^ (sum >> 8);
    !bytes.iter().fold(!0, step)
}

/// What the sum of each single byte is.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut sum = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 };
            bit += 1;
        }
        table[byte] = sum;
        byte += 1;
    }
    table
};
