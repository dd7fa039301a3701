//! The command line: verbs, exit statuses, and what a person may type by mistake.
//!
//! Every test runs in a checkout of its own, made of starters that are cut from the solutions:
//! socklab takes the nearest folder, from the current one upwards, that holds the labs. So no test
//! reads or writes what a learner edits.
#![allow(clippy::unwrap_used)] // what a test needs and does not get is its failure

use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;
use socklab::course::{Lab, without_marks};
use socklab::labs;
use tempfile::TempDir;

/// A checkout in which nobody has written anything yet.
struct Checkout {
    folder: TempDir,
}

impl Checkout {
    fn new() -> Checkout {
        let checkout = Checkout { folder: TempDir::new().unwrap() };
        for lab in labs::all() {
            checkout.write(lab.number, &lab.starter());
        }
        checkout
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn file(&self, lab: u8) -> PathBuf {
        self.path().join(find(lab).file())
    }

    fn write(&self, lab: u8, text: &str) {
        let file = self.file(lab);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Writes a program that is begun: its first `todo!` is done, another is left.
    fn begin(&self, lab: u8) {
        self.write(lab, &find(lab).starter().replacen("todo!(", "begun(); todo!(", 1));
    }

    fn progress(&self) -> String {
        fs::read_to_string(self.path().join(".socklab/progress.json")).unwrap_or_default()
    }

    fn write_progress(&self, text: &str) {
        fs::create_dir_all(self.path().join(".socklab")).unwrap();
        fs::write(self.path().join(".socklab/progress.json"), text).unwrap();
    }

    /// Makes it impossible to remember anything, for the superuser too.
    fn forbid_progress(&self) {
        fs::write(self.path().join(".socklab"), "").unwrap();
    }

    fn command(&self, args: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
        command.current_dir(self.path()).args(args.split_whitespace());
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CARGO_TARGET_DIR"] {
            command.env_remove(name);
        }
        command
    }

    fn run(&self, args: &str) -> Assert {
        self.command(args).assert()
    }
}

fn find(lab: u8) -> &'static Lab {
    labs::find(&lab.to_string()).unwrap()
}

fn stdout(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

/// How the course says that so many labs are passed.
fn passed(count: usize) -> String {
    format!("{count} of {} labs passed", labs::all().len())
}

const PASSED_BY_FILE: &str = r#"{"version": 1, "labs": {"socket": {"passed": "file"}}}"#;

// The course

#[test]
fn a_fresh_course_begins_with_lab_1() {
    let checkout = Checkout::new();
    let alone = checkout.run("").success().stdout(contains(passed(0)));
    assert!(stdout(&alone).ends_with("next: make lab1, then edit labs/01-socket/src/main.rs\n"));
    assert_eq!(stdout(&alone), stdout(&checkout.run("list").success()));
    assert_eq!(checkout.progress(), "", "looking alone leaves nothing behind");
}

#[test]
fn a_lab_that_is_begun_comes_first() {
    let checkout = Checkout::new();
    checkout.begin(3);
    checkout
        .run("")
        .success()
        .stdout(contains("~ lab 3   in progress"))
        .stdout(contains("next: edit labs/03-recvfrom/src/main.rs, line "));
}

#[test]
fn a_lab_without_todos_is_to_be_checked() {
    let checkout = Checkout::new();
    checkout.write(3, "fn main() {}\n");
    checkout.run("").success().stdout(contains("next: make check3\n"));
}

#[test]
fn a_passed_lab_is_passed_until_it_has_a_todo_again() {
    let checkout = Checkout::new();
    checkout.write_progress(PASSED_BY_FILE);
    checkout.write(1, "fn main() {}\n");
    checkout.run("").stdout(contains("✓ lab 1   passed")).stdout(contains(passed(1)));
    checkout.begin(1);
    checkout.run("").stdout(contains("~ lab 1   in progress"));
}

#[test]
fn a_file_that_is_missing_can_be_had_back() {
    let checkout = Checkout::new();
    fs::remove_file(checkout.file(1)).unwrap();
    checkout.run("").success().stdout(contains("is missing; get the starter back: make reset1"));
    checkout.run("reset 1").success();
    assert_eq!(fs::read_to_string(checkout.file(1)).unwrap(), find(1).starter());
}

#[test]
fn the_course_as_json_has_the_documented_form() {
    let checkout = Checkout::new();
    checkout.write_progress(PASSED_BY_FILE);
    checkout.begin(2);
    let json: Value =
        serde_json::from_str(&stdout(&checkout.run("list --format json").success())).unwrap();
    assert_eq!(json["schema"], "socklab/course/v1");
    assert_eq!(json["current"], "bind");
    let labs = json["labs"].as_array().unwrap();
    let states: Vec<&str> = labs.iter().map(|lab| lab["state"].as_str().unwrap()).collect();
    assert_eq!(states[..3], ["passed", "in-progress", "not-started"]);
    assert_eq!(labs[0]["next"], Value::Null);
    assert_eq!(labs[5]["number"], 6);
    assert_eq!(labs[5]["slug"], "ack-server");
    assert_eq!(labs[5]["role"], "server");
    assert_eq!(labs[5]["file"], "labs/06-ack-server/src/main.rs");

    // docs/json.md says nothing too much and nothing too little.
    let document =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/json.md")).unwrap();
    let section = document.split("## ").nth(1).unwrap();
    let mut documented: Vec<&str> = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .filter(|key| !["schema", "current", "labs"].contains(key))
        .collect();
    documented.sort_unstable();
    let keys: Vec<&String> = labs[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, documented);
}

// Passing

/// A program that is right for lab 2, without any dependency.
const RIGHT: &str = r#"
use std::{io, net::UdpSocket};

fn main() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:12345")?;
    println!("bound to {}", socket.local_addr()?);
    io::stdin().read_line(&mut String::new())?;
    Ok(())
}
"#;

/// A package for Cargo, small enough to be built in a moment.
const PACKAGE: &str = r#"
[workspace]
[package]
name = "lab2"
edition = "2024"
[[bin]]
name = "lab2"
path = "labs/02-bind/src/main.rs"
[[bin]]
name = "lab2-solution"
path = "labs/02-bind/solution.rs"
"#;

#[test]
fn what_passes_is_remembered_and_by_whom() {
    let checkout = Checkout::new();
    fs::write(checkout.path().join("Cargo.toml"), PACKAGE).unwrap();
    fs::write(checkout.path().join("labs/02-bind/solution.rs"), RIGHT).unwrap();
    checkout.write(2, RIGHT);

    checkout.run("check 2 --solution").success();
    assert_eq!(checkout.progress(), "", "the course's own solution is nobody's pass");
    checkout.run("check 2 -- false").code(1);
    assert_eq!(checkout.progress(), "");

    checkout.run("check 2").success().stderr(contains("remembered").not());
    assert!(checkout.progress().contains(r#""passed": "file""#), "{}", checkout.progress());
    checkout.run("diff 2").success().stdout(contains("@@"));
    checkout.run("reset 2 --yes").success();
    checkout.run("").stdout(contains("- lab 2   not started"));

    checkout.run("check 2 -- target/debug/lab2").success();
    assert!(checkout.progress().contains(r#""passed": "command""#), "{}", checkout.progress());
    checkout.run("").stdout(contains("✓ lab 2   passed"));

    // What is already remembered needs no writing; something new does.
    fs::remove_dir_all(checkout.path().join(".socklab")).unwrap();
    checkout.forbid_progress();
    let kept = checkout.run("check 2 --format json -- target/debug/lab2").success();
    let told = String::from_utf8(kept.get_output().stderr.clone()).unwrap();
    assert_eq!(told.matches("your progress is not remembered").count(), 1, "{told}");
}

fn one_line() -> impl Predicate<str> {
    predicate::function(|text: &str| text.lines().count() == 1)
}

#[test]
fn a_starter_is_not_checked_but_told_what_to_write() {
    let checkout = Checkout::new();
    checkout
        .run("check recvfrom")
        .code(1)
        .stdout(contains("not yet   lab 3 is not started"))
        .stdout(contains("recv_from"));
}

// Hints

#[test]
fn each_call_gives_one_more_hint() {
    let checkout = Checkout::new();
    checkout.run("hint 6").success().stdout(contains("lab 6, hint 1 of 3")).stderr("");
    checkout.run("hint ack-server").success().stdout(contains("lab 6, hint 2 of 3"));
    checkout.run("hint lab6").success().stdout(contains("lab 6, hint 3 of 3")).stderr("");
    checkout
        .run("hint 6")
        .success()
        .stdout(contains("lab 6, hint 3 of 3"))
        .stderr(contains("that was the last one"));
    checkout.run("hint 6 --from-start").success().stdout(contains("lab 6, hint 1 of 3"));
    checkout.run("hint 6").success().stdout(contains("lab 6, hint 2 of 3"));
    checkout.run("hint 5").success().stdout(contains("lab 5, hint 1 of 3"));
}

#[test]
fn all_hints_can_be_had_at_once() {
    let checkout = Checkout::new();
    let all = contains("hint 1 of 3").and(contains("hint 2 of 3")).and(contains("hint 3 of 3"));
    checkout.run("hint 6 --all").success().stdout(all);
    checkout.run("hint 6").stderr(contains("that was the last one"));
}

#[test]
fn hints_are_given_where_nothing_can_be_remembered() {
    let checkout = Checkout::new();
    checkout.forbid_progress();
    for _ in 0..2 {
        checkout
            .run("hint 6")
            .success()
            .stdout(contains("hint 1 of 3"))
            .stderr(contains("progress is not remembered").and(one_line()));
    }
}

#[test]
fn those_who_ask_at_once_are_all_remembered() {
    let checkout = Checkout::new();
    let mut children: Vec<_> = labs::all()
        .iter()
        .map(|lab| {
            std::process::Command::new(env!("CARGO_BIN_EXE_socklab"))
                .current_dir(checkout.path())
                .args(["hint", lab.slug])
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    assert!(children.iter_mut().all(|child| child.wait().unwrap().success()));
    let json: Value = serde_json::from_str(&checkout.progress()).unwrap();
    let hints = |lab: &Lab| json["labs"][lab.slug]["hints"].as_u64();
    assert!(labs::all().iter().all(|lab| hints(lab) == Some(1)), "{json:#}");
    let left = fs::read_dir(checkout.path().join(".socklab")).unwrap().count();
    assert_eq!(left, 1, "no temporary file is left");
}

#[test]
fn a_damaged_memory_is_told_and_left_alone() {
    for damaged in ["", "{", "[]", r#"{"version": 99, "labs": {}}"#, "\u{0}\u{0}"] {
        let checkout = Checkout::new();
        checkout.write_progress(damaged);
        let told = || contains("your progress is not remembered").and(one_line());
        checkout.run("").success().stdout(contains(passed(0))).stderr(told());
        checkout.run("hint 6").success().stdout(contains("hint 1 of 3")).stderr(told());
        assert_eq!(checkout.progress(), damaged);
    }
}

// Differences

#[test]
fn the_solution_is_not_shown_before_a_lab_is_passed() {
    let checkout = Checkout::new();
    checkout.run("diff 1").code(1).stdout("").stderr(contains("not passed yet").and(one_line()));
    checkout.write_progress(PASSED_BY_FILE);
    checkout.run("diff 1").success().stdout(contains("--- labs/01-socket/src/main.rs (starter)"));
    checkout.run("diff 2").code(1);
}

#[test]
fn a_spoiled_solution_has_no_marks() {
    let checkout = Checkout::new();
    let diff = checkout
        .run("diff 6 --spoil")
        .success()
        .stdout(contains("+++ labs/06-ack-server/solution.rs\n"))
        .stdout(contains("\n+        socket.send_to(&answer, sender)?;\n"));
    assert!(!stdout(&diff).contains("YOUR TURN"), "{}", stdout(&diff));
}

#[test]
fn ones_own_program_is_compared() {
    let checkout = Checkout::new();
    let own = without_marks(find(6).solution);
    checkout.write(6, &own.replace('\n', "\r\n"));
    checkout.run("diff 6 --mine --spoil").success().stdout("").stderr("there is no difference\n");
    checkout.write(6, &format!("// mine\n{own}"));
    checkout
        .run("diff 6 --mine --spoil")
        .success()
        .stdout(contains("(yours)").and(contains("\n-// mine\n")));
}

// Resets

#[test]
fn a_reset_keeps_what_was_written() {
    let checkout = Checkout::new();
    checkout.write_progress(PASSED_BY_FILE);
    let kept = |number: u8| {
        fs::read_to_string(checkout.file(1).with_file_name(format!("main.rs.kept-{number}")))
    };
    checkout.write(1, "first");
    checkout
        .run("reset 1 --yes")
        .success()
        .stdout(contains("kept as labs/01-socket/src/main.rs.kept-1\n"));
    assert_eq!(fs::read_to_string(checkout.file(1)).unwrap(), find(1).starter());
    checkout.run("").stdout(contains("- lab 1   not started"));
    checkout.run("diff 1").code(1);

    checkout.write(1, "second");
    checkout.run("reset 1 --yes").success();
    assert_eq!((kept(1).unwrap(), kept(2).unwrap()), ("first".into(), "second".into()));
    checkout.run("reset 1 --yes").success().stdout(contains("is the starter already"));
    assert!(kept(3).is_err(), "a starter is not worth keeping");
}

#[test]
fn a_reset_without_a_terminal_wants_a_yes() {
    let checkout = Checkout::new();
    checkout.write(1, "mine");
    checkout.run("reset 1").code(2).stderr(contains("--yes"));
    assert_eq!(fs::read_to_string(checkout.file(1)).unwrap(), "mine");
}

#[test]
fn a_reset_forgets_hints_too() {
    let checkout = Checkout::new();
    checkout.run("hint 6");
    checkout.run("reset 6 --yes").success();
    checkout.run("hint 6").stdout(contains("hint 1 of 3"));
}

// The machine, and what is made for other programs

#[test]
fn the_doctor_says_what_is_there_and_ends_by_it() {
    let doctor = Checkout::new().run("doctor");
    let text = stdout(&doctor);
    for what in ["system", "programs", "IPv4", "IPv6", "network", "port 12345", "cargo", "colors"] {
        assert!(
            text.lines().any(|line| line.get(6..).is_some_and(|line| line.starts_with(what))),
            "{what}: {text}"
        );
    }
    let is_bad = text.lines().any(|line| line.starts_with("  ✗"));
    doctor.code(if is_bad { 3 } else { 0 });
}

#[test]
fn every_shell_has_its_completions() {
    let checkout = Checkout::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let completions = checkout.run(&format!("completions {shell}")).success();
        assert!(stdout(&completions).contains("from-start"), "{shell}");
        assert!(!stdout(&completions).contains("__subject"), "{shell} offers what is hidden");
    }
    checkout.run("completions tcsh").code(2).stderr(contains("possible values: bash"));
}

#[test]
fn there_is_a_page_for_the_command_and_for_each_verb() {
    let checkout = Checkout::new();
    checkout.run("man").success().stdout(contains(".TH socklab 1").and(contains("hint")));
    checkout.run("man hint").success().stdout(contains("from\\-start"));
    checkout.run("man nosuch").code(2).stderr(contains("there is no verb nosuch"));
    checkout.run("man starters").code(2);
}

#[test]
fn starters_are_compared_and_written() {
    let checkout = Checkout::new();
    checkout.run("starters --check").success();
    checkout.write(3, "mine");
    checkout
        .run("starters --check")
        .code(1)
        .stderr(contains("labs/03-recvfrom/src/main.rs").and(one_line()));
    assert_eq!(fs::read_to_string(checkout.file(3)).unwrap(), "mine");
    checkout.run("starters").success().stdout(contains("main.rs.kept-1"));
    checkout.run("starters --check").success();
    checkout.run("--help").success().stdout(contains("starters").not());
}

// What a person may type by mistake, and where

#[test]
fn a_mistake_on_the_command_line_is_named() {
    let checkout = Checkout::new();
    for (args, told) in [
        ("check 99", "there is no lab 99; the labs go from 1 (socket) to "),
        ("check 0", "there is no lab 0"),
        ("check 5-4", "there is no lab 5-4"),
        ("check ack-srver", "6 (ack-server)"),
        ("check", "required"),
        ("hint 99", "there is no lab 99"),
        ("hint 1-3", "one lab at a time"),
        ("hint 6 --all --from-start", "cannot be used with"),
        ("list --format xml", "possible values: text, json"),
        ("chekc 6", "check"),
        ("--color blue", "possible values: auto, always, never"),
        ("reset ../6 --yes", "there is no lab ../6"),
    ] {
        checkout.run(args).code(2).stdout("").stderr(contains(told));
    }
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let checkout = Checkout::new();
    for args in [&["list"][..], &["--help"], &["man"], &["completions", "zsh"]] {
        let (ours, theirs) = UnixStream::pair().unwrap();
        drop(ours);
        let ended = std::process::Command::new(env!("CARGO_BIN_EXE_socklab"))
            .current_dir(checkout.path())
            .args(args)
            .stdout(OwnedFd::from(theirs))
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{args:?}");
        assert!(matches!(ended.status.code(), Some(0 | 141)), "{args:?}: {}", ended.status);
    }
}

#[test]
fn a_full_disk_is_told() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ended = std::process::Command::new(env!("CARGO_BIN_EXE_socklab"))
        .current_dir(Checkout::new().path())
        .arg("list")
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("cannot be written"));
}

#[test]
fn closed_descriptors_and_a_bare_environment_change_nothing() {
    let checkout = Checkout::new();
    let usual = stdout(&checkout.run("list"));
    let bare = checkout.command("list").env_clear().env("LANG", "C").assert().success();
    assert_eq!(stdout(&bare), usual);
    let socklab = env!("CARGO_BIN_EXE_socklab");
    for closed in [">&-", "<&- >&- 2>&-"] {
        let line = format!("exec '{socklab}' list {closed}");
        Command::new("sh").current_dir(checkout.path()).args(["-c", &line]).assert().success();
    }
}

#[test]
fn colors_are_shown_to_those_who_want_them() {
    let checkout = Checkout::new();
    let colored = |args: &str, variables: &[(&str, &str)]| {
        let assert = checkout.command(args).envs(variables.iter().copied()).assert().success();
        stdout(&assert).contains('\u{1b}')
    };
    assert!(!colored("list", &[]), "a pipe is no terminal");
    assert!(colored("list", &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored("list", &[("NO_COLOR", "1"), ("TERM", "xterm")]));
    assert!(colored("list --color always", &[("NO_COLOR", "1")]));
    assert!(!colored("--color never list", &[("CLICOLOR_FORCE", "1")]));
    assert!(colored("diff 6 --spoil --color always", &[]));
}

#[test]
fn the_checkout_is_found_from_a_folder_within_it() {
    let checkout = Checkout::new();
    checkout.begin(4);
    let within = checkout.path().join("labs/06-ack-server/src");
    let root = checkout.path().canonicalize().unwrap();
    checkout
        .command("list")
        .current_dir(within)
        .assert()
        .success()
        .stdout(contains(format!("next (in {}): edit labs/04", root.display())));
}

#[test]
fn outside_of_any_checkout_it_is_the_one_that_socklab_was_built_from() {
    let elsewhere = TempDir::new().unwrap();
    // Nothing is said of the labs' states: those are the learner's affair.
    Checkout::new()
        .command("list")
        .current_dir(elsewhere.path())
        .assert()
        .success()
        .stdout(contains("lab 7 "));
}
