//! Programs that tell what happens, a line an event: what they have told, and when.

use std::time::Duration;

use super::program::Program;
use super::wait::{Halt, Wait};
use super::{Outcome, text};
use crate::evidence::{Event, Stream, What};

/// A line that a program has told, up to its line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When its end was read, on the clock of [`super::Stage::now`]: never before it was written.
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

impl Program<'_> {
    /// All that it has told, on standard output and standard error.
    pub fn lines(self) -> Vec<Line> {
        lines(&self.stage().world().evidence.events)
    }

    /// All that it has told, as soon as that is enough: at the latest at this time on the clock of
    /// [`super::Stage::now`], or when it has ended or will not go on by itself.
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
