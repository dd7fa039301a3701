//! Servers that answer one message wrongly.

use std::io;
use std::net::UdpSocket;

use crate::right::*;

// acknowledges

/// Receives, prints and receives again.
pub fn udp_never_replies() -> io::Result<()> {
    let socket = start()?;
    loop {
        receive(&socket)?;
    }
}

/// Prints the answer instead of sending it.
pub fn out_log_vs_answer() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, _) = receive(&socket)?;
        println!("{}", String::from_utf8_lossy(&acknowledgement(&message)));
    }
}

/// Sends without saying to whom.
pub fn udp_send_unconnected() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, _) = receive(&socket)?;
        socket.send(&acknowledgement(&message))?;
    }
}

/// Answers one fixed port, as if every client used it.
pub fn udp_reply_fixed_address() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, _) = receive(&socket)?;
        socket.send_to(&acknowledgement(&message), "127.0.0.1:12346")?;
    }
}

/// Answers from a new socket: the client hears from a port that it never wrote to.
pub fn udp_reply_new_socket() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        let reply = UdpSocket::bind("127.0.0.1:0")?;
        reply.send_to(&acknowledgement(&message), sender)?;
    }
}

/// Answers only when somebody presses Enter.
pub fn udp_waits_for_operator() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        println!("Press Enter to acknowledge it.");
        io::stdin().read_line(&mut String::new())?;
        socket.send_to(&acknowledgement(&message), sender)?;
    }
}

/// Reads the first byte and then the rest, as from a stream. The rest is already thrown away.
pub fn udp_header_then_body() -> io::Result<()> {
    let socket = start()?;
    loop {
        let mut message = vec![0];
        socket.recv_from(&mut message)?;
        let mut rest = [0; 1023];
        let (length, sender) = socket.recv_from(&mut rest)?;
        message.extend(&rest[..length]);
        show(&message, sender);
        socket.send_to(&acknowledgement(&message), sender)?;
    }
}

/// Sends the message back as it came.
pub fn ack_prefix_missing() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        socket.send_to(&message, sender)?;
    }
}

/// Takes the handout's words for the answer itself.
pub fn ack_canned() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (_, sender) = receive(&socket)?;
        socket.send_to(b"Server acknowledges: the message", sender)?;
    }
}

/// Acknowledges the whole buffer, not the bytes that were received.
pub fn size_sends_whole_buffer() -> io::Result<()> {
    let socket = start()?;
    loop {
        let mut buffer = [0; 1024];
        let (length, sender) = socket.recv_from(&mut buffer)?;
        show(&buffer[..length], sender);
        socket.send_to(&acknowledgement(&buffer), sender)?;
    }
}

/// Sends a terminating zero byte, as in C.
pub fn frame_length_off() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        let mut answer = acknowledgement(&message);
        answer.push(0);
        socket.send_to(&answer, sender)?;
    }
}

/// Sends a line end after the answer.
pub fn frame_line_end_sent() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        let mut answer = acknowledgement(&message);
        answer.push(b'\n');
        socket.send_to(&answer, sender)?;
    }
}

/// Leaves out the space of the prefix.
pub fn ack_prefix_wrong() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        socket.send_to(&[b"Server acknowledges:", &message[..]].concat(), sender)?;
    }
}

/// Answers with the time behind the message.
pub fn text_added() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        socket.send_to(&[&acknowledgement(&message)[..], b" (at 12:00:01)"].concat(), sender)?;
    }
}

/// Puts the message in quotes, as it stands in the log.
pub fn text_differs() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        let answer = format!("Server acknowledges: '{}'", String::from_utf8_lossy(&message));
        socket.send_to(answer.as_bytes(), sender)?;
    }
}

/// Sends the prefix, and then the message.
pub fn udp_in_pieces() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        socket.send_to(b"Server acknowledges: ", sender)?;
        socket.send_to(&message, sender)?;
    }
}

// any-text

/// Takes the spaces off both ends.
pub fn text_trimmed() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        socket.send_to(&acknowledgement(message.trim_ascii()), sender)?;
    }
}

/// Knows only ASCII.
pub fn enc_wrong_charset() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        let text = String::from_utf8_lossy(&message);
        let ascii = text.replace(|c: char| !c.is_ascii(), "?");
        socket.send_to(&acknowledgement(ascii.as_bytes()), sender)?;
    }
}

/// Takes each byte for a character, as if the message were Latin-1.
pub fn enc_wrong_charset_latin_1() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        let text: String = message.iter().map(|&byte| byte as char).collect();
        socket.send_to(&acknowledgement(text.as_bytes()), sender)?;
    }
}

/// Looks for the end of the text, not at the length: old bytes follow a shorter message.
pub fn size_java_getdata() -> io::Result<()> {
    let socket = start()?;
    let mut buffer = [0; 1024];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        show(&buffer[..length], sender);
        let text = String::from_utf8_lossy(&buffer);
        socket.send_to(&acknowledgement(text.trim_end_matches('\0').as_bytes()), sender)?;
    }
}

// full-length

/// Has room for half of the longest message.
pub fn size_recv_buffer_small() -> io::Result<()> {
    serve_with_buffer(512)
}

/// Keeps one byte for a terminator that Rust does not have.
pub fn size_recv_buffer_small_by_one() -> io::Result<()> {
    serve_with_buffer(1024 - 1)
}

fn serve_with_buffer(size: usize) -> io::Result<()> {
    let socket = start()?;
    let mut buffer = vec![0; size];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        show(&buffer[..length], sender);
        socket.send_to(&acknowledgement(&buffer[..length]), sender)?;
    }
}
