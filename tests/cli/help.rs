//! What helps a learner: hints, the solution, and a new beginning.

use std::fs;
use std::process::Stdio;

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;
use socklab::course::{Lab, without_marks};
use socklab::labs;

use super::checkout::{Checkout, PASSED_BY_FILE, find, one_line, passed, stdout};

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
    let own = without_marks(find(6).parts[0].solution);
    checkout.write(6, &own.replace('\n', "\r\n"));
    checkout.run("diff 6 --mine --spoil").success().stdout("").stderr("there is no difference\n");
    checkout.write(6, &format!("// mine\n{own}"));
    checkout
        .run("diff 6 --mine --spoil")
        .success()
        .stdout(contains("(yours)").and(contains("\n-// mine\n")));
}

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
    assert_eq!(fs::read_to_string(checkout.file(1)).unwrap(), find(1).parts[0].starter());
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
