//! A relay: the [link](super::link) between a client and a server that both speak UDP on the loopback,
//! for machines on which no network can be made.
//!
//! Clients send to the relay, and to them it is the server. To the server each client is a port of
//! the relay's. A server that answers from another port, as one of TFTP does (RFC 1350, section 4),
//! gets a door of its own, at which the client can answer.

mod at_work;

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

pub(super) use at_work::AtWork;

use super::layout::{CLIENT, SERVER};
use super::link::{Delivery, Link, Protocol, Row, Seen, Settings};

/// The longest payload of a datagram, and more.
const BUFFER: usize = 65536;

/// How many clients are known at most: the one that has been silent for the longest makes room.
const MOST_CLIENTS: usize = 200;

/// From how many other ports a server may speak to one client.
const MOST_DOORS: usize = 32;

/// How many datagrams are taken from a socket before the others are looked at.
const AT_ONCE: usize = 64;

/// What a datagram has before its payload, in bytes: the headers of IPv4 and UDP.
const HEADERS: usize = 28;

/// A relay at work.
#[derive(Debug)]
pub struct Relay {
    link: Link<Parcel>,
    began: Instant,
    server: SocketAddr,
    listens_at: SocketAddr,
    front: UdpSocket,
    clients: Vec<Client>,
    /// How many clients there have been.
    met: u64,
    /// How many datagrams were taken and delivered.
    moved: u64,
    buffer: Vec<u8>,
}

/// A client, as the relay knows it.
#[derive(Debug)]
struct Client {
    number: u64,
    address: SocketAddr,
    /// The socket that is this client to the server.
    back: UdpSocket,
    /// Where else than at the relay's own address the server speaks to it.
    doors: Vec<Door>,
    heard: Instant,
}

/// Stands for a port of the server's that is not the one to which clients speak first.
#[derive(Debug)]
struct Door {
    server: SocketAddr,
    socket: UdpSocket,
}

/// A datagram under way, between a client and one of the server's ports.
#[derive(Clone, Debug)]
struct Parcel {
    payload: Arc<[u8]>,
    client: u64,
    server: SocketAddr,
}

/// A datagram to which something was done, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disturbed {
    /// Who sent it: `client` or `server`.
    pub from: &'static str,
    /// How many bytes it carries.
    pub length: usize,
    /// What was done.
    pub how: String,
}

impl Relay {
    /// A relay that listens at one address and speaks to the server at the other. The senders that
    /// `settings` names are the server and the client, as in [`SENDERS`](super::SENDERS).
    ///
    /// # Errors
    ///
    /// When the address cannot be had.
    pub fn open(listen: SocketAddr, server: SocketAddr, settings: Settings) -> io::Result<Relay> {
        let front = bound(listen)?;
        Ok(Relay {
            link: Link::new(settings),
            began: Instant::now(),
            server,
            listens_at: front.local_addr()?,
            front,
            clients: Vec::new(),
            met: 0,
            moved: 0,
            buffer: vec![0; BUFFER],
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.listens_at
    }

    /// What became of the datagrams of each sender so far.
    pub fn table(&self) -> Vec<Row> {
        self.link.table()
    }

    /// Waits until datagrams come or are due, at most for so long, and carries them. Returns those to
    /// which something was done.
    ///
    /// # Errors
    ///
    /// When its sockets cannot be waited for.
    pub fn carry(&mut self, most: Duration) -> io::Result<Vec<Disturbed>> {
        self.sleep(most, None)?;
        let mut disturbed = Vec::new();
        self.take_and_deliver(&mut disturbed);
        Ok(disturbed)
    }

    /// Takes what has come, and delivers what is due; false when there was neither.
    fn take_and_deliver(&mut self, disturbed: &mut Vec<Disturbed>) -> bool {
        let before = self.moved;
        self.take_at_the_front(disturbed);
        for at in 0..self.clients.len() {
            self.take_of(at, disturbed);
        }
        self.deliver();
        self.moved > before
    }

    fn now_ns(&self) -> u64 {
        self.began.elapsed().as_nanos() as u64
    }

    /// Sleeps until a datagram comes or is due, or something can be read from `other`, at most for so
    /// long.
    fn sleep(&self, most: Duration, other: Option<BorrowedFd<'_>>) -> io::Result<()> {
        let due = self.link.next_due().map(|due| due.saturating_sub(self.now_ns()));
        let wait = due.map_or(most, |due| most.min(Duration::from_nanos(due)));
        let all = self.clients.iter().flat_map(|client| {
            let doors = client.doors.iter().map(|door| &door.socket);
            std::iter::once(&client.back).chain(doors)
        });
        let sockets = std::iter::once(&self.front).chain(all);
        let own = sockets.map(AsFd::as_fd);
        let mut sources: Vec<PollFd<'_>> =
            own.chain(other).map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)).collect();
        match poll(&mut sources, Timespec::try_from(wait).ok().as_ref()) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes what clients have sent to the relay's own address.
    fn take_at_the_front(&mut self, disturbed: &mut Vec<Disturbed>) {
        for _ in 0..AT_ONCE {
            let Some((length, from)) = received(&self.front, &mut self.buffer) else { return };
            let Some(at) = self.client(from) else { continue };
            self.clients[at].heard = Instant::now();
            disturbed.extend(self.offer(CLIENT, at, self.server, length));
        }
    }

    /// Takes what one client has sent at its doors, and what the server has sent to it.
    fn take_of(&mut self, at: usize, disturbed: &mut Vec<Disturbed>) {
        for door in 0..self.clients[at].doors.len() {
            for _ in 0..AT_ONCE {
                let Client { address, doors, .. } = &self.clients[at];
                let Door { server, socket } = &doors[door];
                let (address, server) = (*address, *server);
                let Some((length, from)) = received(socket, &mut self.buffer) else { break };
                // The door is for one client, as the server's own port may be.
                if from == address {
                    disturbed.extend(self.offer(CLIENT, at, server, length));
                }
            }
        }
        for _ in 0..AT_ONCE {
            let back = &self.clients[at].back;
            let Some((length, from)) = received(back, &mut self.buffer) else { return };
            // Others may find the port, but nobody else is behind the relay.
            if from.ip() == self.server.ip() && self.has_door(at, from) {
                disturbed.extend(self.offer(SERVER, at, from, length));
            }
        }
    }

    /// The place of the client at this address, which is met if it is new.
    fn client(&mut self, address: SocketAddr) -> Option<usize> {
        if let Some(at) = self.clients.iter().position(|client| client.address == address) {
            return Some(at);
        }
        let back = bound(SocketAddr::new(self.listens_at.ip(), 0)).ok()?;
        if self.clients.len() == MOST_CLIENTS {
            let silent = (0..MOST_CLIENTS).min_by_key(|&at| self.clients[at].heard)?;
            self.clients.remove(silent);
        }
        self.met += 1;
        let heard = Instant::now();
        self.clients.push(Client { number: self.met, address, back, doors: Vec::new(), heard });
        Some(self.clients.len() - 1)
    }

    /// Sees to it that what this port of the server's sends has a way to a client.
    fn has_door(&mut self, at: usize, server: SocketAddr) -> bool {
        let doors = &mut self.clients[at].doors;
        if server == self.server || doors.iter().any(|door| door.server == server) {
            return true;
        }
        if doors.len() == MOST_DOORS {
            doors.remove(0);
        }
        let socket = bound(SocketAddr::new(self.listens_at.ip(), 0)).ok();
        let is_there = socket.is_some();
        doors.extend(socket.map(|socket| Door { server, socket }));
        is_there
    }

    /// Gives the datagram in the buffer to the link.
    fn offer(
        &mut self,
        from: usize,
        at: usize,
        server: SocketAddr,
        length: usize,
    ) -> Option<Disturbed> {
        let Client { number, address, .. } = self.clients[at];
        let (source, destination) =
            if from == CLIENT { (address, server) } else { (server, address) };
        let payload = &self.buffer[..length];
        let protocol = Protocol::Udp;
        let length_on_line = length + HEADERS;
        let seen =
            Seen { protocol, source, destination, sequence: 0, payload, length: length_on_line };
        let parcel = Parcel { payload: Arc::from(payload), client: number, server };
        self.moved += 1;
        let now_ns = self.began.elapsed().as_nanos() as u64;
        let fate = self.link.offer(now_ns, from, &seen, parcel);
        let how = fate.comment(self.link.settings())?;
        Some(Disturbed { from: super::SENDERS[from], length, how })
    }

    /// Sends on what is due. What cannot be sent is lost, as it may be on any link.
    fn deliver(&mut self) {
        while let Some((_, delivery)) = self.link.pop_due(self.now_ns()) {
            self.moved += 1;
            let Delivery { packet: Parcel { payload, client, server }, from, flip, .. } = delivery;
            let Some(client) = self.clients.iter().find(|known| known.number == client) else {
                continue;
            };
            let mut payload = payload.to_vec();
            if let Some(bit) = flip
                && let Some(byte) = payload.get_mut(bit as usize / 8)
            {
                *byte ^= 0x80 >> (bit % 8);
            }
            let _ = if from == CLIENT {
                client.back.send_to(&payload, server)
            } else {
                let door = client.doors.iter().find(|door| door.server == server);
                let socket = door.map_or(&self.front, |door| &door.socket);
                socket.send_to(&payload, client.address)
            };
        }
    }
}

fn bound(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(address)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// The next datagram that has come to a socket, if there is one.
fn received(socket: &UdpSocket, buffer: &mut [u8]) -> Option<(usize, SocketAddr)> {
    loop {
        match socket.recv_from(buffer) {
            Ok(received) => return Some(received),
            // A datagram that was sent before has found nobody: what has come lies behind that.
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}
