//! Lab 8's server with another address, for the handout's scene: the loopback's, where only
//! programs of its own host can reach it.

use std::io;
use std::net::UdpSocket;

fn main() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:4010")?;
    println!("Server is listening on {}", socket.local_addr()?);
    let mut buffer = [0; 1024];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        println!("Connection established with: {sender}");
        println!("Message from client: {}", String::from_utf8_lossy(&buffer[..length]));
        socket.send_to(b"Message received", sender)?;
    }
}
