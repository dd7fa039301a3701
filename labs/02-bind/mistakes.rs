//! Wrong programs for lab 2, each as short as its mistake allows.
//!
//! What they do right is at the end of the file, so that a program shows only what is wrong.

#[path = "../mistakes.rs"]
mod mistakes;

use mistakes::Mistake;
use socket2::{Domain, Socket, Type};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};

fn main() -> std::process::ExitCode {
    mistakes::run(&[
        Mistake::new("udp-stream-socket", "is-bound", udp_stream_socket),
        Mistake::new("udp-listen-accept", "is-bound", udp_listen_accept),
        Mistake::new("udp-no-bind", "is-bound", udp_no_bind),
        Mistake::new("udp-wrong-port", "is-bound", udp_wrong_port),
        Mistake::new("udp-port-byte-order", "is-bound", udp_port_byte_order),
        Mistake::new("udp-bind-foreign-address", "is-bound", udp_bind_foreign_address),
        Mistake::new("udp-bind-hostname", "is-bound", udp_bind_hostname),
        Mistake::new("addr-localhost-v6-first", "is-bound", addr_localhost_v6_first),
        Mistake::new("udp-socket-closed-early", "is-bound", udp_socket_closed_early),
        Mistake::new("start-reads-stdin", "is-bound", start_reads_stdin),
        Mistake::new("exit-early", "is-bound", exit_early),
        Mistake::new("exit-never.receive", "waits-for-enter", exit_never_receive),
        Mistake::new("exit-never", "closes-and-exits", exit_never),
        Mistake::new("exit-code-inverted", "closes-and-exits", exit_code_inverted),
        Mistake::new("exit-code-inverted.taken", "address-taken", exit_code_inverted_taken),
        Mistake::new("except-hides-bug", "address-taken", except_hides_bug),
        Mistake::new("out-silent", "address-taken", out_silent),
    ])
}

// is-bound

/// Makes a TCP socket, and binds the TCP port of the same number.
fn udp_stream_socket() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&server()?.into())?;
    wait_for_enter()
}

/// Listens for connections on a socket that has none.
fn udp_listen_accept() -> io::Result<()> {
    let socket = datagram_socket()?;
    socket.bind(&server()?.into())?;
    socket.listen(5)?;
    wait_for_enter()
}

/// Says that it is bound, and is not.
fn udp_no_bind() -> io::Result<()> {
    let _socket = datagram_socket()?;
    wait_for_enter()
}

/// Mistypes the port.
fn udp_wrong_port() -> io::Result<()> {
    let _socket = UdpSocket::bind("127.0.0.1:12354")?;
    wait_for_enter()
}

/// Swaps the bytes of the port, which Rust has already done.
fn udp_port_byte_order() -> io::Result<()> {
    let _socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 12345_u16.to_be()))?;
    wait_for_enter()
}

/// Binds an address that belongs to somebody else's machine.
fn udp_bind_foreign_address() -> io::Result<()> {
    let _socket = UdpSocket::bind("192.0.2.1:12345")?;
    wait_for_enter()
}

/// Binds what the host's name stands for; on Debian that is 127.0.1.1.
fn udp_bind_hostname() -> io::Result<()> {
    let _socket = UdpSocket::bind("127.0.1.1:12345")?;
    wait_for_enter()
}

/// Binds the localhost of IPv6, where no IPv4 datagram arrives.
fn addr_localhost_v6_first() -> io::Result<()> {
    let _socket = UdpSocket::bind("[::1]:12345")?;
    wait_for_enter()
}

/// Keeps nothing: what `_` is given is closed in the same line.
fn udp_socket_closed_early() -> io::Result<()> {
    let _ = UdpSocket::bind(SERVER)?;
    wait_for_enter()
}

/// Asks which port to use before it binds.
fn start_reads_stdin() -> io::Result<()> {
    println!("Which port?");
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let port: u16 = line.trim().parse().map_err(io::Error::other)?;
    let _socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port))?;
    wait_for_enter()
}

/// Does not wait: the socket is gone as soon as it is bound.
fn exit_early() -> io::Result<()> {
    let _socket = UdpSocket::bind(SERVER)?;
    println!("Bound to {SERVER}.");
    Ok(())
}

// waits-for-enter

/// Waits for a datagram, which is the next lab.
fn exit_never_receive() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    println!("Bound to {SERVER}.");
    socket.recv_from(&mut [0; 1024])?;
    Ok(())
}

// closes-and-exits

/// Takes one Enter after another and waits for a word that nobody knows.
fn exit_never() -> io::Result<()> {
    let _socket = UdpSocket::bind(SERVER)?;
    println!("Bound to {SERVER}. Press Enter to close the socket.");
    for line in io::stdin().lines() {
        if line? == "close" {
            break;
        }
    }
    Ok(())
}

/// Ends with status 1 after a success, as if 1 meant yes.
fn exit_code_inverted() -> io::Result<()> {
    let _socket = UdpSocket::bind(SERVER)?;
    wait_for_enter()?;
    std::process::exit(1)
}

// address-taken

/// Reports the error, and success.
fn exit_code_inverted_taken() -> io::Result<()> {
    match UdpSocket::bind(SERVER) {
        Ok(_socket) => wait_for_enter()?,
        Err(error) => println!("Cannot bind {SERVER}: {error}"),
    }
    Ok(())
}

/// Does not look whether bind has worked.
fn except_hides_bug() -> io::Result<()> {
    let socket = datagram_socket()?;
    let _ = socket.bind(&server()?.into());
    wait_for_enter()
}

/// Fails without a word.
fn out_silent() -> io::Result<()> {
    let Ok(_socket) = UdpSocket::bind(SERVER) else { std::process::exit(1) };
    wait_for_enter()
}

// What the programs do right.

const SERVER: &str = "127.0.0.1:12345";

fn server() -> io::Result<SocketAddr> {
    SERVER.parse().map_err(io::Error::other)
}

fn datagram_socket() -> io::Result<Socket> {
    Socket::new(Domain::IPV4, Type::DGRAM, None)
}

fn wait_for_enter() -> io::Result<()> {
    println!("Bound to {SERVER}. Press Enter to close the socket.");
    io::stdin().read_line(&mut String::new())?;
    Ok(())
}
