//! Wrong programs for lab 8, each as short as its mistake allows.
//!
//! What they do right is at the end of the file, so that a program shows only what is wrong.

#[path = "../mistakes.rs"]
mod mistakes;

use mistakes::Mistake;
use socket2::{Domain, Socket, Type};
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};

fn main() -> std::process::ExitCode {
    mistakes::run(&[
        Mistake::new("udp-bind-loopback-only", "is-bound", udp_bind_loopback_only),
        Mistake::new("udp-bind-loopback-only.v6", "is-bound", udp_bind_loopback_only_v6),
        Mistake::new("udp-bind-hostname", "is-bound", udp_bind_hostname),
        Mistake::new("udp-bind-broadcast", "is-bound", udp_bind_broadcast),
        Mistake::new("udp-bind-foreign-address", "is-bound", udp_bind_foreign_address),
        Mistake::new("udp-bind-foreign-address.client", "is-bound", udp_bind_clients_address),
        Mistake::new("udp-no-bind", "is-bound", udp_no_bind),
        Mistake::new("udp-no-bind.ignored", "is-bound", udp_no_bind_ignored),
        Mistake::new("udp-wrong-port", "is-bound", udp_wrong_port),
        Mistake::new("udp-stream-socket", "is-bound", udp_stream_socket),
        Mistake::new("udp-listen-accept", "is-bound", udp_listen_accept),
        Mistake::new("addr-v6only", "is-bound", addr_v6only),
        Mistake::new("start-reads-stdin", "is-bound", start_reads_stdin),
        Mistake::new("out-silent.announcement", "announces", out_silent_announcement),
        Mistake::new("out-not-flushed", "announces", out_not_flushed),
        Mistake::new("addr-print-unswapped", "announces", addr_print_unswapped),
        Mistake::new("udp-never-replies", "answers", udp_never_replies),
        Mistake::new("udp-reply-fixed-address", "answers", udp_reply_fixed_address),
        Mistake::new("udp-reply-fixed-address.loopback", "answers", udp_replies_to_loopback),
        Mistake::new("addr-no-broadcast-option", "answers", addr_no_broadcast_option),
        Mistake::new("udp-reply-new-socket", "answers", udp_reply_new_socket),
        Mistake::new("udp-send-unconnected", "answers", udp_send_unconnected),
        Mistake::new("out-log-vs-answer", "answers", out_log_vs_answer),
        Mistake::new("udp-replies-twice", "answers", udp_replies_twice),
        Mistake::new("text-echoed", "answers", text_echoed),
        Mistake::new("text-differs", "answers", text_differs),
        Mistake::new("text-added", "answers", text_added),
        Mistake::new("frame-line-end-sent", "answers", frame_line_end_sent),
        Mistake::new("udp-serves-once", "serves-on", udp_serves_once),
        Mistake::new("udp-serves-n-then-exits", "serves-on", udp_serves_n_then_exits),
        Mistake::new("udp-connect-first-client", "serves-on", udp_connect_first_client),
        Mistake::new("udp-recv-drops-address", "serves-on", udp_recv_drops_address),
        Mistake::new("udp-recv-drops-address.per-host", "serves-on", udp_one_client_per_host),
        Mistake::new("udp-replies-sometimes", "answers-its-own-host", udp_replies_sometimes),
        Mistake::new("out-silent", "prints-each-message", out_silent),
        Mistake::new("out-canned", "prints-each-message", out_canned),
        Mistake::new("addr-half-printed", "prints-each-message", addr_half_printed),
        Mistake::new("addr-half-printed.port", "prints-each-message", addr_half_printed_port),
        Mistake::new("addr-prints-own", "prints-each-message", addr_prints_own),
        Mistake::new("size-recv-buffer-small", "prints-each-message", size_recv_buffer_small),
    ])
}

// is-bound

/// Keeps the address of the labs before: only its own host can reach it.
fn udp_bind_loopback_only() -> io::Result<()> {
    serve(&listen("127.0.0.1:4010")?)
}

/// Binds a localhost that its system has taken for IPv6's.
fn udp_bind_loopback_only_v6() -> io::Result<()> {
    serve(&listen("[::1]:4010")?)
}

/// Binds what the host's name stands for; on Debian that is 127.0.1.1.
fn udp_bind_hostname() -> io::Result<()> {
    serve(&listen("127.0.1.1:4010")?)
}

/// Wants to hear the whole network, and hears only what is sent to all of it.
fn udp_bind_broadcast() -> io::Result<()> {
    serve(&listen("192.168.0.255:4010")?)
}

/// Mistypes the last number of the address.
fn udp_bind_foreign_address() -> io::Result<()> {
    serve(&listen("192.168.0.107:4010")?)
}

/// Binds the address of those who are to be served.
fn udp_bind_clients_address() -> io::Result<()> {
    serve(&listen("192.168.0.109:4010")?)
}

/// Forgets bind: nobody can reach it.
fn udp_no_bind() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    announce();
    serve(&socket.into())
}

/// Binds an address that the host does not have, and does not look at the error.
fn udp_no_bind_ignored() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    let _ = socket.bind(&address("192.168.1.108:4010")?.into());
    announce();
    serve(&socket.into())
}

/// Keeps the port of the labs before.
fn udp_wrong_port() -> io::Result<()> {
    serve(&listen("192.168.0.108:12345")?)
}

/// Takes the tutorial's "Connection established" at its word, and listens with TCP.
fn udp_stream_socket() -> io::Result<()> {
    let listener = TcpListener::bind(SERVER)?;
    announce();
    loop {
        let (mut client, sender) = listener.accept()?;
        let mut buffer = [0; 1024];
        let length = client.read(&mut buffer)?;
        show(&buffer[..length], sender);
        client.write_all(ANSWER)?;
    }
}

/// Listens for connections on a socket that has none.
fn udp_listen_accept() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.bind(&address(SERVER)?.into())?;
    socket.listen(1)?;
    announce();
    let (client, _) = socket.accept()?;
    serve(&client.into())
}

/// Binds all addresses of IPv6 and none of IPv4.
fn addr_v6only() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV6, Type::DGRAM, None)?;
    socket.set_only_v6(true)?;
    socket.bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, 4010)).into())?;
    announce();
    serve(&socket.into())
}

/// Asks which address to use, though nobody is there to answer.
fn start_reads_stdin() -> io::Result<()> {
    print!("Address to listen on: ");
    io::stdout().flush()?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    serve(&listen(line.trim())?)
}

// announces

/// Starts without a word.
fn out_silent_announcement() -> io::Result<()> {
    serve(&UdpSocket::bind(SERVER)?)
}

/// Leaves the announcement in the buffer until the first message pushes it out.
fn out_not_flushed() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    print!("Server is listening on {SERVER} ... ");
    serve(&socket)
}

/// Prints the port in network byte order.
fn addr_print_unswapped() -> io::Result<()> {
    let socket = UdpSocket::bind(SERVER)?;
    let bound = socket.local_addr()?;
    println!("Server is listening on {}:{}", bound.ip(), bound.port().to_be());
    serve(&socket)
}

// answers

/// Receives, prints and receives again.
fn udp_never_replies() -> io::Result<()> {
    let socket = start()?;
    loop {
        receive(&socket)?;
    }
}

/// Answers the client's host at the server's port, as if every client had the same.
fn udp_reply_fixed_address() -> io::Result<()> {
    let socket = start()?;
    loop {
        receive(&socket)?;
        socket.send_to(ANSWER, "192.168.0.109:4010")?;
    }
}

/// Takes the client's port from the datagram and its host from the labs before: the answer stays
/// on the server's own host.
fn udp_replies_to_loopback() -> io::Result<()> {
    let socket = start()?;
    loop {
        let sender = receive(&socket)?;
        socket.send_to(ANSWER, ("127.0.0.1", sender.port()))?;
    }
}

/// Sends the answer to all hosts of the network, for which nobody has asked the system.
fn addr_no_broadcast_option() -> io::Result<()> {
    let socket = start()?;
    loop {
        let sender = receive(&socket)?;
        socket.send_to(ANSWER, ("192.168.0.255", sender.port()))?;
    }
}

/// Answers from a new socket: the client hears from a port that it never wrote to.
fn udp_reply_new_socket() -> io::Result<()> {
    let socket = start()?;
    loop {
        let sender = receive(&socket)?;
        let reply = UdpSocket::bind((HOST, 0))?;
        reply.send_to(ANSWER, sender)?;
    }
}

/// Believes that a connection was established, and sends without saying to whom.
fn udp_send_unconnected() -> io::Result<()> {
    let socket = start()?;
    loop {
        receive(&socket)?;
        socket.send(ANSWER)?;
    }
}

/// Prints the answer instead of sending it.
fn out_log_vs_answer() -> io::Result<()> {
    let socket = start()?;
    loop {
        receive(&socket)?;
        println!("Message received");
    }
}

/// Sends every answer a second time, since the way is longer now.
fn udp_replies_twice() -> io::Result<()> {
    let socket = start()?;
    loop {
        let sender = receive(&socket)?;
        socket.send_to(ANSWER, sender)?;
        socket.send_to(ANSWER, sender)?;
    }
}

/// Sends the message back as it came.
fn text_echoed() -> io::Result<()> {
    let socket = start()?;
    let mut buffer = [0; 1024];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        show(&buffer[..length], sender);
        socket.send_to(&buffer[..length], sender)?;
    }
}

/// Writes the answer as it would write it in a letter.
fn text_differs() -> io::Result<()> {
    serve_with(b"Message received.")
}

/// Puts the server's name before the answer.
fn text_added() -> io::Result<()> {
    serve_with(b"192.168.0.108: Message received")
}

/// Sends a line end after the answer.
fn frame_line_end_sent() -> io::Result<()> {
    serve_with(b"Message received\n")
}

// serves-on

/// Has no loop.
fn udp_serves_once() -> io::Result<()> {
    let socket = start()?;
    let sender = receive(&socket)?;
    socket.send_to(ANSWER, sender)?;
    Ok(())
}

/// Serves as many messages as the scene happens to show.
fn udp_serves_n_then_exits() -> io::Result<()> {
    let socket = start()?;
    for _ in 0..3 {
        let sender = receive(&socket)?;
        socket.send_to(ANSWER, sender)?;
    }
    Ok(())
}

/// Really establishes a connection, with its first client, and hears nobody else from then on.
fn udp_connect_first_client() -> io::Result<()> {
    let socket = start()?;
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
    let socket = start()?;
    let sender = receive(&socket)?;
    socket.send_to(ANSWER, sender)?;
    let mut buffer = [0; 1024];
    loop {
        let length = socket.recv(&mut buffer)?;
        show(&buffer[..length], sender);
        socket.send_to(ANSWER, sender)?;
    }
}

/// Keeps the address of each host, as if one client were on it: a second one has another port.
fn udp_one_client_per_host() -> io::Result<()> {
    let socket = start()?;
    let mut clients = HashMap::new();
    loop {
        let sender = receive(&socket)?;
        let client = *clients.entry(sender.ip()).or_insert(sender);
        socket.send_to(ANSWER, client)?;
    }
}

// answers-its-own-host

/// Serves the one host that the handout names, and nobody on its own.
fn udp_replies_sometimes() -> io::Result<()> {
    let socket = start()?;
    loop {
        let sender = receive(&socket)?;
        if sender.ip() == Ipv4Addr::new(192, 168, 0, 109) {
            socket.send_to(ANSWER, sender)?;
        }
    }
}

// prints-each-message

/// Serves without a word.
fn out_silent() -> io::Result<()> {
    serve_printing(|_, _| ())
}

/// Prints the message of the scene, whatever came.
fn out_canned() -> io::Result<()> {
    serve_printing(|_, sender| show(b"Hello, Server!", sender))
}

/// Prints the host that wrote, and not which program there.
fn addr_half_printed() -> io::Result<()> {
    serve_printing(|text, sender| println!("{} wrote: {text}", sender.ip()))
}

/// Prints the port from which the message came, and not the host.
fn addr_half_printed_port() -> io::Result<()> {
    serve_printing(|text, sender| println!("port {} wrote: {text}", sender.port()))
}

/// Prints its own address where the client's should stand.
fn addr_prints_own() -> io::Result<()> {
    serve_printing(|text, _| println!("Message on {SERVER}: {text}"))
}

/// Has room for eight bytes of the message.
fn size_recv_buffer_small() -> io::Result<()> {
    let socket = start()?;
    let mut buffer = [0; 8];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        show(&buffer[..length], sender);
        socket.send_to(ANSWER, sender)?;
    }
}

// What the programs do right.

const HOST: Ipv4Addr = Ipv4Addr::new(192, 168, 0, 108);
const SERVER: &str = "192.168.0.108:4010";
const ANSWER: &[u8] = b"Message received";

fn start() -> io::Result<UdpSocket> {
    listen(SERVER)
}

fn listen(address: &str) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(address)?;
    println!("Server is listening on {address}");
    Ok(socket)
}

fn announce() {
    println!("Server is listening on {SERVER}");
}

fn serve(socket: &UdpSocket) -> io::Result<()> {
    loop {
        let sender = receive(socket)?;
        socket.send_to(ANSWER, sender)?;
    }
}

fn serve_with(answer: &[u8]) -> io::Result<()> {
    let socket = start()?;
    loop {
        let sender = receive(&socket)?;
        socket.send_to(answer, sender)?;
    }
}

fn serve_printing(print: impl Fn(&str, SocketAddr)) -> io::Result<()> {
    let socket = start()?;
    let mut buffer = [0; 1024];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        print(&String::from_utf8_lossy(&buffer[..length]), sender);
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
    println!("Connection established with: {sender}");
    println!("Message from client: {}", String::from_utf8_lossy(message));
}

fn address(text: &str) -> io::Result<SocketAddr> {
    text.parse().map_err(io::Error::other)
}
