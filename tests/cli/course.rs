//! The course: what is passed, and what comes next.

use std::fs;

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use super::checkout::{Checkout, PASSED_BY_FILE, find, passed, stdout};

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
    assert_eq!(fs::read_to_string(checkout.file(1)).unwrap(), find(1).parts[0].starter());
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

#[test]
fn a_starter_is_not_checked_but_told_what_to_write() {
    let checkout = Checkout::new();
    checkout
        .run("check recvfrom")
        .code(1)
        .stdout(contains("not yet   lab 3 is not started"))
        .stdout(contains("recv_from"));
}
