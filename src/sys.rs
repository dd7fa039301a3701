//! System calls that no safe crate offers, each in the smallest safe function that holds it.
//!
//! This is the only module in which `unsafe` is allowed.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::event::{PollFd, PollFlags, poll};
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
    let mut request = request_for(name);
    request.ifr_ifru.ifru_flags = (libc::IFF_TUN | libc::IFF_NO_PI) as libc::c_short;
    // SAFETY: the kernel reads and writes `request`, which is ours and of the right type.
    match unsafe { libc::ioctl(tun.as_raw_fd(), TUNSETIFF, &mut request) } {
        0.. => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// A packet socket, bound to the device with this index in the network namespace of the caller: it
/// receives every frame that comes in there and sends frames out, both with their Ethernet headers.
/// Its calls never wait. See `packet(7)`.
pub fn packet_socket(device: u32) -> io::Result<OwnedFd> {
    let kind = libc::SOCK_RAW | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    // SAFETY: a plain system call. Without a protocol the socket receives nothing before `bind`.
    let socket = match unsafe { libc::socket(libc::AF_PACKET, kind, 0) } {
        // SAFETY: the descriptor is new, and nobody else has it.
        fd @ 0.. => unsafe { OwnedFd::from_raw_fd(fd) },
        _ => return Err(io::Error::last_os_error()),
    };
    switch_on(socket.as_fd(), libc::SOL_PACKET, libc::PACKET_IGNORE_OUTGOING)?;
    switch_on(socket.as_fd(), libc::SOL_SOCKET, libc::SO_TIMESTAMPNS)?;
    // As much room as this machine gives to anybody.
    let _ = rustix::net::sockopt::set_socket_recv_buffer_size(&socket, 1 << 30);
    // SAFETY: a sockaddr_ll is plain data; all zero is a valid one.
    let mut address: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
    address.sll_family = libc::AF_PACKET as libc::c_ushort;
    address.sll_protocol = (libc::ETH_P_ALL as libc::c_ushort).to_be();
    address.sll_ifindex = device as libc::c_int;
    let length = size_of_val(&address) as libc::socklen_t;
    // SAFETY: `address` is ours, and `length` says how large it is.
    match unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), length) } {
        0 => Ok(socket),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Turns a socket option on that is a plain number.
fn switch_on(socket: BorrowedFd<'_>, level: libc::c_int, name: libc::c_int) -> io::Result<()> {
    let on: libc::c_int = 1;
    let length = size_of_val(&on) as libc::socklen_t;
    // SAFETY: `on` is ours, and `length` says how large it is.
    let result = unsafe {
        libc::setsockopt(socket.as_raw_fd(), level, name, (&raw const on).cast(), length)
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Makes the kernel tell this UDP socket over IPv4, which need not be connected, of what it sent in
/// vain: see `IP_RECVERR` in `ip(7)`.
pub fn hear_of_refusals(socket: BorrowedFd<'_>) -> io::Result<()> {
    switch_on(socket, libc::IPPROTO_IP, libc::IP_RECVERR)
}

/// Receives from a [packet socket](packet_socket): how long the frame is, and when it came, in
/// nanoseconds after 1970-01-01 00:00 UTC. See `SO_TIMESTAMPNS` in `socket(7)`.
pub fn receive_stamped(socket: BorrowedFd<'_>, into: &mut [u8]) -> io::Result<(usize, u64)> {
    #[repr(align(8))]
    struct Aligned([u8; 128]);
    let mut control = Aligned([0; 128]);
    let mut part = libc::iovec { iov_base: into.as_mut_ptr().cast(), iov_len: into.len() };
    // SAFETY: a msghdr is plain data; all zero is a valid one.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_iov = &raw mut part;
    message.msg_iovlen = 1;
    message.msg_control = control.0.as_mut_ptr().cast();
    message.msg_controllen = control.0.len() as _;
    // SAFETY: `message` describes `into` and `control`, which are ours and writable.
    let length = unsafe { libc::recvmsg(socket.as_raw_fd(), &mut message, 0) };
    let length = usize::try_from(length).map_err(|_| io::Error::last_os_error())?;
    let mut at_ns = 0;
    // SAFETY: the kernel has filled `control` as `message` now says, and the macros stay within it;
    // what follows such a header is a timespec, wherever it stands.
    unsafe {
        let mut header = libc::CMSG_FIRSTHDR(&message);
        while let Some(found) = header.as_ref() {
            if (found.cmsg_level, found.cmsg_type) == (libc::SOL_SOCKET, libc::SCM_TIMESTAMPNS) {
                let time: libc::timespec =
                    libc::CMSG_DATA(header).cast::<libc::timespec>().read_unaligned();
                at_ns = time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64;
            }
            header = libc::CMSG_NXTHDR(&message, header);
        }
    }
    Ok((length, at_ns))
}

/// When the datagram came that was last received from this socket, in nanoseconds after 1970-01-01
/// 00:00 UTC, by the kernel's clock: see `socket(7)`, `SIOCGSTAMPNS`. The first call, for which there
/// is no time yet, has the kernel note the times.
pub fn stamp_of_last(socket: BorrowedFd<'_>) -> io::Result<u64> {
    const SIOCGSTAMPNS: libc::Ioctl = 0x8907;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the kernel writes one timespec, for which there is room.
    match unsafe { libc::ioctl(socket.as_raw_fd(), SIOCGSTAMPNS, &raw mut time) } {
        0 => Ok(time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64),
        _ => Err(io::Error::last_os_error()),
    }
}

/// How many frames a [packet socket](packet_socket) had no room for since this was last asked.
pub fn packet_drops(socket: BorrowedFd<'_>) -> io::Result<u32> {
    // SAFETY: plain data; all zero is a valid one.
    let mut statistics: libc::tpacket_stats = unsafe { std::mem::zeroed() };
    let mut length = size_of_val(&statistics) as libc::socklen_t;
    // SAFETY: `statistics` and `length` are ours, and `length` says how large `statistics` is.
    let result = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_PACKET,
            libc::PACKET_STATISTICS,
            (&raw mut statistics).cast(),
            &mut length,
        )
    };
    if result == 0 { Ok(statistics.tp_drops) } else { Err(io::Error::last_os_error()) }
}

/// Makes the device `name`, in the network namespace of `socket`, hand over packets as they are on
/// a wire: with their checksums, and none longer than its MTU. See `ethtool(8)`, `-K`.
pub fn as_on_a_wire(socket: BorrowedFd<'_>, name: &str) -> io::Result<()> {
    /// `ETHTOOL_STXCSUM`, `ETHTOOL_STSO`, `ETHTOOL_SGSO`, `ETHTOOL_SGRO`.
    const OFF: [u32; 4] = [0x17, 0x1f, 0x24, 0x2c];
    OFF.into_iter().try_for_each(|command| ethtool(socket, name, command))
}

/// Makes the device `name`, in the network namespace of `socket`, take note at once that its other
/// end has come up: the kernel does so a moment later otherwise. See `ethtool(8)`.
pub fn notice_carrier(socket: BorrowedFd<'_>, name: &str) -> io::Result<()> {
    const ETHTOOL_GLINK: u32 = 0x0a;
    ethtool(socket, name, ETHTOOL_GLINK)
}

/// Gives a device an order that has at most one number, which is 0.
fn ethtool(socket: BorrowedFd<'_>, name: &str, command: u32) -> io::Result<()> {
    /// `struct ethtool_value`.
    #[repr(C)]
    struct Value {
        command: u32,
        data: u32,
    }
    let mut value = Value { command, data: 0 };
    let mut request = request_for(name);
    request.ifr_ifru.ifru_data = (&raw mut value).cast();
    let order = libc::SIOCETHTOOL as libc::Ioctl;
    // SAFETY: the kernel reads and writes `request` and `value`, which are ours and of the right
    // type.
    match unsafe { libc::ioctl(socket.as_raw_fd(), order, &mut request) } {
        0.. => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// An `ifreq` that names a device; a name that is too long is cut.
fn request_for(name: &str) -> libc::ifreq {
    // SAFETY: an ifreq is plain data; all zero is a valid one.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    let room = request.ifr_name.len() - 1;
    for (to, from) in request.ifr_name[..room].iter_mut().zip(name.bytes()) {
        *to = from as libc::c_char;
    }
    request
}

/// A system call of another process that waits to be heard of.
#[derive(Clone, Copy, Debug)]
pub struct Stopped {
    id: u64,
    /// The thread that makes it.
    pub tid: u32,
    /// Its number.
    pub number: i64,
    /// Its arguments.
    pub args: [u64; 6],
}

/// Makes the calls with these numbers stop, in whatever this thread starts from now on, until whoever
/// holds the descriptor that is returned has answered. The thread must have given up new privileges.
///
/// # Errors
///
/// When the kernel, or a filter above this one, does not allow it. See `seccomp_unotify(2)`.
pub fn stop_calls<const N: usize>(numbers: [i64; N]) -> io::Result<OwnedFd> {
    #[cfg(target_arch = "x86_64")]
    const ARCHITECTURE: u32 = 0xc000_003e;
    #[cfg(target_arch = "aarch64")]
    const ARCHITECTURE: u32 = 0xc000_00b7;
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    return Err(io::Error::from(io::ErrorKind::Unsupported));

    // Offsets into struct seccomp_data: the call's number, and the architecture.
    const NUMBER: u32 = 0;
    const WHERE: u32 = 4;
    const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    const IF_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
    let step = |code, k, jt, jf| libc::sock_filter { code, jt, jf, k };
    let count = N as u8;
    let mut filter = vec![
        step(LOAD, WHERE, 0, 0),
        // Calls of another architecture have other numbers: they go on.
        step(IF_EQUAL, ARCHITECTURE, 0, count + 1),
        step(LOAD, NUMBER, 0, 0),
    ];
    for (at, number) in numbers.into_iter().enumerate() {
        filter.push(step(IF_EQUAL, number as u32, count - at as u8, 0));
    }
    filter.push(step(RETURN, libc::SECCOMP_RET_ALLOW, 0, 0));
    filter.push(step(RETURN, libc::SECCOMP_RET_USER_NOTIF, 0, 0));
    let program =
        libc::sock_fprog { len: filter.len() as libc::c_ushort, filter: filter.as_mut_ptr() };
    let install = |flags: libc::c_ulong| -> io::Result<OwnedFd> {
        // SAFETY: `program` describes `filter`, which is ours; the kernel copies it.
        let fd = unsafe {
            libc::syscall(
                libc::SYS_seccomp,
                libc::SECCOMP_SET_MODE_FILTER,
                flags,
                &raw const program,
            )
        };
        match i32::try_from(fd) {
            // SAFETY: the descriptor is new, and nobody else has it.
            Ok(fd @ 0..) => Ok(unsafe { OwnedFd::from_raw_fd(fd) }),
            _ => Err(io::Error::last_os_error()),
        }
    };
    let listen = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER;
    // A signal that is handled must not make a call that was heard of begin anew.
    install(listen | libc::SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV).or_else(|_| install(listen))
}

/// Waits for the next call that stops.
///
/// # Errors
///
/// [`ENOENT`](libc::ENOENT) when its caller was killed meanwhile; others when nobody is left.
pub fn next_stopped(listener: BorrowedFd<'_>) -> io::Result<Stopped> {
    let mut source = [PollFd::from_borrowed_fd(listener, PollFlags::IN)];
    poll(&mut source, None)?;
    if !source[0].revents().contains(PollFlags::IN) {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
    }
    // SAFETY: plain data; the kernel wants all of it zero.
    let mut found: libc::seccomp_notif = unsafe { std::mem::zeroed() };
    // SAFETY: the kernel writes `found`, which is ours and of the right type.
    let result = unsafe {
        libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_RECV, &raw mut found)
    };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    let libc::seccomp_notif { id, pid, data, .. } = found;
    Ok(Stopped { id, tid: pid, number: data.nr.into(), args: data.args })
}

/// Ends a stopped call, as if it had returned this error; 0 for success.
pub fn answer_stopped(listener: BorrowedFd<'_>, call: &Stopped, errno: i32) -> io::Result<()> {
    send_answer(listener, libc::seccomp_notif_resp { id: call.id, val: 0, error: -errno, flags: 0 })
}

/// Lets a stopped call go on as if nobody had heard of it.
pub fn let_stopped_go(listener: BorrowedFd<'_>, call: &Stopped) -> io::Result<()> {
    let flags = libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32;
    send_answer(listener, libc::seccomp_notif_resp { id: call.id, val: 0, error: 0, flags })
}

fn send_answer(listener: BorrowedFd<'_>, mut answer: libc::seccomp_notif_resp) -> io::Result<()> {
    // SAFETY: the kernel reads `answer`, which is ours and of the right type.
    let result = unsafe {
        libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_SEND, &raw mut answer)
    };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
