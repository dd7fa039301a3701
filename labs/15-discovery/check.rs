//! What a right program of lab 15 does.

use crate::check::{Outcome, Stage};
use crate::course::Plan;
use crate::evidence::Role;

pub(crate) fn plan() -> Plan {
    Plan::new("A finder of servers", Role::Client)
        .hosts(&[
            ("client", "192.168.15.10"),
            ("alder", "192.168.15.21"),
            ("birch", "192.168.15.22"),
            ("cedar", "192.168.15.23"),
            ("magpie", "192.168.15.66"),
        ])
        .check("asks-everybody", "asks all hosts", asks)
}

fn asks(stage: &Stage) -> Outcome {
    stage.program()?.prints_something()
}
