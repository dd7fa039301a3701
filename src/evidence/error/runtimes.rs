//! How each runtime prints an error that nobody has caught.

use super::RuntimeError;
use super::errno::{between, described, named};

/// Reads an error whose first words are in a line; the lines before and after it belong to it or not.
type Reader = fn(&[&str], &str, &[&str]) -> Option<RuntimeError>;

pub(super) const READERS: &[(&str, Reader)] = &[
    ("Python", python),
    ("Rust", rust_panic),
    ("Rust", rust_error),
    ("Node", node),
    ("Java", java),
    ("Go", go_panic),
    ("Go", go_network),
    ("C++", cpp),
];

/// An error of the operating system in a line of any form, as a program prints one that it caught.
pub(super) fn read_any(line: &str) -> Option<RuntimeError> {
    let python = || Some((Some("Python"), between(line, "[Errno ", "]")?));
    let rust = || Some((Some("Rust"), between(line, "(os error ", ")")?));
    let any = || Some((None, named(line).or_else(|| described(line))?));
    let (runtime, errno) = python().or_else(rust).or_else(any)?;
    Some(RuntimeError { runtime, errno: Some(errno), ..RuntimeError::said(line.trim()) })
}

/// A class and what it says, divided by a colon: `java.net.BindException: Address already in use`.
fn class_and_message(text: &str) -> Option<(String, String)> {
    let (class, message) = text.split_once(": ").unwrap_or((text.trim_end_matches(':'), ""));
    let is_name = |part: &str| {
        let mut letters = part.chars();
        letters.next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && letters.all(|c| c.is_alphanumeric() || c == '_' || c == '$')
    };
    class.split('.').all(is_name).then(|| (class.to_owned(), message.trim().to_owned()))
}

/// A file and a line that are followed by a column, or not: `src/main.rs:3:5`.
fn file_and_line(place: &str) -> Option<(String, u32)> {
    let (before, last) = place.rsplit_once(':')?;
    let last = last.parse().ok()?;
    match before.rsplit_once(':').map(|(file, line)| (file, line.parse())) {
        Some((file, Ok(line))) => Some((file.to_owned(), line)),
        _ => Some((before.to_owned(), last)),
    }
}

impl RuntimeError {
    /// One that says nothing but this.
    fn said(message: &str) -> RuntimeError {
        let (message, words) = (message.to_owned(), message.to_owned());
        RuntimeError { message, words, ..RuntimeError::default() }
    }

    /// One of a class, which is printed before what it says.
    fn of(kind: String, message: String) -> RuntimeError {
        let words = match message.as_str() {
            "" => kind.clone(),
            message => format!("{kind}: {message}"),
        };
        RuntimeError { kind: Some(kind), message, words, ..RuntimeError::default() }
    }

    /// A panic says what it is about, and nothing of what a panic is.
    fn panic(message: &str) -> RuntimeError {
        RuntimeError { kind: Some("panic".into()), ..RuntimeError::said(message) }
    }

    fn numbered(self, errno: Option<i32>) -> RuntimeError {
        RuntimeError { errno, ..self }
    }

    fn at(self, place: Option<(String, u32)>) -> RuntimeError {
        let (file, line) = place.unzip();
        RuntimeError { file, line, ..self }
    }
}

/// ```text
/// Traceback (most recent call last):
///   File "server.py", line 3, in <module>
///     s.bind(("127.0.0.1", 12345))
/// OSError: [Errno 98] Address already in use
/// ```
fn python(before: &[&str], line: &str, _: &[&str]) -> Option<RuntimeError> {
    let (kind, message) = class_and_message(line)?;
    // What belongs to it is indented; a syntax error has no head.
    let begin = before.iter().rposition(|line| !line.starts_with(' ')).map_or(0, |at| at + 1);
    let places: Vec<_> = before[begin..].iter().filter_map(|line| python_place(line)).collect();
    let is_own =
        |place: &&(String, u32)| !place.0.contains("/lib/python") && !place.0.starts_with('<');
    let place = places.iter().rfind(is_own).or(places.last())?.clone();
    let errno = between(&message, "[Errno ", "]");
    Some(RuntimeError::of(kind, message).numbered(errno).at(Some(place)))
}

fn python_place(line: &str) -> Option<(String, u32)> {
    let (file, rest) = line.trim_start().strip_prefix("File \"")?.split_once("\", line ")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    Some((file.to_owned(), digits.parse().ok()?))
}

/// ```text
/// thread 'main' panicked at src/main.rs:3:5:
/// called `Result::unwrap()` on an `Err` value: Os { code: 98, kind: AddrInUse, message: "…" }
/// ```
fn rust_panic(_: &[&str], line: &str, after: &[&str]) -> Option<RuntimeError> {
    let (thread, rest) = line.split_once(" panicked at ")?;
    thread.contains("thread '").then_some(())?;
    // Before Rust 1.73 all stood in one line: 'not so', src/main.rs:3:5.
    let (message, place) = match rest.strip_prefix('\'').and_then(|rest| rest.rsplit_once("', ")) {
        Some(both) => both,
        None => (after.first().copied().unwrap_or(""), rest.trim_end_matches(':')),
    };
    Some(RuntimeError::panic(message).numbered(rust_errno(message)).at(file_and_line(place)))
}

/// What `main` returns: `Error: Os { code: 98, kind: AddrInUse, message: "Address already in use" }`.
fn rust_error(_: &[&str], line: &str, _: &[&str]) -> Option<RuntimeError> {
    let forms = ["Error: Os { code: ", "Error: Custom { kind: "];
    // Something may have been printed before it without a line end.
    let words = &line[forms.iter().find_map(|form| line.find(form))?..];
    let kind = words.split_once("kind: ")?.1.split([',', ' ']).next()?.to_owned();
    let message = words.split('"').nth(1).unwrap_or("").to_owned();
    let words = words.to_owned();
    let errno = rust_errno(&words);
    Some(RuntimeError { words, ..RuntimeError::of(kind, message).numbered(errno) })
}

fn rust_errno(text: &str) -> Option<i32> {
    between(text, "Os { code: ", ",").or_else(|| between(text, "(os error ", ")"))
}

/// ```text
/// Error: bind EADDRINUSE 127.0.0.1:12345
///     at node:dgram:359:20
///     at Socket.<anonymous> (/x/server.js:4:8) {
///   errno: -98,
/// ```
fn node(before: &[&str], line: &str, after: &[&str]) -> Option<RuntimeError> {
    let frames: Vec<&str> = after.iter().map_while(|line| line.strip_prefix("    at ")).collect();
    (!frames.is_empty()).then_some(())?;
    // `TypeError [ERR_SOCKET_BAD_PORT]: …`
    let code = line.find(" [").zip(line.find("]"));
    let plain =
        code.map(|(from, to)| format!("{}{}", &line[..from], line.get(to + 1..).unwrap_or("")));
    let (kind, message) = class_and_message(plain.as_deref().unwrap_or(line))?;
    let own = frames.iter().filter(|frame| !frame.contains("node:")).find_map(|frame| {
        let place = frame.rsplit_once('(').map_or(*frame, |(_, place)| place);
        file_and_line(place.split(')').next()?.trim_end_matches(" {"))
    });
    // A syntax error has no frame of its own: its place stands above the line that is shown.
    let shown = || before.iter().rev().take(5).find_map(|line| file_and_line(line));
    let numbered = after.iter().find_map(|line| between(line, "errno: -", ","));
    let errno = numbered.or_else(|| named(&message));
    Some(RuntimeError::of(kind, message).numbered(errno).at(own.or_else(shown)))
}

/// ```text
/// Exception in thread "main" java.net.BindException: Address already in use
///     at java.base/sun.nio.ch.Net.bind0(Native Method)
///     at Server.main(Server.java:5)
/// ```
fn java(_: &[&str], line: &str, after: &[&str]) -> Option<RuntimeError> {
    let thrown = line
        .strip_prefix("Caused by: ")
        .or_else(|| Some(line.strip_prefix("Exception in thread \"")?.split_once("\" ")?.1))?;
    let (kind, message) = class_and_message(thrown)?;
    let frames = after.iter().map_while(|line| line.trim_start().strip_prefix("at "));
    let is_own = |frame: &&str| !["java.", "jdk.", "sun."].iter().any(|its| frame.starts_with(its));
    let place = frames.filter(is_own).find_map(|frame| {
        let (_, place) = frame.rsplit_once('(')?;
        file_and_line(place.trim_end_matches(')'))
    });
    let errno = described(&message);
    Some(RuntimeError::of(kind, message).numbered(errno).at(place))
}

/// ```text
/// panic: runtime error: index out of range [5] with length 3
///
/// goroutine 1 [running]:
/// main.main()
///     /x/server.go:8 +0x1d
/// ```
fn go_panic(_: &[&str], line: &str, after: &[&str]) -> Option<RuntimeError> {
    let message = line.strip_prefix("panic: ").or_else(|| line.strip_prefix("fatal error: "))?;
    // Its message may have several lines, though not without end.
    let traced = after.iter().take(64).position(|line| line.starts_with("goroutine "))?;
    let own = |line: &&&str| line.contains(".go:") && !line.contains("/src/runtime/");
    let place = after[traced..]
        .iter()
        .find(own)
        .and_then(|line| file_and_line(line.trim_start().split(' ').next()?));
    Some(RuntimeError::panic(message).numbered(described(message)).at(place))
}

/// `listen udp 127.0.0.1:12345: bind: address already in use`, whatever a program prints before it.
fn go_network(_: &[&str], line: &str, _: &[&str]) -> Option<RuntimeError> {
    const CALLS: [&str; 5] = ["listen ", "dial ", "read ", "write ", "accept "];
    let is_one = |from: &str| ["udp", "tcp"].iter().any(|network| from.starts_with(network));
    let begin = CALLS
        .iter()
        .find_map(|call| line.match_indices(call).find(|(at, _)| is_one(&line[at + call.len()..])));
    let message = &line[begin?.0..];
    let errno = described(message.rsplit_once(": ")?.1)?;
    Some(RuntimeError::said(message).numbered(Some(errno)))
}

/// ```text
/// terminate called after throwing an instance of 'std::system_error'
///   what():  bind: Address already in use
/// ```
fn cpp(_: &[&str], line: &str, after: &[&str]) -> Option<RuntimeError> {
    let rest = line.strip_prefix("terminate called after throwing an instance of '")?;
    let kind = rest.split('\'').next()?;
    let what = after.first().and_then(|line| line.trim_start().strip_prefix("what():"));
    let message = what.unwrap_or("").trim().to_owned();
    let errno = described(&message);
    Some(RuntimeError::of(kind.to_owned(), message).numbered(errno))
}
