//! The outcome of checks, as it is shown and as it is written to JSON.

use serde::{Deserialize, Serialize};

use super::{Evidence, Method, Reading, Role, Step, Unmet};

/// How a check, or a whole lab, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The program does what the check asks.
    Passed,
    /// It does not.
    Failed,
    /// A check that this one needs failed, so that this one would prove nothing; or this machine
    /// lacks what it takes.
    Skipped,
    /// socklab could not find out. Never the learner's fault.
    Error,
}

impl Status {
    /// `passed`, `failed`, `skipped`, `error`.
    pub fn name(self) -> &'static str {
        match self {
            Status::Passed => "passed",
            Status::Failed => "failed",
            Status::Skipped => "skipped",
            Status::Error => "error",
        }
    }
}

/// A likely cause, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// The cause's id in the catalogue, or `unknown`.
    pub id: &'static str,
    /// One sentence that says what is likely wrong.
    pub message: String,
    /// What told it from another cause that looks the same, where a second run did.
    pub known_by: Option<String>,
    /// One thing to do next.
    pub next: String,
}

/// What came of one check.
#[derive(Clone, Debug)]
pub struct CheckResult {
    /// The check's id within its lab.
    pub id: &'static str,
    /// What a right program does, as a sentence without a subject: `binds 127.0.0.1:12345`.
    pub title: &'static str,
    /// How it ended.
    pub status: Status,
    /// The check that must pass before this one makes sense.
    pub needs: Option<&'static str>,
    /// Why it was skipped, where that is the machine's affair.
    pub reason: Option<&'static str>,
    /// How long it took, the program's start and stop included.
    pub duration_ms: u64,
    /// Of a failed check: what the program did right, if anything.
    pub right: Option<String>,
    /// Of a failed check: the likely causes, the likeliest first.
    pub diagnoses: Vec<Diagnosis>,
    /// What happened up to the end of the check, a sentence each.
    pub steps: Vec<Step>,
    /// Of a failed check: what should have come, and what came.
    pub unmet: Option<Unmet>,
    /// Of a check that is an error: what, why, and what to do.
    pub trouble: Option<super::SetupError>,
    /// Everything that was seen.
    pub evidence: Evidence,
}

/// What came of all checks of a lab.
#[derive(Clone, Debug)]
pub struct LabResult {
    /// The lab's slug.
    pub lab: &'static str,
    /// The lab's number.
    pub number: u8,
    /// Which of the lab's programs it is, where there are two.
    pub part: Option<Role>,
    /// What the program plays.
    pub role: Role,
    /// The command that was checked.
    pub program: Vec<String>,
    /// The worst of its checks.
    pub status: Status,
    /// The time from the first check's begin to the last one's end.
    pub duration_ms: u64,
    /// The seed of the random messages: `--seed` repeats them.
    pub seed: u64,
    /// The network in which the program ran.
    pub network: &'static str,
    /// Why that is not a private one, where it could be.
    pub fallback: Option<String>,
    /// How its sockets were looked into.
    pub inspection: Option<Method>,
    /// How the lab's protocol reads a datagram, where it has one of its own.
    pub reading: Option<Reading>,
    /// Why no check could even begin: the program does not compile, or is not begun.
    pub diagnosis: Option<Diagnosis>,
    /// The checks, in the lab's order.
    pub checks: Vec<CheckResult>,
}

impl LabResult {
    /// The worst status of some checks: an error, then a failure, then a pass.
    pub fn worst(checks: &[CheckResult]) -> Status {
        let any = |status| checks.iter().any(|check| check.status == status);
        if any(Status::Error) {
            Status::Error
        } else if any(Status::Failed) {
            Status::Failed
        } else if any(Status::Skipped) {
            Status::Skipped
        } else {
            Status::Passed
        }
    }
}
