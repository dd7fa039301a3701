// YOUR TURN: //! Lab 9: a server facing the world. README.md, one folder up, says what to do.
//! Lab 9, solution: lab 6's server, for messages from anybody.
//!
//! The calls are the same. What is new stands between them: nothing that comes is taken for what
//! a well-meaning client would send.
// END
// YOUR TURN: #![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone
// END

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::process;

use socket2::{Domain, Socket, Type};

const ADDRESS: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 1), 12345);

/// The longest message that is served.
const LONGEST: usize = 1024;

/// What every acknowledgement begins with, and what every error does.
const PREFIX: &[u8] = b"Server acknowledges: ";
const ERROR: &[u8] = b"Error: ";

/// The answer to a message that is too long.
const TOO_LONG: &[u8] = b"Error: message longer than 1024 bytes";

fn main() -> io::Result<()> {
    // 1. A buffer in which a message that is too long can be told from the longest.
    // YOUR TURN: let mut buffer: Vec<u8> = todo!("a buffer of one byte more than LONGEST: vec!");
    // The kernel throws away what does not fit, and does not say so. When the last byte of this
    // buffer is used, the message was longer than 1024 bytes, no matter how much longer.
    let mut buffer = vec![0u8; LONGEST + 1];
    // END

    // The socket and its address, as in lab 6.
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    if let Err(error) = socket.bind(&ADDRESS.into()) {
        eprintln!("bind {ADDRESS}: {error}");
        process::exit(1);
    }
    let socket: UdpSocket = socket.into();
    println!("UDP server is up and listening on {ADDRESS}");

    loop {
        // An error belongs to one call, and no reason to leave the others without a server.
        let (length, sender) = match socket.recv_from(&mut buffer) {
            Ok(received) => received,
            Err(error) => {
                eprintln!("recvfrom: {error}");
                continue;
            }
        };
        // 0 is a length as any other: an empty message.
        let message = &buffer[..length];

        // 2. Print it. Whoever reads the log may trust that one message is one line.
        // YOUR TURN: let text: String = todo!("as text, its control characters escaped: escape_debug");
        // A terminal obeys ESC [2J and clears the screen, wherever the bytes come from. A line end
        // would begin a line that says what the sender likes. escape_debug shows both as \u{1b}
        // and \n.
        let text = String::from_utf8_lossy(message).escape_debug().to_string();
        // END
        println!("Message from {sender}: '{text}'");

        // An error here may be about this client alone.
        if let Some(answer) = answer_to(message)
            && let Err(error) = socket.send_to(&answer, sender)
        {
            eprintln!("sendto {sender}: {error}");
        }
    }
}

/// 3. What is sent back for a message: an acknowledgement, the error, or nothing.
fn answer_to(message: &[u8]) -> Option<Vec<u8>> {
    // YOUR TURN: todo!("None for an answer, else TOO_LONG or the acknowledgement: starts_with, len")
    // This comes first: the acknowledgement of a long message is too long itself, and an error in
    // return would be an answer to an answer. The sender may be forged, so it proves nothing.
    if message.starts_with(PREFIX) || message.starts_with(ERROR) {
        return None;
    }
    // An error instead of a cut message: half of it may mean something else than the whole.
    if message.len() > LONGEST {
        return Some(TOO_LONG.to_vec());
    }
    // Bytes to bytes, as in lab 6. What is not UTF-8 or is zero goes back as it came.
    Some([PREFIX, message].concat())
    // END
}
