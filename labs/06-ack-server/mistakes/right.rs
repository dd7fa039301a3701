//! What the wrong programs do right: the parts of a right server.

use std::io::{self};
use std::net::{SocketAddr, UdpSocket};

pub const SERVER: &str = "127.0.0.1:12345";

pub fn start() -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(SERVER)?;
    announce();
    Ok(socket)
}

pub fn announce() {
    println!("UDP server is up and listening on {SERVER}");
}

pub fn serve(socket: &UdpSocket) -> io::Result<()> {
    loop {
        let (message, sender) = receive(socket)?;
        socket.send_to(&acknowledgement(&message), sender)?;
    }
}

pub fn receive(socket: &UdpSocket) -> io::Result<(Vec<u8>, SocketAddr)> {
    let mut buffer = [0; 1024];
    let (length, sender) = socket.recv_from(&mut buffer)?;
    show(&buffer[..length], sender);
    Ok((buffer[..length].to_vec(), sender))
}

pub fn show(message: &[u8], sender: SocketAddr) {
    println!("Message from {sender}: '{}'", String::from_utf8_lossy(message));
}

pub fn acknowledgement(message: &[u8]) -> Vec<u8> {
    [b"Server acknowledges: ", message].concat()
}

pub fn address(text: &str) -> io::Result<SocketAddr> {
    text.parse().map_err(io::Error::other)
}
