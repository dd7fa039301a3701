//! Where descriptors cannot be copied, `/proc` tells.

use std::path::Path;
use std::process::Command;

use socklab::labs;

use super::program::{Program, SOCKLAB, Verdict};
use super::{Test, built};

pub const OTHERS: &[Test] =
    named![every_solution_passes_by_proc_alone, mistakes_are_found_by_proc_alone,];

fn every_solution_passes_by_proc_alone() {
    for lab in labs::all() {
        for part in &lab.parts {
            let solution = built(&part.executable, "solution");
            let option = format!("--{}", part.role);
            let program = match lab.has_parts() {
                true => vec![Path::new(&option), solution],
                false => vec![Path::new("--"), solution],
            };
            let verdict = by_proc(lab.number, &program);
            let failure = verdict.first_failure();
            assert_eq!(verdict.code, Some(0), "{}: {failure:#}", part.executable);
            assert_eq!(verdict.json["inspection"], "proc");
        }
    }
}

fn seen_by_proc(lab: u8, program: &[&Path]) -> Verdict {
    let arguments: Vec<&Path> = [Path::new("--")].iter().chain(program).copied().collect();
    by_proc(lab, &arguments)
}

fn by_proc(lab: u8, arguments: &[&Path]) -> Verdict {
    let elsewhere = Program::sh("");
    let mut command = Command::new(SOCKLAB);
    command
        .args(["check", &lab.to_string(), "--format", "json", "--inspect", "proc"])
        .args(arguments)
        .current_dir(elsewhere.path());
    Verdict::of(command)
}

/// What is found by a socket's state and by a thread's wait is found by `/proc` too. One thing it does
/// not tell: whether a socket that is bound to `::` takes IPv6 only. What is sent to it tells.
fn mistakes_are_found_by_proc_alone() {
    for (lab, name) in [
        (1, "udp-no-socket"),
        (1, "udp-stream-socket"),
        (2, "udp-port-byte-order"),
        (2, "except-hides-bug"),
        (3, "udp-no-bind"),
        (4, "addr-localhost-v6-first"),
        (5, "addr-v6only"),
        (5, "udp-bind-hostname"),
        (5, "udp-connect-first-client"),
        (6, "udp-no-bind.ephemeral"),
        (6, "udp-waits-for-operator"),
        (6, "udp-header-then-body"),
        (7, "udp-socket-per-message"),
    ] {
        let mistakes = built(&format!("lab{lab}"), "mistakes");
        let verdict = seen_by_proc(lab, &[mistakes, Path::new(name)]);
        let id = name.split('.').next().unwrap();
        assert_eq!(verdict.diagnosis()["id"], id, "lab {lab}: {:#}", verdict.first_failure());
        assert_eq!((verdict.json["inspection"].as_str(), verdict.code), (Some("proc"), Some(1)));
    }
}
