//! Random evidence: anything that can be seen while a check runs, in any order, and anything that
//! was waited for. Addresses and texts come from small stocks, so that they often fit together.

use std::net::SocketAddr;

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use socklab::evidence::{
    About, Call, Ending, Evidence, Exit, Expectation, Family, Figure, Flight, Outcome, Payload,
    Protocol, Receive, Role, Socket, SocketCall, SocketKind, Stream, Target, Thread, Timeout,
    Unmet, View, What,
};

use crate::damage::noise;
use crate::samples::SAMPLES;

pub fn role() -> impl Strategy<Value = Role> {
    select(&[Role::Program, Role::Server, Role::Client][..])
}

pub fn address() -> impl Strategy<Value = SocketAddr> {
    const KNOWN: [&str; 14] = [
        "127.0.0.1:12345",
        "127.0.0.1:40000",
        "127.0.0.1:40001",
        "127.0.0.1:14640", // 12345 with its bytes swapped
        "127.0.0.1:12346",
        "127.0.0.2:12345",
        "0.0.0.0:12345",
        "0.0.0.0:0",
        "[::]:12345",
        "[::1]:12345",
        "[::ffff:127.0.0.1]:12345",
        "192.0.2.7:53",
        "192.168.0.255:12345",
        "224.0.0.1:12345",
    ];
    let known = select(&KNOWN[..]).prop_map(|at| at.parse().unwrap());
    prop_oneof![9 => known, 1 => any::<SocketAddr>()]
}

/// What is sent.
pub fn message() -> impl Strategy<Value = Vec<u8>> {
    const KNOWN: [&str; 18] = [
        "copper walnut 12",
        "copper walnut 12\n",
        "copper walnut 12\0",
        "copper walnut 12\0\0\0",
        "copper w",
        "Copper, Walnut 12",
        "Server acknowledges: copper walnut 12",
        "a Server acknowledges: inside",
        "grüße, 世界",
        "Server acknowledges: grüße, 世界",
        "Error: too long",
        "copper",
        "  spaces  ",
        "line\n",
        "zero\0inside",
        "copper\x1b[2Jwalnut\rpebble",
        "\u{202e}reversed\u{202c}",
        "",
    ];
    let long = (any::<u8>(), select(&[8, 1023, 1024, 1025, 9000][..]));
    prop_oneof![
        8 => select(&KNOWN[..]).prop_map(|text| text.as_bytes().to_vec()),
        1 => noise(),
        1 => long.prop_map(|(byte, length)| vec![byte; length]),
    ]
}

/// What is printed: of messages, of ports, and of runtimes that give up.
fn printed() -> impl Strategy<Value = Vec<u8>> {
    const RUNTIMES: [&str; 20] = [
        "SyntaxError: invalid syntax\n",
        "listen: Operation not supported\n",
        "send: Destination address required\n",
        "OSError: [Errno 90] Message too long\n",
        "Traceback (most recent call last):\n  File \"x.py\", line 1\n",
        "OSError: [Errno 98] Address already in use\n",
        "PermissionError: [Errno 13] Permission denied\n",
        "TypeError: a bytes-like object is required, not 'str'\n",
        "AttributeError: 'tuple' object has no attribute 'decode'\n",
        "UnicodeDecodeError: 'ascii' codec can't decode byte 0xc3\n",
        "ModuleNotFoundError: No module named 'x'\n",
        "SyntaxError: Missing parentheses in call to 'print'\n",
        "\nthread 'main' panicked at src/main.rs:3:5:\nnot yet implemented: bind\n",
        "thread 'main' panicked at",
        "Error: Os { code: 107, kind: NotConnected, message: \"…\" }\n",
        "recvfrom: Bad file descriptor\n",
        "node:internal/errors:1\n Error: listen EADDRNOTAVAIL\n",
        "listens on port 12345\n",
        "from 127.0.0.1:40000: copper walnut 12\n",
        "0.0.0.0:0 16444",
    ];
    prop_oneof![
        2 => select(&RUNTIMES[..]).prop_map(|text| text.as_bytes().to_vec()),
        1 => message(),
    ]
}

fn payload() -> impl Strategy<Value = Payload> {
    message().prop_map(Payload::from)
}

fn exit() -> impl Strategy<Value = Exit> {
    prop_oneof![
        select(&[0, 1, 2, 101, 127, -1][..]).prop_map(Exit::Code),
        (0..65).prop_map(Exit::Signal),
    ]
}

fn family() -> impl Strategy<Value = Family> {
    select(&[Family::Ipv4, Family::Ipv6][..])
}

fn kind() -> impl Strategy<Value = SocketKind> {
    select(&[SocketKind::Datagram, SocketKind::Stream, SocketKind::Other][..])
}

fn protocol() -> impl Strategy<Value = Protocol> {
    select(&[Protocol::Udp, Protocol::Udp, Protocol::Tcp, Protocol::Other][..])
}

fn errno() -> impl Strategy<Value = i32> {
    prop_oneof![select(&[0, 1, 2, 13, 21, 98, 99][..]), any::<i32>()]
}

fn socket() -> impl Strategy<Value = Socket> {
    let what = (family(), kind(), protocol(), of(address()), of(address()));
    let state = any::<[bool; 3]>();
    let queue = (of(0..9000_u64), 0..3_u32, 0..2_u32);
    (0..4_u64, what, state, queue).prop_map(|(inode, what, state, queue)| {
        let (family, kind, protocol, local, peer) = what;
        let [v6only, listening, nonblocking] = state;
        let (receive_timeout_ms, queued, drops) = queue;
        let (pid, fd) = (1, 3 + inode as i32);
        Socket {
            pid,
            fd,
            inode,
            family,
            kind,
            protocol,
            local,
            peer,
            v6only,
            listening,
            nonblocking,
            receive_timeout_ms,
            queued,
            drops,
        }
    })
}

fn thread() -> impl Strategy<Value = Thread> {
    const CALLS: [Call; 20] = [
        Call::Running,
        Call::Read,
        Call::Write,
        Call::Recvfrom,
        Call::Recvmsg,
        Call::Recvmmsg,
        Call::Sendto,
        Call::Accept,
        Call::Connect,
        Call::Poll,
        Call::Select,
        Call::EpollWait,
        Call::Sleep,
        Call::Futex,
        Call::Wait,
        Call::IoUring,
        Call::Pause,
        Call::Stopped,
        Call::Other,
        Call::Unknown,
    ];
    let target = prop_oneof![
        3 => (0..4_u64).prop_map(Target::Socket),
        2 => Just(Target::Terminal),
        1 => select(&[Target::Timer, Target::File, Target::Other][..]),
    ];
    let timeout = select(&[Timeout::Never, Timeout::Some][..]);
    let receive = (select(&[0, 8, 1024, u64::MAX][..]), any::<bool>())
        .prop_map(|(room, asks_who)| Receive { room, asks_who });
    let waits = (select(&CALLS[..]), vec(target, 0..3), timeout, of(receive));
    (1..3_u32, waits).prop_map(|(tid, (call, on, timeout, receive))| {
        let pid = 1;
        Thread { pid, tid, call, on, timeout, receive }
    })
}

fn view() -> impl Strategy<Value = View> {
    let parts = (0..3_usize, vec(socket(), 0..4), vec(thread(), 0..3));
    parts.prop_map(|(processes, sockets, threads)| View { processes, sockets, threads })
}

fn call() -> impl Strategy<Value = SocketCall> {
    let fd = -1..6_i32;
    prop_oneof![
        (family(), kind(), of(errno())).prop_map(|(family, kind, errno)| SocketCall::Socket {
            family,
            kind,
            errno
        }),
        (fd.clone(), of(address()), of(errno()))
            .prop_map(|(fd, address, errno)| SocketCall::Connect { fd, address, errno }),
        (fd.clone(), ".{0,9}", any::<bool>())
            .prop_map(|(fd, name, held)| SocketCall::ConnectAbstract { fd, name, held }),
        (fd.clone(), of(address()), of(errno()))
            .prop_map(|(fd, address, errno)| SocketCall::Bind { fd, address, errno }),
        (fd.clone(), any::<i32>()).prop_map(|(fd, backlog)| SocketCall::Listen { fd, backlog }),
        (fd, any::<i32>(), any::<i32>()).prop_map(|(fd, level, option)| SocketCall::Setsockopt {
            fd,
            level,
            option
        }),
    ]
}

/// A packet that was sent: a real one, or one with a byte changed that is still a packet.
fn flight() -> impl Strategy<Value = Flight> {
    let change = of((any::<Index>(), any::<u8>()));
    let outcome = select(&[Outcome::Arrived, Outcome::Lost, Outcome::Refused][..]);
    let parts = (select(SAMPLES), change, 0..3_usize, outcome, of("\\PC{0,30}"));
    parts.prop_map(|(sample, change, host, outcome, note)| {
        let mut bytes = sample.bytes();
        if let Some((at, byte)) = change {
            *at.get_mut(&mut bytes) = byte;
        }
        let changed = Flight::new(0, bytes.into(), host, outcome);
        let whole = || Flight::new(0, sample.bytes().into(), host, outcome);
        changed.or_else(whole).unwrap().noted(note)
    })
}

fn command() -> impl Strategy<Value = Vec<String>> {
    vec(prop_oneof![Just("python3".to_owned()), "\\PC{0,12}"], 0..3)
}

fn what() -> impl Strategy<Value = What> {
    let name = || of("\\PC{0,12}");
    let away = select(&["printed 9 MB", "started 300 processes", "went away"][..]);
    let seldom = prop_oneof![
        ("\\PC{0,12}", name()).prop_map(|(file, nearest)| What::FileMissing { file, nearest }),
        (command(), errno(), name(), name()).prop_map(|(command, errno, nearest, line)| {
            What::Refused { command, errno, nearest, interpreter: line }
        }),
        any::<usize>().prop_map(|count| What::PacketsLeftOut { count }),
        (any::<u64>(), any::<u64>())
            .prop_map(|(waited_ms, computed_ms)| What::Waited { waited_ms, computed_ms }),
        ("\\PC{0,9}", any::<u64>()).prop_map(|(host, count)| What::Overflowed { host, count }),
        away.prop_map(|away| What::Ran { away: away.into() }),
    ];
    prop_oneof![
        1 => seldom,
        2 => select(&["private", "loopback"][..]).prop_map(|network| What::Opened { network }),
        2 => (command(), any::<bool>())
            .prop_map(|(command, calls)| What::Started { command, pid: 7, calls }),
        6 => call().prop_map(What::Called),
        12 => (select(&[Stream::Terminal, Stream::Errors][..]), printed())
            .prop_map(|(stream, text)| What::Output { stream, text: Payload::from(text) }),
        4 => payload().prop_map(|text| What::Typed { text }),
        16 => view().prop_map(|view| What::Looked { view }),
        4 => (select(&["a client", "second client", ""][..]), address())
            .prop_map(|(name, at)| What::Joined { name: name.into(), at }),
        16 => flight().prop_map(What::Packet),
        16 => (address(), address(), payload())
            .prop_map(|(from, to, payload)| What::Sent { from, to, payload }),
        16 => (address(), address(), payload())
            .prop_map(|(at, from, payload)| What::Received { at, from, payload }),
        2 => (address(), protocol(), address(), payload()).prop_map(|parts| {
            let (at, protocol, from, payload) = parts;
            What::Strayed { at, protocol, from, payload }
        }),
        2 => Just(What::Stopped),
        2 => (exit(), 0..3_usize).prop_map(|(exit, left)| What::Exited { exit, left }),
    ]
}

/// Anything that may have been seen.
pub fn evidence() -> impl Strategy<Value = Evidence> {
    vec((any::<u64>(), what()), 0..16).prop_map(|events| {
        let mut evidence = Evidence::default();
        events.into_iter().for_each(|(at_us, what)| evidence.record(at_us, what));
        evidence
    })
}

fn figure() -> impl Strategy<Value = Figure> {
    let percent = prop_oneof![Just(12.0), any::<f64>()];
    let what = "the figure";
    prop_oneof![
        any::<[u64; 2]>()
            .prop_map(move |[least_us, most_us]| { Figure::Time { what, least_us, most_us } }),
        vec(any::<f64>(), 0..3).prop_map(move |forms| Figure::Number { what, forms }),
        percent.prop_map(move |percent| Figure::Percentage { what, percent }),
    ]
}

fn expectation() -> impl Strategy<Value = Expectation> {
    let about = select(&[About::Message, About::Address, About::Port, About::Itself][..]);
    let plain = [
        Expectation::Start,
        Expectation::DatagramSocket,
        Expectation::SomeOutput,
        Expectation::WaitsForEnter,
        Expectation::WaitsForAnswer,
        Expectation::NothingMore,
        Expectation::Silence,
        Expectation::Escaped,
        Expectation::Fact,
        Expectation::Memory { at_most: 1 << 20 },
        Expectation::Success,
        Expectation::Complaint,
        Expectation::CleanEnd,
        Expectation::Running,
    ];
    let text = prop_oneof![payload(), Just(Payload::from("40000")), Just(Payload::from("12345"))];
    prop_oneof![
        4 => select(plain.to_vec()),
        2 => address().prop_map(|address| Expectation::Bound { address }),
        3 => (text, about).prop_map(|(text, about)| Expectation::Output { text, about }),
        3 => (address(), payload()).prop_map(|(at, payload)| Expectation::Datagram { at, payload }),
        1 => address().prop_map(|at| Expectation::Request { at }),
        1 => address().prop_map(|to| Expectation::Reply { to }),
        1 => address().prop_map(|at| Expectation::Patience { at }),
        1 => (address(), any::<(u64, u64, Option<u64>)>()).prop_map(|(at, times)| {
            let (least_ms, most_ms, took_ms) = times;
            Expectation::Interval { at, least_ms, most_ms, took_ms }
        }),
        2 => figure().prop_map(|figure| Expectation::Figure { figure }),
        6 => (address(), address(), payload())
            .prop_map(|(to, from, payload)| Expectation::Answer { to, from, payload }),
    ]
}

/// Anything that was waited for, and did not come.
pub fn unmet() -> impl Strategy<Value = Unmet> {
    const ENDINGS: [Ending; 5] =
        [Ending::Contradicted, Ending::Exited, Ending::Quiet, Ending::Deadline, Ending::Busy];
    let texts = ("\\PC{0,200}", "\\PC{0,200}", of(0..200_usize));
    let parts = (expectation(), select(&ENDINGS[..]), of(exit()), of(payload()), texts);
    parts.prop_map(|(expectation, ending, exit, instead, (expected, observed, difference))| Unmet {
        expectation,
        ending,
        exit,
        expected,
        observed,
        instead,
        difference,
        claim: None,
    })
}
