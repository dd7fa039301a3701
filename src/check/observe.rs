//! What was seen in the place of something that did not come, in words. Pure functions.

use crate::evidence::{
    Call, Ending, Evidence, Expectation, Payload, Stream, View, What, last_words,
};

/// What was seen when nothing came that would do.
pub(super) fn missing(expectation: &Expectation, ending: Ending, evidence: &Evidence) -> String {
    if let Some(away) = evidence.all().find_map(|what| match what {
        What::Ran { away } => Some(away),
        _ => None,
    }) {
        return format!("it {away} and was stopped");
    }
    if let Some(refused) = refusal(evidence) {
        return refused;
    }
    let seen = instead(expectation, evidence);
    let state = evidence.last_rest().map_or("it is running".into(), state);
    match ending {
        Ending::Exited => {
            let exit = evidence.exit().map_or("it ended".into(), |exit| format!("it {exit}"));
            // Whoever ends well gives no reason: there it is a prompt, or a log.
            let failed = evidence.exit().is_some_and(|exit| !exit.is_success());
            let words = last_words(&evidence.output_on(Stream::Errors)).filter(|_| failed);
            let words = words.map(|words| format!(": {words}")).unwrap_or_default();
            format!("{seen}; {exit}{words}")
        }
        Ending::Quiet => {
            format!("{seen}; {state} and will not go on by itself{}", unread(evidence))
        }
        Ending::Busy => {
            let work = work(evidence);
            format!(
                "{seen}; it is at work all the time, and waits for nothing{work}{}",
                unread(evidence)
            )
        }
        Ending::Deadline | Ending::Contradicted => {
            format!("{seen} within 5 seconds; {state}{}{}", work(evidence), unread(evidence))
        }
    }
}

/// How long it computed while it was waited for, where that was most of the time.
fn work(evidence: &Evidence) -> String {
    let waited = evidence.all().rev().find_map(|what| match what {
        What::Waited { waited_ms, computed_ms } => Some((*waited_ms, *computed_ms)),
        _ => None,
    });
    match waited {
        Some((waited, computed)) if computed > waited / 2 => {
            format!("; it has computed for {computed} ms of {waited} ms")
        }
        _ => String::new(),
    }
}

/// What lies in a socket of it and was not received.
fn unread(evidence: &Evidence) -> String {
    let view = evidence.views().next_back().filter(|_| evidence.exit().is_none());
    let full = view.and_then(|view| view.udp().find(|socket| socket.queued > 0));
    match full.and_then(|socket| Some((socket.local?, socket.drops))) {
        Some((local, 0)) => format!("; what came to {local} lies there unread"),
        Some((local, drops)) => {
            format!("; what came to {local} lies there unread, and {drops} datagrams found no room")
        }
        None => String::new(),
    }
}

fn refusal(evidence: &Evidence) -> Option<String> {
    evidence.all().find_map(|what| match what {
        What::Refused { command, errno, .. } => {
            let error = std::io::Error::from_raw_os_error(*errno);
            Some(format!("{}: {error}", command.first().map_or("", String::as_str)))
        }
        _ => None,
    })
}

/// The nearest thing to what was expected.
fn instead(expectation: &Expectation, evidence: &Evidence) -> String {
    let output = Payload::from(evidence.output_since_sent());
    match expectation {
        Expectation::DatagramSocket | Expectation::Bound { .. } => {
            match evidence.last_rest().and_then(|view| view.sockets.first()) {
                Some(socket) => socket.to_string(),
                None => "no socket".into(),
            }
        }
        Expectation::SomeOutput => "no output".into(),
        Expectation::Output { .. } | Expectation::Figure { .. } if output.bytes().is_empty() => {
            "no output".into()
        }
        Expectation::Output { .. } | Expectation::Figure { .. } => {
            format!("{} at its terminal", output.short())
        }
        Expectation::WaitsForEnter | Expectation::WaitsForAnswer => "no such wait".into(),
        Expectation::Success | Expectation::Complaint | Expectation::CleanEnd => {
            "it did not end".into()
        }
        _ => "nothing".into(),
    }
}

/// What the program is doing.
fn state(view: &View) -> String {
    let waiter = view.threads.iter().find(|thread| !thread.on.is_empty());
    match waiter.or(view.threads.first()) {
        None => "it is still there".into(),
        Some(thread) if thread.call == Call::Stopped => {
            "a signal has stopped it, as Ctrl-Z does,".into()
        }
        Some(thread) if thread.waits_on_terminal() => "it waits for input at its terminal".into(),
        Some(thread) => format!("it waits in {}", thread.call.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Family, Protocol, Socket, SocketKind, Thread, Timeout};

    /// What is said of a program that computed for so long and left so much unread.
    fn late(ending: Ending, computed_ms: u64, queued: u32, drops: u32) -> String {
        let socket = Socket {
            pid: 1,
            fd: 3,
            inode: 77,
            family: Family::Ipv4,
            kind: SocketKind::Datagram,
            protocol: Protocol::Udp,
            local: "127.0.0.1:12345".parse().ok(),
            peer: None,
            v6only: false,
            listening: false,
            nonblocking: false,
            receive_timeout_ms: None,
            queued,
            drops,
        };
        let thread = Thread {
            pid: 1,
            tid: 1,
            call: Call::Sleep,
            on: vec![],
            timeout: Timeout::Some,
            receive: None,
        };
        let view = View { processes: 1, sockets: vec![socket], threads: vec![thread] };
        let mut evidence = Evidence::default();
        evidence.record(0, What::Looked { view });
        evidence.record(1, What::Waited { waited_ms: 100, computed_ms });
        missing(&Expectation::NothingMore, ending, &evidence)
    }

    #[test]
    fn what_a_program_does_instead_is_told_where_it_says_something() {
        let rest = "nothing within 5 seconds; it waits in sleep";
        assert_eq!(late(Ending::Deadline, 10, 0, 0), rest);
        let unread = "; what came to 127.0.0.1:12345 lies there unread";
        assert_eq!(late(Ending::Deadline, 10, 768, 0), format!("{rest}{unread}"));
        let full = format!("{rest}{unread}, and 3 datagrams found no room");
        assert_eq!(late(Ending::Deadline, 10, 768, 3), full);
        let works = "nothing; it is at work all the time, and waits for nothing; it has computed for \
                     96 ms of 100 ms";
        assert_eq!(late(Ending::Busy, 96, 0, 0), works);
    }
}
