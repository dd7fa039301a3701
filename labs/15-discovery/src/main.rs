//! Lab 15: find the servers of a LAN. README.md, one folder up, says what to do.
#![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::env;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::process;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

/// Where every server listens, whichever host it is on.
const PORT: u16 = 15015;

/// How long after the beginning the collecting ends that follows each query. With its end the next
/// query is due; the last one is the end of all.
const COLLECT_UNTIL: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(300), Duration::from_millis(1000)];

/// The servers that were found: by address, since anybody may give himself any name.
type Servers = BTreeMap<IpAddr, String>;

fn main() {
    let way = env::args().nth(1).unwrap_or_default();
    match find(&way) {
        Ok(servers) if servers.is_empty() => {
            eprintln!("No server has answered.");
            process::exit(1);
        }
        Ok(servers) => {
            for (address, name) in servers {
                println!("Found {name} at {address}");
            }
        }
        Err(error) => {
            eprintln!("An error occurred: {error}");
            process::exit(1);
        }
    }
}

fn find(way: &str) -> io::Result<Servers> {
    // 1. Whom to ask: an address that stands for many.
    let address: Ipv4Addr =
        todo!("the address for `way`, which is broadcast, subnet or multicast: match");
    let everybody = SocketAddrV4::new(address, PORT);

    // 2. A socket that may do that. It has no bind: answers come to the port from which it asks.
    let socket: Socket = todo!("create an IPv4 datagram socket: Socket::new");
    todo!("permit it to send to broadcast addresses: set_broadcast");
    todo!("let no router pass its multicasts on: set_multicast_ttl_v4");

    // The same socket as std's type, whose recv_from fills a plain array. The kernel sees no change.
    let socket: UdpSocket = socket.into();

    let id = any_number();
    let mut servers = Servers::new();
    let began = Instant::now();
    for until in COLLECT_UNTIL {
        // 3. Ask, and say who need not answer again.
        let query = query(id, &servers);
        todo!("send the query to everybody: send_to");
        collect(&socket, began + until, id, &mut servers)?;
    }
    Ok(servers)
}

/// Takes in the answers that come until then.
fn collect(socket: &UdpSocket, until: Instant, id: u16, servers: &mut Servers) -> io::Result<()> {
    let mut buffer = [0u8; 1500];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }

        // 4. Wait for an answer, and no longer than what is left of the time.
        todo!("let recv_from wait for `left` at the most: set_read_timeout");
        let (length, sender): (usize, SocketAddr) = match socket.recv_from(&mut buffer) {
            Ok(came) => came,
            Err(error) if is_timeout(&error) => return Ok(()),
            Err(error) => return Err(error),
        };

        // 5. Keep what is an answer to our query, and pass over everything else.
        let Some(name) = name_in(&buffer[..length], id) else { continue };
        todo!("keep the name, unless this server is in `servers` already: entry");
    }
}

/// The query: `DISCOVER 4711`, or `DISCOVER 4711 KNOWN 192.168.15.21 192.168.15.22`.
fn query(id: u16, servers: &Servers) -> String {
    let mut query = format!("DISCOVER {id}");
    todo!("add ` KNOWN` and the addresses in `servers`, if there are any: push_str");
    query
}

/// The name in an answer to the query of this number: `HERE 4711 alder`. None in anything else.
fn name_in(answer: &[u8], id: u16) -> Option<String> {
    todo!("read the answer: from_utf8, strip_prefix; a name is 1 to 20 letters, digits or -");
}

/// True for the error with which a receive ends when its time is up.
fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// A number from 1 to 65535, another one in each run: std's hash tables begin with such a number.
fn any_number() -> u16 {
    (RandomState::new().build_hasher().finish() % 65535 + 1) as u16
}
