//! The guard: a small process between socklab and a program, so that nothing is left behind.
//!
//! It is socklab's own executable, started anew as `socklab __guard COMMAND…`. It takes in the
//! program's orphans (`PR_SET_CHILD_SUBREAPER`), so that a daemon that left its session is still
//! a descendant, and ends them all when it is told to or when socklab is gone, however that came.
//!
//! Socklab and the guard speak over a socket pair, which is the guard's standard input: socklab
//! sends one message with the program's three standard descriptors, then [`Order`]s; the guard
//! sends [`Word`]s.

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::event::{Timespec, poll};
use rustix::process::{
    Pid, Resource, Rlimit, Signal, WaitId, WaitIdOptions, WaitOptions, WaitStatus, kill_process,
    kill_process_group, wait, waitid,
};
use serde::{Deserialize, Serialize};

use super::calls;
use crate::channel::{self, Heard};
use crate::evidence::{Exit, SocketCall};
use crate::{procfs, sys};

/// The first argument by which socklab's executable knows that it is to be a guard.
const NAME: &str = "__guard";

/// The most memory that a process of the program may have for its own data. It keeps a program
/// that eats memory from taking the machine along; Java needs one or two GiB of it.
const DATA_LIMIT: u64 = 4 << 30;

/// What the guard tells socklab.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Word {
    /// The program runs, under this id, and whether its calls are told of.
    Started { pid: u32, calls: bool },
    /// The program could not be started; the operating system said this `errno`.
    Refused { errno: i32 },
    /// The program ended, by itself or by a signal, and left so many descendants behind.
    Exited { code: Option<i32>, signal: Option<i32>, left: usize },
    /// The program, or a descendant, made this call.
    Called(SocketCall),
    /// No descendant is left.
    Gone,
}

impl Word {
    /// How the program ended, if this word says so.
    pub(super) fn exit(code: Option<i32>, signal: Option<i32>) -> Exit {
        match (code, signal) {
            (Some(code), _) => Exit::Code(code),
            (None, Some(signal)) => Exit::Signal(signal),
            (None, None) => Exit::Code(-1),
        }
    }
}

/// What socklab tells the guard, a byte each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Ctrl-C: SIGINT to the program's process group. One that is stopped goes on, so that it can
    /// end.
    Interrupt,
    /// SIGTERM to every descendant; those that are stopped go on.
    Terminate,
    /// SIGKILL to every descendant, until there is none. The end of the connection means the same.
    Kill,
}

impl Order {
    pub(super) fn byte(self) -> u8 {
        match self {
            Order::Interrupt => b'i',
            Order::Terminate => b't',
            Order::Kill => b'k',
        }
    }

    fn of(byte: Option<&u8>) -> Order {
        match byte {
            Some(b'i') => Order::Interrupt,
            Some(b't') => Order::Terminate,
            _ => Order::Kill,
        }
    }
}

/// Turns this process into a guard, if that is what it was started for.
pub(crate) fn become_guard_if_asked() -> Option<ExitCode> {
    let mut args = std::env::args_os().skip(1);
    (args.next()?.to_str()? == NAME).then(|| match guard(args.collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}

/// The command line that makes a guard for `argv`.
pub(super) fn command(argv: &[OsString]) -> Command {
    let mut command = procfs::own_executable();
    command.arg(NAME).args(argv);
    command
}

/// What the guard is told first. With it come the program's standard input, output and error and,
/// where it is to enter them, a user namespace and a network namespace.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Go {
    /// Whether the program's calls are told of.
    calls: bool,
}

/// Tells the guard to start its program.
pub(super) fn go(
    control: &OwnedFd,
    stdio: [BorrowedFd<'_>; 3],
    place: Option<[BorrowedFd<'_>; 2]>,
    calls: bool,
) -> io::Result<()> {
    let fds: Vec<BorrowedFd<'_>> = stdio.into_iter().chain(place.into_iter().flatten()).collect();
    channel::send(control, &Go { calls }, &fds)
}

/// Enters the namespaces, and gives up all rights that a program could gain there or by a set-user-id
/// program.
fn enter(namespaces: &[OwnedFd]) -> io::Result<()> {
    for namespace in namespaces {
        rustix::thread::move_into_link_name_space(namespace.as_fd(), None)?;
    }
    if !namespaces.is_empty() {
        rustix::thread::set_no_new_privs(true)?;
    }
    Ok(())
}

fn guard(argv: Vec<OsString>) -> io::Result<()> {
    let me = rustix::process::getpid();
    // Out of socklab's session, so that a Ctrl-C in its terminal is socklab's affair alone.
    rustix::process::setsid()?;
    rustix::process::set_child_subreaper(Some(me))?;
    let limit = |resource, most| {
        let hard = rustix::process::getrlimit(resource).maximum;
        let most = hard.map_or(most, |hard| hard.min(most));
        rustix::process::setrlimit(resource, Rlimit { current: Some(most), maximum: hard })
    };
    limit(Resource::Core, 0)?;
    limit(Resource::Data, DATA_LIMIT)?;

    let control = rustix::stdio::stdin();
    let Some((Go { calls }, mut fds)) = channel::receive(control)? else { return Ok(()) };
    let namespaces = fds.split_off(fds.len().min(3));
    let [input, output, errors] =
        fds.try_into().map_err(|_| io::Error::other("socklab did not send three descriptors"))?;
    enter(&namespaces)?;
    drop(namespaces);
    // Told before the call goes on, so that it comes before whatever the program does next.
    let calls = calls && calls::watch(|call| drop(say(rustix::stdio::stdin(), Word::Called(call))));
    // The program is a job in the guard's session, as in a shell's: when it ends, its descendants
    // get no SIGHUP.
    sys::take_terminal(input.as_fd());
    let mut command = Command::new(&argv[0]);
    command.args(&argv[1..]).stdin(Stdio::from(input)).stdout(output).stderr(errors);
    let child = match sys::in_foreground(&mut command).spawn() {
        Ok(child) => child,
        Err(error) => {
            return say(control, Word::Refused { errno: error.raw_os_error().unwrap_or(0) });
        }
    };
    // The command holds our copies of the program's descriptors.
    drop(command);
    let program = child.id();
    say(control, Word::Started { pid: program, calls })?;

    // Held while a process is reaped and while processes are killed, so that no id is signalled
    // that the kernel has given to someone else meanwhile.
    let table = Arc::new(Mutex::new(()));
    let orders = Arc::clone(&table);
    std::thread::spawn(move || obey(program, &orders));
    reap(program, &table, control)
}

/// Waits for the descendants to end, the program and orphans alike; returns when none is left.
fn reap(program: u32, table: &Mutex<()>, control: BorrowedFd<'_>) -> io::Result<()> {
    loop {
        // Look first, reap under the lock.
        match waitid(WaitId::All, WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
            Err(rustix::io::Errno::CHILD) => return say(control, Word::Gone),
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
            Ok(_) => {}
        }
        let (ended, left) = {
            let _held = table.lock().unwrap_or_else(PoisonError::into_inner);
            reap_all(program)?
        };
        if let Some(status) = ended {
            let (code, signal) = (status.exit_status(), status.terminating_signal());
            say(control, Word::Exited { code, signal, left })?;
        }
    }
}

/// Reaps everybody who has ended. Tells how the program did, if it is among them, and how many are
/// left that have not.
fn reap_all(program: u32) -> rustix::io::Result<(Option<WaitStatus>, usize)> {
    let mut ended = None;
    loop {
        match wait(WaitOptions::NOHANG) {
            Ok(Some((pid, status))) if pid.as_raw_nonzero().get() as u32 == program => {
                ended = Some(status);
            }
            Ok(Some(_)) | Err(rustix::io::Errno::INTR) => {}
            // The kernel knows that there are some; a list of them that is read while others end
            // may miss one.
            Ok(None) => return Ok((ended, procfs::descendants(std::process::id()).len().max(1))),
            Err(rustix::io::Errno::CHILD) => return Ok((ended, 0)),
            Err(error) => return Err(error),
        }
    }
}

/// Carries out socklab's orders, to the last one.
fn obey(program: u32, table: &Mutex<()>) {
    let control = rustix::stdio::stdin();
    loop {
        let mut byte = [0u8; 1];
        let order = match rustix::io::read(control, &mut byte) {
            Ok(count) => Order::of(byte[..count].first()),
            Err(rustix::io::Errno::INTR) => continue,
            Err(_) => Order::Kill,
        };
        let held = table.lock().unwrap_or_else(PoisonError::into_inner);
        match order {
            Order::Interrupt => {
                if let Some(group) = Pid::from_raw(program as i32) {
                    let _ = kill_process_group(group, Signal::INT);
                    let _ = kill_process_group(group, Signal::CONT);
                }
            }
            Order::Terminate => {
                signal_all(Signal::TERM);
                signal_all(Signal::CONT);
            }
            Order::Kill => {
                drop(held);
                kill_all(table);
            }
        }
    }
}

fn signal_all(signal: Signal) {
    let all = procfs::descendants(std::process::id());
    for pid in all.into_iter().filter_map(|pid| Pid::from_raw(pid as i32)) {
        let _ = kill_process(pid, signal);
    }
}

/// Kills for as long as anybody is left. What is stopped cannot fork, so a program that forks
/// without end is stopped as a whole before it is killed as a whole. The other thread reaps; it
/// knows for certain when nobody is left, and ends this process.
fn kill_all(table: &Mutex<()>) -> ! {
    loop {
        {
            let _held = table.lock().unwrap_or_else(PoisonError::into_inner);
            signal_all(Signal::STOP);
            signal_all(Signal::KILL);
        }
        let a_moment = Timespec { tv_sec: 0, tv_nsec: 100_000 };
        let _ = poll(&mut [], Some(&a_moment));
    }
}

fn say(control: BorrowedFd<'_>, word: Word) -> io::Result<()> {
    match channel::send(control, &word, &[]) {
        // Socklab is gone: nobody needs to know.
        Err(error)
            if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) =>
        {
            Ok(())
        }
        other => other,
    }
}

/// Reads one word, if there is one; never waits.
pub(super) fn hear(control: &OwnedFd) -> io::Result<Option<Word>> {
    Ok(match channel::hear(control)? {
        Heard::Message(word) => Some(word),
        Heard::Nothing => None,
        // Whoever killed the guard, nobody is left who could tell more.
        Heard::Gone => Some(Word::Gone),
    })
}
