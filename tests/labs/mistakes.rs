//! Programs that are wrong in Rust, the functions in a lab's `mistakes.rs`: each fails the check and
//! earns the diagnosis that it names, and its whole report is a snapshot. And every check of the lab
//! finds something that no other check does.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use libtest_mimic::{Failed, Trial};
use socklab::course::Lab;
use socklab::evidence::{LabResult, Method, Status};
use socklab::network::Choice;

use super::corpus::{self, Mistake};
use super::snapshot;

/// A mistake, and what came of it: found out by the test that asks first.
struct Judged {
    lab: &'static Lab,
    executable: PathBuf,
    mistake: Mistake,
    verdict: Mutex<Option<Arc<Verdict>>>,
}

struct Verdict {
    /// The checks that it fails.
    fails: Vec<&'static str>,
    /// What is wrong with the judgement, if anything is.
    fault: Option<String>,
}

/// A test for every mistake of the lab, and behind them one for its checks, which needs no run of its
/// own.
pub fn trials(lab: &'static Lab, executable: &Path, mistakes: Vec<Mistake>) -> Vec<Trial> {
    let judge = |mistake| {
        let executable = executable.to_owned();
        Arc::new(Judged { lab, executable, mistake, verdict: Mutex::default() })
    };
    let all: Vec<Arc<Judged>> = mistakes.into_iter().map(judge).collect();
    let each = all.iter().cloned().map(|judged| {
        let name = format!("lab{}::mistake::{}", lab.number, judged.mistake.name);
        super::trial(lab, name, move || match &judged.verdict().fault {
            None => Ok(()),
            Some(fault) => Err(fault.into()),
        })
    });
    let mut trials: Vec<Trial> = each.collect();
    let name = format!("lab{}::checks::each_finds_what_no_other_does", lab.number);
    trials.push(super::trial(lab, name, move || each_finds_something(lab, &all)));
    trials
}

/// Without a mistake that fails it and nothing else a check may be dead: what it asks, others ask too.
fn each_finds_something(lab: &Lab, all: &[Arc<Judged>]) -> Result<(), Failed> {
    let seems = dead(lab, all);
    // On a busy machine a program may have failed more than it does.
    for judged in all.iter().filter(|judged| seems.contains(&judged.mistake.check.as_str())) {
        judged.judge();
    }
    let dead = if seems.is_empty() { seems } else { dead(lab, all) };
    if dead.is_empty() {
        return Ok(());
    }
    let dead = dead.join(", ");
    Err(format!("no mistake in mistakes.rs fails one of these checks and nothing else: {dead}")
        .into())
}

/// The checks that no mistake fails and nothing else.
fn dead(lab: &Lab, all: &[Arc<Judged>]) -> Vec<&'static str> {
    let verdicts: Vec<Arc<Verdict>> = all.iter().map(|judged| judged.verdict()).collect();
    let alone: Vec<&str> = verdicts
        .iter()
        .filter_map(|verdict| match verdict.fails.as_slice() {
            [only] => Some(*only),
            _ => None,
        })
        .collect();
    let checks = lab.plan.checks.iter().map(|check| check.id);
    checks.filter(|check| !alone.contains(check)).collect()
}

impl Judged {
    /// What came of it, if it is as it should be; else it is found out anew.
    fn verdict(&self) -> Arc<Verdict> {
        let known = self.known().clone();
        match known.filter(|verdict| verdict.fault.is_none()) {
            Some(verdict) => verdict,
            None => self.judge(),
        }
    }

    fn judge(&self) -> Arc<Verdict> {
        let verdict = Arc::new(match self.run() {
            Err(error) => Verdict { fails: Vec::new(), fault: Some(said(&error)) },
            Ok(result) => {
                let failed = result.checks.iter().filter(|it| it.status == Status::Failed);
                let fails = failed.map(|check| check.id).collect();
                Verdict { fails, fault: self.is_rejected(result).err().as_ref().map(said) }
            }
        });
        *self.known() = Some(Arc::clone(&verdict));
        verdict
    }

    fn known(&self) -> MutexGuard<'_, Option<Arc<Verdict>>> {
        self.verdict.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) -> Result<LabResult, Failed> {
        let shown = [format!("lab{}-mistakes", self.lab.number), self.mistake.name.clone()];
        let command = vec![self.executable.clone().into(), self.mistake.name.as_str().into()];
        super::run(self.lab, Choice::Auto, &shown, self.mistake.role(self.lab), command)
    }

    /// It fails a certain check first, with a certain diagnosis and the report that is known.
    fn is_rejected(&self, result: LabResult) -> Result<(), Failed> {
        let first = super::first_failure(&result, &self.mistake)?;
        let id = self.mistake.id();
        if !first.diagnoses.iter().any(|diagnosis| diagnosis.id == id) {
            let report = super::plain(&result);
            return Err(format!("{id} is not among the diagnoses\n{report}").into());
        }
        super::words::do_not_matter(self.lab, &result)?;
        // Where no packet is seen, or no call, a report may say less.
        if !Choice::Auto.is_private() || result.inspection != Some(Method::Notify) {
            return Ok(());
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("labs").join(self.lab.folder);
        let file = folder.join("reports").join(format!("{}.txt", self.mistake.name));
        snapshot::compare(
            &file,
            &super::plain(&snapshot::redacted(result, corpus::is_idle(self.lab))),
        )
    }
}

fn said(error: &Failed) -> String {
    error.message().unwrap_or("it failed without a word").to_owned()
}
