//! A client for the handout's scene: it sends one byte that is no text, and waits a second.

use std::io;
use std::net::UdpSocket;
use std::time::Duration;

fn main() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.set_read_timeout(Some(Duration::from_secs(1)))?;
    // In UTF-8 no character has this byte.
    socket.send_to(b"\xff", "127.0.0.1:12345")?;
    println!("Sent one byte, ff, to 127.0.0.1:12345");

    let mut buffer = [0; 1024];
    match socket.recv_from(&mut buffer) {
        Ok((length, server)) => {
            println!("Response from server {server}: '{}'", buffer[..length].escape_ascii());
        }
        Err(_) => println!("No response within a second"),
    }
    Ok(())
}
