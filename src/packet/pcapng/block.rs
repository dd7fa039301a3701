//! The blocks of a pcapng file (draft-ietf-opsawg-pcapng, sections 3 and 4).

use std::io;

use super::{Direction, Record};

// Types of blocks, sections 4.1 to 4.3.
const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const PACKET: u32 = 6;

// Options: their codes are counted for each type of block, from 2 on; 0 and 1 are everywhere.
const END: u16 = 0;
const COMMENT: u16 = 1;
const SECTION_APPLICATION: u16 = 4;
const INTERFACE_NAME: u16 = 2;
const INTERFACE_DESCRIPTION: u16 = 3;
const INTERFACE_RESOLUTION: u16 = 9;
const PACKET_FLAGS: u16 = 2;

/// A block on its way: type, length, body, and the length once more, all little-endian.
pub(super) struct Block(Vec<u8>);

impl Block {
    pub fn section_header(application: &str) -> Self {
        let mut block = Block::new(SECTION_HEADER);
        block.u32(0x1a2b_3c4d); // tells the order of bytes
        block.u16(1); // version 1.0
        block.u16(0);
        block.0.extend((-1i64).to_le_bytes()); // the length of the section is not known
        block.option(SECTION_APPLICATION, cut(application).as_bytes());
        block.option(END, &[]);
        block
    }

    pub fn interface(
        link_type: u16,
        snap_length: u32,
        name: &str,
        description: Option<&str>,
    ) -> Self {
        let mut block = Block::new(INTERFACE);
        block.u16(link_type);
        block.u16(0);
        block.u32(snap_length);
        block.option(INTERFACE_NAME, cut(name).as_bytes());
        if let Some(text) = description {
            block.option(INTERFACE_DESCRIPTION, cut(text).as_bytes());
        }
        block.option(INTERFACE_RESOLUTION, &[9]); // times are in units of 10^-9 s
        block.option(END, &[]);
        block
    }

    /// An enhanced packet block; `link` is put before the packet.
    pub fn packet(interface: u32, link: &[u8], record: &Record<'_>) -> Self {
        let mut block = Block::new(PACKET);
        block.0.reserve(record.bytes.len() + record.comment.map_or(0, str::len) + 64);
        block.u32(interface);
        block.u32((record.at_ns >> 32) as u32);
        block.u32(record.at_ns as u32);
        block.u32((link.len() + record.bytes.len()) as u32);
        block.u32((link.len() as u32).saturating_add(record.original_len()));
        block.0.extend(link);
        block.0.extend(record.bytes);
        block.pad();
        if let Some(text) = record.comment {
            block.option(COMMENT, cut(text).as_bytes());
        }
        if let Some(direction) = record.direction {
            let bits = match direction {
                Direction::Inbound => 1u32,
                Direction::Outbound => 2,
            };
            block.option(PACKET_FLAGS, &bits.to_le_bytes());
        }
        block.option(END, &[]);
        block
    }

    fn new(kind: u32) -> Self {
        let mut block = Block(Vec::new());
        block.u32(kind);
        block.u32(0); // the length, once it is known
        block
    }

    fn u16(&mut self, number: u16) {
        self.0.extend(number.to_le_bytes());
    }

    fn u32(&mut self, number: u32) {
        self.0.extend(number.to_le_bytes());
    }

    /// Code, length without padding, value (section 3.5).
    fn option(&mut self, code: u16, value: &[u8]) {
        self.u16(code);
        self.u16(value.len() as u16);
        self.0.extend(value);
        self.pad();
    }

    fn pad(&mut self) {
        self.0.resize(self.0.len().next_multiple_of(4), 0);
    }

    /// Gives the block its length, and writes it at once.
    pub fn write(mut self, out: &mut impl io::Write) -> io::Result<()> {
        let len = self.0.len() as u32 + 4;
        self.u32(len);
        self.0[4..8].copy_from_slice(&len.to_le_bytes());
        out.write_all(&self.0)
    }
}

/// As much of a text as an option has room for.
fn cut(text: &str) -> &str {
    const MOST: usize = u16::MAX as usize;
    if text.len() <= MOST {
        return text;
    }
    // A character has four bytes at most, so one of the last places is between two.
    let end = (MOST - 3..=MOST).rev().find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or(0)]
}
