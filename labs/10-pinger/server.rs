//! Lab 10's scene: a server that answers pings in capitals, but not every one, and not always at once.
//! Of each client it does not answer the third ping, and answers the fifth when the sixth has come.

use std::io;
use std::net::{SocketAddr, UdpSocket};

fn main() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:12000")?;
    println!("Pings are answered at 127.0.0.1:12000, most of them");
    let mut buffer = [0; 2048];
    let mut client: Option<SocketAddr> = None;
    let mut count = 0;
    let mut late = None;
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        if client != Some(sender) {
            (client, count, late) = (Some(sender), 0, None);
        }
        count += 1;
        let answer = buffer[..length].to_ascii_uppercase();
        match count {
            3 => println!("Ping 3 from {sender} is not answered"),
            5 => late = Some(answer),
            _ => {
                if let Some(late) = late.take() {
                    println!("Ping 5 from {sender} is answered now");
                    socket.send_to(&late, sender)?;
                }
                socket.send_to(&answer, sender)?;
            }
        }
    }
}
