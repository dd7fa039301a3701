//! Who takes part in an exchange, and which addresses each holds.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};

use crate::evidence::{Evidence, Payload, Reading, Role, Socket, What};

/// Ports that Linux chooses by itself unless told otherwise (`ip_local_port_range`): they are
/// others in each run.
const EPHEMERAL: std::ops::RangeInclusive<u16> = 32768..=60999;

/// Those who take part, from left to right: the client, the server, further clients.
#[derive(Clone, Debug, Default)]
pub struct Cast {
    actors: Vec<Actor>,
    /// Whose every address is that nobody else is known to hold.
    program: Option<usize>,
    /// Who holds an address, and a port: who had it first. A loopback's addresses are others on
    /// each host, where there are several.
    held: HashMap<(Option<usize>, SocketAddr), usize>,
    ports: HashMap<u16, usize>,
    /// The number of the host on which what is looked for was seen, where there are several.
    here: Option<usize>,
    /// How they read what they send to one another.
    reading: Option<Reading>,
}

/// One who takes part.
#[derive(Clone, Debug)]
struct Actor {
    title: String,
    /// The number and the address of its host, where there are several.
    host: Option<(usize, IpAddr)>,
    /// The addresses that it holds.
    holds: Vec<SocketAddr>,
    /// The ports that it holds at all addresses (`0.0.0.0`).
    everywhere: Vec<u16>,
    /// The program's sockets, as they were seen.
    sockets: Vec<Socket>,
}

impl Cast {
    /// Nobody yet.
    pub fn new() -> Cast {
        Cast::default()
    }

    /// Adds one who holds these addresses, to the right of those who are there.
    pub fn and(self, title: impl Into<String>, holds: &[SocketAddr]) -> Cast {
        self.join(title.into(), None, holds)
    }

    /// The same for one on the host of this number, which has this address: 127.0.0.1 is another
    /// place on each host.
    pub fn and_on(
        self,
        (host, address): (usize, IpAddr),
        title: impl Into<String>,
        holds: &[SocketAddr],
    ) -> Cast {
        self.join(title.into(), Some((host, address)), holds)
    }

    /// Says how they read the datagrams that they send to one another.
    pub fn who_speak(self, reading: Option<Reading>) -> Cast {
        Cast { reading, ..self }
    }

    pub(super) fn reading(&self) -> Option<Reading> {
        self.reading
    }

    /// What a datagram says, if it is one of theirs.
    pub(super) fn read(&self, datagram: &[u8]) -> Option<String> {
        self.reading.and_then(|reading| reading(datagram))
    }

    fn join(mut self, title: String, host: Option<(usize, IpAddr)>, holds: &[SocketAddr]) -> Cast {
        let title = Payload::from(title).unquoted();
        self.actors.push(Actor {
            title,
            host,
            holds: Vec::new(),
            everywhere: Vec::new(),
            sockets: Vec::new(),
        });
        let lane = self.actors.len() - 1;
        holds.iter().for_each(|&at| self.hold(lane, canonical(at)));
        self
    }

    /// Says that whatever is sent from an address that nobody holds is sent by the last one added.
    pub fn and_all_else(mut self) -> Cast {
        self.program = self.actors.len().checked_sub(1);
        self
    }

    /// The program of a check, in its role, and the peers that were seen with it.
    pub fn of_check(evidence: &Evidence, role: Role) -> Cast {
        let mut peers = peers(evidence, role).into_iter();
        let mut cast = Cast::new();
        if role == Role::Server
            && let Some((title, at)) = peers.next()
        {
            cast = cast.and(title, &[at]);
        }
        cast = cast.and(format!("your {role}"), &[]).and_all_else();
        if let Some(program) = cast.actors.last_mut() {
            program.sockets = sockets(evidence);
        }
        peers.fold(cast, |cast, (title, at)| cast.and(title, &[at]))
    }

    /// The same, where the one who sends all else holds what it has sent from.
    pub(super) fn seen_in(&self, evidence: &Evidence) -> Cast {
        let mut cast = self.clone();
        for at in sources(evidence) {
            if cast.holder(at).is_none()
                && let Some(program) = cast.program
            {
                cast.hold(program, at);
            }
        }
        cast
    }

    fn hold(&mut self, lane: usize, at: SocketAddr) {
        if at.ip().is_unspecified() {
            self.actors[lane].everywhere.push(at.port());
        }
        let actor = &mut self.actors[lane];
        actor.holds.push(at);
        let host = actor.host.map(|(host, _)| host).filter(|_| at.ip().is_loopback());
        self.held.entry((host, at)).or_insert(lane);
        self.ports.entry(at.port()).or_insert(lane);
    }

    /// Says on which host what is looked for next was seen.
    pub(super) fn look_from(&mut self, host: usize) {
        let has_hosts = self.actors.iter().any(|actor| actor.host.is_some());
        self.here = has_hosts.then_some(host);
    }

    /// How many they are.
    pub(super) fn len(&self) -> usize {
        self.actors.len()
    }

    /// What one is called.
    pub(super) fn title(&self, lane: usize) -> &str {
        &self.actors[lane].title
    }

    /// What one is called within a sentence.
    fn name(&self, lane: usize) -> String {
        let title = self.title(lane);
        if title.starts_with("your ") { title.to_owned() } else { format!("the {title}") }
    }

    /// Who holds an address.
    pub(super) fn holder(&self, address: SocketAddr) -> Option<usize> {
        let address = canonical(address);
        // A peer's address is a peer's, even where the program is bound to all of them.
        let others = (0..self.actors.len()).filter(|&lane| Some(lane) != self.program);
        let mut order = others.chain(self.program);
        let receives = |actor: &Actor| {
            actor.is_reached_at(address.ip(), self.here) && actor.receives_at(address)
        };
        let bound = || order.find(|&lane| receives(&self.actors[lane]));
        let here = self.here.filter(|_| address.ip().is_loopback());
        self.held.get(&(here, address)).copied().or_else(bound)
    }

    /// Whether one holds an address, on whichever host.
    pub(super) fn holds(&self, lane: usize, address: SocketAddr) -> bool {
        let actor = &self.actors[lane];
        actor.holds.contains(&canonical(address)) || actor.receives_at(address)
    }

    /// Who hears what one sends to many: those who are bound to the port at all of their addresses,
    /// or at the very one. Where it is known who has joined a group, only those hear what is sent there.
    pub(super) fn audience(&self, to: SocketAddr, speaker: Option<usize>) -> Vec<usize> {
        let others = (0..self.actors.len()).filter(|&lane| Some(lane) != speaker);
        let has_joined = |&lane: &usize| self.actors[lane].holds.contains(&canonical(to));
        let joined: Vec<usize> = others.clone().filter(has_joined).collect();
        if to.ip().is_multicast() && !joined.is_empty() {
            return joined;
        }
        others.filter(|&lane| self.holds(lane, to)).collect()
    }

    /// Who sends from an address.
    pub(super) fn sender(&self, address: SocketAddr) -> Option<usize> {
        self.holder(address).or(self.program)
    }

    /// Who is at a host's address, for packets without ports: where there are several, it can only
    /// be the program, since peers send none.
    pub(super) fn at_host(&self, ip: IpAddr) -> Option<usize> {
        let is_there = |actor: &Actor| {
            let bound = actor.sockets.iter().filter_map(|socket| socket.local);
            actor.holds.iter().copied().chain(bound).any(|at| at.ip().to_canonical() == ip)
        };
        let there: Vec<usize> =
            (0..self.actors.len()).filter(|&lane| is_there(&self.actors[lane])).collect();
        match there.as_slice() {
            [lane] => Some(*lane),
            several => self.program.filter(|program| several.contains(program)),
        }
    }

    /// The address that is written below a title: the first of these that is the same in each run.
    pub(super) fn address(&self, lane: usize, reached: &[SocketAddr]) -> Option<SocketAddr> {
        let actor = &self.actors[lane];
        let bound = actor.sockets.iter().rev().filter_map(|socket| socket.local);
        let known = reached.iter().chain(&actor.holds).copied().chain(bound);
        known.map(canonical).find(|at| is_lasting(at.port()))
    }

    /// A place where nobody is, in words. A port that follows from one that the system chose is
    /// named by what it is.
    pub(super) fn place(&self, address: SocketAddr) -> String {
        let port = address.port();
        let whose = |wanted| self.ports.get(&wanted).copied().filter(|_| !is_lasting(wanted));
        if let Some(lane) = whose(port) {
            return format!("{}, at the port of {}", address.ip(), self.name(lane));
        }
        if let Some(lane) = whose(port.swap_bytes()) {
            return format!("the port of {} with its bytes swapped", self.name(lane));
        }
        if whose(port.wrapping_sub(1)).or_else(|| whose(port.wrapping_add(1))).is_some() {
            return "a port beside the right one".into();
        }
        address.to_string()
    }
}

impl Actor {
    /// Whether what goes to this address, and was seen on this host, comes to its own.
    fn is_reached_at(&self, address: IpAddr, seen_on: Option<usize>) -> bool {
        self.host.is_none_or(|(number, own)| match address.is_loopback() {
            true => Some(number) == seen_on,
            false => own == address,
        })
    }

    fn receives_at(&self, address: SocketAddr) -> bool {
        self.everywhere.contains(&address.port())
            || self.sockets.iter().any(|it| it.receives_at(address))
    }
}

/// True for a port that somebody chose, and that is the same in each run.
pub(super) fn is_lasting(port: u16) -> bool {
    port != 0 && !EPHEMERAL.contains(&port)
}

/// True for an address that stands for many: a broadcast's or a multicast group's. Networks here
/// have 24 bits in common.
pub(super) fn is_for_many(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let all = ip.octets()[3] == 255 && !ip.is_loopback();
            ip.is_broadcast() || ip.is_multicast() || all
        }
        IpAddr::V6(ip) => ip.is_multicast(),
    }
}

/// An IPv4 address that is written as an IPv6 one, as itself.
pub(super) fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// The peers of a check, with their titles, in the order in which they came.
fn peers(evidence: &Evidence, role: Role) -> Vec<(String, SocketAddr)> {
    let mut peers: Vec<(String, SocketAddr)> = Vec::new();
    for what in evidence.all() {
        let (name, at) = match what {
            What::Joined { name, at } => (Some(name), *at),
            What::Sent { from, .. } => (None, *from),
            What::Received { at, .. } => (None, *at),
            _ => continue,
        };
        let at = canonical(at);
        if peers.iter().all(|(_, known)| *known != at) {
            let title = match name {
                Some(name) => name.strip_prefix("a ").unwrap_or(name).to_owned(),
                None => numbered(role, peers.len()),
            };
            peers.push((title, at));
        }
    }
    peers
}

/// Where the program's sockets were bound, in the order of time.
fn sockets(evidence: &Evidence) -> Vec<Socket> {
    let mut seen = HashSet::new();
    let all = evidence.views().flat_map(|view| &view.sockets);
    all.filter(|socket| seen.insert((socket.local, socket.v6only))).cloned().collect()
}

/// What a peer is called that did not say its name.
fn numbered(role: Role, before: usize) -> String {
    let name = if role == Role::Client { Role::Server } else { Role::Client };
    match before {
        0 => name.to_string(),
        1 => format!("second {name}"),
        2 => format!("third {name}"),
        _ => format!("{name} {}", before + 1),
    }
}

/// From where anything was sent, by whomever. RST alone proves nobody: the kernel sends it from
/// where nobody listens.
fn sources(evidence: &Evidence) -> impl Iterator<Item = SocketAddr> {
    let source = |what: &What| match what {
        What::Packet(flight) => {
            let packet = flight.packet();
            let is_reset = packet.tcp().is_some_and(|tcp| tcp.flags.rst());
            packet.source().socket().filter(|_| !is_reset)
        }
        What::Received { from, .. } | What::Strayed { from, .. } => Some(*from),
        _ => None,
    };
    evidence.all().filter_map(source).map(canonical)
}
