//! `socklab check --diagram`: what was sent, drawn by the program that learners run.
#![allow(clippy::unwrap_used)] // what a test needs and does not get is its failure

use std::fs;
use std::path::Path;
use std::process::Command as Process;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use predicates::str::{contains, starts_with};
use tempfile::TempDir;

/// A server that acknowledges as lab 6 asks, from the socket that `answers` names.
fn server(answers: &str) -> String {
    format!(
        "import socket\n\
         s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
         s.bind(('127.0.0.1', 12345))\n\
         print('UDP server listens on port 12345', flush=True)\n\
         while True:\n    \
             message, client = s.recvfrom(2048)\n    \
             print(message.decode(), client, flush=True)\n    \
             {answers}.sendto(b'Server acknowledges: ' + message, client)\n"
    )
}

const ITS_OWN: &str = "s";
const A_NEW_ONE: &str = "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)";

/// True where python3 is; without it a test says that it is skipped.
fn has_python() -> bool {
    let there = Process::new("python3").arg("--version").output().is_ok();
    if !there {
        eprintln!("skipped: there is no python3");
    }
    there
}

/// Checks a server as the program of lab 6, in a folder of its own.
fn check(folder: &Path, answers: &str, options: &[&str]) -> Assert {
    fs::write(folder.join("server.py"), server(answers)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
    command.current_dir(folder).args(["check", "6", "--seed", "7"]).args(options);
    command.args(["--", "python3", "server.py"]).assert()
}

fn stdout(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

#[test]
fn text_is_drawn_below_the_report_of_a_program_that_passes() {
    if !has_python() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let run = || check(folder.path(), ITS_OWN, &["--diagram", "text"]).success();
    let first = stdout(&run());
    let (report, drawn) = first.split_once("\n\n").unwrap();
    assert!(report.contains("7 of 7 passed"), "{report}");
    let expected = "lab 6: acknowledges a message byte for byte (passed)
  client                                                    your server
     │                                                    127.0.0.1:12345
     │";
    assert!(drawn.starts_with(expected), "{drawn}");
    let answers = "\"Server acknowledges: Falcon saddle 2089\" 39 bytes ───│\n";
    assert!(drawn.contains(answers), "{drawn}");
    // Ports and times differ from run to run, the drawing does not. Where two clients speak at
    // once, who comes first is chance: the first check has one.
    let (first, _) = drawn.split_once("\n\n").unwrap();
    let second = stdout(&run());
    assert!(second.contains(first), "{second}");
}

#[test]
fn mermaid_is_a_page_of_what_failed_and_the_report_stands_beside_it() {
    if !has_python() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let failed = check(folder.path(), A_NEW_ONE, &["--diagram", "mermaid"]).code(1);
    let failed = failed.stderr(contains("[udp-reply-new-socket]"));
    let page = stdout(&failed);
    let first = "## lab 6: acknowledges a message byte for byte (failed)\n\n\
                 ```mermaid\nsequenceDiagram\n    participant client as client\n    \
                 participant your_server as your server<br/>127.0.0.1:12345\n    \
                 client->>your_server: \"Falcon saddle 2089\" 18 bytes (";
    assert!(page.starts_with(first), "{page}");
    assert!(page.contains("    Note over your_server,client: from another port\n```\n"), "{page}");
    assert!(!page.contains("(passed)"), "{page}");
}

#[test]
fn mermaid_is_a_page_of_everything_when_nothing_failed() {
    if !has_python() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let page = stdout(&check(folder.path(), ITS_OWN, &["--diagram", "mermaid"]).success());
    assert_eq!(page.matches("```mermaid\nsequenceDiagram\n").count(), 5, "{page}");
    assert!(page.contains("participant second_client as second client\n"), "{page}");
}

#[test]
fn a_picture_is_written_and_standard_output_stays_free() {
    if !has_python() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("exchange.svg");
    fs::write(&file, "x".repeat(100_000)).unwrap();
    let options = ["--diagram", "exchange.svg", "--format", "json"];
    check(folder.path(), ITS_OWN, &options).success().stdout(starts_with("{"));
    let parse = "import sys, xml.etree.ElementTree as tree\n\
                 root = tree.parse(sys.argv[1]).getroot()\n\
                 print(root.tag, len(root.findall('{*}g')))";
    let output = Process::new("python3").args(["-c", parse]).arg(&file).output().unwrap();
    let parsed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(parsed, "{http://www.w3.org/2000/svg}svg 5\n", "what was there before is gone");
}

#[test]
fn a_program_that_sends_nothing_is_said_to() {
    let folder = TempDir::new().unwrap();
    for (form, shown) in [
        ("text", "\nlab 6, ack-server\n  nothing was sent\n"),
        ("mermaid", "## lab 6, ack-server\n\nNothing was sent.\n"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
        command.current_dir(folder.path()).args(["check", "6", "--diagram", form, "--", "true"]);
        command.assert().code(1).stdout(contains(shown));
    }
}

#[test]
fn a_form_that_is_none_and_a_file_that_cannot_be_written_are_told_at_once() {
    let folder = TempDir::new().unwrap();
    let refused = |options: &[&str], status: i32, line: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
        command.current_dir(folder.path()).args(["check", "6"]).args(options);
        let refused = command.args(["--", "true"]).assert().code(status).stdout("");
        refused.stderr(starts_with(format!("error: {line}")));
    };
    let forms = "it is text, mermaid, or a file that ends in .svg\n";
    for form in ["png", "picture.png", "", ".svg"] {
        refused(&["--diagram", form], 2, &format!("--diagram {form}: {forms}"));
    }
    refused(&["--diagram", "no/such/folder.svg"], 3, "no/such/folder.svg cannot be written\n");
    for form in ["text", "mermaid"] {
        let line = format!("--format json and --diagram {form} both want standard output");
        refused(&["--format", "json", "--diagram", form], 2, &line);
    }
}
