//! Wrong programs for lab 11, each as short as its mistake allows.
//!
//! The monitors are one monitor, in mistakes/monitor.rs: each mistake is a rule that is another one
//! than the right one. The senders are in mistakes/senders.rs.

#[path = "../mistakes.rs"]
mod mistakes;

#[path = "mistakes/monitor.rs"]
mod monitor;
#[path = "mistakes/senders.rs"]
mod senders;

use mistakes::Mistake;
use monitor::{RIGHT, Rules, monitor, read, watch};
use std::io;
use std::net::UdpSocket;

fn main() -> std::process::ExitCode {
    mistakes::run(&[
        Mistake::new("udp-wrong-port", "is-bound", udp_wrong_port),
        Mistake::new("out-silent", "alive", out_silent),
        Mistake::new("beat-told-again", "alive", alive_each_time),
        Mistake::new("beat-silence-unheard", "dead", waits_without_a_limit),
        Mistake::new("beat-silence-unheard.gaps-only", "dead", times_gaps_only),
        Mistake::new("beat-limit-wrong", "dead", dead_too_soon),
        Mistake::new("beat-silence-unheard.seconds", "dead", dead_after_three_seconds),
        Mistake::new("beat-told-again.dead", "dead", dead_again_and_again),
        Mistake::new("beat-limit-wrong.from-first", "not-dead", dead_from_the_first),
        Mistake::new("beat-stays-dead", "alive-again", stays_dead),
        Mistake::new("beat-stays-dead.dies-once", "alive-again", dies_once),
        Mistake::new("beat-one-clock", "one-dies", one_clock),
        Mistake::new("beat-gap-before-first", "begins-anywhere", gap_before_first),
        Mistake::new("beat-gap-unseen", "missing", gap_unseen),
        Mistake::new("beat-gap-unseen.one-of-many", "missing", gap_of_one),
        Mistake::new("beat-told-again.missing", "missing", missing_again_and_again),
        Mistake::new("beat-gap-on-arrival", "by-the-clock", gap_on_arrival),
        Mistake::new("beat-gap-too-soon", "overtaken", gap_at_once),
        Mistake::new("beat-gap-too-soon.since-last", "in-its-time", gap_since_last),
        Mistake::new("beat-late-is-restart", "overtaken", lower_is_restart),
        Mistake::new("beat-late-unseen", "late", late_unseen),
        Mistake::new("beat-told-again.late", "late", late_again),
        Mistake::new("beat-duplicate-counts", "duplicate", duplicate_is_late),
        Mistake::new("beat-shared-state", "two-senders", shared_numbers),
        Mistake::new("beat-forgets-the-dead", "lost-meanwhile", forgets_the_dead),
        Mistake::new("beat-forgets-the-dead.gap", "lost-meanwhile", no_gap_after_death),
        Mistake::new("beat-restart-unseen", "restarted", restart_unseen),
        Mistake::new("beat-restart-unseen.half", "restarted", restart_by_halves),
        Mistake::new("beat-restart-unseen.early", "restarted-early", early_restart_unseen),
        Mistake::new("beat-stays-dead.restarted", "restarted-early", restarted_but_dead),
        Mistake::new("beat-jump-believed", "far-ahead", jump_believed),
        Mistake::new("beat-restart-unseen.wraps", "far-ahead", wraps),
        Mistake::new("beat-edge-off", "ahead", ahead_below_100),
        Mistake::new("beat-restart-unseen.gaps", "ahead", keeps_gaps),
        Mistake::new("beat-edge-off.below", "below", below_10),
        Mistake::new("beat-edge-off.late", "too-late", late_at_any_age),
        Mistake::new("beat-old-is-life", "old-numbers", old_is_life),
        Mistake::new("enc-strict-decode-crash", "garbage", strict_decode),
        Mistake::new("exit-crashed", "garbage", crashes_on_words),
        Mistake::new("exit-crashed.table-is-full", "noise", table_is_full),
        Mistake::new("beat-form-loose", "form", form_loose),
        Mistake::new("beat-form-strict", "limits", no_leading_zero),
        Mistake::new("mem-names-unbounded", "many-names", names_unbounded),
        Mistake::new("beat-number-wrong", "counts", senders::begins_with_zero),
        Mistake::new("beat-number-wrong.twice", "counts", senders::sends_each_twice),
        Mistake::new("frame-line-end-sent", "counts", senders::line_end_sent),
        Mistake::new("udp-socket-per-message", "counts", senders::socket_per_heartbeat),
        Mistake::new("beat-interval-wrong", "ten-a-second", senders::one_a_second),
        Mistake::new("beat-interval-wrong.four", "ten-a-second", senders::four_a_second),
        Mistake::new("beat-drifts", "by-the-schedule", senders::drifts),
        Mistake::new("udp-refused-is-fatal", "nobody-listens", senders::refused_is_fatal),
        Mistake::new("enc-strict-decode-crash.answer", "answered", senders::decodes_answers),
        Mistake::new("count-off-by-one", "ends", senders::one_too_few),
        Mistake::new("exit-never", "ends", senders::never_ends),
        Mistake::new("exit-code-inverted", "ends", senders::ends_with_one),
    ])
}

// is-bound

/// Listens at the port after the right one.
fn udp_wrong_port() -> io::Result<()> {
    watch(&UdpSocket::bind("127.0.0.1:12012")?, RIGHT)
}

// alive

/// Keeps what it knows to itself.
fn out_silent() -> io::Result<()> {
    monitor(Rules { tells: |_| {}, ..RIGHT })
}

/// Says with every heartbeat that the sender is alive.
fn alive_each_time() -> io::Result<()> {
    monitor(Rules { alive_each_time: true, ..RIGHT })
}

// dead

/// Receives without a time limit: only a datagram makes it look at the clock.
fn waits_without_a_limit() -> io::Result<()> {
    monitor(Rules { waits_for_ever: true, ..RIGHT })
}

/// Keeps the time of every gap, and of no sender.
fn times_gaps_only() -> io::Result<()> {
    monitor(Rules { silence_ms: 100_000_000, ..RIGHT })
}

/// Gives a sender up before its next heartbeat is due.
fn dead_too_soon() -> io::Result<()> {
    monitor(Rules { silence_ms: 50, ..RIGHT })
}

/// Takes seconds for tenths of a second.
fn dead_after_three_seconds() -> io::Result<()> {
    monitor(Rules { silence_ms: 3000, ..RIGHT })
}

/// Says so after each 300 ms of silence.
fn dead_again_and_again() -> io::Result<()> {
    monitor(Rules { dead_again: true, ..RIGHT })
}

// not-dead

/// Counts the silence from the sender's first heartbeat.
fn dead_from_the_first() -> io::Result<()> {
    monitor(Rules { hears_first_only: true, ..RIGHT })
}

// alive-again

/// Never listens to a dead sender again.
fn stays_dead() -> io::Result<()> {
    monitor(Rules { stays_dead: true, ..RIGHT })
}

/// Says once of each sender that it is dead.
fn dies_once() -> io::Result<()> {
    monitor(Rules { dies_once: true, ..RIGHT })
}

// one-dies

/// Has one time for all: that of the last datagram, whoever sent it.
fn one_clock() -> io::Result<()> {
    monitor(Rules { one_clock: true, ..RIGHT })
}

// begins-anywhere

/// Expects number 1 of a sender of which it has not heard before.
fn gap_before_first() -> io::Result<()> {
    monitor(Rules { expects_one: true, ..RIGHT })
}

// missing

/// Does not compare numbers.
fn gap_unseen() -> io::Result<()> {
    monitor(Rules { skipped: |_, _| vec![], ..RIGHT })
}

/// Reports one number, however many were skipped.
fn gap_of_one() -> io::Result<()> {
    monitor(Rules { skipped: |highest, number| (highest + 1..number).take(1).collect(), ..RIGHT })
}

/// Reports what is missing whenever it has been missing for another 200 ms.
fn missing_again_and_again() -> io::Result<()> {
    monitor(Rules { missing_again: true, ..RIGHT })
}

// by-the-clock

/// Looks for what is missing when a heartbeat comes.
fn gap_on_arrival() -> io::Result<()> {
    monitor(Rules { gaps_on_arrival: true, ..RIGHT })
}

// overtaken

/// Reports a number as soon as it was skipped.
fn gap_at_once() -> io::Result<()> {
    monitor(Rules { patience_ms: 0, ..RIGHT })
}

/// Takes every lower number for a new beginning.
fn lower_is_restart() -> io::Result<()> {
    monitor(Rules { keeps_open: false, below: 0, ..RIGHT })
}

// in-its-time

/// Counts the time of a skipped number from the heartbeat before it.
fn gap_since_last() -> io::Result<()> {
    monitor(Rules { awaits_since_last: true, ..RIGHT })
}

// late

/// Forgets a number when it has reported it.
fn late_unseen() -> io::Result<()> {
    monitor(Rules { tells_late: false, ..RIGHT })
}

/// Keeps a number that came late among those that were reported.
fn late_again() -> io::Result<()> {
    monitor(Rules { late_again: true, ..RIGHT })
}

// duplicate

/// Says of the second copy of the newest one that it is late.
fn duplicate_is_late() -> io::Result<()> {
    monitor(Rules { newest_again_is_late: true, ..RIGHT })
}

// two-senders

/// Has one highest number for all.
fn shared_numbers() -> io::Result<()> {
    monitor(Rules { shares_numbers: true, ..RIGHT })
}

// lost-meanwhile

/// Takes a dead sender out of its list.
fn forgets_the_dead() -> io::Result<()> {
    monitor(Rules { forgets_the_dead: true, ..RIGHT })
}

/// Begins anew where a dead sender returns.
fn no_gap_after_death() -> io::Result<()> {
    monitor(Rules { no_gap_after_death: true, ..RIGHT })
}

// restarted

/// Takes every lower number for a duplicate, unless the sender was dead.
fn restart_unseen() -> io::Result<()> {
    monitor(Rules { below: u32::MAX, ..RIGHT })
}

/// Says that a sender has restarted, and keeps the old highest number.
fn restart_by_halves() -> io::Result<()> {
    monitor(Rules { restarts_by_halves: true, ..RIGHT })
}

// restarted-early

/// Recognises a new beginning by its distance alone.
fn early_restart_unseen() -> io::Result<()> {
    monitor(Rules { dead_may_repeat: true, ..RIGHT })
}

/// Does not say that one that has restarted is alive.
fn restarted_but_dead() -> io::Result<()> {
    monitor(Rules { restart_is_enough: true, ..RIGHT })
}

// far-ahead

/// Takes any higher number for a gap.
fn jump_believed() -> io::Result<()> {
    monitor(Rules { above: u32::MAX, ..RIGHT })
}

/// Subtracts in 32 bits, where 1 is above the highest number that there is.
fn wraps() -> io::Result<()> {
    monitor(Rules {
        wraps: true,
        skipped: |highest, number| (highest.wrapping_add(1)..number).collect(),
        ..RIGHT
    })
}

// ahead

/// Takes "up to 100" for "below 100".
fn ahead_below_100() -> io::Result<()> {
    monitor(Rules { above: 99, ..RIGHT })
}

/// Goes on to wait for what was skipped before the sender began anew.
fn keeps_gaps() -> io::Result<()> {
    monitor(Rules { keeps_gaps: true, ..RIGHT })
}

// below

/// Takes "at most 10 below" for "less than 10 below".
fn below_10() -> io::Result<()> {
    monitor(Rules { below: 10, ..RIGHT })
}

// too-late

/// Never forgets what it has reported.
fn late_at_any_age() -> io::Result<()> {
    monitor(Rules { late_within: u32::MAX, ..RIGHT })
}

// old-numbers

/// Notes the time of whatever comes from a sender.
fn old_is_life() -> io::Result<()> {
    monitor(Rules { old_is_life: true, ..RIGHT })
}

// garbage

/// Takes it for granted that everything is UTF-8.
fn strict_decode() -> io::Result<()> {
    monitor(Rules {
        reads: |datagram| read(std::str::from_utf8(datagram).unwrap().as_bytes()),
        ..RIGHT
    })
}

/// Takes it for granted that there are two words, and that the second is a number.
fn crashes_on_words() -> io::Result<()> {
    monitor(Rules {
        reads: |datagram| {
            let text = String::from_utf8_lossy(datagram).into_owned();
            let words: Vec<&str> = text.split(' ').collect();
            let number: u64 = words[1].parse().unwrap();
            read(format!("{} {number}", words[0]).as_bytes())
        },
        ..RIGHT
    })
}

// noise

/// Notes what was no heartbeat in a table that has an end.
fn table_is_full() -> io::Result<()> {
    monitor(Rules { notes_others: true, ..RIGHT })
}

// form

/// Lets the library say what a number is, and white space what a word is.
fn form_loose() -> io::Result<()> {
    monitor(Rules {
        reads: |datagram| {
            let text = String::from_utf8_lossy(datagram).into_owned();
            let mut words = text.split_whitespace();
            let (name, number) = (words.next()?, words.next()?);
            Some((name.to_owned(), number.parse().ok()?))
        },
        ..RIGHT
    })
}

// limits

/// A number that begins with 0 is none.
fn no_leading_zero() -> io::Result<()> {
    monitor(Rules {
        reads: |datagram| read(datagram).filter(|_| !datagram.windows(2).any(|pair| pair == b" 0")),
        ..RIGHT
    })
}

// many-names

/// Keeps something for every name.
fn names_unbounded() -> io::Result<()> {
    monitor(Rules { most_senders: usize::MAX, ..RIGHT })
}
