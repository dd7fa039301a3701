//! A length of time.

use std::fmt;
use std::str::FromStr;

use super::{WrongValue, number_and_unit, wrong};

/// A length of time, at most an hour, to the nanosecond.
///
/// Written `20ms` or `1.2s`, with `ns`, `us`, `ms` or `s`; 0 needs no unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span(u64);

const UNITS: [(&str, u64); 4] = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("ns", 1)];

/// Longer than anybody waits, and short enough that sums of times never come near their end.
const LONGEST_NS: u64 = 3600 * 1_000_000_000;

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);

    /// So many nanoseconds, cut off at an hour.
    pub const fn from_ns(ns: u64) -> Span {
        Span(if ns < LONGEST_NS { ns } else { LONGEST_NS })
    }

    /// So many milliseconds, cut off at an hour.
    pub const fn from_ms(ms: u64) -> Span {
        Span::from_ns(ms.saturating_mul(1_000_000))
    }

    /// In nanoseconds.
    pub const fn ns(self) -> u64 {
        self.0
    }
}

impl FromStr for Span {
    type Err = WrongValue;

    fn from_str(text: &str) -> Result<Span, WrongValue> {
        let (number, unit) = number_and_unit(text, "20ms")?;
        let Some((_, unit_ns)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return match unit {
                "" if number == 0.0 => Ok(Span::ZERO),
                "" => wrong(format!("a time needs a unit, as in {number}ms or {number}s")),
                _ => wrong(format!("there is no unit {unit}: a time is in ns, us, ms or s")),
            };
        };
        let ns = (number * *unit_ns as f64).round();
        if ns > LONGEST_NS as f64 {
            return wrong("longer than an hour");
        }
        Ok(Span(ns as u64))
    }
}

/// As it is read, `1.2s`; with `{:#}` as in a sentence, `1.2 s`, with three decimals at most.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, unit) = match self.0 {
            0 => ("s", 1),
            ns => UNITS.into_iter().find(|(_, unit)| ns >= *unit).unwrap_or(("ns", 1)),
        };
        let step = if f.alternate() { (unit / 1000).max(1) } else { 1 };
        let ns = (self.0 + step / 2) / step * step;
        write!(f, "{}", ns / unit)?;
        if !ns.is_multiple_of(unit) {
            let digits = unit.ilog10() as usize;
            let decimals = format!("{:0digits$}", ns % unit);
            write!(f, ".{}", decimals.trim_end_matches('0'))?;
        }
        write!(f, "{}{name}", if f.alternate() { " " } else { "" })
    }
}
