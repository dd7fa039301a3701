//! Lab 3: receive one datagram. README.md, one folder up, says what to do.
#![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::process;

use socket2::{Domain, Socket, Type};

/// Where the program receives. 127.0.0.1 is this machine, and only this machine can reach it.
const ADDRESS: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 1), 12345);

fn main() -> io::Result<()> {
    // A socket, bound, as in lab 2.
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    if let Err(error) = socket.bind(&ADDRESS.into()) {
        eprintln!("bind {ADDRESS}: {error}");
        process::exit(1);
    }

    // The same socket as std's type, whose recv_from fills a plain array. The kernel sees no change.
    let socket: UdpSocket = socket.into();
    println!("Waiting for one datagram on {ADDRESS}");

    // 1. Wait for one datagram.
    let mut buffer = [0u8; 1024];
    let (length, sender): (usize, SocketAddr) =
        todo!("receive one datagram into the buffer: recv_from");

    // The message is the first `length` bytes. After them the buffer is still full of zeros.
    let text = String::from_utf8_lossy(&buffer[..length]);
    println!("Received '{text}' from {sender}");

    // 2. Close. Datagrams that come from now on find nobody.
    drop(socket);
    println!("Socket closed.");
    Ok(())
}
