//! Socklab's own end, and the machine with others on it.

use std::fs;
use std::net::UdpSocket;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use socklab::network::{Choice, Layout, Network};
use socklab::procfs;

use super::program::{Killed, Program, SOCKLAB, Verdict, turn};
use super::{Test, built};

pub const IN_PYTHON: &[Test] =
    named![nothing_is_left_when_socklab_is_killed, nothing_is_left_after_ctrl_c,];

pub const OTHERS: &[Test] = named![
    a_port_that_another_program_holds,
    eight_at_once,
    eight_take_turns_on_the_loopback,
    one_that_does_not_compile,
];

/// A program that blocks, and everything about it that makes it hard to end. It is four processes.
fn one_that_stays() -> Program {
    Program::python(
        "
import os, signal, time
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
if os.fork() == 0: os.setsid()
os.fork()
time.sleep(60)
",
    )
}

fn nothing_is_left_when_socklab_is_killed() {
    let _turn = turn();
    let program = one_that_stays();
    let mut socklab = Killed(program.check(6).stdout(Stdio::null()).spawn().unwrap());
    program.await_processes(4);
    kill_process(Pid::from_child(&socklab.0), Signal::KILL).unwrap();
    assert_eq!(socklab.0.wait().unwrap().signal(), Some(9));
    program.is_gone_soon();
}

fn nothing_is_left_after_ctrl_c() {
    let _turn = turn();
    let program = one_that_stays();
    let mut socklab = Killed(program.check(6).stdout(Stdio::null()).spawn().unwrap());
    program.await_processes(4);
    kill_process(Pid::from_child(&socklab.0), Signal::INT).unwrap();
    assert_eq!(socklab.0.wait().unwrap().code(), Some(130));
    assert_eq!(program.processes(), [], "left behind");
}

fn a_port_that_another_program_holds() {
    let _turn = turn();
    // So that nobody's check is disturbed.
    let network = Network::open(Choice::Loopback, &Layout::default(), &mut |_| {}).unwrap();
    let held = UdpSocket::bind("127.0.0.1:12345").unwrap();
    drop(network);
    let program = Program::sh("");
    let mut check = Command::new(SOCKLAB);
    check.args(["check", "6", "--network", "loopback", "--format", "json", "--", "true"]);
    check.current_dir(program.path());
    let verdict = Verdict::of(check);
    drop(held);
    assert_eq!(verdict.code, Some(3));
    let error = verdict.first_failure()["error"].clone();
    let me = std::process::id();
    assert_eq!(error["what"], "127.0.0.1:12345 cannot be used");
    assert_eq!(error["why"], format!("{} (pid {me}) holds it", procfs::name(me).unwrap()));
    assert!(error["next"].as_str().unwrap().ends_with(&format!("kill {me}")), "{error}");
}

fn eight_at_once() {
    eight_at_once_in("auto");
}

fn eight_take_turns_on_the_loopback() {
    eight_at_once_in("loopback");
}

fn eight_at_once_in(network: &str) {
    let _turn = turn();
    built("lab6", "solution");
    let mut children: Vec<Killed> = (0..8)
        .map(|_| {
            let mut command = Command::new(SOCKLAB);
            command.args(["check", "6", "--solution", "--network", network]);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            Killed(command.spawn().unwrap())
        })
        .collect();
    for child in &mut children {
        assert!(child.0.wait().unwrap().success());
    }
}

/// A package for Cargo, small enough to be built in a moment.
const PACKAGE: &str = r#"
[workspace]
[package]
name = "lab1"
edition = "2024"
[[bin]]
name = "lab1"
path = "labs/01-socket/src/main.rs"
"#;

fn one_that_does_not_compile() {
    let _turn = turn();
    let program = Program::sh("").file("Cargo.toml", PACKAGE);
    let source = program.path().join("labs/01-socket/src");
    fs::create_dir_all(&source).unwrap();
    fs::write(source.join("main.rs"), "fn main() { let number: u8 = \"text\"; }").unwrap();
    let mut command = Command::new(SOCKLAB);
    command.args(["check", "1", "--format", "json"]).current_dir(program.path());
    command.env_remove("CARGO_TARGET_DIR");
    let verdict = Verdict::of(command);
    assert_eq!(verdict.code, Some(1), "{}", verdict.errors);
    assert_eq!(verdict.json["diagnosis"]["id"], "start-not-compiling");
    let said = &verdict.errors;
    assert!(said.contains("error[E0308]: mismatched types"), "{said}");
    assert!(said.contains("labs/01-socket/src/main.rs:1:"), "{said}");
}
