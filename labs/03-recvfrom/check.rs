//! What a right program of lab 3 does.

use crate::check::{Client, Outcome, Program, Stage};
use crate::course::Plan;
use crate::evidence::Role;

const ADDRESS: &str = "127.0.0.1:12345";

pub(crate) fn plan() -> Plan {
    Plan::new("Receiving a datagram", Role::Server)
        .at(ADDRESS)
        .check("is-bound", "binds a UDP socket to 127.0.0.1:12345", is_bound)
        .check("prints-the-message", "prints the text of the datagram", prints_the_message)
        .needs("is-bound")
        .check("prints-the-sender", "prints its sender's address and port", prints_the_sender)
        .needs("prints-the-message")
        .check("closes-and-exits", "ends with status 0 after one datagram", closes_and_exits)
        .needs("is-bound")
}

fn is_bound(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)
}

/// Sends the bound program one datagram.
fn one_datagram<'s>(stage: &'s Stage, message: &str) -> Outcome<(Program<'s>, Client<'s>)> {
    let program = stage.program()?;
    program.is_bound_to(ADDRESS)?;
    let client = stage.client()?;
    client.sends(message)?;
    Ok((program, client))
}

fn prints_the_message(stage: &Stage) -> Outcome {
    let message = format!("{}{}", stage.message_of(120), stage.message_of_the_world());
    let (program, _) = one_datagram(stage, &message)?;
    program.prints(&message)
}

fn prints_the_sender(stage: &Stage) -> Outcome {
    let (program, client) = one_datagram(stage, &stage.message())?;
    program.prints_the_address(client.address())
}

fn closes_and_exits(stage: &Stage) -> Outcome {
    let (program, _) = one_datagram(stage, &stage.message())?;
    program.ends_well()
}
