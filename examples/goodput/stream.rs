//! The two sides of a file over TCP: this program, started anew with a word in front.

use std::fs::{self, File};
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};

use rustix::net::sockopt::set_tcp_congestion;

use super::Fallible;

/// The words that make this program one of the sides.
pub const SERVER: &str = "--receive-over-tcp";
pub const CLIENT: &str = "--send-over-tcp";

/// Plays a side, if this process was started to.
pub fn play_if_asked() -> Option<Fallible<()>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [SERVER, path] => Some(receive(path)),
        [CLIENT, path, address, control] => Some(send(path, address, control)),
        _ => None,
    }
}

fn receive(path: &str) -> Fallible<()> {
    let listener = TcpListener::bind("0.0.0.0:12014")?;
    let (mut stream, _) = listener.accept()?;
    io::copy(&mut stream, &mut File::create(path)?)?;
    Ok(())
}

/// Sends with this congestion control; with none, the kernel's own.
fn send(path: &str, address: &str, control: &str) -> Fallible<()> {
    let file = fs::read(path)?;
    let mut stream = TcpStream::connect(address)?;
    if !control.is_empty() {
        set_tcp_congestion(&stream, control)?;
    }
    Ok(stream.write_all(&file)?)
}
