//! Programs that cannot be started, that break, or that close what they were given.

use std::fs;

use super::program::Program;
use super::{SERVER, Test};

pub const IN_PYTHON: &[Test] = named![
    one_that_breaks_at_a_message,
    one_that_prints_nothing,
    one_that_closes_its_terminal,
    one_that_closes_all_that_is_open,
];

pub const OTHERS: &[Test] = named![
    one_that_is_missing,
    one_that_is_not_executable,
    one_that_is_a_folder,
    one_without_an_interpreter,
    one_in_python_that_does_not_say_so,
    one_that_is_empty,
    one_that_dumps_its_core,
];

fn one_that_is_missing() {
    let verdict = Program::new(&["./udp_sever.py"])
        .file("udp_server.py", "")
        .is_diagnosed(6, "start-command-not-found");
    assert_eq!(
        verdict.diagnosis()["next"],
        "the nearest file is ./udp_server.py: did you mean that?"
    );
    Program::new(&["udp_server.py"])
        .file("udp_server.py", "")
        .is_diagnosed(6, "start-command-not-found");
}

fn one_that_is_not_executable() {
    let verdict = Program::new(&["./udp_server.py"])
        .file("udp_server.py", "print()")
        .is_diagnosed(6, "start-not-executable");
    let next = verdict.diagnosis()["next"].to_string();
    assert!(next.contains("python3 ./udp_server.py"), "{next}");
}

fn one_that_is_a_folder() {
    let verdict = Program::new(&["./labs"]).is_diagnosed(6, "start-not-executable");
    assert_eq!(verdict.diagnosis()["message"], "./labs is a folder, not a program");
}

fn one_without_an_interpreter() {
    for (first, told) in
        [("#!/nowhere/python3\n", "python3 ./program"), ("#!/bin/sh\r\n", "sed -i")]
    {
        let verdict = Program::new(&["./program"])
            .file("program", first)
            .executable("program")
            .is_diagnosed(6, "start-not-executable");
        let next = verdict.diagnosis()["next"].to_string();
        assert!(next.contains(told), "{next}");
    }
}

/// The C library hands to the shell what the kernel does not know.
fn one_in_python_that_does_not_say_so() {
    let verdict = Program::new(&["./program"])
        .file("program", "class Server: pass\n")
        .executable("program")
        .is_diagnosed(6, "exit-crashed");
    let seen = verdict.first_failure()["observed"].to_string();
    assert!(seen.contains("./program: 1: class: not found"), "{seen}");
}

fn one_that_is_empty() {
    Program::new(&["./program"])
        .file("program", "")
        .executable("program")
        .is_diagnosed(6, "exit-early");
}

fn one_that_dumps_its_core() {
    let program = Program::c("int main(void) { *(volatile int *)0 = 1; }");
    let verdict = program.is_diagnosed(6, "exit-crashed");
    let message = verdict.diagnosis()["message"].to_string();
    assert!(message.contains("SIGSEGV"), "{message}");
    let files: Vec<_> = fs::read_dir(program.path()).unwrap().flatten().collect();
    assert_eq!(files.len(), 3, "no core is left beside the labs: {files:?}");
}

/// It breaks at the first message: what it waited in before is not the cause.
fn one_that_breaks_at_a_message() {
    let verdict = Program::python(&format!("{SERVER}\nserver.recvfrom(1024)\nserve(undefined)"))
        .is_diagnosed(6, "exit-crashed");
    let seen = verdict.first_failure()["observed"].to_string();
    assert!(seen.contains("NameError"), "{seen}");
}

/// The traceback of Ctrl-C, with which socklab ends it, is nothing that it printed.
fn one_that_prints_nothing() {
    Program::python(
        "
import socket
made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
input()
",
    )
    .is_diagnosed(1, "out-silent");
}

fn one_that_closes_its_terminal() {
    Program::python(
        "
import os, signal, socket
made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
os.close(0)
os.close(1)
signal.pause()
",
    )
    .is_diagnosed(1, "out-silent");
}

fn one_that_closes_all_that_is_open() {
    Program::python("import os, signal\nos.closerange(0, 1024)\nsignal.pause()")
        .is_diagnosed(6, "udp-no-socket");
}
