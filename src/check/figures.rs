//! Figures in a program's output, in any format and unit.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::expect::Expected;
use super::judge::Wrong;
use super::partners::{Request, Server};
use super::prints::{LATE, printed_between, shown};
use super::program::Program;
use super::wait::{Halt, Wait};
use super::world::World;
use super::{Outcome, text};
use crate::evidence::{Expectation, Figure, Number, Payload, What, numbers};

/// The figures that a program has printed since it was last sent something.
#[derive(Clone, Debug)]
pub struct Figures {
    numbers: Vec<Number>,
}

impl Figures {
    fn in_output(output: &[u8]) -> Figures {
        Figures { numbers: numbers(&text::plain(output)) }
    }

    /// True when a time in this range is among them, in seconds or any smaller unit.
    pub fn have_a_time(&self, range: &RangeInclusive<Duration>) -> bool {
        self.numbers.iter().any(|number| number.is_time_in(range))
    }

    /// True when this percentage is among them, exactly. Where there is no percent sign at all, any
    /// number counts, and a part of one too: 20 percent is 20 and 0.2. All of them are 1.0 and not 1, which
    /// may be anything.
    pub fn have_a_percentage(&self, percent: f64) -> bool {
        let mut signed = self.numbers.iter().filter(|number| number.is_percentage).peekable();
        if signed.peek().is_some() {
            return signed.any(|number| number.is(percent));
        }
        let is_part = |number: &Number| number.digit < 1.0 && number.is(percent / 100.0);
        self.numbers.iter().any(|number| number.is(percent) || is_part(number))
    }

    /// True when there is no number at all.
    pub fn are_none(&self) -> bool {
        self.numbers.is_empty()
    }

    /// True when this number is among them, exactly.
    pub fn have_a_number(&self, value: f64) -> bool {
        self.numbers.iter().any(|number| number.is(value))
    }

    fn have(&self, figure: &Figure) -> bool {
        match figure {
            Figure::Time { least_us, most_us, .. } => {
                let [least, most] = [*least_us, *most_us].map(Duration::from_micros);
                self.have_a_time(&(least..=most))
            }
            Figure::Number { forms, .. } => forms.iter().any(|form| self.have_a_number(*form)),
            Figure::Percentage { percent, .. } => self.have_a_percentage(*percent),
        }
    }
}

impl Program<'_> {
    /// It prints a time in this range. Where it does not, `wrong` says what the figures that it
    /// printed show.
    pub fn prints_a_time(
        self,
        what: &'static str,
        range: &RangeInclusive<Duration>,
        wrong: impl FnOnce(&Figures) -> Wrong,
    ) -> Outcome {
        let (text, figure) = time(what, range);
        self.prints_figure(text, figure, wrong)
    }

    /// It has printed a time in this range since this request, or does before `server` gets the next
    /// one. Where it does not, `wrong` says what is known of that.
    pub fn printed_a_time_since(
        self,
        request: &Request,
        server: Server<'_>,
        what: &'static str,
        range: &RangeInclusive<Duration>,
        wrong: Wrong,
    ) -> Outcome {
        let stage = self.stage();
        let place = server.place();
        let mut output = Vec::new();
        let seen = stage.wait(Wait::Message, |world| {
            output = printed_between(world, request.at, Duration::MAX);
            let is_next = !world.actors[place].inbox.is_empty();
            let has_it = Figures::in_output(&output).have_a_time(range);
            (has_it || is_next).then_some(has_it)
        });
        match seen {
            Ok(true) => return Ok(()),
            Err(Halt::Failure(failure)) => return Err(failure),
            Ok(false) | Err(Halt::Ending(_)) => {}
        }
        let (text, figure) = time(what, range);
        let world = stage.world();
        // What it says of the next one is another matter.
        if !text::has_any(&printed_between(&world, request.at, next_after(&world, request))) {
            let text = format!("{what} at its terminal, before the next datagram");
            let expected = Expected::new(Expectation::SomeOutput, text);
            return Err(expected.but_saw(&world, "no output"));
        }
        let expected = Expected::new(Expectation::Figure { figure }, text);
        let observed = format!("{} at its terminal", Payload::from(&output).short());
        Err(wrong.claimed(expected.but_saw(&world, observed)))
    }

    /// It prints this percentage. Where it does not, `wrong` says what the figures that it printed
    /// show.
    pub fn prints_a_percentage(
        self,
        what: &'static str,
        percent: f64,
        wrong: impl FnOnce(&Figures) -> Wrong,
    ) -> Outcome {
        let text = format!("{what}, {percent} %, at its terminal");
        self.prints_figure(text, Figure::Percentage { what, percent }, wrong)
    }

    /// It prints a number, in one of these forms. Where it does not, `wrong` says what the figures that
    /// it printed show.
    pub fn prints_a_number(
        self,
        what: &'static str,
        forms: &[f64],
        wrong: impl FnOnce(&Figures) -> Wrong,
    ) -> Outcome {
        let text = format!("{what}, {}, at its terminal", forms[0]);
        let figure = Figure::Number { what, forms: forms.to_vec() };
        self.prints_figure(text, figure, wrong)
    }

    fn prints_figure(
        self,
        text: String,
        figure: Figure,
        wrong: impl FnOnce(&Figures) -> Wrong,
    ) -> Outcome {
        let stage = self.stage();
        let figures = || Figures::in_output(&shown(&stage.world()));
        let expected = || {
            let figure = figure.clone();
            Expected::new(Expectation::Figure { figure }, text)
        };
        let mut known = None;
        let is_shown = |world: &mut World| {
            let output = shown(world);
            // Most looks find nothing new.
            if known == Some(output.len()) {
                return None;
            }
            known = Some(output.len());
            Figures::in_output(&output).have(&figure).then_some(())
        };
        let outcome = stage.expect(Wait::Message, expected, is_shown);
        outcome.map_err(|failure| wrong(&figures()).claimed(failure))
    }
}

/// A time as a report names it, and as a figure.
fn time(what: &'static str, range: &RangeInclusive<Duration>) -> (String, Figure) {
    let [least, most] = [range.start(), range.end()];
    let [least_us, most_us] = [least, most].map(|time| time.as_micros() as u64);
    let [least, most] = [least, most].map(|time| time.as_secs_f64() * 1e3);
    let text = format!("{what}, {least:.0} to {most:.0} ms, at its terminal");
    (text, Figure::Time { what, least_us, most_us })
}

/// When all is known that was printed before the request that followed this one.
fn next_after(world: &World, request: &Request) -> Duration {
    let requests = world.evidence.events.iter().filter_map(|event| match event.what {
        What::Received { .. } => Some(world.time_of(event.at_us)),
        _ => None,
    });
    // It may have been noted a moment later than it came.
    let mut later = requests.skip_while(|at| *at < request.at).skip(1);
    later.next().map_or(Duration::MAX, |at| at + LATE)
}
