//! `cargo test -p lab3`: the check of the learner's program as a test that Cargo runs.

use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use super::progress::Passed;
use super::screen::Screen;
use super::{ColorWhen, check};
use crate::course::{self, Interrupted, Lab, Options, Part, Submission};
use crate::evidence::{Method, Status};
use crate::network::Choice;
use crate::{interrupt, labs, network, program, report};

/// The status with which Cargo's own tests fail; after another one Cargo talks about the process.
const FAILED: u8 = 101;

/// Checks the learner's programs of `package`, prints the reports, and ends as a test does. The
/// `main` of a test without a harness. `executables` are in the order of the lab's parts: the server
/// stands before the client.
pub fn learner_test(package: &str, executables: &[&str]) -> ExitCode {
    if let Some(code) = crate::become_helper_if_asked() {
        return code;
    }
    let wish = Wish::read(std::env::args().skip(1));
    let name = format!("{package}_is_right");
    let mut screen = Screen::new(wish.color);
    if wish.list {
        let line = if wish.ignored { String::new() } else { format!("{name}: test\n") };
        return screen.print(&line).map_or(ExitCode::from(FAILED), |()| ExitCode::SUCCESS);
    }
    if !wish.wants(&name) {
        return ExitCode::SUCCESS;
    }
    if let Err(error) = interrupt::listen() {
        screen.complain(&format!("Ctrl-C cannot be handled: {error}"));
    }
    let passed = run(package, executables, &mut screen);
    program::sweep(network::is_agent);
    if passed { ExitCode::SUCCESS } else { ExitCode::from(FAILED) }
}

fn run(package: &str, executables: &[&str], screen: &mut Screen) -> bool {
    let Some(lab) = labs::find(package) else {
        screen.complain(&format!("{package} has no checks: its folder has no check.rs"));
        return false;
    };
    let options = Options {
        seed: fastrand::u64(..1 << 32),
        method: Method::Notify,
        network: Choice::Auto,
        jobs: check::cores(),
    };
    let parts = lab.parts.iter().zip(executables);
    // Every part is told of, whatever the ones before have come to.
    let passed: Vec<bool> = parts
        .map(|(part, executable)| part_passes(lab, part, executable, &options, screen))
        .collect();
    passed.iter().all(|&passed| passed)
}

fn part_passes(
    lab: &'static Lab,
    part: &Part,
    executable: &str,
    options: &Options,
    screen: &mut Screen,
) -> bool {
    let shown = vec![part.executable.clone()];
    let submission = Submission { role: part.role, command: vec![executable.into()], shown };
    let result = match check::unfinished(lab, part) {
        Some(diagnosis) => course::refused(lab, &submission, options, diagnosis),
        None => {
            let screen = Mutex::new(&mut *screen);
            let waiting = |holder| {
                screen.lock().unwrap_or_else(PoisonError::into_inner).wait_for(holder);
            };
            match course::check(lab, &submission, options, &waiting) {
                Ok(result) => result,
                Err(Interrupted) => return false,
            }
        }
    };
    // Who does not read it sees the exit status.
    let _ = screen.print(&format!("\n{}\n", report::text(&result)));
    match result.status {
        Status::Passed => {}
        // What this machine cannot do is nobody's failure: the report says what is missing.
        Status::Skipped => return true,
        Status::Failed | Status::Error => return false,
    }
    if let Err(trouble) = check::remember(lab, part.role, Passed::File) {
        screen.note(&trouble);
    }
    true
}

/// What the arguments of a test ask for. Cargo passes on whatever follows `--`, and test runners
/// such as nextest add their own: what is not known is let pass.
#[derive(Debug, PartialEq, Eq)]
struct Wish {
    list: bool,
    ignored: bool,
    exact: bool,
    names: Vec<String>,
    skipped: Vec<String>,
    color: ColorWhen,
}

impl Wish {
    fn read(mut args: impl Iterator<Item = String>) -> Wish {
        let mut wish = Wish {
            list: false,
            ignored: false,
            exact: false,
            names: Vec::new(),
            skipped: Vec::new(),
            color: ColorWhen::Auto,
        };
        while let Some(arg) = args.next() {
            let (option, value) = match arg.split_once('=') {
                Some((option, value)) => (option, Some(value.to_owned())),
                None => (arg.as_str(), None),
            };
            match option {
                "--list" => wish.list = true,
                "--ignored" => wish.ignored = true,
                "--exact" => wish.exact = true,
                "--skip" => wish.skipped.extend(value.or_else(|| args.next())),
                "--color" => {
                    wish.color = match value.or_else(|| args.next()).as_deref() {
                        Some("always") => ColorWhen::Always,
                        Some("never") => ColorWhen::Never,
                        _ => ColorWhen::Auto,
                    }
                }
                // Those that have a value, so that it is not taken for a name.
                "--format" | "--logfile" | "--test-threads" | "--shuffle-seed" | "-Z"
                    if value.is_none() =>
                {
                    args.next();
                }
                _ if option.starts_with('-') => {}
                _ => wish.names.push(arg),
            }
        }
        wish
    }

    /// True when the test of this name is to be run.
    fn wants(&self, name: &str) -> bool {
        let fits = |wanted: &String| {
            if self.exact { name == wanted } else { name.contains(wanted.as_str()) }
        };
        let named = self.names.is_empty() || self.names.iter().any(fits);
        // No test of ours is marked as ignored.
        named && !self.skipped.iter().any(fits) && !self.ignored
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(args: &str) -> Wish {
        Wish::read(args.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_test_runs_unless_its_name_is_left_out() {
        for (args, runs) in [
            ("", true),
            ("lab3", true),
            ("lab4", false),
            ("lab4 lab3", true),
            ("lab3 --exact", false),
            ("lab3_is_right --exact --nocapture", true),
            ("--skip lab3", false),
            ("--skip=lab4", true),
            ("--ignored", false),
            ("--include-ignored", true),
            ("--test-threads 1 --format pretty -Z unstable-options", true),
            ("--what-is-this -q", true),
        ] {
            assert_eq!(wish(args).wants("lab3_is_right"), runs, "{args}");
        }
    }

    #[test]
    fn a_list_is_asked_for_as_nextest_does() {
        let wish = wish("--list --format terse --ignored --color never");
        assert!(wish.list && wish.ignored);
        assert_eq!((wish.color, wish.names), (ColorWhen::Never, vec![]));
    }
}
