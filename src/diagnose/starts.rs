//! Causes that come before all others: the program did not start, ran away, or broke with an error
//! that says it all.

use std::net::IpAddr;

use super::answers::to_itself;
use super::refused::refused_is_fatal;
use super::timing::{divides_by_zero, uncaught};
use super::{Case, Cause, Finding};
use crate::evidence::{
    Ending, Exit, Expectation, Payload, Role, SocketCall, What, is_crash, last_error, last_words,
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { id: "start-command-not-found", shows: command_not_found },
    Cause { id: "start-not-executable", shows: not_executable },
    Cause { id: "start-missing-dependency", shows: script_missing },
    Cause { id: "udp-reply-fixed-address", shows: answers_itself },
    Cause { id: "out-flood", shows: flood },
    Cause { id: "start-forks-without-end", shows: forks },
    Cause { id: "start-todo", shows: todo },
    Cause { id: "start-python2", shows: python2 },
    Cause { id: "start-not-compiling", shows: not_compiling },
    Cause { id: "start-missing-dependency", shows: missing_dependency },
    Cause { id: "udp-listen-accept", shows: listen_accept },
    Cause { id: "udp-bind-foreign-address", shows: foreign_address },
    Cause { id: "udp-bind-in-use", shows: in_use },
    Cause { id: "addr-no-broadcast-option", shows: no_broadcast },
    Cause { id: "udp-bind-privileged", shows: privileged },
    Cause { id: "udp-send-unconnected", shows: send_unconnected },
    Cause { id: "udp-stream-socket", shows: not_connected },
    Cause { id: "udp-stream-socket", shows: asked_for_a_connection },
    Cause { id: "udp-socket-closed-early", shows: closed },
    Cause { id: "size-reply-grows", shows: reply_grows },
    Cause { id: "enc-str-not-bytes", shows: str_not_bytes },
    Cause { id: "udp-recvfrom-not-unpacked", shows: not_unpacked },
    Cause { id: "enc-wrong-charset", shows: only_ascii },
    Cause { id: "enc-strict-decode-crash", shows: strict_decode },
    Cause { id: "enc-wrong-charset", shows: encode_fails },
    Cause { id: "udp-refused-is-fatal", shows: refused_is_fatal },
    Cause { id: "to-stats-divide-by-zero", shows: divides_by_zero },
    Cause { id: "to-uncaught", shows: uncaught },
    Cause { id: "exit-left-daemon", shows: left_daemon },
    Cause { id: "exit-crashed", shows: part_broke },
    Cause { id: "exit-crashed", shows: crashed },
];

/// A command that the system would not run.
struct Refusal<'e> {
    command: &'e str,
    errno: i32,
    nearest: Option<&'e str>,
    interpreter: Option<&'e str>,
}

fn refusal<'e>(case: &Case<'e>) -> Option<Refusal<'e>> {
    case.evidence.all().find_map(|what| match what {
        What::Refused { command, errno, nearest, interpreter } => Some(Refusal {
            command: command.first().map_or("", String::as_str),
            errno: *errno,
            nearest: nearest.as_deref(),
            interpreter: interpreter.as_deref(),
        }),
        _ => None,
    })
}

fn command_not_found(case: &Case<'_>) -> Option<Finding> {
    let Refusal { command, errno, nearest, interpreter } = refusal(case)?;
    if errno != libc::ENOENT || interpreter.is_some() {
        return None;
    }
    let next = match nearest {
        Some(nearest) => format!("the nearest file is {nearest}: did you mean that?"),
        None => "check the path after --, from the folder you are in".into(),
    };
    Finding::new(format!("there is no program {command}"), next)
}

fn not_executable(case: &Case<'_>) -> Option<Finding> {
    let Refusal { command, errno, interpreter, .. } = refusal(case)?;
    if errno == libc::EISDIR {
        return Finding::new(
            format!("{command} is a folder, not a program"),
            "name the program in it",
        );
    }
    if let Some(interpreter) = interpreter {
        let next = match interpreter.ends_with('\r') {
            true => format!(
                "its lines end as on Windows: sed -i 's/\\r$//' {command} makes them end as here"
            ),
            false => format!("correct that line, or name it yourself, as in `python3 {command}`"),
        };
        let interpreter = Payload::from(interpreter);
        return Finding::new(
            format!("{command} is there, but its first line names {interpreter}, which is not"),
            next,
        );
    }
    let error = std::io::Error::from_raw_os_error(errno);
    Finding::new(
        format!("{command} is there, but cannot be run: {error}"),
        format!("name its interpreter, as in `python3 {command}`, or make it executable: chmod +x"),
    )
}

fn script_missing(case: &Case<'_>) -> Option<Finding> {
    let (file, nearest) = case.evidence.all().find_map(|what| match what {
        What::FileMissing { file, nearest } => Some((file, nearest.as_ref())),
        _ => None,
    })?;
    // One that has sent something was found, and the argument means something else to it.
    (broke(case) && case.received() == 0).then_some(())?;
    let next = match nearest {
        Some(nearest) => format!("the nearest file is {nearest}: did you mean that?"),
        None => "check the path after --, from the folder you are in".into(),
    };
    Finding::new(format!("there is no file {file}"), next)
}

fn ran(case: &Case<'_>, word: &str) -> Option<String> {
    case.evidence.all().find_map(|what| match what {
        What::Ran { away } if away.starts_with(word) => Some(away.clone()),
        _ => None,
    })
}

/// What it prints without end is its own answers, which come back to it.
fn answers_itself(case: &Case<'_>) -> Option<Finding> {
    ran(case, "printed")?;
    to_itself(case).and_then(|_| {
        Finding::new(
            "your server answers itself, without end: its answer goes to its own address, comes \
             back as a message, and is answered again",
            "answer the address that recvfrom gave you",
        )
    })
}

fn flood(case: &Case<'_>) -> Option<Finding> {
    let away = ran(case, "printed")?;
    Finding::new(
        format!("your program {away} and was stopped: a loop prints without waiting for anything"),
        "find the loop that prints; each turn of it should wait in a receive or a read",
    )
}

fn forks(case: &Case<'_>) -> Option<Finding> {
    let away = ran(case, "started")?;
    Finding::new(
        format!("your program {away} and was stopped: each of them starts others"),
        "find the fork or spawn that runs in a loop, or again in the child",
    )
}

/// True when the program broke: ended by itself, with an error.
fn broke(case: &Case<'_>) -> bool {
    let wanted = match (&case.unmet.expectation, case.unmet.exit) {
        // An error that the lab asks for is no mistake.
        (Expectation::Complaint, _) => true,
        // One that gives up has a reason, and the lab knows which.
        (Expectation::Packet { .. }, Some(exit)) => {
            !is_crash(exit, &case.evidence.output()) || case.says("timed out")
        }
        _ => false,
    };
    !wanted && case.unmet.exit.is_some_and(|exit| exit != Exit::Code(0))
}

/// True when it broke, or when it goes on without what should have come: then what it says of an
/// error may be the reason.
fn failed(case: &Case<'_>) -> bool {
    let missing = match case.unmet.expectation {
        Expectation::Bound { .. } => true,
        Expectation::Answer { .. } | Expectation::Datagram { .. } => case.unmet.instead.is_none(),
        _ => false,
    };
    broke(case) || missing
}

/// A panic of Rust, whose message stands below its place. Words of the program's own are none.
fn todo(case: &Case<'_>) -> Option<Finding> {
    let printed = case.printed();
    let panics = printed.split(" panicked at ").skip(1).filter_map(|panic| panic.lines().nth(1));
    let text = panics.filter_map(|said| said.strip_prefix("not yet implemented")).next()?;
    Finding::new(
        format!("your program stopped at a todo!: {}", text.trim_start_matches(':').trim()),
        "write that step, then check again",
    )
}

fn python2(case: &Case<'_>) -> Option<Finding> {
    let error = case.error().filter(|_| broke(case))?;
    error.message.starts_with("Missing parentheses in call to 'print'").then_some(())?;
    Finding::new("this is a Python 2 program: print is a function now", "write print(…)")
}

fn not_compiling(case: &Case<'_>) -> Option<Finding> {
    let kind = case.error().filter(|_| broke(case))?.kind?;
    matches!(kind.as_str(), "SyntaxError" | "IndentationError" | "TabError").then_some(())?;
    // A message that was read as a program may be at fault too, by then.
    (!case.evidence.peer_has_sent() && case.evidence.views().all(|view| view.sockets.is_empty()))
        .then_some(())?;
    Finding::new(
        format!("your program does not even begin: {kind}"),
        "run it by itself and read the line that it names",
    )
}

fn missing_dependency(case: &Case<'_>) -> Option<Finding> {
    let error = case.error().filter(|_| broke(case))?;
    let is_a_module = error.kind.as_deref() == Some("ModuleNotFoundError")
        || error.message.starts_with("Cannot find module");
    (is_a_module || error.errno == Some(libc::ENOENT)).then_some(())?;
    Finding::new(
        "your program needs a module or a file that is not here",
        "run it by itself in the same folder; its last line names what is missing",
    )
}

fn listen_accept(case: &Case<'_>) -> Option<Finding> {
    (failed(case) && case.failed_with(libc::EOPNOTSUPP)).then_some(())?;
    Finding::new(
        "a call for connections (listen or accept) was made on a datagram socket: UDP has no \
         connections to listen for",
        "take listen and accept out, and call recvfrom on the bound socket itself",
    )
}

fn foreign_address(case: &Case<'_>) -> Option<Finding> {
    (failed(case) && case.failed_with(libc::EADDRNOTAVAIL)).then_some(())?;
    Finding::new(
        "bind failed because its address is not one of this machine's",
        format!("bind {}, the address that the lab asks for", case.host()),
    )
}

fn in_use(case: &Case<'_>) -> Option<Finding> {
    (broke(case) && case.failed_with(libc::EADDRINUSE)).then_some(())?;
    let wanted = case.failed_bind().map(|(address, _)| address.port());
    let is_server =
        |what: &What| matches!(what, What::Joined { at, .. } if Some(at.port()) == wanted);
    if case.role == Role::Client && case.evidence.all().any(is_server) {
        return Finding::new(
            "bind failed because the address is in use already: a server on this host has that port",
            "leave bind out: a client needs no port of its own choice, and answers come to the one \
             from which it asked",
        );
    }
    Finding::new(
        "bind failed because the address is in use already, perhaps by another socket of your own \
         program",
        "bind only one socket to this port, and start your program only once",
    )
}

fn privileged(case: &Case<'_>) -> Option<Finding> {
    let about_bind = !matches!(case.unmet.expectation, Expectation::Start);
    (about_bind && broke(case) && case.failed_with(libc::EACCES)).then_some(())?;
    let bind_failed = case.failed_bind().is_some();
    (bind_failed || !case.sees_calls() && !is_about_a_file(case)).then_some(())?;
    Finding::new(
        "the system did not permit the call: ports below 1024 need privileges",
        "use the port that the lab asks for",
    )
}

/// True when the error that was not permitted names a file, as Python does.
fn is_about_a_file(case: &Case<'_>) -> bool {
    ["Permission denied: '", "permission denied, open"].iter().any(|mark| case.says(mark))
}

/// It was bound, and then a call was not permitted: the send of its answer. Or it is a client, and
/// has asked many.
fn no_broadcast(case: &Case<'_>) -> Option<Finding> {
    let answering = matches!(case.unmet.expectation, Expectation::Answer { .. });
    let asks_many = match case.unmet.expectation {
        Expectation::Request { at } => case.role == Role::Client && is_broadcast(at.ip()),
        _ => false,
    };
    ((answering || asks_many) && broke(case) && case.failed_with(libc::EACCES)).then_some(())?;
    (!is_about_a_file(case)).then_some(())?;
    let next = match asks_many {
        true => {
            "set it before the first send: socket.set_broadcast(true), in C and Python setsockopt"
        }
        false => "answer the address that recvfrom gave you, which is one host's",
    };
    Finding::new(
        "the system did not permit the send: its destination is an address that stands for many \
         hosts (a broadcast address), and SO_BROADCAST is not set",
        next,
    )
}

/// True for an address that stands for all hosts of a network of which the first 24 bits are the same.
fn is_broadcast(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V4(ip) if ip.octets()[3] == 255)
}

fn send_unconnected(case: &Case<'_>) -> Option<Finding> {
    (failed(case) && case.failed_with(libc::EDESTADDRREQ)).then_some(())?;
    Finding::new(
        "send was called on a socket that is connected to nobody: it has no destination",
        "use sendto, with the address to send to: for an answer, the one that recvfrom gave you",
    )
}

/// The call may also be one that asks or ends a connection, on a socket that has none.
fn not_connected(case: &Case<'_>) -> Option<Finding> {
    (failed(case) && case.failed_with(libc::ENOTCONN) && case.had_a_stream_socket())
        .then_some(())?;
    Finding::new(
        "a receive failed because its socket is not connected: only a TCP socket (SOCK_STREAM) \
         asks for that",
        "create the socket with SOCK_DGRAM (socket2: Type::DGRAM; std: UdpSocket)",
    )
}

/// It broke after it had wanted a connection, and has never asked for a socket of another kind.
fn asked_for_a_connection(case: &Case<'_>) -> Option<Finding> {
    let address = case.calls().rev().find_map(|call| match call {
        SocketCall::Connect { address, .. } => *address,
        _ => None,
    })?;
    (broke(case) && case.speaks_tcp_only()).then_some(())?;
    Finding::new(
        format!(
            "your program asked {address} for a TCP connection (SOCK_STREAM); this lab needs a \
             datagram socket"
        ),
        "create it with SOCK_DGRAM (socket2: Type::DGRAM; std: UdpSocket)",
    )
}

fn closed(case: &Case<'_>) -> Option<Finding> {
    (failed(case) && case.failed_with(libc::EBADF)).then_some(())?;
    let closed = Finding::new(
        "a call was made on a socket that is closed already: nothing can be sent or received with it",
        "close the socket when all is done; in Python the end of a `with` block closes it too",
    );
    if case.received() > 0 || case.evidence.peer_has_sent() {
        return closed;
    }
    closed.and_then(Finding::or(
        "udp-no-socket",
        "there never was one, because the call that makes it had failed",
    ))
}

fn reply_grows(case: &Case<'_>) -> Option<Finding> {
    (failed(case) && case.failed_with(libc::EMSGSIZE)).then_some(())?;
    Finding::new(
        "the message is too long for a datagram, which carries 65507 bytes at most",
        "bound the length of what you send",
    )
}

fn str_not_bytes(case: &Case<'_>) -> Option<Finding> {
    let marks = [
        "a bytes-like object is required, not 'str'",
        "string argument without an encoding",
        "can only concatenate str (not \"bytes\")",
        "can't concat str to bytes",
        "'str' object has no attribute 'decode'",
        "'bytes' object has no attribute 'encode'",
    ];
    (failed(case) && marks.iter().any(|mark| case.says(mark))).then_some(())?;
    Finding::new(
        "text and bytes were mixed: sockets carry bytes, and Python keeps the two apart",
        "encode text before you send it: text.encode(); decode bytes before you print them as text",
    )
}

/// What one does with bytes was done with a tuple. It may be the sender's address, which is one too:
/// of that only other things are asked.
fn not_unpacked(case: &Case<'_>) -> Option<Finding> {
    let marks = [
        "'tuple' object has no attribute 'decode'",
        "'tuple' object has no attribute 'strip'",
        "'tuple' object has no attribute 'split'",
        "'tuple' object has no attribute 'upper'",
        "'tuple' object has no attribute 'lower'",
        "'tuple' object has no attribute 'startswith'",
        "a bytes-like object is required, not 'tuple'",
        "can't concat tuple to bytes",
    ];
    (failed(case) && marks.iter().any(|mark| case.says(mark))).then_some(())?;
    Finding::new(
        "recvfrom returns two things, the data and the sender, and they were used as one",
        "unpack them: data, sender = sock.recvfrom(1024)",
    )
}

/// True when what came last is UTF-8.
fn was_sent_text(case: &Case<'_>) -> bool {
    case.last_sent().is_some_and(|sent| std::str::from_utf8(sent).is_ok())
}

/// It broke on text that is UTF-8, because it took it for ASCII.
fn only_ascii(case: &Case<'_>) -> Option<Finding> {
    (failed(case) && was_sent_text(case) && case.says("'ascii' codec can't decode"))
        .then_some(())?;
    Finding::new(
        "the message was decoded as ASCII, which has no letters beyond the English ones",
        "decode as UTF-8, which has them all: data.decode()",
    )
}

fn strict_decode(case: &Case<'_>) -> Option<Finding> {
    let marks =
        ["UnicodeDecodeError", "codec can't decode", "Utf8Error", "FromUtf8Error", "invalid utf-8"];
    let decoding = marks.iter().any(|mark| case.says(mark));
    // Who breaks on UTF-8 takes it for another coding, or has cut it in the middle of a character.
    (failed(case) && decoding && !was_sent_text(case)).then_some(())?;
    Finding::new(
        "your program broke on bytes that are not UTF-8: anybody can send such bytes",
        "decode with replacement (Rust: from_utf8_lossy, Python: decode(errors=\"replace\")), or \
         handle the error",
    )
}

fn encode_fails(case: &Case<'_>) -> Option<Finding> {
    // What stands for bytes that are no text is a letter in no encoding.
    let no_letter = case.says("surrogates not allowed");
    (failed(case) && case.says("codec can't encode") && !no_letter).then_some(())?;
    Finding::new(
        "the text could not be encoded: the encoding that was chosen has not all of its letters",
        "encode as UTF-8, which has them all: text.encode()",
    )
}

/// It ended well, and something that it started did not: a daemon, which the check does not follow.
fn left_daemon(case: &Case<'_>) -> Option<Finding> {
    let wanted = matches!(case.unmet.expectation, Expectation::Complaint);
    let left = case.evidence.left();
    let ended = case.unmet.ending == Ending::Exited && case.unmet.exit?.is_success();
    (ended && left > 0 && !wanted).then_some(())?;
    let others = if left == 1 { "another process".into() } else { format!("{left} processes") };
    Finding::new(
        format!("your program ended and left {others} running: it made itself a daemon"),
        "let the program itself do the work, and stay; socklab ends whatever is left behind",
    )
}

/// A thread of it broke, or it says of an error and goes on: nothing came in answer but that.
fn part_broke(case: &Case<'_>) -> Option<Finding> {
    let answers = matches!(case.unmet.expectation, Expectation::Answer { .. });
    (answers && failed(case) && case.unmet.exit.is_none()).then_some(())?;
    // What its runtime prints itself has a class.
    let error = last_error(&case.evidence.output_since_sent()).filter(|it| it.kind.is_some())?;
    let place = error.place().map(|place| format!(" ({place})")).unwrap_or_default();
    Finding::new(
        format!("your program met an error instead of answering: {}{place}", error.words()),
        "look at that line, and at what it was given: the message that came last",
    )
}

/// It broke, in a way that no row above knows.
fn crashed(case: &Case<'_>) -> Option<Finding> {
    let by_itself = "run it by itself, as it was run here, and read what it says last";
    // Where something else came in the place of what was expected, socklab ended the program.
    let at_its_end = matches!(case.unmet.expectation, Expectation::Success | Expectation::CleanEnd);
    (broke(case) && (at_its_end || case.unmet.ending == Ending::Exited)).then_some(())?;
    let code = match case.unmet.exit? {
        Exit::Signal(signal) => {
            let (name, next) = match signal {
                4 => ("SIGILL: an instruction that is none", by_itself),
                6 => ("SIGABRT: it gave itself up, because a check in it failed", by_itself),
                7 | 11 => (
                    "SIGSEGV: it used memory that is not its own",
                    "in C: build it with -g -fsanitize=address and run it by itself, then the line \
                     is named",
                ),
                8 => ("SIGFPE: it divided by zero", by_itself),
                9 => ("SIGKILL: somebody killed it, or the memory was used up", by_itself),
                _ => ("kill -l tells its name", by_itself),
            };
            return Finding::new(
                format!("your program was ended by signal {signal} ({name})"),
                next,
            );
        }
        Exit::Code(code) => code,
    };
    // A program that did all its work and then says so wrongly did not break.
    let output = case.evidence.output();
    // So it is where the lab itself knows why nothing came.
    let may_say_so = at_its_end || case.unmet.claim.is_some();
    (!may_say_so || is_crash(Exit::Code(code), &output)).then_some(())?;
    let words = last_words(&output).map(|words| format!(": {words}")).unwrap_or_default();
    Finding::new(
        format!("your program broke off with an error before it was done{words}"),
        by_itself,
    )
}
