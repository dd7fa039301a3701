//! Checking one lab.

use std::ffi::OsString;
use std::time::Instant;

use super::schedule::{self, Need};
use super::{Check, Lab};
use crate::check::{Failure, Scene, Stage};
use crate::diagnose::{Case, diagnose};
use crate::evidence::{
    CheckResult, Diagnosis, Evidence, LabResult, Method, Mismatch, Payload, Status,
};
use crate::network::{Choice, Network};

/// The program that is checked.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The command to run.
    pub command: Vec<OsString>,
    /// The command as the report names it.
    pub shown: Vec<String>,
}

/// How a lab is checked.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The seed of the random messages.
    pub seed: u64,
    /// How sockets are looked into.
    pub method: Method,
    /// In which network the checks run.
    pub network: Choice,
    /// How many run at once where each has a network of its own; at least 1.
    pub jobs: usize,
}

/// Someone pressed Ctrl-C.
#[derive(Debug)]
pub struct Interrupted;

/// Runs all checks of a lab: in a private network as many at once as `options` says, on the
/// loopback one after the other. `waiting` is told who else has the loopback.
///
/// # Errors
///
/// When someone pressed Ctrl-C: then everything that was started has ended.
pub fn check(
    lab: &'static Lab,
    submission: &Submission,
    options: &Options,
    waiting: &(dyn Fn(u32) + Sync),
) -> Result<LabResult, Interrupted> {
    let began = Instant::now();
    let jobs = if options.network.is_private() { options.jobs } else { 1 };
    let passed = |(result, _): &(CheckResult, Option<Method>)| result.status == Status::Passed;
    let outcomes = schedule::run_all(&lab.plan.checks, jobs, passed, |check, need| match need {
        Need::Unmet => Some((skipped(check), None)),
        Need::Met => run(lab, check, submission, options, waiting).ok(),
    });
    let (checks, methods): (Vec<_>, Vec<_>) = outcomes.ok_or(Interrupted)?.into_iter().unzip();
    Ok(LabResult {
        status: LabResult::worst(&checks),
        duration_ms: began.elapsed().as_millis() as u64,
        inspection: methods.into_iter().flatten().next_back(),
        checks,
        ..blank(lab, submission, options)
    })
}

/// The result for a program that could not be checked at all, and why.
pub fn refused(
    lab: &'static Lab,
    submission: &Submission,
    options: &Options,
    diagnosis: Diagnosis,
) -> LabResult {
    LabResult {
        status: Status::Failed,
        diagnosis: Some(diagnosis),
        checks: lab.plan.checks.iter().map(skipped).collect(),
        ..blank(lab, submission, options)
    }
}

fn blank(lab: &'static Lab, submission: &Submission, options: &Options) -> LabResult {
    LabResult {
        lab: lab.slug,
        number: lab.number,
        role: lab.plan.role,
        program: submission.shown.clone(),
        status: Status::Error,
        duration_ms: 0,
        seed: options.seed,
        network: options.network.name(),
        fallback: options.network.fallback(),
        inspection: None,
        diagnosis: None,
        checks: Vec::new(),
    }
}

fn skipped(check: &Check) -> CheckResult {
    CheckResult {
        id: check.id,
        title: check.title,
        status: Status::Skipped,
        needs: check.needs,
        duration_ms: 0,
        diagnoses: Vec::new(),
        steps: Vec::new(),
        mismatch: None,
        trouble: None,
        evidence: Evidence::default(),
    }
}

/// Runs one check on a stage of its own.
fn run(
    lab: &Lab,
    check: &Check,
    submission: &Submission,
    options: &Options,
    waiting: &(dyn Fn(u32) + Sync),
) -> Result<(CheckResult, Option<Method>), Interrupted> {
    let began = Instant::now();
    let scene = Scene {
        role: lab.plan.role,
        address: lab.plan.address,
        command: submission.command.clone(),
        shown: Payload::from(shell_words::join(&submission.shown)).unquoted(),
        // The same messages whether a check runs alone or after others.
        seed: options.seed ^ number_of(check.id),
        method: options.method,
    };
    let stage = Network::open(options.network, &mut |holder| waiting(holder))
        .and_then(|network| Stage::set(scene, network));
    let (outcome, (steps, evidence, method)) = match stage {
        Ok(stage) => ((check.run)(&stage), stage.close()),
        Err(error) => (Err(error.into()), Default::default()),
    };
    let mut result = CheckResult { steps, evidence, ..skipped(check) };
    match outcome {
        Ok(()) => result.status = Status::Passed,
        Err(Failure::Interrupted) => return Err(Interrupted),
        Err(Failure::Setup(error)) => {
            result.status = Status::Error;
            result.trouble = Some(error);
        }
        Err(Failure::Unmet(unmet)) => {
            result.status = Status::Failed;
            let case = Case {
                role: lab.plan.role,
                address: lab.plan.address,
                unmet: &unmet,
                evidence: &result.evidence,
            };
            result.diagnoses = diagnose(&case);
            result.mismatch = Some(Mismatch {
                expected: unmet.expected,
                observed: unmet.observed,
                column: unmet.difference,
            });
        }
    }
    result.duration_ms = began.elapsed().as_millis() as u64;
    Ok((result, method))
}

/// A number for a name, the same in every run (FNV-1a).
fn number_of(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
