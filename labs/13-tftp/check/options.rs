//! Options: what a server does with those that it does not know, and how both keep to what is granted.

use std::path::PathBuf;

use super::client::Scene;
use super::files::{content, holds};
use super::packet::{self, Packet, ack, data, request};
use super::server::{READ, WRITE, answer, serving};
use super::transfer::Transfer;
use super::wrong;
use crate::check::{Outcome, Request, Stage, Wrong};
use crate::evidence::Better;

pub(super) fn unknown_options(stage: &Stage) -> Outcome {
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
    let transfer = Transfer::of(&client, got.from);
    transfer.sends(&ack(1))?;
    transfer.gets_data(2, &content[packet::BLOCK..], &Wrong::unknown)?;
    transfer.sends(&ack(2))
}

/// The extras. A server may pass over all of them; what it grants, it keeps.
pub(super) fn keeps(stage: &Stage) -> Outcome {
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
    let transfer = Transfer { block_size, ..Transfer::of(&client, got.from) };
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
    Transfer { block_size: sized, ..Transfer::of(&client, got.from) }.writes(&content)?;
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

/// The extras. A client may not know them, and then asks as without.
pub(super) fn in_blocks(stage: &Stage) -> Outcome {
    let content = content(stage, 2000);
    let (folder, ports) = (stage.folder()?, Scene::set(stage)?);
    let begun = |name: &str| -> Outcome<(Scene<'_>, PathBuf, Request)> {
        let path = folder.join(name);
        let words = ["get", "name", &path.to_string_lossy(), "--blksize", "1024"];
        let scene = Scene::play(stage, ports, &words)?;
        let request = scene.is_asked(false, &Wrong::unknown)?;
        Ok((scene, path, request))
    };
    // A server that knows no options answers as without them.
    let (scene, path, request) = begun("plain")?;
    let transfer = scene.with(request.from);
    for number in 1..=packet::blocks_of(&content, packet::BLOCK) {
        transfer.sends(&data(number as u16, packet::block_of(&content, number, packet::BLOCK)))?;
        transfer.gets_ack(number as u16, &wrong::options_blind)?;
    }
    scene.has_fetched(&path, &content)?;
    let asks = match packet::read(&request.payload) {
        Packet::Read(asked) => asked.options.iter().any(|(name, _)| name == "blksize"),
        _ => false,
    };
    stage.score("asks-for-blksize", f64::from(u8::from(asks)), "of 1 option", Better::Higher);
    if !asks {
        return Ok(());
    }
    // One that does may grant less.
    let (scene, path, request) = begun("in-blocks")?;
    let transfer = Transfer { block_size: 600, ..scene.with(request.from) };
    transfer.sends(&packet::granted(&[("blksize", "600")]))?;
    transfer.gets_ack(0, &wrong::options_blind)?;
    for number in 1..=packet::blocks_of(&content, 600) {
        transfer.sends(&data(number as u16, packet::block_of(&content, number, 600)))?;
        transfer.gets_ack(number as u16, &wrong::options_blind)?;
    }
    scene.has_fetched(&path, &content)
}
