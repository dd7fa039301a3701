//! Causes that show in the bytes: what was sent, beside what should have been.

use super::{Case, Cause, Finding, second_run};
use crate::evidence::{Expectation, Role};

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
    Cause { id: "enc-wrong-charset", shows: wide },
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

    /// What came last and is to come back: none where the lab asks for a text of its own.
    fn message(&self, case: &Case<'e>) -> Option<&'e [u8]> {
        let told = [case.last_sent(), case.typed().map(|typed| typed.bytes())];
        told.into_iter().flatten().find(|told| self.expected.ends_with(told))
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
    .and_then(Finding::or(
        "ack-canned",
        "the answer was made once, of the first message, and is sent to every other",
    ))
}

/// What came, put together, is what should have come.
fn in_pieces(case: &Case<'_>) -> Option<Finding> {
    let pair = Pair::of(case)?;
    let pieces = case.came_since_sent();
    (pieces.len() > 1 && pieces.concat().starts_with(pair.expected)).then_some(())?;
    let is_whole = pieces.contains(&pair.expected);
    (pieces[0] == pair.got && !is_whole && pair.got.len() < pair.expected.len()).then_some(())?;
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

/// Where the message ends, an earlier and longer one goes on.
fn leftover(case: &Case<'_>) -> Option<Finding> {
    let surplus = Pair::of(case)?.surplus()?;
    let length = case.last_sent()?.len();
    let text = surplus.split(|&byte| byte == 0).next().filter(|text| text.len() > 1)?;
    let goes_on = |sent: &[u8]| {
        let rest = sent.get(length..).filter(|rest| !rest.is_empty());
        rest.is_some_and(|rest| rest.starts_with(text) || text.starts_with(rest))
    };
    case.sent().any(goes_on).then_some(())?;
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
    // With the lab's text at its beginning it is right, and something more.
    let has_own = !before.is_empty() && !before.starts_with(prefix);
    (!prefix.is_empty() && !message.is_empty() && has_own).then_some(())?;
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

/// The first word, and no other after it in a datagram of its own.
fn first_word(case: &Case<'_>) -> Option<Finding> {
    let pair = Pair::of(case)?;
    let message = pair.message(case).unwrap_or(pair.expected);
    let got = pair.got.strip_prefix(pair.prefix(message))?;
    let word = std::str::from_utf8(message).ok()?.split_whitespace().next()?;
    (word.as_bytes() == got && case.came_since_sent().len() <= 1).then_some(())?;
    match case.role {
        Role::Client => Finding::new(
            "only the first word of the line is sent",
            "read the whole line (C: fgets, not scanf(\"%s\"); Rust: read_line)",
        ),
        _ => Finding::new(
            "only the first word of the message is sent back",
            "send back all that recvfrom gave you, spaces too: split and scanf stop at the first",
        ),
    }
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
    // A text of the program's own goes through no buffer.
    let message = pair.message(case)?;
    let kept = pair.got.len().checked_sub(pair.prefix(message).len())?;
    let shorter = pair.expected.starts_with(pair.got) && kept < message.len();
    // Where a longer one came whole, there is room.
    let had_room = case.received_payloads().any(|whole| whole.len() > pair.got.len());
    (shorter && !had_room && is_cut_by_a_buffer(message, kept, pair.got.len())).then_some(())?;
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
/// True when a buffer may have cut a message after `kept` bytes, where `sent` were sent in all: people
/// give it a round size, and may keep a byte of that for a zero. What ends at the first white space
/// was cut there on purpose, and where only the last byte is missing it was taken for a line end.
fn is_cut_by_a_buffer(message: &[u8], kept: usize, sent: usize) -> bool {
    let is_round = |size: usize| size.is_multiple_of(8) || size.is_multiple_of(10);
    let is_a_size = [kept, kept + 1, sent, sent + 1].into_iter().any(is_round);
    let only_the_last = kept + 1 == message.len() && !message.len().is_power_of_two();
    kept > 1 && is_a_size && !only_the_last && !ends_at_first_space(message, kept)
}

/// True when the first white space of its kind stands where a text is cut, before or behind the cut.
pub(super) fn ends_at_first_space(text: &[u8], kept: usize) -> bool {
    let is_first = |at: usize| {
        text.get(at).is_some_and(|byte| byte.is_ascii_whitespace() && !text[..at].contains(byte))
    };
    is_first(kept) || kept.checked_sub(1).is_some_and(is_first)
}

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

/// The text, or what is to come back in it, with two bytes for every letter.
fn wide(case: &Case<'_>) -> Option<Finding> {
    let pair = Pair::of(case)?;
    let message = pair.message(case).unwrap_or(pair.expected);
    let got = pair.got.strip_prefix(pair.prefix(message)).unwrap_or_default();
    (is_utf16(pair.expected, pair.got) || is_utf16(message, got)).then_some(())?;
    Finding::new(
        "the text is sent in UTF-16, with two bytes for every letter: here it is UTF-8, with one",
        "pass the bytes on as they came, or encode the text as UTF-8",
    )
}

/// True when `got` is `text` in UTF-16, with or without the mark that tells the order of its bytes.
fn is_utf16(text: &[u8], got: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let units = || std::iter::once(0xfeff).chain(text.encode_utf16());
    [u16::to_le_bytes, u16::to_be_bytes].into_iter().any(|order| {
        let wide: Vec<u8> = units().flat_map(order).collect();
        !text.is_empty() && (wide == got || wide[2..] == *got)
    })
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

/// True when `got` is `text` in Latin-1 or UTF-16, with marks in place of letters, with the low bytes of
/// their numbers, or encoded twice.
pub(super) fn is_in_another_charset(text: &str, got: &[u8]) -> bool {
    let one_byte = |c: char| u8::try_from(u32::from(c)).unwrap_or(b'?');
    let latin1: Vec<u8> = text.chars().map(one_byte).collect();
    let low_bytes: Vec<u8> = text.chars().map(|c| u32::from(c).to_le_bytes()[0]).collect();
    let twice: String = text.bytes().map(char::from).collect();
    let ascii =
        |s: &str| s.chars().filter(char::is_ascii).filter(|c| *c != '?').collect::<String>();
    // The ASCII letters are there in order, and nothing of the others.
    let same_ascii = ascii(text) == ascii(&String::from_utf8_lossy(got));
    is_utf16(text.as_bytes(), got)
        || got == latin1
        || got == low_bytes
        || got == twice.as_bytes()
        || same_ascii
}

/// The same letters and digits, with other capitals, spaces or marks between them.
fn differs_a_little(case: &Case<'_>) -> Option<Finding> {
    let pair = Pair::of(case)?;
    let letters = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        text.chars().filter(|c| c.is_alphanumeric()).collect::<String>()
    };
    let expected = letters(pair.expected);
    // Nobody types other control characters: they belong to another coding, or to bytes.
    let untyped = |bytes: &[u8]| {
        let is_untyped = |byte: &&u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
        bytes.iter().filter(is_untyped).count()
    };
    let is_text = untyped(pair.expected) == untyped(pair.got);
    (!expected.is_empty() && is_text && expected == letters(pair.got)).then_some(())?;
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
/// length, or they are a number, or a coding of it without a space.
fn is_perhaps_made_from(answer: &[u8], message: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let mut numbers = text.split(|c: char| !c.is_ascii_digit());
    let tells_the_length = numbers.any(|number| number == message.len().to_string());
    let coded = answer.len() >= message.len() && !answer.contains(&b' ');
    // A checksum, for one.
    let is_number = answer.len() > 3 && answer.iter().all(u8::is_ascii_hexdigit);
    tells_the_length || coded || is_number
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
