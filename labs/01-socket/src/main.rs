//! Lab 1: create a socket. README.md, one folder up, says what to do.
#![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone

use std::io::{self, Write};

use socket2::{Domain, Socket, Type};

fn main() -> io::Result<()> {
    // 1. Create the socket.
    let socket: Socket = todo!("create an IPv4 datagram socket: Socket::new");
    println!("Created an IPv4 datagram socket.");

    // 2. Wait, so that you have time to look at the socket from outside. The prompt has no line
    // end and would stay in the program's own buffer: flush hands it to the terminal.
    print!("Press Enter to close it: ");
    io::stdout().flush()?;
    io::stdin().read_line(&mut String::new())?;

    // 3. Close the socket.
    todo!("close the socket: drop");
    println!("Socket closed.");
    Ok(())
}
