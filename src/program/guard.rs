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
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use rustix::process::{
    Pid, Resource, Rlimit, Signal, WaitId, WaitIdOptions, WaitOptions, kill_process,
    kill_process_group, wait, waitid,
};
use serde::{Deserialize, Serialize};

use crate::evidence::Exit;
use crate::{procfs, sys};

/// The first argument by which socklab's executable knows that it is to be a guard.
const NAME: &str = "__guard";

/// The most memory that a process of the program may have for its own data. It keeps a program
/// that eats memory from taking the machine along; Java needs one or two GiB of it.
const DATA_LIMIT: u64 = 4 << 30;

/// What the guard tells socklab.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum Word {
    /// The program runs, under this id.
    Started { pid: u32 },
    /// The program could not be started; the operating system said this `errno`.
    Refused { errno: i32 },
    /// The program ended, by itself or by a signal, and left so many descendants behind.
    Exited { code: Option<i32>, signal: Option<i32>, left: usize },
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
///
/// Every executable that runs programs calls this before anything else in `main`.
pub fn become_guard_if_asked() -> Option<ExitCode> {
    let mut args = std::env::args_os().skip(1);
    (args.next()?.to_str()? == NAME).then(|| match guard(args.collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}

/// The command line that makes a guard for `argv`.
pub(super) fn command(argv: &[OsString]) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(NAME).args(argv);
    Ok(command)
}

/// Sends the program's standard input, output and error to the guard.
pub(super) fn send_stdio(control: &OwnedFd, stdio: [BorrowedFd<'_>; 3]) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    ancillary.push(SendAncillaryMessage::ScmRights(&stdio));
    sendmsg(control, &[IoSlice::new(b"go")], &mut ancillary, SendFlags::NOSIGNAL)?;
    Ok(())
}

fn receive_stdio(control: BorrowedFd<'_>) -> io::Result<[OwnedFd; 3]> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut bytes = [0; 8];
    recvmsg(control, &mut [IoSliceMut::new(&mut bytes)], &mut ancillary, RecvFlags::CMSG_CLOEXEC)?;
    let mut received = Vec::new();
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(fds) = message {
            received.extend(fds);
        }
    }
    received.try_into().map_err(|_| io::Error::other("socklab did not send three descriptors"))
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
    let [input, output, errors] = receive_stdio(control)?;
    let mut command = Command::new(&argv[0]);
    command.args(&argv[1..]).stdin(Stdio::from(input)).stdout(output).stderr(errors);
    let child = match sys::in_own_session(&mut command).spawn() {
        Ok(child) => child,
        Err(error) => {
            return say(control, Word::Refused { errno: error.raw_os_error().unwrap_or(0) });
        }
    };
    // The command holds our copies of the program's descriptors.
    drop(command);
    let program = child.id();
    say(control, Word::Started { pid: program })?;

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
        let ended = {
            let _held = table.lock().unwrap_or_else(PoisonError::into_inner);
            wait(WaitOptions::NOHANG)?
        };
        if let Some((pid, status)) = ended
            && pid.as_raw_nonzero().get() as u32 == program
        {
            let left = procfs::descendants(std::process::id())
                .into_iter()
                .filter(|&pid| procfs::state(pid, pid).is_some_and(|state| state != 'Z'))
                .count();
            let (code, signal) = (status.exit_status(), status.terminating_signal());
            say(control, Word::Exited { code, signal, left })?;
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
                return kill_all(table);
            }
        }
    }
}

fn signal_all(signal: Signal) -> usize {
    let all = procfs::descendants(std::process::id());
    for pid in all.iter().filter_map(|&pid| Pid::from_raw(pid as i32)) {
        let _ = kill_process(pid, signal);
    }
    all.len()
}

/// Kills until nobody is left. What is stopped cannot fork, so a program that forks without end
/// is stopped as a whole before it is killed as a whole. The other thread reaps, and ends this
/// process.
fn kill_all(table: &Mutex<()>) {
    loop {
        let left = {
            let _held = table.lock().unwrap_or_else(PoisonError::into_inner);
            signal_all(Signal::STOP);
            signal_all(Signal::KILL)
        };
        if left == 0 {
            return;
        }
        std::thread::yield_now();
    }
}

fn say(control: BorrowedFd<'_>, word: Word) -> io::Result<()> {
    let bytes = serde_json::to_vec(&word).map_err(io::Error::other)?;
    match rustix::net::send(control, &bytes, SendFlags::NOSIGNAL) {
        // Socklab is gone: nobody needs to know.
        Err(rustix::io::Errno::PIPE | rustix::io::Errno::CONNRESET) => Ok(()),
        other => other.map(drop).map_err(io::Error::from),
    }
}

/// Reads one word, if there is one; never waits.
pub(super) fn hear(control: &OwnedFd) -> io::Result<Option<Word>> {
    let mut bytes = [0u8; 256];
    match rustix::net::recv(control.as_fd(), &mut bytes[..], RecvFlags::DONTWAIT) {
        // The guard has ended: whoever killed it, nobody is left who could tell more.
        Ok((0, _)) | Err(rustix::io::Errno::CONNRESET) => Ok(Some(Word::Gone)),
        Ok((count, _)) => {
            serde_json::from_slice(&bytes[..count]).map(Some).map_err(io::Error::other)
        }
        Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
