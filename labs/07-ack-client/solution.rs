// YOUR TURN: //! Lab 7: a client that asks for a message. README.md, one folder up, says what to do.
//! Lab 7, solution: a client that sends a typed message and shows the server's answer.
//!
//! The conversation is a function of its own. Whatever goes wrong in it comes back to `main` as
//! an error, so there is one place that reports trouble and one place that closes the socket.
// END
// YOUR TURN: #![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone
// END

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::process::ExitCode;

use socket2::{Domain, Socket, Type};

/// Where lab 6's server listens.
const SERVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 1), 12345);

fn main() -> io::Result<ExitCode> {
    // 1. A socket, without bind. It gets a port of its own from the kernel with the first send.
    // YOUR TURN: let socket: Socket = todo!("create an IPv4 datagram socket: Socket::new");
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    // END

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
    // YOUR TURN: todo!("close the socket: drop");
    // The kernel frees the port. An answer that comes later finds nobody.
    drop(socket);
    // END
    println!("Socket closed.");
    Ok(status)
}

/// Asks for a message, sends it, and shows the answer.
fn talk(socket: &UdpSocket) -> io::Result<()> {
    // 2. Ask. The cursor stays after the colon, since the prompt has no line end.
    print!("Enter a message to send to the server: ");
    // YOUR TURN: todo!("make the prompt appear: flush");
    // Without a line end the prompt is still in the program's own buffer. Nobody sees it before
    // write(2) hands it to the terminal, and that is what flush does.
    io::stdout().flush()?;
    // END

    // 3. Read one line. The Enter that ended it is part of what was read.
    let mut line = String::new();
    // YOUR TURN: let read: usize = todo!("read one line into `line`: read_line");
    let read = io::stdin().read_line(&mut line)?;
    // END
    if read == 0 {
        // Not even an Enter: the input is at its end (Ctrl-D, or a pipe that ran dry).
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    // YOUR TURN: let message: &str = todo!("the line without its line end: trim_end_matches");
    // The line end goes (two bytes on Windows), spaces stay: they belong to the message.
    let message = line.trim_end_matches(['\n', '\r']);
    // END

    // 4. Send. One call, one datagram.
    println!("Sending '{message}' to {SERVER}");
    // YOUR TURN: todo!("send the bytes of the message to 127.0.0.1:12345: send_to");
    // The kernel takes the datagram and returns at once. It does not tell whether it arrived.
    socket.send_to(message.as_bytes(), SERVER)?;
    // END

    // 5. Wait for the answer.
    println!("Waiting for server response...");
    // The server puts 21 bytes before the message, which is why the buffer is longer than 1024.
    let mut buffer = [0u8; 2048];
    // YOUR TURN: let (length, sender): (usize, SocketAddr) =
    // YOUR TURN:     todo!("receive one datagram into the buffer: recv_from");
    // This sleeps until a datagram comes, forever if none does: lab 10 adds a time limit.
    let (length, sender): (usize, SocketAddr) = socket.recv_from(&mut buffer)?;
    // END

    // What comes from the network can be anything. Bytes that are not UTF-8 are shown as
    // replacement characters, so a strange answer cannot stop the client.
    let answer = String::from_utf8_lossy(&buffer[..length]);
    println!("Response from server {sender}: '{answer}'");
    Ok(())
}
