//! Bad input, for a judge of programs: programs that do everything that a program should not.
//!
//! Each is checked by the real command. Whatever it does, the answer comes within seconds and has
//! a cause, socklab stays small, and nothing of the program is left running. Where there is no
//! Python, the tests that are written in it are left out.
#![allow(clippy::unwrap_used)] // what a test needs and does not get is its failure

/// Tests with their names.
macro_rules! named {
    ($($test:ident,)*) => { &[$((stringify!($test), $test as fn())),*] };
}

#[path = "hostile/broken.rs"]
mod broken;
#[path = "hostile/by_proc.rs"]
mod by_proc;
#[path = "hostile/greedy.rs"]
mod greedy;
#[path = "hostile/interpreter.rs"]
mod interpreter;
#[path = "hostile/machine.rs"]
mod machine;
#[path = "hostile/program.rs"]
mod program;
#[path = "hostile/strange.rs"]
mod strange;

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::OnceLock;
use std::thread;

use libtest_mimic::{Arguments, Trial};
use socklab::course::Lab;
use socklab::labs;

/// A test and its name.
type Test = (&'static str, fn());

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Most of those that take no turns wait for programs, while others take theirs.
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    arguments.test_threads.get_or_insert(2 * cores);
    let trial = |&(name, test): &Test| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    let python = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    let is_missing = !python.is_ok_and(|status| status.success());
    let in_python = [machine::IN_PYTHON, greedy::IN_PYTHON, broken::IN_PYTHON, strange::IN_PYTHON];
    let in_python = in_python.concat();
    let others = [by_proc::OTHERS, machine::OTHERS, greedy::OTHERS, broken::OTHERS].concat();
    let in_python = in_python.iter().map(|it| trial(it).with_ignored_flag(is_missing));
    let trials = others.iter().map(trial).chain(in_python).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Lab 6's server, without anything before its socket and with `serve` yet to be called.
const SERVER: &str = "
import os, socket, sys, time
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(('127.0.0.1', 12345))
print('up at 127.0.0.1:12345', flush=True)
def serve():
    while True:
        message, sender = server.recvfrom(1024)
        print(f'{sender}: {message.decode()}', flush=True)
        server.sendto(b'Server acknowledges: ' + message, sender)
";

/// The path of a lab's executable, built at the first call together with all others.
fn built(lab: &str, kind: &str) -> &'static Path {
    static BUILT: OnceLock<HashMap<String, PathBuf>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let of_a_lab = |lab: &'static Lab| {
            let solutions = lab.parts.iter().map(|part| part.solution_executable());
            let all = solutions.chain([format!("{}-mistakes", lab.package())]);
            all.map(|executable| (lab.package(), executable))
        };
        let wanted: Vec<(String, String)> = labs::all().iter().flat_map(of_a_lab).collect();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        socklab::program::build::build(root, &wanted, false).unwrap()
    });
    &built[&format!("{lab}-{kind}")]
}
