//! What partners get, and what they do not.

use std::net::SocketAddr;
use std::time::Duration;

use super::expect::Expected;
use super::judge::Wrong;
use super::partners::{Client, Partner, Request, Server};
use super::wait::{Halt, Wait};
use super::world::World;
use super::{Failure, Outcome};
use crate::evidence::{Ending, Expectation, Payload, Role, StepKind, Unmet, contrast};

/// What a lab's check makes of a datagram that has come.
#[derive(Debug)]
pub enum Sorted {
    /// It is what is waited for.
    Right,
    /// It may come, and is passed over.
    Beside,
    /// It should not have come.
    Wrong(Wrong),
}

impl Partner<'_> {
    /// The next datagram, whatever it is. `None` when none will come: the program has ended, or does
    /// nothing more, or has done nothing for the time that any expectation has.
    pub fn next(self) -> Outcome<Option<Request>> {
        self.next_by(Duration::MAX)
    }

    /// The next datagram, if one comes until this time on the clock of [`super::Stage::now`].
    pub fn next_by(self, by: Duration) -> Outcome<Option<Request>> {
        let got = self.stage().wait(Wait::Message, |world| {
            let request = self.takes(world);
            let late = Duration::from_micros(world.now_us()) >= by;
            (request.is_some() || late).then_some(request)
        });
        match got {
            Ok(Some(request)) => Ok(Some(self.has_taken(request))),
            Ok(None) | Err(Halt::Ending(_)) => Ok(None),
            Err(Halt::Failure(failure)) => Err(failure),
        }
    }

    /// Gets a datagram that `judge` finds right, from wherever it comes. It is asked with `None` where
    /// nothing came although the program has done all it does, or has ended: whatever it says then,
    /// that is a failure.
    pub fn gets_that(
        self,
        what: impl Into<String>,
        judge: impl FnOnce(Option<&[u8]>) -> Result<(), Wrong>,
    ) -> Outcome<Request> {
        let (at, what) = (self.address(), what.into());
        let expected = || match self.role() {
            Role::Client => Expected::new(Expectation::Reply { to: at }, what.as_str()),
            _ => Expected::new(Expectation::Request { at }, format!("{what}, sent to {at}")),
        };
        let got = match self.receives(&expected) {
            Ok(got) => got,
            Err(failure) => return Err(Wrong::of(judge(None)).claimed(failure)),
        };
        match judge(Some(&got.payload)) {
            Ok(()) => Ok(self.has_taken(got)),
            Err(wrong) => Err(wrong.claimed(self.has_got_instead(expected(), &got)?)),
        }
    }

    /// Gets a datagram that `sort` finds right, and passes over those that may come besides: a program
    /// that sends something again, because its clock told it to, does nothing wrong. It is asked with
    /// `None` where none came although the program has done all it does, or has ended: that is a
    /// failure, and a [`Sorted::Wrong`] then says why.
    pub fn gets_among(
        self,
        what: impl Into<String>,
        mut sort: impl FnMut(Option<&Request>) -> Sorted,
    ) -> Outcome<Request> {
        let (at, what) = (self.address(), what.into());
        let expected = || Expected::new(Expectation::Packet { at }, what.as_str());
        let came = self.stage().expect(Wait::Message, expected, |world| {
            while let Some(request) = self.takes(world) {
                match sort(Some(&request)) {
                    Sorted::Right => return Some(Ok(request)),
                    Sorted::Beside => {}
                    Sorted::Wrong(wrong) => return Some(Err((wrong, request))),
                }
            }
            None
        });
        match came {
            Ok(Ok(request)) => {
                let text = format!("{} got {}", self.name(), self.stage().reads(&request.payload));
                self.stage().world().step(StepKind::Datagram, text);
                Ok(request)
            }
            Ok(Err((wrong, got))) => {
                let observed = format!("{} from {}", self.stage().reads(&got.payload), got.from);
                Err(wrong.claimed(self.contradicts(expected(), &got, observed)))
            }
            Err(failure) => match sort(None) {
                Sorted::Wrong(wrong) => Err(wrong.claimed(failure)),
                _ => Err(failure),
            },
        }
    }

    /// True when such a datagram has come here, and nobody has asked for it.
    pub fn has_got(self, is_so: impl Fn(&[u8]) -> bool) -> bool {
        let world = self.stage().world();
        world.actors[self.place()].inbox.iter().any(|datagram| is_so(&datagram.payload))
    }

    /// Takes a datagram that has come, whatever it is.
    pub(super) fn takes(self, world: &mut World) -> Option<Request> {
        world.actors[self.place()].inbox.pop_front().map(Request::from)
    }

    /// Waits for a datagram, or says what was expected.
    fn receives(self, expected: &dyn Fn() -> Expected) -> Outcome<Request> {
        self.stage().expect(Wait::Message, expected, |world| self.takes(world))
    }

    /// Tells the step.
    fn has_taken(self, request: Request) -> Request {
        let shown = self.stage().reads(&request.payload);
        let text = format!("{} got {shown} from {}", self.name(), request.from);
        self.stage().world().step(StepKind::Datagram, text);
        request
    }

    /// Another datagram came than was expected.
    fn contradicts(self, expected: Expected, got: &Request, observed: String) -> Failure {
        let payload = Some(Payload::from(&got.payload));
        let exit = self.stage().world().exit();
        expected.unmet(Ending::Contradicted, exit, observed, payload)
    }

    /// As [`Partner::contradicts`], with what else comes: it belongs to the evidence, and would
    /// otherwise be there or not by chance. One answer in two pieces, or an answer that comes twice,
    /// is known by it.
    fn has_got_instead(self, expected: Expected, got: &Request) -> Outcome<Failure> {
        let observed = format!("{} from {}", self.stage().reads(&got.payload), got.from);
        let failure = self.contradicts(expected, got, observed);
        self.stage().comes_to_rest()?;
        Ok(failure)
    }

    /// Another datagram came than these bytes at this place, and where both differ is told.
    fn has_got_other<T>(
        self,
        mut expected: Expected,
        wanted: &[u8],
        got: &Request,
        place: &str,
    ) -> Outcome<T> {
        let Some(contrast) = contrast(wanted, &got.payload) else {
            return Err(self.has_got_instead(expected, got)?);
        };
        expected.expected = format!("{} {place}", contrast.expected);
        let observed = format!("{} from {}", contrast.observed, got.from);
        let failure = self.contradicts(expected, got, observed);
        self.stage().comes_to_rest()?;
        Err(match failure {
            Failure::Unmet(unmet) => {
                Failure::Unmet(Box::new(Unmet { difference: Some(contrast.column), ..*unmet }))
            }
            other => other,
        })
    }

    /// Gets nothing more, now that the program rests.
    fn gets_none(self, expected: Expected) -> Outcome {
        self.stage().comes_to_rest()?;
        let extra = self.takes(&mut self.stage().world());
        let Some(extra) = extra else { return Ok(()) };
        let what = match expected.expectation {
            Expectation::Silence => "an answer",
            _ => "another datagram",
        };
        let shown = self.stage().reads(&extra.payload);
        let observed = format!("{what}: {shown} from {}", extra.from);
        Err(self.contradicts(expected, &extra, observed))
    }
}

impl Client<'_> {
    /// Gets this answer from the server, from the port to which it has sent.
    pub fn gets(self, payload: impl AsRef<[u8]>) -> Outcome {
        let wanted = payload.as_ref();
        let (to, from) = (self.address(), self.server());
        let expected = || {
            let payload = Payload::from(wanted);
            let text = format!("{} from {from}", payload.short());
            Expected::new(Expectation::Answer { to, from, payload }, text)
        };
        let got = self.receives(&expected)?;
        if got.from != from || got.payload != wanted {
            return self.has_got_other(expected(), wanted, &got, &format!("from {from}"));
        }
        let text = format!("{} got {}", self.name(), Payload::from(wanted).short());
        self.stage().world().step(StepKind::Datagram, text);
        Ok(())
    }

    /// Gets nothing more, now that the server has done all it does.
    pub fn gets_nothing_more(self) -> Outcome {
        let expected = "no second answer to one datagram";
        self.gets_none(Expected::new(Expectation::NothingMore, expected))
    }

    /// Gets no answer at all, now that the server has done all it does.
    pub fn gets_no_answer(self) -> Outcome {
        self.gets_none(Expected::new(Expectation::Silence, "no answer"))
    }
}

impl Server<'_> {
    /// Gets this datagram, and tells who sent it.
    pub fn gets(self, payload: impl AsRef<[u8]>) -> Outcome<SocketAddr> {
        let wanted = payload.as_ref();
        let at = self.address();
        let expected = || {
            let payload = Payload::from(wanted);
            let text = format!("{} to {at}", payload.short());
            Expected::new(Expectation::Datagram { at, payload }, text)
        };
        let got = self.receives(&expected)?;
        if got.payload != wanted {
            return self.has_got_other(expected(), wanted, &got, &format!("to {at}"));
        }
        Ok(self.has_taken(got).from)
    }

    /// Gets a datagram, whatever it carries.
    pub fn gets_any(self) -> Outcome<Request> {
        let at = self.address();
        let expected = || Expected::new(Expectation::Request { at }, format!("a datagram to {at}"));
        Ok(self.has_taken(self.receives(&expected)?))
    }

    /// Gets a datagram, and not before everything was sent that partners have yet to send: the client
    /// was waiting for the last of it.
    pub fn gets_one_after_all(self) -> Outcome<Request> {
        let at = self.address();
        let request = self.gets_any()?;
        if self.stage().world().all_sent().is_some_and(|all| request.at >= all) {
            return Ok(request);
        }
        let text = "nothing more before the answer to the last datagram has come";
        let observed = format!("{} to {at}", self.stage().reads(&request.payload));
        let expected = Expected::new(Expectation::Patience { at }, text);
        let failure = self.contradicts(expected, &request, observed);
        // What else comes may tell why.
        self.stage().comes_to_rest()?;
        Err(failure)
    }

    /// Gets a datagram so long after an earlier one.
    pub fn gets_one_in(
        self,
        (least, most): (Duration, Duration),
        earlier: &Request,
    ) -> Outcome<Request> {
        let at = self.address();
        let [least_ms, most_ms] = [least, most].map(|time| time.as_millis() as u64);
        let (least_s, most_s) = (least.as_secs_f64(), most.as_secs_f64());
        let expected = |took_ms| {
            Expected::new(
                Expectation::Interval { at, least_ms, most_ms, took_ms },
                format!("the next datagram, {least_s:.1} to {most_s:.1} s after the one before"),
            )
        };
        let request = self.has_taken(self.receives(&|| expected(None))?);
        let time = request.at.saturating_sub(earlier.at);
        if time >= least && time <= most {
            return Ok(request);
        }
        let shown = self.stage().reads(&request.payload);
        let observed = format!("{shown} after {:.1} s", time.as_secs_f64());
        let took_ms = Some(time.as_millis() as u64);
        Err(self.contradicts(expected(took_ms), &request, observed))
    }

    /// Gets nothing more, now that the client has done all it does for now. One that waits with a
    /// time-out may send again when that has passed.
    pub fn gets_nothing_more(self) -> Outcome {
        self.stage().comes_to_rest()?;
        let may_repeat = {
            let world = self.stage().world();
            world.exit().is_none() && !world.view.is_blocked_for_good()
        };
        if may_repeat {
            return Ok(());
        }
        let expected = "no second datagram before an answer has come";
        self.gets_none(Expected::new(Expectation::NothingMore, expected))
    }

    /// Gets nothing more until the program ends. `wrong` says what something more would show.
    pub fn gets_nothing_before_its_end(self, wrong: Wrong) -> Outcome {
        let Some(got) = self.next()? else { return Ok(()) };
        let shown = self.stage().reads(&got.payload);
        let observed = format!("another datagram: {shown} from {}", got.from);
        let expected = Expected::new(Expectation::NothingMore, "no other datagram");
        Err(wrong.claimed(self.contradicts(expected, &got, observed)))
    }
}
