//! What a right program of lab 7 does.

use crate::check::{Outcome, Program, Server, Stage};
use crate::course::Plan;
use crate::evidence::Role;

const SERVER: &str = "127.0.0.1:12345";

pub(crate) fn plan() -> Plan {
    Plan::new("A client that asks for a message", Role::Client)
        .at(SERVER)
        .check("prompts", "asks for a message and waits for one", prompts)
        .check("sends-the-line", "sends the line without its line end", sends_the_line)
        .check("says-what-it-sends", "says what it sends, and to which port", says_what_it_sends)
        .needs("sends-the-line")
        .check("prints-the-response", "prints the response and who sent it", prints_the_response)
        .needs("sends-the-line")
        .check("closes-and-exits", "ends with status 0", closes_and_exits)
        .needs("sends-the-line")
        .check("survives-trouble", "ends in order when the response is not text", survives_trouble)
        .needs("closes-and-exits")
}

fn prompts(stage: &Stage) -> Outcome {
    let program = stage.program()?;
    program.waits_for_enter()?;
    program.prints_something()
}

/// Types a line and gets it at the server's side.
fn typed<'s>(stage: &'s Stage, line: &str) -> Outcome<(Program<'s>, Server<'s>)> {
    let server = stage.server_at(SERVER)?;
    let program = stage.program()?;
    program.is_told(line)?;
    Ok((program, server))
}

fn sends_the_line(stage: &Stage) -> Outcome {
    let line = stage.message_of_the_world();
    let (_, server) = typed(stage, &line)?;
    server.gets(&line)?;
    server.gets_nothing_more()
}

fn says_what_it_sends(stage: &Stage) -> Outcome {
    let line = stage.message_of_the_world();
    let (program, server) = typed(stage, &line)?;
    server.gets(&line)?;
    program.prints(&line)?;
    program.prints_its_port(12345)
}

fn prints_the_response(stage: &Stage) -> Outcome {
    let line = stage.message();
    let (program, server) = typed(stage, &line)?;
    let client = server.gets(&line)?;
    program.waits_for_an_answer()?;
    let response = stage.message();
    server.answers(client, &response)?;
    program.prints(&response)?;
    program.prints_the_address(server.address())
}

fn closes_and_exits(stage: &Stage) -> Outcome {
    let line = stage.message();
    let (program, server) = typed(stage, &line)?;
    let client = server.gets(&line)?;
    server.answers(client, stage.message())?;
    program.ends_well()
}

fn survives_trouble(stage: &Stage) -> Outcome {
    let line = stage.message();
    let (program, server) = typed(stage, &line)?;
    let client = server.gets(&line)?;
    program.waits_for_an_answer()?;
    server.answers(client, b"\xff\xfe\x80")?;
    program.prints_something()?;
    program.ends_without_a_crash()
}
