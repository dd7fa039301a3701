//! Starting a program under its guard.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};

use super::guard::{self, Word};
use super::output::Output;
use super::terminal::Terminal;
use super::{Errors, GUARD_DEADLINE, Program};
use crate::channel;
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

pub(super) fn start(
    argv: &[OsString],
    errors: Errors,
    place: Option<[BorrowedFd<'_>; 2]>,
    calls: bool,
) -> io::Result<(Program, What)> {
    let words = argv.iter().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>();
    if argv.is_empty() {
        return Err(io::Error::other("the command is empty"));
    }
    let (control, theirs) = channel::pair()?;
    // What a guard leaves behind, when its own program kills it, comes to us: see `sweep`.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    let mut command = guard::command(argv);
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
    guard::go(&control, [terminal.theirs(), terminal.theirs(), stderr], place, calls)?;
    let mut program = Program {
        control,
        guard,
        terminal,
        errors: pipe.map(|(ours, _)| ours),
        output: Output::default(),
        pid: None,
        exit: None,
        gone: false,
        sees_calls: false,
        early: Vec::new(),
    };
    match await_start(&mut program)? {
        Word::Started { pid, calls } => {
            program.pid = Some(pid);
            program.sees_calls = calls;
            Ok((program, What::Started { command: words, pid, calls }))
        }
        Word::Refused { errno } => {
            program.gone = true;
            let _ = program.guard.wait();
            Ok((program, refused(words, errno)))
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

/// Waits until the program has been started, or not. It may have made calls by then.
fn await_start(program: &mut Program) -> io::Result<Word> {
    let deadline = Instant::now() + GUARD_DEADLINE;
    loop {
        match guard::hear(&program.control)? {
            Some(Word::Gone) => return Err(io::Error::other("the guard was ended from outside")),
            Some(Word::Called(call)) => {
                program.early.push(call);
                continue;
            }
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

/// Why the system would not run a command, with what can be seen of it.
fn refused(command: Vec<String>, errno: i32) -> What {
    let file = PathBuf::from(&command[0]);
    if file.is_dir() {
        // Of a folder the system says no more than that permission is denied.
        let errno = Errno::ISDIR.raw_os_error();
        return What::Refused { command, errno, nearest: None, interpreter: None };
    }
    let interpreter = interpreter(&file).filter(|_| errno == Errno::NOENT.raw_os_error());
    let nearest = if interpreter.is_some() { None } else { nearest_file(&file) };
    What::Refused { command, errno, nearest, interpreter }
}

/// What the first line of a script names after `#!`. A name without a slash is looked for
/// elsewhere, and is no file here.
fn interpreter(file: &Path) -> Option<String> {
    file.parent().filter(|parent| *parent != Path::new(""))?;
    let mut first = Vec::new();
    let script = std::fs::File::open(file).ok()?;
    BufReader::new(script.take(256)).read_until(b'\n', &mut first).ok()?;
    let line = first.strip_prefix(b"#!")?;
    let line = String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(line)).into_owned();
    // A carriage return is a part of the name, for the system.
    line.split([' ', '\t']).find(|word| !word.is_empty()).map(str::to_owned)
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
