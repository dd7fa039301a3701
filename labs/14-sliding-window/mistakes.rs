//! Wrong programs for lab 14. Each has the right habits but one.

#[path = "../mistakes.rs"]
mod mistakes;
#[path = "packet.rs"]
mod packet;
#[path = "mistakes/receiver.rs"]
mod receiver;
#[path = "mistakes/sender.rs"]
mod sender;

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use mistakes::Mistake;
use receiver::receive;
use sender::send;

fn main() -> ExitCode {
    mistakes::run(&[
        Mistake::new("udp-no-bind", "is-bound", udp_no_bind),
        Mistake::new("window-ack-wrong", "receives-a-file", acks_what_came),
        Mistake::new("window-ack-wrong.every-other", "receives-a-file", acks_every_other),
        Mistake::new("exit-code-inverted", "receives-a-file", exit_inverted),
        Mistake::new("window-never-gives-up", "receiver-gives-up", receiver_waits_for_ever),
        Mistake::new("window-gives-up-early", "receiver-gives-up", receiver_gives_up_early),
        Mistake::new("window-gives-up-early.begin", "receives-nothing", gives_up_the_begin),
        Mistake::new("window-half-file", "receiver-gives-up", half_a_file),
        Mistake::new("window-no-file", "receives-nothing", makes_the_file_late),
        Mistake::new("window-ack-wrong.highest", "says-what-came", acks_the_highest),
        Mistake::new("window-ack-wrong.bits", "says-what-came", bits_one_off),
        Mistake::new("window-drops-early", "keeps-what-is-early", drops_early),
        Mistake::new("window-order", "any-order", writes_at_once),
        Mistake::new("window-order.twice", "any-order", writes_twice),
        Mistake::new("window-order.begins-anew", "begins-once", begins_anew),
        Mistake::new("sum-unchecked", "passes-over-damage", receiver_trusts_the_sum),
        Mistake::new("match-transfer-unchecked", "passes-over-others", receiver_takes_any_transfer),
        Mistake::new(
            "match-transfer-unchecked.source",
            "passes-over-others",
            receiver_takes_any_source,
        ),
        Mistake::new("exit-crashed", "passes-over-others", trusts_numbers),
        Mistake::new("window-keeps-too-far", "keeps-no-further", keeps_any_number),
        Mistake::new("window-keeps-too-far.one-more", "keeps-no-further", keeps_one_more),
        Mistake::new("window-no-linger", "answers-afterwards", leaves_at_once),
        Mistake::new("window-no-linger.renewed", "answers-afterwards", lingers_once),
        Mistake::new(
            "window-never-gives-up.receiver-noise",
            "noise-is-no-sign",
            receiver_hears_noise,
        ),
        Mistake::new("mem-keeps-messages", "survives-noise", keeps_all),
        Mistake::new("conc-sleeps", "receives-fast", receiver_sleeps),
        Mistake::new("udp-wrong-port", "sends-a-file", udp_wrong_port),
        Mistake::new("packet-format", "sends-a-file", little_endian),
        Mistake::new("packet-format.sum", "sends-a-file", sum_of_all),
        Mistake::new("exit-code-inverted.sender", "sends-a-file", sender_exit_inverted),
        Mistake::new("window-never-gives-up.sender", "sender-gives-up", sender_goes_on_for_ever),
        Mistake::new("window-never-gives-up.noise", "sender-gives-up", hears_noise),
        Mistake::new("window-gives-up-early.sender", "sender-gives-up", sender_gives_up_early),
        Mistake::new("retry-id-reused", "sends-nothing", one_transfer),
        Mistake::new("packet-format.empty", "sends-nothing", empty_piece),
        Mistake::new("window-not-repeated", "sends-again", never_again),
        Mistake::new("window-not-repeated.end", "begin-and-end", leaves_after_the_end),
        Mistake::new("window-overrun.begin", "begin-and-end", begin_not_alone),
        Mistake::new("rto-not-adapted.first", "time-out", first_too_short),
        Mistake::new("rto-not-adapted", "time-out", fixed_time_out),
        Mistake::new("rto-not-adapted.same", "time-out", no_backoff),
        Mistake::new("window-stop-and-wait", "window", stop_and_wait),
        Mistake::new("window-overrun", "window", one_too_many),
        Mistake::new("window-overrun.none", "window", no_window),
        Mistake::new("window-overrun.ahead", "not-too-far", too_far_ahead),
        Mistake::new("window-go-back-n", "only-what-is-missing", go_back_n),
        Mistake::new("rto-not-adapted.karn", "delay-triples", measures_repeats),
        Mistake::new("sum-unchecked.sender", "damaged-answers", sender_trusts_the_sum),
        Mistake::new("exit-crashed.sender", "damaged-answers", trusts_the_length),
        Mistake::new(
            "match-transfer-unchecked.sender",
            "foreign-answers",
            sender_takes_any_transfer,
        ),
        Mistake::new(
            "match-transfer-unchecked.stranger",
            "foreign-answers",
            sender_takes_any_source,
        ),
        Mistake::new("match-transfer-unchecked.kind", "foreign-answers", any_kind),
        Mistake::new("match-transfer-unchecked.future", "foreign-answers", sender_takes_any_number),
        Mistake::new("window-not-repeated.limit", "any-loss", four_times),
        Mistake::new("conc-sleeps.sender", "sends-fast", sender_sleeps),
    ])
}

/// What a program sleeps that sleeps.
const PAUSE: Duration = Duration::from_millis(30);

// Receivers.

/// Leaves its port to the kernel.
fn udp_no_bind() -> io::Result<()> {
    receive(receiver::Habits { at: "0.0.0.0:0", ..receiver::RIGHT })
}

/// Acknowledges with the number of what came, not of what it waits for.
fn acks_what_came() -> io::Result<()> {
    receive(receiver::Habits { number: |_, came, _| came, ..receiver::RIGHT })
}

/// Says only every other time what has come.
fn acks_every_other() -> io::Result<()> {
    receive(receiver::Habits { answers_each: false, ..receiver::RIGHT })
}

/// Ends with status 1 after a success, as if 1 meant yes.
fn exit_inverted() -> io::Result<()> {
    receive(receiver::RIGHT)?;
    std::process::exit(1)
}

/// Waits for the sender for ever.
fn receiver_waits_for_ever() -> io::Result<()> {
    receive(receiver::Habits { gives_up: false, ..receiver::RIGHT })
}

/// Takes whatever comes for a sign of the sender.
fn receiver_hears_noise() -> io::Result<()> {
    receive(receiver::Habits { hears_noise: true, ..receiver::RIGHT })
}

/// Gives the sender up after two seconds.
fn receiver_gives_up_early() -> io::Result<()> {
    receive(receiver::Habits { patience_s: 2, ..receiver::RIGHT })
}

/// Waits no longer for the BEGIN than for anything else.
fn gives_up_the_begin() -> io::Result<()> {
    receive(receiver::Habits { waits_for_the_begin: false, ..receiver::RIGHT })
}

/// Gives up, and leaves what has come.
fn half_a_file() -> io::Result<()> {
    receive(receiver::Habits { removes: false, ..receiver::RIGHT })
}

/// Makes the file when its first piece comes.
fn makes_the_file_late() -> io::Result<()> {
    receive(receiver::Habits { makes_late: true, ..receiver::RIGHT })
}

/// Acknowledges the highest number that has come.
fn acks_the_highest() -> io::Result<()> {
    receive(receiver::Habits { number: |_, _, highest| highest + 1, ..receiver::RIGHT })
}

/// Takes the first bit for the packet before the one that is missing.
fn bits_one_off() -> io::Result<()> {
    receive(receiver::Habits { bit: |_, number| number - 1, ..receiver::RIGHT })
}

/// Drops what comes before its turn.
fn drops_early() -> io::Result<()> {
    receive(receiver::Habits { keeps_early: false, ..receiver::RIGHT })
}

/// Writes each piece when it comes.
fn writes_at_once() -> io::Result<()> {
    receive(receiver::Habits { writes_at_once: true, ..receiver::RIGHT })
}

/// Writes a piece again that comes again.
fn writes_twice() -> io::Result<()> {
    receive(receiver::Habits { writes_twice: true, ..receiver::RIGHT })
}

/// Makes the file when a BEGIN comes, whichever it is.
fn begins_anew() -> io::Result<()> {
    receive(receiver::Habits { begins_anew: true, ..receiver::RIGHT })
}

/// Does not look at the checksum.
fn receiver_trusts_the_sum() -> io::Result<()> {
    receive(receiver::Habits { checks_sum: false, ..receiver::RIGHT })
}

/// Takes packets of any transfer.
fn receiver_takes_any_transfer() -> io::Result<()> {
    receive(receiver::Habits { checks_transfer: false, ..receiver::RIGHT })
}

/// Takes packets from anybody.
fn receiver_takes_any_source() -> io::Result<()> {
    receive(receiver::Habits { checks_source: false, ..receiver::RIGHT })
}

/// Has an array for what is early, and a number that is beyond it.
fn trusts_numbers() -> io::Result<()> {
    receive(receiver::Habits { trusts_numbers: true, ..receiver::RIGHT })
}

/// Keeps whatever comes early, however early.
fn keeps_any_number() -> io::Result<()> {
    receive(receiver::Habits { ahead: u32::MAX, ..receiver::RIGHT })
}

/// Takes the 256 for the last that it may keep.
fn keeps_one_more() -> io::Result<()> {
    receive(receiver::Habits { ahead: 257, ..receiver::RIGHT })
}

/// Ends when it has acknowledged the END.
fn leaves_at_once() -> io::Result<()> {
    receive(receiver::Habits { lingers: false, ..receiver::RIGHT })
}

/// Stays for a second, and no longer.
fn lingers_once() -> io::Result<()> {
    receive(receiver::Habits { lingers_on: false, ..receiver::RIGHT })
}

/// Keeps all that comes, good or not.
fn keeps_all() -> io::Result<()> {
    receive(receiver::Habits { logs_all: true, ..receiver::RIGHT })
}

/// Sleeps at each packet.
fn receiver_sleeps() -> io::Result<()> {
    receive(receiver::Habits { pause: PAUSE, ..receiver::RIGHT })
}

// Senders.

/// Sends to the port after the right one.
fn udp_wrong_port() -> io::Result<()> {
    send(sender::Habits { port: 1, ..sender::RIGHT })
}

/// Has the bytes of the number in the order of its own machine.
fn little_endian() -> io::Result<()> {
    send(sender::Habits { form: little, ..sender::RIGHT })
}

/// Computes the checksum of the whole packet, with zeros in the sum's place.
fn sum_of_all() -> io::Result<()> {
    send(sender::Habits { form: sum_of_all_bytes, ..sender::RIGHT })
}

/// Ends with status 1 after a success, as if 1 meant yes.
fn sender_exit_inverted() -> io::Result<()> {
    send(sender::RIGHT)?;
    std::process::exit(1)
}

/// Sends for ever.
fn sender_goes_on_for_ever() -> io::Result<()> {
    send(sender::Habits { gives_up: false, ..sender::RIGHT })
}

/// Takes noise for a sign of the receiver.
fn hears_noise() -> io::Result<()> {
    send(sender::Habits { hears_noise: true, ..sender::RIGHT })
}

/// Gives the receiver up after two seconds.
fn sender_gives_up_early() -> io::Result<()> {
    send(sender::Habits { patience_s: 2, ..sender::RIGHT })
}

/// Has one number for all transfers.
fn one_transfer() -> io::Result<()> {
    send(sender::Habits { transfer: || 14, ..sender::RIGHT })
}

/// Sends a piece without a byte when the file is empty.
fn empty_piece() -> io::Result<()> {
    send(sender::Habits { sends_empty_piece: true, ..sender::RIGHT })
}

/// Sends each packet once.
fn never_again() -> io::Result<()> {
    send(sender::Habits { times: 1, ..sender::RIGHT })
}

/// Does not wait until the END is acknowledged.
fn leaves_after_the_end() -> io::Result<()> {
    send(sender::Habits { waits_for_the_end: false, ..sender::RIGHT })
}

/// Opens the window at once.
fn begin_not_alone() -> io::Result<()> {
    send(sender::Habits { begins_alone: false, ..sender::RIGHT })
}

/// Begins with the least time-out.
fn first_too_short() -> io::Result<()> {
    send(sender::Habits { first_ms: 200, ..sender::RIGHT })
}

/// Has a time-out of a second, whatever the round trips are.
fn fixed_time_out() -> io::Result<()> {
    send(sender::Habits { measures: false, backs_off: false, ..sender::RIGHT })
}

/// Waits as long after a loss as before.
fn no_backoff() -> io::Result<()> {
    send(sender::Habits { backs_off: false, ..sender::RIGHT })
}

/// Waits for each acknowledgement.
fn stop_and_wait() -> io::Result<()> {
    send(sender::Habits { window: 1, ..sender::RIGHT })
}

/// Counts one packet too few.
fn one_too_many() -> io::Result<()> {
    send(sender::Habits { window: 65, ..sender::RIGHT })
}

/// Sends the whole file at once.
fn no_window() -> io::Result<()> {
    send(sender::Habits { window: usize::MAX, ..sender::RIGHT })
}

/// Does not know how far the receiver can take packets ahead.
fn too_far_ahead() -> io::Result<()> {
    send(sender::Habits { ahead: usize::MAX, ..sender::RIGHT })
}

/// Goes back to what is missing, and sends all from there on.
fn go_back_n() -> io::Result<()> {
    send(sender::Habits { goes_back: true, ..sender::RIGHT })
}

/// Measures packets that were sent twice, from the second time on.
fn measures_repeats() -> io::Result<()> {
    send(sender::Habits { measures_repeats: true, ..sender::RIGHT })
}

/// Does not look at the checksum.
fn sender_trusts_the_sum() -> io::Result<()> {
    send(sender::Habits { checks_sum: false, ..sender::RIGHT })
}

/// Reads a header without asking whether there is one.
fn trusts_the_length() -> io::Result<()> {
    send(sender::Habits { checks_length: false, ..sender::RIGHT })
}

/// Takes acknowledgements of any transfer.
fn sender_takes_any_transfer() -> io::Result<()> {
    send(sender::Habits { checks_transfer: false, ..sender::RIGHT })
}

/// Takes acknowledgements from anybody.
fn sender_takes_any_source() -> io::Result<()> {
    send(sender::Habits { checks_source: false, ..sender::RIGHT })
}

/// Takes any packet of the transfer for an acknowledgement.
fn any_kind() -> io::Result<()> {
    send(sender::Habits { checks_kind: false, ..sender::RIGHT })
}

/// Takes the acknowledgement of what it has never sent.
fn sender_takes_any_number() -> io::Result<()> {
    send(sender::Habits { checks_number: false, ..sender::RIGHT })
}

/// Sends a packet four times, and never a fifth.
fn four_times() -> io::Result<()> {
    send(sender::Habits { times: 4, ..sender::RIGHT })
}

/// Sleeps at each packet of a large file.
fn sender_sleeps() -> io::Result<()> {
    send(sender::Habits { pause: PAUSE, ..sender::RIGHT })
}

/// The packet with its number, and the sum of it, in the order of most machines.
fn little(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes[8..12].reverse();
    with_sum_of(bytes, 4)
}

fn sum_of_all_bytes(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes[..4].fill(0);
    with_sum_of(bytes, 0)
}

fn with_sum_of(mut bytes: Vec<u8>, from: usize) -> Vec<u8> {
    let sum = packet::crc32(&bytes[from..]);
    bytes[..4].copy_from_slice(&sum.to_be_bytes());
    bytes
}
