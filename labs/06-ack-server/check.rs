//! What a right program of lab 6 does.

use crate::check::{Client, Outcome, Stage};
use crate::course::Plan;
use crate::evidence::Role;

const ADDRESS: &str = "127.0.0.1:12345";

pub(crate) fn plan() -> Plan {
    Plan::new("A server that acknowledges", Role::Server)
        .at(ADDRESS)
        .check("is-bound", "binds a UDP socket to 127.0.0.1:12345", is_bound)
        .check("announces", "says at which port it listens", announces)
        .needs("is-bound")
        .check("acknowledges", "acknowledges a message byte for byte", acknowledges)
        .needs("is-bound")
        .check("serves-on", "answers each datagram once, whoever sent it", serves_on)
        .needs("acknowledges")
        .check("any-text", "acknowledges any text, long ones and short ones", any_text)
        .needs("acknowledges")
        .check("full-length", "acknowledges a message of 1024 bytes", full_length)
        .needs("acknowledges")
        .check("prints-each-message", "prints each message and its sender", prints_each)
        .needs("is-bound")
}

/// Sends a message and gets its acknowledgement.
fn exchange(client: Client<'_>, message: &str) -> Outcome {
    client.sends(message)?;
    client.gets(format!("Server acknowledges: {message}"))
}

fn is_bound(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)
}

fn announces(stage: &Stage) -> Outcome {
    stage.program()?.prints_its_port(12345)
}

fn acknowledges(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)?;
    exchange(stage.client()?, &stage.message())
}

fn serves_on(stage: &Stage) -> Outcome {
    let server = stage.program()?;
    server.is_bound_to(ADDRESS)?;
    let (one, other) = (stage.client()?, stage.client()?);
    for client in [one, one, other, one, other] {
        exchange(client, &stage.message())?;
    }
    // Both write before either has its answer: nothing of it may be lost.
    let messages = [(one, stage.message()), (other, stage.message())];
    for (client, message) in &messages {
        client.sends(message)?;
    }
    for (client, message) in &messages {
        client.gets(format!("Server acknowledges: {message}"))?;
    }
    // The same words from somebody else are another message.
    exchange(other, &messages[0].1)?;
    one.gets_nothing_more()?;
    other.gets_nothing_more()?;
    server.keeps_running()
}

fn any_text(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)?;
    let client = stage.client()?;
    // Of an odd number of bytes; the plain ones have an even number.
    exchange(client, &stage.message_of(301))?;
    exchange(client, &stage.message())?;
    exchange(client, &stage.message_of_the_world())?;
    exchange(client, &format!("{}\n{}\n", stage.message(), stage.message()))
}

fn full_length(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)?;
    exchange(stage.client()?, &stage.message_of(1024))
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
