//! The log of a program's calls that make and change sockets: complete, in order, with the results
//! that the program itself sees, and without any effect on it.
#![allow(clippy::unwrap_used)] // what a test needs and does not get is its failure

use std::ffi::OsString;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Trial};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};
use socklab::evidence::{Call, Family, Method, SocketCall, SocketKind, View, What};
use socklab::inspect::Inspector;
use socklab::procfs;
use socklab::program::{Calls, Errors, Program};

/// Far more than any program here needs.
const DEADLINE: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    if let Some(code) = socklab::become_helper_if_asked() {
        return code;
    }
    let tests: [(&str, fn()); 9] = [
        ("calls_come_in_order_with_their_results", calls_come_in_order_with_their_results),
        ("a_socket_that_the_kernel_refuses_is_told_of", a_socket_that_is_refused_is_told_of),
        ("a_connect_of_a_datagram_socket_has_a_result", a_connect_has_a_result),
        ("abstract_sockets_are_named_that_a_program_connects_to", abstract_sockets_are_named),
        ("a_call_that_is_not_yet_heard_of_is_no_wait", a_call_not_yet_heard_of_is_no_wait),
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
    SocketCall::Socket { family: Family::Ipv4, kind, errno: Some(0) }
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

fn a_socket_that_is_refused_is_told_of() {
    let (calls, printed) =
        run("for kind, protocol in (SOCK_DGRAM, 6), (SOCK_STREAM, 6), (2, -1):\n\
         \x20 try: print(socket(AF_INET, kind, protocol) and 0)\n\
         \x20 except OSError as e: print(e.errno)\n");
    let errnos: Vec<i32> = printed.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(errnos[..2], [libc::EPROTONOSUPPORT, 0], "{printed}");
    let told = |call: &SocketCall| match call {
        SocketCall::Socket { errno, .. } => *errno,
        _ => None,
    };
    assert_eq!(calls.iter().filter_map(told).collect::<Vec<_>>(), errnos, "{calls:?}");
}

fn a_connect_has_a_result() {
    let (calls, printed) = run("s = socket(AF_INET, SOCK_DGRAM)\n\
         s.connect(('127.0.0.1', 12345)); print(s.getpeername())\n\
         try: s.connect(('255.255.255.255', 1))\n\
         except OSError as e: print(e.errno)\n\
         import ctypes; print(ctypes.CDLL(None).connect(s.fileno(), bytes(16), 16))\n\
         t = socket(); t.bind(('127.0.0.1', 0)); t.listen(1)\n\
         c = socket(); c.connect(t.getsockname()); print(t.accept()[0].send(b'hi'))\n");
    assert_eq!(printed, "('127.0.0.1', 12345)\n13\n0\n2\n");
    let connects: Vec<_> = calls
        .iter()
        .filter_map(|call| match call {
            SocketCall::Connect { fd, address, errno } => Some((*fd, *address, *errno)),
            _ => None,
        })
        .collect();
    let at = |address: &str| Some(address.parse().unwrap());
    assert_eq!(connects[0], (3, at("127.0.0.1:12345"), Some(0)));
    assert_eq!(connects[1], (3, at("255.255.255.255:1"), Some(libc::EACCES)));
    assert_eq!(connects[2], (3, None, None), "it takes its connection back");
    let (fd, address, errno) = connects[3];
    assert!(fd > 3 && address.is_some() && errno.is_none(), "{connects:?}");
}

fn abstract_sockets_are_named() {
    let (calls, printed) = run("import os\n\
         name = '\\0abstract-' + str(os.getpid())\n\
         s = socket(AF_UNIX, SOCK_DGRAM); s.bind(name)\n\
         for other in (name, '\\0nobody\\0has this', '/nowhere/at/all'):\n\
         \x20 c = socket(AF_UNIX, SOCK_DGRAM)\n\
         \x20 try: print(c.connect(other))\n\
         \x20 except OSError as e: print(e.errno)\n");
    assert_eq!(printed, "None\n111\n2\n");
    // A path is no matter of a network.
    let [SocketCall::ConnectAbstract { name, held: true, .. }, nobody] = &calls[..] else {
        panic!("{calls:?}");
    };
    assert!(name.starts_with("abstract-"), "{name}");
    let name = "nobody\0has this".to_owned();
    assert_eq!(*nobody, SocketCall::ConnectAbstract { fd: 5, name, held: false });
}

/// The guard is stopped, so that nobody hears of the call: a thread that waits for that is on its way.
/// One that waits for its partner rests, though not for good.
fn a_call_not_yet_heard_of_is_no_wait() {
    let look = |program: &Program| {
        Inspector::new(program.guard(), program.terminal_path(), Method::Copy).look()
    };
    let guard = |program: &Program| Pid::from_raw(program.guard() as i32).unwrap();
    for call in ["s.connect(('127.0.0.1', 9))", "t.connect(('127.0.0.1', 9))", "socket()"] {
        let mut program = start(&format!(
            "s = socket(AF_INET, SOCK_DGRAM); t = socket(); print('now', flush=True); input()\n\
             try: {call}\n\
             except OSError: pass\n\
             input()\n"
        ));
        let says_now = |what: &What| matches!(what, What::Output { .. });
        collect(&mut program, |_, seen| seen.iter().any(says_now));
        kill_process(guard(&program), Signal::STOP).unwrap();
        until(|| is_stopped(program.guard()));
        program.type_line("").unwrap();
        let is_in_call = || look(&program).threads.iter().any(|it| it.call == Call::Running);
        let gets_there = becomes(is_in_call);
        let views: Vec<View> = (0..50).map(|_| look(&program)).collect();
        // Before anything is judged: nobody else wakes the guard.
        kill_process(guard(&program), Signal::CONT).unwrap();
        assert!(gets_there, "{call}");
        for view in views {
            assert!(!view.is_at_rest() && !view.is_blocked_for_good(), "{call}: {view:?}");
        }
        until(|| look(&program).is_blocked_for_good());
    }
    let program = start(
        "t = socket(); t.bind(('127.0.0.1', 0)); t.listen(0)\n\
         while True: c = socket(); c.connect(t.getsockname()); globals().setdefault('a', []).append(c)\n",
    );
    until(|| look(&program).threads.iter().any(|thread| thread.call == Call::Connect));
    let view = look(&program);
    assert!(view.is_at_rest() && !view.is_blocked_for_good(), "{view:?}");
}

/// True when each thread of a process was stopped by a signal.
fn is_stopped(pid: u32) -> bool {
    procfs::threads(pid).into_iter().all(|tid| procfs::state(pid, tid) == Some('T'))
}

fn until(is_so: impl Fn() -> bool) {
    assert!(becomes(is_so));
}

/// Looks again and again until it is so; false when it is not in time.
fn becomes(is_so: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + DEADLINE;
    while !is_so() {
        if Instant::now() >= deadline {
            return false;
        }
        let _ = poll(&mut [], Some(&Timespec { tv_sec: 0, tv_nsec: 1_000_000 }));
    }
    true
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
