//! Whether programs can be started and looked into: one of our own is.

use std::ffi::OsString;
use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::{Finding, NOTHING_SEEN, describe};
use crate::evidence::{Call, Method, Target, View};
use crate::inspect::Inspector;
use crate::program::{Calls, Errors, Program};

/// How long the program may take to come to its receive. It takes milliseconds.
const DEADLINE: Duration = Duration::from_secs(5);

/// How long to wait between two looks.
const STEP: Timespec = Timespec { tv_sec: 0, tv_nsec: 5_000_000 };

/// Is the program that [`looking`] looks into: binds a socket, and receives from it for ever.
///
/// # Errors
///
/// When there is no loopback.
pub fn be_looked_at() -> io::Result<()> {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.recv(&mut [0; 16]).map(drop)
}

/// Starts `command`, a program that does [`be_looked_at`], and looks into it as a check would.
pub fn looking(command: &[OsString]) -> Vec<Finding> {
    let program = match Program::start(command, Errors::Apart, None, Calls::Told) {
        Ok((program, _)) if program.pid().is_some() => program,
        Ok(_) => {
            return vec![Finding::bad("programs", "socklab cannot start itself", CANNOT_START)];
        }
        Err(error) => return vec![Finding::bad("programs", error.why, CANNOT_START)],
    };
    let mut inspector = Inspector::new(program.guard(), program.terminal_path(), Method::Copy);
    let deadline = Instant::now() + DEADLINE;
    let view = loop {
        let view = inspector.look();
        if receives(&view) || program.is_gone() || Instant::now() > deadline {
            break view;
        }
        let mut sources: Vec<PollFd<'_>> = program
            .sources()
            .map(|source| PollFd::from_borrowed_fd(source, PollFlags::IN))
            .collect();
        let _ = poll(&mut sources, Some(&STEP));
    };
    let started = Finding::good("programs", "start, each on a pseudo-terminal of its own");
    vec![started, calls(program.sees_calls()), sockets(&view, inspector.method()), waits(&view)]
}

const CANNOT_START: &str = "labs cannot be checked: no program can be started on a pseudo-terminal";

/// True when a thread waits in a receive on a socket that is seen.
fn receives(view: &View) -> bool {
    let is_seen = |inode: u64| view.sockets.iter().any(|socket| socket.inode == inode);
    view.threads.iter().any(|thread| {
        thread.call == Call::Recvfrom
            && thread.on.iter().any(|on| matches!(on, Target::Socket(inode) if is_seen(*inode)))
    })
}

fn calls(seen: bool) -> Finding {
    if seen {
        return Finding::good("calls", describe(Method::Notify));
    }
    let effect = "labs can be checked; a bind that fails without a word is not told from none";
    Finding::less("calls", "not told of: seccomp does not let us", effect)
}

fn sockets(view: &View, method: Method) -> Finding {
    match method {
        _ if view.sockets.is_empty() => {
            Finding::bad("sockets", format!("cannot be seen{}", reason()), NOTHING_SEEN)
        }
        Method::Notify | Method::Copy => Finding::good("sockets", describe(method)),
        Method::Proc => Finding::less(
            "sockets",
            format!("{}{}", describe(method), reason()),
            "labs can be checked; time-outs and queues of a socket are not seen",
        ),
    }
}

fn waits(view: &View) -> Finding {
    if view.threads.iter().any(|thread| thread.call == Call::Recvfrom) {
        return Finding::good("waits", "seen in /proc/PID/syscall");
    }
    let found = match view.threads.first() {
        Some(thread) if thread.call != Call::Unknown => {
            format!("/proc/PID/syscall shows {}, not recvfrom", thread.call.name())
        }
        _ => format!("/proc/PID/syscall cannot be read{}", reason()),
    };
    Finding::bad("waits", found, NOTHING_SEEN)
}

/// Why the kernel forbids it, where that can be told.
fn reason() -> String {
    let scope = std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope").unwrap_or_default();
    match scope.trim().parse() {
        Ok(scope @ 2..) => {
            format!(": kernel.yama.ptrace_scope is {scope}; sudo sysctl kernel.yama.ptrace_scope=1")
        }
        _ => ": forbidden here, as in some containers".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Mark;
    use crate::evidence::{Thread, Timeout};

    fn view(call: Call) -> View {
        let on = Vec::new();
        let thread = Thread { pid: 1, tid: 1, call, on, timeout: Timeout::Never, receive: None };
        View { threads: vec![thread], ..View::default() }
    }

    #[test]
    fn what_is_not_seen_is_bad() {
        assert_eq!(waits(&view(Call::Recvfrom)).mark, Mark::Good);
        assert!(waits(&view(Call::Unknown)).found.contains("cannot be read"));
        assert!(waits(&view(Call::Poll)).found.contains("shows poll"));
        assert_eq!(sockets(&view(Call::Recvfrom), Method::Copy).mark, Mark::Bad);
    }
}
