//! The judge is judged: every lab's solution and every right program passes, every wrong one is
//! rejected by the check and with the diagnosis that it names, and its whole report is a snapshot
//! in the lab's folder. `BLESS=1 cargo test --test labs` writes the snapshots anew.
//!
//! Each diagnosis is made again of the same evidence with the program's own words translated, and must
//! be the same: see `labs/words.rs`.
//!
//! Programs that are wrong in the way of another language have no snapshot: the same diagnosis, in
//! the same words, has one already.
//!
//! The tests are made from the labs' folders: `cargo test lab3` runs those of lab 3.

#[path = "labs/alone.rs"]
mod alone;
#[path = "labs/corpus.rs"]
mod corpus;
#[path = "labs/idle.rs"]
mod idle;
#[path = "labs/mistakes.rs"]
mod mistakes;
#[path = "labs/noise.rs"]
mod noise;
#[path = "labs/right.rs"]
mod right;
#[path = "labs/snapshot.rs"]
mod snapshot;
#[path = "labs/unknown.rs"]
mod unknown;
#[path = "labs/words.rs"]
mod words;
#[path = "labs/wrong.rs"]
mod wrong;

use std::error::Error;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::process::ExitCode;

use corpus::{Language, Mistake};
use libtest_mimic::{Arguments, Failed, Trial};
use socklab::course::{self, Lab, Options, Submission};
use socklab::evidence::{CheckResult, LabResult, Method, Role, Status};
use socklab::labs;
use socklab::network::Choice;

fn main() -> ExitCode {
    if let Some(code) = socklab::become_helper_if_asked() {
        return code;
    }
    if let Some(arguments) = alone::arguments() {
        return passes_here(arguments);
    }
    let mut arguments = Arguments::from_args();
    // Most of a test is a wait for a program.
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    arguments.test_threads.get_or_insert(2 * cores);
    match trials() {
        Ok(mut trials) => {
            idle::begin(&arguments, &mut trials);
            libtest_mimic::run(&arguments, trials).exit_code()
        }
        Err(error) => {
            eprintln!("the tests cannot be made: {error}");
            ExitCode::FAILURE
        }
    }
}

fn trials() -> Result<Vec<Trial>, Box<dyn Error>> {
    let executables = corpus::build()?;
    let mut trials = vec![words::trial()];
    for lab in labs::all() {
        let package = lab.package();
        for part in &lab.parts {
            let solution = corpus::path(&executables, &part.solution_executable())?;
            trials.extend(noise::trial(lab, part, solution.clone()));
            for network in [Choice::Auto, Choice::Loopback] {
                let command = vec![solution.clone().into()];
                let which = if lab.has_parts() { format!("::{}", part.role) } else { "".into() };
                let name = format!("{package}::solution{which}{}", place(network));
                trials.push(trial(lab, name, move || {
                    passes(lab, network, "solution", part.role, command.clone())
                }));
            }
        }
        let executable = corpus::path(&executables, &format!("{package}-mistakes"))?;
        trials.extend(mistakes::trials(lab, &executable, corpus::mistakes(&executable)?));
        trials.extend(wrong::trials(lab)?);
        trials.extend(unknown::trials(lab)?);
        trials.extend(right::trials(lab)?);
    }
    Ok(trials)
}

/// A test of a lab. One on several hosts is skipped where this machine makes none.
fn trial(
    lab: &Lab,
    name: String,
    run: impl Fn() -> Result<(), Failed> + Send + Sync + 'static,
) -> Trial {
    if needs_hosts(lab) && !Choice::Auto.is_private() {
        let name = format!("{name} (this machine makes no private network)");
        return Trial::test(name, || Ok(())).with_ignored_flag(true);
    }
    if corpus::is_idle(lab) { idle::trial(name, run) } else { Trial::test(name, run) }
}

/// True for a lab that cannot be played on the one host that the loopback is.
fn needs_hosts(lab: &Lab) -> bool {
    lab.plan.hosts.len() > 1
}

/// A test with a program in this language. It is skipped where the machine lacks the language.
fn trial_in(
    language: &'static Language,
    lab: &Lab,
    name: String,
    run: impl Fn() -> Result<(), Failed> + Send + Sync + 'static,
) -> Trial {
    if !language.is_here() {
        let name = format!("{name} (this machine has no {} for {})", language.tool, language.name);
        return Trial::test(name, || Ok(())).with_ignored_flag(true);
    }
    trial(lab, name, run)
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
    role: Role,
    command: Vec<OsString>,
) -> Result<LabResult, Failed> {
    let submission = Submission { role, command, shown: shown.to_vec() };
    // Sockets are looked at in one way here and in another there.
    let method = if network == Choice::Loopback { Method::Copy } else { Method::Notify };
    // One after the other, but for checks in which a program waits: these run at once.
    let jobs = if corpus::is_idle(lab) { 2 } else { 1 };
    let options = Options { seed: 7, method, network, jobs };
    course::check(lab, &submission, &options, &|_| {}).map_err(|_| "interrupted".into())
}

/// Runs a program that must pass every check, on the loopback in a process of its own.
fn passes(
    lab: &'static Lab,
    network: Choice,
    shown: &str,
    role: Role,
    command: Vec<OsString>,
) -> Result<(), Failed> {
    if network != Choice::Loopback {
        return is_accepted(lab, network, shown, role, command);
    }
    let number = lab.number.to_string();
    let own = [number.into(), shown.into(), role.name().into()];
    let arguments = own.into_iter().chain(command);
    let output = alone::run(arguments)?;
    match output.status.success() {
        true => Ok(()),
        false => {
            let said = [output.stdout, output.stderr].concat();
            Err(format!("{}\n{}", output.status, String::from_utf8_lossy(&said)).into())
        }
    }
}

/// What the process of its own does: its arguments are a lab's number, what the program is called,
/// its role, and its command.
fn passes_here(arguments: Vec<OsString>) -> ExitCode {
    let mut arguments = arguments.into_iter();
    let mut word = || arguments.next().and_then(|word| word.into_string().ok()).unwrap_or_default();
    let (number, shown, role) = (word(), word(), word());
    let outcome = match labs::find(&number) {
        Some(lab) => {
            let role = corpus::role_of(lab, &role);
            is_accepted(lab, Choice::Loopback, &shown, role, arguments.collect())
        }
        None => Err(format!("there is no lab {number}").into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("{}", failed.message().unwrap_or_default());
            ExitCode::FAILURE
        }
    }
}

/// Runs a program that must pass every check. On the loopback none is run of a lab that needs
/// several hosts, and the report says why.
fn is_accepted(
    lab: &'static Lab,
    network: Choice,
    shown: &str,
    role: Role,
    command: Vec<OsString>,
) -> Result<(), Failed> {
    let result = run(lab, network, &[shown.to_owned()], role, command)?;
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

/// The first check that did not pass, which must be the one that the mistake names, and have failed.
fn first_failure<'r>(result: &'r LabResult, mistake: &Mistake) -> Result<&'r CheckResult, Failed> {
    let first = result.checks.iter().find(|check| check.status != Status::Passed);
    let what = match first {
        None => "nothing was found".to_owned(),
        Some(first) if first.id == mistake.check && first.status == Status::Failed => {
            return Ok(first);
        }
        Some(first) => {
            format!("{} is {:?}, but {} should fail", first.id, first.status, mistake.check)
        }
    };
    Err(format!("{what}\n{}", plain(result)).into())
}

/// The report as it is without colors.
fn plain(result: &LabResult) -> String {
    anstream::adapter::strip_str(&socklab::report::text(result)).to_string()
}
