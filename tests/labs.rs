//! The judge is judged: every lab's solution and every right program passes, every wrong one is
//! rejected by the check and with the diagnosis that it names, and its whole report is a snapshot
//! in the lab's folder. `BLESS=1 cargo test --test labs` writes the snapshots anew.
//!
//! The tests are made from the labs' folders: `cargo test lab3` runs those of lab 3.

#[path = "labs/right.rs"]
mod right;
#[path = "labs/snapshot.rs"]
mod snapshot;

use std::collections::HashMap;
use std::error::Error;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use socklab::course::{self, Lab, Options, Submission};
use socklab::evidence::{LabResult, Method, Status};
use socklab::network::Choice;
use socklab::{labs, program};

type Executables = HashMap<String, PathBuf>;

fn main() -> ExitCode {
    if let Some(code) = socklab::become_helper_if_asked() {
        return code;
    }
    let mut arguments = Arguments::from_args();
    // Most of a test is a wait for a program.
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    arguments.test_threads.get_or_insert(2 * cores);
    match trials() {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(error) => {
            eprintln!("the tests cannot be made: {error}");
            ExitCode::FAILURE
        }
    }
}

fn trials() -> Result<Vec<Trial>, Box<dyn Error>> {
    let executables = Arc::new(build()?);
    let mut trials = Vec::new();
    for lab in labs::all() {
        let package = lab.package();
        let solution = path(&executables, &format!("{package}-solution"))?;
        for network in [Choice::Auto, Choice::Loopback] {
            let (solution, name) = (solution.clone(), place(network));
            trials.push(trial(lab, format!("{package}::solution{name}"), move || {
                passes(lab, network, "solution", vec![solution.into()])
            }));
        }
        let mistakes = path(&executables, &format!("{package}-mistakes"))?;
        for mistake in mistakes_of(&mistakes)? {
            let mistakes = mistakes.clone();
            trials.push(trial(lab, format!("{package}::mistake::{}", mistake.name), move || {
                is_rejected(lab, &mistakes, &mistake)
            }));
        }
        trials.extend(right::trials(lab)?);
    }
    Ok(trials)
}

/// A test of a lab. One on several hosts is skipped where this machine makes none.
fn trial(
    lab: &Lab,
    name: String,
    run: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    if needs_hosts(lab) && !Choice::Auto.is_private() {
        let name = format!("{name} (this machine makes no private network)");
        return Trial::test(name, || Ok(())).with_ignored_flag(true);
    }
    Trial::test(name, run)
}

/// True for a lab that cannot be played on the one host that the loopback is.
fn needs_hosts(lab: &Lab) -> bool {
    lab.plan.hosts.len() > 1
}

/// Builds every solution and every mistake, and no file that a learner edits.
fn build() -> Result<Executables, Box<dyn Error>> {
    let wanted: Vec<(String, String)> = labs::all()
        .iter()
        .map(Lab::package)
        .flat_map(|lab| ["solution", "mistakes"].map(|kind| (lab.clone(), format!("{lab}-{kind}"))))
        .collect();
    program::build::build(Path::new(env!("CARGO_MANIFEST_DIR")), &wanted, false)
        .map_err(|error| format!("{error:?}").into())
}

fn path(executables: &Executables, name: &str) -> Result<PathBuf, String> {
    executables.get(name).cloned().ok_or_else(|| format!("cargo did not build {name}"))
}

/// A wrong program, as its binary lists it.
struct Mistake {
    /// The diagnosis that it must earn, and after a dot what tells it from others with the same.
    name: String,
    /// The first check that it fails.
    check: String,
}

fn mistakes_of(executable: &Path) -> Result<Vec<Mistake>, Box<dyn Error>> {
    let output = Command::new(executable).arg("--list").output()?;
    let text = String::from_utf8(output.stdout)?;
    let mistake = |line: &str| {
        let (name, check) = line.split_once('\t')?;
        Some(Mistake { name: name.into(), check: check.into() })
    };
    text.lines()
        .map(|line| mistake(line).ok_or_else(|| format!("no mistake: {line:?}").into()))
        .collect()
}

/// What the name of a test says of the network in which it runs.
fn place(network: Choice) -> &'static str {
    match network {
        Choice::Loopback => "::loopback",
        _ => "",
    }
}

fn run(
    lab: &'static Lab,
    network: Choice,
    shown: &[String],
    command: Vec<OsString>,
) -> Result<LabResult, Failed> {
    let submission = Submission { command, shown: shown.to_vec() };
    // Sockets are looked at in one way here and in another there.
    let method = if network == Choice::Loopback { Method::Copy } else { Method::Notify };
    let options = Options { seed: 7, method, network, jobs: 1 };
    course::check(lab, &submission, &options, &|_| {}).map_err(|_| "interrupted".into())
}

/// Runs a program that must pass every check. On the loopback none is run of a lab that needs
/// several hosts, and the report says why.
fn passes(
    lab: &'static Lab,
    network: Choice,
    shown: &str,
    command: Vec<OsString>,
) -> Result<(), Failed> {
    let result = run(lab, network, &[shown.to_owned()], command)?;
    let wanted = match network {
        Choice::Loopback if needs_hosts(lab) => Status::Skipped,
        _ => Status::Passed,
    };
    let first = result.checks.first().and_then(|check| check.reason);
    let told = first == (wanted == Status::Skipped).then_some("needs a private network");
    if told && result.status == wanted && result.checks.iter().all(|check| check.status == wanted) {
        return Ok(());
    }
    Err(plain(&result).into())
}

/// Runs a program that must fail a certain check first, with a certain diagnosis.
fn is_rejected(lab: &'static Lab, executable: &Path, mistake: &Mistake) -> Result<(), Failed> {
    let shown = [format!("lab{}-mistakes", lab.number), mistake.name.clone()];
    let command = vec![executable.into(), mistake.name.as_str().into()];
    let result = run(lab, Choice::Auto, &shown, command)?;
    let report = plain(&result);
    let first = result.checks.iter().find(|check| check.status != Status::Passed);
    let Some(first) = first else { return Err(format!("nothing was found\n{report}").into()) };
    if first.id != mistake.check || first.status != Status::Failed {
        let what = format!("{} is {:?}, but {} should fail", first.id, first.status, mistake.check);
        return Err(format!("{what}\n{report}").into());
    }
    let id = mistake.name.split('.').next().unwrap_or(&mistake.name);
    if !first.diagnoses.iter().any(|diagnosis| diagnosis.id == id) {
        return Err(format!("{id} is not among the diagnoses\n{report}").into());
    }
    // Where no packet is seen, or no call, a report may say less.
    if !Choice::Auto.is_private() || result.inspection != Some(Method::Notify) {
        return Ok(());
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("labs").join(lab.folder);
    let file = folder.join("reports").join(format!("{}.txt", mistake.name));
    snapshot::compare(&file, &plain(&snapshot::redacted(result)))
}

/// The report as it is without colors.
fn plain(result: &LabResult) -> String {
    anstream::adapter::strip_str(&socklab::report::text(result)).to_string()
}
