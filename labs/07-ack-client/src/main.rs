//! Lab 7: a client that asks for a message. README.md, one folder up, says what to do.
#![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::process::ExitCode;

use socket2::{Domain, Socket, Type};

/// Where lab 6's server listens.
const SERVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 1), 12345);

fn main() -> io::Result<ExitCode> {
    // 1. A socket, without bind. It gets a port of its own from the kernel with the first send.
    let socket: Socket = todo!("create an IPv4 datagram socket: Socket::new");

    // The same socket as std's type, whose recv_from fills a plain array. The kernel sees no change.
    let socket: UdpSocket = socket.into();

    let status = match talk(&socket) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("An error occurred: {error}");
            ExitCode::FAILURE
        }
    };

    // 6. Close, whether the conversation went well or not.
    todo!("close the socket: drop");
    println!("Socket closed.");
    Ok(status)
}

/// Asks for a message, sends it, and shows the answer.
fn talk(socket: &UdpSocket) -> io::Result<()> {
    // 2. Ask. The cursor stays after the colon, since the prompt has no line end.
    print!("Enter a message to send to the server: ");
    todo!("make the prompt appear: flush");

    // 3. Read one line. The Enter that ended it is part of what was read.
    let mut line = String::new();
    let read: usize = todo!("read one line into `line`: read_line");
    if read == 0 {
        // Not even an Enter: the input is at its end (Ctrl-D, or a pipe that ran dry).
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let message: &str = todo!("the line without its line end: trim_end_matches");

    // 4. Send. One call, one datagram.
    println!("Sending '{message}' to {SERVER}");
    todo!("send the bytes of the message to 127.0.0.1:12345: send_to");

    // 5. Wait for the answer.
    println!("Waiting for server response...");
    // The server puts 21 bytes before the message, which is why the buffer is longer than 1024.
    let mut buffer = [0u8; 2048];
    let (length, sender): (usize, SocketAddr) =
        todo!("receive one datagram into the buffer: recv_from");

    // What comes from the network can be anything. Bytes that are not UTF-8 are shown as
    // replacement characters, so a strange answer cannot stop the client.
    let answer = String::from_utf8_lossy(&buffer[..length]);
    println!("Response from server {sender}: '{answer}'");
    Ok(())
}
