//! Bytes as people can read them.

use std::fmt::{self, Display, Write};

use serde::{Serialize, Serializer};

/// Bytes that a program sent or printed.
///
/// They need not be text. Shown, they stand in double quotes; what cannot be printed is escaped
/// as in Rust and C: `\n`, `\0`, `\xff`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Payload(Vec<u8>);

/// How many characters of a long payload are shown at its beginning, and half of it at its end.
const SHOWN: usize = 80;

impl Payload {
    /// The bytes themselves.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes in quotes, the middle of a long payload left out.
    pub fn short(&self) -> String {
        let pieces = pieces(&self.0);
        if pieces.len() <= SHOWN + SHOWN / 2 {
            return self.to_string();
        }
        let head: String = pieces[..SHOWN].concat();
        let tail: String = pieces[pieces.len() - SHOWN / 4..].concat();
        format!("\"{head}\" … \"{tail}\" ({} bytes)", self.0.len())
    }

    /// The bytes as text, in which nothing that a terminal would obey is left.
    pub fn plain(&self) -> String {
        pieces(&self.0).concat()
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

/// Where two payloads first differ: the number of shown characters before that place, the opening
/// quote included. `None` when they are the same.
pub fn first_difference(expected: &[u8], observed: &[u8]) -> Option<usize> {
    if expected == observed {
        return None;
    }
    let (a, b) = (pieces(expected), pieces(observed));
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y);
    Some(1 + same.map(|(x, _)| x.chars().count()).sum::<usize>())
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
    fn a_long_payload_keeps_its_beginning_and_its_end() {
        let shown = Payload::from("x".repeat(1024)).short();
        assert!(shown.ends_with("(1024 bytes)"), "{shown}");
        assert!(shown.chars().count() < 140, "{shown}");
    }

    #[test]
    fn the_first_difference_is_counted_in_shown_characters() {
        assert_eq!(first_difference(b"hello", b"hello"), None);
        assert_eq!(first_difference(b"hello", b"hellO"), Some(5));
        assert_eq!(first_difference("é!".as_bytes(), "é?".as_bytes()), Some(2));
        assert_eq!(first_difference(b"a\nb", b"a\nc"), Some(4));
        assert_eq!(first_difference(b"abc", b"ab"), Some(3));
    }
}
