//! `socklab explain`: every page on a cause, in a terminal and in a pipe, in any folder.
#![allow(clippy::unwrap_used)] // what a test needs and does not get is its failure

use std::fs::File;
use std::io::Read;
use std::process::{Command as Process, Stdio};

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::{contains, is_empty, starts_with};
use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use socklab::causes;
use tempfile::TempDir;

/// How far code stands to the right. It is not wrapped, since that would change it.
const CODE: &str = "      ";

/// `socklab explain` in a folder that holds nothing.
fn explain(folder: &TempDir, args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("socklab").unwrap();
    command.current_dir(folder).arg("explain").args(args);
    command.env_remove("CLICOLOR_FORCE");
    command
}

fn prose(page: &str) -> impl Iterator<Item = &str> {
    page.lines().filter(|line| !line.starts_with(CODE))
}

#[test]
fn every_page_is_printed_plainly_into_a_pipe() {
    let folder = TempDir::new().unwrap();
    for cause in causes::all() {
        let output = explain(&folder, &[cause.id]).output().unwrap();
        let page = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}", cause.id);
        assert_eq!(page.lines().next(), Some(cause.id));
        for heading in ["What happens", "Why", "See it yourself", "Fix it"] {
            assert!(page.lines().any(|line| line == heading), "{}: {heading}", cause.id);
        }
        assert!(!page.contains('\x1b'), "{} has a style", cause.id);
        for sign in ["**", "```", "]("] {
            assert!(!prose(&page).any(|line| line.contains(sign)), "{}: {sign}", cause.id);
        }
        for line in prose(&page) {
            assert!(line.chars().count() <= 80, "{}: {line}", cause.id);
        }
    }
}

#[test]
fn without_an_id_all_are_listed() {
    let folder = TempDir::new().unwrap();
    let output = explain(&folder, &[]).output().unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    assert!(causes::all().len() > 50);
    for cause in causes::all() {
        assert!(list.contains(&format!("\n  - {}: ", cause.id)), "{}", cause.id);
    }
}

#[test]
fn an_id_may_be_copied_with_its_brackets() {
    let folder = TempDir::new().unwrap();
    explain(&folder, &["[out-silent]"]).assert().success().stdout(starts_with("out-silent\n"));
}

#[test]
fn an_unknown_id_is_a_line_with_the_nearest() {
    let folder = TempDir::new().unwrap();
    explain(&folder, &["out-silnet"])
        .assert()
        .code(2)
        .stdout(is_empty())
        .stderr(contains("there is no cause out-silnet; the nearest are out-silent and "))
        .stderr(predicate::function(|text: &str| text.lines().count() == 1));
}

#[test]
fn in_a_terminal_a_page_is_as_wide_as_it_and_its_headings_are_bold() {
    let page = in_a_terminal("out-not-flushed", 50);
    assert!(page.contains("\x1b[1mWhy\x1b[0m"), "{page:?}");
    let plain = anstream::adapter::strip_str(&page).to_string();
    assert!(prose(&plain).all(|line| line.chars().count() <= 50), "{plain}");
    let wide = anstream::adapter::strip_str(&in_a_terminal("out-not-flushed", 300)).to_string();
    let widest = prose(&wide).map(|line| line.chars().count()).max().unwrap();
    assert!((81..=100).contains(&widest), "{widest}");
}

/// What `socklab explain` prints at a terminal of so many columns.
fn in_a_terminal(id: &str, columns: u16) -> String {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, rustix::fs::Mode::empty());
    let theirs = theirs.unwrap();
    let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&theirs, size).unwrap();
    let mut child = Process::new(env!("CARGO_BIN_EXE_socklab"))
        .args(["explain", id])
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .stdout(Stdio::from(theirs))
        .spawn()
        .unwrap();
    let mut page = Vec::new();
    // Once nobody holds the other end, reading a terminal fails: that is its end.
    let _ = File::from(ours).read_to_end(&mut page);
    assert!(child.wait().unwrap().success());
    String::from_utf8(page).unwrap().replace('\r', "")
}
