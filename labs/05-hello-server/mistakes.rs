//! Wrong programs for lab 5, each as short as its mistake allows.
//!
//! What they do right is at the end of the file, so that a program shows only what is wrong.

#[path = "../mistakes.rs"]
mod mistakes;

use mistakes::Mistake;
use socket2::{Domain, Socket, Type};
use std::io;
use std::net::{Ipv6Addr, SocketAddr, UdpSocket};

fn main() -> std::process::ExitCode {
    mistakes::run(&[
        Mistake::new("udp-stream-socket", "is-bound", udp_stream_socket),
        Mistake::new("udp-listen-accept", "is-bound", udp_listen_accept),
        Mistake::new("udp-no-bind", "is-bound", udp_no_bind),
        Mistake::new("udp-wrong-port", "is-bound", udp_wrong_port),
        Mistake::new("udp-bind-hostname", "is-bound", udp_bind_hostname),
        Mistake::new("addr-v6only", "is-bound", addr_v6only),
        Mistake::new("addr-localhost-v6-first", "is-bound", addr_localhost_v6_first),
        Mistake::new("udp-never-replies", "answers", udp_never_replies),
        Mistake::new("out-log-vs-answer", "answers", out_log_vs_answer),
        Mistake::new("udp-send-unconnected", "answers", udp_send_unconnected),
        Mistake::new("udp-reply-fixed-address", "answers", udp_reply_fixed_address),
        Mistake::new("udp-reply-new-socket", "answers", udp_reply_new_socket),
        Mistake::new("udp-header-then-body", "answers", udp_header_then_body),
        Mistake::new("udp-replies-twice", "answers", udp_replies_twice),
        Mistake::new("frame-line-end-sent", "answers", frame_line_end_sent),
        Mistake::new("udp-serves-once", "serves-on", udp_serves_once),
        Mistake::new("udp-serves-n-then-exits", "serves-on", udp_serves_n_then_exits),
        Mistake::new("udp-connect-first-client", "serves-on", udp_connect_first_client),
        Mistake::new("udp-recv-drops-address", "serves-on", udp_recv_drops_address),
        Mistake::new("udp-waits-for-operator", "serves-on", udp_waits_for_operator),
        Mistake::new("out-silent", "prints-each-datagram", out_silent),
        Mistake::new("out-not-flushed", "prints-each-datagram", out_not_flushed),
        Mistake::new("out-canned", "prints-each-datagram", out_canned),
        Mistake::new("enc-prints-bytes-repr", "prints-each-datagram", enc_prints_bytes_repr),
        Mistake::new("addr-print-unswapped", "prints-each-datagram", addr_print_unswapped),
        Mistake::new("size-recv-buffer-small", "prints-each-datagram", size_recv_buffer_small),
        Mistake::new("size-not-terminated", "prints-each-datagram", size_not_terminated),
    ])
}

// is-bound

/// Makes a TCP socket: it binds, and cannot receive without a connection.
fn udp_stream_socket() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&address(SERVER)?.into())?;
    serve(&socket.into())
}

/// Listens for connections on a socket that has none.
fn udp_listen_accept() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.bind(&address(SERVER)?.into())?;
    socket.listen(128)?;
    serve(&socket.into())
}

/// Forgets bind: nobody can reach it.
fn udp_no_bind() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    serve(&socket.into())
}

/// Takes the port of another exercise.
fn udp_wrong_port() -> io::Result<()> {
    serve(&UdpSocket::bind("127.0.0.1:12000")?)
}

/// Binds another loopback address: 127.0.0.1 stays silent.
fn udp_bind_hostname() -> io::Result<()> {
    serve(&UdpSocket::bind("127.0.0.2:12345")?)
}

/// Binds all addresses of IPv6 and none of IPv4.
fn addr_v6only() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV6, Type::DGRAM, None)?;
    socket.set_only_v6(true)?;
    socket.bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, 12345)).into())?;
    serve(&socket.into())
}

/// Binds the localhost of IPv6, where no IPv4 client will look.
fn addr_localhost_v6_first() -> io::Result<()> {
    serve(&UdpSocket::bind("[::1]:12345")?)
}

// answers

/// Receives, prints and receives again.
fn udp_never_replies() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    loop {
        receive(&socket)?;
    }
}

/// Prints the answer instead of sending it.
fn out_log_vs_answer() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    loop {
        let sender = receive(&socket)?;
        println!("To {sender}: Hello, Client!");
    }
}

/// Sends without saying to whom.
fn udp_send_unconnected() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    loop {
        receive(&socket)?;
        socket.send(ANSWER)?;
    }
}

/// Answers one fixed port, as if every client used it.
fn udp_reply_fixed_address() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    loop {
        receive(&socket)?;
        socket.send_to(ANSWER, "127.0.0.1:12346")?;
    }
}

/// Answers from a new socket: the client hears from a port that it never wrote to.
fn udp_reply_new_socket() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    loop {
        let sender = receive(&socket)?;
        let reply = UdpSocket::bind("0.0.0.0:0")?;
        reply.send_to(ANSWER, sender)?;
    }
}

/// Asks who wrote with one receive and what with a second: the first has thrown the text away.
fn udp_header_then_body() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    loop {
        let (_, sender) = socket.recv_from(&mut [])?;
        let mut buffer = [0; 1024];
        let length = socket.recv(&mut buffer)?;
        show(&buffer[..length], sender);
        socket.send_to(ANSWER, sender)?;
    }
}

/// Sends every answer a second time, to be sure.
fn udp_replies_twice() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    loop {
        let sender = receive(&socket)?;
        socket.send_to(ANSWER, sender)?;
        socket.send_to(ANSWER, sender)?;
    }
}

/// Sends a line end after the answer.
fn frame_line_end_sent() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    loop {
        let sender = receive(&socket)?;
        socket.send_to(b"Hello, Client!\n", sender)?;
    }
}

// serves-on

/// Has no loop.
fn udp_serves_once() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let sender = receive(&socket)?;
    socket.send_to(ANSWER, sender)?;
    Ok(())
}

/// Serves as many clients as its author has tried.
fn udp_serves_n_then_exits() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    for _ in 0..2 {
        let sender = receive(&socket)?;
        socket.send_to(ANSWER, sender)?;
    }
    Ok(())
}

/// Connects to its first client, and hears nobody else from then on.
fn udp_connect_first_client() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let first_client = receive(&socket)?;
    socket.connect(first_client)?;
    socket.send(ANSWER)?;
    loop {
        receive(&socket)?;
        socket.send(ANSWER)?;
    }
}

/// Asks who wrote only once, and answers the first client for ever.
fn udp_recv_drops_address() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let sender = receive(&socket)?;
    socket.send_to(ANSWER, sender)?;
    let mut buffer = [0; 1024];
    loop {
        let length = socket.recv(&mut buffer)?;
        show(&buffer[..length], sender);
        socket.send_to(ANSWER, sender)?;
    }
}

/// Goes on only when somebody presses Enter.
fn udp_waits_for_operator() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    loop {
        let sender = receive(&socket)?;
        socket.send_to(ANSWER, sender)?;
        println!("Press Enter to serve the next client.");
        io::stdin().read_line(&mut String::new())?;
    }
}

// prints-each-datagram

/// Serves without a word.
fn out_silent() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    loop {
        let (_, sender) = socket.recv_from(&mut [0; 1024])?;
        socket.send_to(ANSWER, sender)?;
    }
}

/// Begins each line with the line end: the last line stays in the buffer until the next one.
fn out_not_flushed() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let mut buffer = [0; 1024];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        print!("\nMessage from {sender}: '{}'", String::from_utf8_lossy(&buffer[..length]));
        socket.send_to(ANSWER, sender)?;
    }
}

/// Prints the greeting that it expects, whatever came.
fn out_canned() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    loop {
        let (_, sender) = socket.recv_from(&mut [0; 1024])?;
        println!("Message from {sender}: 'Hello, Server!'");
        socket.send_to(ANSWER, sender)?;
    }
}

/// Prints the bytes as numbers.
fn enc_prints_bytes_repr() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let mut buffer = [0; 1024];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        println!("Message from {sender}: {:?}", &buffer[..length]);
        socket.send_to(ANSWER, sender)?;
    }
}

/// Prints the sender's port with its two bytes swapped.
fn addr_print_unswapped() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let mut buffer = [0; 1024];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        show(&buffer[..length], SocketAddr::new(sender.ip(), sender.port().to_be()));
        socket.send_to(ANSWER, sender)?;
    }
}

/// Has room for eight bytes of the message.
fn size_recv_buffer_small() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let mut buffer = [0; 8];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        show(&buffer[..length], sender);
        socket.send_to(ANSWER, sender)?;
    }
}

/// Prints the whole buffer: zero bytes, and the ends of older messages.
fn size_not_terminated() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let mut buffer = [0; 1024];
    loop {
        let (_, sender) = socket.recv_from(&mut buffer)?;
        show(&buffer, sender);
        socket.send_to(ANSWER, sender)?;
    }
}

// What the programs do right.

const SERVER: &str = "127.0.0.1:12345";
const ANSWER: &[u8] = b"Hello, Client!";

fn serve(socket: &UdpSocket) -> io::Result<()> {
    loop {
        let sender = receive(socket)?;
        socket.send_to(ANSWER, sender)?;
    }
}

/// Prints the next message and returns its sender.
fn receive(socket: &UdpSocket) -> io::Result<SocketAddr> {
    let mut buffer = [0; 1024];
    let (length, sender) = socket.recv_from(&mut buffer)?;
    show(&buffer[..length], sender);
    Ok(sender)
}

fn show(message: &[u8], sender: SocketAddr) {
    println!("Message from {sender}: '{}'", String::from_utf8_lossy(message));
}

fn address(text: &str) -> io::Result<SocketAddr> {
    text.parse().map_err(io::Error::other)
}
