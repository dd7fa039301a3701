// YOUR TURN: //! Lab 6: a server that acknowledges. README.md, one folder up, says what to do.
//! Lab 6, solution: a server that acknowledges every datagram.
//!
//! socket, bind, recvfrom, sendto: a UDP server needs no more. Nothing is accepted and no
//! connection is kept. One socket serves every client, since each datagram says who sent it.
// END
// YOUR TURN: #![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone
// END

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
    // YOUR TURN: let socket: Socket = todo!("create an IPv4 datagram socket: Socket::new");
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    // END

    // 2. Its address, as in lab 2. Another program may hold it: often an earlier run of this one.
    // YOUR TURN: let bound: io::Result<()> = todo!("bind the socket to 127.0.0.1:12345: bind");
    // From here on the kernel keeps what arrives for this address, until the program asks for it.
    let bound = socket.bind(&ADDRESS.into());
    // END
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
        // YOUR TURN: let (length, sender): (usize, SocketAddr) =
        // YOUR TURN:     todo!("receive one datagram into the buffer: recv_from");
        // YOUR TURN: let message: &[u8] = todo!("the bytes that came: the first `length` of the buffer");
        // The kernel copies one whole datagram into the buffer and says how long it was and who
        // sent it. A datagram longer than the buffer is cut, and its rest is gone.
        let (length, sender): (usize, SocketAddr) = socket.recv_from(&mut buffer)?;

        // Only the first `length` bytes are this message. The rest of the buffer still holds
        // zeros, or the end of a longer message that came before.
        let message = &buffer[..length];
        // END

        // A person reads text, so bytes that are not UTF-8 are shown as replacement characters.
        let text = String::from_utf8_lossy(message);
        println!("Message from {sender}: '{text}'");

        // 4. Answer, to the address that the datagram came from.
        // YOUR TURN: let answer: Vec<u8> = todo!("put PREFIX and the message together: concat");
        // YOUR TURN: todo!("send the answer to the sender: send_to");
        // The answer is made of the bytes, not of the text: the client gets back exactly what it
        // sent. It leaves from the bound socket, so it comes from the port the client wrote to.
        // An error would end the server here. Lab 9 keeps it alive.
        let answer = [PREFIX, message].concat();
        socket.send_to(&answer, sender)?;
        // END
    }
}
