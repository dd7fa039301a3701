//! Checking one lab.

use std::ffi::OsString;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::schedule::{self, Need, Task};
use super::{Check, Lab};
use crate::check::{self, Failure, Scene, Stage};
use crate::diagnose::{Case, diagnose, right};
use crate::evidence::{
    CheckResult, Diagnosis, Evidence, Expectation, LabResult, Method, Payload, Role, Status, Step,
    StepKind, Unmet, What, last_error,
};
use crate::network::{Choice, Layout, Network};

/// The program that is checked.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The role that it plays.
    pub role: Role,
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

/// How often a check in which time counts is played before a failure of it is believed, on a machine
/// that is too busy to keep time.
const TRIES: usize = 3;

/// Someone pressed Ctrl-C.
#[derive(Debug)]
pub struct Interrupted;

/// What one check came to, and how sockets were looked into.
type Outcome = (CheckResult, Option<Method>);

/// Runs all checks of some labs: in private networks as many at once as `options` says, on the
/// loopback one after the other. `waiting` is told who else has the loopback, and `done` of each lab
/// when its last check has ended: its place among the submissions, and what came of it.
///
/// # Errors
///
/// When someone pressed Ctrl-C: then everything that was started has ended.
pub fn check_all(
    submissions: &[(&'static Lab, Submission)],
    options: &Options,
    waiting: &(dyn Fn(u32) + Sync),
    done: &(dyn Fn(usize, LabResult) + Sync),
) -> Result<(), Interrupted> {
    let checks = |of: usize| {
        let (lab, submission) = &submissions[of];
        lab.checks_of(submission.role)
    };
    let tasks: Vec<Task<'_>> = (0..submissions.len())
        .flat_map(|of| checks(of).map(move |check| Task { of, check }))
        .collect();
    let tallies: Vec<Mutex<Tally>> =
        submissions.iter().map(|(lab, its)| Mutex::new(Tally::new(lab, its.role))).collect();
    let jobs = if options.network.is_private() { options.jobs } else { 1 };
    let outcomes = schedule::run_all(
        &tasks,
        jobs,
        |&passed| passed,
        |task, need| {
            let (lab, submission) = &submissions[task.of];
            let began = Instant::now();
            let outcome = match need {
                _ if cannot_be_had(lab, task.check, options) => {
                    let reason = Some("needs a private network");
                    (CheckResult { reason, ..skipped(task.check) }, None)
                }
                Need::Unmet => (skipped(task.check), None),
                Need::Met => run(lab, task.check, submission, options, waiting).ok()?,
            };
            let passed = outcome.0.status == Status::Passed;
            let mut tally = tallies[task.of].lock().unwrap_or_else(PoisonError::into_inner);
            let full = tally.take(task.check, began, outcome);
            drop(tally);
            if let Some(full) = full {
                done(task.of, full.result(lab, submission, options));
            }
            Some(passed)
        },
    );
    outcomes.map(drop).ok_or(Interrupted)
}

/// Runs all checks of one lab: see [`check_all`].
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
    let found = Mutex::new(None);
    let done = |_, result| *found.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    check_all(&[(lab, submission.clone())], options, waiting, &done)?;
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(found.unwrap_or_else(|| blank(lab, submission, options)))
}

/// The outcomes of one lab's checks, as they come in.
struct Tally {
    began: Option<Instant>,
    checks: Vec<&'static str>,
    outcomes: Vec<Option<Outcome>>,
}

/// All outcomes of a lab, in the order of its checks.
struct Full {
    began: Instant,
    outcomes: Vec<Outcome>,
}

impl Tally {
    fn new(lab: &Lab, role: Role) -> Tally {
        let checks: Vec<&str> = lab.checks_of(role).map(|check| check.id).collect();
        Tally { began: None, outcomes: checks.iter().map(|_| None).collect(), checks }
    }

    /// Takes in the outcome of a check that began then; gives all of them with the last.
    fn take(&mut self, check: &Check, began: Instant, outcome: Outcome) -> Option<Full> {
        let first = self.began.map_or(began, |earlier| earlier.min(began));
        self.began = Some(first);
        let at = self.checks.iter().position(|known| *known == check.id)?;
        *self.outcomes.get_mut(at)? = Some(outcome);
        if self.outcomes.iter().any(Option::is_none) {
            return None;
        }
        let outcomes = std::mem::take(&mut self.outcomes).into_iter().flatten().collect();
        Some(Full { began: first, outcomes })
    }
}

impl Full {
    fn result(self, lab: &'static Lab, submission: &Submission, options: &Options) -> LabResult {
        let (checks, methods): (Vec<_>, Vec<_>) = self.outcomes.into_iter().unzip();
        LabResult {
            status: LabResult::worst(&checks),
            duration_ms: self.began.elapsed().as_millis() as u64,
            inspection: methods.into_iter().flatten().next_back(),
            checks,
            ..blank(lab, submission, options)
        }
    }
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
        checks: lab.checks_of(submission.role).map(skipped).collect(),
        ..blank(lab, submission, options)
    }
}

fn blank(lab: &'static Lab, submission: &Submission, options: &Options) -> LabResult {
    LabResult {
        lab: lab.slug,
        number: lab.number,
        part: lab.has_parts().then_some(submission.role),
        role: submission.role,
        program: submission.shown.clone(),
        status: Status::Error,
        duration_ms: 0,
        seed: options.seed,
        network: options.network.name(),
        fallback: options.network.fallback(),
        inspection: None,
        reading: lab.plan.reading,
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
        reason: None,
        duration_ms: 0,
        right: None,
        diagnoses: Vec::new(),
        steps: Vec::new(),
        unmet: None,
        trouble: None,
        evidence: Evidence::default(),
    }
}

/// What a check's network is made of.
fn layout(lab: &Lab, check: &Check) -> Layout {
    let layout = Layout::of(&lab.plan.hosts);
    let link = check.link.map(|link| link.settings(&layout));
    Layout { link, ..layout }
}

/// True where a check needs several hosts, and there is but the machine's own loopback. A private network that was asked for and cannot be had is another matter:
/// an error.
fn cannot_be_had(lab: &Lab, check: &Check, options: &Options) -> bool {
    let is_private = options.network == Choice::Private || options.network.is_private();
    layout(lab, check).has_several_hosts() && !is_private
}

/// Runs one check on a stage of its own.
fn run(
    lab: &Lab,
    check: &Check,
    submission: &Submission,
    options: &Options,
    waiting: &(dyn Fn(u32) + Sync),
) -> Result<Outcome, Interrupted> {
    let began = Instant::now();
    let scene = Scene {
        role: submission.role,
        address: lab.plan.address,
        command: submission.command.clone(),
        shown: Payload::from(shell_words::join(&submission.shown)).unquoted(),
        // The same messages whether a check runs alone or after others.
        seed: options.seed ^ number_of(check.id),
        method: options.method,
        idles: check.idles,
        reading: lab.plan.reading,
    };
    let layout = layout(lab, check);
    let play = |play: &dyn Fn(&Stage) -> check::Outcome| {
        let stage = Network::open(options.network, &layout, &mut |holder| waiting(holder))
            .and_then(|network| Stage::set(scene.clone(), network));
        match stage {
            Ok(stage) => (play(&stage), stage.close()),
            Err(error) => (Err(error.into()), Default::default()),
        }
    };
    let mut played = play(&check.run);
    for _ in 1..TRIES {
        let (outcome, (_, evidence, _)) = &played;
        let is_in_doubt = matches!(outcome, Err(Failure::Unmet(_))) && check.idles;
        if !is_in_doubt || !evidence.all().any(|what| matches!(what, What::Stalled { .. })) {
            break;
        }
        played = play(&check.run);
    }
    let (outcome, (steps, evidence, method)) = played;
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
                role: submission.role,
                address: lab.plan.address,
                unmet: &unmet,
                evidence: &result.evidence,
            };
            result.right = right(&case);
            let opinion = diagnose(&case);
            result.diagnoses = match opinion.is_open().then(|| play(&Stage::play_on)) {
                Some((Err(Failure::Interrupted), _)) => return Err(Interrupted),
                Some((Ok(()), (_, second, _))) => opinion.after(&case, &second),
                // What a second run could not find out, the first has not either.
                _ => opinion.diagnoses(),
            };
            result.steps.extend(told_error(submission.role, &result, &unmet));
            result.unmet = Some(*unmet);
        }
    }
    result.duration_ms = began.elapsed().as_millis() as u64;
    Ok((result, method))
}

/// The last error that the program printed, as a step; nothing where the report says it anyway, where
/// the lab asks for it, or where the check itself has brought it about with an Enter.
fn told_error(role: Role, result: &CheckResult, unmet: &Unmet) -> Option<Step> {
    let is_typed = || result.evidence.all().any(|what| matches!(what, What::Typed { .. }));
    let is_wanted = match unmet.expectation {
        Expectation::Complaint => true,
        Expectation::DatagramSocket | Expectation::Bound { .. } => is_typed(),
        _ => false,
    };
    let error = last_error(&result.evidence.output())?;
    let words = error.words();
    let told = result.diagnoses.iter().map(|diagnosis| diagnosis.message.as_str());
    let is_told = told.chain([unmet.observed.as_str()]).any(|text| text.contains(&words));
    let place = error.place().map(|place| format!(" ({place})")).unwrap_or_default();
    let text = format!("your {role} printed an error: {words}{place}");
    (!is_told && !is_wanted && !words.is_empty()).then_some(Step { kind: StepKind::Act, text })
}

/// A number for a name, the same in every run (FNV-1a).
fn number_of(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
