//! What the judge said of a program, as far as it is counted, and how it is asked.

use std::ffi::OsString;

use serde::{Deserialize, Serialize};
use socklab::course::{self, Lab, Options, Submission};
use socklab::evidence::{LabResult, Method, Role, Status};
use socklab::labs;
use socklab::network::Choice;

use crate::{Setting, alone, corpus};

/// What came of each check.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verdict {
    pub checks: Vec<Judged>,
}

/// What came of one check.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Judged {
    pub id: String,
    pub status: Status,
    /// The ids of its diagnoses.
    pub said: Vec<String>,
    /// Why it could not be done.
    pub trouble: String,
}

impl Verdict {
    /// The first check that did not pass.
    pub fn first(&self) -> Option<&Judged> {
        self.checks.iter().find(|check| check.status != Status::Passed)
    }

    /// What comes of a program that is not checked.
    pub fn none() -> Verdict {
        let id = String::new();
        let skipped = Judged { id, status: Status::Skipped, said: vec![], trouble: String::new() };
        Verdict { checks: vec![skipped] }
    }

    fn of(result: &LabResult) -> Verdict {
        let judged = result.checks.iter().map(|check| Judged {
            id: check.id.to_owned(),
            status: check.status,
            said: check.diagnoses.iter().map(|diagnosis| diagnosis.id.to_owned()).collect(),
            trouble: check.trouble.as_ref().map(|it| format!("{it:?}")).unwrap_or_default(),
        });
        Verdict { checks: judged.collect() }
    }
}

/// Checks a program up to this check: to the end where that passes, or where none is named.
pub fn judge(
    lab: &'static Lab,
    setting: Setting,
    until: Option<&str>,
    role: Role,
    command: &[OsString],
) -> Result<Verdict, String> {
    if setting.network == Choice::Loopback {
        return judge_alone(lab, setting, until, role, command);
    }
    judge_here(lab, setting, until, role, command)
}

fn judge_here(
    lab: &'static Lab,
    Setting { network, method }: Setting,
    until: Option<&str>,
    role: Role,
    command: &[OsString],
) -> Result<Verdict, String> {
    // One after the other, but for checks in which a program waits: these run at once.
    let jobs = if corpus::is_idle(lab) { 2 } else { 1 };
    let options = Options { seed: 7, method, network, jobs };
    let submission = Submission { role, command: command.to_vec(), shown: vec!["program".into()] };
    let check = |lab| {
        let result = course::check(lab, &submission, &options, &|_| {});
        result.map(|result| Verdict::of(&result)).map_err(|_| "interrupted".to_owned())
    };
    match until.map(|until| check(corpus::up_to(lab, until))) {
        Some(Ok(verdict)) if verdict.first().is_none() => check(lab),
        Some(verdict) => verdict,
        None => check(lab),
    }
}

/// Does it in a process and on a loopback of its own.
fn judge_alone(
    lab: &Lab,
    setting: Setting,
    until: Option<&str>,
    role: Role,
    command: &[OsString],
) -> Result<Verdict, String> {
    let words = [lab.slug, setting.method_name(), until.unwrap_or_default(), role.name()];
    let arguments = words.into_iter().map(OsString::from).chain(command.iter().cloned());
    let output = alone::run(arguments).map_err(|error| error.to_string())?;
    let said = || String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).map_err(|error| format!("{error}: {}", said()))
}

/// What that process does: prints the verdict as JSON.
pub fn judged_alone(arguments: Vec<OsString>) -> Result<(), String> {
    let mut arguments = arguments.into_iter();
    let mut word = || arguments.next().and_then(|word| word.into_string().ok()).unwrap_or_default();
    let (lab, method, until, role) = (word(), word(), word(), word());
    let lab = labs::find(&lab).ok_or_else(|| format!("there is no lab {lab}"))?;
    let method = if method == "proc" { Method::Proc } else { Method::Notify };
    let setting = Setting { network: Choice::Loopback, method };
    let until = Some(until.as_str()).filter(|until| !until.is_empty());
    let command: Vec<OsString> = arguments.collect();
    let verdict = judge_here(lab, setting, until, corpus::role_of(lab, &role), &command)?;
    println!("{}", serde_json::to_string(&verdict).map_err(|error| error.to_string())?);
    Ok(())
}
