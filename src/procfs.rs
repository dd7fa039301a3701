//! The process table, as far as it can be read from `/proc`. See `proc(5)`.
//!
//! Nothing here is cached, and every answer may be out of date when it is given: processes come
//! and go. A process that has gone is simply missing from the answer.

#[cfg(test)]
mod hostile_tests;
pub mod net;

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// A command that starts our own executable anew, also where its file has been replaced since we were
/// started.
pub fn own_executable() -> Command {
    // Opened by the child before its `exec`, when it still is what we are.
    let mut command = Command::new("/proc/self/exe");
    command.arg0("socklab");
    command
}

/// How long a process has computed so far, to a hundredth of a second; nothing when it has gone.
pub fn processor_time(pid: u32) -> Duration {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    Duration::from_millis(parse_ticks(&text).unwrap_or(0).saturating_mul(10))
}

/// Reads `utime` and `stime`, which are in `USER_HZ` (100 in a second, on every architecture that is
/// left). The name before them is in brackets and may hold anything.
fn parse_ticks(stat: &str) -> Option<u64> {
    let mut fields = after_name(stat)?.skip(11);
    let mut time = || fields.next()?.parse::<u64>().ok();
    time()?.checked_add(time()?)
}

/// How long the threads of a process have waited for a processor so far, though they could have run;
/// nothing where the kernel does not count that. See `Documentation/scheduler/sched-stats.rst`.
pub fn waited_for_processor(pid: u32) -> Duration {
    let files = threads(pid).into_iter().map(|tid| format!("/proc/{pid}/task/{tid}/schedstat"));
    files.filter_map(|file| parse_wait(&fs::read_to_string(file).ok()?)).sum()
}

/// Reads the second of the three numbers, in nanoseconds.
fn parse_wait(schedstat: &str) -> Option<Duration> {
    Some(Duration::from_nanos(schedstat.split_whitespace().nth(1)?.parse().ok()?))
}

/// The process to which a thread belongs.
pub fn process_of(tid: u32) -> Option<u32> {
    field(&fs::read_to_string(format!("/proc/{tid}/status")).ok()?, "Tgid:")?.parse().ok()
}

/// The descendants of a process, nearest first, itself not among them.
///
/// An orphan belongs to the nearest ancestor that asked for orphans
/// (`PR_SET_CHILD_SUBREAPER`), so a guard sees daemons too.
pub fn descendants(root: u32) -> Vec<u32> {
    let mut found = children(root);
    let mut next = 0;
    while next < found.len() {
        let more = children(found[next]);
        found.extend(more);
        next += 1;
    }
    found
}

/// The children of all threads of a process.
fn children(pid: u32) -> Vec<u32> {
    let mut out = Vec::new();
    for tid in threads(pid) {
        // Missing on kernels without CONFIG_PROC_CHILDREN.
        match fs::read_to_string(format!("/proc/{pid}/task/{tid}/children")) {
            Ok(text) => out.extend(text.split_ascii_whitespace().flat_map(str::parse::<u32>)),
            Err(_) => return children_by_parent(pid),
        }
    }
    out
}

/// The slow way: every process whose parent is `pid`.
fn children_by_parent(pid: u32) -> Vec<u32> {
    numbers("/proc").into_iter().filter(|&child| parent(child) == Some(pid)).collect()
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    after_name(&stat)?.nth(1)?.parse().ok()
}

/// The fields of a line of `stat` from the third on, which is the state.
fn after_name(stat: &str) -> Option<impl Iterator<Item = &str>> {
    // The name stands in brackets and may hold anything, brackets too.
    Some(stat[stat.rfind(')')? + 1..].split_ascii_whitespace())
}

/// What stands behind a name such as `VmRSS:` in a `status` file: see `proc_pid_status(5)`.
fn field<'s>(status: &'s str, name: &str) -> Option<&'s str> {
    Some(status.lines().find_map(|line| line.strip_prefix(name))?.trim())
}

/// What a thread is in, as `ps -o stat` shows it: `R` runs, `S` and `D` wait, `T` was stopped by a
/// signal, `Z` has ended and is still listed.
pub fn state(pid: u32, tid: u32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/task/{tid}/stat")).ok()?;
    after_name(&stat)?.next()?.chars().next()
}

/// How many bytes of a process are in memory: `VmRSS` of proc_pid_status(5).
pub fn resident(pid: u32) -> Option<u64> {
    parse_resident(&fs::read_to_string(format!("/proc/{pid}/status")).ok()?)
}

fn parse_resident(status: &str) -> Option<u64> {
    let kib: u64 = field(status, "VmRSS:")?.strip_suffix(" kB")?.parse().ok()?;
    kib.checked_mul(1024)
}

/// The ids of all processes that may be seen.
pub fn processes() -> Vec<u32> {
    numbers("/proc")
}

/// The ids of a process's threads.
pub fn threads(pid: u32) -> Vec<u32> {
    numbers(format!("/proc/{pid}/task"))
}

fn numbers(folder: impl Into<PathBuf>) -> Vec<u32> {
    let Ok(entries) = fs::read_dir(folder.into()) else { return Vec::new() };
    entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// The name under which a process is known, as `ps -o comm` shows it.
pub fn name(pid: u32) -> Option<String> {
    Some(fs::read_to_string(format!("/proc/{pid}/comm")).ok()?.trim_end().to_owned())
}

/// The descriptors of a process, or of a thread, and what each is: `socket:[4711]`, `/dev/pts/3`.
pub fn descriptors(pid: u32) -> Vec<(i32, String)> {
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else { return Vec::new() };
    let mut out: Vec<(i32, String)> = entries
        .flatten()
        .filter_map(|entry| {
            let fd = entry.file_name().to_str()?.parse().ok()?;
            Some((fd, fs::read_link(entry.path()).ok()?.to_string_lossy().into_owned()))
        })
        .collect();
    out.sort_unstable();
    out
}

/// The inode in a link such as `socket:[4711]`.
pub fn socket_inode(link: &str) -> Option<u64> {
    link.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

/// The name of a socket's protocol, as the kernel gives it: `UDP`, `TCPv6`, `UNIX-STREAM`; nothing
/// where a descriptor is no socket, or there is none.
pub fn socket_protocol(pid: u32, fd: i32) -> Option<String> {
    let mut name = [0u8; 32];
    let path = format!("/proc/{pid}/fd/{fd}");
    let length = rustix::fs::getxattr(path, "system.sockprotoname", &mut name[..]).ok()?;
    let name = name[..length].split(|&byte| byte == 0).next()?;
    Some(String::from_utf8_lossy(name).into_owned())
}

/// Every process that holds the socket with this inode, as far as we may look.
pub fn holders(inode: u64) -> Vec<u32> {
    let wanted = format!("socket:[{inode}]");
    numbers("/proc")
        .into_iter()
        .filter(|&pid| descriptors(pid).iter().any(|(_, link)| *link == wanted))
        .collect()
}

/// How a process treats a signal: `SigIgn` and `SigCgt` of `/proc/PID/status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// The signal does what it does by default.
    Default,
    /// The signal does nothing.
    Ignored,
    /// The program handles it.
    Caught,
}

/// How a process treats a signal; the default where that cannot be read.
pub fn disposition(pid: u32, signal: i32) -> Disposition {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    parse_disposition(&status, signal)
}

fn parse_disposition(status: &str, signal: i32) -> Disposition {
    let has = |name: &str| {
        let mask = field(status, name);
        let mask = mask.and_then(|text| u64::from_str_radix(text, 16).ok()).unwrap_or(0);
        mask >> (signal - 1) & 1 == 1
    };
    if has("SigIgn:") {
        Disposition::Ignored
    } else if has("SigCgt:") {
        Disposition::Caught
    } else {
        Disposition::Default
    }
}

/// The calls that are [told of](crate::program) and never wait but to be heard of: a thread that is
/// seen in one of them moves.
pub const NEVER_WAIT: [i64; 4] =
    [libc::SYS_socket, libc::SYS_bind, libc::SYS_listen, libc::SYS_setsockopt];

/// True when a thread that is in `connect` waits for its partner, and not to be heard of: the name
/// of the kernel's own function in which it waits tells. Where that is hidden, nobody can say so.
pub fn waits_to_connect(tid: u32) -> bool {
    let place = fs::read_to_string(format!("/proc/{tid}/wchan")).unwrap_or_default();
    is_a_wait_of_its_own(&place)
}

fn is_a_wait_of_its_own(place: &str) -> bool {
    !place.is_empty() && place != "0" && !place.contains("seccomp")
}

/// Where a thread waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The thread.
    pub tid: u32,
    /// The number of its call, as the kernel tells it.
    pub call: String,
    /// How often it has given up its processor.
    pub switches: u64,
}

impl Wait {
    /// False for a thread that runs, or is in a call that never waits.
    pub fn is_one(&self) -> bool {
        let moves = |number| NEVER_WAIT.contains(&number) || number == libc::SYS_connect;
        self.call != "running" && !self.call.parse().is_ok_and(moves)
    }
}

/// Where each thread of a process waits, as far as that may be seen.
pub fn waits(pid: u32) -> Vec<Wait> {
    let wait = |tid: u32| {
        let text = fs::read_to_string(format!("/proc/{pid}/task/{tid}/syscall")).ok()?;
        let call = text.split_ascii_whitespace().next()?.to_owned();
        Some(Wait { tid, call, switches: switches(pid, tid)? })
    };
    threads(pid).into_iter().filter_map(wait).collect()
}

/// How often a thread has given up its processor, by itself and not: while the number stays the
/// same, the thread has not moved.
pub fn switches(pid: u32, tid: u32) -> Option<u64> {
    parse_switches(&status(pid, tid)?)
}

/// As [`switches`], of a thread that sleeps or was stopped. `None` for one that runs, and for one in an
/// uninterruptible wait (`D`): the kernel keeps it waiting, for a page or a lock, and it goes on by
/// itself.
pub fn switches_asleep(pid: u32, tid: u32) -> Option<u64> {
    status(pid, tid).filter(|status| is_asleep(status)).and_then(|status| parse_switches(&status))
}

fn status(pid: u32, tid: u32) -> Option<String> {
    fs::read_to_string(format!("/proc/{pid}/task/{tid}/status")).ok()
}

/// Reads the letter in `State:\tS (sleeping)`.
fn is_asleep(status: &str) -> bool {
    field(status, "State:").is_some_and(|state| state.starts_with(['S', 'T', 't']))
}

fn parse_switches(status: &str) -> Option<u64> {
    let count = |name: &str| -> Option<u64> { field(status, name)?.parse().ok() };
    count("voluntary_ctxt_switches:")?.checked_add(count("nonvoluntary_ctxt_switches:")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_was_computed_stands_behind_the_name() {
        let stat = "7 (a b) c) S 1 7 7 0 -1 4194304 100 0 0 0 12 30 0 0 20 0 1 0 99 1 1";
        assert_eq!(parse_ticks(stat), Some(42));
        assert_eq!(parse_ticks("7 (sh) S 1"), None);
    }

    #[test]
    fn a_thread_that_is_to_be_heard_of_does_not_wait_by_itself() {
        assert!(is_a_wait_of_its_own("wait_woken"));
        for place in ["seccomp_do_user_notification", "__seccomp_filter.isra.0", "0", ""] {
            assert!(!is_a_wait_of_its_own(place), "{place}");
        }
    }

    #[test]
    fn who_waits_for_the_kernel_is_not_asleep() {
        for (state, asleep) in [("S (sleeping)", true), ("T (stopped)", true)] {
            assert_eq!(is_asleep(&format!("Name:\tsh\nState:\t{state}\n")), asleep, "{state}");
        }
        for state in ["R (running)", "D (disk sleep)", "Z (zombie)", ""] {
            assert!(!is_asleep(&format!("Name:\tsh\nState:\t{state}\n")), "{state}");
        }
        assert!(!is_asleep("Name:\tsh\n"));
    }

    #[test]
    fn what_a_process_has_in_memory_is_read() {
        assert_eq!(parse_resident("VmHWM:\t  2048 kB\nVmRSS:\t    1024 kB\n"), Some(1 << 20));
        // A kernel thread, or a process that has ended, has none.
        assert_eq!(parse_resident("Name:\tkthreadd\n"), None);
        assert!(resident(std::process::id()).is_some_and(|bytes| bytes > 0));
    }
}
