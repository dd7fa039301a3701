//! Servers that are not where they should be, or do not say so.

use std::io::{self, BufWriter, Read, Write};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};

use socket2::{Domain, Socket, Type};

use crate::right::*;

// is-bound

/// Asks which port to use, though nobody is there to answer.
pub fn start_reads_stdin() -> io::Result<()> {
    print!("Port to listen on: ");
    io::stdout().flush()?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let port: u16 = line.trim().parse().map_err(io::Error::other)?;
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port))?;
    announce();
    serve(&socket)
}

/// Listens with TCP.
pub fn udp_stream_socket() -> io::Result<()> {
    let listener = TcpListener::bind(SERVER)?;
    announce();
    loop {
        let (mut client, sender) = listener.accept()?;
        let mut buffer = [0; 1024];
        let length = client.read(&mut buffer)?;
        show(&buffer[..length], sender);
        client.write_all(&acknowledgement(&buffer[..length]))?;
    }
}

/// Listens for connections on a socket that has none.
pub fn udp_listen_accept() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.bind(&address(SERVER)?.into())?;
    socket.listen(1)?;
    announce();
    let (client, _) = socket.accept()?;
    serve(&client.into())
}

/// Forgets bind: nobody can reach it.
pub fn udp_no_bind() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    announce();
    serve(&socket.into())
}

/// Binds as a client does, to a port that the system picks.
pub fn udp_no_bind_ephemeral() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    announce();
    serve(&socket)
}

/// Binds to an address that it does not have, and does not look at the error.
pub fn udp_no_bind_ignored() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    let _ = socket.bind(&address("192.0.2.1:12345")?.into());
    announce();
    serve(&socket.into())
}

/// Loses a digit of the port.
pub fn udp_wrong_port() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:1234")?;
    announce();
    serve(&socket)
}

/// Takes the port after the right one.
pub fn udp_wrong_port_off_by_one() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:12346")?;
    announce();
    serve(&socket)
}

/// Swaps the bytes of the port, which Rust has already done.
pub fn udp_port_byte_order() -> io::Result<()> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 12345_u16.to_be()))?;
    announce();
    serve(&socket)
}

/// Binds an address that belongs to somebody else's machine.
pub fn udp_bind_foreign_address() -> io::Result<()> {
    let socket = UdpSocket::bind("192.0.2.1:12345")?;
    announce();
    serve(&socket)
}

/// Binds what the host's name stands for; on Debian that is 127.0.1.1.
pub fn udp_bind_hostname() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.1.1:12345")?;
    announce();
    serve(&socket)
}

// announces

/// Starts without a word.
pub fn out_silent_announcement() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    serve(&socket)
}

/// Leaves the announcement in the buffer until the first message pushes it out.
pub fn out_not_flushed() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    print!("UDP server is up and listening on 127.0.0.1:12345. ");
    serve(&socket)
}

/// Writes everything to a buffer and never flushes it.
pub fn out_not_flushed_buffer() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let mut out = BufWriter::new(io::stdout());
    writeln!(out, "UDP server is up and listening on 127.0.0.1:12345")?;
    let mut buffer = [0; 1024];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        let text = String::from_utf8_lossy(&buffer[..length]);
        writeln!(out, "Message from {sender}: '{text}'")?;
        socket.send_to(&acknowledgement(&buffer[..length]), sender)?;
    }
}

/// Prints the port in network byte order.
pub fn addr_print_unswapped() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let port = socket.local_addr()?.port().to_be();
    println!("UDP server is up and listening on 127.0.0.1:{port}");
    serve(&socket)
}
