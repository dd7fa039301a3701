//! What the wrong programs do right: the parts of a right finder.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

pub const ANY: &str = "0.0.0.0:0";
pub const PORT: u16 = 15015;
pub const SUBNET: Ipv4Addr = Ipv4Addr::new(192, 168, 15, 255);
pub const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 15, 15);
/// Longer than the handout has them: then a report is the same on a machine that is busy.
pub const WINDOWS: [Duration; 3] =
    [Duration::from_millis(300), Duration::from_millis(600), Duration::from_millis(1000)];

pub struct Finder {
    pub socket: UdpSocket,
    pub address: Ipv4Addr,
    pub port: u16,
    pub number: u32,
    pub room: usize,
    pub began: Instant,
    pub servers: BTreeMap<IpAddr, String>,
    pub query: fn(&Finder) -> String,
    pub take: fn(&mut Finder, &[u8], SocketAddr),
}

pub fn socket() -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(ANY)?;
    socket.set_broadcast(true)?;
    Ok(socket)
}

/// A right one that asks through this socket.
pub fn finder(socket: UdpSocket) -> io::Result<Finder> {
    let way = std::env::args().nth(2).unwrap_or_default();
    let address = match way.as_str() {
        "broadcast" => Ipv4Addr::BROADCAST,
        "subnet" => SUBNET,
        "multicast" => GROUP,
        _ => return Err(io::Error::other("say how: broadcast, subnet or multicast")),
    };
    Ok(Finder {
        socket,
        address,
        port: PORT,
        // The same in each run, so that their reports are.
        number: 4711,
        room: 1500,
        began: Instant::now(),
        servers: BTreeMap::new(),
        query: right_query,
        take: right_take,
    })
}

pub fn right_query(finder: &Finder) -> String {
    let known = finder.servers.keys().map(|address| format!(" {address}"));
    let known: String = known.collect();
    let word = if known.is_empty() { "" } else { " KNOWN" };
    format!("DISCOVER {}{word}{known}", finder.number)
}

pub fn right_take(finder: &mut Finder, answer: &[u8], sender: SocketAddr) {
    if let Some(name) = name_in(answer, finder.number) {
        finder.servers.entry(sender.ip()).or_insert(name);
    }
}

pub fn name_in(answer: &[u8], number: u32) -> Option<String> {
    let name = std::str::from_utf8(answer).ok()?.strip_prefix(&format!("HERE {number} "))?;
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-';
    ((1..=20).contains(&name.len()) && name.chars().all(is_allowed)).then(|| name.to_owned())
}

impl Finder {
    pub fn run(mut self) -> io::Result<()> {
        self.search()?;
        self.list()
    }

    /// With one query, which is what a check fails at.
    pub fn run_once(mut self) -> io::Result<()> {
        self.ask()?;
        self.collect(WINDOWS[2])?;
        self.list()
    }

    /// The same where it is told `multicast`.
    pub fn run_its_way(self) -> io::Result<()> {
        if self.address == GROUP { self.run_once() } else { self.run() }
    }

    pub fn search(&mut self) -> io::Result<()> {
        for until in WINDOWS {
            self.ask()?;
            self.collect(until)?;
        }
        Ok(())
    }

    pub fn ask(&self) -> io::Result<()> {
        self.socket.send_to((self.query)(self).as_bytes(), (self.address, self.port))?;
        Ok(())
    }

    pub fn collect(&mut self, until: Duration) -> io::Result<()> {
        while let Some((answer, sender)) = self.receive(until)? {
            (self.take)(self, &answer, sender);
        }
        Ok(())
    }

    /// What comes before that time is over.
    pub fn receive(&self, until: Duration) -> io::Result<Option<(Vec<u8>, SocketAddr)>> {
        let left = until.saturating_sub(self.began.elapsed());
        if left.is_zero() {
            return Ok(None);
        }
        self.socket.set_read_timeout(Some(left))?;
        self.receive_any()
    }

    pub fn receive_any(&self) -> io::Result<Option<(Vec<u8>, SocketAddr)>> {
        let mut buffer = vec![0; self.room];
        match self.socket.recv_from(&mut buffer) {
            Ok((length, sender)) => Ok(Some((buffer[..length].to_vec(), sender))),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    pub fn list(self) -> io::Result<()> {
        self.list_as(|name, address| println!("Found {name} at {address}"))
    }

    pub fn list_as(self, print: impl Fn(&str, IpAddr)) -> io::Result<()> {
        if self.servers.is_empty() {
            return Err(io::Error::other("no server has answered"));
        }
        self.servers.iter().for_each(|(address, name)| print(name, *address));
        Ok(())
    }
}
