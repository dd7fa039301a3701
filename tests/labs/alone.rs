//! A loopback for each: what runs on the machine's loopback runs in a process of its own, in a network
//! of its own whose loopback is the machine's as far as that process knows. So nobody waits for a
//! turn, and no packet of anybody else comes in between.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{Command, Output};

use socklab::network::{Choice, Layout, Network};

/// The first argument by which this executable knows that it is such a process.
const NAME: &str = "__alone";

/// Starts this executable anew with these arguments, on a loopback of its own; on that of all others
/// where this machine makes no private network.
pub fn run<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> io::Result<Output> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(NAME).args(arguments);
    if !Choice::Auto.is_private() {
        return command.output();
    }
    let network = Network::open(Choice::Private, &Layout::default(), &mut |_| {})
        .map_err(|error| io::Error::other(format!("{}: {}", error.what, error.why)))?;
    if let Some(place) = network.place(0) {
        place.enter(&mut command)?;
    }
    command.output()
}

/// The arguments that [`run`] was given, in the process that it has started.
pub fn arguments() -> Option<Vec<OsString>> {
    let mut arguments = env::args_os().skip(1);
    (arguments.next()? == NAME).then(|| arguments.collect())
}
