//! Exchanges of many datagrams, in which a partner's part is a piece of logic and not a script of steps.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::agenda::Due;
use super::expect::Expected;
use super::partners::Partner;
use super::stage::Stage;
use super::wait::{Halt, Wait};
use super::{Failure, Outcome};
use crate::evidence::{Ending, Expectation, Role, StepKind, What};
use crate::peer::Datagram;

/// How many datagrams of an exchange are kept as evidence: of any more only the number is known.
const KEPT: usize = 24;

/// How many datagrams come at most: a program that sends for ever is not listened to for ever.
const MOST: usize = 30_000;

/// How often a part may do nothing when it is told that the program will do nothing either.
const IN_VAIN: usize = 8;

/// A partner's part in an exchange: logic without sockets or a clock. All times are those since 1970.
pub trait Part {
    /// A datagram has come from the program.
    fn comes(&mut self, at: Duration, payload: &[u8], sends: &mut Vec<Sending>);

    /// The time has come that it wanted to be told of, or the program will do nothing more by itself.
    fn wakes(&mut self, at: Duration, sends: &mut Vec<Sending>);

    /// When it wants to be told of the time.
    fn wakes_at(&self) -> Option<Duration>;

    /// True when its part is over.
    fn is_over(&self) -> bool;

    /// True when the program only answers: once it rests, nothing more will come, though it waits with a
    /// time limit.
    fn is_answered(&self) -> bool {
        false
    }
}

/// A datagram that a part sends.
#[derive(Clone, Debug)]
pub struct Sending {
    /// What it carries.
    pub payload: Vec<u8>,
    /// How much later it is sent.
    pub after: Duration,
    /// Whether a stranger sends it, at another port.
    pub by_stranger: bool,
}

impl Sending {
    /// A datagram that is sent at once.
    pub fn now(payload: Vec<u8>) -> Sending {
        Sending { payload, after: Duration::ZERO, by_stranger: false }
    }
}

/// How an exchange has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The part was over.
    Over,
    /// The program has ended before.
    Ended,
    /// Nothing more came from the program.
    Nothing,
    /// The program sent on and on.
    TooMany,
}

impl Partner<'_> {
    /// Plays a part with the program: a client with the server that it knows, a server with whoever
    /// writes to it first. A stranger at another port plays along.
    pub fn plays(self, stranger: &Partner<'_>, part: &mut dyn Part) -> Outcome<End> {
        let stage = self.stage();
        let to = stage.scene().address.filter(|_| self.role() == Role::Client);
        play(stage, (self.place(), stranger.place()), to, part)
    }
}

/// What a wait in an exchange ends with.
enum Event {
    Came(Datagram),
    /// The part wanted to be told of the time.
    Woken,
    /// What should have come first went to another place.
    Astray,
}

/// True when the program waits in a receive, or for its socket among others.
fn receives(stage: &Stage) -> bool {
    let world = stage.world();
    world.view.udp().any(|socket| socket.nonblocking || world.view.waiter(socket).is_some())
}

/// Nothing has come where it should.
fn nothing_came(stage: &Stage, at: usize) -> Failure {
    let world = stage.world();
    let at = world.actors[at].peer.address();
    Expected::new(Expectation::Request { at }, format!("a datagram to {at}"))
        .but_saw(&world, "it went to another place")
}

/// Plays a part for the peer at this place, with a stranger at that one.
fn play(
    stage: &Stage,
    (at, stranger): (usize, usize),
    mut to: Option<SocketAddr>,
    part: &mut dyn Part,
) -> Outcome<End> {
    let (mut came, mut sent, mut in_vain) = (0, 0, 0);
    let mut sends = Vec::new();
    if to.is_some() {
        part.wakes(stage.world().now(), &mut sends);
    }
    let end = loop {
        if let Some(to) = to {
            sent += sends.len();
            send(stage, (at, stranger), to, &mut sends)?;
        }
        if part.is_over() {
            break End::Over;
        }
        if came >= MOST {
            break End::TooMany;
        }
        let wakes_at = part.wakes_at();
        let wait = if part.is_answered() { Wait::Rest } else { Wait::Message };
        let event = stage.wait(wait, |world| {
            if to.is_none() && world.evidence.all().any(|what| matches!(what, What::Strayed { .. }))
            {
                return Some(Event::Astray);
            }
            if let Some(datagram) = world.actors[at].inbox.pop_front() {
                return Some(Event::Came(datagram));
            }
            wakes_at.is_some_and(|at| world.now() >= at).then_some(Event::Woken)
        });
        match event {
            Ok(Event::Astray) => return Err(nothing_came(stage, at)),
            Ok(Event::Came(datagram)) => {
                came += 1;
                to = to.or(Some(datagram.from));
                part.comes(Duration::from_nanos(datagram.at_ns), &datagram.payload, &mut sends);
            }
            Ok(Event::Woken) => part.wakes(stage.world().now(), &mut sends),
            // It sleeps, and will look for what has come by itself.
            Err(Halt::Ending(Ending::Quiet)) if wait == Wait::Rest && !receives(stage) => {}
            Err(Halt::Ending(Ending::Quiet)) if in_vain >= IN_VAIN => break End::Nothing,
            // Nothing will come before the part does something, so it need not wait.
            Err(Halt::Ending(Ending::Quiet)) if wakes_at.is_some() => {
                part.wakes(stage.world().now(), &mut sends);
                in_vain = if sends.is_empty() { in_vain + 1 } else { 0 };
            }
            Err(Halt::Ending(Ending::Exited)) => break End::Ended,
            // It is busy, or the machine is.
            Err(Halt::Ending(_)) if wait == Wait::Rest => {}
            Err(Halt::Ending(_)) => break End::Nothing,
            Err(Halt::Failure(failure)) => return Err(failure),
        }
        if came + sent >= KEPT {
            stage.world().leave_out(true);
        }
    };
    let mut world = stage.world();
    world.pump()?;
    world.leave_out(false);
    let address = world.actors[at].peer.address();
    let text = format!("the partner at {address} got {came} datagrams, and sent {sent}");
    world.step(StepKind::Datagram, text);
    Ok(end)
}

/// Sends, or will send, what a part has asked for.
fn send(
    stage: &Stage,
    (at, stranger): (usize, usize),
    to: SocketAddr,
    sends: &mut Vec<Sending>,
) -> Outcome {
    let mut world = stage.world();
    for Sending { payload, after, by_stranger } in sends.drain(..) {
        let actor = if by_stranger { stranger } else { at };
        if after.is_zero() {
            world.send(actor, to, &payload)?;
        } else {
            world.send_later(Due { at: Instant::now() + after, actor, to, payload });
        }
    }
    Ok(())
}
