//! What a right program does with an ERROR: it answers none, from wherever it comes.

use super::client::get_begun;
use super::files::content;
use super::packet::{self, Packet, data, error};
use super::server::{begin, serving};
use super::wrong;
use crate::check::{Outcome, Partner, Stage, Wrong};

/// A server gets one where requests go, one from a stranger, and one from its client.
pub(super) fn served(stage: &Stage) -> Outcome {
    let content = content(stage, 1300);
    serving(stage, &[("file", &content)])?;
    let (client, stranger) = (stage.client()?, stage.client()?);
    stranger.sends(error(0, "nobody has asked"))?;
    stage.comes_to_rest()?;
    is_not_answered(stage, &stranger, "at the port for requests")?;
    let transfer = begin(client, "file", &content)?;
    stranger.sends_to(transfer.program, error(5, "no transfer of mine"))?;
    stage.comes_to_rest()?;
    is_not_answered(stage, &stranger, "from another port")?;
    transfer.sends(&error(0, "that was all"))?;
    stage.comes_to_rest()?;
    is_not_answered(stage, &client, "from the client")
}

/// A client gets one from a stranger, and one from the server.
pub(super) fn fetched(stage: &Stage) -> Outcome {
    let content = content(stage, 1300);
    let (_, _, transfer) = get_begun(stage)?;
    transfer.sends(&data(1, &content[..packet::BLOCK]))?;
    transfer.gets_ack(1, &Wrong::unknown)?;
    let stranger = stage.stranger()?;
    stranger.sends_to(transfer.program, error(5, "no transfer of mine"))?;
    stage.comes_to_rest()?;
    is_not_answered(stage, &stranger, "from another port")?;
    transfer.sends(&error(0, "the disk has failed"))?;
    stage.comes_to_rest()?;
    is_not_answered(stage, &transfer.end, "from the server")
}

fn is_not_answered(stage: &Stage, sender: &Partner<'_>, whence: &str) -> Outcome {
    let is_error = |got: &[u8]| matches!(packet::read(got), Packet::Error(..));
    let verdict = if sender.has_got(is_error) { Err(wrong::error_answered()) } else { Ok(()) };
    stage.judge(format!("no answer to an ERROR {whence}"), "an ERROR in return", verdict)
}
