//! What a right program of lab 8 does.

use crate::check::{Client, Outcome, Stage};
use crate::course::Plan;
use crate::evidence::Role;

const ADDRESS: &str = "192.168.0.108:4010";
const ANSWER: &str = "Message received";

pub(crate) fn plan() -> Plan {
    Plan::new("A server for another host", Role::Server)
        .at(ADDRESS)
        .hosts(&[("server", "192.168.0.108"), ("client", "192.168.0.109")])
        .check("is-bound", "binds a UDP socket to 192.168.0.108:4010", is_bound)
        .check("announces", "says at which port it listens", announces)
        .needs("is-bound")
        .check("answers", "answers another host with `Message received`", answers)
        .needs("is-bound")
        .check("serves-on", "answers each datagram once, whoever sent it", serves_on)
        .needs("answers")
        .check("answers-its-own-host", "answers a client on its own host too", answers_its_own_host)
        .needs("answers")
        .check("prints-each-message", "prints each message and its sender", prints_each)
        .needs("is-bound")
}

/// Sends a message and gets the answer.
fn exchange(stage: &Stage, client: Client<'_>) -> Outcome {
    client.sends(stage.message())?;
    client.gets(ANSWER)
}

fn is_bound(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)
}

fn announces(stage: &Stage) -> Outcome {
    stage.program()?.prints_its_port(4010)
}

fn answers(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)?;
    let client = stage.client()?;
    exchange(stage, client)?;
    client.gets_nothing_more()
}

fn serves_on(stage: &Stage) -> Outcome {
    let server = stage.program()?;
    server.is_bound_to(ADDRESS)?;
    let (one, other) = (stage.client()?, stage.client()?);
    for client in [one, one, other, one, other] {
        exchange(stage, client)?;
    }
    // Both write before either has its answer: nothing of it may be lost.
    for client in [one, other] {
        client.sends(stage.message())?;
    }
    for client in [one, other] {
        client.gets(ANSWER)?;
    }
    one.gets_nothing_more()?;
    other.gets_nothing_more()?;
    server.keeps_running()
}

fn answers_its_own_host(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)?;
    exchange(stage, stage.client()?)?;
    exchange(stage, stage.client_on("server")?)
}

fn prints_each(stage: &Stage) -> Outcome {
    let server = stage.program()?;
    server.is_bound_to(ADDRESS)?;
    for client in [stage.client()?, stage.client_on("server")?] {
        let message = stage.message();
        client.sends(&message)?;
        server.prints(&message)?;
        server.prints_the_address(client.address())?;
    }
    Ok(())
}
