//! What is sent while a transcript is played, and by whom.

use std::net::{Ipv4Addr, SocketAddr};

use super::moment::{Packets, Seat};
use crate::evidence::{Flight, View};
use crate::network::Network;

/// More packets than anybody looks at: of any more only the number is known.
const MOST_PACKETS: usize = 10_000;

/// How often more packets are asked for: whoever sends for ever must not keep us here.
const ROUNDS: usize = 100;

/// The packets that nobody was shown yet, and who holds which address.
#[derive(Debug)]
pub(super) struct Traffic {
    flights: Vec<Flight>,
    left_out: usize,
    seats: Vec<Seat>,
    /// The multicast groups that were joined on the host of each lane, where anything was sent to one.
    groups: Vec<Vec<Ipv4Addr>>,
}

impl Traffic {
    /// Nothing was sent yet. Each of these lanes is on the host that has its name.
    pub(super) fn new(lanes: &[&str], network: &Network) -> Traffic {
        let seat = |&lane: &&str| {
            let host = network.host(lane);
            let ip = network.address_of(host).into();
            Seat { lane: lane.to_owned(), host, ip, holds: Vec::new() }
        };
        let seats = lanes.iter().map(seat).collect();
        Traffic { flights: Vec::new(), left_out: 0, seats, groups: Vec::new() }
    }

    /// Takes in all that was sent, and how much more there was that could not be seen.
    pub(super) fn take_all(&mut self, network: &mut Network) {
        for _ in 0..ROUNDS {
            if !self.take(network) {
                break;
            }
        }
        self.left_out += network.missed();
        let is_for_a_group = |flight: &Flight| flight.way().1.ip().is_multicast();
        if self.flights.iter().any(is_for_a_group) {
            self.groups = self.seats.iter().map(|seat| network.groups(seat.host)).collect();
        }
    }

    /// Takes in what was sent, as much as is handed over at once; false when that was nothing.
    /// Never waits.
    pub(super) fn take(&mut self, network: &mut Network) -> bool {
        let before = self.flights.len() + self.left_out;
        network.flights(&mut |flight| {
            if self.flights.len() < MOST_PACKETS {
                self.flights.push(flight);
            } else {
                self.left_out += 1;
            }
        });
        self.flights.len() + self.left_out > before
    }

    /// Hands over what was sent since the last call, if anything was. `views` are the lanes as they
    /// are now, `None` where nothing ever ran; `acting` is the lane that did something since then.
    pub(super) fn hand_over(&mut self, views: Vec<Option<View>>, acting: usize) -> Option<Packets> {
        let bound = |view: &Option<View>| -> Vec<SocketAddr> {
            let sockets = view.iter().flat_map(|view| &view.sockets);
            let bound = sockets.filter_map(|socket| socket.local).map(canonical);
            bound.filter(|at| at.port() != 0).collect()
        };
        let mut now: Vec<Vec<SocketAddr>> = views.iter().map(bound).collect();
        for (holds, groups) in now.iter_mut().zip(std::mem::take(&mut self.groups)) {
            let at_all = holds.iter().filter(|at| at.ip().is_unspecified());
            let ports: Vec<u16> = at_all.map(SocketAddr::port).collect();
            let hears = |port| groups.iter().map(move |group| SocketAddr::from((*group, port)));
            holds.extend(ports.into_iter().flat_map(hears));
        }
        for (seat, now) in self.seats.iter_mut().zip(&now) {
            seat.holds.extend(now);
        }
        // What was sent on several hosts comes host by host.
        let mut flights = std::mem::take(&mut self.flights);
        flights.sort_by_key(Flight::at_ns);
        for flight in &flights {
            self.ascribe(flight, &views, acting);
        }
        let packets = (!flights.is_empty()).then(|| Packets {
            flights,
            left_out: std::mem::take(&mut self.left_out),
            seats: self.seats.clone(),
        });
        for (seat, now) in self.seats.iter_mut().zip(now) {
            seat.holds = now;
        }
        packets
    }

    /// Finds out who sent a packet from a socket that was never seen, because it was closed again
    /// before a look: somebody on that host other than the receiver, and rather the one that did
    /// something.
    fn ascribe(&mut self, flight: &Flight, views: &[Option<View>], acting: usize) {
        let packet = flight.packet();
        let sockets = packet.source().socket().zip(packet.destination().socket());
        let Some((from, to)) = sockets else { return };
        let (from, to, host) = (canonical(from), canonical(to), flight.host());
        let is_here = |at: &usize| self.seats[*at].host == host && views[*at].is_some();
        let here: Vec<usize> = (0..self.seats.len()).filter(is_here).collect();
        if here.iter().any(|&at| self.seats[at].holds_at(from, host)) {
            return;
        }
        let receives = |at: &usize| self.seats[*at].holds_at(to, host);
        let others: Vec<usize> = here.iter().copied().filter(|at| !receives(at)).collect();
        let choice = if others.is_empty() { here } else { others };
        let sender = choice.iter().find(|&&at| at == acting).or(choice.first());
        if let Some(&sender) = sender {
            self.seats[sender].holds.push(from);
        }
    }
}

/// An IPv4 address that is written as an IPv6 one, as itself.
fn canonical(at: SocketAddr) -> SocketAddr {
    SocketAddr::new(at.ip().to_canonical(), at.port())
}
