//! What a right program of lab 2 does.

use crate::check::{Outcome, Stage};
use crate::course::Plan;
use crate::evidence::Role;

const ADDRESS: &str = "127.0.0.1:12345";

pub(crate) fn plan() -> Plan {
    Plan::new("A socket with an address", Role::Program)
        .at(ADDRESS)
        .check("is-bound", "binds a UDP socket to 127.0.0.1:12345", is_bound)
        .check("waits-for-enter", "keeps it open until Enter", waits_for_enter)
        .needs("is-bound")
        .check("closes-and-exits", "ends with status 0 after Enter", closes_and_exits)
        .needs("waits-for-enter")
        .check("address-taken", "says so and fails when the address is taken", address_taken)
        .needs("is-bound")
}

fn is_bound(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)
}

fn waits_for_enter(stage: &Stage) -> Outcome {
    let program = stage.program()?;
    program.waits_for_enter()?;
    program.is_bound_to(ADDRESS)
}

fn closes_and_exits(stage: &Stage) -> Outcome {
    let program = stage.program()?;
    program.is_told("")?;
    program.ends_well()
}

fn address_taken(stage: &Stage) -> Outcome {
    stage.hold(ADDRESS)?;
    stage.program()?.ends_with_a_complaint()
}
