//! The partner's end of a transfer, in the words of the checks.

use std::net::SocketAddr;

use super::packet::{self, BLOCK, Packet};
use super::wrong;
use crate::check::{Outcome, Partner, Request, Sorted, Stage, Wrong};

/// How many packets are under way to a program that is to move many blocks. It finds those that it
/// would have waited for in its queue, in their order, and sees no difference. A queue has room for
/// some 160 packets of data on most machines.
const AHEAD: u32 = 120;

/// After so many blocks more are under way again, where less was better for a while.
const CALM: u32 = 1024;

/// A transfer with the program at this port.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transfer<'s> {
    pub(super) end: Partner<'s>,
    pub(super) program: SocketAddr,
    pub(super) block_size: usize,
}

impl<'s> Transfer<'s> {
    /// A transfer with the program at this port, in blocks of 512 bytes.
    pub(super) fn of(end: &Partner<'s>, program: SocketAddr) -> Transfer<'s> {
        Transfer { end: *end, program, block_size: BLOCK }
    }
}

/// Compares what a block should hold with what came.
type Compare = dyn Fn(&[u8], &[u8]) -> Result<(), Wrong>;

/// True for a number that a program has used a short while ago: it may use it again.
fn is_older(number: u16, than: u16) -> bool {
    (1..1000).contains(&than.wrapping_sub(number))
}

impl Transfer<'_> {
    pub(super) fn sends(self, payload: &[u8]) -> Outcome {
        self.end.sends_to(self.program, payload)
    }

    /// Gets this block. Older ones may come again.
    pub(super) fn gets_data(
        self,
        block: u16,
        data: &[u8],
        silent: &dyn Fn() -> Wrong,
    ) -> Outcome<Request> {
        self.gets_block(block, data, silent, &content)
    }

    /// Gets this block of a size that was agreed on.
    pub(super) fn gets_sized(self, block: u16, data: &[u8]) -> Outcome<Request> {
        self.gets_block(block, data, &Wrong::unknown, &|wanted, came| {
            match wanted.len() == came.len() {
                true => content(wanted, came),
                false => Err(wrong::options_blind()),
            }
        })
    }

    fn gets_block(
        self,
        block: u16,
        data: &[u8],
        silent: &dyn Fn() -> Wrong,
        compare: &Compare,
    ) -> Outcome<Request> {
        let what = format!("DATA {block}, {} bytes, as they are in the file", data.len());
        self.end.gets_among(what, |got| {
            let Some(got) = got else { return Sorted::Wrong(silent()) };
            match packet::read(&got.payload) {
                _ if got.from != self.program => Sorted::Wrong(Wrong::unknown()),
                // It has given up: it was waiting for something, and so were we.
                Packet::Error(..) => Sorted::Wrong(silent()),
                Packet::Data(number, came) if number == block => match compare(data, came) {
                    Ok(()) => Sorted::Right,
                    Err(wrong) => Sorted::Wrong(wrong),
                },
                Packet::Data(number, _) if number == block.swap_bytes() => {
                    Sorted::Wrong(wrong::block_order())
                }
                Packet::Data(number, _) if is_older(number, block) => Sorted::Beside,
                Packet::Data(number, _) if number > block => {
                    Sorted::Wrong(wrong::ack_ignored(number, block - 1))
                }
                // A request, an OACK, or the ACK of one, once more.
                Packet::Granted(_) | Packet::Read(_) | Packet::Write(_) if block == 1 => {
                    Sorted::Beside
                }
                _ => Sorted::Wrong(Wrong::unknown()),
            }
        })
    }

    /// Gets the ACK of this block. Those of older ones may come again.
    pub(super) fn gets_ack(self, block: u16, silent: &dyn Fn() -> Wrong) -> Outcome<Request> {
        self.end.gets_among(format!("ACK {block}"), |got| {
            let Some(got) = got else { return Sorted::Wrong(silent()) };
            match packet::read(&got.payload) {
                _ if got.from != self.program => Sorted::Wrong(Wrong::unknown()),
                // It has given up: it was waiting for something, and so were we.
                Packet::Error(..) => Sorted::Wrong(silent()),
                Packet::Ack(number) if number == block => Sorted::Right,
                Packet::Ack(number) if number == block.swap_bytes() => {
                    Sorted::Wrong(wrong::block_order())
                }
                Packet::Ack(number) if is_older(number, block) => Sorted::Beside,
                Packet::Granted(_) | Packet::Read(_) | Packet::Write(_) if block <= 1 => {
                    Sorted::Beside
                }
                _ => Sorted::Wrong(Wrong::unknown()),
            }
        })
    }

    /// Gets the blocks behind the first one, each as often as it comes, and acknowledges it as often.
    /// The ACK of the first one was sent twice.
    pub(super) fn reads_doubled(self, stage: &Stage, content: &[u8]) -> Outcome {
        let block = |number| packet::block_of(content, number, self.block_size);
        self.gets_data(2, block(2), &Wrong::unknown)?;
        // Whatever the second ACK leads to has come.
        stage.comes_to_rest()?;
        let newer = |got: &[u8]| matches!(packet::read(got), Packet::Data(3.., _));
        let verdict =
            if self.end.has_got(newer) { Err(wrong::ack_ignored(3, 1)) } else { Ok(()) };
        stage.judge("nothing behind block 2 before its ACK", "DATA 3", verdict)?;
        self.sends(&packet::ack(2))?;
        let last = packet::blocks_of(content, self.block_size) as u16;
        let mut count = 1;
        loop {
            let mut number = 0;
            self.end.gets_among("the next block", |got| {
                let Some(got) = got else { return Sorted::Wrong(Wrong::unknown()) };
                match packet::read(&got.payload) {
                    Packet::Data(came, _) => {
                        number = came;
                        Sorted::Right
                    }
                    _ => Sorted::Wrong(Wrong::unknown()),
                }
            })?;
            count += 1;
            self.sends(&packet::ack(number))?;
            if number == last {
                break;
            }
        }
        // Some may come again because the program's clock told it to, on a machine that is busy.
        let blocks = last - 1;
        let verdict = if count > blocks * 3 / 2 { Err(wrong::sends_on_old_ack()) } else { Ok(()) };
        let observed = format!("{count} packets of data with {blocks} blocks");
        stage.judge(format!("{blocks} blocks, each sent once"), observed, verdict)
    }

    /// Sends a file from its first block to its end, and gets the ACK of each block.
    pub(super) fn writes(self, content: &[u8]) -> Outcome {
        for block in 1..=packet::blocks_of(content, self.block_size) {
            let data = packet::block_of(content, block, self.block_size);
            self.sends(&packet::data(block as u16, data))?;
            let is_end = data.is_empty();
            let silent = || if is_end { wrong::end_not_seen() } else { Wrong::unknown() };
            self.gets_ack(block as u16, &silent)?;
        }
        Ok(())
    }

    /// Gets blocks behind the first, which has come, up to this one, as fast as the program sends
    /// them, and whatever they hold. The last one is not acknowledged.
    fn reads_on(self, last: u32) -> Outcome<Wrap> {
        let mut wrap = Wrap::To(0);
        let (mut got, mut sent, mut ahead) = (1, 0, AHEAD);
        // Acknowledges what is sure to come next: so the program need not wait for us.
        let acknowledge = |wrap: Wrap, got: u32, sent: &mut u32, ahead: u32, out: &mut Vec<_>| {
            // How it counts behind block 65535 shows only there.
            let known = if got < 0x1_0000 { 0xffff } else { last - 1 };
            while *sent < known.min(last - 1).min(got + ahead - 1) {
                *sent += 1;
                out.push(packet::ack(wrap.number(*sent)));
            }
        };
        let mut opening = Vec::new();
        acknowledge(wrap, got, &mut sent, ahead, &mut opening);
        self.end.streams(self.program, opening, |request, out| {
            let Packet::Data(number, _) = packet::read(&request.payload) else { return false };
            if got + 1 == 0x1_0000 && number == 1 {
                wrap = Wrap::To(1);
            }
            if number == wrap.number(got + 1) {
                got += 1;
                ahead = recovered(got, ahead);
            } else {
                // It has passed over what came too early for it.
                (sent, ahead) = (sent.min(got - 1), (ahead / 2).max(1));
            }
            acknowledge(wrap, got, &mut sent, ahead, out);
            got == last
        })?;
        Ok(if got == last { wrap } else { Wrap::EndsAt(got) })
    }

    /// Gets all of a file behind its first block, as fast as the program sends it. Only what is in the
    /// last block is looked at.
    pub(super) fn reads_all(self, content: &[u8]) -> Outcome {
        let last = packet::blocks_of(content, self.block_size) as u32;
        let wrap = self.reads_on(last - 1)?;
        let (number, before, silent): (u32, u16, Box<dyn Fn() -> Wrong>) = match wrap {
            Wrap::EndsAt(some) => (some + 1, some as u16, Box::new(move || wrong::rollover(some))),
            Wrap::To(_) => (last, wrap.number(last - 1), Box::new(Wrong::unknown)),
        };
        let data = packet::block_of(content, number as usize, self.block_size);
        self.sends(&packet::ack(before))?;
        self.gets_data(wrap.number(number), data, &*silent)?;
        self.sends(&packet::ack(wrap.number(number)))
    }

    /// Sends all of a file, as fast as the program takes it.
    pub(super) fn writes_all(self, stage: &Stage, content: &[u8]) -> Outcome {
        let block = |block: u32| packet::block_of(content, block as usize, self.block_size);
        let last = packet::blocks_of(content, self.block_size) as u32;
        let many = (last - 1).min(0xffff);
        let came = self.writes_on(content, many)?;
        let wrap = match came {
            0xffff => self.wraps(stage, block(0x1_0000))?,
            _ => Wrap::To(0),
        };
        for number in came + 1..=last {
            // That one was sent to find out its number.
            if number != 0x1_0000 {
                self.sends(&packet::data(wrap.number(number), block(number)))?;
            }
            self.gets_ack(wrap.number(number), &|| wrong::rollover(number - 1))?;
        }
        Ok(())
    }

    /// Sends block 65536 as block 0, and where the program does not want that, as block 1: tells which
    /// of them it takes.
    fn wraps(self, stage: &Stage, data: &[u8]) -> Outcome<Wrap> {
        for first in [0, 1] {
            self.sends(&packet::data(first, data))?;
            // Whatever it has to say to that has come.
            stage.comes_to_rest()?;
            if self.end.has_got(|got| packet::read(got) == Packet::Ack(first)) {
                return Ok(Wrap::To(first));
            }
        }
        Ok(Wrap::To(0))
    }

    /// Sends the blocks of a file from the first to this one, of those that have different numbers, as
    /// fast as the program acknowledges them; tells how many it has.
    fn writes_on(self, content: &[u8], last: u32) -> Outcome<u32> {
        let (mut got, mut sent, mut ahead, mut again) = (0_u32, 0, AHEAD, 0);
        let send = |got: u32, sent: &mut u32, ahead: u32, out: &mut Vec<_>| {
            while *sent < last.min(got + ahead) {
                *sent += 1;
                let data = packet::block_of(content, *sent as usize, self.block_size);
                out.push(packet::data(*sent as u16, data));
            }
        };
        let mut opening = Vec::new();
        send(got, &mut sent, ahead, &mut opening);
        self.end.streams(self.program, opening, |request, out| {
            let Packet::Ack(number) = packet::read(&request.payload) else { return false };
            if number == (got + 1) as u16 {
                got += 1;
                ahead = recovered(got, ahead);
            } else if number == got as u16 && (got == again || got >= again + ahead) {
                // As above; but what is sent twice is acknowledged twice, and that is no reason.
                (sent, ahead, again) = (got, (ahead / 2).max(2), got);
            }
            send(got, &mut sent, ahead, out);
            got == last
        })?;
        Ok(got)
    }
}

fn recovered(got: u32, ahead: u32) -> u32 {
    if got.is_multiple_of(CALM) { (2 * ahead).min(AHEAD) } else { ahead }
}

/// What follows block 65535.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrap {
    /// A block of this number, 0 or 1.
    To(u16),
    /// Nothing: so many blocks have come.
    EndsAt(u32),
}

impl Wrap {
    /// The number of a block, counted from 1.
    fn number(self, block: u32) -> u16 {
        match self {
            Wrap::To(first) if block > 0xffff => {
                let first = u32::from(first);
                ((block - 0x1_0000) % (0x1_0000 - first) + first) as u16
            }
            _ => block as u16,
        }
    }
}

/// Compares what came with what is in the file.
pub(super) fn content(wanted: &[u8], came: &[u8]) -> Result<(), Wrong> {
    if wanted == came {
        return Ok(());
    }
    let with_returns: Vec<u8> = wanted
        .iter()
        .flat_map(|byte| if *byte == b'\n' { vec![b'\r', b'\n'] } else { vec![*byte] })
        .collect();
    let without_returns: Vec<u8> = wanted.iter().copied().filter(|byte| *byte != b'\r').collect();
    let replaced =
        |bytes: &[u8]| bytes.windows(3).filter(|bytes| *bytes == "\u{fffd}".as_bytes()).count();
    // A block is cut where it is full, and a file where the last one is.
    let same = |other: &[u8]| {
        let length = other.len().min(came.len());
        length > 0 && other != wanted && other[..length] == came[..length]
    };
    Err(if replaced(came) > replaced(wanted) || same(&with_returns) || same(&without_returns) {
        wrong::text_mode()
    } else if came.len() > wanted.len() && came.starts_with(wanted) {
        wrong::end_padded()
    } else {
        Wrong::unknown()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_wrap_to_0_or_to_1() {
        for (block, to_0, to_1) in
            [(1, 1, 1), (65535, 65535, 65535), (65536, 0, 1), (65537, 1, 2), (131_071, 65535, 1)]
        {
            assert_eq!(Wrap::To(0).number(block), to_0);
            assert_eq!(Wrap::To(1).number(block), to_1, "{block}");
        }
    }

    #[test]
    fn what_differs_is_told() {
        let wanted = b"a\nb\r\nc\xff";
        assert_eq!(content(wanted, wanted), Ok(()));
        let text = wrong::text_mode();
        assert_eq!(content(wanted, b"a\r\nb\r\r\nc\xff"), Err(text.clone()));
        assert_eq!(content(wanted, b"a\nb\nc\xff"), Err(text.clone()));
        assert_eq!(content(wanted, "a\nb\r\nc\u{fffd}".as_bytes()), Err(text));
        let replaced = "replaced \u{fffd} already".as_bytes();
        assert_eq!(content(replaced, &replaced[1..]), Err(Wrong::unknown()));
        assert_eq!(content(wanted, b"a\nb\r\nc\xff\0\0"), Err(wrong::end_padded()));
        assert_eq!(content(wanted, b"else"), Err(Wrong::unknown()));
    }
}
