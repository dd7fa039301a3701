//! What a right client does.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::files::{content, holds, holds_only, is_absent, write};
use super::packet::{self, Packet, ack, data, error};
use super::transfer::Transfer;
use super::{ADDRESS, HUGE, LARGE, LENGTHS, errors, options, waits, wrong};
use crate::check::{Outcome, Program, Request, Server, Sorted, Stage, Wrong};
use crate::course::Plan;

pub(super) fn checks(plan: Plan) -> Plan {
    plan.check("asks", "asks for a file as RFC 1350 says, in mode octet", asks)
        .check("fetches", "fetches a file from the port that answers, and ends", fetches)
        .needs("asks")
        .idles()
        .check("fetches-lengths", "fetches files of 0, 511, 512, 513 and 1024 bytes", lengths)
        .needs("fetches")
        .check("brings", "brings files of these lengths", brings)
        .needs("asks")
        .check("asks-again", "asks again when no answer comes", asks_again)
        .needs("fetches")
        .idles()
        .check("gives-up", "gives up when the server stays silent, and says so", waits::gives_up)
        .needs("asks-again")
        .idles()
        .check("heeds-errors", "ends with the server's ERROR, and leaves no file", heeds_errors)
        .needs("fetches")
        .check("keeps-no-half", "shows a file under its name only when it is whole", keeps_no_half)
        .needs("fetches")
        .check("fetches-once", "acknowledges a block again, and writes it once", fetches_once)
        .needs("fetches")
        .check("fetches-last", "acknowledges the last block again too", fetches_last)
        .needs("fetches")
        .check("brings-again", "sends a block again when its ACK does not come", brings_again)
        .needs("brings")
        .idles()
        .check("brings-once", "sends nothing twice because an ACK came twice", brings_once)
        .needs("brings")
        .check("brings-in-time", "sends again in time, whatever else comes", waits::brought)
        .needs_all()
        .idles()
        .check("fetches-no-other", "answers other ports with ERROR 5, and goes on", no_other)
        .needs("fetches")
        .check("says-no-error", "answers no ERROR, whoever sends it", errors::fetched)
        .needs("fetches")
        .check("fetches-in-blocks", "uses only options that the server grants", options::in_blocks)
        .needs("fetches")
        .check("bears-garbage", "does not crash when the server sends garbage", bears_garbage)
        .needs("fetches")
        .idles()
        .check("fetches-large", "fetches a file of 5 MB", fetches_large)
        .needs("fetches-once")
        .check("fetches-many", "fetches a file of more than 65535 blocks", fetches_many)
        .needs_all()
        .check("brings-many", "brings a file of more than 65535 blocks", brings_many)
        .needs_all()
}

/// The client, which was started, and the server's two ports.
#[derive(Clone, Copy)]
pub(super) struct Scene<'s> {
    stage: &'s Stage,
    program: Program<'s>,
    /// The port for requests.
    pub(super) requests: Server<'s>,
    /// That of the transfer.
    port: Server<'s>,
}

impl<'s> Scene<'s> {
    pub(super) fn set(stage: &'s Stage) -> Outcome<(Server<'s>, Server<'s>)> {
        Ok((stage.server_at(ADDRESS)?, stage.server_at_any_port("its transfer")?))
    }

    pub(super) fn play(
        stage: &'s Stage,
        (requests, port): (Server<'s>, Server<'s>),
        words: &[&str],
    ) -> Outcome<Scene<'s>> {
        let program = stage.program_with(words)?;
        Ok(Scene { stage, program, requests, port })
    }

    /// Gets a request, and tells from which port it came. `is_put` says which.
    pub(super) fn is_asked(self, is_put: bool, silent: &dyn Fn() -> Wrong) -> Outcome<Request> {
        let verb = if is_put { "write" } else { "read" };
        let what = format!("a request to {verb} \"name\", mode octet");
        self.requests.gets_among(what, |got| {
            let Some(got) = got else { return Sorted::Wrong(silent()) };
            let (is_write, asked) = match packet::read(&got.payload) {
                Packet::Read(asked) => (false, asked),
                Packet::Write(asked) => (true, asked),
                Packet::Other => return Sorted::Wrong(wrong::malformed()),
                _ => return Sorted::Wrong(Wrong::unknown()),
            };
            if !asked.is_whole || !is_mode(&asked.mode) {
                Sorted::Wrong(wrong::malformed())
            } else if !asked.mode.eq_ignore_ascii_case("octet") {
                Sorted::Wrong(wrong::netascii())
            } else if is_write == is_put && asked.name == "name" {
                Sorted::Right
            } else {
                Sorted::Wrong(Wrong::unknown())
            }
        })
    }

    /// The transfer with the client at this port. It is said what became of the first answer where
    /// nothing follows it.
    pub(super) fn with(self, client: SocketAddr) -> Transfer<'s> {
        Transfer::of(&self.port, client)
    }

    /// Why the client does not react to what came from the transfer's port.
    fn deaf(self) -> Wrong {
        let is_answer =
            |got: &[u8]| matches!(packet::read(got), Packet::Ack(_) | Packet::Data(..));
        if self.requests.has_got(is_answer) {
            wrong::stays_at_old_port()
        } else if self.port.was_refused() {
            wrong::connected()
        } else {
            Wrong::unknown()
        }
    }

    /// The client fetches this from its first block to its last.
    fn fetches(self, transfer: Transfer<'_>, content: &[u8]) -> Outcome {
        for block in 1..=packet::blocks_of(content, transfer.block_size) {
            let bytes = packet::block_of(content, block, transfer.block_size);
            transfer.sends(&data(block as u16, bytes))?;
            let is_end = bytes.is_empty();
            let silent = || if is_end { wrong::end_not_seen() } else { self.deaf() };
            transfer.gets_ack(block as u16, &silent)?;
        }
        Ok(())
    }

    /// The file is there: at once, or at least when the client has ended.
    pub(super) fn has_fetched(self, path: &PathBuf, content: &[u8]) -> Outcome {
        self.stage.comes_to_rest()?;
        if std::fs::read(path).is_ok_and(|found| found == content) {
            return Ok(());
        }
        self.program.ends_well()?;
        holds(self.stage, path, content)
    }

    /// It ends with a message and a status that says so, and leaves no file, of whatever name.
    /// `wrong` says why, where it does not end so; `left` where the file is there.
    pub(super) fn fails(self, path: &Path, wrong: &dyn Fn() -> Wrong, left: Wrong) -> Outcome {
        self.program.complains(wrong)?;
        is_absent(self.stage, path, "after that", left)?;
        let folder = self.stage.folder()?;
        holds_only(self.stage, self.program, &folder, &[], "when it has ended")
    }
}

fn is_mode(mode: &str) -> bool {
    ["octet", "netascii", "mail", "binary"].contains(&mode.to_ascii_lowercase().as_str())
}

/// A client that fetches "name", and where to.
pub(super) fn get<'s>(stage: &'s Stage, options: &[&str]) -> Outcome<(Scene<'s>, PathBuf)> {
    let path = stage.folder()?.join("fetched");
    let shown = path.to_string_lossy().into_owned();
    let words = [&["get", "name", &shown], options].concat();
    let ports = Scene::set(stage)?;
    Ok((Scene::play(stage, ports, &words)?, path))
}

/// The same, with a transfer that can begin: the client has asked.
pub(super) fn get_begun<'s>(stage: &'s Stage) -> Outcome<(Scene<'s>, PathBuf, Transfer<'s>)> {
    let (scene, path) = get(stage, &[])?;
    let client = scene.is_asked(false, &Wrong::unknown)?.from;
    Ok((scene, path, scene.with(client)))
}

/// A client that brings this content, and may.
fn put_begun<'s>(stage: &'s Stage, content: &[u8]) -> Outcome<(Scene<'s>, Transfer<'s>)> {
    let ports = Scene::set(stage)?;
    put(stage, ports, content)
}

/// The words with which a client brings this content.
pub(super) fn put_words(stage: &Stage, content: &[u8]) -> Outcome<[String; 3]> {
    let path = stage.folder()?.join("brought");
    write(&path, content)?;
    Ok(["put".to_owned(), path.to_string_lossy().into_owned(), "name".to_owned()])
}

fn put<'s>(
    stage: &'s Stage,
    ports: (Server<'s>, Server<'s>),
    content: &[u8],
) -> Outcome<(Scene<'s>, Transfer<'s>)> {
    let words = put_words(stage, content)?;
    let scene = Scene::play(stage, ports, &words.each_ref().map(String::as_str))?;
    let client = scene.is_asked(true, &Wrong::unknown)?.from;
    let transfer = scene.with(client);
    transfer.sends(&ack(0))?;
    Ok((scene, transfer))
}

fn asks(stage: &Stage) -> Outcome {
    let (scene, _) = get(stage, &[])?;
    scene.is_asked(false, &Wrong::unknown).map(drop)
}

fn fetches(stage: &Stage) -> Outcome {
    let content = content(stage, 1300);
    let (scene, path, transfer) = get_begun(stage)?;
    scene.fetches(transfer, &content)?;
    scene.program.ends_well()?;
    holds(stage, &path, &content)
}

fn lengths(stage: &Stage) -> Outcome {
    let ports = Scene::set(stage)?;
    for length in LENGTHS {
        let content = content(stage, length);
        let path = stage.folder()?.join(format!("fetched-{length}"));
        let scene = Scene::play(stage, ports, &["get", "name", &path.to_string_lossy()])?;
        let client = scene.is_asked(false, &Wrong::unknown)?.from;
        scene.fetches(scene.with(client), &content)?;
        scene.has_fetched(&path, &content)?;
    }
    Ok(())
}

fn brings(stage: &Stage) -> Outcome {
    let ports = Scene::set(stage)?;
    for length in LENGTHS {
        let content = content(stage, length);
        let (scene, transfer) = put(stage, ports, &content)?;
        for block in 1..=packet::blocks_of(&content, packet::BLOCK) {
            let bytes = packet::block_of(&content, block, packet::BLOCK);
            let is_end = bytes.is_empty() && block > 1;
            let silent = || if is_end { wrong::end_missing() } else { scene.deaf() };
            transfer.gets_data(block as u16, bytes, &silent)?;
            transfer.sends(&ack(block as u16))?;
        }
        scene.program.ends_well()?;
    }
    Ok(())
}

fn asks_again(stage: &Stage) -> Outcome {
    let content = content(stage, 100);
    let (scene, path) = get(stage, &[])?;
    scene.is_asked(false, &Wrong::unknown)?;
    // It was lost.
    let client = scene.is_asked(false, &wrong::never_resends)?.from;
    scene.fetches(scene.with(client), &content)?;
    scene.has_fetched(&path, &content)
}

fn heeds_errors(stage: &Stage) -> Outcome {
    let (scene, path, transfer) = get_begun(stage)?;
    transfer.sends(&error(1, "no such file here"))?;
    scene.fails(&path, &wrong::error_ignored, wrong::error_ignored())
}

fn keeps_no_half(stage: &Stage) -> Outcome {
    let content = content(stage, 1600);
    let (scene, path, transfer) = get_begun(stage)?;
    for block in [1, 2] {
        transfer.sends(&data(block, packet::block_of(&content, block.into(), packet::BLOCK)))?;
        transfer.gets_ack(block, &Wrong::unknown)?;
    }
    stage.comes_to_rest()?;
    is_absent(stage, &path, "after two of its four blocks", wrong::half_file())?;
    transfer.sends(&error(0, "the disk has failed"))?;
    scene.fails(&path, &wrong::error_ignored, wrong::half_file())
}

fn fetches_once(stage: &Stage) -> Outcome {
    let content = content(stage, 1300);
    let (scene, path, transfer) = get_begun(stage)?;
    for block in [1, 2, 3] {
        let data = data(block, packet::block_of(&content, block.into(), packet::BLOCK));
        transfer.sends(&data)?;
        transfer.gets_ack(block, &Wrong::unknown)?;
        if block == 2 {
            // Its ACK was lost.
            transfer.sends(&data)?;
            transfer.gets_ack(block, &wrong::not_acknowledged_again)?;
        }
    }
    scene.has_fetched(&path, &content)
}

fn fetches_last(stage: &Stage) -> Outcome {
    let content = content(stage, 511);
    let (scene, path, transfer) = get_begun(stage)?;
    scene.fetches(transfer, &content)?;
    // The last ACK was lost.
    transfer.sends(&data(1, &content))?;
    transfer.gets_ack(1, &wrong::last_ack_lost)?;
    scene.has_fetched(&path, &content)
}

fn brings_again(stage: &Stage) -> Outcome {
    let content = content(stage, 600);
    let (_, transfer) = put_begun(stage, &content)?;
    transfer.gets_data(1, &content[..packet::BLOCK], &Wrong::unknown)?;
    // Its ACK is lost: nothing is sent.
    transfer.gets_data(1, &content[..packet::BLOCK], &wrong::never_resends)?;
    transfer.sends(&ack(1))?;
    transfer.gets_data(2, &content[packet::BLOCK..], &Wrong::unknown)?;
    transfer.sends(&ack(2))
}

fn brings_once(stage: &Stage) -> Outcome {
    let content = content(stage, 20 * packet::BLOCK + 1);
    let (_, transfer) = put_begun(stage, &content)?;
    transfer.gets_data(1, &content[..packet::BLOCK], &Wrong::unknown)?;
    transfer.sends(&ack(1))?;
    transfer.sends(&ack(1))?;
    transfer.reads_doubled(stage, &content)
}

fn no_other(stage: &Stage) -> Outcome {
    let content = content(stage, 1300);
    let (scene, path, transfer) = get_begun(stage)?;
    let block = |number: u16| packet::block_of(&content, number.into(), packet::BLOCK);
    transfer.sends(&data(1, block(1)))?;
    transfer.gets_ack(1, &Wrong::unknown)?;
    let stranger = stage.stranger()?;
    stranger.sends_to(transfer.program, data(2, &[b'x'; packet::BLOCK]))?;
    stranger.gets_among("ERROR 5, to the stranger", |got| match got.map(|got| packet::read(&got.payload)) {
        Some(Packet::Error(5, _)) => Sorted::Right,
        None if self_acknowledges(scene.port) => Sorted::Wrong(wrong::believes_strangers()),
        None | Some(Packet::Error(..)) => Sorted::Wrong(wrong::strangers_not_told()),
        Some(_) => Sorted::Wrong(wrong::believes_strangers()),
    })?;
    // Nor does a stranger's ERROR end it.
    stranger.sends_to(transfer.program, error(0, "that was all"))?;
    stage.comes_to_rest()?;
    for number in [2, 3] {
        transfer.sends(&data(number, block(number)))?;
        transfer.gets_ack(number, &wrong::believes_strangers)?;
    }
    scene.has_fetched(&path, &content)
}

/// True when a block was acknowledged that only a stranger has sent.
fn self_acknowledges(port: Server<'_>) -> bool {
    port.has_got(|got| matches!(packet::read(got), Packet::Ack(2)))
}

fn bears_garbage(stage: &Stage) -> Outcome {
    let content = content(stage, 700);
    let (scene, _, transfer) = get_begun(stage)?;
    transfer.sends(&data(1, &content[..packet::BLOCK]))?;
    transfer.gets_ack(1, &Wrong::unknown)?;
    let built: [&[u8]; 7] =
        [b"", b"\0", b"\0\x03", b"\0\x03\0", b"\0\x09\0\x02", b"\0\x05\xff", b"\xff\xff\xff\xff\xff"];
    for bytes in built {
        transfer.sends(bytes)?;
    }
    transfer.sends(&data(2, &content[packet::BLOCK..]))?;
    scene.program.ends_without_a_crash()
}

fn fetches_large(stage: &Stage) -> Outcome {
    fetches_all(stage, LARGE)
}

fn fetches_many(stage: &Stage) -> Outcome {
    fetches_all(stage, HUGE)
}

fn fetches_all(stage: &Stage, length: usize) -> Outcome {
    let content = content(stage, length);
    let (scene, path, transfer) = get_begun(stage)?;
    transfer.writes_all(stage, &content)?;
    scene.has_fetched(&path, &content)
}

fn brings_many(stage: &Stage) -> Outcome {
    let content = content(stage, HUGE);
    let (scene, transfer) = put_begun(stage, &content)?;
    transfer.gets_data(1, &content[..packet::BLOCK], &Wrong::unknown)?;
    transfer.reads_all(&content)?;
    scene.program.ends_well()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_known_in_any_letters() {
        assert!(is_mode("Octet") && is_mode("NETASCII") && !is_mode("name"));
    }
}
