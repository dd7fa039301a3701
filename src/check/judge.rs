//! What a lab's own check knows of right and wrong: the language of checks speaks of datagrams and of
//! sockets, and a lab of the protocol that they carry.

use super::expect::Expected;
use super::stage::Stage;
use super::{Failure, Outcome};
use crate::evidence::{Better, Diagnosis, Ending, Expectation, Score, Unmet};

/// What a lab's check says of something that is not as it should be: the likely cause, where it knows
/// one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    claim: Option<Diagnosis>,
}

impl Wrong {
    /// The cause is not known: whatever fits in general is said.
    pub fn unknown() -> Wrong {
        Wrong { claim: None }
    }

    /// The cause is likely this one: its id, which has a page in docs/causes, the cause in one
    /// sentence, and one thing to do next.
    pub fn cause(id: &'static str, message: impl Into<String>, next: impl Into<String>) -> Wrong {
        let (message, next) = (message.into(), next.into());
        Wrong { claim: Some(Diagnosis { id, message, known_by: None, next }) }
    }

    /// What is wrong in a verdict on nothing, which is a failure whatever it says.
    pub(super) fn of(verdict: Result<(), Wrong>) -> Wrong {
        verdict.err().unwrap_or_else(Wrong::unknown)
    }

    /// Puts the claim into a failure.
    pub(super) fn claimed(self, failure: Failure) -> Failure {
        match failure {
            Failure::Unmet(unmet) => {
                Failure::Unmet(Box::new(Unmet { claim: self.claim, ..*unmet }))
            }
            other => other,
        }
    }
}

impl Stage {
    /// Judges a fact that the check has found out by itself: what was expected and what was seen, in
    /// words, and whether that is right.
    pub fn judge(
        &self,
        expected: impl Into<String>,
        observed: impl Into<String>,
        verdict: Result<(), Wrong>,
    ) -> Outcome {
        let expected = expected.into();
        let Err(wrong) = verdict else {
            self.step(format!("as it should be: {expected}"));
            return Ok(());
        };
        let exit = self.world().exit();
        let expected = Expected::new(Expectation::Fact, expected);
        Err(wrong.claimed(expected.unmet(Ending::Contradicted, exit, observed.into(), None)))
    }

    /// Writes down how well the program does something, beside whether it does it: a score is
    /// reported, and no check fails for it.
    pub fn score(&self, name: &'static str, value: f64, unit: &'static str, better: Better) {
        self.world().score(Score { name, value, unit, better });
    }
}
