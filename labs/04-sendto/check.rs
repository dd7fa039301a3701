//! What a right program of lab 4 does.

use crate::check::{Outcome, Program, Server, Stage};
use crate::course::Plan;
use crate::evidence::Role;

const SERVER: &str = "127.0.0.1:12345";
const GREETING: &str = "Hello, Server!";

pub(crate) fn plan() -> Plan {
    Plan::new("Sending a datagram", Role::Client)
        .at(SERVER)
        .check("sends-the-greeting", "sends `Hello, Server!` to 127.0.0.1:12345", sends)
        .check("waits-for-the-answer", "waits for the answer", waits)
        .needs("sends-the-greeting")
        .check("prints-the-answer", "prints the answer", prints_the_answer)
        .needs("waits-for-the-answer")
        .check("prints-who-answered", "prints the answerer's address and port", prints_who)
        .needs("waits-for-the-answer")
        .check("closes-and-exits", "ends with status 0", closes_and_exits)
        .needs("waits-for-the-answer")
}

fn sends(stage: &Stage) -> Outcome {
    let server = stage.server_at(SERVER)?;
    stage.program()?;
    server.gets(GREETING).map(drop)
}

fn waits(stage: &Stage) -> Outcome {
    let server = stage.server_at(SERVER)?;
    let program = stage.program()?;
    server.gets(GREETING)?;
    program.waits_for_an_answer()?;
    server.gets_nothing_more()
}

/// Plays the exchange up to the answer.
fn answered<'s>(stage: &'s Stage, answer: &str) -> Outcome<(Program<'s>, Server<'s>)> {
    let server = stage.server_at(SERVER)?;
    let program = stage.program()?;
    let client = server.gets(GREETING)?;
    program.waits_for_an_answer()?;
    server.answers(client, answer)?;
    Ok((program, server))
}

fn prints_the_answer(stage: &Stage) -> Outcome {
    let answer = stage.message();
    let (program, _) = answered(stage, &answer)?;
    program.prints(&answer)
}

fn prints_who(stage: &Stage) -> Outcome {
    let (program, server) = answered(stage, &stage.message())?;
    program.prints_the_address(server.address())
}

fn closes_and_exits(stage: &Stage) -> Outcome {
    let (program, _) = answered(stage, &stage.message())?;
    program.ends_well()
}
