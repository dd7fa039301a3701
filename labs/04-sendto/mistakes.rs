//! Wrong programs for lab 4, each as short as its mistake allows.
//!
//! What they do right is at the end of the file, so that a program shows only what is wrong.

#[path = "../mistakes.rs"]
mod mistakes;

use mistakes::Mistake;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};

fn main() -> std::process::ExitCode {
    mistakes::run(&[
        Mistake::new("udp-stream-socket", "sends-the-greeting", udp_stream_socket),
        Mistake::new("udp-send-unconnected", "sends-the-greeting", udp_send_unconnected),
        Mistake::new("udp-wrong-port", "sends-the-greeting", udp_wrong_port),
        Mistake::new("udp-port-byte-order", "sends-the-greeting", udp_port_byte_order),
        Mistake::new("addr-localhost-v6-first", "sends-the-greeting", addr_localhost_v6_first),
        Mistake::new("frame-line-end-sent", "sends-the-greeting", frame_line_end_sent),
        Mistake::new("frame-length-off", "sends-the-greeting", frame_length_off),
        Mistake::new("size-sends-whole-buffer", "sends-the-greeting", size_sends_whole_buffer),
        Mistake::new("out-log-vs-answer", "sends-the-greeting", out_log_vs_answer),
        Mistake::new("exit-early", "waits-for-the-answer", exit_early),
        Mistake::new("udp-sends-twice", "waits-for-the-answer", udp_sends_twice),
        Mistake::new("udp-socket-per-message.closed", "prints-the-answer", socket_closed),
        Mistake::new("out-canned", "prints-the-answer", out_canned),
        Mistake::new("udp-socket-per-message", "prints-the-answer", udp_socket_per_message),
        Mistake::new("enc-prints-bytes-repr", "prints-the-answer", enc_prints_bytes_repr),
        Mistake::new("size-recv-buffer-small", "prints-the-answer", size_recv_buffer_small),
        Mistake::new("udp-recv-drops-address", "prints-who-answered", udp_recv_drops_address),
        Mistake::new("addr-print-unswapped", "prints-who-answered", addr_print_unswapped),
        Mistake::new("exit-never", "closes-and-exits", exit_never),
        Mistake::new("exit-code-inverted", "closes-and-exits", exit_code_inverted),
    ])
}

// sends-the-greeting

/// Speaks TCP.
fn udp_stream_socket() -> io::Result<()> {
    let mut server = TcpStream::connect(SERVER)?;
    server.write_all(GREETING)?;
    let mut buffer = [0; 1024];
    let length = server.read(&mut buffer)?;
    show(&buffer[..length], server.peer_addr()?);
    Ok(())
}

/// Sends without saying to whom.
fn udp_send_unconnected() -> io::Result<()> {
    let socket = client()?;
    socket.send(GREETING)?;
    receive_answer(&socket)
}

/// Sends to the port after the right one.
fn udp_wrong_port() -> io::Result<()> {
    let socket = client()?;
    socket.send_to(GREETING, "127.0.0.1:12346")?;
    receive_answer(&socket)
}

/// Swaps the bytes of the port, which Rust has already done.
fn udp_port_byte_order() -> io::Result<()> {
    let socket = client()?;
    socket.send_to(GREETING, (Ipv4Addr::LOCALHOST, 12345_u16.to_be()))?;
    receive_answer(&socket)
}

/// Sends to the localhost of IPv6, where the server is not.
fn addr_localhost_v6_first() -> io::Result<()> {
    let socket = UdpSocket::bind("[::]:0")?;
    socket.send_to(GREETING, "[::1]:12345")?;
    receive_answer(&socket)
}

/// Sends a line end after the greeting.
fn frame_line_end_sent() -> io::Result<()> {
    let socket = client()?;
    socket.send_to(b"Hello, Server!\n", SERVER)?;
    receive_answer(&socket)
}

/// Sends a terminating zero byte, as in C.
fn frame_length_off() -> io::Result<()> {
    let socket = client()?;
    socket.send_to(b"Hello, Server!\0", SERVER)?;
    receive_answer(&socket)
}

/// Sends the whole buffer, not the bytes that it has filled.
fn size_sends_whole_buffer() -> io::Result<()> {
    let mut buffer = [0; 1024];
    buffer[..GREETING.len()].copy_from_slice(GREETING);
    let socket = client()?;
    socket.send_to(&buffer, SERVER)?;
    receive_answer(&socket)
}

/// Prints the greeting instead of sending it.
fn out_log_vs_answer() -> io::Result<()> {
    let socket = client()?;
    println!("Hello, Server!");
    receive_answer(&socket)
}

// waits-for-the-answer

/// Is gone before the answer comes.
fn exit_early() -> io::Result<()> {
    let socket = client()?;
    socket.send_to(GREETING, SERVER)?;
    Ok(())
}

// prints-the-answer

/// Prints the answer that it expects, not the one that came.
fn out_canned() -> io::Result<()> {
    let socket = client()?;
    socket.send_to(GREETING, SERVER)?;
    let (_, server) = socket.recv_from(&mut [0; 1024])?;
    println!("Answer from {server}: 'Hello, Client!'");
    Ok(())
}

/// Sends from one socket and waits at another.
fn udp_socket_per_message() -> io::Result<()> {
    let sender = client()?;
    let receiver = client()?;
    sender.send_to(GREETING, SERVER)?;
    receive_answer(&receiver)
}

/// Prints the bytes as numbers.
fn enc_prints_bytes_repr() -> io::Result<()> {
    let socket = client()?;
    socket.send_to(GREETING, SERVER)?;
    let mut buffer = [0; 1024];
    let (length, server) = socket.recv_from(&mut buffer)?;
    println!("Answer from {server}: {:?}", &buffer[..length]);
    Ok(())
}

/// Has room for five bytes of the answer.
fn size_recv_buffer_small() -> io::Result<()> {
    let socket = client()?;
    socket.send_to(GREETING, SERVER)?;
    let mut buffer = [0; 5];
    let (length, server) = socket.recv_from(&mut buffer)?;
    show(&buffer[..length], server);
    Ok(())
}

// prints-who-answered

/// Receives without asking who wrote.
fn udp_recv_drops_address() -> io::Result<()> {
    let socket = client()?;
    socket.send_to(GREETING, SERVER)?;
    let mut buffer = [0; 1024];
    let length = socket.recv(&mut buffer)?;
    println!("Answer: '{}'", String::from_utf8_lossy(&buffer[..length]));
    Ok(())
}

/// Prints the server's port with its two bytes swapped.
fn addr_print_unswapped() -> io::Result<()> {
    let socket = client()?;
    socket.send_to(GREETING, SERVER)?;
    let mut buffer = [0; 1024];
    let (length, server) = socket.recv_from(&mut buffer)?;
    show(&buffer[..length], SocketAddr::new(server.ip(), server.port().to_be()));
    Ok(())
}

// more of waits-for-the-answer and prints-the-answer

/// Sends a second time at once, to be sure.
fn udp_sends_twice() -> io::Result<()> {
    let socket = client()?;
    socket.send_to(GREETING, SERVER)?;
    socket.send_to(GREETING, SERVER)?;
    receive_answer(&socket)
}

/// Closes the socket that has sent, and receives through another.
fn socket_closed() -> io::Result<()> {
    client()?.send_to(GREETING, SERVER)?;
    receive_answer(&client()?)
}

// closes-and-exits

/// Waits for one more answer.
fn exit_never() -> io::Result<()> {
    let socket = client()?;
    socket.send_to(GREETING, SERVER)?;
    loop {
        receive_answer(&socket)?;
    }
}

/// Ends with status 1 after a success, as if 1 meant yes.
fn exit_code_inverted() -> io::Result<()> {
    let socket = client()?;
    socket.send_to(GREETING, SERVER)?;
    receive_answer(&socket)?;
    std::process::exit(1)
}

// What the programs do right.

const SERVER: &str = "127.0.0.1:12345";
const GREETING: &[u8] = b"Hello, Server!";

fn client() -> io::Result<UdpSocket> {
    UdpSocket::bind("0.0.0.0:0")
}

fn receive_answer(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 1024];
    let (length, server) = socket.recv_from(&mut buffer)?;
    show(&buffer[..length], server);
    Ok(())
}

fn show(answer: &[u8], server: SocketAddr) {
    println!("Answer from {server}: '{}'", String::from_utf8_lossy(answer));
}
