//! A verb of ours that runs beside the watch, as a program under a guard: it can be given up at any
//! moment, and nothing of it outlives the watch, however that ends.

use std::ffi::OsString;
use std::os::fd::BorrowedFd;

use crate::evidence::{Exit, SetupError, What};
use crate::program::{Calls, Errors, Program};

/// A verb that runs. Dropping it kills it.
#[derive(Debug)]
pub(super) struct Job {
    program: Program,
    output: Vec<u8>,
}

/// What a verb came to.
#[derive(Debug)]
pub(super) struct Outcome {
    /// What it printed, its trouble too.
    pub(super) text: String,
    /// True when it ended with status 0.
    pub(super) succeeded: bool,
}

impl Job {
    /// Starts `socklab` with these arguments.
    pub(super) fn start(args: &[OsString]) -> Result<Job, SetupError> {
        // The guard is this executable too, so what it runs is what we are.
        let argv: Vec<OsString> =
            std::iter::once("/proc/self/exe".into()).chain(args.iter().cloned()).collect();
        match Program::start(&argv, Errors::OnTerminal, None, Calls::Untold)? {
            (_, What::Refused { errno, .. }) => {
                let error = std::io::Error::from_raw_os_error(errno);
                Err(SetupError::new("socklab cannot start itself", error, "make doctor"))
            }
            (program, _) => Ok(Job { program, output: Vec::new() }),
        }
    }

    /// What to poll for input.
    pub(super) fn sources(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.program.sources()
    }

    /// Takes in what it has printed; says what it came to, once it has ended. Never waits.
    pub(super) fn look(&mut self) -> Option<Outcome> {
        let output = &mut self.output;
        let heard = self.program.collect(&mut |what| {
            if let What::Output { text, .. } = what {
                output.extend_from_slice(text.bytes());
            }
        });
        let exit = match (self.program.exit(), heard) {
            (None, Ok(())) => return None,
            (exit, _) => exit,
        };
        Some(Outcome { text: self.text(), succeeded: exit == Some(Exit::Code(0)) })
    }

    /// How many bytes it has printed so far.
    pub(super) fn printed(&self) -> usize {
        self.output.len()
    }

    /// What it has printed so far.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.output).into_owned()
    }

    /// Ends it, and all that it has started: as Ctrl-C does, and by force if that takes too long.
    pub(super) fn give_up(mut self) {
        self.program.stop(&mut |_| {});
    }
}
