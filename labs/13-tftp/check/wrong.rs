//! What is likely wrong with a program that does not speak TFTP as it should.

use crate::check::Wrong;

/// It sends nothing where it should send again.
pub(super) fn never_resends() -> Wrong {
    Wrong::cause(
        "tftp-never-resends",
        "what your program sent was lost, and it waits for an answer that cannot come",
        "wait for a limited time, and send the last packet again when it has passed",
    )
}

pub(super) fn first_wait() -> Wrong {
    Wrong::cause(
        "tftp-wrong-waits",
        "your program waits too long before it sends again for the first time: each lost packet costs so \
         much time",
        "wait for half a second or less at first; later waits may be longer",
    )
}

pub(super) fn few_tries() -> Wrong {
    Wrong::cause(
        "tftp-wrong-waits",
        "your program gives up when a packet and its only repetition are lost, which happens on a bad link",
        "send a packet five times or so before you give up",
    )
}

pub(super) fn begun_anew() -> Wrong {
    Wrong::cause(
        "to-restarted-by-noise",
        "each packet that is no answer begins your program's wait anew: as long as such come, it does not \
         send again",
        "work out once when the wait ends, and each time wait only for what is left until then",
    )
}

pub(super) fn sends_on_old_ack() -> Wrong {
    Wrong::cause(
        "tftp-sas",
        "an ACK that came twice made your program send a block twice, and so with all that followed: \
         the Sorcerer's Apprentice",
        "pass over an ACK of an older block; let only the clock send a block again",
    )
}

pub(super) fn ack_ignored(sent: u16, acknowledged: u16) -> Wrong {
    Wrong::cause(
        "tftp-ack-ignored",
        format!(
            "your program sent block {sent} when only block {acknowledged} was acknowledged: it takes \
             any packet, or none, for the ACK"
        ),
        "send the next block when the ACK with the number of the last one has come, not before",
    )
}

pub(super) fn one_port() -> Wrong {
    Wrong::cause(
        "tftp-server-uses-69",
        "your server answers from the port to which requests come, so that all its transfers share one \
         port and nobody can tell them apart",
        "make a new socket for each request (bind to port 0), and send all of its packets from there",
    )
}

pub(super) fn stays_at_old_port() -> Wrong {
    Wrong::cause(
        "tftp-client-stays-on-69",
        "your client goes on talking to the port that it asked, but the answer came from another one",
        "send everything after the request to the address from which the first answer came",
    )
}

pub(super) fn connected() -> Wrong {
    Wrong::cause(
        "tftp-client-connects-to-69",
        "nobody took the server's answer: your client's socket is connected to the port that it asked, \
         and the answer came from another one",
        "do not connect the socket before the first answer has come: use sendto and recvfrom",
    )
}

pub(super) fn end_missing() -> Wrong {
    Wrong::cause(
        "tftp-end-missing",
        "the file's last block was full, and no empty block follows it: the other side waits for more",
        "go on until you have sent a block of less than 512 bytes; 0 bytes are less",
    )
}

pub(super) fn end_not_seen() -> Wrong {
    Wrong::cause(
        "tftp-end-missing",
        "an empty block ends a file whose last bytes have filled a block, and your program does not \
         acknowledge it",
        "take every block of less than 512 bytes for the last one; 0 bytes are less",
    )
}

pub(super) fn end_padded() -> Wrong {
    Wrong::cause(
        "tftp-end-padded",
        "the file's last block is filled up: all of a buffer is used, and not only what is in it",
        "use as many bytes as the read, or the datagram, has given you",
    )
}

pub(super) fn text_mode() -> Wrong {
    Wrong::cause(
        "tftp-text-mode",
        "bytes have changed as they do when a file is handled as text: line ends, or what is no UTF-8",
        "open the file in binary mode, and do not decode what comes",
    )
}

pub(super) fn block_order() -> Wrong {
    Wrong::cause(
        "tftp-block-order",
        "the two bytes of the block number are swapped",
        "the higher byte comes first: to_be_bytes in Rust, \"!H\" in Python, htons in C",
    )
}

pub(super) fn written_twice() -> Wrong {
    Wrong::cause(
        "tftp-dup-written",
        "a block that came twice stands twice in the file",
        "compare the block's number with the one that you expect, and write only that one",
    )
}

pub(super) fn not_acknowledged_again() -> Wrong {
    Wrong::cause(
        "tftp-dup-unanswered",
        "a block came a second time, because its ACK was lost, and your program does not acknowledge it \
         again",
        "answer a block that you have already with its ACK once more, and do not write it",
    )
}

pub(super) fn last_ack_lost() -> Wrong {
    Wrong::cause(
        "tftp-last-ack-lost",
        "the last block came again, because the last ACK was lost, and nobody is there any more to \
         acknowledge it",
        "stay for a second after the last ACK, and send it again when the last block comes again",
    )
}

pub(super) fn believes_strangers() -> Wrong {
    Wrong::cause(
        "tftp-tid-unchecked",
        "your program takes a packet for one of this transfer although it came from another port",
        "compare the sender's address and port with the partner's, for every datagram",
    )
}

pub(super) fn strangers_not_told() -> Wrong {
    Wrong::cause(
        "tftp-tid-silent",
        "a packet from another port got no ERROR: whoever sent it does not learn that this transfer is \
         not its own",
        "send ERROR 5 to where that packet came from, and go on with the transfer",
    )
}

pub(super) fn error_missing() -> Wrong {
    Wrong::cause(
        "tftp-error-missing",
        "your server cannot do what was asked, and does not say so: the client will ask again and again",
        "send an ERROR with a code and a text, from the transfer's own port",
    )
}

pub(super) fn error_code(code: u16) -> Wrong {
    Wrong::cause(
        "tftp-error-code",
        format!("there is no such file, and the ERROR has code {code}, which says something else"),
        "send code 1 when the file is not there; 0 is for what no other code says",
    )
}

pub(super) fn error_ignored() -> Wrong {
    Wrong::cause(
        "tftp-error-ignored",
        "the server sent an ERROR, and your client goes on as if it had not",
        "look for opcode 5 before anything else: print its text, leave no file, end with status 1",
    )
}

pub(super) fn error_answered() -> Wrong {
    Wrong::cause(
        "tftp-error-answered",
        "your program answers an ERROR with an ERROR: two programs that do so never stop",
        "look for opcode 5 before you send an ERROR, and say nothing then",
    )
}

pub(super) fn half_file() -> Wrong {
    Wrong::cause(
        "tftp-half-file",
        "a file that has not come whole stands under its final name",
        "write into a file of another name, rename it when all of it is there, and remove it if not",
    )
}

pub(super) fn part_kept() -> Wrong {
    Wrong::cause(
        "tftp-half-file",
        "a transfer has failed, and what had come of the file still lies there, under another name",
        "remove that file on every way out of a transfer that has not come to its end",
    )
}

pub(super) fn malformed() -> Wrong {
    Wrong::cause(
        "tftp-request-malformed",
        "the request is not built as RFC 1350 says: opcode, name, 0, mode, 0",
        "write two bytes of opcode, and a zero byte behind each of the two texts",
    )
}

pub(super) fn netascii() -> Wrong {
    Wrong::cause(
        "tftp-netascii-binary",
        "mode netascii changes line ends on the way, and a file that is no text does not survive that",
        "ask for octet, and refuse every other mode with an ERROR",
    )
}

pub(super) fn traversal() -> Wrong {
    Wrong::cause(
        "tftp-traversal",
        "a name led your server out of the folder that it serves",
        "refuse names with .. or / at the beginning; compare whole components of the path, not letters",
    )
}

pub(super) fn link_followed() -> Wrong {
    Wrong::cause(
        "tftp-traversal",
        "a symbolic link led your server out of the folder that it serves",
        "ask where the path leads (canonicalize, realpath), and compare that with the folder",
    )
}

pub(super) fn options_blind() -> Wrong {
    Wrong::cause(
        "tftp-options-blind",
        "your program acts on an option that was not granted, or grants one and does not keep to it",
        "without an OACK nothing has changed: 512 bytes a block; with one, exactly what stands in it",
    )
}

pub(super) fn options_refused() -> Wrong {
    Wrong::cause(
        "tftp-options-refused",
        "your server does not serve a request because there are options in it that it does not know",
        "read the name and the mode, and pass over whatever follows them",
    )
}

/// Nothing comes behind this block. Where no number ends near there, that is for another reason.
pub(super) fn rollover(last: u32) -> Wrong {
    let ends_near = |bits: u32| (1..=2).contains(&((1_u32 << bits).saturating_sub(last)));
    if ![8, 15, 16].into_iter().any(ends_near) {
        return Wrong::unknown();
    }
    Wrong::cause(
        "tftp-rollover",
        format!("the transfer ends behind block {last}: the number of the next one does not fit"),
        "keep the block number in 16 bits, and let 0 follow 65535 (& 0xffff, wrapping_add)",
    )
}

pub(super) fn one_at_a_time() -> Wrong {
    Wrong::cause(
        "tftp-one-at-a-time",
        "a second client is not served before the first one's transfer has ended",
        "serve each transfer in a thread of its own, or ask select which socket has something",
    )
}

pub(super) fn never_gives_up() -> Wrong {
    Wrong::cause(
        "tftp-never-gives-up",
        "your client goes on asking a server that does not answer",
        "count how often you have sent a packet, and end with a message after five or so",
    )
}

pub(super) fn gives_up_late() -> Wrong {
    Wrong::cause(
        "tftp-never-gives-up",
        "your client goes on asking for far more than 10 seconds, and nobody has answered",
        "count how often you have sent a packet, and end with a message after five or so",
    )
}

pub(super) fn never_ends() -> Wrong {
    Wrong::cause(
        "tftp-never-gives-up",
        "your server does not end a transfer whose client is silent: each such client costs it a port \
         for good",
        "count how often you have sent a packet; after five times or so end the transfer and close its \
         socket",
    )
}

pub(super) fn socket_kept() -> Wrong {
    Wrong::cause(
        "tftp-socket-kept",
        "your server has given up the transfer, and has not closed its socket",
        "close it on every way out of the transfer: with in Python, drop in Rust, close(fd) in C",
    )
}

pub(super) fn overwritten() -> Wrong {
    Wrong::cause(
        "tftp-rollover",
        "blocks behind block 65535 stand at the beginning of the file: their place was computed from \
         the 16 bits of their number",
        "write each block behind the one before; or count them beside the number that is sent",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_ends_where_its_bits_do() {
        for last in [254, 255, 32766, 32767, 65534, 65535] {
            assert_ne!(rollover(last), Wrong::unknown(), "{last}");
        }
        for last in [0, 1, 253, 256, 12000, 65536, 65538] {
            assert_eq!(rollover(last), Wrong::unknown(), "{last}");
        }
    }
}
