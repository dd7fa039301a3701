//! The programs that are checked: commands that were given, and what Cargo builds.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;

use super::CheckArgs;
use crate::cli::screen::Screen;
use crate::cli::{Stop, words};
use crate::course::{self, Lab, Options, State, Submission};
use crate::evidence::{Diagnosis, LabResult};
use crate::program::build::build_each;
use crate::{interrupt, labs};

/// What is there to be judged, of one lab.
pub(super) enum Prepared {
    /// A program.
    Program(&'static Lab, Submission),
    /// The judgement: there is no program that could be run.
    Refused(Box<LabResult>),
}

/// Finds the program of each lab: the command that was given, or what Cargo builds, which it does
/// for all of them at once.
pub(super) fn prepare(
    labs: &[&'static Lab],
    args: &CheckArgs,
    options: &Options,
    screen: &Screen,
) -> Result<Vec<Prepared>, Stop> {
    let mut wanted = Vec::new();
    for lab in labs {
        let is_built = command_for(lab, args)?.is_none();
        if is_built && (args.solution || unfinished(lab).is_none()) {
            wanted.push((lab.package(), executable(lab, args.solution)));
        }
    }
    let built = match wanted.as_slice() {
        [] => HashMap::new(),
        wanted => match build_each(&labs::checkout(), wanted, screen.colors_errors()) {
            Ok(built) => built,
            // Ctrl-C reaches cargo too.
            Err(_) if interrupt::asked() => return Err(Stop::Interrupted),
            Err(error) => return Err(Stop::Setup(error)),
        },
    };
    if interrupt::asked() {
        return Err(Stop::Interrupted);
    }
    labs.iter().map(|lab| prepared(lab, args, options, &built)).collect()
}

fn prepared(
    lab: &'static Lab,
    args: &CheckArgs,
    options: &Options,
    built: &HashMap<String, PathBuf>,
) -> Result<Prepared, Stop> {
    if let Some(command) = command_for(lab, args)? {
        return Ok(Prepared::Program(lab, submission(command)));
    }
    let name = executable(lab, args.solution);
    let todo = if args.solution { None } else { unfinished(lab) };
    let diagnosis = match (todo, built.get(&name)) {
        (Some(todo), _) => todo,
        (None, None) => does_not_compile(lab),
        (None, Some(path)) => {
            let submission = Submission { command: vec![path.into()], shown: vec![name] };
            return Ok(Prepared::Program(lab, submission));
        }
    };
    let shown = Submission { command: Vec::new(), shown: vec![lab.package()] };
    Ok(Prepared::Refused(Box::new(course::refused(lab, &shown, options, diagnosis))))
}

/// The name of the learner's executable, or of the solution.
fn executable(lab: &Lab, solution: bool) -> String {
    let package = lab.package();
    if solution { format!("{package}-solution") } else { package }
}

fn does_not_compile(lab: &Lab) -> Diagnosis {
    Diagnosis {
        id: "start-not-compiling",
        message: format!("{} does not compile; the compiler says why above", lab.file().display()),
        known_by: None,
        next: "correct the first error, then check again: later ones often follow from it".into(),
    }
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

/// A program that still has a `todo!` in it is not checked: the todo is what there is to say.
pub(in crate::cli) fn unfinished(lab: &Lab) -> Option<Diagnosis> {
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
        known_by: None,
        next: format!("write that step; `make hint{}` helps", lab.number),
    })
}
