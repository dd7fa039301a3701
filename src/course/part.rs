//! A program that a lab asks for: its files, and what they are built to.

use std::path::PathBuf;

use super::starter;
use crate::evidence::Role;

/// A program that a lab asks for. Most labs ask for one.
#[derive(Clone, Debug)]
pub struct Part {
    /// The role that it plays.
    pub role: Role,
    /// The text of its solution, from which the starter is cut.
    pub solution: &'static str,
    /// The name of the learner's executable: `lab6`, or `lab12-server`.
    pub executable: String,
    /// The one file that a learner edits, from the checkout on: `labs/06-ack-server/src/main.rs`, or
    /// `labs/12-retry/src/server.rs`.
    pub file: PathBuf,
    /// Its solution, from the checkout on: `labs/06-ack-server/solution.rs`, or
    /// `labs/12-retry/solution/server.rs`.
    pub solution_file: PathBuf,
}

impl Part {
    /// The part of this name, a role's; the only part of a lab has no name, and plays `only`.
    pub(super) fn new(
        number: u8,
        folder: &str,
        name: &str,
        only: Role,
        solution: &'static str,
    ) -> Part {
        let lab: PathBuf = ["labs", folder].iter().collect();
        if name.is_empty() {
            return Part {
                role: only,
                solution,
                executable: format!("lab{number}"),
                file: lab.join("src").join("main.rs"),
                solution_file: lab.join("solution.rs"),
            };
        }
        let file = format!("{name}.rs");
        Part {
            role: if name == Role::Server.name() { Role::Server } else { Role::Client },
            solution,
            executable: format!("lab{number}-{name}"),
            file: lab.join("src").join(&file),
            solution_file: lab.join("solution").join(file),
        }
    }

    /// The name of its solution's executable: `lab6-solution`, or `lab12-server-solution`.
    pub fn solution_executable(&self) -> String {
        format!("{}-solution", self.executable)
    }

    /// The starter, cut from the solution.
    pub fn starter(&self) -> String {
        starter(self.solution)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_only_program_of_a_lab_has_the_labs_name_and_one_of_two_its_role_too() {
        for (name, role, executable, file, solution) in [
            ("", Role::Program, "lab12", "src/main.rs", "solution.rs"),
            ("server", Role::Server, "lab12-server", "src/server.rs", "solution/server.rs"),
            ("client", Role::Client, "lab12-client", "src/client.rs", "solution/client.rs"),
        ] {
            let part = Part::new(12, "12-retry", name, Role::Program, "");
            assert_eq!((part.role, part.executable.as_str()), (role, executable));
            assert_eq!(part.file, PathBuf::from("labs/12-retry").join(file));
            assert_eq!(part.solution_file, PathBuf::from("labs/12-retry").join(solution));
        }
    }
}
