//! A noisy host, for lab 15's scene: it hears every broadcast, answers what nobody has asked, and has
//! joined no group.

use std::io;
use std::net::{Ipv4Addr, UdpSocket};

const PORT: u16 = 15015;

fn main() -> io::Result<()> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, PORT))?;
    println!("magpie listens at port {PORT}");
    let mut buffer = [0; 1500];
    loop {
        let (length, asker) = socket.recv_from(&mut buffer)?;
        let query = String::from_utf8_lossy(&buffer[..length]);
        println!("magpie hears '{}', and makes a noise", query.escape_debug());
        // An answer to a query of which nobody has ever heard.
        socket.send_to(b"HERE 0 magpie", asker)?;
    }
}
