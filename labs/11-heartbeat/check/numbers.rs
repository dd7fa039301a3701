//! What a right monitor concludes from the numbers: missing, late, overtaken, repeated, begun anew.

use std::time::Duration;

use super::events::{ALIVE, DEAD, LATE, MISSING, RESTARTED, Sender, Told, Watch, names, undisturbed};
use super::monitor::{has_died, is_not_told, told_again, untold};
use super::{GRAIN, INTERVAL, PATIENCE, SILENCE, SLACK};
use crate::check::{Outcome, Stage, Wrong};
use crate::course::Plan;

/// Farther ahead than any gap.
const FAR: u32 = 2000;

pub(super) fn checks(plan: Plan) -> Plan {
    plan.check("begins-anywhere", "misses nothing of what was before it listened", begins_anywhere)
        .needs("alive")
        .idles()
        .check("missing", "reports each missing number once", reports_missing)
        .needs("alive")
        .idles()
        .check("by-the-clock", "reports it also when nothing more comes", by_the_clock)
        .needs("missing")
        .idles()
        .check("overtaken", "takes a heartbeat that was overtaken for no gap", overtaken)
        .needs("missing")
        .idles()
        .check("in-its-time", "gives a skipped number 200 ms to come", in_its_time)
        .needs("overtaken")
        .idles()
        .check("late", "tells a late heartbeat from a lost one", late)
        .needs("by-the-clock")
        .idles()
        .check("duplicate", "takes no notice of a duplicate", duplicate)
        .needs("alive")
        .idles()
        .check("two-senders", "keeps the numbers of two senders apart", two_senders)
        .needs("by-the-clock")
        .idles()
        .check("lost-meanwhile", "reports what was lost while a sender was dead", lost_meanwhile)
        .needs("by-the-clock")
        .idles()
        .check("restarted", "recognises a sender that begins again", restarted)
        .needs("by-the-clock")
        .idles()
        .check("restarted-early", "also one that had just begun when it died", restarted_early)
        .needs("dead")
        .idles()
        .check("far-ahead", "takes a number far ahead for a new count, and no gap", far_ahead)
        .needs("alive")
        .idles()
}

fn first_sender(stage: &Stage) -> Outcome<Sender<'_>> {
    Ok(Watch::begin(stage)?.sender(&names(stage, 1)[0]))
}

fn begins_anywhere(stage: &Stage) -> Outcome {
    let sender = first_sender(stage)?;
    let since = sender.beats([417, 418])?;
    let told = sender.told(since + SILENCE, |told| told.count(MISSING) > 0)?;
    let wrong = Wrong::cause(
        "beat-gap-before-first",
        "your monitor misses numbers of before it heard of the sender: it was not there to get them",
        "begin with the first number that comes, whatever it is",
    );
    is_not_told(sender.watch, &told, MISSING, wrong)
}

/// Why a number is not reported, or not each of several.
pub(super) fn unreported(told: &Told) -> Wrong {
    if told.count(MISSING) > 0 {
        return Wrong::cause(
            "beat-gap-unseen",
            "your monitor does not report every number that was skipped, only some",
            "go through all numbers between the highest one and the new one",
        );
    }
    if told.events.is_empty() {
        return untold(told);
    }
    Wrong::cause(
        "beat-gap-unseen",
        "your monitor does not see that a number was skipped",
        "keep the highest number of each sender, and compare it with every new one",
    )
}

fn reports_missing(stage: &Stage) -> Outcome {
    let sender = first_sender(stage)?;
    let since = sender.beats([1, 2, 4])?;
    // It goes on, so that also one that looks only when something comes has its turn.
    sender.beats_on([8, 9, 10, 11, 12]);
    for number in [3, 5, 6, 7] {
        sender.is_told(&sender.missing(number), since + INTERVAL, PATIENCE, unreported)?;
    }
    let told = sender.told(stage.now() + INTERVAL * 3, |told| told.count(MISSING) > 4)?;
    let wrong = match [3, 5, 6, 7].iter().any(|it| told.times(&sender.missing(*it)) > 1) {
        true => told_again("missing"),
        false => Wrong::cause(
            "beat-gap-unseen",
            "your monitor reports numbers that were not skipped",
            "only the numbers between the highest one and the new one are missing, without these two",
        ),
    };
    let once = (told.count(MISSING) == 4).then_some(()).ok_or(wrong);
    sender.watch.judge("each of the four numbers once, and no other", &told, once)
}

fn by_the_clock(stage: &Stage) -> Outcome {
    let sender = first_sender(stage)?;
    let since = sender.beats([1, 3])?;
    let on_arrival = |_: &Told| {
        Wrong::cause(
            "beat-gap-on-arrival",
            "your monitor looks for gaps only when a heartbeat comes: now none came any more",
            "keep for each skipped number since when it is awaited, and wait no longer than until it \
             is due",
        )
    };
    sender.is_told(&sender.missing(2), since, PATIENCE, on_arrival).map(drop)
}

fn overtaken(stage: &Stage) -> Outcome {
    undisturbed(stage, |sender| {
        let since = sender.beats([1, 3, 2, 6, 5, 4, 7])?;
        let told = sender.told(since + SILENCE, |told| told.events.len() > 1)?;
        let wrong = match told.count(MISSING) {
            0 => taken_for_another(&told),
            _ => Wrong::cause(
                "beat-gap-too-soon",
                "your monitor reports a number before it has had time to come: it was overtaken",
                "give a skipped number 200 ms, and report it when it has not come by then",
            ),
        };
        let quiet = [MISSING, LATE, RESTARTED].iter().all(|word| told.count(word) == 0);
        let expected = "no line but \"alive\" and \"dead\": all seven came, three of them overtaken";
        sender.watch.judge(expected, &told, quiet.then_some(()).ok_or(wrong))
    })
}

fn in_its_time(stage: &Stage) -> Outcome {
    let sender = first_sender(stage)?;
    sender.beats([1])?;
    // The gap is known from now on, and not from when the heartbeat before it came.
    stage.lets_pass(INTERVAL * 3 / 2)?;
    let since = sender.beats([3])?;
    let missing = sender.missing(2);
    let told = sender.told_in_time(since + PATIENCE + SLACK, |told| told.times(&missing) > 0)?;
    // That it is not told at all is another check's affair.
    let Some(at) = told.at(&missing) else { return Ok(()) };
    let in_time = (at.saturating_sub(since) + GRAIN >= PATIENCE).then_some(()).ok_or_else(|| {
        Wrong::cause(
            "beat-gap-too-soon",
            "your monitor gives a skipped number less time than 200 ms",
            "count the time from the heartbeat that skipped it: before that nobody could know",
        )
    });
    stage.judge(format!("\"{missing}\" 200 ms after number 3"), "the same line earlier than that", in_time)
}

/// Why a number that is not above the highest one is taken for something that it is not.
fn taken_for_another(told: &Told) -> Wrong {
    match (told.count(RESTARTED), told.count(LATE)) {
        (0, 0) => Wrong::unknown(),
        (0, _) => Wrong::cause(
            "beat-late-unseen",
            "your monitor says \"late\" of a number that it never reported missing",
            "say it of a number that was reported, once, and of no other",
        ),
        _ => Wrong::cause(
            "beat-late-is-restart",
            "your monitor takes a number that is lower than the one before for a new beginning",
            "look first whether the number was skipped, then whether it is at most 10 below",
        ),
    }
}

fn late(stage: &Stage) -> Outcome {
    undisturbed(stage, |sender| {
        let since = sender.beats([1, 2, 4])?;
        sender.is_told(&sender.missing(3), since, PATIENCE, unreported)?;
        let late = sender.event(LATE, Some(3));
        let since = sender.beats([3])?;
        sender.is_told(&late, since, Duration::ZERO, |told| match told.count(RESTARTED) {
            0 => Wrong::cause(
                "beat-late-unseen",
                "your monitor does not tell that a number came which it had reported missing",
                "keep what was reported, and say \"late\" when it comes after all",
            ),
            _ => taken_for_another(told),
        })?;
        // With a new one before it, the second copy comes from a sender that is alive.
        sender.beats([5, 3])?;
        sender.watch.monitor.keeps_running()?;
        let told = sender.told(stage.now(), |_| true)?;
        let wrong = match (told.count(RESTARTED), told.count(LATE)) {
            (0, 1) => told_again(MISSING),
            (0, _) => told_again(LATE),
            _ => taken_for_another(&told),
        };
        let once = (told.count(LATE), told.count(MISSING), told.count(RESTARTED)) == (1, 1, 0);
        let expected = "one line with \"missing\", one with \"late\", and none with \"restarted\"";
        sender.watch.judge(expected, &told, once.then_some(()).ok_or(wrong))
    })
}

fn duplicate(stage: &Stage) -> Outcome {
    undisturbed(stage, |sender| {
        let since = sender.beats([1, 2, 2, 3, 1, 3, 3, 4])?;
        let told = sender.told(since + SILENCE - 2 * GRAIN, |told| told.events.len() > 1)?;
        let quiet = [MISSING, LATE, RESTARTED].iter().all(|word| told.count(word) == 0);
        let quiet = quiet.then_some(()).ok_or_else(|| {
            Wrong::cause(
                "beat-duplicate-counts",
                "your monitor takes a number that has come already for something new",
                "take no notice of a number that has come already and is at most 10 below the highest",
            )
        });
        sender.watch.judge("no line but \"alive\" for numbers that came twice", &told, quiet)
    })
}

fn two_senders(stage: &Stage) -> Outcome {
    let watch = Watch::begin(stage)?;
    let [one, other] = &names(stage, 2)[..] else { return Ok(()) };
    let (one, other) = (watch.sender(one), watch.sender(other));
    let mut since = Duration::ZERO;
    // What the other lacks the one has, and so it is missed by nobody who mixes them up.
    for (first, second) in [(1, 1), (2, 2), (3, 4), (4, 5), (5, 6)] {
        one.beats([first])?;
        since = other.beats([second])?;
    }
    let shared = || {
        Wrong::cause(
            "beat-shared-state",
            "your monitor mixes up the numbers of two senders: each counts for itself",
            "keep everything that you know of a sender under its name",
        )
    };
    for sender in [&one, &other] {
        let alive = sender.event(ALIVE, None);
        sender.is_told(&alive, since, Duration::ZERO, |_| shared())?;
    }
    other.is_told(&other.missing(3), since, PATIENCE, |_| shared())?;
    let told = watch.told_of(&[&one.name, &other.name], stage.now(), |_| true)?;
    let apart = (told.count(MISSING), told.count(LATE), told.count(RESTARTED)) == (1, 0, 0);
    let expected = format!("one line with \"missing\", of {}", other.name);
    watch.judge(expected, &told, apart.then_some(()).ok_or_else(shared))
}

fn lost_meanwhile(stage: &Stage) -> Outcome {
    let sender = first_sender(stage)?;
    let since = sender.beats([2])?;
    // Whether it is found dead in time is another check's affair.
    sender.told(since + SILENCE + SLACK, |told| told.count(DEAD) > 0)?;
    let since = sender.beats([4])?;
    let forgets = |_: &Told| {
        Wrong::cause(
            "beat-forgets-the-dead",
            "your monitor forgets a dead sender's numbers: what was lost meanwhile is not reported",
            "keep the highest number when a sender dies, and compare it when the sender returns",
        )
    };
    sender.is_told(&sender.missing(3), since, PATIENCE, forgets).map(drop)
}

/// Why a new beginning is not recognised.
fn unrecognised(told: &Told) -> Wrong {
    let message = match told.count(RESTARTED) {
        0 => "your monitor does not see that the numbers of a sender have begun again",
        _ => "your monitor says \"restarted\", and goes on to compare with the old numbers",
    };
    Wrong::cause(
        "beat-restart-unseen",
        message,
        "at a new beginning say \"restarted\", forget the old numbers, and take this one for the highest",
    )
}

fn restarted(stage: &Stage) -> Outcome {
    let sender = first_sender(stage)?;
    let since = sender.beats([417, 418, 419, 1])?;
    let restarted = sender.event(RESTARTED, None);
    sender.is_told(&restarted, since, Duration::ZERO, unrecognised)?;
    // From now on the new numbers count.
    let since = sender.beats([2, 4])?;
    sender.is_told(&sender.missing(3), since, PATIENCE, unrecognised)?;
    let told = sender.told(stage.now(), |_| true)?;
    let once = (told.count(RESTARTED) == 1).then_some(()).ok_or_else(|| unrecognised(&told));
    sender.watch.judge("one line with \"restarted\": 2 and 4 follow 1", &told, once)
}

fn restarted_early(stage: &Stage) -> Outcome {
    let sender = first_sender(stage)?;
    has_died(&sender, 3)?;
    let since = sender.beats([1])?;
    sender.is_told(&sender.event(RESTARTED, None), since, Duration::ZERO, unrecognised)?;
    sender.is_told_again(2, &sender.event(ALIVE, None), since, Duration::ZERO, |_| {
        Wrong::cause(
            "beat-stays-dead",
            "your monitor says that a dead sender has restarted, and not that it is alive",
            "a sender that restarts after its death is alive again: say both",
        )
    })
    .map(drop)
}

fn far_ahead(stage: &Stage) -> Outcome {
    let sender = first_sender(stage)?;
    let restarted = sender.event(RESTARTED, None);
    for (near, far, times) in [(1, FAR, 1), (FAR + 1, u32::MAX, 2)] {
        let since = sender.beats([near, far])?;
        let is_told = |told: &Told| told.times(&restarted) >= times;
        let by = since + SILENCE + SLACK;
        sender.told(by, |told| is_told(told) || told.count(MISSING) > 0)?;
        let told = sender.told(since + PATIENCE + 2 * GRAIN, |told| told.count(MISSING) > 0)?;
        let wrong = Wrong::cause(
            "beat-jump-believed",
            format!("your monitor reports all up to {far} missing: one datagram does that"),
            "take a number more than 100 above the highest for a new count, and say \"restarted\"",
        );
        is_not_told(sender.watch, &told, MISSING, wrong)?;
        let verdict = is_told(&told).then_some(()).ok_or_else(|| unrecognised(&told));
        sender.watch.judge(format!("\"{restarted}\", for number {far}"), &told, verdict)?;
    }
    // Nothing is above the highest number that there is.
    let since = sender.beats([1])?;
    let told = sender.told_in_time(since + SLACK, |told| told.times(&restarted) > 2)?;
    let verdict = (told.times(&restarted) > 2).then_some(()).ok_or_else(|| {
        Wrong::cause(
            "beat-restart-unseen",
            format!("your monitor takes 1 for a number above {}", u32::MAX),
            "subtract in 64 bits: in 32 the difference begins anew, and 1 comes out as 2 above",
        )
    });
    sender.watch.judge(format!("\"{restarted}\", for 1 after {}", u32::MAX), &told, verdict)
}
