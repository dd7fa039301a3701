//! Asks the counter twice with the same request, as a client does whose first answer was lost, and
//! then reads the counter. The client's number is 7.

use std::io;
use std::net::UdpSocket;
use std::time::Duration;

const ADD_5: [u8; 16] = [0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 5];
const READ: [u8; 16] = [0, 0, 0, 7, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0];

fn main() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.set_read_timeout(Some(Duration::from_secs(1)))?;
    for request in [ADD_5, ADD_5, READ] {
        println!("Sent     {}", shown(&request));
        socket.send_to(&request, "127.0.0.1:12012")?;
        let mut answer = [0; 64];
        let length = socket.recv(&mut answer)?;
        println!("Received {}", shown(&answer[..length]));
    }
    Ok(())
}

/// The bytes of a message, four by four.
fn shown(message: &[u8]) -> String {
    let field =
        |bytes: &[u8]| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
    message.chunks(4).map(field).collect::<Vec<_>>().join(" ")
}
