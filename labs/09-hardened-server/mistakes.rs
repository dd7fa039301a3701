//! Wrong programs for lab 9, each as short as its mistake allows.
//!
//! What they do right is at the end of the file, so that a program shows only what is wrong.

#[path = "../mistakes.rs"]
mod mistakes;

use mistakes::Mistake;
use std::collections::{HashMap, HashSet};
use std::io;
use std::net::{SocketAddr, UdpSocket};

fn main() -> std::process::ExitCode {
    mistakes::run(&[
        Mistake::new("udp-no-bind", "is-bound", udp_no_bind),
        Mistake::new("out-silent.announcement", "announces", out_silent_announcement),
        Mistake::new("ack-prefix-missing", "acknowledges", ack_prefix_missing),
        Mistake::new("udp-replies-twice", "acknowledges", udp_replies_twice),
        Mistake::new("out-silent", "prints-each-message", out_silent),
        Mistake::new("udp-empty-not-served", "empty", udp_empty_ends),
        Mistake::new("udp-empty-not-served.ignored", "empty", udp_empty_ignored),
        Mistake::new("size-strlen-on-binary", "zero-bytes", size_strlen_on_binary),
        Mistake::new("enc-strict-decode-crash", "any-bytes", enc_strict_decode_crash),
        Mistake::new("enc-bytes-replaced", "any-bytes", enc_bytes_replaced),
        Mistake::new("enc-bytes-replaced.dropped", "any-bytes", enc_bytes_dropped),
        Mistake::new("except-hides-bug", "any-bytes", except_hides_bug),
        Mistake::new("size-limit-wrong", "full-length", size_limit_one_too_small),
        Mistake::new("size-recv-buffer-small", "full-length", size_recv_buffer_small),
        Mistake::new("size-limit-wrong.one-too-large", "too-long", size_limit_one_too_large),
        Mistake::new("size-limit-wrong.none", "too-long", size_no_limit),
        Mistake::new("size-reply-grows", "too-long", size_reply_grows),
        Mistake::new("size-cut-not-refused", "too-long", size_cut_not_refused),
        Mistake::new("size-cut-not-refused.and-error", "too-long", size_cut_and_error),
        Mistake::new("udp-replies-twice.error", "too-long", udp_error_twice),
        Mistake::new("size-refused-silently", "too-long", size_refused_silently),
        Mistake::new("udp-answers-answers", "answers-no-answer", udp_answers_answers),
        Mistake::new("udp-answers-answers.errors", "answers-no-answer", udp_answers_errors),
        Mistake::new("udp-answers-answers.empty", "answers-no-answer", udp_answers_empty_answers),
        Mistake::new("udp-answers-answers.long", "answers-no-answer", udp_answers_long_answers),
        Mistake::new("ack-marker-anywhere", "words-inside", ack_marker_anywhere),
        Mistake::new("out-raw-controls", "escapes-controls", out_raw_controls),
        Mistake::new("out-raw-controls.line-end", "escapes-controls", out_raw_line_ends),
        Mistake::new("udp-serves-n-then-exits", "serves-on", udp_ends_after_five),
        Mistake::new("udp-replies-sometimes", "serves-on", udp_bans_senders),
        Mistake::new("mem-keeps-messages", "bounded-memory", mem_keeps_messages),
        Mistake::new("mem-keeps-messages.cache", "bounded-memory", mem_keeps_answers),
        Mistake::new("exit-crashed", "bounded-memory", exit_full_table),
    ])
}

// is-bound

/// Creates a socket and asks it for messages: without an address nothing comes.
fn udp_no_bind() -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    println!("UDP server is up and listening on {SERVER}");
    serve(&socket, acknowledge)
}

// announces

/// Starts without a word.
fn out_silent_announcement() -> io::Result<()> {
    serve(&UdpSocket::bind(SERVER)?, acknowledge)
}

// acknowledges

/// Sends the message back as it came.
fn ack_prefix_missing() -> io::Result<()> {
    serve(&start()?, |message| right(message, <[u8]>::to_vec))
}

/// Sends every answer a second time, to be sure.
fn udp_replies_twice() -> io::Result<()> {
    serve_each(&start()?, |message| acknowledge(message).map(|answer| [answer.clone(), answer]))
}

// prints-each-message

/// Serves without a word.
fn out_silent() -> io::Result<()> {
    let socket = start()?;
    let mut buffer = [0; 1025];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        if let Some(answer) = acknowledge(&buffer[..length]) {
            socket.send_to(&answer, sender)?;
        }
    }
}

// empty

/// Takes a length of 0 for the end, as over TCP.
fn udp_empty_ends() -> io::Result<()> {
    let socket = start()?;
    let mut buffer = [0; 1025];
    loop {
        let (message, sender) = receive(&socket, &mut buffer)?;
        if message.is_empty() {
            return Ok(());
        }
        answer(&socket, sender, acknowledge(message))?;
    }
}

/// Has nothing to say to nothing.
fn udp_empty_ignored() -> io::Result<()> {
    serve(&start()?, |message| acknowledge(message).filter(|_| !message.is_empty()))
}

// zero-bytes

/// Looks for the end of the message, as of a string in C.
fn size_strlen_on_binary() -> io::Result<()> {
    serve(&start()?, |message| {
        right(message, |message| {
            let end = message.iter().position(|&byte| byte == 0).unwrap_or(message.len());
            [PREFIX, &message[..end]].concat()
        })
    })
}

// any-bytes

/// Ends at the first message that is no text.
fn enc_strict_decode_crash() -> io::Result<()> {
    let socket = start()?;
    let mut buffer = [0; 1025];
    loop {
        let (message, sender) = receive(&socket, &mut buffer)?;
        std::str::from_utf8(message).map_err(io::Error::other)?;
        answer(&socket, sender, acknowledge(message))?;
    }
}

/// Answers with the text, in which a mark stands for what was none.
fn enc_bytes_replaced() -> io::Result<()> {
    serve(&start()?, |message| {
        right(message, |message| [PREFIX, String::from_utf8_lossy(message).as_bytes()].concat())
    })
}

/// Answers with the text, and leaves out what was none.
fn enc_bytes_dropped() -> io::Result<()> {
    serve(&start()?, |message| {
        right(message, |message| {
            let text: String = message.utf8_chunks().map(|chunk| chunk.valid()).collect();
            [PREFIX, text.as_bytes()].concat()
        })
    })
}

/// Survives what is no text, and leaves its sender without an answer.
fn except_hides_bug() -> io::Result<()> {
    serve(&start()?, |message| acknowledge(message).filter(|_| message.utf8_chunks().count() < 2))
}

// full-length

/// Refuses the longest message that there may be.
fn size_limit_one_too_small() -> io::Result<()> {
    serve(&start()?, |message| acknowledge_up_to(1023, message))
}

/// Has room for half of the longest message.
fn size_recv_buffer_small() -> io::Result<()> {
    serve_with_buffer(512, acknowledge)
}

// too-long

/// Counts from 0, or compares with the wrong sign.
fn size_limit_one_too_large() -> io::Result<()> {
    serve_with_buffer(1026, |message| acknowledge_up_to(1025, message))
}

/// Makes the buffer larger instead of a limit.
fn size_no_limit() -> io::Result<()> {
    serve_with_buffer(4096, |message| acknowledge_up_to(4096, message))
}

/// Refuses what is a little too long only: the answer to the longest datagram does not fit into one.
fn size_reply_grows() -> io::Result<()> {
    serve_with_buffer(65536, |message| match message.len() {
        0..=4096 => acknowledge(message),
        _ => Some([PREFIX, message].concat()),
    })
}

/// Has room for the longest message, and takes what fits of a longer one for the whole.
fn size_cut_not_refused() -> io::Result<()> {
    serve_with_buffer(1024, acknowledge)
}

/// Acknowledges what fits, and then says that it was too long.
fn size_cut_and_error() -> io::Result<()> {
    serve_each(&start()?, |message| {
        let answer = acknowledge(&message[..message.len().min(1024)]);
        let error = acknowledge(message).filter(|answer| answer == TOO_LONG);
        Some(answer.into_iter().chain(error))
    })
}

/// Says twice that a message was too long.
fn udp_error_twice() -> io::Result<()> {
    serve_each(&start()?, |message| {
        acknowledge(message).map(|answer| {
            let times = if answer == TOO_LONG { 2 } else { 1 };
            std::iter::repeat_n(answer, times)
        })
    })
}

/// Passes over what is too long.
fn size_refused_silently() -> io::Result<()> {
    serve(&start()?, |message| acknowledge(message).filter(|_| message.len() <= 1024))
}

// answers-no-answer

/// Answers whatever comes.
fn udp_answers_answers() -> io::Result<()> {
    serve(&start()?, |message| Some(acknowledge_or_refuse(message)))
}

/// Knows acknowledgements, and answers errors.
fn udp_answers_errors() -> io::Result<()> {
    serve(&start()?, |message| {
        (!message.starts_with(PREFIX)).then(|| acknowledge_or_refuse(message))
    })
}

/// Takes the space at the prefix's end for part of the message that must follow.
fn udp_answers_empty_answers() -> io::Result<()> {
    serve(&start()?, |message| {
        if message == PREFIX {
            return Some([PREFIX, message].concat());
        }
        acknowledge(message)
    })
}

/// Looks at the length first: the acknowledgement of a long message is too long itself.
fn udp_answers_long_answers() -> io::Result<()> {
    serve(&start()?, |message| match message.len() {
        0..=1024 => acknowledge(message),
        _ => Some(TOO_LONG.to_vec()),
    })
}

// words-inside

/// Looks for the marks anywhere in the message.
fn ack_marker_anywhere() -> io::Result<()> {
    serve(&start()?, |message| {
        let inside = |mark: &[u8]| message.windows(mark.len()).any(|part| part == mark);
        acknowledge(message).filter(|_| !inside(PREFIX) && !inside(ERROR))
    })
}

// escapes-controls

/// Prints the text as it came.
fn out_raw_controls() -> io::Result<()> {
    serve_showing(str::to_owned)
}

/// Takes the terminal's escapes out, and lets a sender begin a new line.
fn out_raw_line_ends() -> io::Result<()> {
    serve_showing(|text| text.replace(|c: char| c.is_control() && c != '\n', "?"))
}

// serves-on

/// Gives up when it has had enough of such messages.
fn udp_ends_after_five() -> io::Result<()> {
    let socket = start()?;
    let mut buffer = [0; 1025];
    let mut hostile = 0;
    while hostile < 5 {
        let (message, sender) = receive(&socket, &mut buffer)?;
        let is_text = std::str::from_utf8(message).is_ok_and(|text| !text.is_empty());
        let is_answer = message.starts_with(PREFIX) || message.starts_with(ERROR);
        hostile += usize::from(!is_text || is_answer || message.len() > 1024);
        answer(&socket, sender, acknowledge(message))?;
    }
    Ok(())
}

/// Serves nobody any more who has sent an answer and something too long. The sender may be forged:
/// so anybody can shut anybody out.
fn udp_bans_senders() -> io::Result<()> {
    let socket = start()?;
    let mut buffer = [0; 1025];
    let (mut once, mut banned) = (HashSet::new(), HashSet::new());
    loop {
        let (message, sender) = receive(&socket, &mut buffer)?;
        if banned.contains(&sender) {
            continue;
        }
        if message.len() > 1024 && !message.starts_with(PREFIX) {
            once.insert(sender);
        }
        if message.starts_with(ERROR) && once.contains(&sender) {
            banned.insert(sender);
        }
        answer(&socket, sender, acknowledge(message))?;
    }
}

// bounded-memory

/// Keeps every message and who sent it.
fn mem_keeps_messages() -> io::Result<()> {
    let socket = start()?;
    let mut buffer = [0; 1025];
    let mut all = Vec::new();
    loop {
        let (message, sender) = receive(&socket, &mut buffer)?;
        all.push((sender, message.to_vec()));
        answer(&socket, sender, acknowledge(message))?;
    }
}

/// Keeps every answer, in case the same message comes again.
fn mem_keeps_answers() -> io::Result<()> {
    let socket = start()?;
    let mut buffer = [0; 1025];
    let mut answers = HashMap::new();
    loop {
        let (message, sender) = receive(&socket, &mut buffer)?;
        let known = answers.entry(message.to_vec()).or_insert_with(|| acknowledge(message));
        answer(&socket, sender, known.clone())?;
    }
}

/// Counts messages in a table that ends.
fn exit_full_table() -> io::Result<()> {
    let socket = start()?;
    let mut buffer = [0; 1025];
    let mut lengths = vec![0; 2000];
    let mut served = 0;
    loop {
        let (message, sender) = receive(&socket, &mut buffer)?;
        lengths[served] = message.len();
        served += 1;
        answer(&socket, sender, acknowledge(message))?;
    }
}

// What the programs do right.

const SERVER: &str = "127.0.0.1:12345";
const PREFIX: &[u8] = b"Server acknowledges: ";
const ERROR: &[u8] = b"Error: ";
const TOO_LONG: &[u8] = b"Error: message longer than 1024 bytes";

fn start() -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(SERVER)?;
    println!("UDP server is up and listening on {SERVER}");
    Ok(socket)
}

fn serve(socket: &UdpSocket, answer_to: impl Fn(&[u8]) -> Option<Vec<u8>>) -> io::Result<()> {
    serve_each(socket, |message| answer_to(message).map(|answer| [answer]))
}

fn serve_each<A: IntoIterator<Item = Vec<u8>>>(
    socket: &UdpSocket,
    answers_to: impl Fn(&[u8]) -> Option<A>,
) -> io::Result<()> {
    let mut buffer = [0; 1025];
    loop {
        let (message, sender) = receive(socket, &mut buffer)?;
        for one in answers_to(message).into_iter().flatten() {
            answer(socket, sender, Some(one))?;
        }
    }
}

fn serve_with_buffer(size: usize, answer_to: impl Fn(&[u8]) -> Option<Vec<u8>>) -> io::Result<()> {
    let socket = start()?;
    let mut buffer = vec![0; size];
    loop {
        let (message, sender) = receive(&socket, &mut buffer)?;
        answer(&socket, sender, answer_to(message))?;
    }
}

fn serve_showing(show: impl Fn(&str) -> String) -> io::Result<()> {
    let socket = start()?;
    let mut buffer = [0; 1025];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        let message = &buffer[..length];
        println!("Message from {sender}: '{}'", show(&String::from_utf8_lossy(message)));
        answer(&socket, sender, acknowledge(message))?;
    }
}

fn receive<'b>(socket: &UdpSocket, buffer: &'b mut [u8]) -> io::Result<(&'b [u8], SocketAddr)> {
    let (length, sender) = socket.recv_from(buffer)?;
    let message = &buffer[..length];
    println!("Message from {sender}: '{}'", String::from_utf8_lossy(message).escape_debug());
    Ok((message, sender))
}

fn answer(socket: &UdpSocket, sender: SocketAddr, answer: Option<Vec<u8>>) -> io::Result<()> {
    match answer {
        Some(answer) => socket.send_to(&answer, sender).map(drop),
        None => Ok(()),
    }
}

fn acknowledge(message: &[u8]) -> Option<Vec<u8>> {
    acknowledge_up_to(1024, message)
}

fn acknowledge_up_to(longest: usize, message: &[u8]) -> Option<Vec<u8>> {
    let is_answer = message.starts_with(PREFIX) || message.starts_with(ERROR);
    (!is_answer).then(|| match message.len() {
        length if length > longest => TOO_LONG.to_vec(),
        _ => [PREFIX, message].concat(),
    })
}

fn acknowledge_or_refuse(message: &[u8]) -> Vec<u8> {
    match message.len() {
        0..=1024 => [PREFIX, message].concat(),
        _ => TOO_LONG.to_vec(),
    }
}

/// The acknowledgement that `make` makes, where one is due.
fn right(message: &[u8], make: impl Fn(&[u8]) -> Vec<u8>) -> Option<Vec<u8>> {
    let answer = acknowledge(message)?;
    Some(if answer == TOO_LONG { answer } else { make(message) })
}
