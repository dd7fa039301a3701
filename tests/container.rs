//! Where a container's profile forbids system calls with which socklab looks into programs, it
//! looks in another way, and right programs still pass.
//!
//! A small C program makes the calls fail, as docker's default profile does. A test that needs a
//! C compiler or Python is left out where there is none, and its name says so.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output, Stdio};
use std::sync::OnceLock;

use libtest_mimic::{Arguments, Failed, Trial};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const SOCKLAB: &str = env!("CARGO_BIN_EXE_socklab");

const COPIES: &[i64] = &[libc::SYS_pidfd_getfd];
const MEMORY: &[i64] = &[libc::SYS_process_vm_readv];
const CALLS: &[i64] = &[libc::SYS_seccomp];
const BOTH: &[i64] = &[libc::SYS_pidfd_getfd, libc::SYS_process_vm_readv];

fn main() -> ExitCode {
    let trials = vec![
        trial("without_copies_the_solution_passes", &["cc"], || {
            passes(COPIES, 6, &["--solution"], "sockets seen by /proc")
        }),
        trial("without_copies_a_client_passes", &["cc"], || {
            passes(COPIES, 7, &["--solution"], "sockets seen by /proc")
        }),
        trial("without_memory_a_server_that_polls_passes", &["cc", "python3"], || {
            let server = ["--", "python3", "labs/06-ack-server/right/wakes_every_100ms.py"];
            passes(MEMORY, 6, &server, "calls seen by seccomp")
        }),
        trial("without_memory_a_server_that_selects_passes", &["cc", "python3"], || {
            let server = ["--", "python3", "labs/06-ack-server/right/socket_per_client.py"];
            passes(MEMORY, 6, &server, "calls seen by seccomp")
        }),
        trial("without_both_a_server_that_polls_passes", &["cc", "python3"], || {
            let server = ["--", "python3", "labs/06-ack-server/right/wakes_every_100ms.py"];
            passes(BOTH, 6, &server, "sockets seen by /proc")
        }),
        trial("without_calls_the_solution_passes", &["cc"], || {
            passes(CALLS, 6, &["--solution"], "sockets seen by pidfd_getfd")
        }),
        trial("without_copies_a_wrong_socket_is_still_known", &["cc", "python3"], || {
            let server = "import socket\n\
                          s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)\n\
                          s.bind(('127.0.0.1', 12345)); s.listen(); s.accept()";
            let output = check(COPIES, 6, &["--", "python3", "-c", server])?;
            says(&output, 1, "[udp-stream-socket]")
        }),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A test that needs these tools.
fn trial(
    name: &str,
    tools: &[&str],
    test: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    match tools.iter().find(|tool| !is_here(tool)) {
        None => Trial::test(name, test),
        Some(tool) => Trial::test(format!("{name} (this machine has no {tool})"), test)
            .with_ignored_flag(true),
    }
}

fn is_here(tool: &str) -> bool {
    let run =
        Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    run.is_ok_and(|status| status.success())
}

/// Checks a program where these calls fail: it passes, and the report says how it was looked into.
fn passes(forbidden: &[i64], lab: u32, program: &[&str], method: &str) -> Result<(), Failed> {
    says(&check(forbidden, lab, program)?, 0, method)
}

fn check(forbidden: &[i64], lab: u32, program: &[&str]) -> Result<Output, Failed> {
    let numbers: Vec<String> = forbidden.iter().map(i64::to_string).collect();
    let output = Command::new(without()?)
        .arg(numbers.join(","))
        .args([SOCKLAB, "check", &lab.to_string()])
        .args(program)
        .current_dir(ROOT)
        .output()?;
    Ok(output)
}

fn says(output: &Output, status: i32, text: &str) -> Result<(), Failed> {
    let report = String::from_utf8_lossy(&output.stdout);
    if output.status.code() == Some(status) && report.contains(text) {
        return Ok(());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let wanted = format!("not status {status} with {text:?}, but {}", output.status);
    Err(format!("{wanted}:\n{report}{errors}").into())
}

/// The C program, compiled once.
fn without() -> Result<&'static Path, String> {
    static PROGRAM: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| compile().map_err(|error| error.to_string()));
    program.as_deref().map_err(String::clone)
}

fn compile() -> Result<PathBuf, Box<dyn Error>> {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("without");
    let output = Command::new("cc")
        .args(["-Wall", "-Wextra", "-Werror", "-o"])
        .arg(&program)
        .arg(Path::new(ROOT).join("tests/container/without.c"))
        .output()?;
    if output.status.success() {
        Ok(program)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into())
    }
}
