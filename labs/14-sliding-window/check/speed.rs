//! How fast a file goes over a link of 10 Mbit/s, 20 ms each way.

use std::time::Duration;

use super::of_client::{self, LOSSES};
use super::of_server;
use super::packet::{MOST, WINDOW};
use super::receiver::{Arrival, Fate, Receiver, Seen};
use super::sender::Way;
use super::wrongs;
use crate::check::{Outcome, Stage};
use crate::evidence::Better;

/// How much the link carries, in bits a second.
const RATE: f64 = 10e6;

/// How many pieces of the file there are at each rate of loss.
const PIECES: u32 = 384;

/// How much of the link a program must make use of where nothing is lost. Stop-and-wait has half as much,
/// and a right one twenty times: so many others may use the machine at the same time.
const LEAST: f64 = 0.04;

/// The names of the scores.
const SCORES: [&str; 4] = [
    "goodput-at-0-percent",
    "goodput-at-1-percent",
    "goodput-at-5-percent",
    "goodput-at-10-percent",
];

/// What share of the link so many pieces are in this time.
fn share(pieces: u32, time: Duration) -> f64 {
    f64::from(pieces) * MOST as f64 * 8.0 / time.as_secs_f64().max(1e-6) / RATE
}

/// The longest that so many pieces may take.
fn longest(pieces: u32) -> Duration {
    Duration::from_secs_f64(f64::from(pieces) * MOST as f64 * 8.0 / RATE / LEAST)
}

/// Of the first quarter of the file nothing is lost, then 1, 5 and 10 of a hundred. Which those are
/// depends on their numbers alone.
pub(super) fn sends_fast(stage: &Stage) -> Outcome {
    let scene = of_client::start(stage, (4 * PIECES) as usize * MOST)?;
    let mut began = None;
    let script = |it: Arrival, _: &Seen| {
        let began = *began.get_or_insert(it.at);
        let quarter = (it.number.saturating_sub(1) / PIECES).min(3);
        let mut rng = of_client::fate_of(it);
        let mut happens = || rng.u32(..100) < LOSSES[quarter as usize];
        let lost = happens();
        let over = quarter == 0 && it.at - began > longest(PIECES);
        Fate { lost, silent: lost || happens(), over, ..Fate::default() }
    };
    let mut receiver = Receiver::new(script).for_at_most(of_client::PATIENCE);
    let end = scene.play(&mut receiver)?;
    let times: Vec<Duration> = (0..=4).filter_map(|quarter| done(&receiver.seen, quarter)).collect();
    is_fast_enough(stage, times.get(1).map(|done| *done - times[0]), PIECES)?;
    scene.arrives(&receiver, end, wrongs::not_repeated())?;
    for (name, pair) in SCORES.into_iter().zip(times.windows(2)) {
        stage.score(name, rounded(share(PIECES, pair[1] - pair[0])), "of link", Better::Higher);
    }
    scene.program.ends_well()
}

/// When all pieces of the first so many quarters had come; of none, when the first piece came.
fn done(seen: &Seen, quarters: u32) -> Option<Duration> {
    if quarters == 0 {
        return seen.taken.get(&1).copied();
    }
    let last = quarters * PIECES;
    (seen.first > last).then(|| seen.taken.range(1..=last).map(|(_, at)| *at).max()).flatten()
}

fn is_fast_enough(stage: &Stage, time: Option<Duration>, pieces: u32) -> Outcome {
    let expected = "a twenty-fifth of the link at least, where nothing is lost";
    match time.map(|time| share(pieces, time)) {
        Some(share) if share >= LEAST => stage.judge(expected, "", Ok(())),
        Some(share) => {
            let observed = format!("{:.0} % of it", share * 100.0);
            stage.judge(expected, observed, Err(wrongs::slow()))
        }
        None => stage.judge(expected, "less than that", Err(wrongs::slow())),
    }
}

/// To three digits: more is noise.
fn rounded(share: f64) -> f64 {
    (share * 1000.0).round() / 1000.0
}

/// How many pieces of a file come to a receiver before the first is lost.
const UNHARMED: u32 = 256;

/// A sender that makes use of the link. In the last third of the file every twentieth packet is lost.
pub(super) fn receives_fast(stage: &Stage) -> Outcome {
    let scene = of_server::start(stage, PIECES as usize * MOST)?;
    let sender = scene.sender(Way::Window(WINDOW)).for_at_most(Duration::from_secs(8));
    let mut sender = sender.with(|parcel| {
        let is_lost = parcel.copy == 1 && parcel.number > UNHARMED && parcel.number % 20 == 7;
        if is_lost { Vec::new() } else { of_server::whole(&parcel) }
    });
    let end = scene.play(&mut sender)?;
    let since = |from: u32, to: u32| {
        let reached = |number| sender.seen.numbers.iter().position(|it| *it > number);
        let [from, to] = [reached(from)?, reached(to)?].map(|at| sender.seen.times[at]);
        Some(to.saturating_sub(from))
    };
    is_fast_enough(stage, since(0, UNHARMED), UNHARMED)?;
    scene.is_acknowledged(&sender, end, wrongs::slow())?;
    if let Some(time) = since(UNHARMED, PIECES) {
        let value = rounded(share(PIECES - UNHARMED, time));
        stage.score("receiver-goodput-at-5-percent", value, "of link", Better::Higher);
    }
    Ok(())
}
