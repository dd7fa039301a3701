//! What a right server of lab 12 still does after thousands of datagrams.

use super::message::{ADD, DONE, READ, amount, message, number};
use super::server::{bound, exchange, gets, not_answered};
use crate::check::{Outcome, Stage, Wrong};

/// How much the server may grow in a flood, in MiB. Some runtimes first fill some before they clean up.
const MAY_GROW: u64 = 16;

/// How often a thousand requests come: a server that forgets all at once does so in one of these rounds.
const ROUNDS: u32 = 6;

/// How many datagrams are sent at once: a socket's queue has room for them.
const BURST: usize = 100;

/// So many reads in bursts, each of another request of another client.
fn reads_of(stage: &Stage, count: u32) -> impl Iterator<Item = Vec<Vec<u8>>> + use<> {
    let first = number(stage) << 16;
    let read = move |place| message(first + place, place, READ, 0).to_vec();
    let burst = BURST as u32;
    (0..count / burst).map(move |at| (at * burst..(at + 1) * burst).map(read).collect())
}

pub(super) fn remembers(stage: &Stage) -> Outcome {
    bound(stage)?;
    let client = stage.client()?;
    let me = number(stage);
    let mut sum = 0;
    for round in 0..ROUNDS {
        let amount = amount(stage);
        // Numbers that no read of another client has.
        let before = 10_000 + round * 100;
        let add = message(me, before + 1, ADD, amount);
        sum += amount;
        gets(client, &add, (DONE, sum))?;
        // With these it is the oldest of a thousand.
        client.floods_with(reads_of(stage, 900), BURST)?;
        let last = (2..=100).map(|number| message(me, before + number, READ, 0).to_vec());
        client.floods_with([last.collect()], 99)?;
        exchange(client, &add, (DONE, sum), |got| match got {
            Some((_, value)) if value == sum + amount => Wrong::cause(
                "dup-forgotten",
                "a request was carried out a second time after 999 others: its answer was forgotten, \
                 and the last 1000 are to be remembered",
                "keep 1000 answers, and let go of the oldest one when another is added: that one alone, \
                 and never all",
            ),
            None => not_answered(),
            _ => Wrong::unknown(),
        })?;
    }
    Ok(())
}

pub(super) fn bounded_memory(stage: &Stage) -> Outcome {
    bound(stage)?;
    let client = stage.client()?;
    let (me, amount) = (number(stage), amount(stage));
    let add = message(me, 1, ADD, amount);
    gets(client, &add, (DONE, amount))?;
    client.floods_with(reads_of(stage, 5_000), BURST)?;
    // Its answer is forgotten by now, so it is a new one. How much memory a server takes depends on
    // its language; what it remembers does not.
    exchange(client, &add, (DONE, 2 * amount), |_| {
        Wrong::cause(
            "mem-keeps-messages",
            "a request was known again after 5000 others: a server that forgets nothing grows until \
             there is no memory left, and anybody can make it grow",
            "forget the oldest answer when there are more than a fixed number, 1000 to 5000",
        )
    })
}

pub(super) fn survives_noise(stage: &Stage) -> Outcome {
    let server = bound(stage)?;
    let client = stage.client()?;
    let me = number(stage);
    let amount = amount(stage);
    gets(client, &message(me, 1, ADD, amount), (DONE, amount))?;
    client.floods_with(noise(stage, me, 5_000), 1)?;
    server.levels_off(MAY_GROW, || {
        client.floods_with(noise(stage, me, 10_000), 1)?;
        gets(client, &message(me, u32::MAX, READ, 0), (DONE, amount))
    })
}

/// So many random datagrams in bursts. A read at each one's end is answered, so that nothing is sent
/// before all of the last burst was taken.
fn noise(stage: &Stage, me: u32, count: usize) -> impl Iterator<Item = Vec<Vec<u8>>> + use<> {
    let mut rng = fastrand::Rng::with_seed(number(stage).into());
    let mut read = number(stage) << 16;
    (0..count / BURST).map(move |_| {
        let mut burst: Vec<Vec<u8>> = (0..BURST).map(|_| random(&mut rng)).collect();
        read += 1;
        burst.push(message(me, read, READ, 0).to_vec());
        burst
    })
}

/// Random bytes, now and then with the length of a request.
fn random(rng: &mut fastrand::Rng) -> Vec<u8> {
    let length = if rng.bool() { 16 } else { rng.usize(0..200) };
    let mut bytes: Vec<u8> = (0..length).map(|_| rng.u8(..)).collect();
    // By chance it might be a request after all.
    if let Some(operation) = bytes.get_mut(8) {
        *operation |= 1;
    }
    bytes
}
