//! What the program lists, and why a server is missing there.

use std::net::IpAddr;

use crate::check::{Outcome, Stage, Wrong};

use super::{PORT, Responder};

/// How much of a name tells it from others.
const TELLING: usize = 8;

/// The program has printed one line with the server's name, and its address is in it; `why` says why
/// there may be none, where the kernel does not show it.
pub(super) fn lists(stage: &Stage, server: &Responder<'_>, why: &dyn Fn() -> Wrong) -> Outcome {
    lists_one(stage, server, true, why)
}

/// The same of several. Where one of them is listed, its socket takes answers: that another was refused
/// means that it was closed by then.
pub(super) fn lists_all(
    stage: &Stage,
    servers: &[Responder<'_>],
    why: &dyn Fn() -> Wrong,
) -> Outcome {
    servers.iter().enumerate().try_for_each(|(at, it)| lists_one(stage, it, at == 0, why))
}

fn lists_one(
    stage: &Stage,
    server: &Responder<'_>,
    is_first: bool,
    why: &dyn Fn() -> Wrong,
) -> Outcome {
    let (name, ip) = (server.name.as_str(), server.ip());
    let output = stage.output()?;
    let lines: Vec<&str> = output.lines().filter(|line| line.contains(name)).collect();
    let (observed, verdict) = match lines.as_slice() {
        [] if server.was_late() => return Ok(()),
        [] => (format!("no line with {name}"), Err(why_none(stage, server, &output, is_first, why)?)),
        [line] if shows(line, ip) => return Ok(()),
        [line] => (format!("\"{}\"", line.trim()), Err(without_its_address(ip))),
        lines => (format!("{} lines with {name}", lines.len()), Err(more_than_once())),
    };
    stage.judge(format!("one line with {name} and {ip}"), observed, verdict)
}

/// An address in a line, and not the beginning of a longer one.
fn shows(line: &str, ip: IpAddr) -> bool {
    let is_part = |c: char| c.is_ascii_digit() || c == '.';
    line.split(|c| !is_part(c)).any(|word| word.trim_matches('.') == ip.to_string())
}

fn why_none(
    stage: &Stage,
    server: &Responder<'_>,
    output: &str,
    is_first: bool,
    why: &dyn Fn() -> Wrong,
) -> Outcome<Wrong> {
    if output.contains(&server.name[..TELLING]) {
        return Ok(Wrong::cause(
            "size-recv-buffer-small",
            "only the beginning of the name was printed: the receive had too little room, and what \
             does not fit is thrown away",
            "receive into a buffer that holds any answer: 1500 bytes",
        ));
    }
    // It is listed, under another name.
    if output.lines().any(|line| shows(line, server.ip())) {
        return Ok(Wrong::unknown());
    }
    stage.comes_to_rest()?;
    if !is_first || !server.server.was_refused() {
        return Ok(why());
    }
    Ok(match server.heard_from() {
        Some(asker) if asker.port() == PORT => Wrong::cause(
            "mcast-bound-to-group",
            "the answer came to your host and no socket took it: yours is bound to the group's \
             address, and gets only what is sent to the group",
            "do not bind the socket: answers come to your host's own address, and to the port from \
             which you asked",
        ),
        _ => Wrong::cause(
            "disc-connected",
            "the answer came to your port and was refused there: a socket that is connected takes \
             datagrams from its partner alone, and one that is closed takes none",
            "do not call connect, since answers come from hosts that you do not know yet: sendto and \
             recvfrom; and close the socket only after the last wait",
        ),
    })
}

/// The program has listed each of two servers of one name, with its address.
pub(super) fn lists_both(stage: &Stage, servers: &[Responder<'_>]) -> Outcome {
    let output = stage.output()?;
    let name = servers.first().map(|server| server.name.as_str()).unwrap_or_default();
    let lines: Vec<&str> = output.lines().filter(|line| line.contains(name)).collect();
    let has = |server: &Responder<'_>| server.was_late() || lines.iter().any(|line| shows(line, server.ip()));
    let Some(missing) = servers.iter().find(|server| !has(server)) else { return Ok(()) };
    let wrong = Wrong::cause(
        "disc-told-by-name",
        "two servers of one name have answered, and one is listed: your program tells servers apart by \
         what they call themselves, and anybody may take any name",
        "tell them apart by the address from which the answer comes, which recvfrom gives you",
    );
    let expected = format!("two lines with {name}, each with an address of its own");
    stage.judge(expected, format!("none of them with {}", missing.ip()), Err(wrong))
}

fn without_its_address(ip: IpAddr) -> Wrong {
    Wrong::cause(
        "disc-address-missing",
        format!("the line has the server's name, and not the address {ip} at which it can be reached"),
        "print the address that recvfrom gives you with the answer, in the same line as the name",
    )
}

pub(super) fn more_than_once() -> Wrong {
    Wrong::cause(
        "disc-lists-twice",
        "your program lists a server again with each answer: one that does not hear that it is known \
         answers each query, and networks repeat packets",
        "keep the addresses of the servers that you have listed, and pass over another answer of one",
    )
}

/// Nothing of this noise is in the output.
pub(super) fn shows_nothing_of(
    stage: &Stage,
    noise: &[(&str, String)],
    why: &dyn Fn(&str) -> Wrong,
) -> Outcome {
    let output = stage.output()?;
    match noise.iter().find(|(_, word)| output.contains(word.as_str())) {
        None => Ok(()),
        Some((what, word)) => {
            let observed = format!("{word} at its terminal");
            stage.judge(format!("nothing of {what}"), observed, Err(why(what)))
        }
    }
}
