//! Causes that show in the bytes: what was sent, beside what should have been.

use super::{Case, Cause, Finding, second_run};
use crate::evidence::{Expectation, What};

pub(super) const CAUSES: &[Cause] = &[
    Cause { id: "udp-replies-twice", shows: twice },
    Cause { id: "ack-one-behind", shows: one_behind },
    Cause { id: "udp-in-pieces", shows: in_pieces },
    Cause { id: "frame-line-end-sent", shows: line_end },
    Cause { id: "frame-length-off", shows: trailing_zero },
    Cause { id: "size-sends-whole-buffer", shows: zeros },
    Cause { id: "size-java-getdata", shows: leftover },
    Cause { id: "ack-prefix-missing", shows: bare_echo },
    Cause { id: "text-echoed", shows: echoed },
    Cause { id: "ack-prefix-wrong", shows: other_prefix },
    Cause { id: "udp-header-then-body", shows: length_first },
    Cause { id: "text-trimmed", shows: trimmed },
    Cause { id: "text-first-word", shows: first_word },
    Cause { id: "size-strlen-on-binary", shows: cut_at_zero },
    Cause { id: "size-of-pointer", shows: cut_at_eight },
    Cause { id: "size-recv-buffer-small", shows: cut },
    Cause { id: "enc-prints-bytes-repr", shows: repr },
    Cause { id: "enc-wrong-charset", shows: wrong_charset },
    Cause { id: "text-differs", shows: differs_a_little },
    Cause { id: "text-added", shows: added },
    Cause { id: "ack-canned", shows: canned },
];

/// What should have come, what came, and what comes after the expected in it.
struct Pair<'e> {
    expected: &'e [u8],
    got: &'e [u8],
}

impl<'e> Pair<'e> {
    fn of(case: &Case<'e>) -> Option<Pair<'e>> {
        let expected = match &case.unmet.expectation {
            Expectation::Answer { payload, .. } | Expectation::Datagram { payload, .. } => payload,
            _ => return None,
        };
        let got = case.unmet.instead.as_ref()?;
        (expected != got).then(|| Pair { expected: expected.bytes(), got: got.bytes() })
    }

    /// What follows when all that was expected came first.
    fn surplus(&self) -> Option<&'e [u8]> {
        self.got.strip_prefix(self.expected).filter(|rest| !rest.is_empty())
    }

    /// What is in both before the message: `Server acknowledges: `.
    fn prefix(&self, message: &[u8]) -> &'e [u8] {
        self.expected.strip_suffix(message).unwrap_or(&[])
    }
}

/// True when the answer to an earlier message comes where that to the last one should.
fn is_an_earlier_answer(case: &Case<'_>) -> Option<bool> {
    let pair = Pair::of(case)?;
    let last = case.last_sent()?;
    let prefix = pair.prefix(last);
    let answered = pair.got.strip_prefix(prefix).filter(|_| !prefix.is_empty())?;
    Some(answered != last && case.sent().any(|sent| sent == answered))
}

fn twice(case: &Case<'_>) -> Option<Finding> {
    (is_an_earlier_answer(case)? && case.received() > case.sent().count()).then_some(())?;
    Finding::new(
        "your server answers an earlier message once more: one datagram gets more than one answer",
        "send one answer for each recvfrom",
    )
}

/// As many answers as messages, but each is that to the message before.
fn one_behind(case: &Case<'_>) -> Option<Finding> {
    is_an_earlier_answer(case)?.then_some(())?;
    Finding::new(
        "the answer acknowledges an earlier message: your server keeps what came, and answers with \
         it one message too late",
        "build the answer from what this recvfrom returned, and then send it",
    )
}

/// What came, put together, is what should have come.
fn in_pieces(case: &Case<'_>) -> Option<Finding> {
    let pair = Pair::of(case)?;
    let mut pieces: Vec<&[u8]> = Vec::new();
    for what in case.evidence.all() {
        match what {
            What::Sent { .. } => pieces.clear(),
            What::Received { payload, .. } => pieces.push(payload.bytes()),
            _ => {}
        }
    }
    (pieces.len() > 1 && pieces.concat().starts_with(pair.expected)).then_some(())?;
    (pair.got.len() < pair.expected.len()).then_some(())?;
    Finding::new(
        format!(
            "it comes in {} pieces: with UDP every send makes a datagram of its own, and nothing \
             puts them together",
            pieces.len()
        ),
        "put the whole text together first, then send it with one call",
    )
}

fn line_end(case: &Case<'_>) -> Option<Finding> {
    let surplus = Pair::of(case)?.surplus()?;
    matches!(surplus, b"\n" | b"\r\n" | b"\r").then_some(())?;
    Finding::new(
        "a line end is sent with the message: it belongs to the terminal, not to the message",
        "take the line end off before you send, and print with it",
    )
}

fn trailing_zero(case: &Case<'_>) -> Option<Finding> {
    (Pair::of(case)?.surplus()? == b"\0").then_some(())?;
    Finding::new(
        "a zero byte is sent after the text: it ends a string in C's memory, but is no part of it",
        "send strlen(text) bytes, not strlen(text) + 1 or sizeof text",
    )
}

fn zeros(case: &Case<'_>) -> Option<Finding> {
    let pair = Pair::of(case)?;
    let surplus = pair.surplus()?;
    surplus.iter().all(|&byte| byte == 0).then_some(())?;
    Finding::new(
        format!(
            "the whole buffer is sent, {} bytes, though the message has only {}",
            pair.got.len(),
            pair.expected.len()
        ),
        "send only as many bytes as recvfrom said it had received, or as the text has",
    )
}

fn leftover(case: &Case<'_>) -> Option<Finding> {
    let surplus = Pair::of(case)?.surplus()?;
    let text: Vec<u8> = surplus.iter().copied().take_while(|&byte| byte != 0).collect();
    let earlier = |sent: &[u8]| sent.windows(text.len().max(1)).any(|window| window == text);
    (text.len() > 1 && case.sent().any(earlier)).then_some(())?;
    Finding::new(
        "after the message come bytes of an earlier, longer one: they were still in the buffer",
        "use only the first n bytes of the buffer, where n is what the receive returned",
    )
}

fn bare_echo(case: &Case<'_>) -> Option<Finding> {
    let (pair, message) = (Pair::of(case)?, case.last_sent()?);
    let prefix = pair.prefix(message);
    (!prefix.is_empty() && pair.got == message).then_some(())?;
    Finding::new(
        "the message comes back as it was: the acknowledgement must begin with \
         `Server acknowledges: `",
        "put the prefix before the message's bytes",
    )
}

/// The message comes back where the lab asks for a text of the server's own.
fn echoed(case: &Case<'_>) -> Option<Finding> {
    let (pair, message) = (Pair::of(case)?, case.last_sent()?);
    (pair.got == message && pair.prefix(message).is_empty()).then_some(())?;
    Finding::new(
        "the message comes back as it was: this lab's answer is a text of its own",
        "send the text that the handout gives, whatever the message says",
    )
}

fn other_prefix(case: &Case<'_>) -> Option<Finding> {
    let (pair, message) = (Pair::of(case)?, case.last_sent()?);
    let prefix = pair.prefix(message);
    let before = pair.got.strip_suffix(message)?;
    (!prefix.is_empty() && !before.is_empty() && before != prefix).then_some(())?;
    Finding::new(
        "the message comes back whole, but the text before it is not the lab's, to the letter",
        "begin the answer with `Server acknowledges: `, and nothing before or after it",
    )
}

fn length_first(case: &Case<'_>) -> Option<Finding> {
    let pair = Pair::of(case)?;
    let length = pair.expected.len() as u64;
    let bytes = length.to_be_bytes();
    let lengths: [&[u8]; 3] = [&bytes[7..], &bytes[6..], &bytes[4..]];
    let little = (length as u32).to_le_bytes();
    (lengths.contains(&pair.got) || pair.got == little).then_some(())?;
    Finding::new(
        "the length is sent first, as over a stream; with UDP that is a datagram of its own",
        "send the message alone: a datagram keeps its own length",
    )
}

fn trimmed(case: &Case<'_>) -> Option<Finding> {
    let pair = Pair::of(case)?;
    let message = case.last_sent().or(case.typed().map(|typed| typed.bytes()))?;
    let prefix = pair.prefix(message);
    let got = pair.got.strip_prefix(prefix)?;
    let text = std::str::from_utf8(message).ok()?;
    let ways = [text.trim(), text.trim_start(), text.trim_end()];
    ways.iter().any(|way| way.as_bytes() == got && *way != text).then_some(())?;
    Finding::new(
        "the spaces at the ends of the message are gone: they are part of it",
        "take off only the line end (Rust: trim_end_matches(['\\n', '\\r']); Python: rstrip(\"\\n\"))",
    )
}

fn first_word(case: &Case<'_>) -> Option<Finding> {
    let pair = Pair::of(case)?;
    let text = std::str::from_utf8(pair.expected).ok()?;
    (text.split_whitespace().next()?.as_bytes() == pair.got).then_some(())?;
    Finding::new(
        "only the first word of the line is sent",
        "read the whole line (C: fgets, not scanf(\"%s\"); Rust: read_line)",
    )
}

fn cut_at_zero(case: &Case<'_>) -> Option<Finding> {
    let pair = Pair::of(case)?;
    let zero = pair.expected.iter().position(|&byte| byte == 0)?;
    (pair.got == &pair.expected[..zero]).then_some(())?;
    Finding::new(
        "the message ends at its first zero byte: strings end there, bytes do not",
        "carry the length that the receive returned, and do not look for the end",
    )
}

/// As many bytes as an address in memory has: `sizeof` of a pointer.
fn cut_at_eight(case: &Case<'_>) -> Option<Finding> {
    let pair = Pair::of(case)?;
    let is_cut = pair.expected.starts_with(pair.got) && pair.got.len() < pair.expected.len();
    (is_cut && pair.got.len() == size_of::<usize>()).then_some(())?;
    Finding::new(
        format!(
            "only the first {} bytes are sent: that is the size of a pointer, not of the text to \
             which it points",
            pair.got.len()
        ),
        "in C give strlen(text), or the length that you were told; sizeof text is right only for an \
         array",
    )
    .and_then(Finding::unless(
        second_run::sends_less,
        "size-recv-buffer-small",
        format!("a buffer that it goes through holds no more than {} bytes", pair.got.len()),
        LARGER,
    ))
}

fn cut(case: &Case<'_>) -> Option<Finding> {
    let pair = Pair::of(case)?;
    let message = case.last_sent().unwrap_or(pair.expected);
    let shorter = pair.expected.starts_with(pair.got) && pair.got.len() < pair.expected.len();
    let prefix = pair.prefix(message).len();
    let kept = pair.got.len().saturating_sub(prefix);
    // Nobody makes a buffer that small: then the message is missing for another reason.
    (shorter && kept > 1).then_some(())?;
    Finding::new(
        format!(
            "the message is cut after {kept} of its {} bytes: a buffer that it goes through is no \
             larger, and what does not fit is thrown away",
            message.len()
        ),
        LARGER,
    )
}

const LARGER: &str =
    "let every buffer hold the longest message, 1024 bytes, and the text before it";

/// A text that shows bytes in a language's notation: `b'…'`, `[72, 101]`, `"\u{e9}"`.
fn repr(case: &Case<'_>) -> Option<Finding> {
    let pair = Pair::of(case)?;
    let got = String::from_utf8_lossy(pair.got);
    let text = String::from_utf8_lossy(pair.expected);
    let shows = [
        format!("{:?}", pair.expected),
        format!("{text:?}"),
        format!("b'{text}'"),
        format!("b\"{text}\""),
    ];
    let prefix = String::from_utf8_lossy(pair.prefix(case.last_sent().unwrap_or_default()));
    let got = got.strip_prefix(prefix.as_ref()).unwrap_or(&got);
    let numbers = |c: char| c.is_ascii_digit() || " ,[]".contains(c);
    let list = got.starts_with('[') && got.ends_with(']') && got.chars().all(numbers);
    let bytes = got.starts_with("b'") || got.starts_with("b\"");
    (shows.iter().any(|shown| *shown == got) || list || bytes || got.contains("b'"))
        .then_some(())?;
    Finding::new(
        "what is sent is the bytes as the language would print them for a programmer, not the \
         bytes",
        "send the bytes themselves (Python: no str() around bytes; Rust: as_bytes(), no {:?})",
    )
}

fn wrong_charset(case: &Case<'_>) -> Option<Finding> {
    let pair = Pair::of(case)?;
    let text = std::str::from_utf8(pair.expected).ok()?;
    (!text.is_ascii() && is_in_another_charset(text, pair.got)).then_some(())?;
    Finding::new(
        "the letters that are not ASCII are gone or changed: the text was not sent as UTF-8",
        "pass the bytes on as they came, or encode the text as UTF-8",
    )
}

/// True when `got` is `text` in Latin-1 or UTF-16, with marks in place of letters, or encoded twice.
pub(super) fn is_in_another_charset(text: &str, got: &[u8]) -> bool {
    let one_byte = |c: char| u8::try_from(u32::from(c)).unwrap_or(b'?');
    let latin1: Vec<u8> = text.chars().map(one_byte).collect();
    let twice: String = text.bytes().map(char::from).collect();
    let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let utf16 = got == wide(u16::to_le_bytes) || got == wide(u16::to_be_bytes);
    let ascii =
        |s: &str| s.chars().filter(char::is_ascii).filter(|c| *c != '?').collect::<String>();
    // The ASCII letters are there in order, and nothing of the others.
    let same_ascii = ascii(text) == ascii(&String::from_utf8_lossy(got));
    utf16 || got == latin1 || got == twice.as_bytes() || same_ascii
}

/// The same letters and digits, with other capitals, spaces or marks between them.
fn differs_a_little(case: &Case<'_>) -> Option<Finding> {
    let pair = Pair::of(case)?;
    let letters = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        text.chars().filter(|c| c.is_alphanumeric()).collect::<String>()
    };
    let expected = letters(pair.expected);
    (!expected.is_empty() && expected == letters(pair.got)).then_some(())?;
    Finding::new(
        "it is the right text but for capitals, spaces or marks: to a program those are other bytes",
        "compare the two texts above from the mark on, and send the very bytes that are expected",
    )
}

/// All of the message is there, and something else with it.
fn added(case: &Case<'_>) -> Option<Finding> {
    let pair = Pair::of(case)?;
    let message = case.last_sent().filter(|message| !pair.prefix(message).is_empty());
    let message = message.unwrap_or(pair.expected);
    (message.len() >= 4 && pair.got.windows(message.len()).any(|part| part == message))
        .then_some(())?;
    Finding::new(
        "all of the message is there, with other text before or after it that the lab does not \
         ask for",
        "send the text as the handout gives it, and nothing more",
    )
}

/// True when the bytes may be made from the message without showing its words: they tell its
/// length, or they are a coding of it without a space.
fn is_perhaps_made_from(answer: &[u8], message: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let mut numbers = text.split(|c: char| !c.is_ascii_digit());
    let tells_the_length = numbers.any(|number| number == message.len().to_string());
    let coded = answer.len() >= message.len() && !answer.contains(&b' ');
    tells_the_length || coded
}

fn canned(case: &Case<'_>) -> Option<Finding> {
    let (pair, message) = (Pair::of(case)?, case.last_sent()?);
    let prefix = pair.prefix(message);
    let answers = !prefix.is_empty() && pair.got.starts_with(prefix);
    let rest = pair.got.get(prefix.len()..)?;
    let own = !Case::has_words_of(rest, message) && !is_perhaps_made_from(rest, message);
    (answers && own).then_some(())?;
    Finding::new(
        "the acknowledgement is not made from the message that came: it says something else",
        "send back the very bytes that recvfrom gave you",
    )
}
