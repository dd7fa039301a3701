// YOUR TURN: //! Lab 1: create a socket. README.md, one folder up, says what to do.
//! Lab 1, solution: a program that creates a socket and closes it.
// END
// YOUR TURN: #![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone
// END

use std::io::{self, Write};

use socket2::{Domain, Socket, Type};

fn main() -> io::Result<()> {
    // 1. Create the socket.
    // YOUR TURN: let socket: Socket = todo!("create an IPv4 datagram socket: Socket::new");
    // The kernel makes the socket and gives us a number for it, the file descriptor. `Socket`
    // holds that number. IPV4 is the kind of address, DGRAM (datagram) is what is sent: messages,
    // each by itself. Together they leave one protocol to choose, UDP: hence None.
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    // END
    println!("Created an IPv4 datagram socket.");

    // 2. Wait, so that you have time to look at the socket from outside. The prompt has no line
    // end and would stay in the program's own buffer: flush hands it to the terminal.
    print!("Press Enter to close it: ");
    io::stdout().flush()?;
    io::stdin().read_line(&mut String::new())?;

    // 3. Close the socket.
    // YOUR TURN: todo!("close the socket: drop");
    // Giving up the value closes the file descriptor, and the kernel forgets the socket.
    drop(socket);
    // END
    println!("Socket closed.");
    Ok(())
}
