//! Expectations: what is waited for, and what is said when it does not come.

use super::stage::Stage;
use super::wait::{Halt, Wait};
use super::world::World;
use super::{Failure, Outcome, observe};
use crate::evidence::{Ending, Exit, Expectation, Payload, StepKind, Unmet};

/// What an expectation that was not met looks like from outside.
pub(super) struct Expected {
    pub(super) expectation: Expectation,
    /// As in [`Unmet::expected`].
    pub(super) expected: String,
}

impl Expected {
    pub(super) fn new(expectation: Expectation, expected: impl Into<String>) -> Expected {
        Expected { expectation, expected: expected.into() }
    }

    /// Nothing that would do has come.
    pub(super) fn but(self, ending: Ending, world: &World) -> Failure {
        let observed = observe::missing(&self.expectation, ending, &world.evidence);
        self.unmet(ending, world.exit(), observed, None)
    }

    /// Something else has come.
    pub(super) fn but_saw(self, world: &World, observed: impl Into<String>) -> Failure {
        self.unmet(Ending::Contradicted, world.exit(), observed.into(), None)
    }

    pub(super) fn unmet(
        self,
        ending: Ending,
        exit: Option<Exit>,
        observed: String,
        instead: Option<Payload>,
    ) -> Failure {
        let Expected { expectation, expected } = self;
        Failure::Unmet(Box::new(Unmet {
            expectation,
            ending,
            exit,
            expected,
            observed,
            instead,
            difference: None,
            claim: None,
        }))
    }
}

impl Stage {
    /// Waits for `met`, or says what was expected and what was seen.
    pub(super) fn expect<T>(
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

    /// Tells a step that was taken.
    pub(super) fn step(&self, step: String) {
        self.world().step(StepKind::Act, step);
    }
}
