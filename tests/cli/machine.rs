//! The machine, and what is made for other programs.

use std::fs;

use predicates::prelude::*;
use predicates::str::contains;

use super::checkout::{Checkout, one_line, stdout};

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
