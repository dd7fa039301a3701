//! What is likely wrong, in words.

use super::packet::crc32;
use crate::check::Wrong;

/// What a datagram that is no packet of the lab looks like.
pub(super) fn format(bytes: &[u8]) -> Wrong {
    let sum = bytes.get(..4).and_then(|sum| sum.try_into().ok());
    let rest = bytes.get(4..).unwrap_or_default();
    let (big, little) = (sum.map(u32::from_be_bytes), sum.map(u32::from_le_bytes));
    let what = if bytes.len() < 13 {
        "a datagram of yours is shorter than the 13 bytes of a header"
    } else if big == Some(crc32(rest)) {
        "the checksum is right, but the kind, the number and the length do not belong together"
    } else if little == Some(crc32(rest)) {
        "the checksum is right, but its bytes are in the wrong order: the network's is big-endian"
    } else {
        "the checksum of your packets is not the CRC-32 of all that follows it"
    };
    Wrong::cause(
        "packet-format",
        what,
        "compare the bytes of one packet with the table of the handout",
    )
}

pub(super) fn byte_order() -> Wrong {
    Wrong::cause(
        "packet-format",
        "the packets' numbers have their bytes in the wrong order: the network's is big-endian",
        "convert each number with to_be_bytes, htonl, or struct's \">\"",
    )
}

pub(super) fn not_repeated() -> Wrong {
    Wrong::cause(
        "window-not-repeated",
        "a packet that is lost is not sent again, or not once more when that is lost too",
        "keep each packet until it is acknowledged, and send it again each time its time has passed",
    )
}

pub(super) fn left_too_early() -> Wrong {
    Wrong::cause(
        "window-not-repeated",
        "your sender ends before the END is acknowledged, so nobody repeats what is lost at the end",
        "go on until every packet is acknowledged, the END among them",
    )
}

pub(super) fn stop_and_wait(most: usize) -> Wrong {
    let what = match most {
        1 => "your sender waits for each acknowledgement before it sends the next packet".to_owned(),
        most => format!("your sender has at most {most} packets under way"),
    };
    Wrong::cause(
        "window-stop-and-wait",
        what,
        "send new packets until 64 are sent and not acknowledged, and only then wait",
    )
}

pub(super) fn overrun() -> Wrong {
    Wrong::cause(
        "window-overrun",
        "your sender does not count what is under way, or counts one packet too few",
        "send a new packet only while fewer than 64 are sent and not acknowledged",
    )
}

pub(super) fn too_far() -> Wrong {
    Wrong::cause(
        "window-overrun",
        "your sender counts what is under way, but forgets how far it is ahead of what is missing",
        "send a new packet only if its number is below the first missing one's plus 256",
    )
}

pub(super) fn go_back_n() -> Wrong {
    Wrong::cause(
        "window-go-back-n",
        "your sender goes back to the lost packet, and sends all that followed it again",
        "mark what the bits of an acknowledgement say, and send only the others again",
    )
}

pub(super) fn time_out_fixed() -> Wrong {
    Wrong::cause(
        "rto-not-adapted",
        "your time-out stays what it was at first, although each round trip takes next to no time",
        "compute it anew at each acknowledgement: RFC 6298, section 2",
    )
}

pub(super) fn time_out_too_short() -> Wrong {
    Wrong::cause(
        "rto-not-adapted",
        "your time-out is shorter than 200 ms: any pause of the machine looks like a loss",
        "never let it be less than 200 ms",
    )
}

pub(super) fn no_backoff() -> Wrong {
    Wrong::cause(
        "rto-not-adapted",
        "your time-out is as long after a loss as before",
        "double it each time it passes, until a round trip has been measured again",
    )
}

pub(super) fn storm() -> Wrong {
    Wrong::cause(
        "rto-not-adapted",
        "your time-out stays too short: it is fixed, or you measure packets that were sent twice",
        "double it each time it passes, and measure only packets that were sent once (Karn)",
    )
}

pub(super) fn sum_unchecked() -> Wrong {
    Wrong::cause(
        "sum-unchecked",
        "your program believes a packet whose checksum is wrong",
        "compute the CRC-32 of all behind the first four bytes, and drop the packet if it differs",
    )
}

pub(super) fn others_unchecked() -> Wrong {
    Wrong::cause(
        "match-transfer-unchecked",
        "your program believes a packet of another transfer, of another sender, of the future, or of a form \
         that no packet has",
        "compare who sent it, its transfer, whether its number can be, and its kind and length",
    )
}

pub(super) fn keeps_too_far() -> Wrong {
    Wrong::cause(
        "window-keeps-too-far",
        "your receiver keeps a packet that is 256 ahead of the first missing one: who sends any number \
         fills its memory, or a place that belongs to another packet",
        "keep a packet only if its number is below the first missing one's plus 256",
    )
}

pub(super) fn never_gives_up() -> Wrong {
    Wrong::cause(
        "window-never-gives-up",
        "your program waits for a partner that has gone, or takes noise for a sign of it",
        "note when a good packet last came, and end with an error 4 seconds later",
    )
}

pub(super) fn gives_up_early(seconds: &str) -> Wrong {
    Wrong::cause(
        "window-gives-up-early",
        format!("your program gives up after less than {seconds}: a line can be dead for so long, and recover"),
        "end with an error only when 4 seconds have passed since a good packet last came",
    )
}

pub(super) fn begin_alone() -> Wrong {
    Wrong::cause(
        "window-overrun",
        "your sender sends pieces before its BEGIN is acknowledged: nobody takes them yet",
        "send the BEGIN alone, and open the window when it is acknowledged",
    )
}

pub(super) fn first_time_out() -> Wrong {
    Wrong::cause(
        "rto-not-adapted",
        "your first time-out is shorter than a second, and nothing is known of the way yet",
        "begin with 1 s, until the first round trip is measured",
    )
}

pub(super) fn transfer_fixed() -> Wrong {
    Wrong::cause(
        "retry-id-reused",
        "two transfers have the same number: what is late of the first is taken for the second",
        "draw the number of the transfer at random when the program starts",
    )
}

pub(super) fn begins_anew() -> Wrong {
    Wrong::cause(
        "window-order",
        "your receiver begins anew when the BEGIN comes again: its acknowledgement was only late",
        "take the BEGIN once, and acknowledge it again when it comes again",
    )
}

pub(super) fn not_each() -> Wrong {
    Wrong::cause(
        "window-ack-wrong",
        "your receiver does not acknowledge each packet that comes: who has one under way waits in vain",
        "send an acknowledgement for each packet of the transfer, whether it is new or not",
    )
}

pub(super) fn ack_wrong() -> Wrong {
    Wrong::cause(
        "window-ack-wrong",
        "your acknowledgement has another number than that of the first packet that is missing",
        "acknowledge with the number of the first packet that has not come, whatever came last",
    )
}

pub(super) fn ack_invented() -> Wrong {
    Wrong::cause(
        "window-ack-wrong",
        "your acknowledgement says that a packet has come that never has",
        "bit i stands for the number of the acknowledgement plus i, and is set only if that has come",
    )
}

pub(super) fn drops_early() -> Wrong {
    Wrong::cause(
        "window-drops-early",
        "your receiver drops a packet that comes before its turn, so it must be sent again",
        "keep it aside, and put it into the file when those before it have come",
    )
}

pub(super) fn order() -> Wrong {
    Wrong::cause(
        "window-order",
        "your receiver writes pieces as they come: out of order, or twice",
        "write a piece only when its number is the next one, and pass over what is written already",
    )
}

pub(super) fn no_linger() -> Wrong {
    Wrong::cause(
        "window-no-linger",
        "your receiver is gone when its last acknowledgement is lost, and the sender never knows",
        "stay for a second after the last packet, and acknowledge each that still comes",
    )
}

pub(super) fn half_a_file() -> Wrong {
    Wrong::cause(
        "window-half-file",
        "your receiver gives up, and leaves half a file that looks like a whole one",
        "remove the file before you end with an error",
    )
}

pub(super) fn no_file() -> Wrong {
    Wrong::cause(
        "window-no-file",
        "your receiver makes the file when the first piece comes, or under another name",
        "make it when the BEGIN comes, under the name that the program is given",
    )
}

pub(super) fn status() -> Wrong {
    Wrong::cause(
        "exit-code-inverted",
        "your program ends with another status than 0, although the whole file went over",
        "end with status 0 when all is acknowledged, and with another one only after an error",
    )
}

pub(super) fn status_of_failure() -> Wrong {
    Wrong::cause(
        "exit-code-inverted",
        "your sender has given up, and ends with status 0, which says that the file is there",
        "end with another status than 0 (Rust: ExitCode::FAILURE, Python: sys.exit(1), C: return 1)",
    )
}

pub(super) fn slow() -> Wrong {
    Wrong::cause(
        "conc-sleeps",
        "your program sleeps, or does something slow, at each packet",
        "wait only where nothing can be done: in the receive, until a packet comes or a time has passed",
    )
}
