//! The command line: one file a verb. Besides [`report`](crate::report), which makes texts, this is
//! the only place that prints. Results go to standard output, progress and trouble to standard error.

mod check;
mod demo;
mod screen;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::course::Lab;
use crate::evidence::SetupError;
use crate::{interrupt, labs, program};
use screen::Screen;

/// Learn socket programming by doing it.
///
/// Without a verb: the course, how far you are, and what to do next.
#[derive(Debug, Parser)]
#[command(name = "socklab", version, max_term_width = 100)]
struct Cli {
    /// When to use colors.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorWhen,
    #[command(subcommand)]
    verb: Option<Verb>,
}

/// When to use colors. NO_COLOR and CLICOLOR_FORCE are honored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ColorWhen {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Check a program: yours, or any command after --.
    Check(check::CheckArgs),
    /// Watch a lab: its programs are played for real.
    Demo(demo::DemoArgs),
}

/// In which form results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For machines: see docs/json.md.
    Json,
}

/// Labs, as they are named on the command line.
#[derive(Debug, Args)]
struct Selection {
    /// A lab's number, its slug, or a range such as 1-4.
    #[arg(value_name = "LAB")]
    labs: String,
}

impl Selection {
    fn labs(&self) -> Result<Vec<&'static Lab>, Stop> {
        labs::select(&self.labs).map_err(Stop::Usage)
    }
}

/// Why a verb did not come to its end.
#[derive(Debug)]
enum Stop {
    /// The command line asks for something that is not there.
    Usage(String),
    /// The machine cannot do it.
    Setup(SetupError),
    /// Someone pressed Ctrl-C.
    Interrupted,
    /// Nobody reads what is printed.
    NoReader,
}

impl From<SetupError> for Stop {
    fn from(error: SetupError) -> Stop {
        Stop::Setup(error)
    }
}

impl From<std::io::Error> for Stop {
    fn from(_: std::io::Error) -> Stop {
        Stop::NoReader
    }
}

/// What `main` does: exit status 0 all passed, 1 a check failed, 2 usage, 3 could not run here,
/// 130 Ctrl-C.
pub fn main() -> ExitCode {
    if let Some(code) = program::become_guard_if_asked() {
        return code;
    }
    let cli = Cli::parse();
    let code = begin(cli);
    program::sweep();
    code
}

fn begin(cli: Cli) -> ExitCode {
    let mut screen = Screen::new(cli.color);
    if let Err(error) = interrupt::listen() {
        screen.complain(&format!("Ctrl-C cannot be handled: {error}"));
    }
    let outcome = match cli.verb {
        Some(Verb::Check(args)) => check::check(&args, &mut screen),
        Some(Verb::Demo(args)) => demo::demo(&args, &mut screen),
        None => Ok(ExitCode::SUCCESS),
    };
    outcome.unwrap_or_else(|stop| match stop {
        Stop::Usage(line) => {
            screen.complain(&line);
            ExitCode::from(2)
        }
        Stop::Setup(error) => {
            screen.complain(&error.what);
            screen.note(&format!("  why   {}", error.why));
            screen.note(&format!("  next  {}", error.next));
            ExitCode::from(3)
        }
        Stop::Interrupted => ExitCode::from(130),
        Stop::NoReader => ExitCode::SUCCESS,
    })
}
