//! Servers that do not serve on as they began.

use std::collections::HashSet;
use std::io;
use std::net::UdpSocket;

use crate::right::*;

// serves-on

/// Has no loop.
pub fn udp_serves_once() -> io::Result<()> {
    let socket = start()?;
    let (message, sender) = receive(&socket)?;
    socket.send_to(&acknowledgement(&message), sender)?;
    Ok(())
}

/// Serves as many messages as the handout happens to show.
pub fn udp_serves_n_then_exits() -> io::Result<()> {
    serve_some(3)
}

/// Serves as many messages as will do for a trial.
pub fn udp_serves_five() -> io::Result<()> {
    serve_some(5)
}

fn serve_some(count: usize) -> io::Result<()> {
    let socket = start()?;
    for _ in 0..count {
        let (message, sender) = receive(&socket)?;
        socket.send_to(&acknowledgement(&message), sender)?;
    }
    Ok(())
}

/// Connects to its first client, and hears nobody else from then on.
pub fn udp_connect_first_client() -> io::Result<()> {
    let socket = start()?;
    let (_, first_client) = socket.peek_from(&mut [0; 1024])?;
    socket.connect(first_client)?;
    loop {
        let (message, _) = receive(&socket)?;
        socket.send(&acknowledgement(&message))?;
    }
}

/// Asks who wrote only once, and answers the first client for ever.
pub fn udp_recv_drops_address() -> io::Result<()> {
    let socket = start()?;
    let (message, sender) = receive(&socket)?;
    socket.send_to(&acknowledgement(&message), sender)?;
    let mut buffer = [0; 1024];
    loop {
        let length = socket.recv(&mut buffer)?;
        show(&buffer[..length], sender);
        socket.send_to(&acknowledgement(&buffer[..length]), sender)?;
    }
}

/// Sends every answer a second time, to be sure.
pub fn udp_replies_twice() -> io::Result<()> {
    let socket = start()?;
    loop {
        let (message, sender) = receive(&socket)?;
        for _ in 0..2 {
            socket.send_to(&acknowledgement(&message), sender)?;
        }
    }
}

/// Keeps a list of who wrote, and answers its first entry, which was right in the first trial.
pub fn udp_answers_first_of_list() -> io::Result<()> {
    let socket = start()?;
    let mut clients = Vec::new();
    loop {
        let (message, sender) = receive(&socket)?;
        clients.push(sender);
        socket.send_to(&acknowledgement(&message), clients[0])?;
    }
}

/// Answers all who ever wrote, as a chat would.
pub fn udp_replies_to_everybody() -> io::Result<()> {
    let socket = start()?;
    let mut clients = Vec::new();
    loop {
        let (message, sender) = receive(&socket)?;
        if !clients.contains(&sender) {
            clients.push(sender);
        }
        for client in &clients {
            socket.send_to(&acknowledgement(&message), client)?;
        }
    }
}

/// Takes a message that came before for the same one, sent again.
pub fn udp_answers_no_text_twice() -> io::Result<()> {
    let socket = start()?;
    let mut known = HashSet::new();
    loop {
        let (message, sender) = receive(&socket)?;
        if known.insert(message.clone()) {
            socket.send_to(&acknowledgement(&message), sender)?;
        }
    }
}

/// Answers a client's first message only.
pub fn udp_replies_sometimes() -> io::Result<()> {
    let socket = start()?;
    let mut known = Vec::new();
    loop {
        let (message, sender) = receive(&socket)?;
        if !known.contains(&sender) {
            socket.send_to(&acknowledgement(&message), sender)?;
            known.push(sender);
        }
    }
}

/// Closes its socket after each message, with whatever else has come to it meanwhile. The pause
/// makes sure that something has.
pub fn udp_socket_per_message() -> io::Result<()> {
    announce();
    loop {
        let socket = UdpSocket::bind(SERVER)?;
        let (message, sender) = receive(&socket)?;
        socket.send_to(&acknowledgement(&message), sender)?;
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}

/// Answers with the message before, once there is one.
pub fn ack_one_behind() -> io::Result<()> {
    let socket = start()?;
    let mut last = None;
    loop {
        let (message, sender) = receive(&socket)?;
        let answer = last.replace(message.clone()).unwrap_or(message);
        socket.send_to(&acknowledgement(&answer), sender)?;
    }
}
