//! What a right program of lab 5 does.

use crate::check::{Outcome, Stage};
use crate::course::Plan;
use crate::evidence::Role;

const ADDRESS: &str = "127.0.0.1:12345";
const ANSWER: &str = "Hello, Client!";

pub(crate) fn plan() -> Plan {
    Plan::new("A server that says hello", Role::Server)
        .at(ADDRESS)
        .check("is-bound", "binds a UDP socket to 127.0.0.1:12345", is_bound)
        .check("answers", "answers a datagram with `Hello, Client!`", answers)
        .needs("is-bound")
        .check("serves-on", "answers again, and another client too", serves_on)
        .needs("answers")
        .check("prints-each-datagram", "prints each message and its sender", prints_each)
        .needs("is-bound")
}

fn is_bound(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)
}

fn answers(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)?;
    let client = stage.client()?;
    client.sends(stage.message())?;
    client.gets(ANSWER)?;
    client.gets_nothing_more()
}

fn serves_on(stage: &Stage) -> Outcome {
    let server = stage.program()?;
    server.is_bound_to(ADDRESS)?;
    let (one, other) = (stage.client()?, stage.client()?);
    for client in [one, one, other, one, other] {
        client.sends(stage.message())?;
        client.gets(ANSWER)?;
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

fn prints_each(stage: &Stage) -> Outcome {
    let server = stage.program()?;
    server.is_bound_to(ADDRESS)?;
    for client in [stage.client()?, stage.client()?] {
        let message = stage.message();
        client.sends(&message)?;
        server.prints(&message)?;
        server.prints_the_address(client.address())?;
    }
    Ok(())
}
