//! Runs one of a lab's wrong programs by name.
//!
//! Each lab keeps the mistakes that learners really make, one short function each, and says which
//! diagnosis each must earn. They test the judge: `socklab` has to reject every one of them, for
//! the right reason.
//!
//! - `labN-mistakes NAME` runs that program; words that follow are the program's own. An error ends it as it ends Rust's `main`:
//!   `Error: …` on stderr, status 1.
//! - `labN-mistakes --list` prints one line a program: its name, a tab, the check.

use std::io;
use std::process::ExitCode;

/// A program that is wrong in one way and otherwise right.
pub struct Mistake {
    name: &'static str,
    check: &'static str,
    program: fn() -> io::Result<()>,
}

impl Mistake {
    /// `name` is the id of the diagnosis that `program` must earn. Where two programs of a lab
    /// earn the same one, a dot and a word tell them apart: `udp-wrong-port.off-by-one`.
    /// `check` is the id of the first check that it fails.
    pub const fn new(
        name: &'static str,
        check: &'static str,
        program: fn() -> io::Result<()>,
    ) -> Self {
        Self { name, check, program }
    }
}

/// Does what the command line asks for. Status 2 if it asks for anything else.
pub fn run(mistakes: &[Mistake]) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(argument) = arguments.first() else {
        eprintln!("expected the name of a mistake, or --list");
        return ExitCode::from(2);
    };
    if argument == "--list" {
        for Mistake { name, check, .. } in mistakes {
            println!("{name}\t{check}");
        }
        return ExitCode::SUCCESS;
    }
    let Some(mistake) = mistakes.iter().find(|mistake| mistake.name == argument) else {
        eprintln!("no mistake is called '{argument}': --list shows their names");
        return ExitCode::from(2);
    };
    match (mistake.program)() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:?}");
            ExitCode::FAILURE
        }
    }
}
