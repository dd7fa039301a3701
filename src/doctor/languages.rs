//! Which languages programs can be written in here: each tool is asked for its version.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::Finding;
use crate::evidence::{Exit, What};
use crate::program::{Calls, Errors, Program};

/// How long all tools together may take to tell their versions. Java takes half a second.
const DEADLINE: Duration = Duration::from_secs(10);

/// A tool, how it is asked for its version, and what cannot be done without it.
const TOOLS: [(&str, &str, &str); 7] = [
    ("cargo", "--version", "programs in the labs' folders cannot be built"),
    ("rustc", "--version", "programs in the labs' folders cannot be built"),
    ("python3", "--version", "programs in Python cannot be run"),
    ("cc", "--version", "programs in C cannot be built"),
    ("node", "--version", "programs in JavaScript cannot be run"),
    ("java", "-version", "programs in Java cannot be run"),
    ("go", "version", "programs in Go cannot be built"),
];

/// The version of each language's tool, or what follows from its absence.
pub fn languages() -> Vec<Finding> {
    let deadline = Instant::now() + DEADLINE;
    // All at once: some take long.
    let started = TOOLS.map(|(tool, option, effect)| {
        let command = [OsString::from(tool), OsString::from(option)];
        (tool, effect, Program::start(&command, Errors::OnTerminal, None, Calls::Untold))
    });
    let finding = |(tool, effect, started): (&str, &str, Result<(Program, What), _>)| {
        let answer = match started {
            Ok((mut program, _)) => version(&mut program, deadline),
            Err(_) => Err("cannot be started".into()),
        };
        match answer {
            Ok(version) => Finding::good(tool, version),
            Err(why) => Finding::less(tool, why, effect),
        }
    };
    started.into_iter().map(finding).collect()
}

/// The first line that a tool prints, or why there is none.
fn version(program: &mut Program, deadline: Instant) -> Result<String, String> {
    if program.pid().is_none() {
        return Err("not found".into());
    }
    let mut text = Vec::new();
    let mut record = |what| {
        if let What::Output { text: more, .. } = what {
            text.extend_from_slice(more.bytes());
        }
    };
    while program.exit().is_none() {
        program.collect(&mut record).map_err(|error| error.to_string())?;
        let left = deadline.saturating_duration_since(Instant::now());
        if program.exit().is_some() || left.is_zero() {
            break;
        }
        let mut sources: Vec<PollFd<'_>> = program
            .sources()
            .map(|source| PollFd::from_borrowed_fd(source, PollFlags::IN))
            .collect();
        let _ = poll(&mut sources, Timespec::try_from(left).ok().as_ref());
    }
    read_version(&text, program.exit())
}

fn read_version(output: &[u8], exit: Option<Exit>) -> Result<String, String> {
    let text = String::from_utf8_lossy(output);
    // Java tells first which options it took from the environment.
    let is_version = |line: &&str| !line.is_empty() && !line.starts_with("Picked up");
    let line = text.lines().map(str::trim).find(is_version).unwrap_or("it says nothing");
    let line: String = line.chars().filter(|c| !c.is_control()).take(60).collect();
    match exit {
        Some(exit) if exit.is_success() => Ok(line),
        Some(_) => Err(format!("does not work: {line}")),
        None => Err("does not answer".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_the_first_line_of_a_tool_that_works() {
        let good = Some(Exit::Code(0));
        assert_eq!(read_version(b"\nv20.1.0\nmore\n", good), Ok("v20.1.0".into()));
        assert_eq!(read_version(b"Picked up X\njava 21\n", good), Ok("java 21".into()));
        let shim = read_version(b"shim: no python3\n", Some(Exit::Code(127)));
        assert_eq!(shim, Err("does not work: shim: no python3".into()));
        assert_eq!(read_version(b"half a l", None), Err("does not answer".into()));
    }
}
