//! Lab 10's scene: the pinger of the textbooks. It believes the next datagram, whatever it is.

use std::io::{self, ErrorKind};
use std::net::UdpSocket;
use std::time::{Duration, Instant};

fn main() -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    socket.set_read_timeout(Some(Duration::from_secs(1)))?;
    let mut buffer = [0; 1024];
    for number in 1..=10 {
        let sent = Instant::now();
        socket.send_to(format!("Ping {number}").as_bytes(), "127.0.0.1:12000")?;
        match socket.recv_from(&mut buffer) {
            Ok((length, _)) => {
                let ms = sent.elapsed().as_secs_f64() * 1e3;
                let answer = String::from_utf8_lossy(&buffer[..length]);
                println!("Ping {number}: {ms:.3} ms, answer '{answer}'");
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                println!("Ping {number}: Request timed out");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
