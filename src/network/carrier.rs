//! The carrier: takes packets off the hosts' devices, lets the [link](super::link) decide what
//! becomes of them, and puts those that arrive back.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pipe::{PipeFlags, pipe_with};

use super::layout::{CLIENT, PREFIX, SERVER};
use super::link::{Delivery, Link, Protocol, Row, Seen, Settings};
use super::wire::Wire;
use crate::evidence::{Flight, Outcome};
use crate::packet::{self, Packet, Unreachable, checksum};

/// How many packets are taken off a device before the others are looked at, and what is due later.
const AT_ONCE: usize = 64;

/// How long the carrier looks for an end of what is there: a program that sends for ever has none.
pub(super) const LOOK: Duration = Duration::from_millis(200);

/// How long whoever asks it to waits for the answer, on the busiest of machines.
pub(super) const FLUSH_DEADLINE: Duration = Duration::from_secs(1);

/// Is told of every packet that is sent, in the carrier's own thread.
pub type Sink = Box<dyn FnMut(Flight) + Send>;

/// A packet under way: shared by its copies.
#[derive(Clone, Debug)]
struct Parcel {
    bytes: Arc<[u8]>,
    to: To,
}

/// For whom a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum To {
    /// The host of this number.
    One(usize),
    /// Every host but this one.
    AllBut(usize),
    /// Nobody here, for this reason.
    Nobody(Unreachable),
}

/// What the carrier has found when it was asked to take all that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flushed {
    /// True when packets were taken or delivered since it was last asked.
    pub(super) moved: bool,
    /// How many deliveries are still to come: at least so many.
    pub(super) in_flight: usize,
}

/// A carrier at work, in a thread of its own.
#[derive(Debug)]
pub(super) struct Carrier {
    wake: OwnedFd,
    orders: Sender<Sender<Flushed>>,
    work: JoinHandle<Vec<Row>>,
}

impl Carrier {
    /// Carries between these hosts, of whom each has a wire.
    pub(super) fn start(
        wires: Vec<Wire>,
        hosts: Vec<Option<Ipv4Addr>>,
        settings: Settings,
        sink: Option<Sink>,
    ) -> io::Result<Carrier> {
        let (woken, wake) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        let (orders, asked) = mpsc::channel();
        let road = Road {
            wires,
            hosts,
            link: Link::new(settings),
            sink,
            began: Instant::now(),
            speakers: HashMap::new(),
            moved: false,
            ready: Vec::new(),
        };
        let work =
            thread::Builder::new().name("link".into()).spawn(move || road.run(&woken, &asked))?;
        Ok(Carrier { wake, orders, work })
    }

    /// Takes and delivers all that is there, and says whether that was anything.
    pub(super) fn flush(&self) -> Flushed {
        let (tell, told) = mpsc::channel();
        let asked = self.orders.send(tell).is_ok() && rustix::io::write(&self.wake, b".").is_ok();
        if !asked {
            return Flushed { moved: false, in_flight: 0 };
        }
        told.recv_timeout(FLUSH_DEADLINE).unwrap_or(Flushed { moved: true, in_flight: 1 })
    }

    /// Stops carrying, and tells what became of the packets of each sender and protocol.
    ///
    /// # Errors
    ///
    /// When the carrier itself has failed, which is socklab's fault.
    pub(super) fn finish(self) -> io::Result<Vec<Row>> {
        drop(self.wake);
        self.work.join().map_err(|_| io::Error::other("the link has failed: please report it"))
    }
}

/// The carrier's own side.
struct Road {
    wires: Vec<Wire>,
    hosts: Vec<Option<Ipv4Addr>>,
    link: Link<Parcel>,
    sink: Option<Sink>,
    began: Instant,
    /// Who speaks from a port of a network of one host: an index into its senders.
    speakers: HashMap<(Protocol, u16), usize>,
    moved: bool,
    /// The hosts on whose wires something was seen to be.
    ready: Vec<usize>,
}

impl Road {
    fn run(mut self, woken: &OwnedFd, asked: &Receiver<Sender<Flushed>>) -> Vec<Row> {
        // The kernel's own slack would delay each delivery by up to 50 microseconds.
        let _ = rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1));
        let mut buffer = vec![0; 65536];
        loop {
            self.deliver();
            let is_woken = self.sleep(woken);
            for at in 0..self.ready.len() {
                self.take_some(self.ready[at], &mut buffer);
            }
            if !is_woken {
                continue;
            }
            let ends = matches!(rustix::io::read(woken, &mut [0; 16]), Ok(0));
            if ends {
                // What was sent before the end was asked for is carried still.
                self.take_all(&mut buffer);
                return self.link.table();
            }
            for tell in asked.try_iter() {
                let more = usize::from(!self.take_all(&mut buffer));
                let moved = std::mem::take(&mut self.moved);
                // Nobody minds when who asked has gone.
                let _ = tell.send(Flushed { moved, in_flight: self.link.in_flight() + more });
            }
        }
    }

    /// Sleeps until packets come, one is due, or socklab has something to say, which is told.
    fn sleep(&mut self, woken: &OwnedFd) -> bool {
        let wait = self.link.next_due().map(|due| due.saturating_sub(self.now_ns()));
        let wait = wait.and_then(|wait| Timespec::try_from(Duration::from_nanos(wait)).ok());
        let mut sources: Vec<PollFd<'_>> =
            self.wires.iter().map(|wire| PollFd::new(wire, PollFlags::IN)).collect();
        sources.push(PollFd::new(woken, PollFlags::IN));
        let _ = poll(&mut sources, wait.as_ref());
        let is_ready = |at: &usize| !sources[*at].revents().is_empty();
        self.ready.clear();
        self.ready.extend((0..self.wires.len()).filter(is_ready));
        is_ready(&self.wires.len())
    }

    /// Takes in what a host has sent, and at most so much that others do not wait for long; true
    /// when that was anything.
    fn take_some(&mut self, host: usize, buffer: &mut [u8]) -> bool {
        let mut any = false;
        for _ in 0..AT_ONCE {
            let Some(packet) = self.wires[host].read(buffer) else { break };
            self.take(host, &buffer[packet]);
            any = true;
        }
        self.moved |= any;
        any
    }

    /// Takes in all that is there, with what comes in answer to what is due now; false when there
    /// was no end of it.
    fn take_all(&mut self, buffer: &mut [u8]) -> bool {
        let began = Instant::now();
        while began.elapsed() < LOOK {
            let mut any = self.deliver();
            for host in 0..self.wires.len() {
                any |= self.take_some(host, buffer);
            }
            if !any {
                return true;
            }
        }
        false
    }

    fn now_ns(&self) -> u64 {
        self.began.elapsed().as_nanos() as u64
    }

    /// Takes a packet of a host in, and delivers it if it is due now. What is no packet of IP is
    /// dropped.
    fn take(&mut self, host: usize, bytes: &[u8]) {
        let Ok(packet) = Packet::parse(bytes) else { return };
        let at = SystemTime::now();
        let to = match self.receiver(host, &packet) {
            To::Nobody(reason) => return self.refuse(host, bytes, reason, at),
            to => to,
        };
        let seen = seen(&packet);
        let from = if self.hosts.len() > 1 { host } else { self.speaker(&seen) };
        let parcel = Parcel { bytes: Arc::from(bytes), to };
        let fate = self.link.offer(self.now_ns(), from, &seen, parcel);
        // The receiver waits for it, those who are told do not.
        self.deliver();
        let lost = matches!(fate.outcome, super::link::Outcome::Lost(_));
        let outcome = if lost { Outcome::Lost } else { Outcome::Arrived };
        let note = if self.sink.is_some() { fate.comment(self.link.settings()) } else { None };
        self.tell(bytes, host, at, outcome, note);
    }

    /// Answers a packet that is for nobody here.
    fn refuse(&mut self, host: usize, bytes: &[u8], reason: Unreachable, at: SystemTime) {
        self.tell(bytes, host, at, Outcome::Refused, None);
        if let Some(refusal) = packet::refusal(bytes, reason) {
            self.wires[host].write(&refusal);
            self.tell(&refusal, host, at, Outcome::Arrived, None);
        }
    }

    /// Tells of a packet that a host sent, or that comes to it from outside.
    fn tell(
        &mut self,
        bytes: &[u8],
        host: usize,
        at: SystemTime,
        outcome: Outcome,
        note: Option<String>,
    ) {
        let Some(sink) = &mut self.sink else { return };
        let at = at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut bytes: Arc<[u8]> = Arc::from(bytes);
        if let Some(bytes) = Arc::get_mut(&mut bytes) {
            let _ = checksum::repair(bytes);
        }
        let flight = Flight::new(at.as_nanos() as u64, bytes, host, outcome);
        if let Some(flight) = flight {
            sink(flight.noted(note));
        }
    }

    /// For whom a packet of a host is.
    fn receiver(&self, from: usize, packet: &Packet<'_>) -> To {
        let IpAddr::V4(to) = packet.destination().ip() else {
            return To::Nobody(Unreachable::Prohibited);
        };
        let own = self.hosts.get(from).copied().flatten();
        let network = |address: Ipv4Addr| address.to_bits() >> (32 - PREFIX);
        let is_neighbour = own.is_some_and(|own| network(own) == network(to));
        let last = u32::MAX >> PREFIX;
        let is_for_all = to.is_broadcast() || is_neighbour && to.to_bits() & last == last;
        match self.hosts.iter().position(|host| *host == Some(to)) {
            Some(host) => To::One(host),
            None if to.is_multicast() || is_for_all => To::AllBut(from),
            None if to.is_loopback() => To::One(from),
            None if is_neighbour => To::Nobody(Unreachable::Host),
            None => To::Nobody(Unreachable::Prohibited),
        }
    }

    /// Who sends this packet on a network of one host. Whoever speaks first of two is the client.
    fn speaker(&mut self, seen: &Seen<'_>) -> usize {
        let (source, destination) = (seen.source.port(), seen.destination.port());
        let known = self.speakers.get(&(seen.protocol, source)).copied();
        known.unwrap_or_else(|| {
            self.speakers.insert((seen.protocol, source), CLIENT);
            self.speakers.entry((seen.protocol, destination)).or_insert(SERVER);
            CLIENT
        })
    }

    /// Puts what is due back into the network; true when that was anything.
    fn deliver(&mut self) -> bool {
        let mut any = false;
        while let Some((_, delivery)) = self.link.pop_due(self.now_ns()) {
            any = true;
            let Delivery { packet, flip, .. } = delivery;
            match flip {
                None => self.put(packet.to, &packet.bytes),
                Some(bit) => self.put(packet.to, &flipped(&packet.bytes, bit)),
            }
        }
        self.moved |= any;
        any
    }

    fn put(&self, to: To, bytes: &[u8]) {
        for (host, wire) in self.wires.iter().enumerate() {
            if to == To::One(host) || matches!(to, To::AllBut(from) if from != host) {
                wire.write(bytes);
            }
        }
    }
}

/// The packet with one bit of its payload flipped and its checksum made right, so that it is the
/// program that has to notice.
fn flipped(packet: &[u8], bit: u32) -> Vec<u8> {
    let mut bytes = packet.to_vec();
    let payload = Packet::parse(packet).map(|packet| packet.payload_range());
    if let Ok(payload) = payload
        && let Some(byte) = bytes[payload].get_mut(bit as usize / 8)
    {
        *byte ^= 0x80 >> (bit % 8);
        let _ = checksum::repair(&mut bytes);
    }
    bytes
}

fn seen<'a>(packet: &Packet<'a>) -> Seen<'a> {
    let protocol = match packet.protocol() {
        packet::Protocol::Udp => Protocol::Udp,
        packet::Protocol::Tcp => Protocol::Tcp,
        _ => Protocol::Other,
    };
    let address = |endpoint: packet::Endpoint| {
        endpoint.socket().unwrap_or_else(|| SocketAddr::new(endpoint.ip(), 0))
    };
    Seen {
        protocol,
        source: address(packet.source()),
        destination: address(packet.destination()),
        sequence: packet.tcp().map_or(0, |tcp| tcp.seq),
        payload: packet.payload(),
        length: packet.len(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::damage::noise;
    use crate::packet::for_tests::udp;

    proptest! {
        #[test]
        fn one_bit_of_the_payload_is_flipped_and_the_checksum_is_right(
            payload in noise(),
            bit: u32,
            more in noise(),
        ) {
            let mut sent = udp("10.0.0.1:40000", "10.0.0.2:12345", &payload);
            checksum::repair(&mut sent).unwrap();
            let bits = payload.len() as u32 * 8;
            let bit = if bits > 0 { bit % (bits + 8) } else { bit };
            // What follows the packet, as the padding of a frame does, is no part of it.
            let came = flipped(&[sent.clone(), more].concat(), bit);
            let packet = Packet::parse(&came).unwrap();
            prop_assert!(checksum::is_right(&packet));
            let pairs = packet.payload().iter().zip(&payload);
            let differ: u32 = pairs.map(|(a, b)| (a ^ b).count_ones()).sum();
            prop_assert_eq!(differ, u32::from(bit < bits));
        }

        #[test]
        fn what_is_no_packet_is_left_as_it_is(bytes in noise(), bit: u32) {
            if Packet::parse(&bytes).is_err() {
                prop_assert_eq!(flipped(&bytes, bit), bytes);
            }
        }
    }
}
