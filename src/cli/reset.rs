//! `socklab reset`: begin a lab anew. Nothing that was written is lost.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::progress::{Progress, Record};
use super::screen::Screen;
use super::{OneLab, Stop, course};
use crate::course::{Lab, Part, State, state};
use crate::evidence::SetupError;
use crate::{interrupt, labs};

#[derive(Debug, Args)]
pub(super) struct ResetArgs {
    #[command(flatten)]
    lab: OneLab,
    /// Do not ask.
    #[arg(long, short)]
    yes: bool,
}

pub(super) fn reset(args: &ResetArgs, screen: &mut Screen) -> Result<ExitCode, Stop> {
    let lab = args.lab.lab()?;
    let root = labs::checkout();
    let changed: Vec<&Part> = lab.parts.iter().filter(|part| !is_starter(part)).collect();
    let is_there = |part: &&Part| course::read(part) != Err(ErrorKind::NotFound);
    let remembered = Progress::read(&root).unwrap_or_default().of(lab.slug);
    if changed.is_empty() && remembered == Record::default() {
        for part in &lab.parts {
            screen.print(&format!("{} is the starter already\n", part.file.display()))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let loses = changed.iter().any(is_there) || remembered != Record::default();
    if loses && !args.yes && !agreed(lab, changed.is_empty(), screen)? {
        screen.note("nothing was changed");
        return Ok(ExitCode::from(1));
    }
    for part in changed {
        let kept = put_starter(&root, part)?;
        screen.print(&format!("{} is the starter again\n", part.file.display()))?;
        if let Some(kept) = kept {
            screen.print(&format!("your program is kept as {}\n", kept.display()))?;
        }
    }
    match Progress::change(&root, lab.slug, |record| *record = Record::default()) {
        Ok(()) => screen.print(&format!("lab {} begins anew\n", lab.number))?,
        Err(trouble) => screen.note(&trouble),
    }
    Ok(ExitCode::SUCCESS)
}

fn is_starter(part: &Part) -> bool {
    let file = course::read(part);
    file.is_ok_and(|file| state(&file, &part.starter()) == State::NotStarted)
}

/// Writes a program's starter, and keeps beside it what was there; returns as what, from the checkout
/// on.
///
/// # Errors
///
/// When a file cannot be written: then the learner's is as it was.
pub(super) fn put_starter(root: &Path, part: &Part) -> Result<Option<PathBuf>, SetupError> {
    let path = &part.file;
    let trouble = |what: &str, error: io::Error| {
        let next = "make the lab's folder writable, then try again";
        SetupError::new(format!("{} cannot be {what}", path.display()), error, next)
    };
    let kept = match fs::read(root.join(path)) {
        Ok(bytes) => Some(keep(root, path, &bytes).map_err(|error| trouble("kept", error))?),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(trouble("read", error)),
    };
    fs::write(root.join(path), part.starter()).map_err(|error| trouble("written", error))?;
    Ok(kept)
}

/// Writes a copy as `main.rs.kept-1`, after the file's own name, or with the first number that is free.
fn keep(root: &Path, path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut number = 1u32;
    loop {
        let kept = path.with_file_name(format!("{name}.kept-{number}"));
        match OpenOptions::new().write(true).create_new(true).open(root.join(&kept)) {
            Ok(mut file) => {
                file.write_all(bytes)?;
                file.sync_all()?;
                return Ok(kept);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    }
}

/// Asks the person at the terminal.
fn agreed(lab: &Lab, is_starter: bool, screen: &mut Screen) -> Result<bool, Stop> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Stop::Usage(format!(
            "there is no terminal to ask at: cargo run -q -- reset {} --yes",
            lab.number
        )));
    }
    let what = match is_starter {
        true => "forget that it was passed, and the hints",
        false => "put the starter back (a copy of your program is kept)",
    };
    screen.ask(&format!("lab {}: {what}? [y/N] ", lab.number));
    await_answer()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Waits for a line, or for Ctrl-C: a read of its own would go on after the signal.
fn await_answer() -> Result<(), Stop> {
    let stdin = io::stdin();
    // The signal ends a poll that it meets; the time is for one that comes just before.
    let a_while = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
    loop {
        let ready = poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&a_while));
        if interrupt::asked() {
            return Err(Stop::Interrupted);
        }
        if ready.is_ok_and(|count| count > 0) {
            return Ok(());
        }
    }
}
