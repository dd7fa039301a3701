//! Text in lines that fit the terminal.

use std::ops::Range;

/// Sets prose: a line of the text is a paragraph or a list item, and goes on under its own text.
/// One that begins with four spaces is code, and stays as it is.
pub(super) fn paragraphs(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        if line.starts_with("    ") {
            out.push_str(line.trim_end());
            out.push('\n');
            continue;
        }
        let indent = marker(line);
        let (first, rest) = line.split_at(indent);
        for (at, piece) in wrap(rest, width.saturating_sub(indent)).into_iter().enumerate() {
            out.push_str(&if at == 0 { first.to_owned() } else { " ".repeat(indent) });
            out.push_str(&rest[piece]);
            out.push('\n');
        }
    }
    out
}

/// The length of what begins a list item: spaces, a dash or a number, a space.
fn marker(line: &str) -> usize {
    let text = line.trim_start();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let after =
        if digits > 0 { text[digits..].strip_prefix(". ") } else { text.strip_prefix("- ") };
    after.map_or(0, |after| line.len() - after.len())
}

/// Breaks a line at spaces into pieces of at most `width` characters. The space at a break is left
/// out; a word that is longer than a line is cut.
pub(super) fn wrap(text: &str, width: usize) -> Vec<Range<usize>> {
    let width = width.max(1);
    let mut pieces = Vec::new();
    let mut start = 0;
    while let Some((cut, _)) = text[start..].char_indices().nth(width) {
        let cut = start + cut;
        // A space just after the line is as good as one within it.
        let end = cut + usize::from(text[cut..].starts_with(' '));
        let space = text[start..end].rfind(' ').map(|at| start + at);
        match space.filter(|&space| !text[start..space].trim().is_empty()) {
            Some(space) => {
                pieces.push(start..space);
                start = space + 1;
            }
            None => {
                pieces.push(start..cut);
                start = cut;
            }
        }
    }
    pieces.push(start..text.len());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_breaks_at_spaces_and_long_words_are_cut() {
        for (text, width, lines) in [
            ("", 5, &[""][..]),
            ("one two", 7, &["one two"]),
            ("one two", 6, &["one", "two"]),
            ("one two", 3, &["one", "two"]),
            ("  one two", 5, &["  one", "two"]),
            ("a  b", 2, &["a ", "b"]),
            ("abcdefg", 3, &["abc", "def", "g"]),
            ("¿Qué tal?", 4, &["¿Qué", "tal?"]),
            ("at: «Hello»", 4, &["at:", "«Hel", "lo»"]),
            ("ab«c»", 2, &["ab", "«c", "»"]),
            ("      x", 3, &["   ", "   ", "x"]),
            ("ab", 0, &["a", "b"]),
        ] {
            let found: Vec<&str> =
                wrap(text, width).into_iter().map(|piece| &text[piece]).collect();
            assert_eq!(found, lines, "{text:?} in {width}");
        }
    }

    #[test]
    fn lists_hang_and_code_stays() {
        let text = "Some words here.\n\n- one two three\n10. one two one\n  - sub item\n\n    code that is long";
        let set = "Some words\nhere.\n\n- one two\n  three\n10. one two\n    one\n  - sub\n    item\n\n    code that is long\n";
        assert_eq!(paragraphs(text, 11), set);
    }
}
