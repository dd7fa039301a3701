//! Starting a program under its guard.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use rustix::pipe::{PipeFlags, pipe_with};

use super::guard::{self, Word};
use super::output::Output;
use super::terminal::Terminal;
use super::{Errors, GUARD_DEADLINE, Program};
use crate::evidence::What;

/// Variables that a learner's own shell does not have: they change when output is written, colour
/// it, or belong to the cargo that started socklab.
const CLEARED: &[&str] = &[
    "PYTHONUNBUFFERED",
    "PYTHONFAULTHANDLER",
    "PYTHONINSPECT",
    "_STDBUF_I",
    "_STDBUF_O",
    "_STDBUF_E",
    "LD_PRELOAD",
    "NODE_OPTIONS",
    "RUST_BACKTRACE",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "LINES",
];

pub(super) fn start(argv: &[OsString], errors: Errors) -> io::Result<(Program, What)> {
    let words = argv.iter().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>();
    if argv.is_empty() {
        return Err(io::Error::other("the command is empty"));
    }
    let (control, theirs) =
        socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
    let mut command = guard::command(argv)?;
    command.stdin(Stdio::from(theirs)).stdout(Stdio::null()).stderr(Stdio::null());
    clear_environment(&mut command);
    let guard = command.spawn()?;
    drop(command);

    let terminal = Terminal::open()?;
    let pipe = match errors {
        Errors::OnTerminal => None,
        Errors::Apart => Some(error_pipe()?),
    };
    let stderr = pipe.as_ref().map_or(terminal.theirs(), |(_, theirs)| theirs.as_fd());
    guard::send_stdio(&control, [terminal.theirs(), terminal.theirs(), stderr])?;
    let mut program = Program {
        control,
        guard,
        terminal,
        errors: pipe.map(|(ours, _)| ours),
        output: Output::default(),
        command: words.clone(),
        pid: None,
        exit: None,
        gone: false,
    };
    match await_start(&program)? {
        Word::Started { pid } => {
            program.pid = Some(pid);
            Ok((program, What::Started { command: words, pid }))
        }
        Word::Refused { errno } => {
            program.gone = true;
            let _ = program.guard.wait();
            let nearest = nearest_file(Path::new(&argv[0]));
            Ok((program, What::Refused { command: words, errno, nearest }))
        }
        word => Err(io::Error::other(format!("the guard said {word:?} before anything began"))),
    }
}

fn clear_environment(command: &mut std::process::Command) {
    for name in CLEARED {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_") {
            command.env_remove(name);
        }
    }
    // No colours, no cursor movements; Node's readline keeps to plain text.
    command.env("TERM", "dumb");
}

/// A pipe for standard error; our end never blocks.
fn error_pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (ours, theirs) = pipe_with(PipeFlags::CLOEXEC)?;
    rustix::io::ioctl_fionbio(&ours, true)?;
    Ok((ours, theirs))
}

fn await_start(program: &Program) -> io::Result<Word> {
    let deadline = Instant::now() + GUARD_DEADLINE;
    loop {
        match guard::hear(&program.control)? {
            Some(Word::Gone) => return Err(io::Error::other("the guard was ended from outside")),
            Some(word) => return Ok(word),
            None => {}
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::Error::from(io::ErrorKind::TimedOut));
        }
        let left = Timespec::try_from(left).ok();
        let _ = poll(&mut [PollFd::new(&program.control, PollFlags::IN)], left.as_ref());
    }
}

/// The first of a program's arguments that looks like a file's path and leads to none: the script
/// that an interpreter is to run.
pub(super) fn missing_file(command: &[OsString]) -> Option<What> {
    let looks_like_one = |path: &&Path| {
        let is_option = path.to_string_lossy().starts_with('-');
        let extension = path.extension().is_some_and(|ending| ending.len() <= 4);
        !is_option && extension && !path.to_string_lossy().contains(' ')
    };
    let path = command.iter().skip(1).map(Path::new).find(looks_like_one)?;
    let file = path.display().to_string();
    (!path.exists()).then(|| What::FileMissing { file, nearest: nearest_file(path) })
}

/// The existing file whose name is most like that of a missing one, in the same folder.
fn nearest_file(missing: &Path) -> Option<String> {
    let name = missing.file_name()?.to_str()?;
    let folder = match missing.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let likeness = |candidate: &str| strsim::jaro_winkler(name, candidate);
    let candidates = std::fs::read_dir(&folder).ok()?.flatten();
    candidates
        .filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_dir()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
        .filter(|best| likeness(best) > 0.6)
        .map(|best| folder.join(best).display().to_string())
}
