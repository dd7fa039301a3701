//! Programs that are right and unusual, in any language: every one passes.

use std::error::Error;
use std::path::Path;

use libtest_mimic::Trial;
use socklab::course::Lab;
use socklab::network::Choice;

use super::corpus::{self, Script};

/// A test for every program in the lab's `right` folder. One in a language that this machine lacks
/// is skipped, and its name says which.
pub fn trials(lab: &'static Lab) -> Result<Vec<Trial>, Box<dyn Error>> {
    // On a loopback checks run one after the other, which takes long where programs wait.
    let networks: &[Choice] = match super::needs_hosts(lab) || corpus::is_idle(lab) {
        true => &[Choice::Auto],
        false => &[Choice::Auto, Choice::Loopback],
    };
    let scripts = corpus::scripts(lab, "right")?;
    let tried = scripts.iter().flat_map(|script| networks.iter().map(move |it| (*it, script)));
    Ok(tried.map(|(network, script)| trial(lab, network, script.clone())).collect())
}

fn trial(lab: &'static Lab, network: Choice, script: Script) -> Trial {
    let name = format!("lab{}::right::{}{}", lab.number, script.name, super::place(network));
    // Two tests of one program must not write one file.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(lab.folder).join(network.name());
    super::trial_in(script.language, lab, name, move || {
        let command = script.command(&folder, true)?;
        super::passes(lab, network, &script.name, script.role, command)
    })
}
