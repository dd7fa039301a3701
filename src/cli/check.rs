//! `socklab check`: check a program.

mod desk;
mod programs;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::capture::Recording;
use super::diagram::Form;
use super::given::Given;
use super::progress::{Passed, Progress};
use super::screen::Screen;
use super::{Format, NetworkChoice, Selection, Stop};
use crate::course::{Lab, Options};
use crate::evidence::{LabResult, Method, Role, Status};
use crate::{labs, report};
use desk::Desk;
use programs::prepare;

pub(super) use programs::unfinished;

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    selection: Selection,
    /// Check the course's own solution.
    #[arg(long, conflicts_with_all = ["server", "client", "command"])]
    solution: bool,
    /// Repeat the random messages of an earlier run.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// The form of the report.
    #[arg(long, default_value = "text")]
    format: Format,
    /// Draw what was sent: `text`, `mermaid`, or FILE.svg; see docs/diagrams.md.
    #[arg(long, value_name = "FORM")]
    diagram: Option<String>,
    /// Write the packets of all checks to this file, for Wireshark and its like.
    #[arg(long, value_name = "FILE.pcapng")]
    capture: Option<PathBuf>,
    /// How to look into a program's sockets; where a machine forbids one way, the next is taken.
    #[arg(long, value_name = "HOW", default_value = "notify")]
    inspect: Inspect,
    /// Where the checks run.
    #[arg(long, value_name = "WHICH", default_value = "auto")]
    network: NetworkChoice,
    /// How many checks run at once, each in a network of its own.
    #[arg(long, short, value_name = "NUMBER")]
    jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    given: Given,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Inspect {
    /// By short-lived copies of descriptors, and the kernel tells of each call that makes a socket.
    Notify,
    /// By copies alone.
    Copy,
    /// By /proc alone.
    Proc,
}

pub(super) fn check(args: &CheckArgs, screen: &mut Screen) -> Result<ExitCode, Stop> {
    let labs = args.selection.labs()?;
    let form = args.form()?;
    let method = match args.inspect {
        Inspect::Notify => Method::Notify,
        Inspect::Copy => Method::Copy,
        Inspect::Proc => Method::Proc,
    };
    let options = Options {
        seed: args.seed.unwrap_or_else(|| fastrand::u64(..1 << 32)),
        method,
        network: args.network.into(),
        jobs: args.jobs.map_or_else(cores, NonZeroUsize::get),
    };
    let recording = args.capture.as_deref().map(Recording::begin).transpose()?;
    let prepared = prepare(&labs, args, &options, screen)?;
    let mut desk = Desk::new(args, &options, form, recording);
    desk.check(prepared, screen)?;
    desk.close(screen)
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
    } else if args.given.is_empty() {
        Some(Passed::File)
    } else {
        Some(Passed::Command)
    }
}

/// Remembers that a program passed all its checks. A lab of two programs is passed when both have.
pub(super) fn remember(lab: &Lab, role: Role, by: Passed) -> Result<(), String> {
    Progress::change(&labs::checkout(), lab.slug, |record| {
        record.done.insert(role.name().to_owned());
        if lab.parts.iter().all(|part| record.done.contains(part.role.name())) {
            record.passed = Some(by);
        }
    })
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
