//! What there is to go by where no cause is known: the program's calls, what it was sent last, and
//! what it printed.

use std::fmt;
use std::net::SocketAddr;

use crate::evidence::{
    Evidence, Family, Payload, SocketCall, SocketKind, Stream, What, errno_name,
};

/// How many of the last lines of the output are told, and how many calls.
const LINES: usize = 3;
const CALLS: usize = 12;

/// How much of a datagram is told, in bytes.
const BYTES: usize = 64;

/// A label and a text for each kind of thing that was seen.
pub(super) fn story(evidence: &Evidence) -> Vec<(&'static str, String)> {
    let calls = calls(evidence).map(|text| ("calls", text));
    let sent = last_sent(evidence).map(|text| ("sent", text));
    let got = got(evidence).map(|text| ("got", text));
    let printed = printed(evidence).map(|text| ("printed", text));
    [calls, sent, got, printed].into_iter().flatten().collect()
}

/// The calls in their order; one that is made again and again is told once.
fn calls(evidence: &Evidence) -> Option<String> {
    let told = evidence.all().filter_map(|what| match what {
        What::Called(call) => Some(Told(call).to_string()),
        _ => None,
    });
    let mut told: Vec<String> = told.collect();
    told.dedup();
    let more = told.len().saturating_sub(CALLS);
    told.truncate(CALLS);
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    (!told.is_empty()).then(|| told.join(", "))
}

fn last_sent(evidence: &Evidence) -> Option<String> {
    evidence.all().rev().find_map(|what| match what {
        What::Sent { payload, to, .. } => Some(format!("{} to {to}", beginning(payload))),
        _ => None,
    })
}

/// What came from it after that.
fn got(evidence: &Evidence) -> Option<String> {
    let since = evidence.all().rev().take_while(|what| !matches!(what, What::Sent { .. }));
    let payloads = since.filter_map(|what| match what {
        What::Received { payload, .. } => Some(beginning(payload)),
        _ => None,
    });
    let mut told: Vec<String> = payloads.collect();
    told.reverse();
    told.truncate(LINES);
    (!told.is_empty()).then(|| told.join(", "))
}

/// The first of its bytes, more than a drawing has room for.
fn beginning(payload: &Payload) -> String {
    match payload.bytes() {
        bytes if bytes.len() > BYTES => {
            format!("{} … ({} bytes)", Payload::from(&bytes[..BYTES]), bytes.len())
        }
        _ => payload.to_string(),
    }
}

/// The last lines of what it printed, until it was told to end.
fn printed(evidence: &Evidence) -> Option<String> {
    let until = evidence.all().take_while(|what| !matches!(what, What::Stopped));
    let bytes: Vec<u8> = until
        .filter_map(|what| match what {
            What::Output { stream: Stream::Terminal | Stream::Errors, text } => Some(text.bytes()),
            _ => None,
        })
        .flatten()
        .copied()
        .collect();
    let lines: Vec<&[u8]> = bytes
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|it| !it.is_empty())
        .collect();
    let last = &lines[lines.len().saturating_sub(LINES)..];
    let told: Vec<String> = last.iter().map(|line| beginning(&Payload::from(*line))).collect();
    (!told.is_empty()).then(|| told.join(", "))
}

/// A call as it is written in C.
struct Told<'c>(&'c SocketCall);

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = |address: &Option<SocketAddr>| {
            address.map_or("?".into(), |address| address.to_string())
        };
        let errno = match self.0 {
            SocketCall::Socket { family, kind, errno } => {
                let family = match family {
                    Family::Ipv4 => "AF_INET",
                    Family::Ipv6 => "AF_INET6",
                };
                let kind = match kind {
                    SocketKind::Datagram => "SOCK_DGRAM",
                    SocketKind::Stream => "SOCK_STREAM",
                    SocketKind::Other => "?",
                };
                write!(f, "socket({family}, {kind})")?;
                *errno
            }
            SocketCall::Bind { fd, address, errno } => {
                write!(f, "bind({fd}, {})", place(address))?;
                *errno
            }
            SocketCall::Connect { fd, address, errno } => {
                write!(f, "connect({fd}, {})", place(address))?;
                *errno
            }
            SocketCall::ConnectAbstract { fd, name, .. } => {
                return write!(f, "connect({fd}, @{})", Payload::from(name).unquoted());
            }
            SocketCall::Listen { fd, backlog } => return write!(f, "listen({fd}, {backlog})"),
            SocketCall::Setsockopt { fd, level, option } => {
                return write!(f, "setsockopt({fd}, {level}, {option})");
            }
        };
        match errno {
            None | Some(0) => Ok(()),
            Some(errno) => match errno_name(errno) {
                Some(name) => write!(f, " = {name}"),
                None => write!(f, " = errno {errno}"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_was_seen_is_told_in_its_order() {
        let at = |address: &str| address.parse().unwrap();
        let mut evidence = Evidence::default();
        let address = Some(at("127.0.0.1:12345"));
        let output = |text: &str| What::Output { stream: Stream::Terminal, text: text.into() };
        let set = || What::Called(SocketCall::Setsockopt { fd: 3, level: 1, option: 2 });
        let seen = [
            What::Called(SocketCall::Socket {
                family: Family::Ipv4,
                kind: SocketKind::Datagram,
                errno: Some(0),
            }),
            set(),
            set(),
            What::Called(SocketCall::Bind { fd: 3, address, errno: Some(98) }),
            output("one\ntwo\nthr"),
            What::Sent { from: at("127.0.0.1:4"), to: at("127.0.0.1:5"), payload: "hi".into() },
            output("ee\n\nfour\n"),
            What::Stopped,
            output("five\n"),
        ];
        seen.into_iter().for_each(|what| evidence.record(0, what));
        let calls = "socket(AF_INET, SOCK_DGRAM), setsockopt(3, 1, 2), \
                     bind(3, 127.0.0.1:12345) = EADDRINUSE";
        let printed = "\"two\", \"three\", \"four\"";
        let told = [("calls", calls), ("sent", "\"hi\" to 127.0.0.1:5"), ("printed", printed)];
        assert_eq!(story(&evidence), told.map(|(label, text)| (label, text.to_owned())));
        assert!(story(&Evidence::default()).is_empty());
    }
}
