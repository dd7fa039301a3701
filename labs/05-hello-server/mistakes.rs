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
        Mistake { name: "udp-stream-socket", check: "is-bound", program: udp_stream_socket },
        Mistake { name: "udp-listen-accept", check: "is-bound", program: udp_listen_accept },
        Mistake { name: "udp-no-bind", check: "is-bound", program: udp_no_bind },
        Mistake { name: "udp-wrong-port", check: "is-bound", program: udp_wrong_port },
        Mistake { name: "udp-bind-hostname", check: "is-bound", program: udp_bind_hostname },
        Mistake { name: "addr-v6only", check: "is-bound", program: addr_v6only },
        Mistake {
            name: "addr-localhost-v6-first",
            check: "is-bound",
            program: addr_localhost_v6_first,
        },
        Mistake { name: "udp-never-replies", check: "answers", program: udp_never_replies },
        Mistake { name: "out-log-vs-answer", check: "answers", program: out_log_vs_answer },
        Mistake { name: "udp-send-unconnected", check: "answers", program: udp_send_unconnected },
        Mistake {
            name: "udp-reply-fixed-address",
            check: "answers",
            program: udp_reply_fixed_address,
        },
        Mistake { name: "udp-reply-new-socket", check: "answers", program: udp_reply_new_socket },
        Mistake { name: "udp-header-then-body", check: "answers", program: udp_header_then_body },
        Mistake { name: "udp-replies-twice", check: "answers", program: udp_replies_twice },
        Mistake { name: "frame-line-end-sent", check: "answers", program: frame_line_end_sent },
        Mistake { name: "udp-serves-once", check: "serves-on", program: udp_serves_once },
        Mistake { name: "udp-serves-n-then-exits", check: "serves-on", program: udp_serves_two },
        Mistake {
            name: "udp-connect-first-client",
            check: "serves-on",
            program: udp_connect_first_client,
        },
        Mistake {
            name: "udp-recv-drops-address",
            check: "serves-on",
            program: udp_recv_drops_address,
        },
        Mistake {
            name: "udp-waits-for-operator",
            check: "serves-on",
            program: udp_waits_for_operator,
        },
        Mistake { name: "out-silent", check: "prints-each-datagram", program: out_silent },
        Mistake {
            name: "out-not-flushed",
            check: "prints-each-datagram",
            program: out_not_flushed,
        },
        Mistake { name: "out-canned", check: "prints-each-datagram", program: out_canned },
        Mistake {
            name: "enc-prints-bytes-repr",
            check: "prints-each-datagram",
            program: enc_bytes_repr,
        },
        Mistake {
            name: "addr-print-unswapped",
            check: "prints-each-datagram",
            program: addr_print_unswapped,
        },
        Mistake {
            name: "size-recv-buffer-small",
            check: "prints-each-datagram",
            program: size_buffer_small,
        },
        Mistake {
            name: "size-not-terminated",
            check: "prints-each-datagram",
            program: size_not_terminated,
        },
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
fn udp_serves_two() -> io::Result<()> {
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
fn enc_bytes_repr() -> io::Result<()> {
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
fn size_buffer_small() -> io::Result<()> {
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
