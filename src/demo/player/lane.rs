//! A lane of a demo: a terminal, and the program that runs in it.

use std::ffi::OsString;
use std::io;
use std::os::fd::BorrowedFd;

use super::moment::{Fact, Halt};
use crate::demo::LaneMatcher;
use crate::evidence::{Exit, Method, SetupError, View, What};
use crate::inspect::{Inspector, Stillness};
use crate::network::Place;
use crate::procfs::{self, Disposition};
use crate::program::{Calls, Errors, Program};

const SIGINT: i32 = rustix::process::Signal::INT.as_raw();

/// A terminal, and the last program that was started in it.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) name: String,
    pub(super) matcher: LaneMatcher,
    actor: Option<Actor>,
}

#[derive(Debug)]
struct Actor {
    program: Program,
    inspector: Inspector,
    /// Whether its end was shown.
    told: bool,
    /// The rest in which it was when it was last shown.
    shown: Option<Stillness>,
}

impl Lane {
    pub(super) fn new(file: &str, name: &str) -> Lane {
        let matcher = LaneMatcher::new(file, name);
        Lane { name: name.to_owned(), matcher, actor: None }
    }

    /// Starts a program. What was left of the one before is ended.
    pub(super) fn start(
        &mut self,
        argv: &[OsString],
        place: Option<Place<'_>>,
    ) -> Result<(), SetupError> {
        self.actor = None;
        let (program, first) =
            Program::start(argv, Errors::OnTerminal, place.map(Place::descriptors), Calls::Untold)?;
        if let What::Refused { command, errno, .. } = first {
            let what = format!("{} cannot be started", command.join(" "));
            let why = io::Error::from_raw_os_error(errno);
            return Err(SetupError::new(what, why, "make doctor"));
        }
        let inspector = Inspector::new(program.guard(), program.terminal_path(), Method::Copy);
        self.actor = Some(Actor { program, inspector, told: false, shown: None });
        Ok(())
    }

    /// Takes in what the program has printed, and its end; never waits.
    pub(super) fn pump(&mut self) -> Result<(), Halt> {
        let Some(actor) = &mut self.actor else { return Ok(()) };
        let collected = actor.program.collect(&mut feeding(&mut self.matcher));
        collected.map_err(|error| {
            SetupError::new("the program's guard cannot be understood", error, "please report it")
        })?;
        if actor.program.exit().is_some() {
            self.matcher.ended();
        }
        Ok(())
    }

    /// Whether a program runs here.
    pub(super) fn is_alive(&self) -> bool {
        self.actor.as_ref().is_some_and(|actor| actor.program.exit().is_none())
    }

    /// Whether the program waits for someone to type.
    pub(super) fn waits_for_typing(&mut self) -> bool {
        self.actor.as_mut().is_some_and(|actor| actor.inspector.look().waits_on_terminal())
    }

    /// What looks into the program, while it runs.
    pub(super) fn inspector(&mut self) -> Option<&mut Inspector> {
        let alive = self.is_alive();
        self.actor.as_mut().filter(|_| alive).map(|actor| &mut actor.inspector)
    }

    /// The sockets and waits of the program; `None` where none was ever started.
    pub(super) fn view(&mut self) -> Option<View> {
        self.actor.as_mut().map(|actor| actor.inspector.look())
    }

    /// What to poll for output.
    pub(super) fn sources(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.actor.iter().flat_map(|actor| actor.program.sources())
    }

    pub(super) fn type_line(&mut self, text: &str) -> io::Result<()> {
        self.actor.as_mut().map_or(Ok(()), |actor| actor.program.type_line(text))
    }

    /// Whether Ctrl-C will do nothing to the program.
    pub(super) fn ignores_interrupt(&self) -> bool {
        let pid = self.actor.as_ref().and_then(|actor| actor.program.pid());
        pid.is_some_and(|pid| procfs::disposition(pid, SIGINT) == Disposition::Ignored)
    }

    /// Presses Ctrl-C.
    pub(super) fn interrupt(&mut self) {
        if let Some(actor) = &mut self.actor {
            actor.program.interrupt();
        }
    }

    /// Ends the program, whatever it does.
    pub(super) fn stop(&mut self) {
        if let Some(actor) = &mut self.actor {
            actor.program.stop(&mut feeding(&mut self.matcher));
            self.matcher.ended();
        }
    }

    /// Takes note that a Ctrl-C which ended the program was shown, so that its end was too.
    pub(super) fn was_seen_to_end(&mut self) {
        if let Some(actor) = &mut self.actor {
            actor.told = actor.program.exit() == Some(Exit::Signal(SIGINT));
        }
    }

    /// Whether the program has moved or ended since it was last shown.
    pub(super) fn has_news(&mut self) -> bool {
        let may_tell_end = self.may_tell_end();
        self.actor.as_mut().is_some_and(|actor| match actor.program.exit() {
            Some(_) => may_tell_end,
            None => actor.shown.is_none() || actor.inspector.idle() != actor.shown,
        })
    }

    /// What the kernel shows of the program now. Its end is told once.
    pub(super) fn fact(&mut self) -> Option<Fact> {
        let may_tell_end = self.may_tell_end();
        let actor = self.actor.as_mut()?;
        let what = match actor.program.exit() {
            Some(_) if !may_tell_end => return None,
            Some(exit) => {
                actor.told = true;
                exit.to_string()
            }
            None => {
                actor.shown = actor.inspector.idle();
                actor.inspector.look().summary()
            }
        };
        Some(Fact { lane: self.name.clone(), what })
    }

    /// An end is told once, and after the last words.
    fn may_tell_end(&self) -> bool {
        let untold = self.actor.as_ref().is_some_and(|actor| !actor.told);
        untold && self.matcher.is_covered()
    }
}

/// Hands a program's output to the matcher.
fn feeding(matcher: &mut LaneMatcher) -> impl FnMut(What) {
    |what| {
        if let What::Output { text, .. } = what {
            matcher.feed(text.bytes());
        }
    }
}
