//! What a person may type by mistake, and where.

use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Stdio;

use assert_cmd::Command;
use predicates::str::contains;
use tempfile::TempDir;

use super::checkout::{Checkout, stdout};

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
