//! The course as one learner stands in it: each lab's state, and what to do next.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use serde::Serialize;

use super::progress::{Passed, Progress};
use super::screen::Screen;
use crate::course::{self, Lab, Part, State};
use crate::evidence::SetupError;
use crate::labs;

/// How far a learner is with a lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Standing {
    NotStarted,
    InProgress,
    Passed,
}

/// One lab and the learner.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) lab: &'static Lab,
    pub(super) standing: Standing,
    /// What to do next; nothing for a lab that is passed.
    pub(super) next: Option<String>,
}

/// The course and the learner.
#[derive(Debug)]
pub(super) struct Course {
    /// The checkout that holds the learner's files.
    pub(super) root: PathBuf,
    /// The labs, in order.
    pub(super) places: Vec<Place>,
}

impl Course {
    /// Looks at the learner's files and at what is remembered.
    ///
    /// # Errors
    ///
    /// When there are no labs where they should be.
    pub(super) fn look(screen: &mut Screen) -> Result<Course, SetupError> {
        let root = labs::checkout();
        if !root.join("labs").is_dir() {
            return Err(SetupError::new(
                "the labs cannot be found",
                format!("{} is not there", root.join("labs").display()),
                "run socklab in the folder into which you cloned the course",
            ));
        }
        let progress = Progress::read(&root).unwrap_or_else(|trouble| {
            screen.note(&trouble);
            Progress::default()
        });
        let places = labs::all().iter().map(|lab| {
            let files: Vec<File> = lab.parts.iter().map(|part| (part, read(part))).collect();
            let standing = standing(&files, progress.of(lab.slug).passed);
            Place { lab, standing, next: next(lab, &files, standing) }
        });
        Ok(Course { places: places.collect(), root })
    }

    /// The lab to work on: one that is begun, else the first that is not passed.
    pub(super) fn current(&self) -> Option<&Place> {
        let first = |standing| self.places.iter().find(|place| place.standing == standing);
        first(Standing::InProgress).or_else(|| first(Standing::NotStarted))
    }

    /// How many labs are passed.
    pub(super) fn passed(&self) -> usize {
        self.places.iter().filter(|place| place.standing == Standing::Passed).count()
    }
}

/// A program of a lab, and the learner's file of it.
type File<'l> = (&'l Part, Result<String, ErrorKind>);

/// The learner's file with the line ends that Linux has, unless it cannot be read.
pub(super) fn read(part: &Part) -> Result<String, ErrorKind> {
    let bytes = fs::read(labs::checkout().join(&part.file)).map_err(|error| error.kind())?;
    Ok(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))
}

/// How far a learner is with one file.
fn state((part, file): &File<'_>) -> State {
    let file = file.as_deref();
    file.map_or(State::NotStarted, |file| course::state(file, &part.starter()))
}

fn standing(files: &[File<'_>], passed: Option<Passed>) -> Standing {
    let all = |wanted: State| files.iter().all(|file| state(file) == wanted);
    let any = |wanted: State| files.iter().any(|file| state(file) == wanted);
    let state = if all(State::NotStarted) {
        State::NotStarted
    } else if any(State::InProgress) {
        State::InProgress
    } else {
        State::Written
    };
    match (passed, state) {
        // It was right once, and has been opened again.
        (Some(Passed::File), State::InProgress) => Standing::InProgress,
        // The file may well be the starter still: the program is elsewhere.
        (Some(_), _) => Standing::Passed,
        (None, State::NotStarted) => Standing::NotStarted,
        (None, _) => Standing::InProgress,
    }
}

/// What to do next: with the first file that is not written, else with the whole lab.
fn next(lab: &Lab, files: &[File<'_>], standing: Standing) -> Option<String> {
    let number = lab.number;
    let is_open = |file: &&File<'_>| state(file) != State::Written;
    let (part, file) = files.iter().find(is_open).or(files.first())?;
    let path = part.file.display();
    match (standing, file) {
        (Standing::Passed, _) => None,
        (_, Err(ErrorKind::NotFound)) => {
            Some(format!("{path} is missing; get the starter back: make reset{number}"))
        }
        (Standing::NotStarted, _) => Some(format!("make lab{number}, then edit {path}")),
        (Standing::InProgress, Ok(file)) => match course::todos(file).first() {
            Some(todo) => Some(format!("edit {path}, line {}, then make check{number}", todo.line)),
            None => Some(format!("make check{number}")),
        },
        (Standing::InProgress, Err(_)) => Some(format!("make check{number}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_stands_where_its_file_and_the_past_say() {
        let lab = &labs::all()[0];
        let starter = lab.parts[0].starter();
        let begun = starter.replacen("todo!(", "begun(); todo!(", 1);
        let done = "fn main() {}";
        use Passed::{Command, File};
        use Standing::{InProgress, NotStarted, Passed as Done};
        for (file, passed, expected) in [
            (starter.as_str(), None, NotStarted),
            (&begun, None, InProgress),
            (done, None, InProgress),
            (done, Some(File), Done),
            (&begun, Some(File), InProgress),
            (&begun, Some(Command), Done),
            (&starter, Some(Command), Done),
        ] {
            let files = [(&lab.parts[0], Ok(file.to_owned()))];
            assert_eq!(standing(&files, passed), expected, "{file} {passed:?}");
        }
        let missing = [(&lab.parts[0], Err(ErrorKind::NotFound))];
        assert_eq!(standing(&missing, None), NotStarted);
    }

    #[test]
    fn a_lab_of_two_programs_is_begun_with_either() {
        let part = &labs::all()[0].parts[0];
        let (starter, done) = (part.starter(), "fn main() {}".to_owned());
        let begun = starter.replacen("todo!(", "begun(); todo!(", 1);
        for (server, client, expected) in [
            (&starter, &starter, Standing::NotStarted),
            (&begun, &starter, Standing::InProgress),
            (&done, &starter, Standing::InProgress),
            (&done, &done, Standing::InProgress),
        ] {
            let files = [(part, Ok(server.clone())), (part, Ok(client.clone()))];
            assert_eq!(standing(&files, None), expected, "{server} {client}");
        }
    }

    #[test]
    fn what_is_next_is_one_command() {
        let lab = &labs::all()[0];
        let next = |file: Result<&str, ErrorKind>, standing| {
            next(lab, &[(&lab.parts[0], file.map(str::to_owned))], standing)
        };
        assert_eq!(
            next(Ok(""), Standing::NotStarted).as_deref(),
            Some("make lab1, then edit labs/01-socket/src/main.rs")
        );
        assert_eq!(
            next(Ok("fn main() {\n    todo!()\n}"), Standing::InProgress).as_deref(),
            Some("edit labs/01-socket/src/main.rs, line 2, then make check1")
        );
        assert_eq!(next(Ok(""), Standing::InProgress).as_deref(), Some("make check1"));
        assert_eq!(next(Ok(""), Standing::Passed), None);
        assert!(
            next(Err(ErrorKind::NotFound), Standing::NotStarted).unwrap().contains("make reset1")
        );
    }
}
