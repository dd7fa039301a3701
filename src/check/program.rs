//! The program that is checked, as a check speaks of it.

use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::expect::Expected;
use super::stage::{Stage, parse};
use super::wait::{Halt, Wait};
use super::world::World;
use super::{Failure, Outcome, text};
use crate::evidence::{
    About, Ending, Exit, Expectation, Family, Payload, Role, Socket, StepKind, Stream, View,
    is_crash, last_words,
};

/// How long a program that never rests must be seen in a state for it to count as one that lasts, and
/// how much of that it must have computed: one that waits for a processor proves nothing.
const STAYS: Duration = Duration::from_millis(100);
const COMPUTES: Duration = Duration::from_millis(50);

impl Stage {
    /// Starts the program that is checked.
    pub fn program(&self) -> Outcome<Program<'_>> {
        self.program_with(&[] as &[&OsStr])
    }

    /// Starts the program that is checked, and gives it these words besides.
    pub fn program_with(&self, words: &[impl AsRef<OsStr>]) -> Outcome<Program<'_>> {
        let scene = self.scene();
        let words: Vec<&OsStr> = words.iter().map(AsRef::as_ref).collect();
        let own = scene.command.iter().map(OsString::as_os_str);
        let command: Vec<OsString> = own.chain(words.iter().copied()).map(Into::into).collect();
        let started = self.world().start(scene.role.name(), &command, scene.method)?;
        let shown = self.shown(&words);
        let text = format!("your {} was started: {}{shown}", scene.role, scene.shown);
        self.world().step(StepKind::Start, text);
        let program = Program { stage: self };
        if started { Ok(program) } else { Err(program.could_not_start()) }
    }
}

/// The program that is checked.
#[derive(Clone, Copy, Debug)]
pub struct Program<'s> {
    stage: &'s Stage,
}

impl<'s> Program<'s> {
    pub(super) fn stage(self) -> &'s Stage {
        self.stage
    }

    fn could_not_start(self) -> Failure {
        let expected =
            Expected::new(Expectation::Start, format!("your {} starts", self.stage.scene().role));
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
            let (began, computed) =
                *since.get_or_insert_with(|| (Instant::now(), world.processor_time()));
            let stays = || began.elapsed() > STAYS && world.processor_time() >= computed + COMPUTES;
            (stays() || world.rests()).then_some(())
        });
        if settled.is_err() {
            self.probe_with_enter()?;
        }
        settled?;
        let mut world = self.stage.world();
        let text = format!("the kernel shows: {}", world.view.summary());
        world.step(StepKind::State, text);
        Ok(())
    }

    /// Of a program that waits at its terminal without a socket: does Enter make one? The answer
    /// tells two mistakes apart.
    fn probe_with_enter(self) -> Outcome {
        let mut world = self.stage.world();
        let waits = world.view.sockets.is_empty() && world.view.waits_on_terminal();
        if self.stage.scene().role != Role::Program || !waits {
            return Ok(());
        }
        world.type_line("")?;
        drop(world);
        match self.stage.wait(Wait::State, |world| {
            (!world.view.sockets.is_empty() && world.rests()).then_some(())
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
            |world| text::has_any(&shown(world)).then_some(()),
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
        self.stage.rest()?;
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
        Err(expected.unmet(Ending::Contradicted, world.exit(), observed, Some(line)))
    }

    /// Of the control characters of `text`, which it was just sent and has printed, none is in its
    /// output as it is: each is escaped, replaced or left out. One counts together with what follows
    /// it in `text`, since a program has line ends and colors of its own.
    pub fn escapes(self, text: &str) -> Outcome {
        self.stage.rest()?;
        let world = self.stage.world();
        let output = shown(&world);
        let Some(raw) = text::raw_control(&output, text) else { return Ok(()) };
        let expected =
            format!("{} with its control characters escaped", Payload::from(text).short());
        let raw = Payload::from(raw);
        let observed = format!("{} at its terminal, as it came", raw.short());
        let expected = Expected::new(Expectation::Escaped, expected);
        Err(expected.unmet(Ending::Contradicted, world.exit(), observed, Some(raw)))
    }

    /// It has done all it does for now, whatever that is. A program that never rests is not waited
    /// for to the end.
    pub fn has_done_all(self) -> Outcome {
        self.stage.rest()
    }

    /// Under this load, again and again, it comes to need no more memory: one of three times adds at
    /// most so many MiB. What a runtime takes for itself it takes at its first work or two; a program
    /// that keeps what it gets needs more each time, if it gets something else each time.
    pub fn levels_off(self, mib: u64, mut load: impl FnMut() -> Outcome) -> Outcome {
        const TIMES: usize = 3;
        let at_most = mib << 20;
        let mut grown = 0;
        for _ in 0..TIMES {
            let before = self.memory()?;
            load()?;
            grown = self.memory()?.saturating_sub(before);
            if grown <= at_most {
                return Ok(());
            }
        }
        let expected = format!("at most {mib} MiB of memory more than before");
        let observed = format!("{} MiB more, {TIMES} times in a row", grown.div_ceil(1 << 20));
        let expected = Expected::new(Expectation::Memory { at_most }, expected);
        Err(expected.but_saw(&self.stage.world(), observed))
    }

    /// How many bytes of memory it has, when it rests.
    fn memory(self) -> Outcome<u64> {
        self.stage.rest()?;
        Ok(self.stage.world().memory())
    }

    /// It waits for a person to type.
    pub fn waits_for_enter(self) -> Outcome {
        self.stage.expect(
            Wait::State,
            || Expected::new(Expectation::WaitsForEnter, "a wait for Enter at its terminal"),
            |world| world.view.waits_on_terminal().then_some(()),
        )?;
        // A look sees sockets first, and waits after: one that was made in between shows now.
        self.stage.world().look()
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
        world.step(StepKind::Act, format!("{shown} was typed at its terminal"));
        Ok(())
    }

    /// It ends by itself, with status 0.
    pub fn ends_well(self) -> Outcome {
        let expected = || Expected::new(Expectation::Success, "its end, with status 0");
        let exit = self.end(&expected)?;
        if exit.is_success() {
            return Ok(());
        }
        let world = self.stage.world();
        // Here it says why, if it does.
        let words = last_words(&world.evidence.output_on(Stream::Errors));
        let why = words.map(|words| format!(": {words}")).unwrap_or_default();
        Err(expected().but_saw(&world, format!("it {exit}{why}")))
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
            Exit::Code(0) => {
                Err(expected().but_saw(&self.stage.world(), "it exited with status 0"))
            }
            Exit::Code(code) => {
                let silent = !text::has_any(&shown(&self.stage.world()));
                if silent {
                    let observed = format!("no text at all; it exited with status {code}");
                    return Err(expected().but_saw(&self.stage.world(), observed));
                }
                Ok(())
            }
            exit @ Exit::Signal(_) => {
                Err(expected().but_saw(&self.stage.world(), format!("it {exit}")))
            }
        }
    }

    /// It ends by itself, whatever its status, and not by a crash.
    pub fn ends_without_a_crash(self) -> Outcome {
        let expected = || Expected::new(Expectation::CleanEnd, "its end, without a crash");
        let exit = self.end(&expected)?;
        let output = shown(&self.stage.world());
        if is_crash(exit, &output) {
            let why = last_words(&output).map(|words| format!(": {words}"));
            return Err(expected()
                .but_saw(&self.stage.world(), format!("it {exit}{}", why.unwrap_or_default())));
        }
        Ok(())
    }

    pub(super) fn end(self, expected: &dyn Fn() -> Expected) -> Outcome<Exit> {
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
        self.stage.rest()?;
        let world = self.stage.world();
        match world.exit() {
            None => Ok(()),
            Some(exit) => {
                let expected = Expected::new(
                    Expectation::Running,
                    format!("your {} goes on", self.stage.scene().role),
                );
                Err(expected.unmet(Ending::Exited, Some(exit), format!("it {exit}"), None))
            }
        }
    }
}

/// What the program has printed since a peer last sent something to it: the rest it printed for
/// other reasons.
pub(super) fn shown(world: &World) -> Vec<u8> {
    world.evidence.output_since_sent()
}
