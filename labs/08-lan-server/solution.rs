// YOUR TURN: //! Lab 8: a server for another host. README.md, one folder up, says what to do.
//! Lab 8, solution: a server that is reached from another host.
//!
//! The calls are those of lab 6, in the same order. What decides who can reach the server is one
//! value: the address that is given to bind.
// END
// YOUR TURN: #![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone
// END

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::process;

use socket2::{Domain, Socket, Type};

fn main() -> io::Result<()> {
    // 1. Where the clients find the server. They are on another host.
    // YOUR TURN: let address: SocketAddrV4 =
    // YOUR TURN:     todo!("this host's address in the network, and port 4010: SocketAddrV4::new");
    // An address belongs to an interface. 192.168.0.108 is that of the one which leads to the
    // network, so the other hosts there can send to it. 127.0.0.1 is that of the loopback, of which
    // every host has its own: what is sent there never leaves the host.
    let address = SocketAddrV4::new(Ipv4Addr::new(192, 168, 0, 108), 4010);
    // END

    // 2. The socket and its address, as in lab 6.
    // YOUR TURN: let socket: Socket = todo!("create an IPv4 datagram socket: Socket::new");
    // YOUR TURN: let bound: io::Result<()> = todo!("bind the socket to the address: bind");
    // bind fails with EADDRNOTAVAIL on a host of which no interface has this address.
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    let bound = socket.bind(&address.into());
    // END
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
        // YOUR TURN: let (length, sender): (usize, SocketAddr) =
        // YOUR TURN:     todo!("receive one datagram into the buffer: recv_from");
        // The sender's address tells something now: which host wrote. Its port tells which program
        // there.
        let (length, sender): (usize, SocketAddr) = socket.recv_from(&mut buffer)?;
        // END

        // These are the tutorials' words. There is no connection: one datagram has come, that is all.
        println!("Connection established with: {sender}");
        println!("Message from client: {}", String::from_utf8_lossy(&buffer[..length]));

        // 4. Answer whoever sent it.
        // YOUR TURN: todo!("send b\"Message received\" to the sender: send_to");
        // The kernel looks up which interface leads to the sender's host. The answer comes from the
        // address that the socket is bound to, which is the one that the client wrote to.
        socket.send_to(b"Message received", sender)?;
        // END
    }
}
