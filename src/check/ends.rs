//! The end of a program, where a lab's own check knows what is wrong with it.

use super::expect::Expected;
use super::judge::Wrong;
use super::program::Program;
use super::wait::{Halt, Wait};
use super::{Failure, Outcome};
use crate::evidence::{Exit, Expectation, is_crash, last_words};

impl Program<'_> {
    /// It ends by itself, not by a crash, and in a way that `judge` finds right. It is asked with `None`
    /// where the program does not end: whatever it says then, that is a failure.
    pub fn ends_that(
        self,
        what: &str,
        judge: impl FnOnce(Option<Exit>) -> Result<(), Wrong>,
    ) -> Outcome<Exit> {
        let expected = || Expected::new(Expectation::CleanEnd, what);
        let exit = match self.stage().wait(Wait::End, |world| world.exit()) {
            Ok(exit) => exit,
            Err(Halt::Failure(failure)) => return Err(failure),
            Err(Halt::Ending(ending)) => {
                let wrong = judge(None).err().unwrap_or_else(Wrong::unknown);
                return Err(wrong.claimed(expected().but(ending, &self.stage().world())));
            }
        };
        self.stage().step(format!("it {exit}"));
        let world = self.stage().world();
        let output = world.evidence.output();
        let saw = |wrong: Option<Wrong>| -> Failure {
            let why = last_words(&output).filter(|_| !exit.is_success());
            let why = why.map(|words| format!(": {words}")).unwrap_or_default();
            let failure = expected().but_saw(&world, format!("it {exit}{why}"));
            wrong.unwrap_or_else(Wrong::unknown).claimed(failure)
        };
        if is_crash(exit, &output) {
            return Err(saw(None));
        }
        judge(Some(exit)).map(|()| exit).map_err(|wrong| saw(Some(wrong)))
    }

    /// True when it has ended.
    pub fn has_ended(self) -> bool {
        self.stage().world().exit().is_some()
    }

    /// True when it waits for something without a time limit, in all that it does.
    pub fn waits_for_ever(self) -> bool {
        self.stage().world().view.is_blocked_for_good()
    }
}
