//! The peers that play the other role, as a check speaks of them.

use std::net::{Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use super::agenda::Due;
use super::expect::Expected;
use super::stage::{Stage, parse};
use super::wait::{Halt, Wait};
use super::{Failure, Outcome};
use crate::evidence::{Ending, Expectation, Payload, Protocol, Role, StepKind, Unmet, contrast};
use crate::peer::Datagram;

/// How many messages of a flood are under way at most. A socket's queue has room for 212992 bytes
/// on most machines, of which a message of 1024 bytes takes about 2300.
const BURST: usize = 32;

impl Stage {
    /// A peer in the client's role, at a port that the system chose: on the client's own host, where
    /// the lab has several.
    pub fn client(&self) -> Outcome<Client<'_>> {
        self.client_on(Role::Client.name())
    }

    /// A peer in the client's role on the host of this name.
    pub fn client_on(&self, host: &str) -> Outcome<Client<'_>> {
        let mut world = self.world();
        if let Some(server) = self.scene().address.filter(|_| world.peers.is_empty()) {
            world.look_out_at(Role::Server.name(), Protocol::Udp, beside(server));
        }
        let name = name_of_client(world.peers.len());
        let at = world.add_client(&name, host, self.scene().address)?;
        Ok(Client { stage: self, at })
    }

    /// A peer in the server's role at `address`, with lookouts at the places where mistakes lead:
    /// the port with its bytes swapped, the next one, the other family, the same port over TCP.
    ///
    /// # Panics
    ///
    /// When `address` is no socket address.
    pub fn server_at(&self, address: &str) -> Outcome<Server<'_>> {
        let address = parse(address);
        let mut world = self.world();
        let host = Role::Server.name();
        let at = world.add_server(host, address)?;
        let swapped = SocketAddr::new(address.ip(), address.port().swap_bytes());
        let family = SocketAddr::new(Ipv6Addr::LOCALHOST.into(), address.port());
        for place in [swapped, beside(address), family] {
            world.look_out_at(host, Protocol::Udp, place);
        }
        world.look_out_at(host, Protocol::Tcp, address);
        Ok(Server { stage: self, at })
    }

    /// A peer on the server's host at a port that the system chose: the program has never sent it
    /// anything.
    pub fn stranger(&self) -> Outcome<Server<'_>> {
        let mut world = self.world();
        let host = Role::Server.name();
        let address = world.any_port_on(host);
        let at = world.add_peer("stranger", host, address)?;
        Ok(Server { stage: self, at })
    }

    /// Holds `address`, so that the program cannot have it.
    pub fn hold(&self, address: &str) -> Outcome {
        let host = self.scene().role.name();
        self.world().add_peer("another socket", host, parse(address))?;
        self.step(format!("another socket was bound to {address}"));
        Ok(())
    }
}

/// The port after an address, where constants of tutorials lead.
fn beside(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip(), address.port().wrapping_add(1))
}

/// The name of the client at this place among the peers.
fn name_of_client(at: usize) -> String {
    match at {
        0 => "client".into(),
        1 => "second client".into(),
        at => format!("client {}", at + 1),
    }
}

/// A peer in the client's role.
#[derive(Clone, Copy, Debug)]
pub struct Client<'s> {
    stage: &'s Stage,
    at: usize,
}

impl<'s> Client<'s> {
    /// The stage, and its place among the peers there.
    pub(super) fn place(self) -> (&'s Stage, usize) {
        (self.stage, self.at)
    }

    /// The client's own address.
    pub fn address(self) -> SocketAddr {
        self.stage.world().peers[self.at].peer.address()
    }

    /// The client as the steps call it.
    pub(super) fn name(self) -> String {
        let name = name_of_client(self.at);
        if self.at < 2 { format!("a {name}") } else { name }
    }

    /// The server's address.
    ///
    /// # Panics
    ///
    /// When the lab has none.
    pub(super) fn server(self) -> SocketAddr {
        match self.stage.scene().address {
            Some(address) => address,
            None => panic!("a check has a client, but its lab names no address"),
        }
    }

    /// Sends one datagram to the server.
    pub fn sends(self, payload: impl AsRef<[u8]>) -> Outcome {
        let payload = payload.as_ref();
        send(self.stage, self.at, self.server(), payload, &self.name())
    }

    /// Sends one datagram to another address than the server's.
    pub fn sends_to(self, to: SocketAddr, payload: impl AsRef<[u8]>) -> Outcome {
        send(self.stage, self.at, to, payload.as_ref(), &self.name())
    }

    /// Gets this answer from the server, from the port to which it has sent.
    pub fn gets(self, payload: impl AsRef<[u8]>) -> Outcome {
        let wanted = payload.as_ref();
        let (to, from) = (self.address(), self.server());
        let expected = || {
            let payload = Payload::from(wanted);
            let text = format!("{} from {from}", payload.short());
            Expected::new(Expectation::Answer { to, from, payload }, text)
        };
        let got = receive(self.stage, self.at, &expected)?;
        let right_place = got.from == from;
        if right_place && got.payload == wanted {
            let payload = Payload::from(wanted).short();
            let text = format!("{} got {payload}", self.name());
            self.stage.world().step(StepKind::Datagram, text);
            return Ok(());
        }
        contradicted(self.stage, expected(), wanted, &got, &format!("from {from}"))
    }

    /// Gets nothing more, now that the server has done all it does.
    pub fn gets_nothing_more(self) -> Outcome {
        let expected = "no second answer to one datagram";
        nothing_more(self.stage, self.at, Expected::new(Expectation::NothingMore, expected))
    }

    /// Gets no answer at all, now that the server has done all it does.
    pub fn gets_no_answer(self) -> Outcome {
        nothing_more(self.stage, self.at, Expected::new(Expectation::Silence, "no answer"))
    }

    /// Sends these datagrams to the server, and passes over what comes back: whether it does the right
    /// thing with each is another check's affair. It has done all it does with them.
    pub fn throws(self, payloads: &[&[u8]]) -> Outcome {
        for payload in payloads {
            self.sends(payload)?;
            // One after the other: what crosses on its way is drawn in another order each time.
            self.stage.rest()?;
        }
        self.stage.world().peers[self.at].inbox.clear();
        Ok(())
    }

    /// Sends this many random messages of this length, as fast as the server answers them: in bursts
    /// that fit into a socket's queue, so that none is lost by chance. What the answers say does not
    /// matter here. When one is missing the flood ends: what comes next in the check will tell why. A
    /// slow server is waited for as long as it answers.
    ///
    /// None of it is kept as evidence but the number of packets.
    pub fn floods(self, count: usize, length: usize) -> Outcome {
        self.stage.world().leave_out(true);
        let outcome = self.send_bursts(count, length);
        // An answer that was missing may still be on its way: it is part of the flood.
        self.stage.rest()?;
        let mut world = self.stage.world();
        world.pump()?;
        world.peers[self.at].inbox.clear();
        world.leave_out(false);
        drop(world);
        let sent = outcome?;
        let (name, to) = (self.name(), self.server());
        self.stage.step(format!("{name} sent {sent} messages of {length} bytes to {to}"));
        Ok(())
    }

    /// Tells how many messages were sent.
    fn send_bursts(self, count: usize, length: usize) -> Outcome<usize> {
        let mut sent = 0;
        while sent < count {
            let burst = BURST.min(count - sent);
            for _ in 0..burst {
                // Each another one: a cache of answers grows too.
                let message = self.stage.message_of(length);
                self.stage.world().send(self.at, self.server(), message.as_bytes())?;
            }
            sent += burst;
            if !self.gets_as_many(burst)? {
                break;
            }
        }
        Ok(sent)
    }

    /// False when fewer answers than so many came. Each has its own time to come.
    pub(super) fn gets_as_many(self, count: usize) -> Outcome<bool> {
        let mut got = 0;
        while got < count {
            let came = self.stage.wait(Wait::Message, |world| {
                let inbox = &mut world.peers[self.at].inbox;
                (!inbox.is_empty()).then(|| inbox.drain(..).count())
            });
            match came {
                Ok(came) => got += came,
                Err(Halt::Failure(failure)) => return Err(failure),
                Err(Halt::Ending(_)) => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// A datagram that a peer got.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who sent it.
    pub from: SocketAddr,
    /// What it carries.
    pub payload: Vec<u8>,
    /// When it came, by the kernel's clock: only to be compared with others.
    pub at: Duration,
}

/// A peer in the server's role.
#[derive(Clone, Copy, Debug)]
pub struct Server<'s> {
    pub(super) stage: &'s Stage,
    pub(super) at: usize,
}

impl<'s> Server<'s> {
    pub(super) fn new(stage: &'s Stage, at: usize) -> Server<'s> {
        Server { stage, at }
    }

    /// The stage, and its place among the peers there.
    pub(super) fn place(self) -> (&'s Stage, usize) {
        (self.stage, self.at)
    }

    /// The server's own address.
    pub fn address(self) -> SocketAddr {
        self.stage.world().peers[self.at].peer.address()
    }

    /// Gets this datagram, and tells who sent it.
    pub fn gets(self, payload: impl AsRef<[u8]>) -> Outcome<SocketAddr> {
        let wanted = payload.as_ref();
        let at = self.address();
        let expected = || {
            let payload = Payload::from(wanted);
            Expected::new(
                Expectation::Datagram { at, payload: payload.clone() },
                format!("{} to {at}", payload.short()),
            )
        };
        let got = receive(self.stage, self.at, &expected)?;
        if got.payload != wanted {
            return contradicted(self.stage, expected(), wanted, &got, &format!("to {at}"));
        }
        let shown = Payload::from(wanted).short();
        let text = format!("the server at {at} got {shown} from {}", got.from);
        self.stage.world().step(StepKind::Datagram, text);
        Ok(got.from)
    }

    /// Takes a datagram that has come, whatever it is, and tells who sent it.
    pub(super) fn takes_any(self) -> Option<SocketAddr> {
        let datagram = self.stage.world().peers[self.at].inbox.pop_front();
        datagram.map(|datagram| datagram.from)
    }

    /// Gets nothing more, now that the client has done all it does for now. One that waits with a
    /// time-out may send again when that has passed.
    pub fn gets_nothing_more(self) -> Outcome {
        self.stage.rest()?;
        let may_repeat = {
            let world = self.stage.world();
            world.exit().is_none() && !world.view.is_blocked_for_good()
        };
        if may_repeat {
            return Ok(());
        }
        let expected = "no second datagram before an answer has come";
        nothing_more(self.stage, self.at, Expected::new(Expectation::NothingMore, expected))
    }

    /// Gets a datagram, whatever it carries.
    pub fn gets_any(self) -> Outcome<Request> {
        let at = self.address();
        self.gets_as(&|| Expected::new(Expectation::Request { at }, format!("a datagram to {at}")))
    }

    /// Gets a datagram that is as described.
    pub fn gets_where(
        self,
        what: impl Into<String>,
        is_so: impl Fn(&[u8]) -> bool,
    ) -> Outcome<Request> {
        let at = self.address();
        let what = what.into();
        let expected =
            || Expected::new(Expectation::Request { at }, format!("{what}, sent to {at}"));
        let request = self.gets_as(&expected)?;
        if is_so(&request.payload) {
            return Ok(request);
        }
        let payload = Payload::from(&request.payload);
        let exit = self.stage.world().exit();
        Err(expected().unmet(Ending::Contradicted, exit, payload.short(), Some(payload)))
    }

    /// Gets a datagram, and not before everything was sent that peers have yet to send: the client
    /// was waiting for the last of it.
    pub fn gets_one_after_all(self) -> Outcome<Request> {
        let at = self.address();
        let request = self.gets_any()?;
        let exit = {
            let world = self.stage.world();
            if world.all_sent().is_some_and(|all| request.at >= all) {
                return Ok(request);
            }
            world.exit()
        };
        // What else comes may tell why.
        self.stage.rest()?;
        let text = "nothing more before the answer to the last datagram has come";
        let payload = Payload::from(&request.payload);
        let observed = format!("{} to {at}", payload.short());
        let expected = Expected::new(Expectation::Patience { at }, text);
        Err(expected.unmet(Ending::Contradicted, exit, observed, Some(payload)))
    }

    /// Gets a datagram so long after an earlier one.
    pub fn gets_one_in(
        self,
        (least, most): (Duration, Duration),
        earlier: &Request,
    ) -> Outcome<Request> {
        let at = self.address();
        let [least_ms, most_ms] = [least, most].map(|time| time.as_millis() as u64);
        let (least_s, most_s) = (least.as_secs_f64(), most.as_secs_f64());
        let expected = |took_ms| {
            Expected::new(
                Expectation::Interval { at, least_ms, most_ms, took_ms },
                format!("the next datagram, {least_s:.1} to {most_s:.1} s after the one before"),
            )
        };
        let request = self.gets_as(&|| expected(None))?;
        let time = request.at.saturating_sub(earlier.at);
        if time >= least && time <= most {
            return Ok(request);
        }
        let payload = Payload::from(&request.payload);
        let observed = format!("{} after {:.1} s", payload.short(), time.as_secs_f64());
        let exit = self.stage.world().exit();
        let took_ms = Some(time.as_millis() as u64);
        Err(expected(took_ms).unmet(Ending::Contradicted, exit, observed, Some(payload)))
    }

    fn gets_as(self, expected: &dyn Fn() -> Expected) -> Outcome<Request> {
        let at = self.address();
        let request = Request::from(receive(self.stage, self.at, expected)?);
        let shown = Payload::from(&request.payload).short();
        let text = format!("the server at {at} got {shown} from {}", request.from);
        self.stage.world().step(StepKind::Datagram, text);
        Ok(request)
    }

    /// Answers a client.
    pub fn answers(self, to: SocketAddr, payload: impl AsRef<[u8]>) -> Outcome {
        send(self.stage, self.at, to, payload.as_ref(), "the server")
    }

    /// Will answer a client in so much time, while the check goes on.
    pub fn answers_in(self, time: Duration, to: SocketAddr, payload: impl AsRef<[u8]>) {
        let payload = payload.as_ref().to_vec();
        let at = Instant::now() + time;
        self.stage.world().send_later(Due { at, peer: self.at, to, payload });
    }
}

fn send(stage: &Stage, at: usize, to: SocketAddr, payload: &[u8], who: &str) -> Outcome {
    let mut world = stage.world();
    // What was printed before belongs before.
    world.pump()?;
    let address = world.peers[at].peer.address();
    world.send(at, to, payload)?;
    let shown = Payload::from(payload).short();
    world.step(StepKind::Datagram, format!("{who} at {address} sent {shown} to {to}"));
    Ok(())
}

/// Nothing more has come to a peer once the program rests.
fn nothing_more(stage: &Stage, at: usize, expected: Expected) -> Outcome {
    stage.rest()?;
    let extra = stage.world().peers[at].inbox.pop_front();
    let Some(extra) = extra else { return Ok(()) };
    let payload = Payload::from(&extra.payload);
    let what = match expected.expectation {
        Expectation::Silence => "an answer",
        _ => "another datagram",
    };
    let observed = format!("{what}: {} from {}", payload.short(), extra.from);
    let exit = stage.world().exit();
    Err(expected.unmet(Ending::Contradicted, exit, observed, Some(payload)))
}

pub(super) fn receive(
    stage: &Stage,
    at: usize,
    expected: &dyn Fn() -> Expected,
) -> Outcome<Datagram> {
    let outcome = stage.wait(Wait::Message, |world| world.peers[at].inbox.pop_front());
    outcome.map_err(|halt| match halt {
        Halt::Failure(failure) => failure,
        Halt::Ending(ending) => expected().but(ending, &stage.world()),
    })
}

/// A datagram came that was another than expected. What else comes is taken in too: one answer in
/// two pieces, or an answer that comes twice, is known by what follows.
fn contradicted<T>(
    stage: &Stage,
    mut expected: Expected,
    wanted: &[u8],
    got: &Datagram,
    place: &str,
) -> Outcome<T> {
    let exit = stage.world().exit();
    stage.rest()?;
    let payload = Payload::from(&got.payload);
    let contrast = contrast(wanted, &got.payload);
    let shown = contrast.as_ref().map_or(payload.short(), |contrast| contrast.observed.clone());
    if let Some(contrast) = &contrast {
        expected.expected = format!("{} {place}", contrast.expected);
    }
    let observed = format!("{shown} from {}", got.from);
    Err(match expected.unmet(Ending::Contradicted, exit, observed, Some(payload)) {
        Failure::Unmet(unmet) => {
            let difference = contrast.map(|contrast| contrast.column);
            Failure::Unmet(Box::new(Unmet { difference, ..*unmet }))
        }
        other => other,
    })
}
