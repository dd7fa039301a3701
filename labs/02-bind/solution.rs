// YOUR TURN: //! Lab 2: give a socket an address. README.md, one folder up, says what to do.
//! Lab 2, solution: a socket that is bound to an address.
// END
// YOUR TURN: #![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone
// END

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::process;

use socket2::{Domain, Socket, Type};

/// The address: 127.0.0.1 is this machine, 12345 is the port that others will send to.
const ADDRESS: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 1), 12345);

fn main() -> io::Result<()> {
    // 1. Create the socket, as in lab 1.
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    println!("Created an IPv4 datagram socket.");

    // 2. Bind it.
    // YOUR TURN: let bound: io::Result<()> = todo!("bind the socket to 127.0.0.1:12345: bind");
    // The kernel writes the address into its table. From here on a datagram for this address is
    // put into this socket's queue, even while the program does something else.
    let bound = socket.bind(&ADDRESS.into());
    // END

    // An address belongs to one socket at a time, so bind is the call that fails most often.
    // Errors go to stderr, and a status that is not 0 tells the shell that the work was not done.
    if let Err(error) = bound {
        eprintln!("bind {ADDRESS}: {error}");
        process::exit(1);
    }
    println!("Bound it to {ADDRESS}");

    // 3. Wait. The prompt has no line end, so flush it: otherwise it stays in the program.
    print!("Press Enter to close it: ");
    io::stdout().flush()?;
    io::stdin().read_line(&mut String::new())?;

    // 4. Close. The kernel takes the address out of its table, and the next program can have it.
    drop(socket);
    println!("Socket closed.");
    Ok(())
}
