//! The program and its partners, as a check speaks of them.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::observe;
use super::stage::{Halt, Stage, Wait, World, parse};
use super::text;
use super::{Failure, Outcome};
use crate::evidence::{
    About, Ending, Exit, Expectation, Family, Payload, Role, SetupError, Socket, Unmet, View,
    first_difference,
};
use crate::peer::Datagram;

/// How long a program that never rests must be seen in a state for it to count as one that lasts.
const STAYS: Duration = Duration::from_millis(100);

/// What an expectation that was not met looks like from outside.
struct Expected {
    expectation: Expectation,
    /// As in [`Unmet::expected`].
    expected: String,
}

impl Expected {
    fn new(expectation: Expectation, expected: impl Into<String>) -> Expected {
        Expected { expectation, expected: expected.into() }
    }

    /// Nothing that would do has come.
    fn but(self, ending: Ending, world: &World) -> Failure {
        let observed = observe::missing(&self.expectation, ending, &world.evidence);
        self.unmet(ending, observed, None)
    }

    /// Something else has come.
    fn but_saw(self, observed: impl Into<String>) -> Failure {
        self.unmet(Ending::Contradicted, observed.into(), None)
    }

    fn unmet(self, ending: Ending, observed: String, instead: Option<Payload>) -> Failure {
        let Expected { expectation, expected } = self;
        Failure::Unmet(Box::new(Unmet {
            expectation,
            ending,
            expected,
            observed,
            instead,
            difference: None,
        }))
    }
}

impl Stage {
    /// Waits for `met`, or says what was expected and what was seen.
    fn expect<T>(
        &self,
        wait: Wait,
        expected: impl FnOnce() -> Expected,
        met: impl FnMut(&mut World) -> Option<T>,
    ) -> Outcome<T> {
        self.wait(wait, met).map_err(|halt| match halt {
            Halt::Failure(failure) => failure,
            Halt::Ending(ending) => expected().but(ending, &self.world()),
        })
    }

    fn step(&self, step: String) {
        self.world().step(step);
    }
}

/// The program that is checked.
#[derive(Clone, Copy, Debug)]
pub struct Program<'s> {
    stage: &'s Stage,
}

impl<'s> Program<'s> {
    pub(super) fn new(stage: &'s Stage) -> Program<'s> {
        Program { stage }
    }

    pub(super) fn could_not_start(self) -> Failure {
        let expected =
            Expected::new(Expectation::Start, format!("your {} starts", self.stage.role()));
        expected.but(Ending::Exited, &self.stage.world())
    }

    /// It owns an IPv4 datagram socket, bound or not, and rests.
    pub fn has_a_datagram_socket(self) -> Outcome {
        self.settles(
            || Expected::new(Expectation::DatagramSocket, "an IPv4 datagram socket"),
            |view| view.udp().any(|socket| socket.family == Family::Ipv4),
        )
    }

    /// A UDP socket of it receives what is sent to `address`, and it rests: it waits in a receive,
    /// or for whatever else it waits.
    pub fn is_bound_to(self, address: &str) -> Outcome {
        let address = parse(address);
        self.settles(
            || {
                let text = format!("a UDP socket bound to {address}");
                Expected::new(Expectation::Bound { address }, text)
            },
            |view| view.udp_at(address).is_some(),
        )
    }

    /// Waits for a state in which the program stays. One that it passes through does not count:
    /// whether a look falls just there is chance. A program that never rests, because it polls,
    /// stays in a state when all looks of some time agree.
    fn settles(
        self,
        expected: impl FnOnce() -> Expected,
        is_so: impl Fn(&View) -> bool,
    ) -> Outcome {
        let mut since = None;
        let settled = self.stage.expect(Wait::State, expected, |world| {
            if !is_so(&world.view) {
                since = None;
                return None;
            }
            let since = *since.get_or_insert_with(Instant::now);
            (world.view.is_at_rest() || since.elapsed() > STAYS).then_some(())
        });
        if settled.is_err() {
            self.probe_with_enter()?;
        }
        settled?;
        let mut world = self.stage.world();
        let step = format!("it has {}", world.view.summary());
        world.step(step);
        Ok(())
    }

    /// Of a program that waits at its terminal without a socket: does Enter make one? The answer
    /// tells two mistakes apart.
    fn probe_with_enter(self) -> Outcome {
        let mut world = self.stage.world();
        let waits = world.view.sockets.is_empty() && world.view.waits_on_terminal();
        if self.stage.role() != Role::Program || !waits {
            return Ok(());
        }
        world.type_line("")?;
        drop(world);
        match self.stage.wait(Wait::State, |world| {
            (!world.view.sockets.is_empty() && world.view.is_at_rest()).then_some(())
        }) {
            Err(Halt::Failure(failure)) => Err(failure),
            _ => Ok(()),
        }
    }

    /// It prints something, whatever the words.
    pub fn prints_something(self) -> Outcome {
        self.stage.expect(
            Wait::Message,
            || Expected::new(Expectation::SomeOutput, "some text at its terminal"),
            |world| shown(world).iter().any(u8::is_ascii_graphic).then_some(()),
        )
    }

    /// It prints `text`: among other text, in any format, on standard output or error.
    pub fn prints(self, text: &str) -> Outcome {
        let wanted = text.trim();
        self.prints_what(Payload::from(wanted), About::Message, |output| {
            text::shows(output, wanted)
        })?;
        self.prints_no_rest_of_a_buffer(wanted)
    }

    /// It prints the address and the port of the other side.
    pub fn prints_the_address(self, address: SocketAddr) -> Outcome {
        let ip = address.ip().to_string();
        let port = address.port();
        self.prints_what(Payload::from(port.to_string()), About::Port, |output| {
            text::shows_port(output, port)
        })?;
        self.prints_what(Payload::from(&ip), About::Address, |output| {
            text::shows_address(output, &ip)
        })
    }

    /// It prints a port of its own.
    pub fn prints_its_port(self, port: u16) -> Outcome {
        self.prints_what(Payload::from(port.to_string()), About::Itself, |output| {
            text::shows_port(output, port)
        })
    }

    fn prints_what(
        self,
        wanted: Payload,
        about: About,
        is_shown: impl Fn(&[u8]) -> bool,
    ) -> Outcome {
        let expected = || {
            let expected = match about {
                About::Message => format!("{wanted} at its terminal"),
                About::Address => format!("the address {} at its terminal", wanted.plain()),
                About::Port | About::Itself => {
                    format!("the port {} at its terminal", wanted.plain())
                }
            };
            Expected::new(Expectation::Output { text: wanted.clone(), about }, expected)
        };
        self.stage.expect(Wait::Message, expected, |world| is_shown(&shown(world)).then_some(()))
    }

    /// What follows the text in the output is not the rest of a buffer: zero bytes.
    fn prints_no_rest_of_a_buffer(self, wanted: &str) -> Outcome {
        // The text may have come before what follows it.
        self.rest()?;
        let world = self.stage.world();
        let output = shown(&world);
        let zero = output.iter().position(|&byte| byte == 0);
        let Some(zero) = zero else { return Ok(()) };
        let line = output[..zero].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let end = output[zero..]
            .iter()
            .position(|&byte| byte == b'\n')
            .map_or(output.len(), |at| zero + at);
        let line = Payload::from(&output[line..end]);
        let expectation =
            Expectation::Output { text: Payload::from(wanted), about: About::Message };
        let expected =
            Expected::new(expectation, format!("\"{wanted}\" and nothing of an empty buffer"));
        let observed = format!("{} at its terminal", line.short());
        Err(expected.unmet(Ending::Contradicted, observed, Some(line)))
    }

    /// It waits for a person to type.
    pub fn waits_for_enter(self) -> Outcome {
        self.stage.expect(
            Wait::State,
            || Expected::new(Expectation::WaitsForEnter, "a wait for Enter at its terminal"),
            |world| world.view.waits_on_terminal().then_some(()),
        )
    }

    /// It waits in a receive for the answer to what it sent.
    pub fn waits_for_an_answer(self) -> Outcome {
        self.stage.expect(
            Wait::State,
            || Expected::new(Expectation::WaitsForAnswer, "a wait for the answer on its socket"),
            |world| {
                let view = &world.view;
                let waits = |socket: &Socket| socket.nonblocking || view.waiter(socket).is_some();
                view.udp().any(waits).then_some(())
            },
        )
    }

    /// Someone types `text` and Enter, once it waits for that.
    pub fn is_told(self, text: &str) -> Outcome {
        self.waits_for_enter()?;
        let mut world = self.stage.world();
        world.type_line(text)?;
        let shown = if text.is_empty() { "Enter".to_owned() } else { Payload::from(text).short() };
        world.step(format!("{shown} was typed at its terminal"));
        Ok(())
    }

    /// It ends by itself, with status 0.
    pub fn ends_well(self) -> Outcome {
        let expected = || Expected::new(Expectation::Success, "its end, with status 0");
        let exit = self.end(&expected)?;
        if exit.is_success() { Ok(()) } else { Err(expected().but_saw(format!("it {exit}"))) }
    }

    /// It ends by itself and says that something went wrong: a text, and a status that is not 0.
    pub fn ends_with_a_complaint(self) -> Outcome {
        let expected = || {
            Expected::new(
                Expectation::Complaint,
                "a message, and its end with a status that is not 0",
            )
        };
        match self.end(&expected)? {
            Exit::Code(0) => Err(expected().but_saw("it exited with status 0")),
            Exit::Code(code) => {
                let silent = !shown(&self.stage.world()).iter().any(u8::is_ascii_graphic);
                if silent {
                    let observed = format!("no text at all; it exited with status {code}");
                    return Err(expected().but_saw(observed));
                }
                Ok(())
            }
            exit @ Exit::Signal(_) => Err(expected().but_saw(format!("it {exit}"))),
        }
    }

    /// It ends by itself, whatever its status, and not by a crash.
    pub fn ends_without_a_crash(self) -> Outcome {
        let expected = || Expected::new(Expectation::CleanEnd, "its end, without a crash");
        let exit = self.end(&expected)?;
        let output = shown(&self.stage.world());
        if observe::is_crash(exit, &output) {
            let why = observe::last_words(&output).map(|words| format!(": {words}"));
            return Err(expected().but_saw(format!("it {exit}{}", why.unwrap_or_default())));
        }
        Ok(())
    }

    fn end(self, expected: &dyn Fn() -> Expected) -> Outcome<Exit> {
        let exit = match self.stage.wait(Wait::End, |world| world.exit()) {
            Ok(exit) => exit,
            Err(Halt::Failure(failure)) => return Err(failure),
            Err(Halt::Ending(ending)) => return Err(expected().but(ending, &self.stage.world())),
        };
        self.stage.step(format!("it {exit}"));
        Ok(exit)
    }

    /// It is still there when it has done all it does for now.
    pub fn keeps_running(self) -> Outcome {
        self.rest()?;
        let world = self.stage.world();
        match world.exit() {
            None => Ok(()),
            Some(exit) => {
                let expected = Expected::new(
                    Expectation::Running,
                    format!("your {} goes on", self.stage.role()),
                );
                Err(expected.unmet(Ending::Exited, format!("it {exit}"), None))
            }
        }
    }

    /// Waits until the program has done all it does for now, whatever that is. A program that is
    /// never at rest is not waited for to the end.
    fn rest(self) -> Outcome {
        match self.stage.wait(Wait::Rest, |_| None::<()>) {
            Err(Halt::Failure(failure)) => Err(failure),
            _ => Ok(()),
        }
    }
}

/// What the program has printed since a peer last sent something to it: the rest it printed for
/// other reasons.
fn shown(world: &World) -> Vec<u8> {
    world.evidence.output_since_sent()
}

/// A peer in the client's role.
#[derive(Clone, Copy, Debug)]
pub struct Client<'s> {
    stage: &'s Stage,
    at: usize,
}

impl<'s> Client<'s> {
    pub(super) fn new(stage: &'s Stage, at: usize) -> Client<'s> {
        Client { stage, at }
    }

    /// The client's own address.
    pub fn address(self) -> SocketAddr {
        self.stage.world().peers[self.at].peer.address()
    }

    /// The server's address.
    ///
    /// # Panics
    ///
    /// When the lab has none.
    fn server(self) -> SocketAddr {
        match self.stage.address() {
            Some(address) => address,
            None => panic!("a check has a client, but its lab names no address"),
        }
    }

    /// Sends one datagram to the server.
    pub fn sends(self, payload: impl AsRef<[u8]>) -> Outcome {
        let payload = payload.as_ref();
        send(self.stage, self.at, self.server(), payload, "a client")
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
            self.stage.step(format!("the client got {}", Payload::from(wanted).short()));
            return Ok(());
        }
        Err(contradicted(expected(), wanted, &got))
    }

    /// Gets nothing more, now that the server has done all it does.
    pub fn gets_nothing_more(self) -> Outcome {
        Program::new(self.stage).rest()?;
        let extra = self.stage.world().peers[self.at].inbox.pop_front();
        let Some(extra) = extra else { return Ok(()) };
        let expected = Expected::new(Expectation::NothingMore, "no second answer to one datagram");
        let payload = Payload::from(&extra.payload);
        let observed = format!("another datagram: {} from {}", payload.short(), extra.from);
        Err(expected.unmet(Ending::Contradicted, observed, Some(payload)))
    }
}

/// A peer in the server's role.
#[derive(Clone, Copy, Debug)]
pub struct Server<'s> {
    stage: &'s Stage,
    at: usize,
}

impl<'s> Server<'s> {
    pub(super) fn new(stage: &'s Stage, at: usize) -> Server<'s> {
        Server { stage, at }
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
            return Err(contradicted(expected(), wanted, &got));
        }
        self.stage.step(format!(
            "the server at {at} got {} from {}",
            Payload::from(wanted).short(),
            got.from
        ));
        Ok(got.from)
    }

    /// Answers a client.
    pub fn answers(self, to: SocketAddr, payload: impl AsRef<[u8]>) -> Outcome {
        send(self.stage, self.at, to, payload.as_ref(), "the server")
    }
}

fn send(stage: &Stage, at: usize, to: SocketAddr, payload: &[u8], who: &str) -> Outcome {
    let mut world = stage.world();
    // What was printed before belongs before.
    world.pump()?;
    let peer = &world.peers[at].peer;
    let address = peer.address();
    let sent = peer.send(to, payload).map_err(|error| {
        SetupError::new(format!("a datagram cannot be sent to {to}"), error, "make doctor")
    })?;
    world.record(sent);
    let shown = Payload::from(payload).short();
    world.step(format!("{who} at {address} sent {shown} to {to}"));
    Ok(())
}

fn receive(stage: &Stage, at: usize, expected: &dyn Fn() -> Expected) -> Outcome<Datagram> {
    let outcome = stage.wait(Wait::Message, |world| world.peers[at].inbox.pop_front());
    outcome.map_err(|halt| match halt {
        Halt::Failure(failure) => failure,
        Halt::Ending(ending) => expected().but(ending, &stage.world()),
    })
}

/// A datagram came that was another than expected.
fn contradicted(expected: Expected, wanted: &[u8], got: &Datagram) -> Failure {
    let payload = Payload::from(&got.payload);
    let observed = format!("{} from {}", payload.short(), got.from);
    let difference = first_difference(wanted, &got.payload);
    match expected.unmet(Ending::Contradicted, observed, Some(payload)) {
        Failure::Unmet(unmet) => Failure::Unmet(Box::new(Unmet { difference, ..*unmet })),
        other => other,
    }
}
