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
mod hostile;
mod outputs;
mod payloads;
mod sockets;
mod starts;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;

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
    or: Option<(&'static str, String)>,
}

impl Finding {
    fn new(message: impl Into<String>, next: impl Into<String>) -> Option<Finding> {
        Some(Finding { message: message.into(), next: next.into(), or: None })
    }

    /// Names the cause that cannot be told from this one.
    fn or(id: &'static str, message: impl Into<String>) -> impl FnOnce(Finding) -> Option<Finding> {
        let message = message.into();
        move |finding| Some(Finding { or: Some((id, message)), ..finding })
    }
}

/// A row of the table: a cause's id, and when and how it shows.
struct Cause {
    id: &'static str,
    shows: fn(&Case<'_>) -> Option<Finding>,
}

/// The likely causes of a failure, the likeliest first; `unknown` when no row applies.
pub fn diagnose(case: &Case<'_>) -> Vec<Diagnosis> {
    let lists = std::iter::once(starts::CAUSES).chain(causes_of(&case.unmet.expectation));
    let found = lists.flatten().find_map(|cause| {
        let finding = (cause.shows)(case)?;
        Some((cause.id, finding))
    });
    let Some((id, finding)) = found else { return vec![unknown(case)] };
    let Finding { message, next, or } = finding;
    let mut diagnoses = vec![Diagnosis { id, message, next }];
    diagnoses.extend(or.map(|(id, message)| Diagnosis { id, message, next: String::new() }));
    diagnoses
}

/// The causes that an unmet expectation can have.
fn causes_of(expectation: &Expectation) -> Vec<&'static [Cause]> {
    match expectation {
        Expectation::Start => vec![],
        Expectation::DatagramSocket | Expectation::Bound { .. } => vec![sockets::CAUSES],
        Expectation::Datagram { .. } | Expectation::Answer { .. } | Expectation::NothingMore => {
            vec![hostile::CAUSES, payloads::CAUSES, answers::CAUSES]
        }
        Expectation::Silence | Expectation::Escaped | Expectation::Memory { .. } => {
            vec![hostile::CAUSES]
        }
        Expectation::SomeOutput | Expectation::Output { .. } => vec![outputs::CAUSES],
        Expectation::WaitsForEnter
        | Expectation::WaitsForAnswer
        | Expectation::Success
        | Expectation::Complaint
        | Expectation::CleanEnd
        | Expectation::Running => vec![endings::CAUSES],
    }
}

fn unknown(case: &Case<'_>) -> Diagnosis {
    let next = match case.role {
        _ if case.unmet.instead.is_some() => {
            "compare the two texts above from the mark on: where does your program make that one?"
        }
        Role::Client => "run it beside `make lab6` and compare what each sends",
        _ => "run it under `strace -f -e trace=network` and compare its calls with the handout's",
    };
    Diagnosis {
        id: "unknown",
        message: "socklab knows no cause that fits; what was seen is all there is to go by".into(),
        next: next.into(),
    }
}
