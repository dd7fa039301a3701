//! A second server as tutorials have it, for the handout's scene, and the datagram that sets it and
//! the first one on each other. It stops by itself where such servers would go on for ever.

use std::io;
use std::net::UdpSocket;

/// How many answers are enough.
const ENOUGH: usize = 5;

fn main() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:12346")?;
    // Whoever wants to do this from elsewhere writes a false sender into the packet: this server's
    // address. Here it is not even false.
    socket.send_to(b"Hello", "127.0.0.1:12345")?;
    println!("One datagram was sent to 127.0.0.1:12345, as from 127.0.0.1:12346");

    let mut buffer = [0; 1024];
    for answer in 1..=ENOUGH {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        println!("Answer {answer} has {length} bytes");
        let acknowledgement = [b"Server acknowledges: ", &buffer[..length]].concat();
        if answer < ENOUGH {
            socket.send_to(&acknowledgement, sender)?;
        }
    }
    println!("Stopped after {ENOUGH} answers; nothing else would have");
    Ok(())
}
