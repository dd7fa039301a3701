//! The command line: one file a verb. Besides [`report`](crate::report), which makes texts, this is
//! the only place that prints. Results go to standard output, progress and trouble to standard error.

mod capture;
mod check;
mod completions;
mod course;
mod demo;
mod diagram;
mod diff;
mod doctor;
mod explain;
mod given;
mod hint;
mod learner_test;
mod link;
mod list;
mod man;
mod markdown;
mod net;
mod progress;
mod relay;
mod reset;
mod screen;
mod starters;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::course::Lab;
use crate::evidence::SetupError;
use crate::network::Choice;
use crate::{interrupt, labs, network, program};
pub use learner_test::learner_test;
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
    /// The course, how far you are, and what to do next.
    List(list::ListArgs),
    /// Check a program: yours, or any command after --.
    Check(check::CheckArgs),
    /// Check a lab again whenever your program is saved.
    Watch(watch::WatchArgs),
    /// Show a lab: its programs are played for real.
    Demo(demo::DemoArgs),
    /// Explain a cause that a report names.
    Explain(explain::ExplainArgs),
    /// Run programs in a network of their own, over a link that can be bad.
    Net(Box<net::NetArgs>),
    /// Stand between a client and a server on the loopback, as a link that can be bad.
    Relay(Box<relay::RelayArgs>),
    /// Show a hint, one more at each call.
    Hint(hint::HintArgs),
    /// Show what is between the starter and the solution, once a lab is passed.
    Diff(diff::DiffArgs),
    /// Put a lab's starter back; a copy of your program is kept.
    Reset(reset::ResetArgs),
    /// Say what this machine offers, and what is missing.
    Doctor,
    /// Print what a shell needs to complete the command line.
    Completions(completions::CompletionsArgs),
    /// Print the manual page.
    Man(man::ManArgs),
    /// Write the starters of all labs, for lab authors.
    #[command(hide = true)]
    Starters(starters::StartersArgs),
    /// Be the program into which the doctor looks.
    #[command(name = doctor::SUBJECT, hide = true)]
    Subject,
}

/// In which form results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For machines: see docs/json.md.
    Json,
}

/// Which network programs run in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum NetworkChoice {
    /// In a network of their own where this machine allows one, else on its loopback.
    Auto,
    /// In a network of their own.
    Private,
    /// On the machine's loopback, in turn with others.
    Loopback,
}

impl From<NetworkChoice> for Choice {
    fn from(choice: NetworkChoice) -> Choice {
        match choice {
            NetworkChoice::Auto => Choice::Auto,
            NetworkChoice::Private => Choice::Private,
            NetworkChoice::Loopback => Choice::Loopback,
        }
    }
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

/// One lab, as it is named on the command line.
#[derive(Debug, Args)]
struct OneLab {
    /// A lab's number or its slug.
    #[arg(value_name = "LAB")]
    lab: String,
}

impl OneLab {
    fn lab(&self) -> Result<&'static Lab, Stop> {
        match labs::select(&self.lab).map_err(Stop::Usage)?.as_slice() {
            [lab] => Ok(lab),
            _ => Err(Stop::Usage(format!("one lab at a time, not {}", self.lab))),
        }
    }
}

/// The words of a command that was given in one piece, as a shell would split it.
fn words(option: &str, command: &str) -> Result<Vec<OsString>, Stop> {
    let words = shell_words::split(command)
        .map_err(|error| Stop::Usage(format!("{option} {command:?}: {error}")))?;
    if words.is_empty() {
        return Err(Stop::Usage(format!("{option} names no command")));
    }
    Ok(words.into_iter().map(OsString::from).collect())
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
    fn from(error: std::io::Error) -> Stop {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Stop::NoReader;
        }
        let next = "see whether the disk is full, or print to a terminal";
        Stop::Setup(SetupError::new("the result cannot be written", error, next))
    }
}

/// The command line, its verbs and options, as data.
pub fn command() -> clap::Command {
    Cli::command()
}

/// What `main` does: exit status 0 all passed, 1 a check failed, 2 usage, 3 could not run here,
/// 130 Ctrl-C, 141 nobody reads.
pub fn main() -> ExitCode {
    if let Some(code) = crate::become_helper_if_asked() {
        return code;
    }
    let cli = Cli::parse();
    let code = begin(cli);
    program::sweep(network::is_agent);
    code
}

fn begin(cli: Cli) -> ExitCode {
    let mut screen = Screen::new(cli.color);
    // A watch listens itself: of its signals not every one is the end.
    let listens = !matches!(cli.verb, Some(Verb::Watch(_)));
    if let Err(error) = if listens { interrupt::listen() } else { Ok(()) } {
        screen.complain(&format!("Ctrl-C cannot be handled: {error}"));
    }
    let outcome = match cli.verb {
        Some(Verb::List(args)) => list::list(&args, &mut screen),
        Some(Verb::Check(args)) => check::check(&args, &mut screen),
        Some(Verb::Watch(args)) => watch::watch(&args, &mut screen),
        Some(Verb::Demo(args)) => demo::demo(&args, &mut screen),
        Some(Verb::Explain(args)) => explain::explain(&args, &mut screen),
        Some(Verb::Net(args)) => net::net(&args, &mut screen),
        Some(Verb::Relay(args)) => relay::relay(&args, &mut screen),
        Some(Verb::Hint(args)) => hint::hint(&args, &mut screen),
        Some(Verb::Diff(args)) => diff::diff(&args, &mut screen),
        Some(Verb::Reset(args)) => reset::reset(&args, &mut screen),
        Some(Verb::Doctor) => doctor::doctor(&mut screen),
        Some(Verb::Completions(args)) => completions::completions(&args, &mut screen),
        Some(Verb::Man(args)) => man::man(&args, &mut screen),
        Some(Verb::Starters(args)) => starters::starters(&args, &mut screen),
        Some(Verb::Subject) => {
            crate::doctor::be_looked_at().map(|()| ExitCode::SUCCESS).map_err(Stop::from)
        }
        None => list::list(&list::ListArgs::default(), &mut screen),
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
        // What a shell reports of a program that SIGPIPE ended: 0 would say that all passed.
        Stop::NoReader => ExitCode::from(141),
    })
}
