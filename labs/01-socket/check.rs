//! What a right program of lab 1 does.

use crate::check::{Outcome, Stage};
use crate::course::Plan;
use crate::evidence::Role;

pub(crate) fn plan() -> Plan {
    Plan::new("A socket", Role::Program)
        .check("creates-a-datagram-socket", "creates an IPv4 datagram socket", creates_a_socket)
        .check("says-so", "says so at its terminal", says_so)
        .check("waits-for-enter", "waits for Enter", waits_for_enter)
        .needs("creates-a-datagram-socket")
        .check("closes-and-exits", "ends with status 0 after Enter", closes_and_exits)
        .needs("waits-for-enter")
}

fn creates_a_socket(stage: &Stage) -> Outcome {
    stage.program()?.has_a_datagram_socket()
}

fn says_so(stage: &Stage) -> Outcome {
    stage.program()?.prints_something()
}

fn waits_for_enter(stage: &Stage) -> Outcome {
    let program = stage.program()?;
    program.waits_for_enter()?;
    program.has_a_datagram_socket()
}

fn closes_and_exits(stage: &Stage) -> Outcome {
    let program = stage.program()?;
    program.is_told("")?;
    program.ends_well()
}
