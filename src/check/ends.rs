//! The end of a program: how it should come, or that it should not.

use std::time::{Duration, Instant};

use super::expect::Expected;
use super::judge::Wrong;
use super::prints::shown;
use super::program::Program;
use super::wait::{Halt, Wait};
use super::{Outcome, text};
use crate::evidence::{Ending, Exit, Expectation, Stream, is_crash, last_words};

/// How long a program is given to break of what it was sent.
const PATIENCE: Duration = Duration::from_millis(400);

impl Program<'_> {
    /// How it has ended by itself, if it has.
    pub fn exit(self) -> Option<Exit> {
        self.stage().world().exit()
    }

    /// True when it waits for something without a time limit, in all that it does.
    pub fn waits_for_ever(self) -> bool {
        self.stage().world().view.is_blocked_for_good()
    }

    /// It ends by itself, however.
    pub fn ends(self) -> Outcome<Exit> {
        self.end(&|| Expected::new(Expectation::CleanEnd, "its end"))
    }

    /// It ends by itself, with status 0.
    pub fn ends_well(self) -> Outcome {
        let expected = || Expected::new(Expectation::Success, "its end, with status 0");
        let exit = self.end(&expected)?;
        if exit.is_success() {
            return Ok(());
        }
        let world = self.stage().world();
        // Here it says why, if it does.
        let output = world.evidence.output_on(Stream::Errors);
        Err(expected().but_saw(&world, with_last_words(exit, &output)))
    }

    /// It ends by itself, whatever its status, and not by a crash.
    pub fn ends_without_a_crash(self) -> Outcome {
        let expected = || Expected::new(Expectation::CleanEnd, "its end, without a crash");
        let exit = self.end(&expected)?;
        let world = self.stage().world();
        // All of it: what it said last it may have said before a datagram that was under way.
        let output = world.evidence.output();
        match is_crash(exit, &output) {
            true => Err(expected().but_saw(&world, with_last_words(exit, &output))),
            false => Ok(()),
        }
    }

    /// It ends by itself and says that something went wrong: a text, and a status that is not 0.
    pub fn ends_with_a_complaint(self) -> Outcome {
        self.complains(Wrong::unknown)
    }

    /// As [`Program::ends_with_a_complaint`]. Where it ends with status 0, or does not end at all,
    /// `wrong` says why.
    pub fn complains(self, wrong: impl Fn() -> Wrong) -> Outcome {
        let what = "a message, and its end with a status that is not 0";
        let expected = || Expected::new(Expectation::Complaint, what);
        let exit = self.end(&expected).map_err(|failure| wrong().claimed(failure))?;
        let world = self.stage().world();
        let failure = |observed: String| expected().but_saw(&world, observed);
        match exit {
            Exit::Code(0) => Err(wrong().claimed(failure(format!("it {exit}")))),
            Exit::Code(_) if text::has_any(&shown(&world)) => Ok(()),
            Exit::Code(_) => Err(failure(format!("no text at all; it {exit}"))),
            Exit::Signal(_) => Err(failure(format!("it {exit}"))),
        }
    }

    /// It ends by itself, not by a crash, and in a way that `judge` finds right. It is asked with `None`
    /// where the program does not end: whatever it says then, that is a failure.
    pub fn ends_that(
        self,
        what: &str,
        judge: impl FnOnce(Option<Exit>) -> Result<(), Wrong>,
    ) -> Outcome<Exit> {
        let expected = || Expected::new(Expectation::CleanEnd, what);
        let exit = match self.end(&expected) {
            Ok(exit) => exit,
            Err(failure) => return Err(Wrong::of(judge(None)).claimed(failure)),
        };
        let output = self.stage().world().evidence.output();
        let verdict = match is_crash(exit, &output) {
            true => Err(Wrong::unknown()),
            false => judge(Some(exit)),
        };
        verdict.map(|()| exit).map_err(|wrong| {
            let observed = match exit.is_success() {
                true => format!("it {exit}"),
                false => with_last_words(exit, &output),
            };
            wrong.claimed(expected().but_saw(&self.stage().world(), observed))
        })
    }

    /// Waits for its end, and tells the step.
    fn end(self, expected: &dyn Fn() -> Expected) -> Outcome<Exit> {
        let exit = self.stage().expect(Wait::End, expected, |world| world.exit())?;
        self.stage().step(format!("it {exit}"));
        Ok(exit)
    }

    /// It is still there when it has done all it does for now.
    pub fn keeps_running(self) -> Outcome {
        self.stage().comes_to_rest()?;
        self.is_there(Wrong::unknown())
    }

    /// It is still there when it has taken what was sent to it last, or some time after that: it may
    /// never rest, since it waits for a clock. `wrong` says what else would show.
    pub fn survives(self, wrong: Wrong) -> Outcome {
        let begin = Instant::now();
        let taken = self.stage().wait(Wait::State, |world| {
            let has_read = world.rests() && world.view.udp().all(|socket| socket.queued == 0);
            let is_known = world.exit().is_some() || has_read || begin.elapsed() > PATIENCE;
            is_known.then_some(())
        });
        match taken {
            Err(Halt::Failure(failure)) => Err(failure),
            _ => self.is_there(wrong),
        }
    }

    fn is_there(self, wrong: Wrong) -> Outcome {
        let Some(exit) = self.exit() else { return Ok(()) };
        let text = format!("your {} goes on", self.stage().scene().role);
        let expected = Expected::new(Expectation::Running, text);
        let failure = expected.unmet(Ending::Exited, Some(exit), format!("it {exit}"), None);
        Err(wrong.claimed(failure))
    }
}

/// How a program has ended, and the last that it said of it.
fn with_last_words(exit: Exit, output: &[u8]) -> String {
    let words = last_words(output).map(|words| format!(": {words}"));
    format!("it {exit}{}", words.unwrap_or_default())
}
