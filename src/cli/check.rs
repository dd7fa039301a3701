//! `socklab check`: check a program.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use clap::Args;

use super::diagram::Form;
use super::progress::{Passed, Progress};
use super::screen::Screen;
use super::{Format, Selection, Stop, words};
use crate::course::{self, Interrupted, Lab, Options, State, Submission};
use crate::evidence::{Diagnosis, LabResult, Method, Status};
use crate::network::Choice;
use crate::program::build::{BuildError, build};
use crate::{interrupt, labs, report};

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    selection: Selection,
    /// Check the course's own solution.
    #[arg(long, conflicts_with_all = ["server", "client", "command"])]
    solution: bool,
    /// The command that plays the server.
    #[arg(long, value_name = "COMMAND", conflicts_with = "command")]
    server: Option<String>,
    /// The command that plays the client.
    #[arg(long, value_name = "COMMAND", conflicts_with = "command")]
    client: Option<String>,
    /// Repeat the random messages of an earlier run.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// The form of the report.
    #[arg(long, default_value = "text")]
    format: Format,
    /// Draw what was sent: `text`, `mermaid`, or FILE.svg; see docs/diagrams.md.
    #[arg(long, value_name = "FORM")]
    diagram: Option<String>,
    /// How to look into a program's sockets; `proc` is for machines that forbid copies.
    #[arg(long, value_name = "HOW", default_value = "copy")]
    inspect: Inspect,
    /// The network in which the checks run.
    #[arg(long, value_name = "WHICH", default_value = "auto")]
    network: NetworkChoice,
    /// How many checks run at once, each in a network of its own.
    #[arg(long, short, value_name = "NUMBER")]
    jobs: Option<NonZeroUsize>,
    /// Any command, in any language, in place of your program.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Inspect {
    /// By short-lived copies of descriptors, and by /proc where those are forbidden.
    Copy,
    /// By /proc alone.
    Proc,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum NetworkChoice {
    /// One of its own for every check where this machine allows it, else the loopback.
    Auto,
    /// One of its own for every check.
    Private,
    /// The machine's loopback; checks take turns.
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

pub(super) fn check(args: &CheckArgs, screen: &mut Screen) -> Result<ExitCode, Stop> {
    let labs = args.selection.labs()?;
    let mut form = args.form()?;
    let method = match args.inspect {
        Inspect::Copy => Method::Copy,
        Inspect::Proc => Method::Proc,
    };
    let options = Options {
        seed: args.seed.unwrap_or_else(|| fastrand::u64(..1 << 32)),
        method,
        network: args.network.into(),
        jobs: args.jobs.map_or_else(cores, NonZeroUsize::get),
    };
    let mut results = Vec::new();
    let mut forgotten = None;
    for lab in labs {
        let result = check_lab(lab, args, &options, screen)?;
        if args.format == Format::Text {
            tell(&result, form.as_ref(), screen)?;
        }
        if let Some(form) = &mut form {
            form.draw(form.scenes(lab, &result), screen)?;
        }
        if result.status == Status::Passed
            && let Some(by) = judged(args)
        {
            forgotten = forgotten.or(remember(lab, by).err());
        }
        results.push(result);
    }
    if args.format == Format::Json {
        screen.print(&report::json(&results))?;
    }
    form.map_or(Ok(()), Form::finish)?;
    if let Some(trouble) = forgotten {
        screen.note(&trouble);
    }
    Ok(exit_code(&results))
}

impl CheckArgs {
    /// In which form exchanges are drawn, if they are.
    fn form(&self) -> Result<Option<Form>, Stop> {
        let Some(value) = &self.diagram else { return Ok(None) };
        let form = Form::read(value)?;
        if self.format == Format::Json && !form.is_a_file() {
            let what = "both want standard output; draw to a file that ends in .svg";
            return Err(Stop::Usage(format!("--format json and --diagram {value} {what}")));
        }
        Ok(Some(form))
    }
}

/// Prints the report. Where standard output is to be a page, it goes to standard error.
fn tell(result: &LabResult, form: Option<&Form>, screen: &mut Screen) -> Result<(), Stop> {
    let text = report::text(result);
    if form.is_some_and(Form::is_a_page) {
        screen.note(text.trim_end());
    } else {
        screen.print(&text)?;
    }
    Ok(())
}

/// Whose program is checked: the course's own solution is nobody's.
fn judged(args: &CheckArgs) -> Option<Passed> {
    if args.solution {
        None
    } else if args.command.is_empty() && args.server.is_none() && args.client.is_none() {
        Some(Passed::File)
    } else {
        Some(Passed::Command)
    }
}

/// Remembers that a program passed all checks of a lab.
pub(super) fn remember(lab: &Lab, by: Passed) -> Result<(), String> {
    Progress::change(&labs::checkout(), lab.slug, |record| record.passed = Some(by))
}

/// How many checks run at once if nobody says otherwise.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// 3 when something could not be found out, 1 when a check failed, 3 when all that is missing is
/// what this machine cannot do, else 0.
fn exit_code(results: &[LabResult]) -> ExitCode {
    let any = |status| results.iter().any(|result| result.status == status);
    if any(Status::Error) {
        ExitCode::from(3)
    } else if any(Status::Failed) {
        ExitCode::from(1)
    } else if any(Status::Skipped) {
        ExitCode::from(3)
    } else {
        ExitCode::SUCCESS
    }
}

fn check_lab(
    lab: &'static Lab,
    args: &CheckArgs,
    options: &Options,
    screen: &mut Screen,
) -> Result<LabResult, Stop> {
    let submission = match command_for(lab, args)? {
        Some(command) => submission(command),
        None => match built(lab, args.solution, screen) {
            Ok(submission) => submission,
            // Ctrl-C reaches cargo too.
            Err(_) if interrupt::asked() => return Err(Stop::Interrupted),
            Err(NotBuilt::Setup(error)) => return Err(Stop::Setup(error)),
            Err(NotBuilt::Diagnosed(diagnosis)) => {
                let shown = Submission { command: Vec::new(), shown: vec![lab.package()] };
                return Ok(course::refused(lab, &shown, options, diagnosis));
            }
        },
    };
    let screen = Mutex::new(screen);
    let waiting = |holder| {
        screen.lock().unwrap_or_else(PoisonError::into_inner).wait_for(holder);
    };
    course::check(lab, &submission, options, &waiting).map_err(|Interrupted| Stop::Interrupted)
}

/// The command that was given in place of the learner's program, if one was.
fn command_for(lab: &Lab, args: &CheckArgs) -> Result<Option<Vec<OsString>>, Stop> {
    if !args.command.is_empty() {
        return Ok(Some(args.command.clone()));
    }
    let role = lab.plan.role.name();
    for (name, command) in [("server", &args.server), ("client", &args.client)] {
        let Some(command) = command else { continue };
        if name != role {
            return Err(Stop::Usage(format!(
                "lab {} has no {name}; its program is the {role}",
                lab.number
            )));
        }
        return Ok(Some(words(&format!("--{name}"), command)?));
    }
    Ok(None)
}

fn submission(command: Vec<OsString>) -> Submission {
    let shown = command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    Submission { command, shown }
}

/// Why there is no program to check.
enum NotBuilt {
    Setup(crate::evidence::SetupError),
    Diagnosed(Diagnosis),
}

/// Builds the learner's program, or the solution.
fn built(lab: &Lab, solution: bool, screen: &Screen) -> Result<Submission, NotBuilt> {
    let root = labs::checkout();
    if !solution && let Some(diagnosis) = unfinished(lab) {
        return Err(NotBuilt::Diagnosed(diagnosis));
    }
    let package = lab.package();
    let executable = if solution { format!("{package}-solution") } else { package.clone() };
    match build(&root, &[(package, executable.clone())], screen.colors_errors()) {
        Ok(paths) => {
            let path = paths.get(&executable).cloned().unwrap_or_default();
            Ok(Submission { command: vec![path.into()], shown: vec![executable] })
        }
        Err(BuildError::Setup(error)) => Err(NotBuilt::Setup(error)),
        Err(BuildError::DoesNotCompile) => Err(NotBuilt::Diagnosed(Diagnosis {
            id: "start-not-compiling",
            message: format!(
                "{} does not compile; the compiler says why above",
                lab.file().display()
            ),
            next: "correct the first error, then check again: later ones often follow from it"
                .into(),
        })),
    }
}

/// A program that still has a `todo!` in it is not checked: the todo is what there is to say.
pub(super) fn unfinished(lab: &Lab) -> Option<Diagnosis> {
    let file = lab.file();
    let text = std::fs::read_to_string(labs::checkout().join(&file)).ok()?;
    let todo = course::todos(&text).into_iter().next()?;
    let begun = match course::state(&text, &lab.starter()) {
        State::NotStarted => "is not started",
        _ => "is not finished",
    };
    let place = format!("{}:{}", file.display(), todo.line);
    Some(Diagnosis {
        id: "start-todo",
        message: format!("lab {} {begun}: the next step is at {place}: {}", lab.number, todo.text),
        next: format!("write that step; `make hint{}` helps", lab.number),
    })
}
