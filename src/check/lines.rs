//! Programs that tell what happens, a line an event: what they have told, and when. And time that
//! passes: for labs in which a program listens to a clock.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::agenda::Due;
use super::stage::Stage;
use super::wait::{Halt, Wait};
use super::world::World;
use super::{Client, Failure, Outcome, Program, Request, Server, text};
use crate::evidence::{Event, Role, Stream, What};
use crate::interrupt;
use crate::procfs;

/// A line that a program has told, up to its line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When its end was read, on the clock of [`Stage::now`]: never before it was written.
    pub at: Duration,
    /// What it says, without colors.
    pub text: String,
}

impl Line {
    /// Its words: what stands between characters that are neither letters nor digits, in small
    /// letters.
    pub fn words(&self) -> Vec<String> {
        let words = self.text.split(|c: char| !c.is_alphanumeric());
        words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    }
}

impl Stage {
    /// How long ago the check began. What is sent after this call is sent later than that.
    pub fn now(&self) -> Duration {
        Duration::from_micros(self.world().now_us())
    }

    /// Lets so much time pass. What is due meanwhile is sent, and what comes is taken in.
    ///
    /// # Errors
    ///
    /// When the machine cannot do its part, or someone pressed Ctrl-C.
    pub fn lets_pass(&self, time: Duration) -> Outcome {
        let until = Instant::now() + time;
        let mut world = self.world();
        loop {
            world.pump()?;
            if interrupt::asked() {
                return Err(Failure::Interrupted);
            }
            if Instant::now() >= until {
                return Ok(());
            }
            world.sleep(until);
        }
    }
}

impl Client<'_> {
    /// When it has sent what it sent, on the clock of [`Stage::now`]: never after it was under way.
    pub fn sent(self) -> Vec<Duration> {
        let (own, (stage, _)) = (self.address(), self.place());
        let world = stage.world();
        let sent = world.evidence.events.iter().filter_map(|event| match &event.what {
            What::Sent { from, .. } if *from == own => Some(Duration::from_micros(event.at_us)),
            _ => None,
        });
        sent.collect()
    }

    /// Will send one datagram to the server in so much time, while the check goes on. Nothing, where
    /// the lab has no server.
    pub fn sends_in(self, time: Duration, payload: impl AsRef<[u8]>) {
        let (stage, peer) = self.place();
        let Some(to) = stage.scene().address else { return };
        let (at, payload) = (Instant::now() + time, payload.as_ref().to_vec());
        stage.world().send_later(Due { at, peer, to, payload });
    }
}

impl Server<'_> {
    /// It goes away: what is sent to its address finds nobody there, until another is there.
    ///
    /// # Errors
    ///
    /// When the machine cannot do its part.
    pub fn leaves(self) -> Outcome {
        let (address, (stage, at)) = (self.address(), self.place());
        stage.world().free(at, Role::Server.name())?;
        stage.step(format!("the server at {address} went away"));
        Ok(())
    }

    /// Gets a datagram, whatever it carries, if one comes until this time on the clock of
    /// [`Stage::now`]; nothing also where none can come any more.
    ///
    /// # Errors
    ///
    /// When the machine cannot do its part, or someone pressed Ctrl-C.
    pub fn gets_by(self, by: Duration) -> Outcome<Option<Request>> {
        let (stage, at) = self.place();
        let got = stage.wait(Wait::Message, |world| {
            let datagram = world.peers[at].inbox.pop_front();
            let late = Duration::from_micros(world.now_us()) >= by;
            (datagram.is_some() || late).then_some(datagram)
        });
        match got {
            Err(Halt::Failure(failure)) => Err(failure),
            Err(Halt::Ending(_)) => Ok(None),
            Ok(datagram) => Ok(datagram.map(Request::from)),
        }
    }
}

impl Program<'_> {
    /// All that it has told, on standard output and standard error.
    pub fn lines(self) -> Vec<Line> {
        lines(&self.stage().world().evidence.events)
    }

    /// All that it has told, as soon as that is enough: at the latest at this time on the clock of
    /// [`Stage::now`], or when it has ended or will not go on by itself.
    ///
    /// # Errors
    ///
    /// When the machine cannot do its part, or someone pressed Ctrl-C.
    pub fn lines_until(
        self,
        by: Duration,
        mut is_enough: impl FnMut(&[Line]) -> bool,
    ) -> Outcome<Vec<Line>> {
        let mut known = None;
        let told = self.stage().wait(Wait::Message, |world| {
            let events = world.evidence.events.len();
            let changed = known.replace(events) != Some(events);
            let late = Duration::from_micros(world.now_us()) >= by;
            (late || changed && is_enough(&lines(&world.evidence.events))).then_some(())
        });
        match told {
            Err(Halt::Failure(failure)) => Err(failure),
            _ => Ok(self.lines()),
        }
    }

    /// How long its threads have waited for a processor so far, though they could have run: where that
    /// has grown much, the machine is to blame for what is late.
    pub fn has_waited(self) -> Duration {
        let processes = self.stage().world().processes();
        processes.into_iter().map(procfs::waited_for_processor).sum()
    }

    /// It is held up for so long, as by a machine that has no time for it: stopped by a signal, and
    /// told to go on by another.
    ///
    /// # Errors
    ///
    /// When the machine cannot do its part, or someone pressed Ctrl-C.
    pub fn is_held_up(self, time: Duration) -> Outcome {
        signal(&self.stage().world(), Signal::STOP);
        let outcome = self.stage().lets_pass(time);
        signal(&self.stage().world(), Signal::CONT);
        self.stage().step(format!("it was held up for {} ms", time.as_millis()));
        outcome
    }
}

/// One that has ended meanwhile needs no signal.
fn signal(world: &World, signal: Signal) {
    for pid in world.processes() {
        if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, signal);
        }
    }
}

/// The lines among some events that have their end.
fn lines(events: &[Event]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut open = [Vec::new(), Vec::new()];
    for event in events {
        let What::Output { stream, text } = &event.what else { continue };
        let rest = &mut open[usize::from(*stream == Stream::Errors)];
        for &byte in text.bytes() {
            if byte != b'\n' {
                rest.push(byte);
                continue;
            }
            let text = text::plain(rest).trim().to_owned();
            rest.clear();
            if !text.is_empty() {
                lines.push(Line { at: Duration::from_micros(event.at_us), text });
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Payload;

    #[test]
    fn a_line_is_one_when_it_has_its_end() {
        let output = |at_us, stream, text: &str| {
            let text = Payload::from(text);
            Event { at_us, what: What::Output { stream, text } }
        };
        let events = [
            output(1, Stream::Terminal, "one\r\n\ntw"),
            output(2, Stream::Errors, "error: "),
            output(3, Stream::Terminal, "\x1b[1mo\x1b[0m\r\nthree"),
            output(4, Stream::Errors, "no\n"),
        ];
        let told: Vec<(u128, String)> =
            lines(&events).into_iter().map(|it| (it.at.as_micros(), it.text)).collect();
        let line = |at, text: &str| (at, text.to_owned());
        assert_eq!(told, [line(1, "one"), line(3, "two"), line(4, "error: no")]);
    }

    #[test]
    fn words_stand_alone() {
        let words = |text: &str| Line { at: Duration::ZERO, text: text.into() }.words();
        assert_eq!(words("[12:04] MISSING: pump #4"), ["12", "04", "missing", "pump", "4"]);
        assert_eq!(words("{\"dead\":\"pump2\"}"), ["dead", "pump2"]);
        assert!(words("---").is_empty());
    }
}
