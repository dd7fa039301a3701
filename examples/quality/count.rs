//! What came of one program, and how many came to the same.

use socklab::evidence::Status;

use crate::corpus::Mistake;
use crate::verdict::{Judged, Verdict};

/// What the judge made of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its lab cannot be played in this setting.
    NotPlayed,
    /// A right program was accepted.
    Accepted,
    /// A right program failed this check.
    TurnedAway { check: String },
    /// A wrong program was rejected, and this was said first, of the first check that failed.
    Rejected { check: String, said: Vec<String>, rank: Rank, foreseen: Foreseen },
    /// A wrong program was accepted.
    Missed,
}

/// Where the right cause stands in what was said of a wrong program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    First,
    Second,
    /// Another cause was named.
    Another,
    /// No cause was named.
    Unknown,
}

/// Whether it went as the program itself says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foreseen {
    /// The check that failed first is the one that it names.
    pub check: bool,
    /// What was said first is what it names as likelier.
    pub likelier: bool,
}

impl Outcome {
    /// What came of a program with this mistake, or with none.
    ///
    /// # Errors
    ///
    /// When the judge could not find out: then there is nothing to count.
    pub fn of(mistake: Option<&Mistake>, verdict: &Verdict) -> Result<Outcome, String> {
        let first = verdict.first();
        match (first.map(|check| (check.status, check)), mistake) {
            (Some((Status::Error, check)), _) => {
                Err(format!("{} could not be done: {}", check.id, check.trouble))
            }
            (Some((Status::Skipped, _)), _) => Ok(Outcome::NotPlayed),
            (None, None) => Ok(Outcome::Accepted),
            (None, Some(_)) => Ok(Outcome::Missed),
            (Some((_, check)), None) => Ok(Outcome::TurnedAway { check: check.id.clone() }),
            (Some((_, check)), Some(mistake)) => Ok(rejected(check, mistake)),
        }
    }

    /// True for a wrong program that was accepted, a right one that was rejected, and a first
    /// diagnosis that is none or a wrong one: there must be none of these.
    pub fn is_wrong(&self) -> bool {
        match self {
            Outcome::Rejected { rank, .. } => matches!(rank, Rank::Another | Rank::Unknown),
            Outcome::TurnedAway { .. } | Outcome::Missed => true,
            Outcome::NotPlayed | Outcome::Accepted => false,
        }
    }

    /// True when the right cause was not said first, or of another check, and for a wrong verdict.
    pub fn is_worth_a_look(&self) -> bool {
        match self {
            Outcome::Rejected { rank, foreseen, .. } => *rank != Rank::First || !foreseen.check,
            Outcome::TurnedAway { .. } | Outcome::Missed => true,
            Outcome::NotPlayed | Outcome::Accepted => false,
        }
    }
}

fn rejected(check: &Judged, mistake: &Mistake) -> Outcome {
    let said = check.said.clone();
    let rank = match said.iter().position(|id| id == mistake.id()) {
        Some(0) => Rank::First,
        Some(_) => Rank::Second,
        None if said == ["unknown"] => Rank::Unknown,
        None => Rank::Another,
    };
    let likelier =
        mistake.likelier.as_deref().is_some_and(|id| said.first().is_some_and(|it| it == id));
    let foreseen = Foreseen { check: check.id == mistake.check, likelier };
    Outcome::Rejected { check: check.id.clone(), said, rank, foreseen }
}

/// A row of the table: how many came to what.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub wrong: usize,
    pub rejected: usize,
    /// Rejected, and first by the check that the program names.
    pub there: usize,
    pub first: usize,
    pub second: usize,
    pub another: usize,
    pub unknown: usize,
    pub right: usize,
    pub accepted: usize,
}

impl Tally {
    /// Counts these.
    pub fn of<'o>(outcomes: impl Iterator<Item = &'o Outcome>) -> Tally {
        outcomes.fold(Tally::default(), Tally::with)
    }

    fn with(mut self, outcome: &Outcome) -> Tally {
        match outcome {
            Outcome::NotPlayed => {}
            Outcome::Accepted => {
                self.right += 1;
                self.accepted += 1;
            }
            Outcome::TurnedAway { .. } => self.right += 1,
            Outcome::Missed => self.wrong += 1,
            Outcome::Rejected { rank, foreseen, .. } => {
                self.wrong += 1;
                self.rejected += 1;
                self.there += usize::from(foreseen.check);
                match rank {
                    Rank::First => self.first += 1,
                    Rank::Second => self.second += 1,
                    Rank::Another => self.another += 1,
                    Rank::Unknown => self.unknown += 1,
                }
            }
        }
        self
    }

    /// True when nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.wrong + self.right == 0
    }
}
