//! Programs: building, starting, watching and stopping them.
//!
//! A program runs in a session of its own, with a pseudo-terminal as its standard input and output
//! and a pipe as its standard error, and under a guard that ends all of it. This module knows
//! nothing of checks: it starts, reads, types and stops, and hands over what happened.

pub mod build;
mod calls;
mod guard;
mod output;
mod start;
mod terminal;

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, wait};

use crate::evidence::{Exit, SetupError, SocketCall, Stream, What};
use crate::procfs::{self, Disposition};

pub(crate) use guard::become_guard_if_asked;
use guard::{Order, Word};
use output::Output;
use terminal::Terminal;

/// How long a program has to end after Ctrl-C, and again after SIGTERM, before it is killed. A
/// program may want to finish what it is doing.
const GRACE: Duration = Duration::from_secs(1);

/// How often a program is looked at that has been asked to end.
const STOP_LOOK: Duration = Duration::from_millis(2);

/// How long the guard may take to start a program or to kill one. It does both in milliseconds;
/// only a machine in deep trouble comes near this.
const GUARD_DEADLINE: Duration = Duration::from_secs(20);

/// Whether the kernel tells of each call of a program that makes or changes a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// It does, where it lets us.
    Told,
    /// It does not.
    Untold,
}

/// Where the program's standard error goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errors {
    /// To a pipe, so that it can be told from standard output.
    Apart,
    /// To the terminal, as when a person runs it.
    OnTerminal,
}

/// A program that has been started, and everything that belongs to it. Dropping it ends it.
#[derive(Debug)]
pub struct Program {
    control: OwnedFd,
    guard: std::process::Child,
    terminal: Terminal,
    errors: Option<OwnedFd>,
    output: Output,
    pid: Option<u32>,
    exit: Option<Exit>,
    gone: bool,
    sees_calls: bool,
    /// Calls that were told of before the guard had told of the start.
    early: Vec<SocketCall>,
}

impl Program {
    /// Starts a command directly, without a shell, and tells what came of it:
    /// [`What::Started`], or [`What::Refused`] where the operating system would not run it. With a
    /// `place`, a user namespace and a network namespace, it is started in them. `calls` says
    /// whether the kernel tells of those that make or change a socket.
    ///
    /// # Errors
    ///
    /// When this machine has no pseudo-terminal, process or descriptor left.
    pub fn start(
        argv: &[OsString],
        errors: Errors,
        place: Option<[BorrowedFd<'_>; 2]>,
        calls: Calls,
    ) -> Result<(Program, What), SetupError> {
        start::start(argv, errors, place, calls == Calls::Told)
            .map_err(|error| SetupError::new("a program cannot be started", error, "make doctor"))
    }

    /// The process whose descendants are the program, all of it.
    pub fn guard(&self) -> u32 {
        self.guard.id()
    }

    /// The program's own id, if it could be started.
    pub fn pid(&self) -> Option<u32> {
        self.pid
    }

    /// The path of the program's terminal.
    pub fn terminal_path(&self) -> &str {
        self.terminal.path()
    }

    /// How the program ended, once it has.
    pub fn exit(&self) -> Option<Exit> {
        self.exit
    }

    /// True when every call of the program that makes or changes a socket is told of.
    pub fn sees_calls(&self) -> bool {
        self.sees_calls
    }

    /// True once the program and all its descendants have ended.
    pub fn is_gone(&self) -> bool {
        self.gone
    }

    /// An argument of the command that names a file which is not there, for its diagnosis.
    pub fn missing_file(command: &[OsString]) -> Option<What> {
        start::missing_file(command)
    }

    /// What to poll for input: when any of them is readable, [`Program::collect`] has something.
    pub fn sources(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let errors = self.errors.as_ref().map(AsFd::as_fd);
        let control = (!self.gone).then(|| self.control.as_fd());
        [Some(self.terminal.as_fd()), errors, control].into_iter().flatten()
    }

    /// Hands over what has happened since the last call, in order; never waits.
    ///
    /// # Errors
    ///
    /// When the guard cannot be understood, which is socklab's fault.
    pub fn collect(&mut self, record: &mut impl FnMut(What)) -> io::Result<()> {
        self.early.drain(..).for_each(|call| record(What::Called(call)));
        // The guard first: whatever an ended program has written is there to be read then.
        let word = loop {
            match if self.gone { None } else { guard::hear(&self.control)? } {
                // What was printed before a call is told of before it.
                Some(Word::Called(call)) => {
                    self.drain(record);
                    record(What::Called(call));
                }
                word => break word,
            }
        };
        self.drain(record);
        match word {
            Some(Word::Exited { code, signal, left }) => {
                let exit = Word::exit(code, signal);
                self.exit = Some(exit);
                self.output.finish(record);
                record(What::Exited { exit, left });
            }
            Some(Word::Gone) => {
                self.gone = true;
                if self.exit.is_none() && self.pid.is_some() {
                    let exit = Exit::Signal(Signal::KILL.as_raw());
                    self.exit = Some(exit);
                    record(What::Exited { exit, left: 0 });
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Reads both streams as far as there is something, and at most as much as they hold for now:
    /// a program that prints for ever must not keep us here.
    fn drain(&mut self, record: &mut impl FnMut(What)) {
        let mut buffer = [0u8; 16384];
        for _ in 0..16 {
            match self.terminal.read(&mut buffer) {
                Ok(count) if count > 0 => {
                    self.output.take(Stream::Terminal, &buffer[..count], record);
                }
                _ => break,
            }
        }
        for _ in 0..16 {
            let Some(errors) = &self.errors else { break };
            match rustix::io::read(errors, &mut buffer) {
                Ok(0) => self.errors = None,
                Ok(count) => self.output.take(Stream::Errors, &buffer[..count], record),
                Err(_) => break,
            }
        }
    }

    /// How many bytes the program has written so far.
    pub fn written(&self) -> u64 {
        self.output.total()
    }

    /// Types `text` and Enter at the program's terminal.
    pub fn type_line(&mut self, text: &str) -> io::Result<()> {
        let line = format!("{text}\n");
        match self.terminal.write(line.as_bytes())? {
            count if count == line.len() => Ok(()),
            _ => Err(io::Error::other("the terminal took only a part of the line")),
        }
    }

    /// Sends Ctrl-C to the program.
    pub fn interrupt(&mut self) {
        self.order(Order::Interrupt);
    }

    fn order(&mut self, order: Order) {
        let _ = rustix::net::send(&self.control, &[order.byte()], rustix::net::SendFlags::NOSIGNAL);
    }

    /// Ends the program and all its descendants: by Ctrl-C, then by SIGTERM, then by SIGKILL. A
    /// program that ignores a signal is not waited for. What it does and prints meanwhile is
    /// handed over as by [`Program::collect`].
    pub fn stop(&mut self, record: &mut impl FnMut(What)) {
        if self.exit.is_none() {
            self.stop_by(Order::Interrupt, Signal::INT, record);
        }
        if self.exit.is_none() {
            self.stop_by(Order::Terminate, Signal::TERM, record);
        }
        self.kill(record);
    }

    /// Ends the program and all its descendants by SIGKILL, without notice.
    pub fn kill(&mut self, record: &mut impl FnMut(What)) {
        if !self.gone {
            self.order(Order::Kill);
            self.await_gone(Instant::now() + GUARD_DEADLINE, record, |program| program.gone);
        }
        // It ends as soon as it has told that nobody is left.
        let _ = self.guard.wait();
    }

    fn stop_by(&mut self, order: Order, signal: Signal, record: &mut impl FnMut(What)) {
        let Some(pid) = self.pid else { return };
        if procfs::disposition(pid, signal.as_raw()) == Disposition::Ignored {
            return;
        }
        let before = self.come_to_rest(pid, record);
        self.order(order);
        let deadline = Instant::now() + GRACE;
        // A program that is back in the very wait in which the signal found it does not mind it.
        let minds_not = || waits_again(&before, &procfs::waits(pid));
        while self.exit.is_none() && Instant::now() < deadline && !minds_not() {
            self.await_gone(Instant::now() + STOP_LOOK, record, |program| program.exit.is_some());
        }
    }

    /// Waits a moment for the program to wait somewhere, so that it can be told later whether it is
    /// back there. One that never waits is not waited for.
    fn come_to_rest(&mut self, pid: u32, record: &mut impl FnMut(What)) -> Vec<procfs::Wait> {
        let deadline = Instant::now() + STOP_LOOK * 10;
        loop {
            let waits = procfs::waits(pid);
            if waits.iter().all(procfs::Wait::is_one) || Instant::now() >= deadline {
                return waits;
            }
            self.await_gone(Instant::now() + STOP_LOOK / 10, record, |_| false);
        }
    }

    fn await_gone(
        &mut self,
        deadline: Instant,
        record: &mut impl FnMut(What),
        done: impl Fn(&Program) -> bool,
    ) {
        while self.collect(record).is_ok() && !done(self) && !self.gone {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            self.poll(left);
        }
    }

    /// Waits until there is something to collect, or the time is over.
    fn poll(&self, time: Duration) {
        let mut sources: Vec<PollFd<'_>> =
            self.sources().map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)).collect();
        let time = Timespec::try_from(time).ok();
        let _ = poll(&mut sources, time.as_ref());
    }
}

/// True when every thread waits in the call in which it waited before, and one of them has moved
/// meanwhile.
fn waits_again(before: &[procfs::Wait], now: &[procfs::Wait]) -> bool {
    let pairs = || before.iter().zip(now);
    before.len() == now.len()
        && pairs().all(|(a, b)| a.is_one() && a.tid == b.tid && a.call == b.call)
        && pairs().any(|(a, b)| a.switches != b.switches)
}

impl Drop for Program {
    fn drop(&mut self) {
        if !self.gone {
            self.kill(&mut |_| {});
        }
    }
}

/// Ends whatever is still a descendant of this process: programs whose guard was killed by
/// someone else; but not those that `ends_itself` says have work to do before they end. The last
/// thing that socklab does, because it takes the exit status of every child.
pub fn sweep(ends_itself: impl Fn(u32) -> bool) {
    let deadline = Instant::now() + GRACE;
    loop {
        while matches!(wait(WaitOptions::NOHANG), Ok(Some(_))) {}
        let mut left = procfs::descendants(std::process::id());
        left.retain(|&pid| !ends_itself(pid));
        if left.is_empty() || Instant::now() >= deadline {
            return;
        }
        for pid in left.into_iter().filter_map(|pid| Pid::from_raw(pid as i32)) {
            let _ = kill_process(pid, Signal::KILL);
        }
        std::thread::yield_now();
    }
}
