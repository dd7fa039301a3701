//! Finding what a program printed, in any format and any language.

/// True when the output shows any text at all, in whatever letters.
pub(super) fn has_any(output: &[u8]) -> bool {
    let output = without_escapes(&String::from_utf8_lossy(output));
    output.chars().any(|c| !c.is_whitespace() && !c.is_control())
}

/// True when the output shows `wanted`, white space aside: line ends, tabs and indents may differ,
/// and terminal colours may stand anywhere.
pub(super) fn shows(output: &[u8], wanted: &str) -> bool {
    let output = folded(&without_escapes(&String::from_utf8_lossy(output)));
    output.contains(&folded(wanted))
}

/// The output as a person reads it: without colours and cursor movements.
pub(super) fn plain(output: &[u8]) -> String {
    without_escapes(&String::from_utf8_lossy(output))
}

/// True when the output shows this port: as a decimal number that stands alone, or in hexadecimal.
pub(super) fn shows_port(output: &[u8], port: u16) -> bool {
    let output = without_escapes(&String::from_utf8_lossy(output)).to_ascii_lowercase();
    let alone = |text: &str| {
        output.match_indices(text).any(|(at, _)| {
            let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            !digit(output[..at].chars().next_back())
                && !digit(output[at + text.len()..].chars().next())
        })
    };
    let with_separator = (port >= 1000).then(|| format!("{},{:03}", port / 1000, port % 1000));
    alone(&port.to_string())
        || with_separator.is_some_and(|text| alone(&text))
        || output.contains(&format!("0x{port:x}"))
        || output.contains(&format!("0x{port:04x}"))
}

/// True when the output shows this IPv4 address, or the name that stands for loopback.
pub(super) fn shows_address(output: &[u8], address: &str) -> bool {
    shows(output, address) || (address == "127.0.0.1" && shows(output, "localhost"))
}

/// The first control character of `text` that is in the output as it is, with what follows it in
/// `text` up to the next one.
pub(super) fn raw_control<'t>(output: &[u8], text: &'t str) -> Option<&'t str> {
    let starts = text.match_indices(char::is_control).map(|(at, _)| at);
    let pieces = starts.map(|at| {
        let rest = &text[at..];
        let next = rest.char_indices().skip(1).find(|(_, c)| c.is_control());
        next.map_or(rest, |(end, _)| &rest[..end])
    });
    let mut followed = pieces.filter(|piece| piece.chars().nth(1).is_some());
    followed.find(|piece| output.windows(piece.len()).any(|window| window == piece.as_bytes()))
}

/// All white space as single spaces.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text without the escape sequences of ECMA-48 that colour it.
fn without_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\x1b[") {
        out.push_str(&rest[..at]);
        let after = &rest[at + 2..];
        let end = after.find(|c: char| ('@'..='~').contains(&c)).map_or(after.len(), |end| end + 1);
        rest = &after[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::damage::{noise, text_of};

    #[test]
    fn a_text_is_one_in_any_language() {
        for output in ["listens", "слушает\n", "聞いています", "\x1b[32m✓\x1b[0m"] {
            assert!(has_any(output.as_bytes()), "{output:?}");
        }
        for output in ["", "\r\n \t", "\0\0\x07", "\x1b[2J"] {
            assert!(!has_any(output.as_bytes()), "{output:?}");
        }
    }

    #[test]
    fn a_text_is_found_whatever_stands_around_it() {
        for output in [
            "Message from client: 'copper walnut 12'\n",
            "copper walnut 12",
            "> copper\twalnut  12\r\n",
            "{\"text\":\"copper walnut 12\"}",
            "\x1b[32mcopper\x1b[0m walnut 12",
            "b'copper walnut 12'",
        ] {
            assert!(shows(output.as_bytes(), "copper walnut 12"), "{output:?}");
        }
        assert!(!shows(b"copper walnut 1", "copper walnut 12"));
    }

    #[test]
    fn a_port_is_a_number_of_its_own() {
        for output in [
            "('127.0.0.1', 4070)",
            "127.0.0.1:4070",
            "[::ffff:127.0.0.1]:4070",
            "port 0xfe6",
            "4,070",
        ] {
            assert!(shows_port(output.as_bytes(), 4070), "{output}");
        }
        for output in ["14070", "40701", "407", ""] {
            assert!(!shows_port(output.as_bytes(), 4070), "{output}");
        }
    }

    #[test]
    fn a_control_character_is_raw_only_with_what_follows_it_in_the_message() {
        let message = "copper\x1b[2Jwalnut\rpebble";
        let raw = |output: &str| raw_control(output.as_bytes(), message);
        assert_eq!(raw("copper\x1b[2Jwalnut\\rpebble\n"), Some("\x1b[2Jwalnut"));
        assert_eq!(raw("copper\\x1b[2Jwalnut\rpebble\n"), Some("\rpebble"));
        // The colors and line ends are the program's own.
        assert_eq!(raw("\x1b[32mcopper^[[2Jwalnut^Mpebble\x1b[0m\r\n"), None);
        assert_eq!(raw(""), None);
        assert_eq!(raw_control(b"one\n\n\n", "one\n"), None);
    }

    #[test]
    fn an_unended_escape_swallows_the_rest_and_nothing_else() {
        assert_eq!(without_escapes("a\x1b[31mb\x1b[0"), "ab");
        assert_eq!(without_escapes("plain"), "plain");
    }

    const PIECES: &[&str] = &["\x1b[", "\x1b[31m", "m", "4070", "0x", " ", "\n", "\r", "\u{85}"];

    proptest! {
        #[test]
        fn any_output_is_survived(output in noise(), text in text_of(PIECES), port: u16) {
            for output in [&output[..], text.as_bytes()] {
                let _ = (shows(output, &text), raw_control(output, &text));
                let _ = (shows_port(output, port), shows_address(output, "127.0.0.1"));
            }
        }

        /// Also one that is cut in the middle of a character.
        #[test]
        fn a_text_is_shown_wherever_it_stands(
            before in "[^\x1b]{0,9}",
            after in noise(),
            cut in 0..4_usize,
        ) {
            let before = &before.as_bytes()[cut.min(before.len())..];
            for wanted in ["copper walnut", "grüße"] {
                let output = [before, b" ", wanted.as_bytes(), b" ", &after].concat();
                prop_assert!(shows(&output, wanted));
            }
        }

        #[test]
        fn a_port_is_shown_among_whatever_is_no_digit(
            before in "[^0-9\x1b]{0,9}",
            after in "\\D{0,9}",
            port: u16,
        ) {
            let shown = format!("{before}{port}{after}");
            prop_assert!(shows_port(shown.as_bytes(), port));
        }
    }
}
