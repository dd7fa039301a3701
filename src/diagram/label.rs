//! What stands on an arrow.

use unicode_width::UnicodeWidthStr;

use crate::evidence::Payload;

/// What an arrow carries: words, a payload, words. Where it must be short, the payload gives way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// `FIN`.
    pub before: String,
    /// The bytes that are carried.
    pub payload: Option<Payload>,
    /// `5 bytes`.
    pub after: String,
}

impl Label {
    /// A label of words alone.
    pub fn words(words: impl Into<String>) -> Label {
        Label { before: words.into(), ..Label::default() }
    }

    /// A payload and its length.
    pub fn payload(bytes: &[u8]) -> Label {
        Label {
            before: String::new(),
            payload: Some(Payload::from(bytes)),
            after: counted(bytes.len()),
        }
    }

    /// The label in at most so many columns.
    pub fn fit(&self, columns: usize) -> String {
        let parts = self.parts(columns);
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        cut(&parts.join(" "), columns)
    }

    /// The words before, the payload in quotes, the words after; a payload of which nothing could
    /// be shown is empty.
    pub(super) fn parts(&self, columns: usize) -> [String; 3] {
        let words: usize = [&self.before, &self.after]
            .iter()
            .filter(|it| !it.is_empty())
            .map(|it| it.width() + 1)
            .sum();
        let room = columns.saturating_sub(words);
        let payload = self.payload.as_ref().and_then(|payload| quoted(payload.bytes(), room));
        [self.before.clone(), payload.unwrap_or_default(), self.after.clone()]
    }
}

/// A number of bytes, in words.
pub(super) fn counted(bytes: usize) -> String {
    match bytes {
        1 => "1 byte".into(),
        many => format!("{many} bytes"),
    }
}

/// Bytes in quotes, or as numbers, in at most so many columns, with an ellipsis for what is left out;
/// `None` when there is no room for any.
fn quoted(bytes: &[u8], columns: usize) -> Option<String> {
    let payload = Payload::from(bytes);
    if payload.is_binary() {
        let shown = (1..=columns / 4).rev().map(|most| payload.hex(most));
        return shown.into_iter().find(|shown| shown.width() <= columns);
    }
    let room = columns.checked_sub("\"\"".len())?;
    // Of a long payload only as much is made readable as could ever be shown.
    let near = 8 * columns + 32;
    if bytes.len() <= 2 * near {
        let shown = Payload::from(bytes).plain();
        if shown.width() <= room {
            return Some(format!("\"{shown}\""));
        }
    }
    let first = Payload::from(&bytes[..bytes.len().min(near)]).plain();
    let last = Payload::from(&bytes[bytes.len().saturating_sub(near)..]).plain();
    let room = room.checked_sub("…".width())?;
    // The end tells messages apart that begin alike.
    let end = if room < 12 { 0 } else { room / 3 };
    let end =
        fitting(Pieces::of(&last).into_iter().rev(), end, |kept, piece| piece.to_owned() + kept);
    let begin = room - end.width();
    let begin =
        fitting(Pieces::of(&first).into_iter(), begin, |kept, piece| kept.to_owned() + piece);
    (!begin.is_empty()).then(|| format!("\"{begin}…{end}\""))
}

/// As many pieces as fit in so many columns.
fn fitting<'a>(
    pieces: impl Iterator<Item = &'a str>,
    columns: usize,
    join: impl Fn(&str, &str) -> String,
) -> String {
    let mut kept = String::new();
    for piece in pieces {
        // A character may be narrower or wider together with those beside it.
        let longer = join(&kept, piece);
        if longer.width() > columns {
            break;
        }
        kept = longer;
    }
    kept
}

/// A text in at most so many columns, with an ellipsis for what is left out.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if kept.width() + 1 > columns {
            kept.pop();
            break;
        }
    }
    if columns > 0 {
        kept.push('…');
    }
    kept
}

/// The characters and the escapes of a payload's text, none of which may be cut in two.
struct Pieces<'a>(&'a str);

impl<'a> Pieces<'a> {
    fn of(text: &'a str) -> Vec<&'a str> {
        Pieces(text).collect()
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let escape = match self.0.as_bytes() {
            [b'\\', b'x', ..] => Some(4),
            [b'\\', ..] => Some(2),
            _ => None,
        };
        let length = escape.or_else(|| self.0.chars().next().map(char::len_utf8))?;
        let (piece, rest) = self.0.split_at_checked(length).unwrap_or((self.0, ""));
        self.0 = rest;
        Some(piece)
    }
}
