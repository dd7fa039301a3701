//! Files of the checks.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use super::transfer;
use super::wrong;
use crate::check::{Outcome, Program, Stage, Wrong};
use crate::evidence::SetupError;

/// A program that was told of the end may be a while about it, where the machine is busy.
const CLEARED: Duration = Duration::from_secs(5);
const SHORTLY: Duration = Duration::from_millis(50);

/// Random bytes, with all that a program that takes them for text stumbles over.
pub(super) fn content(stage: &Stage, length: usize) -> Vec<u8> {
    let seed = stage.message().bytes().fold(7, |seed: u64, byte| {
        seed.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut bytes = vec![0; length];
    rng.fill(&mut bytes);
    for (byte, special) in bytes.iter_mut().skip(3).zip(*b"one\ntwo\r\nthree\0\xff\xfe\n") {
        *byte = special;
    }
    bytes
}

/// Writes a file of the check's own.
pub(super) fn write(path: &Path, content: &[u8]) -> Outcome {
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    done(folder.and_then(|()| fs::write(path, content)))
}

pub(super) fn done<T>(result: io::Result<T>) -> Outcome<T> {
    let next = "make room in the folder for temporary files, or set TMPDIR";
    result.map_err(|error| SetupError::new("a file cannot be written", error, next).into())
}

/// The file is there, and holds this.
pub(super) fn holds(stage: &Stage, path: &Path, wanted: &[u8]) -> Outcome {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let expected = format!("{name}, {} bytes", wanted.len());
    match fs::read(path) {
        Err(error) => stage.judge(expected, format!("{name}: {error}"), Err(Wrong::unknown())),
        Ok(found) => {
            let verdict = verdict(wanted, &found);
            let place = wanted.iter().zip(&found).position(|(a, b)| a != b);
            let place = place.map_or(String::new(), |at| format!("; byte {at} is another"));
            stage.judge(expected, format!("{name}, {} bytes{place}", found.len()), verdict)
        }
    }
}

fn verdict(wanted: &[u8], found: &[u8]) -> Result<(), Wrong> {
    // A block of 512 bytes that stands there once more than it should.
    let is_twice = (1..=wanted.len() / 512).any(|blocks| {
        let (before, after) = wanted.split_at(blocks * 512);
        found.len() == wanted.len() + 512
            && found.starts_with(before)
            && found[before.len()..].starts_with(&before[before.len() - 512..])
            && found.ends_with(after)
    });
    if is_twice {
        return Err(wrong::written_twice());
    }
    // Those with numbers that come a second time lie over the first ones.
    let numbered = 0xffff * 512;
    if wanted.len() > numbered
        && found.len() < wanted.len()
        && found.len() >= numbered
        && found[..512] != wanted[..512]
        && found[numbered / 2..numbered] == wanted[numbered / 2..numbered]
    {
        return Err(wrong::overwritten());
    }
    transfer::content(wanted, found)
}

/// Nothing stands under this name.
pub(super) fn is_absent(stage: &Stage, path: &Path, when: &str, wrong: Wrong) -> Outcome {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let found = fs::metadata(path).ok();
    let observed = found.as_ref().map_or(String::new(), |found| {
        format!("{name} is there, with {} bytes", found.len())
    });
    let verdict = if found.is_some() { Err(wrong) } else { Ok(()) };
    stage.judge(format!("no file {name} {when}"), observed, verdict)
}

/// The folder holds these and nothing else, at the latest when the program has done what it does at the
/// end of a transfer: files of another name are gone too.
pub(super) fn holds_only(
    stage: &Stage,
    program: Program<'_>,
    folder: &Path,
    names: &[&str],
    when: &str,
) -> Outcome {
    let by = stage.now() + CLEARED;
    let others = loop {
        let others = others(folder, names);
        let is_over = program.exit().is_some() || program.waits_for_ever() || stage.now() >= by;
        if others.is_empty() || is_over {
            break others;
        }
        stage.lets_pass(SHORTLY)?;
    };
    let expected = match names {
        [] => format!("an empty folder {when}"),
        names => format!("nothing but the file {} in the folder {when}", names.join(", ")),
    };
    let verdict = if others.is_empty() { Ok(()) } else { Err(wrong::part_kept()) };
    stage.judge(expected, others.join(", "), verdict)
}

/// What lies in a folder under other names than these.
fn others(folder: &Path, names: &[&str]) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let found = entries.map(|entry| {
        let length = entry.metadata().map_or(0, |found| found.len());
        (entry.file_name().to_string_lossy().into_owned(), length)
    });
    let others = found.filter(|(name, _)| !names.contains(&name.as_str()));
    others.map(|(name, length)| format!("{name} is there, with {length} bytes")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_that_stands_there_twice_is_seen() {
        let wanted: Vec<u8> = (0..1300_u32).map(|at| (at * at / 7) as u8).collect();
        let twice = [&wanted[..1024], &wanted[512..]].concat();
        assert_eq!(verdict(&wanted, &twice), Err(wrong::written_twice()));
        assert_eq!(verdict(&wanted, &wanted), Ok(()));
        assert_ne!(verdict(&wanted, &wanted[..1200]), Ok(()));
    }
}
