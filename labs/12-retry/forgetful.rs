//! A counter server as one writes it first: it remembers nothing, and carries out all that comes.
//! The first answer to each client is lost on its way, which is played here by not sending it.

use std::collections::HashSet;
use std::io;
use std::net::UdpSocket;

fn main() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:12012")?;
    println!("Forgetful counter is up and listening on 127.0.0.1:12012");
    let (mut value, mut known) = (0i32, HashSet::new());
    let mut buffer = [0; 64];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        let Ok(mut message) = <[u8; 16]>::try_from(&buffer[..length]) else { continue };
        if message[8..12] == [0, 0, 0, 1] {
            let amount = [message[12], message[13], message[14], message[15]];
            value = value.wrapping_add(i32::from_be_bytes(amount));
        }
        if known.insert(sender) {
            println!("The counter is at {value}, and the answer is lost");
            continue;
        }
        println!("The counter is at {value}");
        message[8..12].copy_from_slice(&128u32.to_be_bytes());
        message[12..16].copy_from_slice(&value.to_be_bytes());
        socket.send_to(&message, sender)?;
    }
}
