//! Programs that are wrong in the way of their language: each fails the check and earns the
//! diagnosis that it names.

use std::error::Error;
use std::path::Path;

use libtest_mimic::{Failed, Trial};
use socklab::course::Lab;
use socklab::network::Choice;

use super::corpus::{self, Mistake, Script};
use super::words;

/// A test for every program in the lab's `wrong` folder.
pub fn trials(lab: &'static Lab) -> Result<Vec<Trial>, Box<dyn Error>> {
    let mut trials = Vec::new();
    for mistake in corpus::wrong(lab)? {
        let Some(script) = mistake.script.clone() else { continue };
        let name = format!("lab{}::wrong::{}", lab.number, script.name);
        trials.push(super::trial_in(script.language, lab, name, move || {
            is_rejected(lab, &mistake, &script)
        }));
    }
    Ok(trials)
}

fn is_rejected(lab: &'static Lab, mistake: &Mistake, script: &Script) -> Result<(), Failed> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(lab.folder).join("wrong");
    let command = script.command(&folder, false)?;
    let lab = corpus::up_to(lab, &mistake.check);
    let result =
        super::run(lab, Choice::Auto, std::slice::from_ref(&script.name), script.role, command)?;
    let first = super::first_failure(&result, mistake)?;
    words::do_not_matter(lab, &result)?;
    let found: Vec<&str> = first.diagnoses.iter().map(|diagnosis| diagnosis.id).collect();
    let id = mistake.id();
    let is_told = match found.iter().position(|found| *found == id) {
        Some(0) => true,
        Some(_) if !Choice::Auto.is_private() => true, // No packet is seen there.
        Some(_) => found.first().copied() == mistake.likelier.as_deref(),
        None => false,
    };
    if is_told {
        return Ok(());
    }
    let report = super::plain(&result);
    Err(format!("{id} should be the first of {found:?}\n{report}").into())
}
