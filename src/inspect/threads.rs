//! What each thread of a process waits in, from `/proc/PID/task/TID/syscall`.

use std::fs;

use crate::evidence::{Call, Receive, Target, Thread, Timeout};
use crate::{procfs, sys};

/// `POLLIN` and `EPOLLIN` are the same bit.
const INPUT: u32 = 1;

/// The most descriptors of one `poll` or `select` that are looked at.
const MOST_DESCRIPTORS: usize = 1024;

/// The threads of a process; `target` says what a descriptor of it is.
pub(super) fn of_process(pid: u32, target: &dyn Fn(i32) -> Target) -> Vec<Thread> {
    procfs::threads(pid).into_iter().filter_map(|tid| of_thread(pid, tid, target)).collect()
}

fn of_thread(pid: u32, tid: u32, target: &dyn Fn(i32) -> Target) -> Option<Thread> {
    let thread = |call, on, timeout| Some(Thread { pid, tid, call, on, timeout, receive: None });
    let text = match fs::read_to_string(format!("/proc/{pid}/task/{tid}/syscall")) {
        Ok(text) => text,
        // Not ours to see; a thread that has gone is nothing at all.
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            return thread(Call::Unknown, Vec::new(), Timeout::Some);
        }
        Err(_) => return None,
    };
    let Some(syscall) = parse(&text) else {
        return match procfs::state(pid, tid) {
            Some('T') => thread(Call::Stopped, Vec::new(), Timeout::Never),
            // It has ended and nobody has asked for its status: a child that is not waited for, or
            // a main thread that others outlive.
            Some('Z' | 'X') | None => None,
            Some(_) => thread(Call::Running, Vec::new(), Timeout::Some),
        };
    };
    // Its memory and its descriptors by way of the thread itself: the process's first thread may
    // have ended.
    let wait = Wait::of(syscall, tid);
    if wait.call == Call::Other && procfs::state(pid, tid) == Some('T') {
        return thread(Call::Stopped, Vec::new(), Timeout::Never);
    }
    let on = wait.descriptors.into_iter().map(target).collect();
    let (call, timeout, receive) = (wait.call, wait.timeout, syscall.receive());
    Some(Thread { pid, tid, call, on, timeout, receive })
}

/// A system call's number and arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Syscall {
    number: i64,
    args: [u64; 6],
}

impl Syscall {
    /// What it asks for, if it is a receive into one buffer.
    fn receive(self) -> Option<Receive> {
        let [_, _, room, _, address, _] = self.args;
        match self.number {
            libc::SYS_recvfrom => Some(Receive { room, asks_who: address != 0 }),
            libc::SYS_read => Some(Receive { room, asks_who: false }),
            _ => None,
        }
    }
}

/// Reads `45 0x3 0x7ffe… 0x400 0x0 0x7ffe… 0x7ffe… 0x7ffe… 0x7f12…`. A thread that runs is
/// `running`; one that waits outside of a call has the number −1: both are `None`.
fn parse(text: &str) -> Option<Syscall> {
    let mut words = text.split_ascii_whitespace();
    let number = words.next()?.parse().ok().filter(|&number: &i64| number >= 0)?;
    let mut args = [0; 6];
    for arg in &mut args {
        *arg = u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()?;
    }
    Some(Syscall { number, args })
}

/// A call, the descriptors on which it waits for input, and whether it ends by itself.
struct Wait {
    call: Call,
    descriptors: Vec<i32>,
    timeout: Timeout,
}

/// A time-out that is given by a pointer to a time, and absent when that is null.
fn pointed(pointer: u64) -> Timeout {
    if pointer == 0 { Timeout::Never } else { Timeout::Some }
}

/// A time-out in milliseconds, and absent when negative.
fn counted(milliseconds: u64) -> Timeout {
    if (milliseconds as i32) < 0 { Timeout::Never } else { Timeout::Some }
}

/// True for the operations of futex(2) in which a thread waits; the others return at once.
fn waits_on_futex(operation: u64) -> bool {
    let command = operation as i32 & libc::FUTEX_CMD_MASK;
    [
        libc::FUTEX_WAIT,
        libc::FUTEX_WAIT_BITSET,
        libc::FUTEX_WAIT_REQUEUE_PI,
        libc::FUTEX_LOCK_PI,
        libc::FUTEX_LOCK_PI2,
    ]
    .contains(&command)
}

impl Wait {
    fn of(Syscall { number, args }: Syscall, tid: u32) -> Wait {
        let first = vec![args[0] as i32];
        let wait = |call, descriptors, timeout| Wait { call, descriptors, timeout };
        let never = Timeout::Never;
        match number {
            libc::SYS_read | libc::SYS_readv => wait(Call::Read, first, never),
            libc::SYS_write | libc::SYS_writev => wait(Call::Write, Vec::new(), never),
            libc::SYS_recvfrom => wait(Call::Recvfrom, first, never),
            libc::SYS_recvmsg => wait(Call::Recvmsg, first, never),
            libc::SYS_recvmmsg => wait(Call::Recvmmsg, first, pointed(args[4])),
            libc::SYS_sendto | libc::SYS_sendmsg => wait(Call::Sendto, Vec::new(), never),
            _ if procfs::NEVER_WAIT.contains(&number) => {
                wait(Call::Running, Vec::new(), Timeout::Some)
            }
            libc::SYS_accept | libc::SYS_accept4 => wait(Call::Accept, first, never),
            libc::SYS_connect if procfs::waits_to_connect(tid) => {
                wait(Call::Connect, Vec::new(), Timeout::Some)
            }
            libc::SYS_connect => wait(Call::Running, Vec::new(), Timeout::Some),
            libc::SYS_ppoll => wait(Call::Poll, polled(tid, args), pointed(args[2])),
            libc::SYS_pselect6 => wait(Call::Select, selected(tid, args), pointed(args[4])),
            libc::SYS_epoll_pwait => {
                wait(Call::EpollWait, watched(tid, first[0]), counted(args[3]))
            }
            libc::SYS_epoll_pwait2 => {
                wait(Call::EpollWait, watched(tid, first[0]), pointed(args[3]))
            }
            #[cfg(target_arch = "x86_64")]
            libc::SYS_poll => wait(Call::Poll, polled(tid, args), counted(args[2])),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_select => wait(Call::Select, selected(tid, args), pointed(args[4])),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_epoll_wait => wait(Call::EpollWait, watched(tid, first[0]), counted(args[3])),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_pause => wait(Call::Pause, Vec::new(), never),
            libc::SYS_rt_sigsuspend => wait(Call::Pause, Vec::new(), never),
            // A timer's signal ends it too, and timers cannot be seen.
            libc::SYS_rt_sigtimedwait => wait(Call::Pause, Vec::new(), Timeout::Some),
            libc::SYS_nanosleep | libc::SYS_clock_nanosleep => {
                wait(Call::Sleep, Vec::new(), Timeout::Some)
            }
            libc::SYS_futex if waits_on_futex(args[1]) => {
                wait(Call::Futex, Vec::new(), pointed(args[3]))
            }
            // It wakes others, and may be kept from it by a lock of the kernel's.
            libc::SYS_futex => wait(Call::Running, Vec::new(), Timeout::Some),
            libc::SYS_wait4 | libc::SYS_waitid => wait(Call::Wait, Vec::new(), never),
            libc::SYS_io_uring_enter => wait(Call::IoUring, Vec::new(), Timeout::Some),
            _ => wait(Call::Other, Vec::new(), Timeout::Some),
        }
    }
}

/// The descriptors in a `struct pollfd` array that are polled for input.
fn polled(tid: u32, args: [u64; 6]) -> Vec<i32> {
    const SIZE: usize = 8;
    let count = (args[1] as usize).min(MOST_DESCRIPTORS);
    let mut bytes = vec![0; count * SIZE];
    let read = sys::read_memory(tid, args[0], &mut bytes).unwrap_or(0);
    bytes[..read]
        .chunks_exact(SIZE)
        .filter(|entry| u32::from(u16::from_ne_bytes([entry[4], entry[5]])) & INPUT != 0)
        .map(|entry| i32::from_ne_bytes([entry[0], entry[1], entry[2], entry[3]]))
        .collect()
}

/// The descriptors in the `fd_set` of `select` that is watched for input.
fn selected(tid: u32, args: [u64; 6]) -> Vec<i32> {
    let count = (args[0] as usize).min(MOST_DESCRIPTORS);
    if args[1] == 0 {
        return Vec::new();
    }
    let mut bits = vec![0u8; count.div_ceil(64) * 8];
    let read = sys::read_memory(tid, args[1], &mut bits).unwrap_or(0);
    (0..count.min(read * 8))
        .filter(|fd| bits[fd / 8] >> (fd % 8) & 1 == 1)
        .map(|fd| fd as i32)
        .collect()
}

/// The descriptors that an epoll instance watches for input, from its `tfd:` lines.
fn watched(tid: u32, epoll: i32) -> Vec<i32> {
    let info = fs::read_to_string(format!("/proc/{tid}/fdinfo/{epoll}")).unwrap_or_default();
    info.lines().filter_map(parse_watched).collect()
}

/// Reads `tfd:       11 events: 80000019 data: …`.
fn parse_watched(line: &str) -> Option<i32> {
    let mut words = line.strip_prefix("tfd:")?.split_ascii_whitespace();
    let fd = words.next()?.parse().ok()?;
    let events = u32::from_str_radix(words.nth(1)?, 16).ok()?;
    (events & INPUT != 0).then_some(fd)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::damage::{every_damage_of, text_of};

    #[test]
    fn a_call_and_its_arguments_are_read() {
        let text = "45 0x3 0x7ffc0 0x400 0x0 0x7ffd0 0x7ffd8 0x7ffb8 0x7f1234\n";
        let call = parse(text).unwrap();
        assert_eq!((call.number, call.args[0], call.args[2]), (45, 3, 0x400));
        let asks = |number, args| Syscall { number, args }.receive();
        let who = |asks_who| Some(Receive { room: 0x400, asks_who });
        assert_eq!(asks(libc::SYS_recvfrom, [3, 7, 0x400, 0, 9, 9]), who(true));
        // `recv` is a `recvfrom` that does not want to know.
        assert_eq!(asks(libc::SYS_recvfrom, [3, 7, 0x400, 0, 0, 0]), who(false));
        assert_eq!(asks(libc::SYS_read, [3, 7, 0x400, 1, 1, 1]), who(false));
        assert_eq!(asks(libc::SYS_recvmsg, [3, 7, 0x400, 1, 1, 1]), None);
    }

    #[test]
    fn a_running_thread_is_in_no_call() {
        for text in ["running\n", "-1 0x7ffc0 0x7f12\n", "", "45 0x3", "45 3 3 3 3 3 3"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn who_wakes_others_does_not_wait() {
        let call = |operation: i32| {
            let args = [0x1000, operation as u64, 1, 0, 0, 0];
            Wait::of(Syscall { number: libc::SYS_futex, args }, std::process::id()).call
        };
        let private = libc::FUTEX_PRIVATE_FLAG;
        for operation in [libc::FUTEX_WAIT, libc::FUTEX_WAIT_BITSET | libc::FUTEX_CLOCK_REALTIME] {
            assert_eq!(call(operation | private), Call::Futex);
        }
        for operation in [libc::FUTEX_WAKE, libc::FUTEX_REQUEUE, libc::FUTEX_UNLOCK_PI] {
            assert_eq!(call(operation | private), Call::Running);
        }
    }

    #[test]
    fn an_epoll_watches_for_input_or_for_something_else() {
        let of = parse_watched;
        assert_eq!(of("tfd:       11 events:       19 data: b pos:0 ino:1 sdev:8"), Some(11));
        assert_eq!(of("tfd:       11 events:        4 data: b"), None);
        assert_eq!(of("pos:	0"), None);
        assert_eq!(of("tfd: x events: y"), None);
    }

    #[test]
    fn what_is_cut_off_or_damaged_is_survived() {
        let call = "45 0x3 0x7ffc0 0x400 0x0 0x7ffd0 0x7ffd8 0x7ffb8 0x7f1234\n";
        every_damage_of(call, |text| _ = parse(text));
        let watched = "tfd:       11 events:       19 data: b pos:0 ino:1 sdev:8";
        every_damage_of(watched, |text| _ = parse_watched(text));
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in text_of(&["45", " ", "0x", "3", "tfd:", "events:", "-1"])) {
            let _ = (parse(&text), parse_watched(&text));
        }

        #[test]
        fn a_call_is_read_back(number in 0..i64::MAX, args: [u64; 6]) {
            let args_shown: String = args.iter().map(|arg| format!(" 0x{arg:x}")).collect();
            let text = format!("{number}{args_shown} 0x7ffb8 0x7f1234\n");
            prop_assert_eq!(parse(&text), Some(Syscall { number, args }));
        }

        #[test]
        fn a_watched_descriptor_is_read_back(fd: i32, events: u32) {
            let text = format!("tfd: {fd:8} events: {events:8x} data: 0 pos:0 ino:1 sdev:8");
            prop_assert_eq!(parse_watched(&text), (events & INPUT != 0).then_some(fd));
        }

        /// The arguments are a program's own: descriptors, lengths and pointers to anywhere.
        #[test]
        fn any_arguments_are_survived(number in 0..450_i64, args: [u64; 6], few in 0..70_u64) {
            let me = std::process::id();
            for args in [args, [few, args[1], few, few, 0, 0], [args[0], few, 0, 0, 0, 0]] {
                let wait = Wait::of(Syscall { number, args }, me);
                prop_assert!(wait.descriptors.len() <= MOST_DESCRIPTORS);
            }
        }
    }
}
