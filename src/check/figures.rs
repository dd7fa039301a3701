//! Figures in a program's output, in any format and unit.

use std::time::Duration;

use super::expect::Expected;
use super::wait::Wait;
use super::{Outcome, Program, text};
use crate::evidence::{Expectation, Figure};

/// What one of a number is, in seconds: no unit is asked for.
const UNITS: [f64; 3] = [1.0, 1e-3, 1e-6];

impl Program<'_> {
    /// It prints a time between these two, in seconds, milliseconds or microseconds.
    pub fn prints_a_time(self, least: Duration, most: Duration) -> Outcome {
        let [least_us, most_us] = [least, most].map(|time| time.as_micros() as u64);
        let expected = || {
            let [least, most] = [least, most].map(|time| time.as_secs_f64() * 1e3);
            let text = format!("a time of {least:.1} to {most:.1} ms at its terminal");
            Expected::new(Expectation::Figure { figure: Figure::Time { least_us, most_us } }, text)
        };
        let range = least.as_secs_f64()..=most.as_secs_f64();
        let is_one = |&(number, digit): &(f64, f64)| {
            // What was rounded off is not held against it.
            let around = |unit: f64| {
                let [low, high] = [number - digit, number + digit].map(|number| number * unit);
                low <= *range.end() && high >= *range.start()
            };
            UNITS.into_iter().any(around)
        };
        self.shows(expected, |output| numbers(output).iter().any(is_one))
    }

    /// It prints a number, in one of these forms: 20 percent is 20 and 0.2.
    pub fn prints_a_number(self, what: &'static str, forms: &[f64]) -> Outcome {
        let expected = || {
            let text = format!("{what}, {}, at its terminal", forms[0]);
            let figure = Figure::Number { what, forms: forms.to_vec() };
            Expected::new(Expectation::Figure { figure }, text)
        };
        let is_one = |&(number, _): &(f64, f64)| forms.contains(&number);
        self.shows(expected, |output| numbers(output).iter().any(is_one))
    }

    fn shows(
        self,
        expected: impl FnOnce() -> Expected,
        is_shown: impl Fn(&str) -> bool,
    ) -> Outcome {
        let shown = |world: &mut super::world::World| {
            let output = super::program::shown(world);
            is_shown(&text::plain(&output)).then_some(())
        };
        self.stage().expect(Wait::Message, expected, shown)
    }
}

/// The numbers in a text, and what one of the last digit of each is.
fn numbers(text: &str) -> Vec<(f64, f64)> {
    let is_part = |c: char| c.is_ascii_digit() || c == '.';
    let words = text.split(|c| !is_part(c)).map(|word| word.trim_matches('.'));
    let read = |word: &str| {
        let decimals = word.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        Some((word.parse().ok()?, 10_f64.powi(-(decimals as i32))))
    };
    words.filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_out_of_any_text() {
        let found: Vec<f64> = numbers("Ping 3: 0.0905s, 20% loss.").iter().map(|it| it.0).collect();
        assert_eq!(found, [3.0, 0.0905, 20.0]);
        assert!(numbers("127.0.0.1 ... no").is_empty());
        let digits: Vec<f64> = numbers("12 0.5 90.").iter().map(|it| it.1).collect();
        assert_eq!(digits, [1.0, 0.1, 1.0]);
    }
}
