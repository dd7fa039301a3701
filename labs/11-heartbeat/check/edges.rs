//! Where a right monitor draws the line between one rule and the next, and what it does not take for a
//! sign of life.

use super::events::{ALIVE, DEAD, LATE, MISSING, MOST, RESTARTED, Told, Watch, names, undisturbed};
use super::numbers::unreported;
use super::{INTERVAL, PATIENCE, SILENCE, SLACK};
use crate::check::{Outcome, Stage, Wrong};
use crate::course::Plan;

pub(super) fn checks(plan: Plan) -> Plan {
    plan.check("ahead", "takes a number up to 100 ahead for a gap, and no farther", ahead)
        .needs("restarted")
        .idles()
        .check("below", "takes a number up to 10 below for a duplicate, and no deeper", below)
        .needs("restarted")
        .idles()
        .check("too-late", "takes a number up to 100 below for a late one, and no deeper", too_late)
        .needs("late")
        .idles()
        .check("old-numbers", "takes no old number for a sign of life", old_numbers)
        .needs("one-dies")
        .idles()
}

/// A limit that is another one than the handout's.
fn another_limit(message: String) -> Wrong {
    Wrong::cause(
        "beat-edge-off",
        message,
        "compare with the number that the handout names, and look whether it belongs to the rule: \"at \
         most 100\" is <=, and \"more than 100\" is >",
    )
}

fn ahead(stage: &Stage) -> Outcome {
    undisturbed(stage, |sender| {
        // 101 is 100 above the highest. 202 is 101 above, and what was skipped before is forgotten.
        let since = sender.beats([1, 101, 202])?;
        let told = sender.told(since + 2 * SILENCE, |told| missing_afterwards(told) > 0)?;
        let wrong = match (told.count(RESTARTED), missing_afterwards(&told)) {
            (0, _) => another_limit("your monitor takes a number 101 above the highest for a gap".into()),
            (1, 0) => return Ok(()),
            (1, _) => Wrong::cause(
                "beat-restart-unseen",
                "your monitor says \"restarted\", and still reports numbers that were skipped before that",
                "at a new beginning forget the numbers that you wait for: nobody will send them any more",
            ),
            _ => another_limit("your monitor takes a number 100 above the highest for a new count".into()),
        };
        let expected = "one line with \"restarted\", for 202, and none with \"missing\" behind it";
        sender.watch.judge(expected, &told, Err(wrong))
    })
}

/// How many numbers are reported missing behind a restart.
fn missing_afterwards(told: &Told) -> usize {
    let events = told.events.iter().skip_while(|(_, event)| event.word != RESTARTED);
    events.filter(|(_, event)| event.word == MISSING).count()
}

fn below(stage: &Stage) -> Outcome {
    undisturbed(stage, |sender| {
        // 30 is 10 below 40, and 11 below 41.
        let since = sender.beats([40, 30, 41, 30])?;
        let told = sender.told(since + SILENCE, |told| told.count(RESTARTED) > 1)?;
        let wrong = match told.count(RESTARTED) {
            0 => another_limit("your monitor takes a number 11 below the highest for a duplicate".into()),
            1 => return Ok(()),
            _ => another_limit("your monitor takes a number 10 below the highest for a new count".into()),
        };
        sender.watch.judge("one line with \"restarted\", for 30 after 41", &told, Err(wrong))
    })
}

fn too_late(stage: &Stage) -> Outcome {
    undisturbed(stage, |sender| {
        let since = sender.beats([1, 4])?;
        for number in [2, 3] {
            sender.is_told(&sender.missing(number), since, PATIENCE, unreported)?;
        }
        // 3 is 100 below 103, and 2 is 101 below. Some monitors forget what is too old only when they look
        // at the clock.
        sender.beats([103])?;
        stage.lets_pass(INTERVAL)?;
        let since = sender.beats([3, 2])?;
        let [third, second] = [3, 2].map(|number| sender.event(LATE, Some(number)));
        let right = |told: &Told| {
            (told.times(&third), told.times(&second), told.count(RESTARTED)) == (1, 0, 1)
        };
        let told = sender.told_in_time(since + SLACK, |told| right(told) || told.times(&second) > 0)?;
        let wrong = match (told.times(&third), told.times(&second)) {
            (0, _) => "your monitor does not take a number for late that is 100 below the highest",
            (_, 1..) => "your monitor takes a number for late that is 101 below the highest",
            _ => "your monitor does not say \"restarted\" of a number that is 101 below the highest",
        };
        let verdict = right(&told).then_some(()).ok_or_else(|| another_limit(wrong.into()));
        let expected = "after number 103 a line with \"late\" for 3, and \"restarted\" for 2";
        sender.watch.judge(expected, &told, verdict)
    })
}

fn old_numbers(stage: &Stage) -> Outcome {
    let watch = Watch::of_deaths(stage)?;
    let [one, other] = &names(stage, 2)[..] else { return Ok(()) };
    let (one, other) = (watch.sender(one), watch.sender(other));
    let lasts = ((SILENCE + SLACK + MOST).as_millis() / INTERVAL.as_millis()) as u32;
    // The one repeats its newest number. The other sends what it has skipped: the first two of these are
    // overtaken, and all that follow late.
    let of_one = one.beats([7])?;
    let of_other = other.beats([1, lasts + 2])?;
    one.beats_on((0..lasts).map(|_| 7));
    other.beats_on(2..lasts + 2);
    for (sender, since, what) in [
        (&one, of_one, "its newest number again and again"),
        (&other, of_other, "numbers that it had skipped"),
    ] {
        let dead = sender.event(DEAD, None);
        let told = sender.told_in_time(since + SILENCE + SLACK, |told| told.times(&dead) > 0)?;
        let verdict = (told.times(&dead) > 0).then_some(()).ok_or_else(|| {
            Wrong::cause(
                "beat-old-is-life",
                format!("your monitor takes {} for alive, which sent only {what}", sender.name),
                "note the time of a heartbeat only where its number is new, or begins a new count: any \
                 other was sent long ago, and says nothing of now",
            )
        });
        let expected = format!("a line with \"{dead}\" 300 ms after its last new number");
        sender.watch.judge(expected, &told, verdict)?;
    }
    // A late number is no sign of life to the dead either.
    let told = other.told(stage.now(), |_| true)?;
    let once = (told.count(ALIVE) == 1).then_some(()).ok_or_else(|| {
        Wrong::cause(
            "beat-old-is-life",
            format!("your monitor says that {} is alive again, and only late numbers came", other.name),
            "say \"alive\" with a new number or a new count alone",
        )
    });
    watch.judge("one line with \"alive\": what came after that was late", &told, once)
}
