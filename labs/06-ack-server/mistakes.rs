//! Wrong programs for lab 6, each as short as its mistake allows.
//!
//! What they do right is in mistakes/right.rs, so that a program shows only what is wrong.

#[path = "../mistakes.rs"]
mod mistakes;
#[path = "mistakes/right.rs"]
mod right;

use mistakes::Mistake;
use right::*;
use socket2::{Domain, Socket, Type};
use std::collections::HashSet;
use std::io::{self, BufWriter, Read, Write};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};

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

// is-bound

/// Asks which port to use, though nobody is there to answer.
fn start_reads_stdin() -> io::Result<()> {
    print!("Port to listen on: ");
    io::stdout().flush()?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let port: u16 = line.trim().parse().map_err(io::Error::other)?;
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port))?;
    announce();
    serve(&socket)
}

/// Listens with TCP.
fn udp_stream_socket() -> io::Result<()> {
    let listener = TcpListener::bind(SERVER)?;
    announce();
    loop {
        let (mut client, sender) = listener.accept()?;
        let mut buffer = [0; 1024];
        let length = client.read(&mut buffer)?;
        show(&buffer[..length], sender);
        client.write_all(&acknowledgement(&buffer[..length]))?;
    }
}

/// Listens for connections on a socket that has none.
fn udp_listen_accept() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.bind(&address(SERVER)?.into())?;
    socket.listen(1)?;
    announce();
    let (client, _) = socket.accept()?;
    serve(&client.into())
}

/// Forgets bind: nobody can reach it.
fn udp_no_bind() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    announce();
    serve(&socket.into())
}

/// Binds as a client does, to a port that the system picks.
fn udp_no_bind_ephemeral() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    announce();
    serve(&socket)
}

/// Binds to an address that it does not have, and does not look at the error.
fn udp_no_bind_ignored() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    let _ = socket.bind(&address("192.0.2.1:12345")?.into());
    announce();
    serve(&socket.into())
}

/// Loses a digit of the port.
fn udp_wrong_port() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:1234")?;
    announce();
    serve(&socket)
}

/// Takes the port after the right one.
fn udp_wrong_port_off_by_one() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:12346")?;
    announce();
    serve(&socket)
}

/// Swaps the bytes of the port, which Rust has already done.
fn udp_port_byte_order() -> io::Result<()> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 12345_u16.to_be()))?;
    announce();
    serve(&socket)
}

/// Binds an address that belongs to somebody else's machine.
fn udp_bind_foreign_address() -> io::Result<()> {
    let socket = UdpSocket::bind("192.0.2.1:12345")?;
    announce();
    serve(&socket)
}

/// Binds what the host's name stands for; on Debian that is 127.0.1.1.
fn udp_bind_hostname() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.1.1:12345")?;
    announce();
    serve(&socket)
}

// announces

/// Starts without a word.
fn out_silent_announcement() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    serve(&socket)
}

/// Leaves the announcement in the buffer until the first message pushes it out.
fn out_not_flushed() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    print!("UDP server is up and listening on 127.0.0.1:12345. ");
    serve(&socket)
}

/// Writes everything to a buffer and never flushes it.
fn out_not_flushed_buffer() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let mut out = BufWriter::new(io::stdout());
    writeln!(out, "UDP server is up and listening on 127.0.0.1:12345")?;
    let mut buffer = [0; 1024];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        let text = String::from_utf8_lossy(&buffer[..length]);
        writeln!(out, "Message from {sender}: '{text}'")?;
        socket.send_to(&acknowledgement(&buffer[..length]), sender)?;
    }
}

/// Prints the port in network byte order.
fn addr_print_unswapped() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let port = socket.local_addr()?.port().to_be();
    println!("UDP server is up and listening on 127.0.0.1:{port}");
    serve(&socket)
}

// acknowledges

/// Receives, prints and receives again.
fn udp_never_replies() -> io::Result<()> {
    let socket = start()?;
    loop {
        receive(&socket)?;
    }
}

/// Prints the answer instead of sending it.
fn out_log_vs_answer() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, _) = receive(&socket)?;
        println!("{}", String::from_utf8_lossy(&acknowledgement(&message)));
    }
}

/// Sends without saying to whom.
fn udp_send_unconnected() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, _) = receive(&socket)?;
        socket.send(&acknowledgement(&message))?;
    }
}

/// Answers one fixed port, as if every client used it.
fn udp_reply_fixed_address() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, _) = receive(&socket)?;
        socket.send_to(&acknowledgement(&message), "127.0.0.1:12346")?;
    }
}

/// Answers from a new socket: the client hears from a port that it never wrote to.
fn udp_reply_new_socket() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        let reply = UdpSocket::bind("127.0.0.1:0")?;
        reply.send_to(&acknowledgement(&message), sender)?;
    }
}

/// Answers only when somebody presses Enter.
fn udp_waits_for_operator() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        println!("Press Enter to acknowledge it.");
        io::stdin().read_line(&mut String::new())?;
        socket.send_to(&acknowledgement(&message), sender)?;
    }
}

/// Reads the first byte and then the rest, as from a stream. The rest is already thrown away.
fn udp_header_then_body() -> io::Result<()> {
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
fn ack_prefix_missing() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        socket.send_to(&message, sender)?;
    }
}

/// Takes the handout's words for the answer itself.
fn ack_canned() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (_, sender) = receive(&socket)?;
        socket.send_to(b"Server acknowledges: the message", sender)?;
    }
}

/// Acknowledges the whole buffer, not the bytes that were received.
fn size_sends_whole_buffer() -> io::Result<()> {
    let socket = start()?;
    loop {
        let mut buffer = [0; 1024];
        let (length, sender) = socket.recv_from(&mut buffer)?;
        show(&buffer[..length], sender);
        socket.send_to(&acknowledgement(&buffer), sender)?;
    }
}

/// Sends a terminating zero byte, as in C.
fn frame_length_off() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        let mut answer = acknowledgement(&message);
        answer.push(0);
        socket.send_to(&answer, sender)?;
    }
}

/// Sends a line end after the answer.
fn frame_line_end_sent() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        let mut answer = acknowledgement(&message);
        answer.push(b'\n');
        socket.send_to(&answer, sender)?;
    }
}

/// Leaves out the space of the prefix.
fn ack_prefix_wrong() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        socket.send_to(&[b"Server acknowledges:", &message[..]].concat(), sender)?;
    }
}

/// Answers with the time behind the message.
fn text_added() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        socket.send_to(&[&acknowledgement(&message)[..], b" (at 12:00:01)"].concat(), sender)?;
    }
}

/// Puts the message in quotes, as it stands in the log.
fn text_differs() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        let answer = format!("Server acknowledges: '{}'", String::from_utf8_lossy(&message));
        socket.send_to(answer.as_bytes(), sender)?;
    }
}

/// Sends the prefix, and then the message.
fn udp_in_pieces() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        socket.send_to(b"Server acknowledges: ", sender)?;
        socket.send_to(&message, sender)?;
    }
}

// serves-on

/// Has no loop.
fn udp_serves_once() -> io::Result<()> {
    let socket = start()?;
    let (message, sender) = receive(&socket)?;
    socket.send_to(&acknowledgement(&message), sender)?;
    Ok(())
}

/// Serves as many messages as the handout happens to show.
fn udp_serves_n_then_exits() -> io::Result<()> {
    serve_some(3)
}

/// Serves as many messages as will do for a trial.
fn udp_serves_five() -> io::Result<()> {
    serve_some(5)
}

fn serve_some(count: usize) -> io::Result<()> {
    let socket = start()?;
    for _ in 0..count {
        let (message, sender) = receive(&socket)?;
        socket.send_to(&acknowledgement(&message), sender)?;
    }
    Ok(())
}

/// Connects to its first client, and hears nobody else from then on.
fn udp_connect_first_client() -> io::Result<()> {
    let socket = start()?;
    let (_, first_client) = socket.peek_from(&mut [0; 1024])?;
    socket.connect(first_client)?;
    loop {
        let (message, _) = receive(&socket)?;
        socket.send(&acknowledgement(&message))?;
    }
}

/// Asks who wrote only once, and answers the first client for ever.
fn udp_recv_drops_address() -> io::Result<()> {
    let socket = start()?;
    let (message, sender) = receive(&socket)?;
    socket.send_to(&acknowledgement(&message), sender)?;
    let mut buffer = [0; 1024];
    loop {
        let length = socket.recv(&mut buffer)?;
        show(&buffer[..length], sender);
        socket.send_to(&acknowledgement(&buffer[..length]), sender)?;
    }
}

/// Sends every answer a second time, to be sure.
fn udp_replies_twice() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        for _ in 0..2 {
            socket.send_to(&acknowledgement(&message), sender)?;
        }
    }
}

/// Keeps a list of who wrote, and answers its first entry, which was right in the first trial.
fn udp_answers_first_of_list() -> io::Result<()> {
    let socket = start()?;
    let mut clients = Vec::new();
    loop {
        let (message, sender) = receive(&socket)?;
        clients.push(sender);
        socket.send_to(&acknowledgement(&message), clients[0])?;
    }
}

/// Answers all who ever wrote, as a chat would.
fn udp_replies_to_everybody() -> io::Result<()> {
    let socket = start()?;
    let mut clients = Vec::new();
    loop {
        let (message, sender) = receive(&socket)?;
        if !clients.contains(&sender) {
            clients.push(sender);
        }
        for client in &clients {
            socket.send_to(&acknowledgement(&message), client)?;
        }
    }
}

/// Takes a message that came before for the same one, sent again.
fn udp_answers_no_text_twice() -> io::Result<()> {
    let socket = start()?;
    let mut known = HashSet::new();
    loop {
        let (message, sender) = receive(&socket)?;
        if known.insert(message.clone()) {
            socket.send_to(&acknowledgement(&message), sender)?;
        }
    }
}

/// Answers a client's first message only.
fn udp_replies_sometimes() -> io::Result<()> {
    let socket = start()?;
    let mut known = Vec::new();
    loop {
        let (message, sender) = receive(&socket)?;
        if !known.contains(&sender) {
            socket.send_to(&acknowledgement(&message), sender)?;
            known.push(sender);
        }
    }
}

/// Closes its socket after each message, with whatever else has come to it meanwhile. The pause
/// makes sure that something has.
fn udp_socket_per_message() -> io::Result<()> {
    announce();
    loop {
        let socket = UdpSocket::bind(SERVER)?;
        let (message, sender) = receive(&socket)?;
        socket.send_to(&acknowledgement(&message), sender)?;
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}

/// Answers with the message before, once there is one.
fn ack_one_behind() -> io::Result<()> {
    let socket = start()?;
    let mut last = None;
    loop {
        let (message, sender) = receive(&socket)?;
        let answer = last.replace(message.clone()).unwrap_or(message);
        socket.send_to(&acknowledgement(&answer), sender)?;
    }
}

// any-text

/// Takes the spaces off both ends.
fn text_trimmed() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        socket.send_to(&acknowledgement(message.trim_ascii()), sender)?;
    }
}

/// Knows only ASCII.
fn enc_wrong_charset() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        let text = String::from_utf8_lossy(&message);
        let ascii = text.replace(|c: char| !c.is_ascii(), "?");
        socket.send_to(&acknowledgement(ascii.as_bytes()), sender)?;
    }
}

/// Takes each byte for a character, as if the message were Latin-1.
fn enc_wrong_charset_latin_1() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        let text: String = message.iter().map(|&byte| byte as char).collect();
        socket.send_to(&acknowledgement(text.as_bytes()), sender)?;
    }
}

/// Looks for the end of the text, not at the length: old bytes follow a shorter message.
fn size_java_getdata() -> io::Result<()> {
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
fn size_recv_buffer_small() -> io::Result<()> {
    serve_with_buffer(512)
}

/// Keeps one byte for a terminator that Rust does not have.
fn size_recv_buffer_small_by_one() -> io::Result<()> {
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
