//! The command line: verbs, exit statuses, and what a person may type by mistake.
//!
//! Every test runs in a checkout of its own, made of starters that are cut from the solutions:
//! socklab takes the nearest folder, from the current one upwards, that holds the labs. So no test
//! reads or writes what a learner edits.
#![allow(clippy::unwrap_used)] // what a test needs and does not get is its failure

#[path = "cli/checkout.rs"]
mod checkout;
#[path = "cli/course.rs"]
mod course;
#[path = "cli/help.rs"]
mod help;
#[path = "cli/machine.rs"]
mod machine;
#[path = "cli/shell.rs"]
mod shell;
