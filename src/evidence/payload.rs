//! Bytes as people can read them.

use std::fmt::{self, Display, Write};

use serde::{Serialize, Serializer};

/// Bytes that a program sent or printed.
///
/// They need not be text. Shown, they stand in double quotes; what cannot be printed is escaped
/// as in Rust and C: `\n`, `\0`, `\xff`. What is no text at all is shown as numbers instead:
/// `<00040001>`.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Payload(Vec<u8>);

/// How many characters of a long payload are shown at its beginning, and at its end.
const HEAD: usize = 40;
const TAIL: usize = 12;

/// How many bytes of what is no text are shown in a group, and how many groups of much of it.
const GROUP: usize = 4;
const GROUPS: usize = 8;

/// How the protocol of a lab reads a datagram, in a few words: `ACK 1`. `None` where it is none of
/// this protocol's.
pub type Reading = fn(&[u8]) -> Option<String>;

/// What a datagram is in the words of a protocol, and else its bytes.
pub fn read_as(reading: Option<Reading>, bytes: &[u8]) -> String {
    let words = reading.and_then(|reading| reading(bytes));
    words.unwrap_or_else(|| Payload::from(bytes).short())
}

impl Payload {
    /// The bytes themselves.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// True when hardly any of it can be printed: then numbers say more. Zeros say nothing of that: they
    /// are part of a number, or the rest of a buffer in which a text is.
    pub fn is_binary(&self) -> bool {
        let is_printed = |c: &char| !c.is_control() && !is_invisible(*c) || c.is_whitespace();
        let valid = self.0.utf8_chunks().flat_map(|chunk| chunk.valid().chars());
        let printed: usize = valid.filter(is_printed).map(char::len_utf8).sum();
        let others = self.0.iter().filter(|&&byte| byte != 0).count();
        self.0.len() >= GROUP && 2 * printed < others
    }

    /// The bytes as numbers in groups of four bytes: at most so many groups, the first ones and the
    /// last one. In place of what is left out there is an ellipsis.
    pub fn hex(&self, most: usize) -> String {
        let group = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut groups: Vec<String> = self.0.chunks(GROUP).map(group).collect();
        if groups.len() > most {
            let last = groups.len() - usize::from(most > 1);
            groups.splice(most.saturating_sub(1).max(1)..last, ["…".to_owned()]);
        }
        format!("<{}>", groups.join(" "))
    }

    /// The bytes in quotes, the middle of a long payload left out; numbers where they are no text.
    pub fn short(&self) -> String {
        if self.is_binary() {
            let long = self.0.len() > GROUP * GROUPS;
            let length = if long { format!(" ({} bytes)", self.0.len()) } else { String::new() };
            return format!("{}{length}", self.hex(GROUPS));
        }
        let pieces = pieces(&self.0);
        if pieces.len() <= 2 * HEAD {
            return self.to_string();
        }
        let head: String = pieces[..HEAD].concat();
        let tail: String = pieces[pieces.len() - TAIL..].concat();
        format!("\"{head}\" … \"{tail}\" ({} bytes)", self.0.len())
    }

    /// The bytes as text, in which nothing that a terminal would obey is left, and quotes and
    /// backslashes are escaped.
    pub fn plain(&self) -> String {
        pieces(&self.0).concat()
    }

    /// The bytes as text that stands without quotes around it.
    pub fn unquoted(&self) -> String {
        let quoted = |piece: String| match piece.as_str() {
            "\\\"" => "\"".into(),
            "\\\\" => "\\".into(),
            _ => piece,
        };
        pieces(&self.0).into_iter().map(quoted).collect()
    }
}

impl<T: AsRef<[u8]>> From<T> for Payload {
    fn from(bytes: T) -> Payload {
        Payload(bytes.as_ref().to_vec())
    }
}

impl Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.plain())
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.plain())
    }
}

/// The bytes one printable piece each: a character, or an escape.
fn pieces(bytes: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    for chunk in bytes.utf8_chunks() {
        out.extend(chunk.valid().chars().map(piece));
        out.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    out
}

fn piece(c: char) -> String {
    match c {
        '\n' => "\\n".into(),
        '\r' => "\\r".into(),
        '\t' => "\\t".into(),
        '\0' => "\\0".into(),
        '"' => "\\\"".into(),
        '\\' => "\\\\".into(),
        c if c.is_control() || is_invisible(c) => {
            let mut escaped = String::new();
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                // Writing to a String cannot fail.
                let _ = write!(escaped, "\\x{byte:02x}");
            }
            escaped
        }
        c => c.to_string(),
    }
}

/// Characters that change the direction of what follows, or that take no room at all.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Two payloads that differ, shown so that the place where they part is in sight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contrast {
    /// The expected payload in quotes, or the part of it around that place.
    pub expected: String,
    /// The observed payload, or the same part of it.
    pub observed: String,
    /// How many characters of both come before that place.
    pub column: usize,
}

/// How many characters are shown before the place where two long payloads part, and after it.
const BEFORE: usize = 24;
const AFTER: usize = 16;

/// Shows where two payloads first differ; `None` when they are the same.
pub fn contrast(expected: &[u8], observed: &[u8]) -> Option<Contrast> {
    if expected == observed {
        return None;
    }
    let (a, b) = (pieces(expected), pieces(observed));
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let long = a.len().max(b.len()) > BEFORE + AFTER;
    // The beginning is shown where it fits.
    let from = if same > BEFORE + AFTER { same - BEFORE } else { 0 };
    let to = if long { same + AFTER } else { usize::MAX };
    let lead = if from > 0 { "… " } else { "" };
    let show = |pieces: &[String], bytes: &[u8]| {
        let part = pieces[from.min(pieces.len())..to.min(pieces.len())].concat();
        let (trail, length) = match long {
            true if to < pieces.len() => (" …", format!(" ({} bytes)", bytes.len())),
            true => ("", format!(" ({} bytes)", bytes.len())),
            false => ("", String::new()),
        };
        format!("{lead}\"{part}\"{trail}{length}")
    };
    let before: usize = a[from..same].iter().map(|piece| piece.chars().count()).sum();
    let column = lead.chars().count() + 1 + before;
    Some(Contrast { expected: show(&a, expected), observed: show(&b, observed), column })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_as_text_where_they_are_text() {
        let cases: [(&[u8], &str); 6] = [
            (b"hello", r#""hello""#),
            ("Grüße".as_bytes(), "\"Grüße\""),
            (b"a\0b\n", r#""a\0b\n""#),
            (b"\xff\xfe\x80", r#""\xff\xfe\x80""#),
            (b"\x1b[31m", r#""\x1b[31m""#),
            (b"say \"hi\" \\", r#""say \"hi\" \\""#),
        ];
        for (bytes, shown) in cases {
            assert_eq!(Payload::from(bytes).to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_text_is_shown_as_numbers() {
        let short = |bytes: &[u8]| Payload::from(bytes).short();
        assert_eq!(short(b"\0\x04\0\x01"), "<00040001>");
        assert_eq!(short(b"\0\x04\0\x01\x02"), "<00040001 02>");
        let long: Vec<u8> = (0x80..0xc0).collect();
        let shown = short(&long);
        assert!(shown.starts_with("<80818283 84858687 "), "{shown}");
        assert!(shown.ends_with(" … bcbdbebf> (64 bytes)"), "{shown}");
        // Mostly text, too little to say, a text in a buffer, and a buffer without one.
        for (bytes, text) in [
            (&b"\0\x01name\0octet\0"[..], r#""\0\x01name\0octet\0""#),
            (b"\xff\xfe\x80", r#""\xff\xfe\x80""#),
            (b"Hi\0\0\0\0\0\0", r#""Hi\0\0\0\0\0\0""#),
            (b"'Hi\0\0\0\0\0\0'", r#""'Hi\0\0\0\0\0\0'""#),
            (b"\0\0\0\0", r#""\0\0\0\0""#),
        ] {
            assert_eq!(short(bytes), text);
        }
    }

    #[test]
    fn a_protocol_reads_what_is_its_own() {
        let reading: Reading = |bytes| (bytes == b"\0\x04\0\x01").then(|| "ACK 1".to_owned());
        assert_eq!(read_as(Some(reading), b"\0\x04\0\x01"), "ACK 1");
        assert_eq!(read_as(Some(reading), b"Hello"), "\"Hello\"");
        assert_eq!(read_as(None, b"Hello"), "\"Hello\"");
    }

    #[test]
    fn a_long_payload_keeps_its_beginning_and_its_end() {
        let shown = Payload::from("x".repeat(1024)).short();
        assert!(shown.ends_with("(1024 bytes)"), "{shown}");
        assert!(shown.chars().count() < 140, "{shown}");
    }

    #[test]
    fn short_payloads_are_shown_whole_beside_each_other() {
        let contrast = |a: &str, b: &str| contrast(a.as_bytes(), b.as_bytes());
        assert_eq!(contrast("hello", "hello"), None);
        let column = |a, b| contrast(a, b).map(|contrast| contrast.column);
        assert_eq!(column("hello", "hellO"), Some(5));
        assert_eq!(column("é!", "é?"), Some(2));
        assert_eq!(column("a\nb", "a\nc"), Some(4));
        assert_eq!(column("abc", "ab"), Some(3));
    }

    #[test]
    fn long_payloads_are_shown_around_the_place_where_they_part() {
        let long = "0123456789".repeat(20);
        let cut = &long[..100];
        let shown = contrast(long.as_bytes(), cut.as_bytes()).unwrap();
        assert_eq!(shown.observed, "… \"678901234567890123456789\" (100 bytes)");
        let expected = "… \"6789012345678901234567890123456789012345\" … (200 bytes)";
        assert_eq!(shown.expected, expected);
        let mark: String = shown.expected.chars().take(shown.column).collect();
        assert_eq!(mark, "… \"678901234567890123456789");
    }
}
