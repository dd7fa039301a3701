//! TCP connections, as far as a diagram needs them: where each side's numbers begin, and what has
//! been sent before.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::label::{Label, counted};
use crate::evidence::Payload;
use crate::packet::Tcp;

/// All connections of an exchange.
#[derive(Debug, Default)]
pub(super) struct Connections {
    sides: HashMap<(SocketAddr, SocketAddr), Side>,
}

/// What one side of a connection has sent.
#[derive(Clone, Copy, Debug, Default)]
struct Side {
    /// The number of its SYN.
    first: u32,
    /// How many numbers it has used, SYN and FIN included.
    used: u32,
    /// Its handshake is through.
    established: bool,
    closing: bool,
}

impl Connections {
    /// Takes in a segment, and says what stands on its arrow and beside it.
    pub(super) fn segment(
        &mut self,
        (from, to): (SocketAddr, SocketAddr),
        tcp: &Tcp,
        payload: &[u8],
    ) -> (Label, Vec<String>) {
        let flags = tcp.flags;
        let begins =
            flags.syn() && self.sides.get(&(from, to)).is_none_or(|it| it.first != tcp.seq);
        if begins {
            self.sides.insert((from, to), Side { first: tcp.seq, ..Side::default() });
        }
        if begins && !flags.ack() {
            self.sides.remove(&(to, from));
        }
        let other = self.sides.get(&(to, from)).copied();
        let mut unknown = Side::default();
        let known = self.sides.get_mut(&(from, to));
        let is_known = known.is_some();
        let side = known.unwrap_or(&mut unknown);

        let seq = tcp.seq.wrapping_sub(side.first);
        let length = payload.len() as u32 + u32::from(flags.syn()) + u32::from(flags.fin());
        let end = seq.wrapping_add(length);
        // Numbers go round: what is less than half the way ahead is new.
        let is_new = end.wrapping_sub(side.used) as i32 > 0;
        let mut notes = Vec::new();
        let mut note = |words: &str| notes.push(words.to_owned());
        if is_known && length > 0 && !is_new {
            note("sent again");
        } else if flags.syn() && !flags.ack() {
            note("handshake");
        }
        let waits = |it: Side| it.used == 1 && !it.established;
        let is_bare = flags.ack() && length == 0 && !flags.rst();
        let establishes = is_bare && seq == 1 && waits(*side) && other.is_some_and(waits);
        if establishes {
            note("connected");
        }
        side.established |= seq >= 1 && flags.ack();
        if flags.fin() && !side.closing {
            if other.is_none_or(|it| !it.closing) {
                note("closing");
            }
            side.closing = true;
        }
        if flags.rst() {
            note(if other.is_some_and(waits) { "refused: nobody listens" } else { "broken off" });
        } else if tcp.window == 0 && !flags.syn() {
            note("window 0");
        }
        if is_new {
            side.used = end;
        }
        let numbers = is_known.then_some((seq, other.map(|it| it.first)));
        (label(tcp, payload, numbers, establishes), notes)
    }
}

/// What stands on a segment's arrow. Numbers count from the connection's first where that was seen.
fn label(tcp: &Tcp, payload: &[u8], numbers: Option<(u32, Option<u32>)>, first: bool) -> Label {
    let flags = tcp.flags;
    let mut words: Vec<String> = Vec::new();
    for (is_set, name) in [(flags.syn(), "SYN"), (flags.fin(), "FIN"), (flags.rst(), "RST")] {
        if is_set {
            words.push(name.into());
        }
    }
    if flags.ack() && (flags.syn() || (words.is_empty() && payload.is_empty())) {
        words.push("ACK".into());
        let next = numbers.and_then(|(_, other)| Some(tcp.ack?.wrapping_sub(other?)));
        if let Some(next) = next.filter(|_| !flags.syn() && !first) {
            words.push(next.to_string());
        }
    }
    let before = words.join(" ");
    if payload.is_empty() && before.is_empty() {
        return Label::words("TCP without flags");
    }
    if payload.is_empty() {
        return Label::words(before);
    }
    let seq = numbers.map(|(seq, _)| format!(", seq {seq}")).unwrap_or_default();
    let after = format!("{}{seq}", counted(payload.len()));
    Label { before, payload: Some(Payload::from(payload)), after }
}
