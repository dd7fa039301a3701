//! From evidence to diagnosis: the likely cause of a failed check, and one thing to do next.
//!
//! A cause is a row of a table: its id in the catalogue (docs/causes.md), and a function that
//! reads the evidence and says the cause in a sentence, or that it is not this one. A list of
//! causes is a decision list: the first that applies is the likeliest. Where the evidence cannot
//! tell two causes apart, one row names both. Everything here is pure: the same evidence always
//! gets the same diagnosis.

mod answers;
mod clues;
mod endings;
mod figures;
mod hostile;
mod outputs;
mod payloads;
mod refused;
mod right;
mod second_run;
mod sockets;
mod starts;
#[cfg(test)]
mod tests;
mod timing;

use std::net::SocketAddr;

pub use right::right;

use crate::evidence::{Diagnosis, Evidence, Expectation, Role, Unmet};

/// A failed check, as far as it matters for its cause.
#[derive(Clone, Copy, Debug)]
pub struct Case<'e> {
    /// The role of the program.
    pub role: Role,
    /// The lab's address.
    pub address: Option<SocketAddr>,
    /// What did not happen.
    pub unmet: &'e Unmet,
    /// What did.
    pub evidence: &'e Evidence,
}

/// What a cause says when it applies.
struct Finding {
    /// The cause in a sentence.
    message: String,
    /// One thing to do.
    next: String,
    /// A cause that looks the same from outside.
    or: Option<Or>,
}

/// The other one of two causes.
struct Or {
    id: &'static str,
    message: String,
    next: String,
    tells: Option<SecondRun>,
}

/// Reads in a second run, in which the program was given other things, which of two causes it is.
type SecondRun = fn(&Case<'_>, &Evidence) -> Option<Told>;

/// Which of two causes it is, and how that is known.
enum Told {
    First(String),
    Second(String),
    /// It may still be both, and the second is likelier.
    RatherSecond(String),
}

impl Finding {
    fn new(message: impl Into<String>, next: impl Into<String>) -> Option<Finding> {
        Some(Finding { message: message.into(), next: next.into(), or: None })
    }

    /// Names the cause that cannot be told from this one.
    fn or(id: &'static str, message: impl Into<String>) -> impl FnOnce(Finding) -> Option<Finding> {
        let or = Or { id, message: message.into(), next: String::new(), tells: None };
        move |finding| Some(Finding { or: Some(or), ..finding })
    }

    /// Names the cause that only a second run can tell from this one.
    fn unless(
        tells: SecondRun,
        id: &'static str,
        message: impl Into<String>,
        next: impl Into<String>,
    ) -> impl FnOnce(Finding) -> Option<Finding> {
        let (message, next) = (message.into(), next.into());
        let or = Or { id, message, next, tells: Some(tells) };
        move |finding| Some(Finding { or: Some(or), ..finding })
    }
}

/// A row of the table: a cause's id, and when and how it shows.
struct Cause {
    id: &'static str,
    shows: fn(&Case<'_>) -> Option<Finding>,
}

/// The likely causes of a failure, the likeliest first, and perhaps a way to tell two apart.
#[derive(Debug)]
pub struct Opinion {
    diagnoses: Vec<Diagnosis>,
    tells: Option<SecondRun>,
}

impl Opinion {
    /// True when a second run may tell which of two causes it is.
    pub fn is_open(&self) -> bool {
        self.tells.is_some()
    }

    /// The causes, as far as one run tells.
    pub fn diagnoses(self) -> Vec<Diagnosis> {
        self.diagnoses
    }

    /// The causes that are left after a second run, the likeliest first.
    pub fn after(self, case: &Case<'_>, second: &Evidence) -> Vec<Diagnosis> {
        let told = self.tells.and_then(|tells| tells(case, second));
        let mut diagnoses = self.diagnoses;
        let known_by = match told {
            None => return diagnoses,
            Some(Told::First(how)) => {
                diagnoses.truncate(1);
                how
            }
            Some(Told::Second(how)) => {
                diagnoses.remove(0);
                how
            }
            Some(Told::RatherSecond(how)) => {
                diagnoses.reverse();
                how
            }
        };
        if let Some(first) = diagnoses.first_mut() {
            first.known_by = Some(known_by);
        }
        diagnoses
    }
}

/// The likely causes of a failure; `unknown` when no row applies.
pub fn diagnose(case: &Case<'_>) -> Opinion {
    let first =
        |causes: &[Cause]| causes.iter().find_map(|cause| Some((cause.id, (cause.shows)(case)?)));
    let found = first(starts::CAUSES);
    // What a lab knows of its own protocol is nearer than what is known of all programs.
    if let (None, Some(claim)) = (&found, &case.unmet.claim) {
        return Opinion { diagnoses: vec![claim.clone()], tells: None };
    }
    let found = found.or_else(|| causes_of(&case.unmet.expectation).into_iter().find_map(first));
    let Some((id, Finding { message, next, or })) = found else {
        return Opinion { diagnoses: vec![unknown(case)], tells: None };
    };
    let tells = or.as_ref().and_then(|or| or.tells);
    let first = Diagnosis { id, message, known_by: None, next };
    let second =
        or.map(|Or { id, message, next, .. }| Diagnosis { id, message, known_by: None, next });
    Opinion { diagnoses: std::iter::once(first).chain(second).collect(), tells }
}

/// The causes that an unmet expectation can have.
fn causes_of(expectation: &Expectation) -> Vec<&'static [Cause]> {
    match expectation {
        Expectation::Start => vec![],
        Expectation::DatagramSocket | Expectation::Bound { .. } => vec![sockets::CAUSES],
        Expectation::Datagram { .. } | Expectation::Answer { .. } | Expectation::NothingMore => {
            vec![hostile::CAUSES, payloads::CAUSES, answers::CAUSES]
        }
        Expectation::Fact => vec![],
        Expectation::Reply { .. } | Expectation::Packet { .. } => vec![answers::CAUSES],
        Expectation::Request { .. } => vec![timing::CAUSES, answers::CAUSES],
        Expectation::Patience { .. } | Expectation::Interval { .. } => vec![timing::CAUSES],
        Expectation::Figure { .. } => vec![timing::CAUSES, figures::CAUSES, outputs::CAUSES],
        Expectation::Silence | Expectation::Escaped | Expectation::Memory { .. } => {
            vec![hostile::CAUSES]
        }
        Expectation::SomeOutput | Expectation::Output { .. } => vec![outputs::CAUSES],
        Expectation::Success | Expectation::CleanEnd => vec![timing::CAUSES, endings::CAUSES],
        Expectation::WaitsForEnter
        | Expectation::WaitsForAnswer
        | Expectation::Complaint
        | Expectation::Running => vec![endings::CAUSES],
    }
}

fn unknown(case: &Case<'_>) -> Diagnosis {
    let next = match case.role {
        _ if case.unmet.instead.is_some() => {
            "compare the two texts above from the mark on: where does your program make that one?"
        }
        Role::Client => "play the handout's scene, and compare what its client sends with yours",
        _ => "run it under `strace -f -e trace=network` and compare its calls with the handout's",
    };
    Diagnosis {
        id: "unknown",
        message: "socklab knows no cause that fits; what was seen is all there is to go by".into(),
        known_by: None,
        next: next.into(),
    }
}
