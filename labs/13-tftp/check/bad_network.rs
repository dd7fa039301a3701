//! What a right server does when packets are lost, come twice, come from others, or are none.

use super::files::{content, holds};
use super::packet::{self, Packet, ack, data, error, request};
use super::server::{READ, answer, begin, begin_to_write, first_block, serving};
use super::wrong;
use crate::check::{Client, Outcome, Request, Stage, Wrong};

pub(super) fn sends_again(stage: &Stage) -> Outcome {
    let content = content(stage, 600);
    serving(stage, &[("file", &content)])?;
    let client = stage.client()?;
    let transfer = begin(client, "file", &content)?;
    // Its ACK is lost: nothing is sent.
    transfer.gets_data(1, &content[..packet::BLOCK], &wrong::never_resends)?;
    transfer.sends(&ack(1))?;
    transfer.gets_data(2, &content[packet::BLOCK..], &Wrong::unknown)?;
    transfer.sends(&ack(2))
}

pub(super) fn sends_once(stage: &Stage) -> Outcome {
    let content = content(stage, 20 * packet::BLOCK + 1);
    serving(stage, &[("file", &content)])?;
    let transfer = begin(stage.client()?, "file", &content)?;
    // One ACK comes twice, as when a slow network makes the server send a block twice.
    transfer.sends(&ack(1))?;
    transfer.sends(&ack(1))?;
    transfer.reads_doubled(stage, &content)
}

pub(super) fn again(stage: &Stage) -> Outcome {
    let content = content(stage, 1300);
    let (program, folder) = serving(stage, &[])?;
    let transfer = begin_to_write(stage.client()?, "file")?;
    for block in [1, 2, 3] {
        let data = data(block, packet::block_of(&content, block.into(), packet::BLOCK));
        transfer.sends(&data)?;
        transfer.gets_ack(block, &Wrong::unknown)?;
        if block == 2 {
            transfer.sends(&data)?;
            transfer.gets_ack(block, &wrong::not_acknowledged_again)?;
        }
    }
    program.keeps_running()?;
    holds(stage, &folder.join("file"), &content)
}

pub(super) fn last_ack(stage: &Stage) -> Outcome {
    let content = content(stage, 700);
    let (program, folder) = serving(stage, &[])?;
    let transfer = begin_to_write(stage.client()?, "file")?;
    transfer.writes(&content)?;
    // The last ACK was lost.
    transfer.sends(&data(2, &content[packet::BLOCK..]))?;
    transfer.gets_ack(2, &wrong::last_ack_lost)?;
    program.keeps_running()?;
    holds(stage, &folder.join("file"), &content)
}

pub(super) fn strangers(stage: &Stage) -> Outcome {
    let content = content(stage, 1300);
    let (program, folder) = serving(stage, &[("file", &content)])?;
    let (client, stranger) = (stage.client()?, stage.client()?);
    let transfer = begin(client, "file", &content)?;
    // A stranger acknowledges a block that the client has not got.
    stranger.sends_to(transfer.program, ack(1))?;
    let is_next = |got: &[u8]| matches!(packet::read(got), Packet::Data(2, _));
    let silent = || match client.has_got(is_next) {
        true => wrong::believes_strangers(),
        false => wrong::strangers_not_told(),
    };
    stranger_is_told(stranger, &silent)?;
    stage.comes_to_rest()?;
    let verdict = if client.has_got(is_next) { Err(wrong::believes_strangers()) } else { Ok(()) };
    stage.judge("nothing for the client before its own ACK", "DATA 2 for the client", verdict)?;
    // Nor does a stranger's ERROR end the transfer.
    stranger.sends_to(transfer.program, error(0, "that was all"))?;
    stage.comes_to_rest()?;
    for block in [2, 3] {
        transfer.sends(&ack(block - 1))?;
        let data = packet::block_of(&content, block.into(), packet::BLOCK);
        transfer.gets_data(block, data, &wrong::believes_strangers)?;
    }
    transfer.sends(&ack(3))?;
    // And one brings a block of its own into a file.
    let transfer = begin_to_write(client, "new")?;
    let stranger = stage.client()?;
    stranger.sends_to(transfer.program, data(1, &[b'x'; packet::BLOCK]))?;
    stranger_is_told(stranger, &wrong::believes_strangers)?;
    transfer.writes(&content)?;
    program.keeps_running()?;
    holds(stage, &folder.join("new"), &content)
}

fn stranger_is_told(stranger: Client<'_>, silent: &dyn Fn() -> Wrong) -> Outcome {
    let is_told = |_: &Request, packet: Packet<'_>| match packet {
        Packet::Error(5, _) => Ok(()),
        Packet::Error(..) => Err(wrong::strangers_not_told()),
        _ => Err(wrong::believes_strangers()),
    };
    answer(stranger, "ERROR 5, to the stranger", is_told, silent).map(drop)
}

pub(super) fn serves_many(stage: &Stage) -> Outcome {
    let (one, other) = (content(stage, 1300), content(stage, 1200));
    let (program, folder) = serving(stage, &[("one", &one), ("other", &other)])?;
    let first = begin(stage.client()?, "one", &one)?;
    let client = stage.client()?;
    client.sends(request(READ, "other", "octet", &[]))?;
    let second = first_block(client, &other, &wrong::one_at_a_time)?;
    let third = begin_to_write(stage.client()?, "new")?;
    for block in [2, 3] {
        for (transfer, content) in [(first, &one), (second, &other)] {
            transfer.sends(&ack(block - 1))?;
            let data = packet::block_of(content, block.into(), packet::BLOCK);
            transfer.gets_data(block, data, &wrong::one_at_a_time)?;
        }
    }
    third.writes(&one)?;
    program.keeps_running()?;
    holds(stage, &folder.join("new"), &one)
}

pub(super) fn serves_on(stage: &Stage) -> Outcome {
    let content = content(stage, 600);
    serving(stage, &[("file", &content)])?;
    let client = stage.client()?;
    let mut rng = fastrand::Rng::with_seed(stage.message().len() as u64);
    let random: Vec<Vec<u8>> = (0..20).map(|_| (0..rng.usize(..60)).map(|_| rng.u8(..)).collect())
        .collect();
    let built: [&[u8]; 12] = [
        b"",
        b"\0",
        b"\0\x01",
        b"\0\x01file",
        b"\0\x01file\0octet",
        b"\0\x01\0\0",
        b"\0\x01\xff\xfe\0octet\0",
        b"\0\x01file\0octet\0blksize\0",
        b"\0\x01file\0octet\0blksize\0-1\0tsize\0x\0",
        b"\0\x03\0\x01data",
        b"\0\x04\0",
        b"\0\x09file\0octet\0",
    ];
    let all: Vec<&[u8]> = built.into_iter().chain(random.iter().map(Vec::as_slice)).collect();
    client.throws(&all)?;
    // In the middle of a transfer too.
    let transfer = begin(stage.client()?, "file", &content)?;
    for bytes in [&b""[..], b"\0", b"\0\x04", b"\0\x04\x01", b"\xff\xff\xff\xff\xff"] {
        transfer.sends(bytes)?;
    }
    transfer.sends(&error(0, "that was all"))?;
    begin(stage.client()?, "file", &content).map(drop)
}
