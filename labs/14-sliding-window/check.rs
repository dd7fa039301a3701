//! What right programs of lab 14 do.
//!
//! Most of it needs no link: the partner loses, delays, repeats and damages packets itself, by their
//! numbers and not by chance. Only how fast a file goes over is seen over a link.

#[path = "check/of_client.rs"]
mod of_client;
#[path = "check/of_server.rs"]
mod of_server;
#[path = "packet.rs"]
mod packet;
#[path = "check/receiver.rs"]
mod receiver;
#[path = "check/sender.rs"]
mod sender;
#[path = "check/speed.rs"]
mod speed;
#[cfg(test)]
#[path = "check/tests.rs"]
mod tests;
#[path = "check/wrongs.rs"]
mod wrongs;

use crate::check::{Failure, Outcome, Program, Stage};
use crate::course::{Link, Plan};
use crate::evidence::Role;
use packet::{Body, Packet};

const ADDRESS: &str = "127.0.0.1:12014";

pub(crate) fn plan() -> Plan {
    let plan = Plan::new("A file through a sliding window", Role::Server).at(ADDRESS);
    client(server(plan.read_by(in_words)))
}

/// A packet in words: `DATA 3, 1024 bytes`.
fn in_words(bytes: &[u8]) -> Option<String> {
    let Packet { number, body, .. } = Packet::read(bytes)?;
    Some(match body {
        Body::Begin => format!("BEGIN {number}"),
        Body::Data(piece) => format!("DATA {number}, {} bytes", piece.len()),
        Body::End => format!("END {number}"),
        Body::Ack(here) => match here.numbers(number).count() {
            0 => format!("ACK {number}"),
            early => format!("ACK {number}, and {early} behind it"),
        },
    })
}

fn server(plan: Plan) -> Plan {
    use of_server as of;
    plan.check("is-bound", "binds a UDP socket to port 12014", of::is_bound)
        .check("receives-a-file", "receives a file, and ends with status 0", of::receives_a_file)
        .needs("is-bound")
        .idles()
        .check("receiver-gives-up", "gives up when nothing comes for 4 seconds", of::gives_up)
        .needs("is-bound")
        .idles()
        .check("receives-nothing", "receives an empty file", of::empty_file)
        .needs("receives-a-file")
        .idles()
        .check("says-what-came", "acknowledges what has come, and nothing else", of::says_what_came)
        .needs("receives-a-file")
        .check("keeps-what-is-early", "keeps what has come early", of::keeps_what_is_early)
        .needs("says-what-came")
        .check("any-order", "puts packets in order, each once", of::any_order)
        .needs("keeps-what-is-early")
        .idles()
        .check("begins-once", "begins once, though the BEGIN comes again", of::begins_once)
        .needs("any-order")
        .idles()
        .check("passes-over-damage", "passes over what is damaged", of::passes_over_damage)
        .needs("any-order")
        .idles()
        .check("passes-over-others", "passes over what is of others", of::passes_over_others)
        .needs("any-order")
        .idles()
        .check("keeps-no-further", "keeps nothing that is 256 ahead or more", of::not_too_far)
        .needs("any-order")
        .idles()
        .check("answers-afterwards", "acknowledges the END again if it must", of::answers_afterwards)
        .needs("receives-a-file")
        .idles()
        .check("noise-is-no-sign", "gives up while nothing but noise comes", of::gives_up_amid_noise)
        .needs("receiver-gives-up")
        .idles()
        .check("survives-noise", "is no larger after 10,000 random datagrams", of::survives_noise)
        .needs("receives-a-file")
        .idles()
        .check("receives-fast", "keeps up with 10 Mbit/s", speed::receives_fast)
        .needs("keeps-what-is-early")
        .idles()
        .over(link())
}

fn client(plan: Plan) -> Plan {
    use of_client as of;
    plan.of(Role::Client)
        .check("sends-a-file", "sends a file, and ends with status 0", of::sends_a_file)
        .idles()
        .check("sends-nothing", "sends an empty file", of::empty_file)
        .needs("sends-a-file")
        .idles()
        .check("sends-again", "sends again what is lost", of::sends_again)
        .needs("sends-a-file")
        .idles()
        .check("begin-and-end", "sends the first and the last again too", of::begin_and_end)
        .needs("sends-again")
        .idles()
        .check("sender-gives-up", "gives up when nothing comes for 4 seconds", of::gives_up)
        .needs("begin-and-end")
        .idles()
        .check("time-out", "has a time-out that follows the round trips", of::time_out)
        .needs("begin-and-end")
        .idles()
        .check("window", "has 64 packets under way, and never more", of::window)
        .needs("sends-again")
        .idles()
        .check("delay-triples", "calms down after the delay has tripled", of::delay_triples)
        .needs("window")
        .idles()
        .check("damaged-answers", "passes over what is damaged", of::damaged_answers)
        .needs("begin-and-end")
        .idles()
        .check("foreign-answers", "passes over what is of others", of::foreign_answers)
        .needs("begin-and-end")
        .idles()
        .check("any-loss", "sends a file at 0, 1, 5 and 10 % loss", of::any_loss)
        .needs("damaged-answers")
        .idles()
        .check("not-too-far", "is never more than 255 ahead of what is missing", of::not_too_far)
        .needs("any-loss")
        .idles()
        .check("only-what-is-missing", "sends only what is missing again", of::only_what_is_missing)
        .needs("time-out")
        .idles()
        .check("sends-fast", "makes use of a link of 10 Mbit/s", speed::sends_fast)
        .needs("only-what-is-missing")
        .idles()
        .over(link())
}

/// The link of this lab: what is lost on it, the partner loses.
fn link() -> Link {
    Link::new().delay("20ms").rate("10mbit", "100")
}

/// The program ends, and says with its status that all went well.
fn ends_in_order(stage: &Stage, program: Program<'_>) -> Outcome {
    program.ends_without_a_crash()?;
    match program.ends_well() {
        Err(Failure::Unmet(unmet)) => {
            stage.judge("its end, with status 0", unmet.observed, Err(wrongs::status()))
        }
        ended => ended,
    }
}

/// A file of so many random bytes.
fn random_file(stage: &Stage, length: usize) -> Vec<u8> {
    let seed = packet::crc32(stage.message().as_bytes());
    let mut rng = fastrand::Rng::with_seed(seed.into());
    std::iter::repeat_with(|| rng.u8(..)).take(length).collect()
}
