//! A datagram among others: a program that sends something again, because its clock told it to, does
//! nothing wrong, and the check waits on for what it asks for.

use std::net::SocketAddr;

use super::expect::Expected;
use super::judge::Wrong;
use super::partners::{Client, Request, Server};
use super::stage::Stage;
use super::wait::{Halt, Wait};
use super::world::World;
use super::{Failure, Outcome, Program, text};
use crate::evidence::{Ending, Exit, Expectation, Payload, Role, StepKind, What};

/// What a lab's check makes of a datagram that has come.
#[derive(Debug)]
pub enum Sorted {
    /// It is what is waited for.
    Right,
    /// It may come, and is passed over.
    Beside,
    /// It should not have come.
    Wrong(Wrong),
}

/// What is waited for, and how a report speaks of it.
#[derive(Clone, Debug)]
pub struct Awaited {
    what: String,
    shown: fn(&[u8]) -> String,
}

impl Awaited {
    /// `what` says what is waited for, and `shown` what came in its place.
    pub fn new(what: impl Into<String>, shown: fn(&[u8]) -> String) -> Awaited {
        Awaited { what: what.into(), shown }
    }
}

impl Client<'_> {
    /// Gets a datagram that `sort` finds right, and passes over those that may come besides. It is
    /// asked with `None` where none came although the program has done all it does, or has ended:
    /// that is a failure, and a [`Sorted::Wrong`] then says why.
    pub fn gets_among(
        self,
        awaited: &Awaited,
        sort: impl FnMut(Option<&Request>) -> Sorted,
    ) -> Outcome<Request> {
        let expectation = Expectation::Packet { at: self.address() };
        let (stage, place) = self.place();
        sorted(stage, place, (expectation, awaited), &self.name(), sort)
    }

    /// Talks with the program as fast as it answers: see [`Server::streams`].
    pub fn streams(
        self,
        to: SocketAddr,
        opening: Vec<Vec<u8>>,
        answer: impl FnMut(&Request, &mut Vec<Vec<u8>>) -> bool,
    ) -> Outcome<bool> {
        let (stage, place) = self.place();
        streamed(stage, place, to, opening, answer)
    }
}

impl Server<'_> {
    /// As [`Client::gets_among`].
    pub fn gets_among(
        self,
        awaited: &Awaited,
        sort: impl FnMut(Option<&Request>) -> Sorted,
    ) -> Outcome<Request> {
        let at = self.address();
        let (stage, place) = self.place();
        let who = format!("the server at {at}");
        sorted(stage, place, (Expectation::Packet { at }, awaited), &who, sort)
    }

    /// Talks with the program as fast as it answers: sends what opens the exchange, and then for
    /// each datagram that comes what `answer` puts into the list, until that says that it is done.
    /// False where it is not, and nothing more comes: what the check asks for next will tell why.
    ///
    /// None of it is kept as evidence but the number of packets.
    pub fn streams(
        self,
        to: SocketAddr,
        opening: Vec<Vec<u8>>,
        answer: impl FnMut(&Request, &mut Vec<Vec<u8>>) -> bool,
    ) -> Outcome<bool> {
        let (stage, place) = self.place();
        streamed(stage, place, to, opening, answer)
    }
}

impl Client<'_> {
    /// True when such a datagram has come here, and nobody has asked for it.
    pub fn has_got(self, is_so: impl Fn(&[u8]) -> bool) -> bool {
        let (stage, place) = self.place();
        has_got(stage, place, is_so)
    }
}

impl Server<'_> {
    /// As [`Client::has_got`].
    pub fn has_got(self, is_so: impl Fn(&[u8]) -> bool) -> bool {
        let (stage, place) = self.place();
        has_got(stage, place, is_so)
    }

    /// True when something was sent from here that nobody took.
    pub fn was_refused(self) -> bool {
        let at = self.address();
        let (stage, _) = self.place();
        let world = stage.world();
        world.evidence.all().any(|what| matches!(what, What::NotTaken { from, .. } if *from == at))
    }
}

impl Stage {
    /// Waits until the program has done all it does for now, whatever that is; it may have ended.
    pub fn comes_to_rest(&self) -> Outcome {
        self.rest()
    }

    /// A peer of this name on the server's host, at a port that the system chose: a server may answer
    /// from another port than the one that is asked.
    pub fn server_at_any_port(&self, name: &str) -> Outcome<Server<'_>> {
        let host = Role::Server.name();
        let address = self.world().any_port_on(host);
        let place = self.world().add_peer(name, host, address)?;
        Ok(Server::new(self, place))
    }
}

impl Program<'_> {
    /// False when it has ended by itself.
    pub fn has_not_ended(self) -> bool {
        self.stage().world().exit().is_none()
    }

    /// It ends by itself, and in a way that `judge` finds right: that is asked with how it ended, or
    /// `None` where it does not, and whether it has printed anything.
    pub fn ends_saying(
        self,
        what: impl Into<String>,
        judge: impl FnOnce(Option<Exit>, bool) -> Result<(), Wrong>,
    ) -> Outcome {
        let stage = self.stage();
        let expected = Expected::new(Expectation::Complaint, what);
        match stage.wait(Wait::End, |world| world.exit()) {
            Ok(exit) => {
                let says = text::has_any(&stage.world().evidence.output_since_sent());
                match judge(Some(exit), says) {
                    Ok(()) => stage.step(format!("it {exit}")),
                    Err(wrong) => {
                        let words = if says { "" } else { "no text at all; " };
                        let observed = format!("{words}it {exit}");
                        return Err(wrong.claimed(expected.but_saw(&stage.world(), observed)));
                    }
                }
                Ok(())
            }
            Err(Halt::Failure(failure)) => Err(failure),
            Err(Halt::Ending(ending)) => {
                let wrong = judge(None, false).err().unwrap_or_else(Wrong::unknown);
                Err(wrong.claimed(expected.but(ending, &stage.world())))
            }
        }
    }
}

fn has_got(stage: &Stage, place: usize, is_so: impl Fn(&[u8]) -> bool) -> bool {
    stage.world().peers[place].inbox.iter().any(|datagram| is_so(&datagram.payload))
}

fn sorted(
    stage: &Stage,
    place: usize,
    (expectation, awaited): (Expectation, &Awaited),
    who: &str,
    mut sort: impl FnMut(Option<&Request>) -> Sorted,
) -> Outcome<Request> {
    let expected = || Expected::new(expectation.clone(), awaited.what.as_str());
    let took = |world: &mut World| {
        while let Some(datagram) = world.peers[place].inbox.pop_front() {
            let request = Request::from(datagram);
            match sort(Some(&request)) {
                Sorted::Right => return Some(Ok(request)),
                Sorted::Beside => {}
                Sorted::Wrong(wrong) => return Some(Err((wrong, request))),
            }
        }
        None
    };
    match stage.wait(Wait::Message, took) {
        Ok(Ok(request)) => {
            let text = format!("{who} got {}", (awaited.shown)(&request.payload));
            stage.world().step(StepKind::Datagram, text);
            Ok(request)
        }
        Ok(Err((wrong, request))) => {
            let observed = format!("{} from {}", (awaited.shown)(&request.payload), request.from);
            let payload = Some(Payload::from(&request.payload));
            let exit = stage.world().exit();
            Err(wrong.claimed(expected().unmet(Ending::Contradicted, exit, observed, payload)))
        }
        Err(Halt::Failure(failure)) => Err(failure),
        Err(Halt::Ending(ending)) => {
            let wrong = match sort(None) {
                Sorted::Wrong(wrong) => wrong,
                _ => Wrong::unknown(),
            };
            Err(wrong.claimed(expected().but(ending, &stage.world())))
        }
    }
}

fn streamed(
    stage: &Stage,
    place: usize,
    to: SocketAddr,
    mut out: Vec<Vec<u8>>,
    mut answer: impl FnMut(&Request, &mut Vec<Vec<u8>>) -> bool,
) -> Outcome<bool> {
    stage.world().leave_out(true);
    let outcome = loop {
        for payload in out.drain(..) {
            stage.world().send(place, to, &payload)?;
        }
        let came = stage.wait(Wait::Message, |world| {
            let inbox = &mut world.peers[place].inbox;
            (!inbox.is_empty()).then(|| std::mem::take(inbox))
        });
        match came {
            Ok(came) => {
                let mut requests = came.into_iter().map(Request::from);
                if requests.any(|request| answer(&request, &mut out)) {
                    break Ok(true);
                }
            }
            Err(Halt::Failure(failure)) => break Err(failure),
            Err(Halt::Ending(_)) => break Ok(false),
        }
    };
    let mut world = stage.world();
    // What was sent on the way belongs to it, also where it is seen only now.
    let pumped: Result<(), Failure> = world.pump();
    world.leave_out(false);
    pumped.and(outcome)
}
