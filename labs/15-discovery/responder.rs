//! Lab 15's server, for the handout's scene: it answers those who look for servers. Its argument is
//! its name.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

const PORT: u16 = 15015;
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 15, 15);

fn main() -> io::Result<()> {
    let name = std::env::args().nth(1).unwrap_or_else(|| "nameless".into());
    // All addresses of this host: a socket that is bound to one of them gets what is sent to that
    // one, and neither a broadcast nor a multicast.
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, PORT))?;
    // From now on the kernel takes in what is sent to the group.
    socket.join_multicast_v4(&GROUP, &Ipv4Addr::UNSPECIFIED)?;
    println!("{name} waits for queries at port {PORT}");

    let mut buffer = [0; 1500];
    loop {
        let (length, asker) = socket.recv_from(&mut buffer)?;
        let query = String::from_utf8_lossy(&buffer[..length]);
        let Some((id, known)) = read(&query) else { continue };
        if known.contains(&own_address(asker)?) {
            println!("'{}': known, says nothing", query.escape_debug());
            continue;
        }
        println!("'{}': answers {asker}", query.escape_debug());
        // To the asker alone, from the port at which it asked.
        socket.send_to(format!("HERE {id} {name}").as_bytes(), asker)?;
    }
}

/// The number of a query, and the addresses that are known.
fn read(query: &str) -> Option<(u16, Vec<IpAddr>)> {
    let mut words = query.split(' ');
    if words.next()? != "DISCOVER" {
        return None;
    }
    let id = words.next()?.parse().ok()?;
    match words.next() {
        Some("KNOWN") | None => Some((id, words.filter_map(|word| word.parse().ok()).collect())),
        Some(_) => None,
    }
}

/// The address by which the asker knows this host: that of the interface which leads there.
fn own_address(asker: SocketAddr) -> io::Result<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    // This sends nothing.
    socket.connect(asker)?;
    Ok(socket.local_addr()?.ip())
}
