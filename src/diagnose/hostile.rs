//! Causes that only hostile input brings to light: bytes that are no text, messages that are too
//! long or empty, answers that come as questions, control characters, a flood.

use super::{Case, Cause, Finding};
use crate::evidence::Expectation;

pub(super) const CAUSES: &[Cause] = &[
    Cause { id: "udp-answers-answers", shows: answers_answers },
    Cause { id: "out-raw-controls", shows: raw_controls },
    Cause { id: "mem-keeps-messages", shows: keeps_messages },
    Cause { id: "udp-empty-not-served", shows: empty },
    Cause { id: "ack-marker-anywhere", shows: marker_anywhere },
    Cause { id: "size-limit-wrong", shows: refused_too_early },
    Cause { id: "size-limit-wrong", shows: not_refused },
    Cause { id: "size-cut-not-refused", shows: cut_not_refused },
    Cause { id: "size-refused-silently", shows: refused_silently },
    Cause { id: "enc-bytes-replaced", shows: replaced },
];

/// What marks an answer, so that no server answers it.
const MARKERS: [&[u8]; 2] = [b"Server acknowledges: ", b"Error: "];

/// The answer that should have come, and the one that came, if any did.
fn answers<'e>(case: &Case<'e>) -> Option<(&'e [u8], Option<&'e [u8]>)> {
    let Expectation::Answer { payload, .. } = &case.unmet.expectation else { return None };
    Some((payload.bytes(), case.unmet.instead.as_ref().map(|instead| instead.bytes())))
}

/// What a server of its kind acknowledges in its answer.
fn acknowledged(answer: &[u8]) -> Option<&[u8]> {
    answer.strip_prefix(MARKERS[0])
}

fn answers_answers(case: &Case<'_>) -> Option<Finding> {
    matches!(case.unmet.expectation, Expectation::Silence).then_some(())?;
    Finding::new(
        "your server answers what is an answer itself: another such server would answer that, and \
         so on without an end",
        "look at how a message begins before you answer: `Server acknowledges: ` and `Error: ` get \
         none, however long the message is",
    )
}

fn raw_controls(case: &Case<'_>) -> Option<Finding> {
    matches!(case.unmet.expectation, Expectation::Escaped).then_some(())?;
    Finding::new(
        "control characters of the message go to the terminal as they came: whoever sends them can \
         clear your log, or write lines into it that nobody sent",
        "escape them where you print (Rust: escape_debug(), Python: repr())",
    )
}

fn keeps_messages(case: &Case<'_>) -> Option<Finding> {
    matches!(case.unmet.expectation, Expectation::Memory { .. }).then_some(())?;
    Finding::new(
        "your server needs more memory with every message: it keeps what it has already answered",
        "keep nothing of a message once it is answered, or no more than a fixed number of them",
    )
}

fn empty(case: &Case<'_>) -> Option<Finding> {
    let (_, came) = answers(case)?;
    (came.is_none() && case.last_sent()?.is_empty()).then_some(())?;
    let message = match case.unmet.exit {
        Some(_) => {
            "your server ended at an empty datagram: a length of 0 ends a stream, but UDP has none"
        }
        None => {
            "an empty datagram got no answer: a length of 0 is a message without bytes, not the \
             lack of one"
        }
    };
    Finding::new(message, "take the test for a length of 0 out, and treat it as any other length")
}

fn marker_anywhere(case: &Case<'_>) -> Option<Finding> {
    let (_, came) = answers(case)?;
    let sent = case.last_sent()?;
    let inside = |marker: &&[u8]| sent.windows(marker.len()).any(|part| part == *marker);
    let begins = MARKERS.iter().any(|marker| sent.starts_with(marker));
    (came.is_none() && !begins && MARKERS.iter().any(inside)).then_some(())?;
    Finding::new(
        "a message that only mentions the words of an answer got none: those words mark an answer \
         where it begins, and nowhere else",
        "look at the beginning only (Rust: starts_with, Python: startswith, C: memcmp)",
    )
}

/// The error came where the acknowledgement should. A short message, or one that is no text, may be
/// refused for another reason than its length.
fn refused_too_early(case: &Case<'_>) -> Option<Finding> {
    let (expected, came) = answers(case)?;
    let message = acknowledged(expected)?;
    let length = message.len();
    let is_for_its_length = length > 255 && std::str::from_utf8(message).is_ok();
    (is_for_its_length && came?.starts_with(MARKERS[1])).then_some(())?;
    Finding::new(
        format!("a message of {length} bytes is refused: the limit is a length that still counts"),
        "refuse what is longer than 1024 bytes, not what has 1024",
    )
}

/// The whole message is acknowledged where the error should have come.
fn not_refused(case: &Case<'_>) -> Option<Finding> {
    let (expected, came) = answers(case)?;
    let sent = case.last_sent()?;
    (expected.starts_with(MARKERS[1]) && acknowledged(came?)? == sent).then_some(())?;
    Finding::new(
        format!("a message of {} bytes is acknowledged: the limit is 1024 bytes", sent.len()),
        "compare the length that recvfrom returned with 1024 before you answer",
    )
}

/// A part of the message is acknowledged where the error should have come.
fn cut_not_refused(case: &Case<'_>) -> Option<Finding> {
    let (expected, came) = answers(case)?;
    let (sent, kept) = (case.last_sent()?, acknowledged(came?)?);
    let is_cut = kept.len() < sent.len() && sent.starts_with(kept);
    (expected.starts_with(MARKERS[1]) && is_cut).then_some(())?;
    Finding::new(
        format!(
            "a message of {} bytes was cut to {} and acknowledged: whoever sent it takes it for \
             received",
            sent.len(),
            kept.len()
        ),
        "make the buffer one byte larger than the longest message: more than 1024 bytes received \
         means that it was too long",
    )
}

/// Neither an acknowledgement nor the error came, and the server is still there.
fn refused_silently(case: &Case<'_>) -> Option<Finding> {
    let (expected, came) = answers(case)?;
    let silent = came.is_none() && case.unmet.exit.is_none();
    (silent && expected.starts_with(MARKERS[1])).then_some(())?;
    Finding::new(
        format!(
            "a message of {} bytes got no answer: whoever sent it cannot tell that from one that \
             was lost, and sends it again",
            case.last_sent()?.len()
        ),
        "answer what is too long with the error that the handout gives",
    )
}

/// The bytes that are not text came back as others, or not at all.
fn replaced(case: &Case<'_>) -> Option<Finding> {
    let (expected, came) = answers(case)?;
    std::str::from_utf8(expected).is_err().then_some(())?;
    let ascii = |bytes: &[u8]| -> Vec<u8> {
        bytes.iter().copied().filter(|byte| byte.is_ascii() && *byte != b'?').collect()
    };
    (ascii(expected) == ascii(came?)).then_some(())?;
    Finding::new(
        "bytes that are not UTF-8 came back as others: the answer was made of the decoded text",
        "answer with the bytes that recvfrom gave you, and decode only what you print",
    )
}
