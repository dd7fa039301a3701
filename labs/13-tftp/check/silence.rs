//! What a right server does when its client falls silent.

use super::files::{content, holds, holds_only, is_absent};
use super::packet::{self, data};
use super::server::{begin, begin_to_write, serving};
use super::transfer::Transfer;
use super::{waits, wrong};
use crate::check::{Outcome, Port, Program, Stage, Wrong};

/// Nothing is heard of a client that reads.
pub(super) fn ends(stage: &Stage) -> Outcome {
    let content = content(stage, 1300);
    let (program, _) = serving(stage, &[("file", &content)])?;
    let transfer = begin(stage.client()?, "file", &content)?;
    let block = transfer.gets_data(1, &content[..packet::BLOCK], &wrong::never_resends)?;
    is_given_up(stage, program, transfer)?;
    let times = 2 + waits::more(stage, &transfer.end, &block)?;
    waits::is_often_enough(stage, "block 1", times)?;
    begin(stage.client()?, "file", &content).map(drop)
}

/// Nothing is heard any more of a client that writes, after two of its four blocks.
pub(super) fn drops_halves(stage: &Stage) -> Outcome {
    let content = content(stage, 1600);
    let (program, folder) = serving(stage, &[])?;
    let transfer = begin_to_write(stage.client()?, "letter.txt")?;
    for block in [1, 2] {
        transfer.sends(&data(block, packet::block_of(&content, block.into(), packet::BLOCK)))?;
        transfer.gets_ack(block, &Wrong::unknown)?;
    }
    is_given_up(stage, program, transfer)?;
    let path = folder.join("letter.txt");
    is_absent(stage, &path, "when the client has fallen silent", wrong::half_file())?;
    holds_only(stage, program, &folder, &[], "when the client has fallen silent")?;
    // And now it comes whole.
    begin_to_write(stage.client()?, "letter.txt")?.writes(&content)?;
    program.keeps_running()?;
    holds(stage, &path, &content)
}

/// The server ends the transfer: its port is free, and the server still there.
fn is_given_up(stage: &Stage, program: Program<'_>, transfer: Transfer<'_>) -> Outcome {
    let port = program.frees(transfer.program, waits::LIMIT)?;
    program.keeps_running()?;
    let (seen, verdict) = match port {
        Port::Free => ("", Ok(())),
        Port::Used => ("it is still in use, 13 seconds later", Err(wrong::never_ends())),
        Port::Forgotten => ("a socket is there, and nobody waits for it", Err(wrong::socket_kept())),
    };
    stage.judge("the end of a transfer whose client is silent: its port is free", seen, verdict)
}
