//! Looking into a running program from outside: its sockets, and what its threads wait for.
//!
//! A socket is looked at through a copy of its descriptor that lives for some microseconds
//! (`pidfd_getfd(2)`): a copy that is held would keep a port bound after the program's `close`.
//! The copy is only asked; `SO_ERROR` is never read, because reading takes the error away from the
//! program, and no flag is set, because flags are shared. Where copies are forbidden (the default
//! profile of some containers) `/proc` and extended attributes tell most of it.
//!
//! What a thread waits for stands in `/proc/PID/task/TID/syscall`: see `proc(5)`.

mod copy;
mod tables;
mod threads;

use std::collections::HashSet;

use crate::evidence::{Method, Socket, Target, Thread, View};
use crate::procfs;

/// Looks into one program and all its descendants.
#[derive(Debug)]
pub struct Inspector {
    guard: u32,
    terminal: String,
    method: Method,
}

impl Inspector {
    /// An inspector for the descendants of `guard`, whose terminal has this path. It begins with
    /// `method`, and falls back to [`Method::Proc`] where the kernel forbids copies.
    pub fn new(guard: u32, terminal: &str, method: Method) -> Inspector {
        Inspector { guard, terminal: terminal.to_owned(), method }
    }

    /// The method that is used now.
    pub fn method(&self) -> Method {
        self.method
    }

    /// Takes one look. An ended program shows an empty view.
    pub fn look(&mut self) -> View {
        let pids = procfs::descendants(self.guard);
        let mut view = View { processes: pids.len(), ..View::default() };
        for pid in pids {
            let (holder, descriptors) = descriptors(pid);
            view.sockets.extend(self.sockets(pid, holder, &descriptors));
            let target = |fd: i32| self.target(fd, &descriptors);
            view.threads.extend(threads::of_process(pid, &target));
        }
        self.forget_other_families(&mut view);
        view
    }

    /// The sockets of a process, whose descriptors `holder` has.
    fn sockets(&mut self, pid: u32, holder: u32, descriptors: &[(i32, String)]) -> Vec<Socket> {
        let found: Vec<(i32, u64)> = descriptors
            .iter()
            .filter_map(|(fd, link)| Some((*fd, procfs::socket_inode(link)?)))
            .collect();
        if found.is_empty() {
            return Vec::new();
        }
        // Copies are taken from a process's first thread; `/proc` knows every thread.
        if self.method != Method::Proc && holder == pid {
            match copy::sockets(pid, &found) {
                Ok(sockets) => return sockets,
                Err(copy::Forbidden) => self.method = Method::Proc,
            }
        }
        tables::sockets(holder, &found)
    }

    fn target(&self, fd: i32, descriptors: &[(i32, String)]) -> Target {
        match descriptors.iter().find(|(known, _)| *known == fd).map(|(_, link)| link.as_str()) {
            Some(link) if link == self.terminal || link == "/dev/tty" => Target::Terminal,
            Some("anon_inode:[timerfd]") => Target::Timer,
            Some(link) if link.starts_with('/') && !link.starts_with("/dev/") => Target::File,
            Some(link) => procfs::socket_inode(link).map_or(Target::Other, Target::Socket),
            None => Target::Other,
        }
    }

    /// A wait on a socket that is neither IPv4 nor IPv6 is a wait on something else.
    fn forget_other_families(&self, view: &mut View) {
        let known: HashSet<u64> = view.sockets.iter().map(|socket| socket.inode).collect();
        for target in view.threads.iter_mut().flat_map(|thread| &mut thread.on) {
            if matches!(target, Target::Socket(inode) if !known.contains(inode)) {
                *target = Target::Other;
            }
        }
    }

    /// Proves that the program cannot move before someone else does: at one moment every thread
    /// was blocked for good and nothing was queued.
    pub fn quiet(&mut self) -> Option<Stillness> {
        let (_, still) = self.still(View::is_blocked_for_good)?;
        (!self.has_an_alarm()).then_some(still)
    }

    /// Proves that at one moment no thread was running and nothing was queued: the program has
    /// done all it will do for now, though a time-out may wake it.
    pub fn idle(&mut self) -> Option<Stillness> {
        self.still(View::is_idle).map(|(_, still)| still)
    }

    /// A look at the program in a state in which it rests. A single look may be torn: it sees a
    /// socket, and then the wait that came after the socket was closed.
    pub fn rest(&mut self) -> Option<View> {
        self.still(View::is_at_rest).map(|(view, _)| view)
    }

    /// Two looks that agree prove it when every thread slept and none was scheduled between them: all
    /// that the second shows was so at one moment.
    fn still(&mut self, is_still: impl Fn(&View) -> bool) -> Option<(View, Stillness)> {
        let first = self.look();
        let before = is_still(&first).then(|| switches(&first))??;
        let second = self.look();
        let after = is_still(&second).then(|| switches(&second))??;
        (before == after).then_some((second, Stillness(after)))
    }

    /// True when a process handles SIGALRM, so that an interval timer may wake it: those cannot be
    /// seen from outside.
    fn has_an_alarm(&self) -> bool {
        let alarm = rustix::process::Signal::ALARM.as_raw();
        procfs::descendants(self.guard)
            .into_iter()
            .any(|pid| procfs::disposition(pid, alarm) == procfs::Disposition::Caught)
    }
}

/// The descriptors of a process, and the thread that has them: the first, which has the process's
/// id, or one that has outlived it.
fn descriptors(pid: u32) -> (u32, Vec<(i32, String)>) {
    let of = |tid| (tid, procfs::descriptors(tid));
    let own = of(pid);
    if !own.1.is_empty() || procfs::state(pid, pid) != Some('Z') {
        return own;
    }
    let mut others = procfs::threads(pid).into_iter().map(of);
    others.find(|(_, found)| !found.is_empty()).unwrap_or(own)
}

/// A moment at which nothing moved. Two that are equal are one: nothing moved between them either.
#[derive(Debug, PartialEq, Eq)]
pub struct Stillness(Vec<(u32, u64)>);

fn switches(view: &View) -> Option<Vec<(u32, u64)>> {
    let count = |thread: &Thread| procfs::switches_asleep(thread.pid, thread.tid);
    view.threads.iter().map(|thread| Some((thread.tid, count(thread)?))).collect()
}
