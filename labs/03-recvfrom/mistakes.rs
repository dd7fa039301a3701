//! Wrong programs for lab 3, each as short as its mistake allows.
//!
//! What they do right is at the end of the file, so that a program shows only what is wrong.

#[path = "../mistakes.rs"]
mod mistakes;

use mistakes::Mistake;
use socket2::{Domain, Socket, Type};
use std::io;
use std::net::{SocketAddr, UdpSocket};

fn main() -> std::process::ExitCode {
    mistakes::run(&[
        Mistake::new("udp-no-bind", "is-bound", udp_no_bind),
        Mistake::new("udp-wrong-port", "is-bound", udp_wrong_port),
        Mistake::new("udp-stream-socket", "is-bound", udp_stream_socket),
        Mistake::new("out-silent", "prints-the-message", out_silent),
        Mistake::new("out-canned", "prints-the-message", out_canned),
        Mistake::new("enc-prints-bytes-repr", "prints-the-message", enc_prints_bytes_repr),
        Mistake::new("enc-wrong-charset", "prints-the-message", enc_wrong_charset),
        Mistake::new("size-recv-buffer-small", "prints-the-message", size_recv_buffer_small),
        Mistake::new("size-not-terminated", "prints-the-message", size_not_terminated),
        Mistake::new("udp-header-then-body", "prints-the-message", udp_header_then_body),
        Mistake::new("udp-recv-drops-address", "prints-the-sender", udp_recv_drops_address),
        Mistake::new("addr-half-printed", "prints-the-sender", addr_half_printed),
        Mistake::new("addr-print-unswapped", "prints-the-sender", addr_print_unswapped),
        Mistake::new("exit-never", "closes-and-exits", exit_never),
        Mistake::new("exit-code-inverted", "closes-and-exits", exit_code_inverted),
    ])
}

// is-bound

/// Forgets bind: no datagram can find it.
fn udp_no_bind() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    receive_one(&socket.into())
}

/// Mistypes the port.
fn udp_wrong_port() -> io::Result<()> {
    receive_one(&UdpSocket::bind("127.0.0.1:12354")?)
}

/// Makes a TCP socket: it binds, and cannot receive without a connection.
fn udp_stream_socket() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let address: SocketAddr = SERVER.parse().map_err(io::Error::other)?;
    socket.bind(&address.into())?;
    receive_one(&socket.into())
}

// prints-the-message

/// Receives and says nothing.
fn out_silent() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    socket.recv_from(&mut [0; 1024])?;
    Ok(())
}

/// Prints the message of the example, whatever came.
fn out_canned() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let (_, sender) = socket.recv_from(&mut [0; 1024])?;
    println!("Message from {sender}: 'Hello, Server!'");
    Ok(())
}

/// Prints the bytes as numbers.
fn enc_prints_bytes_repr() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let mut buffer = [0; 1024];
    let (length, sender) = socket.recv_from(&mut buffer)?;
    println!("Message from {sender}: {:?}", &buffer[..length]);
    Ok(())
}

/// Takes each byte for a character, as if the message were Latin-1.
fn enc_wrong_charset() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let mut buffer = [0; 1024];
    let (length, sender) = socket.recv_from(&mut buffer)?;
    let text: String = buffer[..length].iter().map(|&byte| byte as char).collect();
    println!("Message from {sender}: '{text}'");
    Ok(())
}

/// Has room for four bytes of the message.
fn size_recv_buffer_small() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let mut buffer = [0; 4];
    let (length, sender) = socket.recv_from(&mut buffer)?;
    show(&buffer[..length], sender);
    Ok(())
}

/// Prints the whole buffer: zero bytes follow the text.
fn size_not_terminated() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let mut buffer = [0; 1024];
    let (_, sender) = socket.recv_from(&mut buffer)?;
    show(&buffer, sender);
    Ok(())
}

/// Asks who wrote with one receive and what with a second: the first has thrown the text away.
fn udp_header_then_body() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let (_, sender) = socket.recv_from(&mut [])?;
    let mut buffer = [0; 1024];
    let length = socket.recv(&mut buffer)?;
    show(&buffer[..length], sender);
    Ok(())
}

// prints-the-sender

/// Receives without asking who wrote.
fn udp_recv_drops_address() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let mut buffer = [0; 1024];
    let length = socket.recv(&mut buffer)?;
    println!("Message: '{}'", String::from_utf8_lossy(&buffer[..length]));
    Ok(())
}

/// Prints who wrote without the port.
fn addr_half_printed() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let mut buffer = [0; 1024];
    let (length, sender) = socket.recv_from(&mut buffer)?;
    println!("Message from {}: '{}'", sender.ip(), String::from_utf8_lossy(&buffer[..length]));
    Ok(())
}

/// Prints the sender's port with its two bytes swapped.
fn addr_print_unswapped() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let mut buffer = [0; 1024];
    let (length, sender) = socket.recv_from(&mut buffer)?;
    show(&buffer[..length], SocketAddr::new(sender.ip(), sender.port().to_be()));
    Ok(())
}

// closes-and-exits

/// Goes on to the next datagram, which is a later lab.
fn exit_never() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    loop {
        receive_one(&socket)?;
    }
}

/// Ends with status 1 after a success, as if 1 meant yes.
fn exit_code_inverted() -> io::Result<()> {
    receive_one(&UdpSocket::bind(SERVER)?)?;
    std::process::exit(1)
}

// What the programs do right.

const SERVER: &str = "127.0.0.1:12345";

fn receive_one(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 1024];
    let (length, sender) = socket.recv_from(&mut buffer)?;
    show(&buffer[..length], sender);
    Ok(())
}

fn show(message: &[u8], sender: SocketAddr) {
    println!("Message from {sender}: '{}'", String::from_utf8_lossy(message));
}
