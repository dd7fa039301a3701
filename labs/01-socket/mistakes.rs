//! Wrong programs for lab 1, each as short as its mistake allows.
//!
//! What they do right is at the end of the file, so that a program shows only what is wrong.

#[path = "../mistakes.rs"]
mod mistakes;

use mistakes::Mistake;
use socket2::{Domain, Socket, Type};
use std::io;
use std::mem::MaybeUninit;

fn main() -> std::process::ExitCode {
    mistakes::run(&[
        Mistake::new("udp-no-socket", "creates-a-datagram-socket", udp_no_socket),
        Mistake::new("udp-stream-socket", "creates-a-datagram-socket", udp_stream_socket),
        Mistake::new(
            "udp-socket-closed-early",
            "creates-a-datagram-socket",
            udp_socket_closed_early,
        ),
        Mistake::new("start-reads-stdin", "creates-a-datagram-socket", start_reads_stdin),
        Mistake::new("exit-early", "creates-a-datagram-socket", exit_early),
        Mistake::new("out-silent", "says-so", out_silent),
        Mistake::new("out-not-flushed", "says-so", out_not_flushed),
        Mistake::new("exit-never.receive", "waits-for-enter", exit_never_receive),
        Mistake::new("exit-never", "closes-and-exits", exit_never),
        Mistake::new("exit-code-inverted", "closes-and-exits", exit_code_inverted),
    ])
}

// creates-a-datagram-socket

/// Says that it has a socket, and has none.
fn udp_no_socket() -> io::Result<()> {
    println!("Socket created. Press Enter to close it.");
    wait_for_enter()
}

/// Makes a TCP socket.
fn udp_stream_socket() -> io::Result<()> {
    let _socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    println!("Socket created. Press Enter to close it.");
    wait_for_enter()
}

/// Keeps nothing: what `_` is given is closed in the same line.
fn udp_socket_closed_early() -> io::Result<()> {
    let _ = datagram_socket()?;
    println!("Socket created. Press Enter to close it.");
    wait_for_enter()
}

/// Waits for Enter before it creates the socket.
fn start_reads_stdin() -> io::Result<()> {
    println!("Press Enter to create a socket.");
    wait_for_enter()?;
    let _socket = datagram_socket()?;
    println!("Socket created. Press Enter to close it.");
    wait_for_enter()
}

/// Does not wait: the socket is gone as soon as it is there.
fn exit_early() -> io::Result<()> {
    let _socket = datagram_socket()?;
    println!("Socket created.");
    Ok(())
}

// says-so

/// Creates the socket and says nothing.
fn out_silent() -> io::Result<()> {
    let _socket = datagram_socket()?;
    wait_for_enter()
}

/// Leaves its text in the buffer, since no line end follows it.
fn out_not_flushed() -> io::Result<()> {
    let _socket = datagram_socket()?;
    print!("Socket created. Press Enter to close it. ");
    wait_for_enter()
}

// waits-for-enter

/// Waits for a datagram, which cannot come: the socket has no port.
fn exit_never_receive() -> io::Result<()> {
    let socket = datagram_socket()?;
    println!("Socket created.");
    socket.recv(&mut [MaybeUninit::uninit(); 1024])?;
    Ok(())
}

// closes-and-exits

/// Takes one Enter after another and waits for a word that nobody knows.
fn exit_never() -> io::Result<()> {
    let _socket = datagram_socket()?;
    println!("Socket created. Press Enter to close it.");
    for line in io::stdin().lines() {
        if line? == "close" {
            break;
        }
    }
    Ok(())
}

/// Ends with status 1 after a success, as if 1 meant yes.
fn exit_code_inverted() -> io::Result<()> {
    let _socket = datagram_socket()?;
    println!("Socket created. Press Enter to close it.");
    wait_for_enter()?;
    std::process::exit(1)
}

// What the programs do right.

fn datagram_socket() -> io::Result<Socket> {
    Socket::new(Domain::IPV4, Type::DGRAM, None)
}

fn wait_for_enter() -> io::Result<()> {
    io::stdin().read_line(&mut String::new())?;
    Ok(())
}
