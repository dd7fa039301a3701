//! What a right program of lab 9 does.

use crate::check::{Client, Outcome, Stage};
use crate::course::Plan;
use crate::evidence::Role;

const ADDRESS: &str = "127.0.0.1:12345";
const PREFIX: &str = "Server acknowledges: ";
const TOO_LONG: &str = "Error: message longer than 1024 bytes";

/// How much the program may grow in the second part of the flood, in MiB. That part has twice as
/// much.
const MAY_GROW: u64 = 2;

pub(crate) fn plan() -> Plan {
    Plan::new("A server facing the world", Role::Server)
        .at(ADDRESS)
        .check("is-bound", "binds a UDP socket to 127.0.0.1:12345", is_bound)
        .check("announces", "says at which port it listens", announces)
        .needs("is-bound")
        .check("acknowledges", "acknowledges messages byte for byte, each once", acknowledges)
        .needs("is-bound")
        .check("prints-each-message", "prints each message and its sender", prints_each)
        .needs("is-bound")
        .check("empty", "acknowledges an empty datagram", empty)
        .needs("acknowledges")
        .check("zero-bytes", "acknowledges zero bytes as any others", zero_bytes)
        .needs("acknowledges")
        .check("any-bytes", "acknowledges bytes that are no text", any_bytes)
        .needs("acknowledges")
        .check("full-length", "acknowledges a message of 1024 bytes", full_length)
        .needs("acknowledges")
        .check("too-long", "refuses a longer one with the error, whole and once", too_long)
        .needs("acknowledges")
        .check("answers-no-answer", "does not answer an answer", answers_no_answer)
        .needs("acknowledges")
        .check("words-inside", "answers a message that only mentions one", words_inside)
        .needs("acknowledges")
        .check("escapes-controls", "escapes control characters in its log", escapes_controls)
        .needs("prints-each-message")
        .check("serves-on", "serves on after all of this", serves_on)
        .needs("acknowledges")
        .check("bounded-memory", "answers after a flood, and has not grown by it", bounded_memory)
        .needs("acknowledges")
}

/// Sends a message and gets its acknowledgement.
fn exchange(client: Client<'_>, message: impl AsRef<[u8]>) -> Outcome {
    let message = message.as_ref();
    client.sends(message)?;
    client.gets([PREFIX.as_bytes(), message].concat())
}

fn is_bound(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)
}

fn announces(stage: &Stage) -> Outcome {
    stage.program()?.prints_its_port(12345)
}

fn acknowledges(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)?;
    let (one, other) = (stage.client()?, stage.client()?);
    exchange(one, stage.message())?;
    exchange(other, stage.message_of_the_world())?;
    exchange(one, stage.message())?;
    one.gets_nothing_more()?;
    other.gets_nothing_more()
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

fn empty(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)?;
    let client = stage.client()?;
    exchange(client, stage.message())?;
    exchange(client, b"")?;
    exchange(client, stage.message())
}

fn zero_bytes(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)?;
    let client = stage.client()?;
    exchange(client, format!("{}\0{}\0", stage.message(), stage.message()))?;
    exchange(client, b"\0\0\0")
}

fn any_bytes(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)?;
    let client = stage.client()?;
    exchange(client, [stage.message().as_bytes(), b"\xff\xfe\x80"].concat())?;
    // Latin-1, and a character of which the end is missing.
    exchange(client, [b"ol\xe9 ", stage.message().as_bytes(), b"\xe2\x82"].concat())
}

fn full_length(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)?;
    let client = stage.client()?;
    exchange(client, stage.message_of(1023))?;
    exchange(client, stage.message_of(1024))
}

fn too_long(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)?;
    let (one, other) = (stage.client()?, stage.client()?);
    for (client, length) in [(one, 1025), (other, 2048), (one, 65507)] {
        client.sends(stage.message_of(length))?;
        client.gets(TOO_LONG)?;
        client.gets_nothing_more()?;
    }
    // Nothing of the long ones is left in a buffer.
    exchange(other, stage.message())
}

fn answers_no_answer(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)?;
    let client = stage.client()?;
    let answers = [
        format!("{PREFIX}{}", stage.message()),
        TOO_LONG.to_owned(),
        // To an empty message, and to one of full length.
        PREFIX.to_owned(),
        format!("{PREFIX}{}", stage.message_of(1024)),
    ];
    for answer in answers {
        client.sends(answer)?;
        client.gets_no_answer()?;
    }
    exchange(client, stage.message())
}

fn words_inside(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(ADDRESS)?;
    let client = stage.client()?;
    exchange(client, format!("{} {PREFIX}{}", stage.message(), stage.message()))?;
    exchange(client, format!("{} {TOO_LONG}", stage.message()))
}

fn escapes_controls(stage: &Stage) -> Outcome {
    let server = stage.program()?;
    server.is_bound_to(ADDRESS)?;
    let client = stage.client()?;
    // Clears the screen; writes over the line; begins a line; takes back; rings.
    for control in ["\x1b[2J", "\r", "\n", "\x08", "\x07"] {
        let (before, after) = (stage.message(), stage.message());
        let message = format!("{before}{control}{after}");
        client.sends(&message)?;
        server.prints(&before)?;
        server.prints(&after)?;
        server.escapes(&message)?;
    }
    Ok(())
}

fn serves_on(stage: &Stage) -> Outcome {
    let server = stage.program()?;
    server.is_bound_to(ADDRESS)?;
    let (one, other) = (stage.client()?, stage.client()?);
    let long = stage.message_of(1500);
    for client in [one, other] {
        client.throws(&[b"", b"\xff\0\x1b", long.as_bytes(), TOO_LONG.as_bytes()])?;
        exchange(client, stage.message())?;
    }
    server.keeps_running()
}

fn bounded_memory(stage: &Stage) -> Outcome {
    let server = stage.program()?;
    server.is_bound_to(ADDRESS)?;
    let client = stage.client()?;
    // A runtime first takes what it needs in any case.
    client.floods(1024, 1024)?;
    exchange(client, stage.message())?;
    server.levels_off(MAY_GROW, || {
        client.floods(4 * 1024, 1024)?;
        exchange(client, stage.message())
    })
}
