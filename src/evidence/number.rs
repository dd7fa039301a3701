//! Numbers in a program's output, in any format, unit and language.

use std::ops::RangeInclusive;
use std::time::Duration;

/// What one of a number may be, in seconds: no unit is asked for.
const UNITS: [f64; 4] = [1.0, 1e-3, 1e-6, 1e-9];

/// A number as it was printed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    /// Its value, whatever its unit.
    pub value: f64,
    /// What one of its last digit is: 0.01 in 1.25.
    pub digit: f64,
    /// True when a percent sign follows.
    pub is_percentage: bool,
}

impl Number {
    /// True when it may be a time in this range, in seconds or in a unit below. What was rounded off
    /// is not held against it, unless that is more than the range.
    pub fn is_time_in(&self, range: &RangeInclusive<Duration>) -> bool {
        let [least, most] = [range.start(), range.end()].map(Duration::as_secs_f64);
        let is_so = |unit: f64| {
            let (value, digit) = (self.value * unit, self.digit * unit);
            digit <= most - least && value + digit >= least && value - digit <= most
        };
        !self.is_percentage && UNITS.into_iter().any(is_so)
    }

    /// True when it is this one, as exactly as a binary fraction can be.
    pub fn is(&self, value: f64) -> bool {
        (self.value - value).abs() < 1e-9
    }
}

/// The numbers in a text, in order. What has two points in it is none: an address, or a version.
pub fn numbers(text: &str) -> Vec<Number> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !is_part(bytes[at]) {
            at += 1;
            continue;
        }
        let end = at + bytes[at..].iter().take_while(|byte| is_part(**byte)).count();
        let (power, end_of_all) = exponent(&text[end..]);
        if let Some(number) = read(text, at, end, power) {
            let rest = text[end + end_of_all..].trim_start_matches([' ', '\u{a0}', '\u{202f}']);
            found.push(Number { is_percentage: rest.starts_with(['%', '％', '٪']), ..number });
        }
        at = end + end_of_all;
    }
    found
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'.'
}

/// The digits and points from `at` to `end` as a number, times ten to that power.
fn read(text: &str, at: usize, end: usize, power: i32) -> Option<Number> {
    // A full stop ends a sentence, and three of them are no number.
    let digits = text[at..end].trim_end_matches('.');
    let value: f64 = digits.parse().ok()?;
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let scale = 10_f64.powi(power);
    // A hyphen between two words is no sign.
    let mut before = text[..at].chars().rev();
    let minus = before.next().is_some_and(|c| c == '-' || c == '−');
    let is_sign = minus && !before.next().is_some_and(char::is_alphanumeric);
    let sign = if is_sign { -1.0 } else { 1.0 };
    let digit = 10_f64.powi(power - i32::try_from(decimals).ok()?);
    Some(Number { value: sign * value * scale, digit, is_percentage: false })
}

/// The power of ten with which a text begins, as in `e-05`, and its length; 0 where it begins with
/// none.
fn exponent(text: &str) -> (i32, usize) {
    let Some(rest) = text.strip_prefix(['e', 'E']) else { return (0, 0) };
    let unsigned = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let length = rest.len() - unsigned.len() + digits;
    let is_word = unsigned[digits..].starts_with(|c: char| c.is_alphanumeric());
    match rest[..length].parse() {
        Ok(power @ -99..=99) if digits > 0 && !is_word => (power, 1 + length),
        _ => (0, 0),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::damage::text_of;

    fn values(text: &str) -> Vec<f64> {
        numbers(text).iter().map(|number| number.value).collect()
    }

    #[test]
    fn numbers_are_read_out_of_any_text() {
        let cases: &[(&str, &[f64])] = &[
            ("Ping 3: 0.0905s, 20% loss.", &[3.0, 0.0905, 20.0]),
            ("127.0.0.1 ... no", &[]),
            ("12 .5 90.", &[12.0, 0.5, 90.0]),
            ("rtt=1.2e-05 s, 3E+2, 1e3", &[1.2e-5, 300.0, 1000.0]),
            ("0:00:00.204512", &[0.0, 0.0, 0.204512]),
            (
                "-10 % (-0.1), 2026-11-20, 3-4, x-5",
                &[-10.0, -0.1, 2026.0, 11.0, 20.0, 3.0, 4.0, 5.0],
            ),
            ("5e6f 2e 3each 4e- 6e+x", &[5.0, 6.0, 2.0, 3.0, 4.0, 6.0]),
            ("−7 мс", &[-7.0]),
            ("204.5ms", &[204.5]),
        ];
        for (text, wanted) in cases {
            assert_eq!(values(text), *wanted, "{text}");
        }
        let digits: Vec<f64> = numbers("12 0.5 90. 1.2e-5").iter().map(|it| it.digit).collect();
        assert_eq!(digits, [1.0, 0.1, 1.0, 1e-6]);
    }

    #[test]
    fn a_percentage_has_its_sign_behind_it() {
        let percentages = |text: &str| {
            let all = numbers(text).into_iter().filter(|number| number.is_percentage);
            all.map(|number| number.value).collect::<Vec<_>>()
        };
        assert_eq!(percentages("2 of 10 lost: 20 %"), [20.0]);
        assert_eq!(percentages("20.0%, 80\u{202f}％"), [20.0, 80.0]);
        assert_eq!(percentages("% 20, 20 percent"), [0.0; 0]);
        assert!(numbers("19.999999999999996%")[0].is(20.0));
        assert!(!numbers("19.99%")[0].is(20.0));
    }

    #[test]
    fn a_time_has_any_unit_and_is_rounded() {
        let is_one = |text: &str| {
            let range = Duration::from_millis(250)..=Duration::from_millis(450);
            numbers(text).iter().any(|number| number.is_time_in(&range))
        };
        for text in ["0.3", "0.2 s", "300", "300123us", "301234567 ns", "3.0e-1", "0:00:00.300100"]
        {
            assert!(is_one(text), "{text}");
        }
        // A whole number of seconds says nothing of a part of one.
        for text in ["0", "1", "0.0003", "200", "30 %", "300 %", "-300", "Ping 2", ""] {
            assert!(!is_one(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(
            text in text_of(&["0", "1", ".", "e", "E", "-", "+", "−", "%", " ", "e-05", "%\n"]),
        ) {
            let range = Duration::ZERO..=Duration::from_secs(1);
            for number in numbers(&text) {
                let _ = (number.is_time_in(&range), number.is(0.0));
            }
        }
    }
}
