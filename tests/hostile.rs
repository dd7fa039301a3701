//! Bad input, for a judge of programs: programs that do everything that a program should not.
//!
//! Each is checked by the real command. Whatever it does, the answer comes within seconds and has
//! a cause, socklab stays small, and nothing of the program is left running. Where there is no
//! Python, the tests that are written in it are left out.
#![allow(clippy::unwrap_used)] // what a test needs and does not get is its failure

#[path = "hostile/program.rs"]
mod program;

use std::collections::HashMap;
use std::fs;
use std::net::UdpSocket;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::OnceLock;

use libtest_mimic::{Arguments, Trial};
use program::{Killed, Program, SOCKLAB, Verdict, turn};
use rustix::process::{Pid, Signal, kill_process};
use socklab::network::{Choice, Layout, Network};
use socklab::{labs, procfs};

/// Tests with their names.
macro_rules! named {
    ($($test:ident,)*) => { [$((stringify!($test), $test as fn())),*] };
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let in_python = named![
        one_that_prints_for_ever,
        one_that_prints_for_ever_on_standard_error,
        one_that_only_computes,
        one_that_forks_without_end,
        one_that_eats_memory,
        one_that_ignores_the_signals_to_end,
        one_that_handles_the_signals_to_end_and_goes_on,
        a_daemon_that_keeps_the_port,
        one_that_has_descendants_in_sessions_of_their_own,
        one_that_kills_its_guard,
        one_that_breaks_at_a_message,
        one_that_prints_nothing,
        one_that_closes_its_terminal,
        one_that_closes_all_that_is_open,
        a_mebibyte_without_a_line_end,
        output_that_is_not_text,
        a_hundred_threads,
        one_that_becomes_another,
        a_wrapper_of_a_wrapper,
        a_program_in_any_surroundings,
        nothing_is_left_when_socklab_is_killed,
        nothing_is_left_after_ctrl_c,
    ];
    let others = named![
        one_that_stops_itself,
        one_that_is_missing,
        one_that_is_not_executable,
        one_that_is_a_folder,
        one_without_an_interpreter,
        one_in_python_that_does_not_say_so,
        one_that_is_empty,
        one_that_dumps_its_core,
        a_port_that_another_program_holds,
        eight_at_once,
        one_that_does_not_compile,
        every_solution_passes_by_proc_alone,
        mistakes_are_found_by_proc_alone,
    ];
    let trial = |(name, test): (&'static str, fn())| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    let python = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    let is_missing = !python.is_ok_and(|status| status.success());
    let in_python = in_python.into_iter().map(|it| trial(it).with_ignored_flag(is_missing));
    let trials = in_python.chain(others.into_iter().map(trial)).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

// Those that take too much

fn one_that_prints_for_ever() {
    Program::python("while True: print('x' * 1000)").is_diagnosed(6, "out-flood");
}

fn one_that_prints_for_ever_on_standard_error() {
    Program::python("import sys\nwhile True: print('x' * 1000, file=sys.stderr)")
        .is_diagnosed(6, "out-flood");
}

fn one_that_only_computes() {
    Program::python("while True: pass").is_diagnosed(6, "conc-busy-poll");
}

/// A bomb that goes out by itself: eleven forks, each in all processes, are 2048 processes.
const FORKS: &str = "
import os, signal
for _ in range(11): os.fork()
signal.pause()
";

fn one_that_forks_without_end() {
    Program::python(FORKS).is_diagnosed(6, "start-forks-without-end");
}

fn one_that_eats_memory() {
    // Untouched pages cost the machine nothing, and count against the limit.
    Program::python(
        "import mmap\nkept = [mmap.mmap(-1, 1 << 28, mmap.MAP_PRIVATE) for _ in range(99)]",
    )
    .is_diagnosed(6, "exit-crashed");
}

// Those that do not go

fn one_that_ignores_the_signals_to_end() {
    Program::python(
        "
import signal
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
signal.pause()
",
    )
    .is_diagnosed(6, "udp-no-socket");
}

fn one_that_handles_the_signals_to_end_and_goes_on() {
    Program::python(
        "
import signal
for number in (signal.SIGINT, signal.SIGTERM): signal.signal(number, lambda *_: print('no'))
while True: signal.pause()
",
    )
    .is_diagnosed(6, "udp-no-socket");
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

/// Twice: the second check would find the port taken.
fn a_daemon_that_keeps_the_port() {
    // The first must not end before the second has a session of its own: the end of a session is
    // the end of all in it.
    let daemon = "
if os.fork():
    os.wait()
    os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
serve()
";
    let program = Program::python(&format!("{SERVER}{daemon}"));
    for _ in 0..2 {
        program.is_diagnosed(6, "exit-left-daemon");
    }
}

fn one_that_has_descendants_in_sessions_of_their_own() {
    Program::python(
        "
import os, socket, time
made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid()
            time.sleep(60)
        os._exit(0)
print('made')
input()
",
    )
    .passes(1);
}

fn one_that_stops_itself() {
    let verdict = Program::sh("kill -STOP $$").is_diagnosed(6, "udp-no-socket");
    let seen = verdict.first_failure()["observed"].to_string();
    assert!(seen.contains("a signal has stopped it"), "{seen}");
}

fn one_that_kills_its_guard() {
    Program::python(
        "
import os, signal, time
guard = os.getppid()
if os.fork() == 0:
    os.setsid()
    time.sleep(60)
os.kill(guard, signal.SIGKILL)
time.sleep(60)
",
    )
    .is_diagnosed(6, "exit-crashed");
}

// Those that cannot be started

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

// Those that break

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

// Those that close what they were given

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

// Those that are right, and strange

/// Lab 1's program, with something before it prints and something before it ends.
fn lab1(first: &str, second: &str) -> Program {
    Program::python(&format!(
        "
import os, socket, sys, threading
made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
{first}
print('made', flush=True)
{second}
input()
made.close()
"
    ))
}

fn a_mebibyte_without_a_line_end() {
    lab1("sys.stdout.write('x' * (1 << 20))", "").passes(1);
}

fn output_that_is_not_text() {
    lab1(r"sys.stdout.buffer.write(b'\xff\xfe\x80\0\x1b[31m\x9b')", "").passes(1);
}

fn a_hundred_threads() {
    let first =
        "for _ in range(100): threading.Thread(target=threading.Event().wait, daemon=True).start()";
    lab1(first, "").passes(1);
}

fn one_that_becomes_another() {
    lab1("", "")
        .file(
            "first.py",
            "import os, sys\nos.execv(sys.executable, ['python3', 'program.py', sys.argv[1]])",
        )
        .by(&["python3", "first.py"])
        .passes(1);
}

fn a_wrapper_of_a_wrapper() {
    let wrapper = |next| {
        format!(
            "import subprocess, sys\nsys.exit(subprocess.call([sys.executable, '{next}', sys.argv[1]]))"
        )
    };
    lab1("", "")
        .file("outer.py", &wrapper("inner.py"))
        .file("inner.py", &wrapper("program.py"))
        .by(&["python3", "outer.py"])
        .passes(1);
}

fn a_program_in_any_surroundings() {
    let program = lab1("", "");
    let _turn = turn();
    let passes = |command: Command| {
        let verdict = Verdict::of(command);
        assert_eq!(verdict.code, Some(0), "{}\n{:#}", verdict.errors, verdict.first_failure());
        assert_eq!(program.processes(), [], "left behind");
    };

    let mut bare = program.check(1);
    bare.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("LANG", "C");
    passes(bare);

    let mut without_a_terminal = Command::new("setsid");
    program.arguments(1, without_a_terminal.arg("-w").arg(SOCKLAB));
    without_a_terminal.stdin(Stdio::null());
    passes(without_a_terminal);

    let mut without_output = Command::new("sh");
    without_output.args(["-c", r#"exec "$@" >&- 2>&-"#, "sh"]);
    program.arguments(1, without_output.arg(SOCKLAB));
    passes(without_output);

    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = program.check(1).stdout(writer).stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(141), "nobody reads what it says");
    assert_eq!(program.processes(), [], "left behind");
}

// Socklab's own end

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

// The machine, and others on it

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
    let _turn = turn();
    built("lab6", "solution");
    let mut children: Vec<Killed> = (0..8)
        .map(|_| {
            let mut command = Command::new(SOCKLAB);
            command.args(["check", "6", "--solution"]).stdout(Stdio::null()).stderr(Stdio::null());
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

// Where descriptors cannot be copied

/// The path of a lab's executable, built at the first call together with all others.
fn built(lab: &str, kind: &str) -> &'static Path {
    static BUILT: OnceLock<HashMap<String, PathBuf>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let packages = labs::all().iter().map(|lab| lab.package());
        let wanted: Vec<(String, String)> = packages
            .flat_map(|lab| {
                ["solution", "mistakes"].map(|kind| (lab.clone(), format!("{lab}-{kind}")))
            })
            .collect();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        socklab::program::build::build(root, &wanted, false).unwrap()
    });
    &built[&format!("{lab}-{kind}")]
}

fn every_solution_passes_by_proc_alone() {
    let _turn = turn();
    for lab in labs::all() {
        let verdict = seen_by_proc(lab.number, &[built(&lab.package(), "solution")]);
        assert_eq!(verdict.code, Some(0), "lab {}: {:#}", lab.number, verdict.first_failure());
        assert_eq!(verdict.json["inspection"], "proc");
    }
}

fn seen_by_proc(lab: u8, program: &[&Path]) -> Verdict {
    let elsewhere = Program::sh("");
    let mut command = Command::new(SOCKLAB);
    command
        .args(["check", &lab.to_string(), "--format", "json", "--inspect", "proc", "--"])
        .args(program)
        .current_dir(elsewhere.path());
    Verdict::of(command)
}

/// What is found by a socket's state and by a thread's wait is found by `/proc` too. Of all
/// mistakes in the labs one is not: `addr-v6only` of lab 5, a socket bound to `::` for IPv6 only,
/// because `/proc` does not tell the option from a socket that takes IPv4 as well.
fn mistakes_are_found_by_proc_alone() {
    let _turn = turn();
    for (lab, name) in [
        (1, "udp-no-socket"),
        (1, "udp-stream-socket"),
        (2, "udp-port-byte-order"),
        (2, "except-hides-bug"),
        (3, "udp-no-bind"),
        (4, "addr-localhost-v6-first"),
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
