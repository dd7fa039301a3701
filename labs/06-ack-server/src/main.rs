//! Lab 6: a server that acknowledges. README.md, one folder up, says what to do.
#![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::process;

use socket2::{Domain, Socket, Type};

/// Where the server listens. 127.0.0.1 is this machine, and only this machine can reach it.
const ADDRESS: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 1), 12345);

/// What every answer begins with. A socket carries bytes, so this is bytes: hence the `b`.
const PREFIX: &[u8] = b"Server acknowledges: ";

fn main() -> io::Result<()> {
    // 1. A socket for IPv4 datagrams, as in lab 1.
    let socket: Socket = todo!("create an IPv4 datagram socket: Socket::new");

    // 2. Its address, as in lab 2. Another program may hold it: often an earlier run of this one.
    let bound: io::Result<()> = todo!("bind the socket to 127.0.0.1:12345: bind");
    if let Err(error) = bound {
        eprintln!("bind {ADDRESS}: {error}");
        process::exit(1);
    }

    // The same socket as std's type, whose recv_from fills a plain array. The kernel sees no change.
    let socket: UdpSocket = socket.into();
    println!("UDP server is up and listening on {ADDRESS}");

    let mut buffer = [0u8; 1024];
    loop {
        // 3. Sleep until a datagram comes.
        let (length, sender): (usize, SocketAddr) =
            todo!("receive one datagram into the buffer: recv_from");
        let message: &[u8] = todo!("the bytes that came: the first `length` of the buffer");

        // A person reads text, so bytes that are not UTF-8 are shown as replacement characters.
        let text = String::from_utf8_lossy(message);
        println!("Message from {sender}: '{text}'");

        // 4. Answer, to the address that the datagram came from.
        let answer: Vec<u8> = todo!("put PREFIX and the message together: concat");
        todo!("send the answer to the sender: send_to");
    }
}
