//! System calls that no safe crate offers, each in the smallest safe function that holds it.
//!
//! This is the only module in which `unsafe` is allowed.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::thread::{UnshareFlags, unshare_unsafe};

/// Makes the command, once started, the terminal's foreground job, as a shell would: in a process
/// group of its own, with default signal handling, and killed when the thread that started it ends.
///
/// The caller leads the session of the terminal, which is the command's standard input, and ignores
/// SIGTTOU. An ignored signal is inherited through `exec`; a program started from a background shell
/// would ignore Ctrl-C for ever (POSIX.1-2024, 2.12). See `setpgid(2)`, `tcsetpgrp(3)`, `prctl(2)`.
pub fn in_foreground(command: &mut Command) -> &mut Command {
    let prepare = || {
        rustix::process::setpgid(None, None)?;
        // Fails where standard input is no terminal, and need not succeed there.
        let _ = rustix::termios::tcsetpgrp(rustix::stdio::stdin(), rustix::process::getpid());
        for signal in 1..32 {
            // SAFETY: a plain system call. SIGKILL and SIGSTOP refuse, which is as it should be.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        }
        rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
        Ok(())
    };
    // SAFETY: the closure allocates nothing, takes no lock and touches no memory of the parent, as
    // must be between fork and exec.
    unsafe { command.pre_exec(prepare) }
}

/// Makes `terminal`, where it is one, the terminal of the session that this process leads. What a
/// terminal sends to its session when it hangs up, and to those who write to it from the
/// background, is ignored.
pub fn take_terminal(terminal: BorrowedFd<'_>) {
    for signal in [libc::SIGHUP, libc::SIGTTOU] {
        // SAFETY: a plain system call, with no handler of ours.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }
    let _ = rustix::process::ioctl_tiocsctty(terminal);
}

/// Reads memory of another process; returns how many bytes could be read. See
/// `process_vm_readv(2)`.
pub fn read_memory(pid: u32, address: u64, into: &mut [u8]) -> io::Result<usize> {
    let local = libc::iovec { iov_base: into.as_mut_ptr().cast(), iov_len: into.len() };
    let remote = libc::iovec { iov_base: address as *mut _, iov_len: into.len() };
    // SAFETY: `local` describes `into`, which is ours and writable; the kernel checks `remote`
    // against the other process.
    let got = unsafe { libc::process_vm_readv(pid as libc::pid_t, &local, 1, &remote, 1, 0) };
    usize::try_from(got).map_err(|_| io::Error::last_os_error())
}

/// What the kernel keeps for a socket: bytes queued for receiving (with the kernel's own overhead,
/// so that an empty datagram counts too), and datagrams dropped. See `SO_MEMINFO` in `socket(7)`.
pub fn socket_memory(socket: BorrowedFd<'_>) -> io::Result<(u32, u32)> {
    const RMEM_ALLOC: usize = 0;
    const DROPS: usize = 8;
    let mut values = [0u32; 9];
    let mut length = size_of_val(&values) as libc::socklen_t;
    // SAFETY: `values` and `length` are ours, and `length` says how large `values` is.
    let result = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_MEMINFO,
            values.as_mut_ptr().cast(),
            &mut length,
        )
    };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok((values[RMEM_ALLOC], values[DROPS]))
}

/// Makes the command, once started, enter these namespaces, the user namespace first, and give up
/// all rights that it could gain. See `setns(2)`.
pub fn in_namespaces(command: &mut Command, namespaces: [BorrowedFd<'_>; 2]) -> io::Result<()> {
    let owned = [namespaces[0].try_clone_to_owned()?, namespaces[1].try_clone_to_owned()?];
    let prepare = move || {
        for namespace in &owned {
            rustix::thread::move_into_link_name_space(namespace.as_fd(), None)?;
        }
        rustix::thread::set_no_new_privs(true)?;
        Ok(())
    };
    // SAFETY: the closure makes system calls and nothing else; it takes no lock and allocates
    // nothing.
    unsafe { command.pre_exec(prepare) };
    Ok(())
}

/// Makes a user namespace and enters it. Only a process of a single thread may. See `unshare(2)`.
pub fn unshare_user() -> io::Result<()> {
    // SAFETY: no descriptor table or memory is unshared.
    Ok(unsafe { unshare_unsafe(UnshareFlags::NEWUSER) }?)
}

/// Makes a network namespace and enters it. See `unshare(2)`.
pub fn unshare_network() -> io::Result<()> {
    // SAFETY: no descriptor table or memory is unshared.
    Ok(unsafe { unshare_unsafe(UnshareFlags::NEWNET) }?)
}

/// Makes the TUN device `name` in the network namespace of the caller and attaches it to `tun`, an
/// open `/dev/net/tun`: its packets are read and written there, without a header.
///
/// See `TUNSETIFF` in the kernel's documentation of tuntap.
pub fn attach_tun(tun: BorrowedFd<'_>, name: &str) -> io::Result<()> {
    const TUNSETIFF: libc::Ioctl = 0x4004_54ca;
    // SAFETY: an ifreq is plain data; all zero is a valid one.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    let room = request.ifr_name.len() - 1;
    for (to, from) in request.ifr_name[..room].iter_mut().zip(name.bytes()) {
        *to = from as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_TUN | libc::IFF_NO_PI) as libc::c_short;
    // SAFETY: the kernel reads and writes `request`, which is ours and of the right type.
    match unsafe { libc::ioctl(tun.as_raw_fd(), TUNSETIFF, &mut request) } {
        0.. => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
