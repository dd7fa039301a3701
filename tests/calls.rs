//! The log of a program's calls that make and change sockets: complete, in order, with the results
//! that the program itself sees, and without any effect on it.
#![allow(clippy::unwrap_used)] // what a test needs and does not get is its failure

use std::ffi::OsString;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Trial};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socklab::evidence::{Family, SocketCall, SocketKind, What};
use socklab::program::{Calls, Errors, Program};

/// Far more than any program here needs.
const DEADLINE: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    if let Some(code) = socklab::become_helper_if_asked() {
        return code;
    }
    let tests: [(&str, fn()); 5] = [
        ("calls_come_in_order_with_their_results", calls_come_in_order_with_their_results),
        ("children_and_threads_are_heard_too", children_and_threads_are_heard_too),
        ("sockets_of_other_families_are_none_of_ours", other_families_are_none_of_ours),
        ("calls_without_end_hold_nobody_up", calls_without_end_hold_nobody_up),
        ("a_program_that_is_killed_in_a_call_is_gone", a_program_that_is_killed_is_gone),
    ];
    let python = Command::new("python3").arg("--version").output().is_ok();
    let trials = tests.map(|(name, test)| {
        let name = if python { name.to_owned() } else { format!("{name} (no python3 here)") };
        let run = move || {
            test();
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(!python)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code()
}

fn start(script: &str) -> Program {
    let script = format!("from socket import *\n{script}");
    let argv = ["python3", "-c", &script].map(OsString::from);
    let (program, _) = Program::start(&argv, Errors::Apart, None, Calls::Told).unwrap();
    assert!(program.sees_calls(), "this kernel has no seccomp_unotify(2)");
    program
}

/// Collects what happens until `done`.
fn collect(program: &mut Program, done: impl Fn(&Program, &[What]) -> bool) -> Vec<What> {
    let deadline = Instant::now() + DEADLINE;
    let mut seen = Vec::new();
    loop {
        program.collect(&mut |what| seen.push(what)).unwrap();
        if done(program, &seen) {
            return seen;
        }
        assert!(Instant::now() < deadline, "{seen:?}");
        let mut sources: Vec<PollFd<'_>> =
            program.sources().map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)).collect();
        let _ = poll(&mut sources, Some(&Timespec { tv_sec: 1, tv_nsec: 0 }));
    }
}

/// Runs a script to its end: its calls, and what it printed.
fn run(script: &str) -> (Vec<SocketCall>, String) {
    let mut program = start(script);
    let seen = collect(&mut program, |program, _| program.is_gone());
    let (mut calls, mut printed) = (Vec::new(), String::new());
    for what in seen {
        match what {
            What::Called(call) => calls.push(call),
            What::Output { text, .. } => printed.push_str(&String::from_utf8_lossy(text.bytes())),
            _ => {}
        }
    }
    (calls, printed)
}

fn made(kind: SocketKind) -> SocketCall {
    SocketCall::Socket { family: Family::Ipv4, kind }
}

fn calls_come_in_order_with_their_results() {
    let (calls, printed) = run("s = socket(AF_INET, SOCK_DGRAM)\n\
         try: s.bind(('192.0.2.1', 12345))\n\
         except OSError as e: print(e.errno)\n\
         s.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)\n\
         s.bind(('127.0.0.1', 0))\n\
         try: s.bind(('127.0.0.1', 0))\n\
         except OSError as e: print(e.errno)\n\
         t = socket(); t.bind(('127.0.0.1', 0)); t.listen(7)\n\
         s.sendto(b'hello', s.getsockname()); print(s.recv(9))\n");
    // What the program was told is what is told of it, and its sockets work.
    assert_eq!(printed, "99\n22\nb'hello'\n");
    let bind = |fd, address: &str, errno| SocketCall::Bind {
        fd,
        address: Some(address.parse().unwrap()),
        errno: Some(errno),
    };
    assert_eq!(
        calls,
        [
            made(SocketKind::Datagram),
            bind(3, "192.0.2.1:12345", 99),
            SocketCall::Setsockopt { fd: 3, level: libc::SOL_SOCKET, option: libc::SO_BROADCAST },
            bind(3, "127.0.0.1:0", 0),
            bind(3, "127.0.0.1:0", 22),
            made(SocketKind::Stream),
            bind(4, "127.0.0.1:0", 0),
            SocketCall::Listen { fd: 4, backlog: 7 },
        ]
    );
}

fn children_and_threads_are_heard_too() {
    let (calls, printed) = run("import os, threading\n\
         def work():\n\
         \x20   s = socket(AF_INET, SOCK_DGRAM); s.bind(('127.0.0.1', 0))\n\
         \x20   print(s.getsockname()[1] > 0, flush=True)\n\
         t = threading.Thread(target=work); t.start(); t.join()\n\
         if os.fork() == 0:\n\
         \x20   work(); os._exit(0)\n\
         os.wait()\n");
    assert_eq!(printed, "True\nTrue\n");
    let binds = calls.iter().filter(|call| matches!(call, SocketCall::Bind { errno: Some(0), .. }));
    assert_eq!((calls.len(), binds.count()), (4, 2), "{calls:?}");
}

fn other_families_are_none_of_ours() {
    let (calls, printed) = run("import os, tempfile\n\
         s = socket(AF_UNIX, SOCK_DGRAM)\n\
         path = os.path.join(tempfile.mkdtemp(), 's'); s.bind(path)\n\
         print(os.path.exists(path)); os.unlink(path); os.rmdir(os.path.dirname(path))\n\
         s = socket(AF_UNIX, SOCK_DGRAM); s.bind('\\0abstract-' + str(os.getpid()))\n\
         print('bound')\n");
    assert_eq!(printed, "True\nbound\n");
    assert_eq!(calls, []);
}

fn calls_without_end_hold_nobody_up() {
    // Sockets of other families are not counted: a shell makes some before python3 begins, where
    // SHELL is not set.
    let (calls, printed) = run("for i in range(20): socket(AF_UNIX, SOCK_DGRAM)\n\
         s = socket(AF_INET, SOCK_DGRAM)\n\
         for i in range(3000): s.setsockopt(SOL_SOCKET, SO_BROADCAST, i % 2)\n\
         print('done')\n");
    assert_eq!(printed, "done\n");
    assert_eq!(calls.len(), 1000, "the first are told of");
}

fn a_program_that_is_killed_is_gone() {
    for _ in 0..10 {
        let mut program = start("while True: socket(AF_INET, SOCK_DGRAM)");
        collect(&mut program, |_, seen| seen.iter().any(|what| matches!(what, What::Called(_))));
        program.kill(&mut |_| {});
        assert!(program.is_gone());
    }
}
