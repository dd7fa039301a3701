//! One look at a running program: its sockets, and what each of its threads waits for.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

/// The sockets and threads of a program and all its descendants at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct View {
    /// How many processes there are.
    pub processes: usize,
    /// Their IPv4 and IPv6 sockets; those of other families are left out.
    pub sockets: Vec<Socket>,
    /// Their threads.
    pub threads: Vec<Thread>,
}

/// How sockets were looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// As with [`Method::Copy`], and the kernel tells of each call that makes or changes a socket
    /// (`seccomp_unotify(2)`).
    Notify,
    /// By a short-lived copy of each descriptor (`pidfd_getfd(2)`).
    Copy,
    /// By `/proc` alone: no options and no queue of an unbound socket can be seen.
    Proc,
}

impl Method {
    /// The method in words, for the report's last line.
    pub fn describe(self) -> &'static str {
        match self {
            Method::Notify => "calls seen by seccomp",
            Method::Copy => "sockets seen by pidfd_getfd",
            Method::Proc => "sockets seen by /proc",
        }
    }
}

/// `AF_INET` or `AF_INET6`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    Ipv4,
    Ipv6,
}

/// `SOCK_DGRAM`, `SOCK_STREAM`, or another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SocketKind {
    Datagram,
    Stream,
    Other,
}

/// The transport protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    Udp,
    Tcp,
    Other,
}

/// A socket of the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Socket {
    /// The process that holds it.
    pub pid: u32,
    /// Its descriptor there.
    pub fd: i32,
    /// Its identity: two descriptors of one socket have the same.
    pub inode: u64,
    pub family: Family,
    pub kind: SocketKind,
    pub protocol: Protocol,
    /// Where it is bound; port 0 while it is not.
    pub local: Option<SocketAddr>,
    /// The address that it is connected to.
    pub peer: Option<SocketAddr>,
    /// True when an IPv6 socket takes IPv6 only (`IPV6_V6ONLY`). Not seen by [`Method::Proc`].
    pub v6only: bool,
    /// True after `listen(2)`.
    pub listening: bool,
    /// True when calls on it return at once (`O_NONBLOCK`).
    pub nonblocking: bool,
    /// The receive time-out (`SO_RCVTIMEO`) in milliseconds, if one is set; `None` also where it
    /// cannot be seen.
    pub receive_timeout_ms: Option<u64>,
    /// Bytes of kernel memory that wait to be received: not 0 even for an empty datagram.
    pub queued: u32,
    /// Datagrams that the kernel dropped because the queue was full.
    pub drops: u32,
}

impl Socket {
    /// True for a UDP socket.
    pub fn is_udp(&self) -> bool {
        self.kind == SocketKind::Datagram && self.protocol == Protocol::Udp
    }

    /// The port that it is bound to, if it is bound.
    pub fn port(&self) -> Option<u16> {
        self.local.map(|local| local.port()).filter(|&port| port != 0)
    }

    /// True when what is sent to `address` reaches this socket: it is bound to the port, and to
    /// the address itself or to all of them.
    ///
    /// An IPv6 socket bound to `::` receives IPv4 datagrams too, unless `IPV6_V6ONLY` is set.
    pub fn receives_at(&self, address: SocketAddr) -> bool {
        let Some(local) = self.local else { return false };
        let ip = unmapped(local.ip());
        let all = ip.is_unspecified() && !(self.v6only && address.is_ipv4());
        local.port() == address.port() && (ip == address.ip() || all)
    }
}

/// An IPv4 address that is written as an IPv6 one (`::ffff:127.0.0.1`), as itself.
fn unmapped(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}

impl std::fmt::Display for Socket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match (self.protocol, self.kind) {
            (Protocol::Udp, _) => "UDP",
            (Protocol::Tcp, _) => "TCP",
            (_, SocketKind::Datagram) => "datagram socket",
            (_, SocketKind::Stream) => "stream socket",
            _ => "socket",
        };
        match self.local {
            Some(local) if local.port() != 0 => write!(f, "{name} {local}")?,
            _ => write!(f, "{name}, not bound")?,
        }
        if let Some(peer) = self.peer {
            write!(f, " connected to {peer}")?;
        }
        if self.listening {
            f.write_str(", listening")?;
        }
        Ok(())
    }
}

/// What a thread is doing in the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// On a processor, or waiting for one.
    Running,
    /// `read(2)` and its like.
    Read,
    /// `write(2)` and its like.
    Write,
    Recvfrom,
    Recvmsg,
    Recvmmsg,
    Sendto,
    Accept,
    Connect,
    Poll,
    Select,
    EpollWait,
    /// `nanosleep(2)` and its like.
    Sleep,
    /// `futex(2)`: waits for another thread.
    Futex,
    /// `wait4(2)`, `waitid(2)`: waits for another process.
    Wait,
    /// `io_uring_enter(2)`: what it waits for cannot be seen.
    IoUring,
    /// `pause(2)` or `sigsuspend(2)`: waits for a signal.
    Pause,
    /// None: it was stopped, as by Ctrl-Z (SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU).
    Stopped,
    /// Some other call.
    Other,
    /// This machine does not let us see.
    Unknown,
}

impl Call {
    /// The call's name as a person would look it up.
    pub fn name(self) -> &'static str {
        match self {
            Call::Running => "running",
            Call::Read => "read",
            Call::Write => "write",
            Call::Recvfrom => "recvfrom",
            Call::Recvmsg => "recvmsg",
            Call::Recvmmsg => "recvmmsg",
            Call::Sendto => "sendto",
            Call::Accept => "accept",
            Call::Connect => "connect",
            Call::Poll => "poll",
            Call::Select => "select",
            Call::EpollWait => "epoll_wait",
            Call::Sleep => "sleep",
            Call::Futex => "futex",
            Call::Wait => "wait",
            Call::IoUring => "io_uring_enter",
            Call::Pause => "pause",
            Call::Stopped => "a stop",
            Call::Other => "another call",
            Call::Unknown => "unknown",
        }
    }
}

/// What a thread waits on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// Input on the socket with this inode.
    Socket(u64),
    /// Input at the program's terminal.
    Terminal,
    /// Something with a clock in it, so that the wait may end by itself.
    Timer,
    /// A file: the wait is for a disk, and ends by itself.
    File,
    /// A pipe, a device, another thread.
    Other,
}

/// When a wait ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Timeout {
    /// Never.
    Never,
    /// At some time.
    Some,
}

/// What a thread asks for that waits in `recvfrom(2)`, of which `recv` is a part, or in `read(2)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Receive {
    /// How many bytes it has room for: of a longer datagram it gets no more.
    pub room: u64,
    /// True when it asks who has sent it.
    pub asks_who: bool,
}

/// A thread of the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Thread {
    pub pid: u32,
    pub tid: u32,
    pub call: Call,
    /// What it waits on; empty when that does not apply or cannot be seen.
    pub on: Vec<Target>,
    pub timeout: Timeout,
    /// What it asks for, where the call tells: `recvmsg(2)` keeps it in the program's memory.
    pub receive: Option<Receive>,
}

impl Thread {
    /// True when it waits for input on the socket with this inode.
    pub fn waits_on_socket(&self, inode: u64) -> bool {
        self.on.contains(&Target::Socket(inode))
    }

    /// True when it waits for a person to type.
    pub fn waits_on_terminal(&self) -> bool {
        self.on.contains(&Target::Terminal)
    }

    /// True when only a signal, a datagram or another thread can wake it.
    fn is_blocked_for_good(&self) -> bool {
        let may_move = match self.call {
            // On a socket of another family the kernel answers, or a service of the system:
            // whoever asks for the host's interfaces waits a moment for a lock.
            Call::Recvfrom | Call::Recvmsg | Call::Recvmmsg | Call::Accept => {
                self.on.contains(&Target::Other)
            }
            Call::Poll | Call::Select | Call::EpollWait => false,
            Call::Futex | Call::Wait | Call::Pause | Call::Stopped => false,
            Call::Read => self.on.contains(&Target::File),
            // A write ends when we have read; the others we cannot see into.
            Call::Write | Call::Sendto | Call::Connect | Call::Sleep => true,
            Call::Running | Call::Other | Call::Unknown | Call::IoUring => true,
        };
        !may_move && self.timeout == Timeout::Never && !self.on.contains(&Target::Timer)
    }
}

impl View {
    /// The UDP sockets.
    pub fn udp(&self) -> impl Iterator<Item = &Socket> {
        self.sockets.iter().filter(|socket| socket.is_udp())
    }

    /// The UDP socket that receives what is sent to `address`.
    pub fn udp_at(&self, address: SocketAddr) -> Option<&Socket> {
        self.udp().find(|socket| socket.receives_at(address))
    }

    /// The thread that waits for input on `socket`.
    pub fn waiter(&self, socket: &Socket) -> Option<&Thread> {
        self.threads.iter().find(|thread| thread.waits_on_socket(socket.inode))
    }

    /// True when someone waits for a person to type.
    pub fn waits_on_terminal(&self) -> bool {
        self.threads.iter().any(Thread::waits_on_terminal)
    }

    /// True when every thread is blocked without a time-out and nothing is queued for any of them,
    /// so that the program cannot move before someone else does.
    ///
    /// One look is no proof: a thread may have moved while the others were looked at.
    /// [`Inspector::quiet`](crate::inspect::Inspector::quiet) makes it one.
    pub fn is_blocked_for_good(&self) -> bool {
        !self.threads.is_empty()
            && self.threads.iter().all(Thread::is_blocked_for_good)
            && self.sockets.iter().all(|socket| socket.queued == 0 || self.waiter(socket).is_none())
            && self
                .sockets
                .iter()
                .all(|socket| socket.receive_timeout_ms.is_none() || self.waiter(socket).is_none())
    }

    /// True when no thread runs and nothing is queued for any of them: the program has done what
    /// it does for now, though a time-out may wake it.
    pub fn is_idle(&self) -> bool {
        self.is_at_rest() && self.sockets.iter().all(|socket| socket.queued == 0)
    }

    /// True when no thread runs: what the view shows is a state in which the program stays, not
    /// one that it passes through.
    pub fn is_at_rest(&self) -> bool {
        let moves = |thread: &Thread| matches!(thread.call, Call::Running | Call::Other);
        !self.threads.is_empty() && !self.threads.iter().any(moves)
    }

    /// The view in a line: `UDP 127.0.0.1:12345, waits in recvfrom`.
    pub fn summary(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        for socket in self.distinct_sockets() {
            let wait =
                self.waiter(socket).map(|thread| format!(", waits in {}", thread.call.name()));
            parts.push(format!("{socket}{}", wait.unwrap_or_default()));
        }
        if parts.is_empty() {
            parts.push("no socket".into());
        }
        if self.waits_on_terminal() {
            parts.push("waits for input at its terminal".into());
        }
        parts.join("; ")
    }

    /// One of the descriptors of each socket.
    fn distinct_sockets(&self) -> impl Iterator<Item = &Socket> {
        self.sockets.iter().enumerate().filter_map(|(at, socket)| {
            let earlier = &self.sockets[..at];
            (!earlier.iter().any(|other| other.inode == socket.inode)).then_some(socket)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket(local: &str) -> Socket {
        Socket {
            pid: 1,
            fd: 3,
            inode: 77,
            family: Family::Ipv4,
            kind: SocketKind::Datagram,
            protocol: Protocol::Udp,
            local: local.parse().ok(),
            peer: None,
            v6only: false,
            listening: false,
            nonblocking: false,
            receive_timeout_ms: None,
            queued: 0,
            drops: 0,
        }
    }

    fn thread(call: Call, on: &[Target]) -> Thread {
        Thread { pid: 1, tid: 1, call, on: on.to_vec(), timeout: Timeout::Never, receive: None }
    }

    #[test]
    fn a_socket_receives_at_its_own_address_and_at_all_addresses() {
        let asked = "127.0.0.1:12345".parse().unwrap();
        for (bound, receives) in [
            ("127.0.0.1:12345", true),
            ("0.0.0.0:12345", true),
            ("[::]:12345", true),
            ("[::ffff:127.0.0.1]:12345", true),
            ("127.0.0.2:12345", false),
            ("127.0.0.1:12346", false),
            ("[::1]:12345", false),
        ] {
            assert_eq!(socket(bound).receives_at(asked), receives, "{bound}");
        }
        assert!(!Socket { v6only: true, ..socket("[::]:12345") }.receives_at(asked));
    }

    #[test]
    fn a_view_is_told_in_a_line() {
        let mut view = View {
            processes: 1,
            sockets: vec![socket("127.0.0.1:12345")],
            threads: vec![thread(Call::Recvfrom, &[Target::Socket(77)])],
        };
        assert_eq!(view.summary(), "UDP 127.0.0.1:12345, waits in recvfrom");
        view.threads = vec![thread(Call::Read, &[Target::Terminal])];
        assert_eq!(view.summary(), "UDP 127.0.0.1:12345; waits for input at its terminal");
        view.sockets.clear();
        assert_eq!(view.summary(), "no socket; waits for input at its terminal");
    }

    #[test]
    fn only_waits_without_an_end_block_for_good() {
        let blocked = |thread: Thread| {
            let view =
                View { processes: 1, sockets: vec![socket("0.0.0.0:1")], threads: vec![thread] };
            view.is_blocked_for_good()
        };
        assert!(blocked(thread(Call::Recvfrom, &[Target::Socket(77)])));
        assert!(blocked(thread(Call::Futex, &[])));
        assert!(!blocked(thread(Call::Running, &[])));
        assert!(!blocked(thread(Call::Sleep, &[])));
        assert!(!blocked(thread(Call::Recvmsg, &[Target::Other])));
        assert!(!blocked(thread(Call::EpollWait, &[Target::Timer])));
        assert!(!blocked(Thread { timeout: Timeout::Some, ..thread(Call::Poll, &[]) }));
    }
}
