//! Wrong programs for lab 7, each as short as its mistake allows.
//!
//! What they do right is at the end of the file, so that a program shows only what is wrong.

#[path = "../mistakes.rs"]
mod mistakes;

use mistakes::Mistake;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};

fn main() -> std::process::ExitCode {
    mistakes::run(&[
        Mistake::new("out-silent", "prompts", out_silent),
        Mistake::new("out-not-flushed", "prompts", out_not_flushed),
        Mistake::new("udp-stream-socket", "sends-the-line", udp_stream_socket),
        Mistake::new("udp-send-unconnected", "sends-the-line", udp_send_unconnected),
        Mistake::new("udp-wrong-port", "sends-the-line", udp_wrong_port),
        Mistake::new("udp-port-byte-order", "sends-the-line", udp_port_byte_order),
        Mistake::new("addr-localhost-v6-first", "sends-the-line", addr_localhost_v6_first),
        Mistake::new("out-log-vs-answer", "sends-the-line", out_log_vs_answer),
        Mistake::new("udp-header-then-body", "sends-the-line", udp_header_then_body),
        Mistake::new("frame-line-end-sent", "sends-the-line", frame_line_end_sent),
        Mistake::new("frame-length-off", "sends-the-line", frame_length_off),
        Mistake::new("size-sends-whole-buffer", "sends-the-line", size_sends_whole_buffer),
        Mistake::new("text-trimmed", "sends-the-line", text_trimmed),
        Mistake::new("text-first-word", "sends-the-line", text_first_word),
        Mistake::new("enc-wrong-charset", "sends-the-line", enc_wrong_charset),
        Mistake::new("enc-wrong-charset.latin-1", "sends-the-line", enc_wrong_charset_latin_1),
        Mistake::new("enc-prints-bytes-repr.sent", "sends-the-line", enc_prints_bytes_repr_sent),
        Mistake::new("out-silent.sending", "says-what-it-sends", out_silent_sending),
        Mistake::new("addr-print-unswapped", "says-what-it-sends", addr_print_unswapped),
        Mistake::new("exit-early", "prints-the-response", exit_early),
        Mistake::new("out-canned", "prints-the-response", out_canned),
        Mistake::new("udp-socket-per-message", "prints-the-response", udp_socket_per_message),
        Mistake::new("udp-recv-drops-address", "prints-the-response", udp_recv_drops_address),
        Mistake::new("size-recv-buffer-small", "prints-the-response", size_recv_buffer_small),
        Mistake::new("size-not-terminated", "prints-the-response", size_not_terminated),
        Mistake::new("enc-prints-bytes-repr", "prints-the-response", enc_prints_bytes_repr),
        Mistake::new("exit-never", "closes-and-exits", exit_never),
        Mistake::new("exit-code-inverted", "closes-and-exits", exit_code_inverted),
        Mistake::new("enc-strict-decode-crash", "survives-trouble", enc_strict_decode_crash),
        Mistake::new("except-hides-bug", "survives-trouble", except_hides_bug),
    ])
}

// prompts

/// Waits for a line and does not say so.
fn out_silent() -> io::Result<()> {
    let message = read_line()?;
    let socket = client()?;
    say(&message);
    socket.send_to(message.as_bytes(), SERVER)?;
    finish(socket)
}

/// Leaves the prompt in the buffer, since no line end follows it.
fn out_not_flushed() -> io::Result<()> {
    print!("Enter a message to send to the server: ");
    let message = read_line()?;
    let socket = client()?;
    say(&message);
    socket.send_to(message.as_bytes(), SERVER)?;
    finish(socket)
}

// sends-the-line

/// Speaks TCP.
fn udp_stream_socket() -> io::Result<()> {
    let message = prompt()?;
    say(&message);
    let mut server = TcpStream::connect(SERVER)?;
    server.write_all(message.as_bytes())?;
    let mut buffer = [0; 1024];
    let length = server.read(&mut buffer)?;
    show(&buffer[..length], server.peer_addr()?);
    println!("Socket closed.");
    Ok(())
}

/// Sends without saying to whom.
fn udp_send_unconnected() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    say(&message);
    socket.send(message.as_bytes())?;
    finish(socket)
}

/// Sends to the port after the right one.
fn udp_wrong_port() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    say(&message);
    socket.send_to(message.as_bytes(), "127.0.0.1:12346")?;
    finish(socket)
}

/// Swaps the bytes of the port, which Rust has already done.
fn udp_port_byte_order() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    say(&message);
    socket.send_to(message.as_bytes(), (Ipv4Addr::LOCALHOST, 12345_u16.to_be()))?;
    finish(socket)
}

/// Sends to the localhost of IPv6, where the server is not.
fn addr_localhost_v6_first() -> io::Result<()> {
    let message = prompt()?;
    let socket = UdpSocket::bind("[::]:0")?;
    say(&message);
    socket.send_to(message.as_bytes(), "[::1]:12345")?;
    finish(socket)
}

/// Prints that it sends, and does not.
fn out_log_vs_answer() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    say(&message);
    finish(socket)
}

/// Sends the length first, as over a stream. It is a datagram of its own.
fn udp_header_then_body() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    say(&message);
    let length = message.len() as u32;
    socket.send_to(&length.to_be_bytes(), SERVER)?;
    socket.send_to(message.as_bytes(), SERVER)?;
    finish(socket)
}

/// Sends the line with its line end.
fn frame_line_end_sent() -> io::Result<()> {
    ask()?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let socket = client()?;
    say(line.trim_end_matches('\n'));
    socket.send_to(line.as_bytes(), SERVER)?;
    finish(socket)
}

/// Sends a terminating zero byte, as in C.
fn frame_length_off() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    say(&message);
    socket.send_to(format!("{message}\0").as_bytes(), SERVER)?;
    finish(socket)
}

/// Sends the whole buffer, not the bytes that were typed.
fn size_sends_whole_buffer() -> io::Result<()> {
    let message = prompt()?;
    let mut buffer = message.clone().into_bytes();
    buffer.resize(1024, 0);
    let socket = client()?;
    say(&message);
    socket.send_to(&buffer, SERVER)?;
    finish(socket)
}

/// Takes the spaces off both ends, together with the line end.
fn text_trimmed() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    say(&message);
    socket.send_to(message.trim().as_bytes(), SERVER)?;
    finish(socket)
}

/// Sends only the first word.
fn text_first_word() -> io::Result<()> {
    let message = prompt()?;
    let word = message.split_whitespace().next().unwrap_or_default();
    let socket = client()?;
    say(&message);
    socket.send_to(word.as_bytes(), SERVER)?;
    finish(socket)
}

/// Knows only ASCII.
fn enc_wrong_charset() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    say(&message);
    socket.send_to(message.replace(|c: char| !c.is_ascii(), "?").as_bytes(), SERVER)?;
    finish(socket)
}

/// Sends one byte a character, as Latin-1 has it.
fn enc_wrong_charset_latin_1() -> io::Result<()> {
    let message = prompt()?;
    let bytes: Vec<u8> = message.chars().map(|c| c as u8).collect();
    let socket = client()?;
    say(&message);
    socket.send_to(&bytes, SERVER)?;
    finish(socket)
}

/// Sends the message as Rust shows it, in quotation marks.
fn enc_prints_bytes_repr_sent() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    say(&message);
    socket.send_to(format!("{message:?}").as_bytes(), SERVER)?;
    finish(socket)
}

// says-what-it-sends

/// Sends and does not say so.
fn out_silent_sending() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    socket.send_to(message.as_bytes(), SERVER)?;
    finish(socket)
}

/// Prints the server's port with its two bytes swapped.
fn addr_print_unswapped() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    println!("Sending '{message}' to 127.0.0.1:{}", 12345_u16.to_be());
    socket.send_to(message.as_bytes(), SERVER)?;
    finish(socket)
}

// prints-the-response

/// Is gone before the answer comes.
fn exit_early() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    say(&message);
    socket.send_to(message.as_bytes(), SERVER)?;
    close(socket)
}

/// Prints the answer that it expects, not the one that came.
fn out_canned() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    say(&message);
    socket.send_to(message.as_bytes(), SERVER)?;
    println!("Waiting for server response...");
    let (_, server) = socket.recv_from(&mut [0; 1024])?;
    println!("Response from server {server}: 'Server acknowledges: {message}'");
    close(socket)
}

/// Sends from one socket and waits at another.
fn udp_socket_per_message() -> io::Result<()> {
    let message = prompt()?;
    let sender = client()?;
    say(&message);
    sender.send_to(message.as_bytes(), SERVER)?;
    finish(client()?)
}

/// Receives without asking who wrote.
fn udp_recv_drops_address() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    say(&message);
    socket.send_to(message.as_bytes(), SERVER)?;
    println!("Waiting for server response...");
    let mut buffer = [0; 1024];
    let length = socket.recv(&mut buffer)?;
    println!("Response: '{}'", String::from_utf8_lossy(&buffer[..length]));
    close(socket)
}

/// Has room for eight bytes of the answer.
fn size_recv_buffer_small() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    say(&message);
    socket.send_to(message.as_bytes(), SERVER)?;
    println!("Waiting for server response...");
    let mut buffer = [0; 8];
    let (length, server) = socket.recv_from(&mut buffer)?;
    show(&buffer[..length], server);
    close(socket)
}

/// Prints the whole buffer: zero bytes follow the answer.
fn size_not_terminated() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    say(&message);
    socket.send_to(message.as_bytes(), SERVER)?;
    println!("Waiting for server response...");
    let mut buffer = [0; 1024];
    let (_, server) = socket.recv_from(&mut buffer)?;
    show(&buffer, server);
    close(socket)
}

/// Prints the bytes as numbers.
fn enc_prints_bytes_repr() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    say(&message);
    socket.send_to(message.as_bytes(), SERVER)?;
    println!("Waiting for server response...");
    let mut buffer = [0; 1024];
    let (length, server) = socket.recv_from(&mut buffer)?;
    println!("Response from server {server}: {:?}", &buffer[..length]);
    close(socket)
}

// closes-and-exits

/// Asks for the next message, for ever.
fn exit_never() -> io::Result<()> {
    loop {
        let message = prompt()?;
        let socket = client()?;
        say(&message);
        socket.send_to(message.as_bytes(), SERVER)?;
        finish(socket)?;
    }
}

/// Ends with status 1 after a success, as if 1 meant yes.
fn exit_code_inverted() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    say(&message);
    socket.send_to(message.as_bytes(), SERVER)?;
    finish(socket)?;
    std::process::exit(1)
}

// survives-trouble

/// Takes it for granted that every answer is UTF-8.
fn enc_strict_decode_crash() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    say(&message);
    socket.send_to(message.as_bytes(), SERVER)?;
    println!("Waiting for server response...");
    let mut buffer = [0; 1024];
    let (length, server) = socket.recv_from(&mut buffer)?;
    let response = String::from_utf8(buffer[..length].to_vec()).unwrap();
    println!("Response from server {server}: '{response}'");
    close(socket)
}

/// Leaves without a word when the answer is not UTF-8.
fn except_hides_bug() -> io::Result<()> {
    let message = prompt()?;
    let socket = client()?;
    say(&message);
    socket.send_to(message.as_bytes(), SERVER)?;
    println!("Waiting for server response...");
    let mut buffer = [0; 1024];
    let (length, server) = socket.recv_from(&mut buffer)?;
    let Ok(response) = std::str::from_utf8(&buffer[..length]) else { return Ok(()) };
    println!("Response from server {server}: '{response}'");
    close(socket)
}

// What the programs do right.

const SERVER: &str = "127.0.0.1:12345";

fn client() -> io::Result<UdpSocket> {
    UdpSocket::bind("0.0.0.0:0")
}

fn prompt() -> io::Result<String> {
    ask()?;
    read_line()
}

fn ask() -> io::Result<()> {
    print!("Enter a message to send to the server: ");
    io::stdout().flush()
}

/// The next line of the terminal, without its line end.
fn read_line() -> io::Result<String> {
    let mut line = String::new();
    if io::stdin().read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end_matches('\n').to_owned())
}

fn say(message: &str) {
    println!("Sending '{message}' to {SERVER}");
}

fn finish(socket: UdpSocket) -> io::Result<()> {
    println!("Waiting for server response...");
    let mut buffer = [0; 1024];
    let (length, server) = socket.recv_from(&mut buffer)?;
    show(&buffer[..length], server);
    close(socket)
}

fn close(socket: UdpSocket) -> io::Result<()> {
    drop(socket);
    println!("Socket closed.");
    Ok(())
}

fn show(response: &[u8], server: SocketAddr) {
    println!("Response from server {server}: '{}'", String::from_utf8_lossy(response));
}
