//! What a right server does.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use super::files::{content, done, holds, holds_only, is_absent, write};
use super::packet::{self, Packet, ack, data, error, request};
use super::transfer::Transfer;
use super::{ADDRESS, HUGE, LARGE, LENGTHS, bad_network, errors, options, silence, waits, wrong};
use crate::check::{Client, Outcome, Program, Request, Sorted, Stage, Wrong};
use crate::course::Plan;

pub(super) const READ: u8 = 1;
pub(super) const WRITE: u8 = 2;

pub(super) fn checks(plan: Plan) -> Plan {
    plan.check("is-bound", "binds a UDP socket to 127.0.0.1:6969", is_bound)
        .check("sends-a-file", "sends a file block by block, from a new port", sends_a_file)
        .needs("is-bound")
        .check("ends-files", "ends files of 0, 511, 512, 513 and 1024 bytes rightly", ends_files)
        .needs("sends-a-file")
        .check("takes-files", "takes files of these lengths as they are", takes_files)
        .needs("sends-a-file")
        .check("whole-or-not", "shows a file under its name only when it is whole", whole_or_not)
        .needs("takes-files")
        .check("says-not-found", "answers with ERROR 1 when there is no such file", says_not_found)
        .needs("sends-a-file")
        .check("stays-inside", "refuses names that lead out of its folder", stays_inside)
        .needs("sends-a-file")
        .check("octet-only", "refuses netascii, and takes octet in any letters", octet_only)
        .needs("sends-a-file")
        .check("passes-over-options", "passes over options that it does not know", options::unknown_options)
        .needs("sends-a-file")
        .check("keeps-to-options", "keeps to what it grants: blksize, timeout, tsize", options::keeps)
        .needs("passes-over-options")
        .check("sends-again", "sends a block again when its ACK does not come", bad_network::sends_again)
        .needs("sends-a-file")
        .idles()
        .check("ends-silence", "ends a transfer whose client is silent, and serves on", silence::ends)
        .needs("sends-again")
        .idles()
        .check("drops-halves", "drops a file when its client falls silent", silence::drops_halves)
        .needs("whole-or-not")
        .idles()
        .check("sends-once", "sends nothing twice because an ACK came twice", bad_network::sends_once)
        .needs("sends-a-file")
        .check("sends-in-time", "sends again in time, whatever else comes", waits::served)
        .needs_all()
        .idles()
        .check("acknowledges-again", "acknowledges a block again, and writes it once", bad_network::again)
        .needs("takes-files")
        .check("last-ack", "acknowledges the last block again too", bad_network::last_ack)
        .needs("takes-files")
        .check("strangers", "answers other ports with ERROR 5, and goes on", bad_network::strangers)
        .needs("sends-a-file")
        .check("answers-no-error", "answers no ERROR, whoever sends it", errors::served)
        .needs("sends-a-file")
        .check("serves-many", "serves several clients at the same time", bad_network::serves_many)
        .needs("sends-a-file")
        .check("serves-on", "serves on after packets that are none", bad_network::serves_on)
        .needs("sends-a-file")
        .check("large-file", "sends a file of 5 MB", large_file)
        .needs("sends-once")
        .check("many-blocks", "sends a file of more than 65535 blocks", many_blocks)
        .needs_all()
        .check("takes-many", "takes a file of more than 65535 blocks", takes_many)
        .needs_all()
}

/// The server, which runs, and its folder. In that lie these files, and beside it one that is
/// nobody's business.
pub(super) fn serving<'s>(stage: &'s Stage, files: &[(&str, &[u8])]) -> Outcome<(Program<'s>, PathBuf)> {
    let folder = stage.folder()?.join("served");
    done(fs::create_dir_all(&folder))?;
    for (name, content) in files {
        write(&folder.join(name), content)?;
    }
    let program = stage.program_with(&[&folder])?;
    program.is_bound_to(ADDRESS)?;
    Ok((program, folder))
}

/// Gets the first answer to a request, from whatever port.
pub(super) fn answer(
    client: Client<'_>,
    what: &str,
    judge: impl Fn(&Request, Packet<'_>) -> Result<(), Wrong>,
    silent: &dyn Fn() -> Wrong,
) -> Outcome<Request> {
    client.gets_among(what, |got| match got {
        None => Sorted::Wrong(silent()),
        Some(got) => match judge(got, packet::read(&got.payload)) {
            Ok(()) => Sorted::Right,
            Err(wrong) => Sorted::Wrong(wrong),
        },
    })
}

/// Asks to read a file, and gets its first block: the transfer is begun.
pub(super) fn begin<'s>(client: Client<'s>, name: &str, content: &[u8]) -> Outcome<Transfer<'s>> {
    client.sends(request(READ, name, "octet", &[]))?;
    first_block(client, content, &Wrong::unknown)
}

pub(super) fn first_block<'s>(
    client: Client<'s>,
    content: &[u8],
    silent: &dyn Fn() -> Wrong,
) -> Outcome<Transfer<'s>> {
    let wanted = packet::block_of(content, 1, packet::BLOCK);
    let what = format!("DATA 1, {} bytes, from a new port", wanted.len());
    let is_first = |got: &Request, packet: Packet<'_>| match packet {
        Packet::Data(1, _) if got.from.to_string() == ADDRESS => Err(wrong::one_port()),
        Packet::Data(1, came) => super::transfer::content(wanted, came),
        Packet::Data(0x0100, _) => Err(wrong::block_order()),
        _ => Err(Wrong::unknown()),
    };
    let got = answer(client, &what, is_first, silent)?;
    Ok(Transfer::of(&client, got.from))
}

/// Asks to write a file, and is allowed to.
pub(super) fn begin_to_write<'s>(client: Client<'s>, name: &str) -> Outcome<Transfer<'s>> {
    client.sends(request(WRITE, name, "octet", &[]))?;
    let is_allowed = |got: &Request, packet: Packet<'_>| match packet {
        Packet::Ack(0) if got.from.to_string() == ADDRESS => Err(wrong::one_port()),
        Packet::Ack(0) => Ok(()),
        _ => Err(Wrong::unknown()),
    };
    let got = answer(client, "ACK 0, from a new port", is_allowed, &Wrong::unknown)?;
    Ok(Transfer::of(&client, got.from))
}

/// Gets an ERROR with this code; any will do where none is named.
fn refused(client: Client<'_>, wanted: Option<u16>, wrong: &dyn Fn() -> Wrong) -> Outcome {
    let what = wanted.map_or("an ERROR".to_owned(), |code| format!("ERROR {code}"));
    let is_error = |_: &Request, packet: Packet<'_>| match packet {
        Packet::Error(code, _) if wanted.is_none_or(|wanted| code == wanted) => Ok(()),
        Packet::Error(code, _) => Err(wrong::error_code(code)),
        _ => Err(wrong()),
    };
    answer(client, &what, is_error, &wrong::error_missing).map(drop)
}

fn is_bound(stage: &Stage) -> Outcome {
    serving(stage, &[]).map(drop)
}

fn sends_a_file(stage: &Stage) -> Outcome {
    let content = content(stage, 1300);
    let (program, _) = serving(stage, &[("file", &content)])?;
    let client = stage.client()?;
    let transfer = begin(client, "file", &content)?;
    stage.comes_to_rest()?;
    let is_next = |got: &[u8]| matches!(packet::read(got), Packet::Data(2.., _));
    let verdict = if client.has_got(is_next) { Err(wrong::ack_ignored(2, 0)) } else { Ok(()) };
    stage.judge("nothing behind block 1 before its ACK", "DATA 2", verdict)?;
    transfer.sends(&ack(1))?;
    for block in [2, 3] {
        let data = packet::block_of(&content, usize::from(block), packet::BLOCK);
        transfer.gets_data(block, data, &Wrong::unknown)?;
        transfer.sends(&ack(block))?;
    }
    program.keeps_running()
}

fn ends_files(stage: &Stage) -> Outcome {
    let contents = LENGTHS.map(|length| (format!("file-{length}"), content(stage, length)));
    let files: Vec<(&str, &[u8])> =
        contents.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    serving(stage, &files)?;
    for (name, content) in &contents {
        let client = stage.client()?;
        let transfer = begin(client, name, content)?;
        transfer.sends(&ack(1))?;
        for block in 2..=packet::blocks_of(content, packet::BLOCK) {
            let data = packet::block_of(content, block, packet::BLOCK);
            let silent =
                || if data.is_empty() { wrong::end_missing() } else { Wrong::unknown() };
            transfer.gets_data(block as u16, data, &silent)?;
            transfer.sends(&ack(block as u16))?;
        }
    }
    Ok(())
}

fn takes_files(stage: &Stage) -> Outcome {
    let (program, folder) = serving(stage, &[])?;
    for length in LENGTHS {
        let (name, content) = (format!("file-{length}"), content(stage, length));
        begin_to_write(stage.client()?, &name)?.writes(&content)?;
        program.keeps_running()?;
        holds(stage, &folder.join(&name), &content)?;
    }
    Ok(())
}

fn whole_or_not(stage: &Stage) -> Outcome {
    let (old, new) = (content(stage, 700), content(stage, 1600));
    let (program, folder) = serving(stage, &[("known", &old)])?;
    let half = |name: &str| -> Outcome<Option<Transfer<'_>>> {
        let client = stage.client()?;
        client.sends(request(WRITE, name, "octet", &[]))?;
        // A server may refuse to write over a file: then there is nothing to be seen.
        let is_answer = |_: &Request, packet: Packet<'_>| match packet {
            Packet::Ack(0) | Packet::Error(..) => Ok(()),
            _ => Err(Wrong::unknown()),
        };
        let got = answer(client, "ACK 0, or an ERROR", is_answer, &Wrong::unknown)?;
        if let Packet::Error(..) = packet::read(&got.payload) {
            return Ok(None);
        }
        let transfer = Transfer::of(&client, got.from);
        for block in [1, 2] {
            transfer.sends(&data(block, packet::block_of(&new, block.into(), packet::BLOCK)))?;
            transfer.gets_ack(block, &Wrong::unknown)?;
        }
        program.keeps_running()?;
        Ok(Some(transfer))
    };
    let begun = half("new")?;
    is_absent(stage, &folder.join("new"), "after two of its four blocks", wrong::half_file())?;
    if let Some(transfer) = begun {
        transfer.sends(&error(0, "the client was stopped"))?;
        program.keeps_running()?;
        is_absent(stage, &folder.join("new"), "when the client has given up", wrong::half_file())?;
        holds_only(stage, program, &folder, &["known"], "when the client has given up")?;
    }
    half("known")?;
    let found = fs::read(folder.join("known")).unwrap_or_default();
    let verdict = if found == old { Ok(()) } else { Err(wrong::half_file()) };
    let expected = "the old file, until the new one is whole";
    stage.judge(expected, format!("known, {} bytes", found.len()), verdict)
}

fn says_not_found(stage: &Stage) -> Outcome {
    let content = content(stage, 100);
    serving(stage, &[("file", &content)])?;
    let client = stage.client()?;
    client.sends(request(READ, "no-such-file", "octet", &[]))?;
    refused(client, Some(1), &wrong::error_missing)?;
    // And it goes on.
    begin(stage.client()?, "file", &content).map(drop)
}

fn stays_inside(stage: &Stage) -> Outcome {
    let (secret, inside) = (content(stage, 100), content(stage, 90));
    let outside = stage.folder()?;
    // One beside the folder, and one in another whose name begins in the same way.
    write(&outside.join("secret"), &secret)?;
    write(&outside.join("served-not").join("secret"), &secret)?;
    let (program, folder) = serving(stage, &[("file", &inside), ("below/file", &inside)])?;
    // And links in the folder that lead there.
    done(symlink(outside.join("secret"), folder.join("link")))?;
    done(symlink(&outside, folder.join("way")))?;
    let absolute = outside.join("secret").to_string_lossy().into_owned();
    let below = folder.join("below/../../secret").to_string_lossy().into_owned();
    let names = ["../secret", "../served-not/secret", "below/../../secret", &absolute, &below];
    let is_refused = |kind, name: &str, wrong: &dyn Fn() -> Wrong| {
        let client = stage.client()?;
        client.sends(request(kind, name, "octet", &[]))?;
        refused(client, None, wrong)
    };
    for name in names {
        is_refused(READ, name, &wrong::traversal)?;
    }
    is_refused(WRITE, "../stolen", &wrong::traversal)?;
    for (kind, name) in [(READ, "link"), (READ, "way/secret"), (WRITE, "way/stolen")] {
        is_refused(kind, name, &wrong::link_followed)?;
    }
    program.keeps_running()?;
    is_absent(stage, &outside.join("stolen"), "outside", wrong::traversal())
}

fn octet_only(stage: &Stage) -> Outcome {
    let content = content(stage, 100);
    serving(stage, &[("file", &content)])?;
    let client = stage.client()?;
    client.sends(request(READ, "file", "OcTeT", &[]))?;
    first_block(client, &content, &Wrong::unknown)?.sends(&ack(1))?;
    for (kind, name) in [(READ, "file"), (WRITE, "new")] {
        let client = stage.client()?;
        client.sends(request(kind, name, "netascii", &[]))?;
        refused(client, None, &wrong::netascii)?;
    }
    Ok(())
}

fn large_file(stage: &Stage) -> Outcome {
    sends_all(stage, LARGE)
}

fn many_blocks(stage: &Stage) -> Outcome {
    sends_all(stage, HUGE)
}

fn sends_all(stage: &Stage, length: usize) -> Outcome {
    let content = content(stage, length);
    serving(stage, &[("file", &content)])?;
    begin(stage.client()?, "file", &content)?.reads_all(&content)
}

fn takes_many(stage: &Stage) -> Outcome {
    let content = content(stage, HUGE);
    let (program, folder) = serving(stage, &[])?;
    begin_to_write(stage.client()?, "file")?.writes_all(stage, &content)?;
    program.keeps_running()?;
    holds(stage, &folder.join("file"), &content)
}
