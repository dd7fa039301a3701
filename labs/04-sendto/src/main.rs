//! Lab 4: send one datagram. README.md, one folder up, says what to do.
#![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};

use socket2::{Domain, Socket, Type};

/// Where the server listens: this is all that a client must know.
const SERVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 1), 12345);

fn main() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;

    // The same socket as std's type, whose recv_from fills a plain array. The kernel sees no change.
    let socket: UdpSocket = socket.into();

    // 1. Send one datagram.
    println!("Sending 'Hello, Server!' to {SERVER}");
    todo!("send b\"Hello, Server!\" to 127.0.0.1:12345: send_to");

    // 2. Wait for the answer, as in lab 3: the program sleeps in this call until a datagram comes.
    println!("Waiting for the answer...");
    let mut buffer = [0u8; 1024];
    let (length, sender): (usize, SocketAddr) = socket.recv_from(&mut buffer)?;

    // Any program may write to our port, so the sender is worth printing.
    let text = String::from_utf8_lossy(&buffer[..length]);
    println!("Received '{text}' from {sender}");

    // 3. Close: the kernel frees the port that it picked.
    drop(socket);
    println!("Socket closed.");
    Ok(())
}
