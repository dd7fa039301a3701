//! Lab 8: a server for another host. README.md, one folder up, says what to do.
#![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::process;

use socket2::{Domain, Socket, Type};

fn main() -> io::Result<()> {
    // 1. Where the clients find the server. They are on another host.
    let address: SocketAddrV4 =
        todo!("this host's address in the network, and port 4010: SocketAddrV4::new");

    // 2. The socket and its address, as in lab 6.
    let socket: Socket = todo!("create an IPv4 datagram socket: Socket::new");
    let bound: io::Result<()> = todo!("bind the socket to the address: bind");
    if let Err(error) = bound {
        eprintln!("bind {address}: {error}");
        process::exit(1);
    }

    // The same socket as std's type, whose recv_from fills a plain array. The kernel sees no change.
    let socket: UdpSocket = socket.into();
    println!("Server is listening on {address}");

    let mut buffer = [0u8; 1024];
    loop {
        // 3. Sleep until a datagram comes, from whatever host.
        let (length, sender): (usize, SocketAddr) =
            todo!("receive one datagram into the buffer: recv_from");

        // These are the tutorials' words. There is no connection: one datagram has come, that is all.
        println!("Connection established with: {sender}");
        println!("Message from client: {}", String::from_utf8_lossy(&buffer[..length]));

        // 4. Answer whoever sent it.
        todo!("send b\"Message received\" to the sender: send_to");
    }
}
