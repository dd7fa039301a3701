//! Programs that are wrong in the way of their language: each fails the check and earns the
//! diagnosis that it names. And every check of every lab has something to do.

use std::error::Error;
use std::path::Path;

use libtest_mimic::{Failed, Trial};
use socklab::course::Lab;
use socklab::network::Choice;

use super::corpus::{self, Mistake, Script};

/// A test for every program in the lab's `wrong` folder, and one for the checks of the lab, which
/// all have their mistakes, in `rust` or in that folder.
pub fn trials(lab: &'static Lab, rust: &[Mistake]) -> Result<Vec<Trial>, Box<dyn Error>> {
    let wrong = corpus::wrong(lab)?;
    let failed = rust.iter().chain(&wrong).map(|mistake| mistake.check.clone()).collect::<Vec<_>>();
    let name = format!("lab{}::wrong::every_check_is_failed_first_by_a_mistake", lab.number);
    let mut trials = vec![Trial::test(name, move || every_check_is_among(lab, &failed))];
    for mistake in wrong {
        let Some(script) = mistake.script.clone() else { continue };
        let name = format!("lab{}::wrong::{}", lab.number, script.name);
        trials.push(super::trial_in(script.language, lab, name, move || {
            is_rejected(lab, &mistake, &script)
        }));
    }
    Ok(trials)
}

/// A check that no mistake fails first may be dead: what it asks, another asks before it.
fn every_check_is_among(lab: &Lab, failed: &[String]) -> Result<(), Failed> {
    let idle: Vec<&str> = lab.plan.checks.iter().map(|check| check.id).collect();
    let idle: Vec<&str> =
        idle.into_iter().filter(|id| !failed.iter().any(|failed| failed == id)).collect();
    if idle.is_empty() {
        return Ok(());
    }
    Err(format!("no mistake fails these checks first: {}", idle.join(", ")).into())
}

fn is_rejected(lab: &'static Lab, mistake: &Mistake, script: &Script) -> Result<(), Failed> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(lab.folder).join("wrong");
    let command = script.command(&folder, false)?;
    let lab = corpus::up_to(lab, &mistake.check);
    let result = super::run(lab, Choice::Auto, std::slice::from_ref(&script.name), command)?;
    let first = super::first_failure(&result, mistake)?;
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
