//! Lab 5: a server that says hello. README.md, one folder up, says what to do.
#![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::process;

use socket2::{Domain, Socket, Type};

/// Where the server listens. 127.0.0.1 is this machine, and only this machine can reach it.
const ADDRESS: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 1), 12345);

fn main() -> io::Result<()> {
    // A socket at a fixed address, so that clients know where to send.
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    if let Err(error) = socket.bind(&ADDRESS.into()) {
        eprintln!("bind {ADDRESS}: {error}");
        process::exit(1);
    }

    // The same socket as std's type, whose recv_from fills a plain array. The kernel sees no change.
    let socket: UdpSocket = socket.into();
    println!("UDP server is up and listening on {ADDRESS}");

    let mut buffer = [0u8; 1024];
    // A server does not know how many messages will come, so the loop has no end. Ctrl-C ends
    // the program, and the kernel closes its socket.
    loop {
        // 1. Wait for one datagram, from anyone.
        let (length, sender): (usize, SocketAddr) =
            todo!("receive one datagram into the buffer: recv_from");

        let text = String::from_utf8_lossy(&buffer[..length]);
        println!("Message from {sender}: '{text}'");

        // 2. Answer whoever sent it.
        todo!("send b\"Hello, Client!\" to the sender: send_to");
    }
}
