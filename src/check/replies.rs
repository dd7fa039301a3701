//! Answers that come late or with others, and clients that wait for them with a time limit.

use std::time::{Duration, Instant};

use super::expect::Expected;
use super::judge::Wrong;
use super::partners::{Request, Server};
use super::program::Program;
use super::stage::Stage;
use super::wait::{Halt, Wait};
use super::world::World;
use super::{Outcome, text};
use crate::evidence::{Ending, Expectation, Payload, StepKind, What};

impl Server<'_> {
    /// Answers a request in so much time, and waits until that has happened. Tells how long the
    /// request had waited then.
    pub fn answers_after(
        self,
        time: Duration,
        request: &Request,
        payload: impl AsRef<[u8]>,
    ) -> Outcome<Duration> {
        let (stage, _) = self.place();
        self.answers_in(time, request.from, &payload);
        let sent = stage.until_all_is_sent()?;
        let waited = sent.saturating_sub(request.at);
        let payload = Payload::from(payload.as_ref());
        let text = format!(
            "the server at {} sent {} to {}, after {:.1} s",
            self.address(),
            payload.short(),
            request.from,
            waited.as_secs_f64()
        );
        stage.world().step(StepKind::Datagram, text);
        Ok(waited)
    }

    /// Gets nothing more until the program ends. `wrong` says what something more would show.
    pub fn gets_nothing_before_its_end(self, wrong: Wrong) -> Outcome {
        let (stage, place) = self.place();
        let came = stage.wait(Wait::Message, |world| world.peers[place].inbox.pop_front());
        let got = match came {
            Ok(got) => got,
            Err(Halt::Failure(failure)) => return Err(failure),
            Err(Halt::Ending(_)) => return Ok(()),
        };
        let payload = Payload::from(&got.payload);
        let observed = format!("another datagram: {} from {}", payload.short(), got.from);
        let expected = Expected::new(Expectation::NothingMore, "no other datagram");
        let exit = stage.world().exit();
        let failure = expected.unmet(Ending::Contradicted, exit, observed, Some(payload));
        Err(wrong.claimed(failure))
    }
}

impl Stage {
    /// Waits until peers have sent all that they have to send, and tells when that was, by the
    /// kernel's clock.
    fn until_all_is_sent(&self) -> Outcome<Duration> {
        match self.wait(Wait::Message, |world| world.all_sent()) {
            Ok(at) => Ok(at),
            Err(Halt::Failure(failure)) => Err(failure),
            // What is due is sent, whatever the program does.
            Err(Halt::Ending(_)) => Ok(self.world().now()),
        }
    }

    /// A random message of letters with some bytes that are no text, and without a digit.
    pub fn noise(&self, length: usize) -> Vec<u8> {
        let mut noise = self.message_of_letters(length).into_bytes();
        noise.iter_mut().step_by(7).for_each(|byte| *byte |= 0x80);
        noise
    }
}

impl Program<'_> {
    /// It is still there when it has taken what was sent to it last, or some time after that. `wrong`
    /// says what else would show.
    pub fn survives(self, wrong: Wrong) -> Outcome {
        let stage = self.stage();
        let begin = Instant::now();
        let taken = stage.wait(Wait::State, |world| {
            let has_read = world.rests() && world.view.udp().all(|socket| socket.queued == 0);
            let is_known = world.exit().is_some() || has_read || begin.elapsed() > PATIENCE;
            is_known.then_some(())
        });
        if let Err(Halt::Failure(failure)) = taken {
            return Err(failure);
        }
        let world = stage.world();
        let Some(exit) = world.exit() else { return Ok(()) };
        let text = format!("your {} goes on", stage.scene().role);
        let expected = Expected::new(Expectation::Running, text);
        let failure = expected.unmet(Ending::Exited, Some(exit), format!("it {exit}"), None);
        Err(wrong.claimed(failure))
    }

    /// It printed something in the second half of the time between two requests: what it says of
    /// the first, it says earlier. Let 600 ms pass after the later one: output may be read later than
    /// a datagram that left after it.
    pub fn spoke_between(self, earlier: &Request, later: &Request) -> Outcome {
        let from = earlier.at + later.at.saturating_sub(earlier.at) / 2;
        if text::has_any(&printed_between(&self.stage().world(), from, later.at + LATE)) {
            return Ok(());
        }
        let text = "some text at its terminal before the next datagram";
        let expected = Expected::new(Expectation::SomeOutput, text);
        Err(expected.but_saw(&self.stage().world(), "no output"))
    }
}

/// How long a program is given to break of what it was sent.
const PATIENCE: Duration = Duration::from_millis(400);

/// How much later than a datagram that output may be read that was written before it.
const LATE: Duration = Duration::from_millis(550);

/// What the program printed between these times of the kernel's clock.
pub(super) fn printed_between(world: &World, from: Duration, to: Duration) -> Vec<u8> {
    let events = world.evidence.events.iter();
    let then = events.filter(|event| (from..=to).contains(&world.time_of(event.at_us)));
    let written = then.filter_map(|event| match &event.what {
        What::Output { text, .. } => Some(text.bytes()),
        _ => None,
    });
    written.flatten().copied().collect()
}
