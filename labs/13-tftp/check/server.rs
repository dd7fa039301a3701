//! What a right server does.

use std::fs;
use std::path::PathBuf;

use super::files::{content, done, holds, is_absent, write};
use super::packet::{self, Packet, ack, data, error, request};
use super::transfer::{End, Transfer, Wrap};
use super::{ADDRESS, HUGE, LARGE, LENGTHS, wrong};
use crate::check::{Client, Outcome, Program, Request, Sorted, Stage, Wrong};
use crate::course::Plan;
use crate::evidence::Better;

const READ: u8 = 1;
const WRITE: u8 = 2;

pub(super) fn checks(plan: Plan) -> Plan {
    plan.check("is-bound", "binds a UDP socket to 127.0.0.1:6969", is_bound)
        .check("sends-a-file", "sends a file block by block, from a new port", sends_a_file)
        .needs("is-bound")
        .check("ends-files", "ends files of 0, 511, 512, 513 and 1024 bytes rightly", ends_files)
        .needs("sends-a-file")
        .check("takes-files", "takes files of these lengths as they are", takes_files)
        .needs("ends-files")
        .check("whole-or-not", "shows a file under its name only when it is whole", whole_or_not)
        .needs("takes-files")
        .check("says-not-found", "answers with an ERROR when there is no such file", says_not_found)
        .needs("whole-or-not")
        .check("stays-inside", "refuses names that lead out of its folder", stays_inside)
        .needs("says-not-found")
        .check("octet-only", "refuses netascii, and takes octet in any letters", octet_only)
        .needs("stays-inside")
        .check("passes-over-options", "passes over options that it does not know", unknown_options)
        .needs("octet-only")
        .check("keeps-to-options", "keeps to what it grants: blksize, timeout, tsize", keeps)
        .needs("passes-over-options")
        .check("sends-again", "sends a block again when its ACK does not come", sends_again)
        .needs("keeps-to-options")
        .idles()
        .check("sends-once", "sends nothing twice because an ACK came twice", sends_once)
        .needs("sends-again")
        .check("acknowledges-again", "acknowledges a block again, and writes it once", again)
        .needs("sends-once")
        .check("last-ack", "acknowledges the last block again too", last_ack)
        .needs("acknowledges-again")
        .check("strangers", "answers other ports with ERROR 5, and goes on", strangers)
        .needs("last-ack")
        .check("serves-many", "serves several clients at the same time", serves_many)
        .needs("strangers")
        .check("serves-on", "serves on after packets that are none", serves_on)
        .needs("serves-many")
        .check("large-file", "sends a file of 5 MB", large_file)
        .needs("serves-on")
        .check("many-blocks", "sends a file of more than 65535 blocks", many_blocks)
        .needs("large-file")
}

/// The server, which runs, and its folder. In that lie these files, and beside it one that is
/// nobody's business.
fn serving<'s>(stage: &'s Stage, files: &[(&str, &[u8])]) -> Outcome<(Program<'s>, PathBuf)> {
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
fn answer(
    client: Client<'_>,
    what: &str,
    judge: impl Fn(&Request, Packet<'_>) -> Result<(), Wrong>,
    silent: &dyn Fn() -> Wrong,
) -> Outcome<Request> {
    End::Client(client).gets(what, |got| match got {
        None => Sorted::Wrong(silent()),
        Some(got) => match judge(got, packet::read(&got.payload)) {
            Ok(()) => Sorted::Right,
            Err(wrong) => Sorted::Wrong(wrong),
        },
    })
}

/// Asks to read a file, and gets its first block: the transfer is begun.
fn begin<'s>(client: Client<'s>, name: &str, content: &[u8]) -> Outcome<Transfer<'s>> {
    client.sends(request(READ, name, "octet", &[]))?;
    first_block(client, content, &Wrong::unknown)
}

fn first_block<'s>(
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
    Ok(End::Client(client).with(got.from))
}

/// Asks to write a file, and is allowed to.
fn begin_to_write<'s>(client: Client<'s>, name: &str) -> Outcome<Transfer<'s>> {
    client.sends(request(WRITE, name, "octet", &[]))?;
    let is_allowed = |got: &Request, packet: Packet<'_>| match packet {
        Packet::Ack(0) if got.from.to_string() == ADDRESS => Err(wrong::one_port()),
        Packet::Ack(0) => Ok(()),
        _ => Err(Wrong::unknown()),
    };
    let got = answer(client, "ACK 0, from a new port", is_allowed, &Wrong::unknown)?;
    Ok(End::Client(client).with(got.from))
}

/// Gets an ERROR with one of these codes; any will do where none is named.
fn refused(client: Client<'_>, codes: &[u16], wrong: &dyn Fn() -> Wrong) -> Outcome {
    let what = match codes {
        [] => "an ERROR".to_owned(),
        codes => format!("ERROR {}", codes[0]),
    };
    let is_error = |_: &Request, packet: Packet<'_>| match packet {
        Packet::Error(code, _) if codes.is_empty() || codes.contains(&code) => Ok(()),
        Packet::Error(..) => Err(Wrong::unknown()),
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
        let transfer = End::Client(client).with(got.from);
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
    refused(client, &[1, 0], &wrong::error_missing)?;
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
    let absolute = outside.join("secret").to_string_lossy().into_owned();
    let below = folder.join("below/../../secret").to_string_lossy().into_owned();
    let names = ["../secret", "../served-not/secret", "below/../../secret", &absolute, &below];
    for name in names {
        let client = stage.client()?;
        client.sends(request(READ, name, "octet", &[]))?;
        refused(client, &[], &wrong::traversal)?;
    }
    let client = stage.client()?;
    client.sends(request(WRITE, "../stolen", "octet", &[]))?;
    refused(client, &[], &wrong::traversal)?;
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
        refused(client, &[], &wrong::netascii)?;
    }
    Ok(())
}

fn unknown_options(stage: &Stage) -> Outcome {
    let content = content(stage, 600);
    serving(stage, &[("file", &content)])?;
    let client = stage.client()?;
    let options = [("x-walnut", "copper"), ("windowsize", "16")];
    client.sends(request(READ, "file", "octet", &options))?;
    let what = "DATA 1, as without options";
    let judge = |_: &Request, packet: Packet<'_>| match packet {
        Packet::Data(1, came) => super::transfer::content(&content[..packet::BLOCK], came),
        Packet::Granted(_) => Err(wrong::options_blind()),
        _ => Err(wrong::options_refused()),
    };
    let got = answer(client, what, judge, &wrong::options_refused)?;
    let transfer = End::Client(client).with(got.from);
    transfer.sends(&ack(1))?;
    transfer.gets_data(2, &content[packet::BLOCK..], &Wrong::unknown)?;
    transfer.sends(&ack(2))
}

/// The extras. A server may pass over all of them; what it grants, it keeps.
fn keeps(stage: &Stage) -> Outcome {
    let content = content(stage, 2500);
    let (program, folder) = serving(stage, &[("file", &content)])?;
    let asked = [("blksize", "1024"), ("timeout", "2"), ("tsize", "0")];
    let client = stage.client()?;
    client.sends(request(READ, "file", "octet", &asked))?;
    let is_kept = |options: &packet::Options, tsize: usize| {
        options.iter().all(|(name, value)| match (name.as_str(), value.parse::<usize>()) {
            ("blksize", Ok(size)) => (8..=1024).contains(&size),
            ("timeout", Ok(seconds)) => seconds == 2,
            ("tsize", Ok(size)) => size == tsize,
            _ => false,
        })
    };
    let is_answer = |_: &Request, packet: Packet<'_>| match packet {
        Packet::Data(1, came) => super::transfer::content(&content[..packet::BLOCK], came),
        Packet::Granted(options) if is_kept(&options, content.len()) => Ok(()),
        _ => Err(wrong::options_blind()),
    };
    let what = "an OACK with some of what was asked for, or DATA 1 of 512 bytes";
    let got = answer(client, what, is_answer, &Wrong::unknown)?;
    let granted = granted_in(&got);
    stage.score("options-granted", granted.len() as f64, "of 3 options", Better::Higher);
    if granted.is_empty() {
        return Ok(());
    }
    let block_size = size_in(&granted);
    let transfer = Transfer { block_size, ..End::Client(client).with(got.from) };
    transfer.sends(&ack(0))?;
    for block in 1..=packet::blocks_of(&content, block_size) {
        let data = packet::block_of(&content, block, block_size);
        transfer.gets_sized(block as u16, data)?;
        transfer.sends(&ack(block as u16))?;
    }
    // The other direction: the OACK stands for ACK 0.
    let client = stage.client()?;
    let size = content.len().to_string();
    let asked = [("blksize", "1024"), ("tsize", size.as_str())];
    client.sends(request(WRITE, "new", "octet", &asked))?;
    let is_answer = |_: &Request, packet: Packet<'_>| match packet {
        Packet::Ack(0) => Ok(()),
        Packet::Granted(options) if is_kept(&options, content.len()) => Ok(()),
        _ => Err(wrong::options_blind()),
    };
    let what = "an OACK with some of what was asked for, or ACK 0";
    let got = answer(client, what, is_answer, &Wrong::unknown)?;
    let sized = size_in(&granted_in(&got));
    Transfer { block_size: sized, ..End::Client(client).with(got.from) }.writes(&content)?;
    program.keeps_running()?;
    holds(stage, &folder.join("new"), &content)
}

fn granted_in(got: &Request) -> packet::Options {
    match packet::read(&got.payload) {
        Packet::Granted(options) => options,
        _ => Vec::new(),
    }
}

fn size_in(granted: &packet::Options) -> usize {
    let size = granted.iter().find(|(name, _)| name == "blksize");
    size.and_then(|(_, value)| value.parse().ok()).unwrap_or(packet::BLOCK)
}

fn sends_again(stage: &Stage) -> Outcome {
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

fn sends_once(stage: &Stage) -> Outcome {
    let content = content(stage, 20 * packet::BLOCK + 1);
    serving(stage, &[("file", &content)])?;
    let transfer = begin(stage.client()?, "file", &content)?;
    // One ACK comes twice, as when a slow network makes the server send a block twice.
    transfer.sends(&ack(1))?;
    transfer.sends(&ack(1))?;
    transfer.reads_doubled(stage, &content)
}

fn again(stage: &Stage) -> Outcome {
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

fn last_ack(stage: &Stage) -> Outcome {
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

fn strangers(stage: &Stage) -> Outcome {
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
    for block in [2, 3] {
        transfer.sends(&ack(block - 1))?;
        let data = packet::block_of(&content, block.into(), packet::BLOCK);
        transfer.gets_data(block, data, &Wrong::unknown)?;
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

fn serves_many(stage: &Stage) -> Outcome {
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

fn serves_on(stage: &Stage) -> Outcome {
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

fn large_file(stage: &Stage) -> Outcome {
    let content = content(stage, LARGE);
    serving(stage, &[("file", &content)])?;
    let transfer = begin(stage.client()?, "file", &content)?;
    let last = packet::blocks_of(&content, packet::BLOCK) as u32;
    ends_with(transfer, &content, transfer.reads_on(last - 1)?, last)
}

fn many_blocks(stage: &Stage) -> Outcome {
    let content = content(stage, HUGE);
    serving(stage, &[("file", &content)])?;
    let transfer = begin(stage.client()?, "file", &content)?;
    let last = packet::blocks_of(&content, packet::BLOCK) as u32;
    ends_with(transfer, &content, transfer.reads_on(last - 1)?, last)
}

/// Gets the last block of a file of which all before has come.
fn ends_with(transfer: Transfer<'_>, content: &[u8], wrap: Wrap, last: u32) -> Outcome {
    let (number, before, silent): (u32, u16, Box<dyn Fn() -> Wrong>) = match wrap {
        Wrap::EndsAt(some) => (some + 1, some as u16, Box::new(move || wrong::rollover(some))),
        Wrap::To(_) => (last, wrap.number(last - 1), Box::new(Wrong::unknown)),
    };
    let data = packet::block_of(content, number as usize, packet::BLOCK);
    transfer.sends(&ack(before))?;
    let wanted = match wrap {
        Wrap::EndsAt(some) => (some + 1) as u16,
        Wrap::To(_) => wrap.number(last),
    };
    transfer.gets_data(wanted, data, &*silent)?;
    transfer.sends(&ack(wanted))
}
