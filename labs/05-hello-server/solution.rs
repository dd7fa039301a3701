// YOUR TURN: //! Lab 5: a server that says hello. README.md, one folder up, says what to do.
//! Lab 5, solution: a server that answers every datagram with the same greeting.
//!
//! The calls of labs 3 and 4 meet in one program. What makes it a server is the order, receive
//! first and then send, and a loop that never ends.
// END
// YOUR TURN: #![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone
// END

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
        // YOUR TURN: let (length, sender): (usize, SocketAddr) =
        // YOUR TURN:     todo!("receive one datagram into the buffer: recv_from");
        // The program sleeps in this call. Meanwhile the kernel keeps datagrams that come, in
        // the order of their arrival.
        let (length, sender): (usize, SocketAddr) = socket.recv_from(&mut buffer)?;
        // END

        let text = String::from_utf8_lossy(&buffer[..length]);
        println!("Message from {sender}: '{text}'");

        // 2. Answer whoever sent it.
        // YOUR TURN: todo!("send b\"Hello, Client!\" to the sender: send_to");
        // The socket remembers no client. The address comes with each datagram, and this is the
        // only place to send the answer: the next client has another port.
        socket.send_to(b"Hello, Client!", sender)?;
        // END
    }
}
