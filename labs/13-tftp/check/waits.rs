//! When a right program sends again, how often, and when it gives up.
//!
//! Times are those of the kernel, which notes when a datagram came. A machine can make any wait longer,
//! so limits are wide, and the shorter of two waits counts.

use std::time::Duration;

use super::client::{Scene, get, put_words};
use super::files::content;
use super::packet::{self, ack};
use super::server::{begin, serving};
use super::transfer::Transfer;
use super::wrong;
use crate::check::{Outcome, Partner, Request, Stage, Wrong};

/// The first wait is half a second at most; who has chosen the next round number waits longer than this.
const FIRST: Duration = Duration::from_millis(900);

/// Something else comes this often, so many times: for two seconds.
const NOISE: Duration = Duration::from_millis(25);
const NOISES: u32 = 80;

/// How long a first wait may take meanwhile, where nothing begins it anew.
const NOT_BEGUN_ANEW: Duration = Duration::from_millis(1500);

/// A packet is sent five times or so: more often than this.
const FEW: usize = 2;

/// The handout gives a transfer 10 seconds without a word of the partner. A machine that is busy may
/// need some more.
pub(super) const LIMIT: Duration = Duration::from_secs(13);

/// A server, while it sends a file. One that does not send again at all, or not only because of its
/// clock, has failed another check.
pub(super) fn served(stage: &Stage) -> Outcome {
    let content = content(stage, 4 * packet::BLOCK);
    serving(stage, &[("file", &content)])?;
    let transfer = begin(stage.client()?, "file", &content)?;
    transfer.sends(&ack(1))?;
    let stranger = stage.client()?;
    sends_in_time(stage, transfer, &stranger, &content, 2)
}

/// A client, while it asks, and while it brings a file.
pub(super) fn brought(stage: &Stage) -> Outcome {
    let content = content(stage, 3 * packet::BLOCK);
    let (words, ports) = (put_words(stage, &content)?, Scene::set(stage)?);
    let asked = || -> Outcome<(Transfer<'_>, Duration)> {
        let scene = Scene::play(stage, ports, &words.each_ref().map(String::as_str))?;
        let first = scene.is_asked(true, &Wrong::unknown)?;
        let again = scene.is_asked(true, &wrong::never_resends)?;
        Ok((scene.with(again.from), again.at.saturating_sub(first.at)))
    };
    let ((_, one), (transfer, other)) = (asked()?, asked()?);
    is_in_time(stage, "the request", one.min(other))?;
    transfer.sends(&ack(0))?;
    let stranger = stage.stranger()?;
    sends_in_time(stage, transfer, &stranger, &content, 1)
}

/// It sends two blocks again when nothing comes, this one and the next, and the one behind them when only
/// packets come that are no answer.
fn sends_in_time(
    stage: &Stage,
    transfer: Transfer<'_>,
    stranger: &Partner<'_>,
    content: &[u8],
    block: u16,
) -> Outcome {
    let data = |number: u16| packet::block_of(content, number.into(), packet::BLOCK);
    let gets = |number: u16, silent: &dyn Fn() -> Wrong| -> Outcome<Request> {
        transfer.gets_data(number, data(number), silent)
    };
    let waits_for = |number: u16, first: &Request| -> Outcome<Duration> {
        let again = gets(number, &wrong::never_resends)?;
        Ok(again.at.saturating_sub(first.at))
    };
    let mut shortest = Duration::MAX;
    for number in [block, block + 1] {
        let first = gets(number, &Wrong::unknown)?;
        shortest = shortest.min(waits_for(number, &first)?);
        transfer.sends(&ack(number))?;
    }
    is_in_time(stage, "a block", shortest)?;
    let last = block + 2;
    let first = gets(last, &Wrong::unknown)?;
    for place in 1..=NOISES {
        let from = if place % 2 == 0 { stranger } else { &transfer.end };
        from.sends_to_in(place * NOISE, transfer.program, ack(block));
    }
    let wait = waits_for(last, &first)?;
    stage.calls_off();
    let verdict = if wait > NOT_BEGUN_ANEW { Err(wrong::begun_anew()) } else { Ok(()) };
    let expected = "the block again after half a second at most, whatever else comes";
    stage.judge(expected, "only when nothing else came any more", verdict)
}

fn is_in_time(stage: &Stage, what: &str, wait: Duration) -> Outcome {
    let verdict = if wait > FIRST { Err(wrong::first_wait()) } else { Ok(()) };
    let observed = format!("about {:.0} s after it", wait.as_secs_f64());
    stage.judge(format!("{what} again after half a second at most"), observed, verdict)
}

/// A client that nobody answers.
pub(super) fn gives_up(stage: &Stage) -> Outcome {
    let (scene, path) = get(stage, &[])?;
    let request = scene.is_asked(false, &Wrong::unknown)?;
    let began = stage.now();
    scene.fails(&path, &wrong::never_gives_up, wrong::half_file())?;
    let took = stage.now().saturating_sub(began);
    let verdict = if took > LIMIT { Err(wrong::gives_up_late()) } else { Ok(()) };
    let observed = format!("after {:.0} s", took.as_secs_f64());
    stage.judge("its end when nothing has come for 10 seconds", observed, verdict)?;
    let times = 1 + more(stage, &scene.requests, &request)?;
    is_often_enough(stage, "the request", times)
}

/// How many packets of this one's kind have come here besides, which nobody has asked for.
pub(super) fn more(stage: &Stage, end: &Partner<'_>, packet: &Request) -> Outcome<usize> {
    let mut count = 0;
    while let Some(got) = end.next_by(stage.now())? {
        count += usize::from(got.payload.get(..2) == packet.payload.get(..2));
    }
    Ok(count)
}

/// It has given up, and sent the packet for which no answer came so many times.
pub(super) fn is_often_enough(stage: &Stage, what: &str, times: usize) -> Outcome {
    let verdict = if times > FEW { Ok(()) } else { Err(wrong::few_tries()) };
    stage.judge(format!("{what}, five times or so"), format!("{times} times"), verdict)
}
