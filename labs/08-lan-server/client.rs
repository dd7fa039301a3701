//! Lab 8's client, for the handout's scene. It runs on another host than the server.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::process;

const SERVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(192, 168, 0, 108), 4010);
const MESSAGE: &str = "Hello, Server!";

fn main() {
    if let Err(error) = run() {
        println!("An error occurred: {error}");
        process::exit(1);
    }
}

fn run() -> io::Result<()> {
    // Port 0 of any address: a client leaves both to the kernel.
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    // This sends nothing. The kernel chooses the interface that leads to the server, and the
    // socket's address with it. From now on it tells the socket when the server's host says that
    // nobody has the port.
    socket.connect(SERVER)?;
    println!("Sending '{MESSAGE}' from {} to {SERVER}", socket.local_addr()?);
    socket.send(MESSAGE.as_bytes())?;

    let mut buffer = [0; 1024];
    let (length, sender) = socket.recv_from(&mut buffer)?;
    println!("Response from server {sender}: '{}'", String::from_utf8_lossy(&buffer[..length]));
    Ok(())
}
