//! A server as tutorials have it, for the handout's scene. It takes every message for text, and
//! answers whoever writes.

use std::error::Error;
use std::net::UdpSocket;

fn main() -> Result<(), Box<dyn Error>> {
    let socket = UdpSocket::bind("127.0.0.1:12345")?;
    println!("UDP server is up and listening on {}", socket.local_addr()?);
    let mut buffer = [0; 1024];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        // The `?` ends the server when the bytes are not UTF-8, as Python's decode() does.
        let message = std::str::from_utf8(&buffer[..length])?;
        println!("Message from {sender}: '{message}'");
        socket.send_to(format!("Server acknowledges: {message}").as_bytes(), sender)?;
    }
}
