//! Evidence as lanes and arrows.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};

use super::cast::{Cast, canonical, is_for_many, is_lasting};
use super::connection::Connections;
use super::label::{Label, counted};
use crate::evidence::{self, Evidence, Flight, Outcome, Payload, What};
use crate::packet::{Icmp, Packet, Unreachable};

/// Who sent what to whom, in order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// Those who took part, from left to right.
    pub lanes: Vec<Lane>,
    /// What was sent, oldest first.
    pub arrows: Vec<Arrow>,
}

/// One who took part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// `your server`.
    pub title: String,
    /// Where it was to be reached, unless the system chose that.
    pub address: Option<SocketAddr>,
}

/// Something that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// Microseconds since the beginning.
    pub at_us: u64,
    /// Where it begins.
    pub from: End,
    /// Where it goes.
    pub to: End,
    /// What it carries.
    pub label: Label,
    /// What became of it.
    pub fate: Fate,
    /// True for a message about another packet, which no program has sent.
    pub is_error: bool,
    /// What else is to be known of it.
    pub notes: Vec<String>,
}

/// An end of an arrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// At the lane of this number.
    Lane(usize),
    /// Where nobody is.
    Open,
}

/// What became of what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Arrived,
    /// It never came to its end: it was lost, refused, or nobody was there.
    Failed,
}

impl End {
    /// The lane, unless the end is in the open.
    pub fn lane(self) -> Option<usize> {
        match self {
            End::Lane(lane) => Some(lane),
            End::Open => None,
        }
    }
}

impl From<Option<usize>> for End {
    fn from(lane: Option<usize>) -> End {
        lane.map_or(End::Open, End::Lane)
    }
}

impl Exchange {
    /// The exchange in some evidence: its packets, or where none could be seen what peers sent and
    /// received.
    pub fn of(evidence: &Evidence, cast: &Cast) -> Exchange {
        let mut reader = Reader::new(cast.seen_in(evidence));
        let has_packets = evidence.flights().next().is_some();
        reader.received = evidence.all().filter_map(received).collect();
        for event in &evidence.events {
            match &event.what {
                What::Packet(flight) => reader.packet(event.at_us, flight),
                what if !has_packets => reader.word(event.at_us, what),
                _ => {}
            }
        }
        reader.exchange()
    }

    /// The same without the messages that only say what a failed arrow shows already.
    pub fn briefly(mut self) -> Exchange {
        let mut failed = false;
        self.arrows.retain(|arrow| {
            let repeats = arrow.is_error && failed;
            failed = arrow.fate == Fate::Failed || repeats;
            !repeats
        });
        self
    }

    /// True when nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.arrows.is_empty()
    }
}

/// What a peer says that it has received.
fn received(what: &What) -> Option<(SocketAddr, SocketAddr, Payload)> {
    match what {
        What::Received { at, from, payload } => {
            Some((canonical(*at), canonical(*from), payload.clone()))
        }
        _ => None,
    }
}

/// Makes arrows of events, one after the other, while those who take part come and go.
#[derive(Debug)]
pub struct Reader {
    cast: Cast,
    arrows: Vec<Arrow>,
    connections: Connections,
    /// From and to where the first fragment of a packet went, by its hosts and its number.
    fragments: HashMap<(IpAddr, IpAddr, u32), (SocketAddr, SocketAddr)>,
    /// At which lasting addresses something came to each lane, in order.
    reached: Vec<Vec<SocketAddr>>,
    /// From or to which sockets each lane has spoken: UDP and TCP have ports of their own.
    used: HashSet<(usize, bool, SocketAddr)>,
    /// Which lanes have spoken at all, in UDP and in TCP.
    spoken: HashSet<(usize, bool)>,
    /// What peers say that they have received: at which address, from where, and what.
    received: HashSet<(SocketAddr, SocketAddr, Payload)>,
    /// Of which places it was said that nobody is there, in TCP or in UDP.
    empty: HashSet<(bool, SocketAddr)>,
}

impl Reader {
    /// Nothing was sent yet; these take part.
    pub fn new(cast: Cast) -> Reader {
        Reader {
            arrows: Vec::new(),
            connections: Connections::default(),
            fragments: HashMap::new(),
            reached: vec![Vec::new(); cast.len()],
            used: HashSet::new(),
            spoken: HashSet::new(),
            received: HashSet::new(),
            empty: HashSet::new(),
            cast,
        }
    }

    /// From now on the same ones, in the same order, hold other addresses. Who has given one up may
    /// speak from the next as if it were the first. They speak as before.
    pub fn goes_on_with(&mut self, cast: Cast) {
        self.used.retain(|&(lane, _, at)| cast.holds(lane, at));
        self.spoken = self.used.iter().map(|&(lane, is_tcp, _)| (lane, is_tcp)).collect();
        self.cast = cast.who_speak(self.cast.reading());
    }

    /// A packet that was seen.
    pub fn packet(&mut self, at_us: u64, flight: &Flight) {
        self.cast.look_from(flight.host());
        let packet = flight.packet();
        let (label, mut notes) = self.label(&packet);
        let way = self.way(&packet);
        let is_error = matches!(packet.icmp(), Some(Icmp::Unreachable { .. }));
        let (from, to) = match (way, packet.icmp().and_then(|icmp| icmp.quote())) {
            (Some((from, to)), _) => {
                let is_tcp = packet.tcp().is_some();
                let (from, to) = (canonical(from), canonical(to));
                let sender = self.sender(&packet, from);
                notes.extend(sender.and_then(|lane| self.uses_another(is_tcp, lane, from)));
                self.ends(is_tcp, (sender, from), to)
            }
            // An ICMP error comes from where the packet went that it quotes.
            (None, Some(quote)) => {
                let lane = |end: crate::packet::Endpoint| match end.socket() {
                    Some(socket) => self.cast.holder(socket),
                    None => self.cast.at_host(end.ip()),
                };
                (lane(quote.destination).into(), lane(quote.source).into())
            }
            (None, None) => {
                let lane = |ip| self.cast.at_host(ip);
                (lane(packet.source().ip()).into(), lane(packet.destination().ip()).into())
            }
        };
        let hearers = way.map(|way| self.hearers(from, way, &packet)).unwrap_or_default();
        let to = hearers.first().copied().unwrap_or(to);
        let fate = match flight.outcome() {
            Outcome::Arrived if to == End::Open => Fate::Failed,
            Outcome::Arrived => Fate::Arrived,
            Outcome::Lost | Outcome::Refused => Fate::Failed,
        };
        let goes_to = way.map(|(_, to)| to);
        match flight.outcome() {
            Outcome::Arrived => notes.extend(self.nobody(packet.tcp().is_some(), to, goes_to)),
            Outcome::Lost => {}
            Outcome::Refused => {
                let to = packet.destination();
                notes.insert(0, format!("to {to}, outside this network"));
            }
        }
        notes.extend(flight.note().map(str::to_owned));
        if flight.outcome() == Outcome::Lost && flight.note().is_none() {
            notes.push("lost".into());
        }
        let arrow = Arrow { at_us, from, to, label, fate, is_error, notes };
        let others = hearers.get(1..).unwrap_or_default();
        let others: Vec<Arrow> = others.iter().map(|&to| Arrow { to, ..arrow.clone() }).collect();
        self.arrows.push(arrow);
        self.arrows.extend(others);
    }

    /// To whom comes what is sent to many; nobody where it is not. Peers have said what came to them.
    fn hearers(
        &self,
        from: End,
        (source, to): (SocketAddr, SocketAddr),
        packet: &Packet<'_>,
    ) -> Vec<End> {
        let (source, to) = (canonical(source), canonical(to));
        if !is_for_many(to.ip()) {
            return Vec::new();
        }
        let payload = Payload::from(packet.payload());
        let came =
            self.received.iter().filter(|(_, from, what)| *from == source && *what == payload);
        let mut lanes = self.cast.audience(to, from.lane());
        lanes.extend(came.filter_map(|(at, ..)| self.cast.holder(*at)));
        lanes.sort_unstable();
        lanes.dedup();
        if lanes.is_empty() { vec![End::Open] } else { lanes.into_iter().map(End::Lane).collect() }
    }

    /// What a peer has sent or received, where packets could not be seen.
    fn word(&mut self, at_us: u64, what: &What) {
        let (from, to, is_tcp, label) = match what {
            What::Sent { from, to, payload } => (from, to, false, Label::payload(payload.bytes())),
            What::Received { at, from, payload } => {
                (from, at, false, Label::payload(payload.bytes()))
            }
            What::Strayed { at, protocol: evidence::Protocol::Tcp, from, .. } => {
                (from, at, true, Label::words("TCP connection"))
            }
            What::Strayed { at, from, payload, .. } => {
                (from, at, false, Label::payload(payload.bytes()))
            }
            _ => return,
        };
        let (sender, receiver) = (canonical(*from), canonical(*to));
        let lane = self.cast.sender(sender);
        let another = lane.and_then(|lane| self.uses_another(is_tcp, lane, sender));
        let mut notes: Vec<String> = another.into_iter().collect();
        let (from, to) = self.ends(is_tcp, (lane, sender), receiver);
        notes.extend(self.nobody(is_tcp, to, Some(receiver)));
        let fate = if to == End::Open { Fate::Failed } else { Fate::Arrived };
        self.arrows.push(Arrow { at_us, from, to, label, fate, is_error: false, notes });
    }

    /// From and to which socket a packet goes; that of a later fragment as the first.
    fn way(&mut self, packet: &Packet<'_>) -> Option<(SocketAddr, SocketAddr)> {
        let (from, to) = (packet.source(), packet.destination());
        let sockets = from.socket().zip(to.socket());
        let Some(fragment) = packet.fragment() else { return sockets };
        let key = (from.ip(), to.ip(), fragment.id);
        if let Some(sockets) = sockets {
            self.fragments.insert(key, sockets);
        }
        self.fragments.get(&key).copied()
    }

    /// Who has sent a packet from `from`: for a reset that need not be anybody.
    fn sender(&self, packet: &Packet<'_>, from: SocketAddr) -> Option<usize> {
        match packet.tcp() {
            Some(tcp) if tcp.flags.rst() => self.cast.holder(from),
            _ => self.cast.sender(from),
        }
    }

    /// The lanes between which something goes, which is remembered.
    fn ends(
        &mut self,
        is_tcp: bool,
        (sender, from): (Option<usize>, SocketAddr),
        to: SocketAddr,
    ) -> (End, End) {
        let holder = self.cast.holder(to).filter(|_| !is_for_many(to.ip()));
        for (lane, at) in [(sender, from), (holder, to)] {
            self.used.extend(lane.map(|lane| (lane, is_tcp, at)));
            self.spoken.extend(lane.map(|lane| (lane, is_tcp)));
        }
        if let Some(lane) = holder.filter(|_| is_lasting(to.port()))
            && !self.reached[lane].contains(&to)
        {
            self.reached[lane].push(to);
        }
        (sender.into(), holder.into())
    }

    /// That a datagram is sent from another socket than those before, which is how answers get
    /// lost. Every TCP connection has a port of its own.
    fn uses_another(&self, is_tcp: bool, lane: usize, from: SocketAddr) -> Option<String> {
        let is_first = !self.spoken.contains(&(lane, is_tcp));
        if is_tcp || is_first || self.used.contains(&(lane, is_tcp, from)) {
            return None;
        }
        Some(if is_lasting(from.port()) {
            format!("from {from}")
        } else {
            "from another port".into()
        })
    }

    /// That something goes where nobody is: once of each place.
    fn nobody(&mut self, is_tcp: bool, to: End, address: Option<SocketAddr>) -> Option<String> {
        let address = address.filter(|_| to == End::Open)?;
        let address = canonical(address);
        if !is_for_many(address.ip()) && !self.empty.insert((is_tcp, address)) {
            return None;
        }
        let place = self.cast.place(address);
        Some(match is_tcp {
            _ if is_for_many(address.ip()) => format!("to {place}, and nobody heard it"),
            true => format!("to {place}, where nobody listens"),
            false => format!("to {place}, where nobody is"),
        })
    }

    /// What stands on a packet's arrow, and beside it.
    fn label(&mut self, packet: &Packet<'_>) -> (Label, Vec<String>) {
        let sockets = packet.source().socket().zip(packet.destination().socket());
        if let (Some(tcp), Some(way)) = (packet.tcp(), sockets) {
            return self.connections.segment(way, &tcp, packet.payload());
        }
        if let Some(icmp) = packet.icmp() {
            return self.icmp(packet, &icmp);
        }
        if let Some(words) =
            self.cast.read(packet.payload()).filter(|_| packet.fragment().is_none())
        {
            return (Label::words(words), Vec::new());
        }
        let mut label = Label::payload(packet.payload());
        match packet.fragment() {
            Some(it) if it.is_first() => label.after += ", first fragment",
            Some(it) => {
                let length = counted(packet.payload().len());
                label = Label::words(format!("fragment, {length} at byte {}", it.offset));
            }
            None if sockets.is_none() => label.before = packet.protocol().to_string(),
            None => {}
        }
        (label, Vec::new())
    }

    fn icmp(&self, packet: &Packet<'_>, icmp: &Icmp<'_>) -> (Label, Vec<String>) {
        let protocol = packet.protocol();
        let words = match icmp {
            Icmp::EchoRequest { seq, .. } => format!("{protocol} echo request {seq}"),
            Icmp::EchoReply { seq, .. } => format!("{protocol} echo reply {seq}"),
            Icmp::Unreachable { what, .. } => format!("{protocol} {what}"),
            Icmp::Other { kind, code } => format!("{protocol} type {kind} code {code}"),
        };
        let about = icmp.quote().map(|quote| {
            let port = matches!(icmp, Icmp::Unreachable { what: Unreachable::Port, .. });
            let place = match quote.destination.socket().map(canonical) {
                // Somebody was there.
                Some(at) if self.cast.holder(at).is_some() && !is_lasting(at.port()) => {
                    "that port any more".into()
                }
                Some(at) => self.cast.place(at),
                None => quote.destination.to_string(),
            };
            if port { format!("nobody is at {place}") } else { format!("about {place}") }
        });
        let at = icmp.quote().and_then(|quote| quote.destination.socket()).map(canonical);
        let about = about.filter(|_| !at.is_some_and(|at| self.empty.contains(&(false, at))));
        (Label::words(words), about.into_iter().collect())
    }

    /// How many arrows were made.
    pub fn arrows(&self) -> usize {
        self.arrows.len()
    }

    /// All arrows, and the lanes that are of interest: those of arrows, and the first two.
    pub fn exchange(&self) -> Exchange {
        self.since(0)
    }

    /// The arrows that were made after so many, and all lanes that are of interest.
    pub fn since(&self, before: usize) -> Exchange {
        let touched = |lane: usize| {
            self.arrows.iter().any(|arrow| [arrow.from, arrow.to].contains(&End::Lane(lane)))
        };
        let kept: Vec<usize> =
            (0..self.cast.len()).filter(|&lane| lane < 2 || touched(lane)).collect();
        let lanes = kept.iter().map(|&lane| Lane {
            title: self.cast.title(lane).to_owned(),
            address: self.cast.address(lane, &self.reached[lane]),
        });
        let lanes = lanes.collect();
        let place = |end: End| -> End {
            end.lane().and_then(|lane| kept.iter().position(|&it| it == lane)).into()
        };
        let new = self.arrows.get(before..).unwrap_or_default();
        let arrows = new.iter().filter(|arrow| {
            // What cannot be drawn at either end says nothing.
            arrow.from != End::Open || arrow.to != End::Open
        });
        let arrows = arrows
            .map(|arrow| Arrow { from: place(arrow.from), to: place(arrow.to), ..arrow.clone() })
            .collect();
        Exchange { lanes, arrows }
    }
}
