//! The values that a link is set with, as they are written on a command line and in rules.
//!
//! Each is read by [`FromStr`] and displayed in the same notation; what is displayed can be read.

mod span;

use std::fmt;
use std::num::{NonZeroU32, NonZeroU64};
use std::str::FromStr;

pub use span::Span;

/// Why a value cannot be what it was meant as: one line, which does not repeat the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongValue(pub(super) String);

impl fmt::Display for WrongValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongValue {}

fn wrong<T>(why: impl Into<String>) -> Result<T, WrongValue> {
    Err(WrongValue(why.into()))
}

/// Splits `1.2s` into 1.2 and `s`. `example` is shown when there is no number.
fn number_and_unit<'a>(text: &'a str, example: &str) -> Result<(f64, &'a str), WrongValue> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    // What Rust reads as a number, such as `inf`, `1e3` and `-1`, is more than is meant here.
    match number.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok((number, unit.trim_start())),
        _ => wrong(format!("not a number of 0 or more, as in {example}")),
    }
}

/// How likely it is that a packet meets a fault: from 0, never, to 1, always.
///
/// Written `5%` or `0.05`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Chance(f64);

impl Chance {
    /// Never.
    pub const NEVER: Chance = Chance(0.0);
    /// Always.
    pub const ALWAYS: Chance = Chance(1.0);

    /// Whether a draw, at least 0 and less than 1, hits.
    pub(super) fn hits(self, draw: f64) -> bool {
        draw < self.0
    }
}

impl FromStr for Chance {
    type Err = WrongValue;

    fn from_str(text: &str) -> Result<Chance, WrongValue> {
        let (number, unit) = number_and_unit(text, "5% or 0.05")?;
        match unit {
            "%" if number <= 100.0 => Ok(Chance(number / 100.0)),
            "" if number <= 1.0 => Ok(Chance(number)),
            "" if number <= 100.0 => wrong(format!("more than 1; did you mean {number}%?")),
            "%" | "" => wrong("more than 100%, which is always"),
            _ => wrong("a chance is written 5% or 0.05"),
        }
    }
}

impl fmt::Display for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 0.07 * 100 is a little more than 7: nine decimals are all that anyone writes.
        write!(f, "{}%", (self.0 * 1e11).round() / 1e9)
    }
}

/// How many bits a line carries in a second; never 0.
///
/// Written `10mbit`, with `bit`, `kbit`, `mbit` or `gbit`, each 1000 of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(NonZeroU64);

const RATES: [(&str, u64); 4] =
    [("gbit", 1_000_000_000), ("mbit", 1_000_000), ("kbit", 1000), ("bit", 1)];

impl Rate {
    /// A rate of so many bits a second; none for 0.
    pub fn from_bits(bits_per_second: u64) -> Option<Rate> {
        NonZeroU64::new(bits_per_second).map(Rate)
    }

    /// How long `length` bytes take, in nanoseconds, rounded up.
    pub(super) fn time_ns(self, length: usize) -> u64 {
        let bits = u128::try_from(length).unwrap_or(u128::MAX).saturating_mul(8);
        let time_ns = bits.saturating_mul(1_000_000_000).div_ceil(u128::from(self.0.get()));
        u64::try_from(time_ns).unwrap_or(u64::MAX)
    }
}

impl FromStr for Rate {
    type Err = WrongValue;

    fn from_str(text: &str) -> Result<Rate, WrongValue> {
        let (number, unit) = number_and_unit(text, "10mbit")?;
        let lower = unit.to_ascii_lowercase();
        let Some((_, bits)) = RATES.iter().find(|(name, _)| *name == lower) else {
            return wrong(match lower.as_str() {
                "" => format!("a rate needs a unit, as in {number}kbit or {number}mbit"),
                _ => format!("there is no unit {unit}: a rate is in bit, kbit, mbit or gbit"),
            });
        };
        match Rate::from_bits((number * *bits as f64).round() as u64) {
            Some(rate) => Ok(rate),
            None => wrong("a rate of 0 carries nothing; the least is 1bit, a bit a second"),
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.0.get();
        let (name, unit) =
            RATES.into_iter().find(|(_, unit)| bits.is_multiple_of(*unit)).unwrap_or(RATES[3]);
        write!(f, "{}{name}", bits / unit)
    }
}

/// How many packets may wait for a line; at least 1. Written `50`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueLength(NonZeroU32);

impl QueueLength {
    /// A queue of so many packets; none for 0.
    pub fn from_packets(packets: u32) -> Option<QueueLength> {
        NonZeroU32::new(packets).map(QueueLength)
    }

    /// How many packets may wait.
    pub fn packets(self) -> usize {
        self.0.get().try_into().unwrap_or(usize::MAX)
    }
}

/// How many packets a line starts in a second at most; at least 1. Written `20000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace(NonZeroU32);

impl Pace {
    /// A pace of so many packets a second; none for 0.
    pub fn from_packets(packets_per_second: u32) -> Option<Pace> {
        NonZeroU32::new(packets_per_second).map(Pace)
    }

    /// From the start of one packet to the next, in nanoseconds, rounded up.
    pub(super) fn time_ns(self) -> u64 {
        1_000_000_000_u64.div_ceil(u64::from(self.0.get()))
    }
}

/// Reads a number of packets, which is at least 1 and at most a million.
fn packets(text: &str, what: &str) -> Result<NonZeroU32, WrongValue> {
    match text.parse() {
        Ok(number @ 1..=1_000_000) => Ok(NonZeroU32::MIN.saturating_add(number - 1)),
        Ok(0) => wrong(format!("{what} of 0 carries nothing; the least is 1")),
        _ => wrong(format!("{what} is a number of packets, from 1 to 1000000, as in 50")),
    }
}

impl FromStr for QueueLength {
    type Err = WrongValue;

    fn from_str(text: &str) -> Result<QueueLength, WrongValue> {
        packets(text, "a queue").map(QueueLength)
    }
}

impl FromStr for Pace {
    type Err = WrongValue;

    fn from_str(text: &str) -> Result<Pace, WrongValue> {
        packets(text, "a pace").map(Pace)
    }
}

impl fmt::Display for QueueLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests;
