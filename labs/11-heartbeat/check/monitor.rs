//! What a right monitor does by the clock: who is alive, and who is dead.

use super::events::{ALIVE, MOST, DEAD, RESTARTED, Sender, Told, Watch, names, undisturbed};
use super::{GRAIN, INTERVAL, MONITOR, SILENCE, SLACK};
use crate::check::{Outcome, Stage, Wrong};
use crate::course::Plan;
use std::time::Duration;

pub(super) fn checks(plan: Plan) -> Plan {
    plan.check("is-bound", "binds a UDP socket to 127.0.0.1:12011", is_bound)
        .check("alive", "says that a sender is alive, when it first hears of it", alive)
        .needs("is-bound")
        .check("dead", "says that it is dead after 300 ms of silence, once", dead)
        .needs("alive")
        .idles()
        .check("not-dead", "says so of none that goes on", not_dead)
        .needs("alive")
        .idles()
        .check("alive-again", "says that it is alive again when it returns", alive_again)
        .needs("dead")
        .idles()
        .check("one-dies", "sees one of two die while the other goes on", one_dies)
        .needs("dead")
        .idles()
}

fn is_bound(stage: &Stage) -> Outcome {
    stage.program()?.is_bound_to(MONITOR)
}

/// Why a line that comes with a heartbeat does not come.
pub(super) fn untold(told: &Told) -> Wrong {
    match (told.events.len(), told.others) {
        (0, 0) => Wrong::cause(
            "out-silent",
            "your monitor tells nothing of a heartbeat that has come",
            "print a line for every event in the handout's table, and flush it",
        ),
        _ => Wrong::unknown(),
    }
}

fn alive(stage: &Stage) -> Outcome {
    let watch = Watch::begin(stage)?;
    let sender = watch.sender(&names(stage, 1)[0]);
    let since = sender.beats([1])?;
    sender.is_told(&sender.event(ALIVE, None), since, Duration::ZERO, untold)?;
    sender.beats([2, 3])?;
    watch.monitor.keeps_running()?;
    let told = sender.told(stage.now(), |_| true)?;
    // One that was held up meanwhile may have found it dead, and returned.
    let alive = told.count(ALIVE) <= 1 + told.count(DEAD);
    let alive = alive.then_some(()).ok_or_else(|| told_again("alive"));
    watch.judge("one such line, and none for the heartbeats that follow", &told, alive)
}

/// Why something is told more than once.
pub(super) fn told_again(word: &str) -> Wrong {
    Wrong::cause(
        "beat-told-again",
        format!("your monitor says \"{word}\" again, and nothing has changed since it said so"),
        "remember of each sender what you have said, and say only what has changed",
    )
}

/// Why a sender is not found dead.
fn not_found_dead(told: &Told) -> Wrong {
    let message = match told.is_over {
        true => {
            "your monitor waits for the next datagram without a limit, and a dead sender sends none"
        }
        false => "nothing in your monitor finds out in time that a sender has fallen silent",
    };
    Wrong::cause(
        "beat-silence-unheard",
        message,
        "wait with a time limit, and look at the clock when it has passed, for every sender",
    )
}

fn dead(stage: &Stage) -> Outcome {
    let watch = Watch::of_deaths(stage)?;
    let sender = watch.sender(&names(stage, 1)[0]);
    let dead = sender.event(DEAD, None);
    let since = sender.beats([1])?;
    let at = sender.is_told(&dead, since, SILENCE, not_found_dead)?;
    let soon = at.saturating_sub(since);
    let about = if soon < INTERVAL { "less than 100 ms" } else { "less than 300 ms" };
    let in_time = (soon + GRAIN >= SILENCE).then_some(()).ok_or_else(|| {
        Wrong::cause(
            "beat-limit-wrong",
            format!("your monitor gives a sender up after {about} of silence"),
            "count the silence from the sender's last heartbeat, and look at the unit of the limit",
        )
    });
    let observed = format!("\"{dead}\" {about} after its last heartbeat");
    stage.judge(format!("\"{dead}\" after 300 ms of silence"), observed, in_time)?;
    let told = sender.told(at + SILENCE + INTERVAL, |told| told.count(DEAD) > 1)?;
    let once = (told.count(DEAD) == 1).then_some(()).ok_or_else(|| told_again("dead"));
    watch.judge("one such line, however long the silence is", &told, once)
}

fn not_dead(stage: &Stage) -> Outcome {
    undisturbed(stage, |sender| {
        let since = stage.now();
        sender.beats_on(1..=8);
        let told = sender.told(since + 7 * INTERVAL, |told| told.count(DEAD) > 0)?;
        sender.notes_pauses(8);
        let lives = (told.count(DEAD) == 0).then_some(()).ok_or_else(|| {
            Wrong::cause(
                "beat-limit-wrong",
                "your monitor gives up a sender whose heartbeats come",
                "note the time of every new heartbeat of the sender, and count the silence from there",
            )
        });
        if lives.is_err() {
            sender.watch.monitor.keeps_running()?;
        }
        let expected = "no line with \"dead\": a heartbeat comes each 100 ms";
        stage.judge(expected, format!("\"{}\"", sender.event(DEAD, None)), lives)
    })
}

/// Lets a sender begin, and die.
pub(super) fn has_died(sender: &Sender<'_>, numbers: &[u32]) -> Outcome {
    let since = sender.beats(numbers.iter().copied())?;
    sender.is_told(&sender.event(DEAD, None), since, SILENCE, not_found_dead).map(drop)
}

fn alive_again(stage: &Stage) -> Outcome {
    let watch = Watch::of_deaths(stage)?;
    let sender = watch.sender(&names(stage, 1)[0]);
    has_died(&sender, &[1, 2])?;
    let since = sender.beats([3])?;
    let never = |told: &Told| {
        let message = match told.times(&sender.event(ALIVE, None)) {
            0 | 1 => "once a sender is dead, your monitor does not tell that it has returned",
            _ => "your monitor finds out only once that a sender is dead",
        };
        Wrong::cause(
            "beat-stays-dead",
            message,
            "with a new heartbeat of a dead sender say \"alive\", and let it be one that can die",
        )
    };
    sender.is_told_again(2, &sender.event(ALIVE, None), since, Duration::ZERO, never)?;
    sender.is_told_again(2, &sender.event(DEAD, None), since, SILENCE, never)?;
    let told = sender.told(stage.now(), |_| true)?;
    let same = told.count(RESTARTED) == 0;
    let same = same.then_some(()).ok_or_else(|| {
        Wrong::cause(
            "beat-late-is-restart",
            "your monitor takes a sender that goes on with its numbers for one that begins again",
            "compare the number with the highest one: the next one is no restart",
        )
    });
    watch.judge("no line with \"restarted\": it went on with the next number", &told, same)
}

fn one_dies(stage: &Stage) -> Outcome {
    let watch = Watch::of_deaths(stage)?;
    let [one, other] = &names(stage, 2)[..] else { return Ok(()) };
    let (one, other) = (watch.sender(one), watch.sender(other));
    // Each heartbeat of the one may wake the monitor: silence is not what wakes it.
    let lasts = (SILENCE + SLACK + MOST).as_millis() / INTERVAL.as_millis();
    other.beats([1])?;
    let since = one.beats([1])?;
    other.beats_on(2..2 + lasts as u32);
    let dead = one.event(DEAD, None);
    one.is_told(&dead, since, SILENCE, |_| {
        Wrong::cause(
            "beat-one-clock",
            format!(
                "your monitor did not see {} die while {} went on: its time limit begins anew with \
                 every datagram, whoever sends it",
                one.name, other.name
            ),
            "keep the time of the last heartbeat with each sender, and look at all of them on each \
             turn of the loop",
        )
    })
    .map(drop)
}

/// Nothing is told with this word.
pub(super) fn is_not_told(watch: Watch<'_>, told: &Told, word: &str, wrong: Wrong) -> Outcome {
    let none = (told.count(word) == 0).then_some(()).ok_or(wrong);
    watch.judge(format!("no line with \"{word}\""), told, none)
}
