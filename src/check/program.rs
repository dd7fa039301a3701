//! The program that is checked, as a check speaks of it.

use std::ffi::{OsStr, OsString};
use std::time::{Duration, Instant};

use super::expect::Expected;
use super::stage::{Stage, parse};
use super::wait::{Halt, Wait};
use super::{Failure, Outcome};
use crate::evidence::{Ending, Expectation, Family, Payload, Role, Socket, StepKind, View};

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
        self.stage.comes_to_rest()?;
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
}
