//! What a lab's own check knows of right and wrong: the language of checks speaks of datagrams and of
//! sockets, and a lab of the protocol that they carry.

use std::net::SocketAddr;

use super::expect::Expected;
use super::partners::{Client, Request, Server};
use super::stage::Stage;
use super::{Failure, Outcome};
use crate::evidence::{Better, Diagnosis, Ending, Expectation, Payload, Score, StepKind, Unmet};
use crate::peer::Datagram;

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

impl Server<'_> {
    /// Gets a datagram that `judge` finds right. It is asked with `None` where nothing came although
    /// the program has done all it does, or has ended: whatever it says then, that is a failure.
    pub fn gets_that(
        self,
        what: impl Into<String>,
        judge: impl FnOnce(Option<&[u8]>) -> Result<(), Wrong>,
    ) -> Outcome<Request> {
        let at = self.address();
        let text = format!("{}, sent to {at}", what.into());
        let expected = || Expected::new(Expectation::Request { at }, text.clone());
        let (stage, place) = self.place();
        let got = judged(stage, place, &expected, judge)?;
        let shown = Payload::from(&got.payload).short();
        let told = format!("the server at {at} got {shown} from {}", got.from);
        stage.world().step(StepKind::Datagram, told);
        Ok(got)
    }
}

impl Client<'_> {
    /// Gets a datagram that `judge` finds right, from wherever it comes: see
    /// [`Server::gets_that`].
    pub fn gets_that(
        self,
        what: impl Into<String>,
        judge: impl FnOnce(Option<&[u8]>) -> Result<(), Wrong>,
    ) -> Outcome<Request> {
        let text = what.into();
        let to = self.address();
        let expected = || Expected::new(Expectation::Reply { to }, text.clone());
        let (stage, place) = self.place();
        let got = judged(stage, place, &expected, judge)?;
        let shown = Payload::from(&got.payload).short();
        let told = format!("{} got {shown} from {}", self.name(), got.from);
        stage.world().step(StepKind::Datagram, told);
        Ok(got)
    }
}

/// Receives at a peer what `judge` finds right.
fn judged(
    stage: &Stage,
    place: usize,
    expected: &dyn Fn() -> Expected,
    judge: impl FnOnce(Option<&[u8]>) -> Result<(), Wrong>,
) -> Outcome<Request> {
    let got = match super::partners::receive(stage, place, expected) {
        Ok(got) => got,
        Err(failure) => {
            let wrong = judge(None).err().unwrap_or_else(Wrong::unknown);
            return Err(wrong.claimed(failure));
        }
    };
    match judge(Some(&got.payload)) {
        Ok(()) => Ok(Request::from(got)),
        Err(wrong) => Err(wrong.claimed(contradiction(stage, expected(), &got)?)),
    }
}

/// Something else came than was expected. What else comes is taken in too: it belongs to the evidence,
/// and is otherwise there or not by chance.
fn contradiction(stage: &Stage, expected: Expected, got: &Datagram) -> Outcome<Failure> {
    let exit = stage.world().exit();
    stage.rest()?;
    let payload = Payload::from(&got.payload);
    let observed = format!("{} from {}", payload.short(), got.from);
    Ok(expected.unmet(Ending::Contradicted, exit, observed, Some(payload)))
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
        self.rest()?;
        let expected = Expected::new(Expectation::Fact, expected);
        Err(wrong.claimed(expected.unmet(Ending::Contradicted, exit, observed.into(), None)))
    }

    /// Writes down how well the program does something, beside whether it does it: a score is
    /// reported, and no check fails for it.
    pub fn score(&self, name: &'static str, value: f64, unit: &'static str, better: Better) {
        self.world().score(Score { name, value, unit, better });
    }
}

impl From<Datagram> for Request {
    fn from(Datagram { from, payload, at_ns }: Datagram) -> Request {
        let from: SocketAddr = from;
        Request { from, payload, at: std::time::Duration::from_nanos(at_ns) }
    }
}
