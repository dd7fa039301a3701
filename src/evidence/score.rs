//! How well a program does something, beside whether it does it.

use serde::Serialize;

/// A figure that a check has measured of a program. No check fails for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    /// Its name within the lab, for machines: `goodput-at-5-percent`.
    pub name: &'static str,
    /// The figure.
    pub value: f64,
    /// What it counts, or of what it is a share: `ms`, `of link`.
    pub unit: &'static str,
    /// In which direction it is better.
    pub better: Better,
}

/// In which direction a score is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}
