//! The course as one learner stands in it: each lab's state, and what to do next.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use serde::Serialize;

use super::progress::{Passed, Progress};
use super::screen::Screen;
use crate::course::{self, Lab, State};
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
            let file = read(lab);
            let standing = standing(lab, file.as_deref(), progress.of(lab.slug).passed);
            Place { lab, standing, next: next(lab, file.as_deref(), standing) }
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

/// The learner's file with the line ends that Linux has, unless it cannot be read.
pub(super) fn read(lab: &Lab) -> Result<String, ErrorKind> {
    let bytes = fs::read(labs::checkout().join(lab.file())).map_err(|error| error.kind())?;
    Ok(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))
}

fn standing(lab: &Lab, file: Result<&str, &ErrorKind>, passed: Option<Passed>) -> Standing {
    let state = file.map_or(State::NotStarted, |file| course::state(file, &lab.starter()));
    match (passed, state) {
        // It was right once, and has been opened again.
        (Some(Passed::File), State::InProgress) => Standing::InProgress,
        // The file may well be the starter still: the program is elsewhere.
        (Some(_), _) => Standing::Passed,
        (None, State::NotStarted) => Standing::NotStarted,
        (None, _) => Standing::InProgress,
    }
}

fn next(lab: &Lab, file: Result<&str, &ErrorKind>, standing: Standing) -> Option<String> {
    let (number, path) = (lab.number, lab.file());
    let path = path.display();
    match (standing, file) {
        (Standing::Passed, _) => None,
        (_, Err(ErrorKind::NotFound)) => {
            Some(format!("{path} is missing; get the starter back: make reset{number}"))
        }
        (Standing::NotStarted, _) => Some(format!("make lab{number}, then edit {path}")),
        (Standing::InProgress, file) => match course::todos(file.unwrap_or_default()).first() {
            Some(todo) => Some(format!("edit {path}, line {}, then make check{number}", todo.line)),
            None => Some(format!("make check{number}")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_stands_where_its_file_and_the_past_say() {
        let lab = &labs::all()[0];
        let starter = lab.starter();
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
            assert_eq!(standing(lab, Ok(file), passed), expected, "{file} {passed:?}");
        }
        assert_eq!(standing(lab, Err(&ErrorKind::NotFound), None), NotStarted);
    }

    #[test]
    fn what_is_next_is_one_command() {
        let lab = &labs::all()[0];
        let next = |file, standing| next(lab, file, standing);
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
            next(Err(&ErrorKind::NotFound), Standing::NotStarted).unwrap().contains("make reset1")
        );
    }
}
