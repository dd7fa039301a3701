//! Commands that are given in place of the learner's programs.

use std::ffi::OsString;

use clap::Args;

use super::{Stop, words};
use crate::course::{Lab, Submission};
use crate::evidence::Role;

/// What the command line has in place of the learner's programs.
#[derive(Debug, Default, Args)]
pub(super) struct Given {
    /// The command that plays the server.
    #[arg(long, value_name = "COMMAND", conflicts_with = "command")]
    server: Option<String>,
    /// The command that plays the client.
    #[arg(long, value_name = "COMMAND", conflicts_with = "command")]
    client: Option<String>,
    /// Any command, in any language, in place of your program. A lab of two programs takes
    /// --server and --client.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl Given {
    /// True where nothing is: then it is the learner's programs that count.
    pub(super) fn is_empty(&self) -> bool {
        self.server.is_none() && self.client.is_none() && self.command.is_empty()
    }

    /// The programs of this lab that are given: some, or none where nothing is.
    ///
    /// # Errors
    ///
    /// When the lab has no such program, or two and nobody says which it is.
    pub(super) fn programs(&self, lab: &Lab) -> Result<Vec<Submission>, Stop> {
        if !self.command.is_empty() {
            return match lab.parts.as_slice() {
                [only] => Ok(vec![submission(only.role, self.command.clone())]),
                _ => Err(Stop::Usage(format!(
                    "lab {} has two programs, and a command after -- does not say which it is: \
                     --server COMMAND, --client COMMAND, or both",
                    lab.number
                ))),
            };
        }
        let mut programs = Vec::new();
        for (role, command) in self.roles() {
            if lab.part(role).is_none() {
                let own = lab.plan.role;
                let what = format!("lab {} has no {role}; its program is the {own}", lab.number);
                return Err(Stop::Usage(what));
            }
            programs.push(submission(role, words(&format!("--{role}"), command)?));
        }
        Ok(programs)
    }

    /// All words of all commands.
    ///
    /// # Errors
    ///
    /// When one cannot be split into words.
    pub(super) fn words(&self) -> Result<Vec<OsString>, Stop> {
        let mut all = self.command.clone();
        for (role, command) in self.roles() {
            all.extend(words(&format!("--{role}"), command)?);
        }
        Ok(all)
    }

    /// The arguments that give the same to another verb.
    pub(super) fn arguments(&self) -> Vec<OsString> {
        let named = self.roles().flat_map(|(role, command)| [format!("--{role}"), command.into()]);
        let mut arguments: Vec<OsString> = named.map(OsString::from).collect();
        if !self.command.is_empty() {
            arguments.push("--".into());
            arguments.extend(self.command.iter().cloned());
        }
        arguments
    }

    fn roles(&self) -> impl Iterator<Item = (Role, &String)> {
        let both = [(Role::Server, &self.server), (Role::Client, &self.client)];
        both.into_iter().filter_map(|(role, command)| Some((role, command.as_ref()?)))
    }
}

fn submission(role: Role, command: Vec<OsString>) -> Submission {
    let shown = command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    Submission { role, command, shown }
}
