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
        Mistake { name: "udp-no-bind", check: "is-bound", program: udp_no_bind },
        Mistake { name: "udp-wrong-port", check: "is-bound", program: udp_wrong_port },
        Mistake { name: "udp-stream-socket", check: "is-bound", program: udp_stream_socket },
        Mistake { name: "out-silent", check: "prints-the-message", program: out_silent },
        Mistake { name: "out-canned", check: "prints-the-message", program: out_canned },
        Mistake {
            name: "enc-prints-bytes-repr",
            check: "prints-the-message",
            program: enc_bytes_repr,
        },
        Mistake {
            name: "enc-wrong-charset",
            check: "prints-the-message",
            program: enc_wrong_charset,
        },
        Mistake {
            name: "size-recv-buffer-small",
            check: "prints-the-message",
            program: size_buffer_small,
        },
        Mistake {
            name: "size-not-terminated",
            check: "prints-the-message",
            program: size_not_terminated,
        },
        Mistake {
            name: "udp-header-then-body",
            check: "prints-the-message",
            program: udp_header_then_body,
        },
        Mistake {
            name: "udp-recv-drops-address",
            check: "prints-the-sender",
            program: udp_recv_drops_address,
        },
        Mistake {
            name: "addr-print-unswapped",
            check: "prints-the-sender",
            program: addr_print_unswapped,
        },
        Mistake { name: "exit-never", check: "closes-and-exits", program: exit_never },
        Mistake {
            name: "exit-code-inverted",
            check: "closes-and-exits",
            program: exit_code_inverted,
        },
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
fn enc_bytes_repr() -> io::Result<()> {
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
fn size_buffer_small() -> io::Result<()> {
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
