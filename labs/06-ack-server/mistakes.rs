//! Wrong programs for lab 6, each as short as its mistake allows.
//!
//! What they do right is in mistakes/right.rs, so that a program shows only what is wrong.

#[path = "mistakes/answers.rs"]
mod answers;
#[path = "mistakes/bound.rs"]
mod bound;
#[path = "../mistakes.rs"]
mod mistakes;
#[path = "mistakes/right.rs"]
mod right;
#[path = "mistakes/serves.rs"]
mod serves;

use std::io;

use answers::*;
use bound::*;
use mistakes::Mistake;
use right::*;
use serves::*;

fn main() -> std::process::ExitCode {
    mistakes::run(&[
        Mistake::new("start-reads-stdin", "is-bound", start_reads_stdin),
        Mistake::new("udp-stream-socket", "is-bound", udp_stream_socket),
        Mistake::new("udp-listen-accept", "is-bound", udp_listen_accept),
        Mistake::new("udp-no-bind", "is-bound", udp_no_bind),
        Mistake::new("udp-no-bind.ephemeral", "is-bound", udp_no_bind_ephemeral),
        Mistake::new("udp-no-bind.ignored", "is-bound", udp_no_bind_ignored),
        Mistake::new("udp-wrong-port", "is-bound", udp_wrong_port),
        Mistake::new("udp-wrong-port.off-by-one", "is-bound", udp_wrong_port_off_by_one),
        Mistake::new("udp-port-byte-order", "is-bound", udp_port_byte_order),
        Mistake::new("udp-bind-foreign-address", "is-bound", udp_bind_foreign_address),
        Mistake::new("udp-bind-hostname", "is-bound", udp_bind_hostname),
        Mistake::new("out-silent.announcement", "announces", out_silent_announcement),
        Mistake::new("out-not-flushed", "announces", out_not_flushed),
        Mistake::new("out-not-flushed.buffer", "announces", out_not_flushed_buffer),
        Mistake::new("addr-print-unswapped", "announces", addr_print_unswapped),
        Mistake::new("udp-never-replies", "acknowledges", udp_never_replies),
        Mistake::new("out-log-vs-answer", "acknowledges", out_log_vs_answer),
        Mistake::new("udp-send-unconnected", "acknowledges", udp_send_unconnected),
        Mistake::new("udp-reply-fixed-address", "acknowledges", udp_reply_fixed_address),
        Mistake::new("udp-reply-new-socket", "acknowledges", udp_reply_new_socket),
        Mistake::new("udp-waits-for-operator", "acknowledges", udp_waits_for_operator),
        Mistake::new("udp-header-then-body", "acknowledges", udp_header_then_body),
        Mistake::new("ack-prefix-missing", "acknowledges", ack_prefix_missing),
        Mistake::new("ack-canned", "acknowledges", ack_canned),
        Mistake::new("ack-prefix-wrong", "acknowledges", ack_prefix_wrong),
        Mistake::new("text-added", "acknowledges", text_added),
        Mistake::new("text-differs", "acknowledges", text_differs),
        Mistake::new("udp-in-pieces", "acknowledges", udp_in_pieces),
        Mistake::new("size-sends-whole-buffer", "acknowledges", size_sends_whole_buffer),
        Mistake::new("frame-length-off", "acknowledges", frame_length_off),
        Mistake::new("frame-line-end-sent", "acknowledges", frame_line_end_sent),
        Mistake::new("udp-serves-once", "serves-on", udp_serves_once),
        Mistake::new("udp-serves-n-then-exits", "serves-on", udp_serves_n_then_exits),
        Mistake::new("udp-serves-n-then-exits.five", "serves-on", udp_serves_five),
        Mistake::new("udp-connect-first-client", "serves-on", udp_connect_first_client),
        Mistake::new("udp-recv-drops-address", "serves-on", udp_recv_drops_address),
        Mistake::new("udp-recv-drops-address.list", "serves-on", udp_answers_first_of_list),
        Mistake::new("udp-replies-twice", "serves-on", udp_replies_twice),
        Mistake::new("udp-replies-twice.to-everybody", "serves-on", udp_replies_to_everybody),
        Mistake::new("udp-replies-sometimes", "serves-on", udp_replies_sometimes),
        Mistake::new("udp-replies-sometimes.known", "serves-on", udp_answers_no_text_twice),
        Mistake::new("udp-socket-per-message", "serves-on", udp_socket_per_message),
        Mistake::new("ack-one-behind", "serves-on", ack_one_behind),
        Mistake::new("text-trimmed", "any-text", text_trimmed),
        Mistake::new("enc-wrong-charset", "any-text", enc_wrong_charset),
        Mistake::new("enc-wrong-charset.latin-1", "any-text", enc_wrong_charset_latin_1),
        Mistake::new("size-java-getdata", "any-text", size_java_getdata),
        Mistake::new("size-recv-buffer-small", "full-length", size_recv_buffer_small),
        Mistake::new("size-recv-buffer-small.by-one", "full-length", size_recv_buffer_small_by_one),
        Mistake::new("out-silent", "prints-each-message", out_silent),
        Mistake::new("out-canned", "prints-each-message", out_canned),
        Mistake::new("enc-prints-bytes-repr", "prints-each-message", enc_prints_bytes_repr),
        Mistake::new("size-not-terminated", "prints-each-message", size_not_terminated),
    ])
}

// prints-each-message

/// Serves without a word.
fn out_silent() -> io::Result<()> {
    let socket = start()?;
    let mut buffer = [0; 1024];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        socket.send_to(&acknowledgement(&buffer[..length]), sender)?;
    }
}

/// Prints the message of the example, whatever came.
fn out_canned() -> io::Result<()> {
    let socket = start()?;
    let mut buffer = [0; 1024];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        println!("Message from {sender}: 'Hello UDP!'");
        socket.send_to(&acknowledgement(&buffer[..length]), sender)?;
    }
}

/// Prints the bytes as numbers.
fn enc_prints_bytes_repr() -> io::Result<()> {
    let socket = start()?;
    let mut buffer = [0; 1024];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        println!("Message from {sender}: {:?}", &buffer[..length]);
        socket.send_to(&acknowledgement(&buffer[..length]), sender)?;
    }
}

/// Prints the whole buffer: zero bytes, and the ends of older messages.
fn size_not_terminated() -> io::Result<()> {
    let socket = start()?;
    let mut buffer = [0; 1024];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        show(&buffer, sender);
        socket.send_to(&acknowledgement(&buffer[..length]), sender)?;
    }
}
