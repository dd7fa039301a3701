//! The programs that are checked: commands that were given, and what Cargo builds.

use std::collections::HashMap;
use std::path::PathBuf;

use super::CheckArgs;
use crate::cli::Stop;
use crate::cli::screen::Screen;
use crate::course::{self, Lab, Options, Part, State, Submission};
use crate::evidence::{Diagnosis, LabResult};
use crate::program::build::build_each;
use crate::{interrupt, labs};

/// What is there to be judged, of one program of a lab.
pub(super) enum Prepared {
    /// A program.
    Program(&'static Lab, Submission),
    /// The judgement: there is no program that could be run.
    Refused(Box<LabResult>),
}

/// Finds the programs of each lab: the commands that were given, or what Cargo builds, which it does
/// for all of them at once.
pub(super) fn prepare(
    labs: &[&'static Lab],
    args: &CheckArgs,
    options: &Options,
    screen: &Screen,
) -> Result<Vec<Prepared>, Stop> {
    let commands =
        labs.iter().map(|lab| args.given.programs(lab)).collect::<Result<Vec<_>, _>>()?;
    let mut wanted = Vec::new();
    for (lab, _) in labs.iter().zip(&commands).filter(|(_, given)| given.is_empty()) {
        for part in &lab.parts {
            if args.solution || unfinished(lab, part).is_none() {
                wanted.push((lab.package(), executable(part, args.solution)));
            }
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
    let mut prepared = Vec::new();
    for (&lab, given) in labs.iter().zip(commands) {
        if given.is_empty() {
            let parts = lab.parts.iter();
            prepared.extend(parts.map(|part| built_for(lab, part, args, options, &built)));
        } else {
            prepared.extend(given.into_iter().map(|its| Prepared::Program(lab, its)));
        }
    }
    Ok(prepared)
}

/// What Cargo has built for a part, or why there is nothing.
fn built_for(
    lab: &'static Lab,
    part: &Part,
    args: &CheckArgs,
    options: &Options,
    built: &HashMap<String, PathBuf>,
) -> Prepared {
    let role = part.role;
    let name = executable(part, args.solution);
    let todo = if args.solution { None } else { unfinished(lab, part) };
    let diagnosis = match (todo, built.get(&name)) {
        (Some(todo), _) => todo,
        (None, None) => does_not_compile(part),
        (None, Some(path)) => {
            let submission = Submission { role, command: vec![path.into()], shown: vec![name] };
            return Prepared::Program(lab, submission);
        }
    };
    let shown = Submission { role, command: Vec::new(), shown: vec![part.executable.clone()] };
    Prepared::Refused(Box::new(course::refused(lab, &shown, options, diagnosis)))
}

/// The name of the learner's executable, or of the solution.
fn executable(part: &Part, solution: bool) -> String {
    if solution { part.solution_executable() } else { part.executable.clone() }
}

fn does_not_compile(part: &Part) -> Diagnosis {
    Diagnosis {
        id: "start-not-compiling",
        message: format!("{} does not compile; the compiler says why above", part.file.display()),
        known_by: None,
        next: "correct the first error, then check again: later ones often follow from it".into(),
    }
}

/// A program that still has a `todo!` in it is not checked: the todo is what there is to say.
pub(in crate::cli) fn unfinished(lab: &Lab, part: &Part) -> Option<Diagnosis> {
    let text = std::fs::read_to_string(labs::checkout().join(&part.file)).ok()?;
    let todo = course::todos(&text).into_iter().next()?;
    let begun = match course::state(&text, &part.starter()) {
        State::NotStarted => "is not started",
        _ => "is not finished",
    };
    let whose = if lab.has_parts() { format!("'s {}", part.role) } else { String::new() };
    let place = format!("{}:{}", part.file.display(), todo.line);
    Some(Diagnosis {
        id: "start-todo",
        message: format!(
            "lab {}{whose} {begun}: the next step is at {place}: {}",
            lab.number, todo.text
        ),
        known_by: None,
        next: format!("write that step; `make hint{}` helps", lab.number),
    })
}
