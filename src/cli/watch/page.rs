//! What stands on the screen: as much of a text as there is room for, and below it how things stand.

use unicode_width::UnicodeWidthChar;

/// A full screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page<'a> {
    /// What is to be read. It may hold ANSI styles.
    pub(super) text: &'a str,
    /// The command that shows all of it, for a text that is cut.
    pub(super) all: &'a str,
    /// A line of news.
    pub(super) notice: Option<&'a str>,
    /// The last line.
    pub(super) status: &'a str,
}

impl Page<'_> {
    /// The bytes that clear a terminal of this many rows and columns and fill it. The last line comes
    /// first where there is no room, then the news.
    pub(super) fn draw(&self, rows: usize, columns: usize) -> String {
        let mut body = lines(self.text.trim_end(), columns);
        let mut foot: Vec<String> =
            self.notice.map(|line| first(line, columns)).into_iter().collect();
        foot.push(first(self.status, columns));
        foot.drain(..foot.len().saturating_sub(rows));
        let room = rows.saturating_sub(foot.len());
        if body.len() > room {
            let kept = room.saturating_sub(1);
            let left = body.len() - kept;
            body.truncate(kept);
            if room > 0 {
                let what = if left == 1 { "1 line more" } else { &format!("{left} lines more") };
                body.push(first(&format!("\x1b[0m… {what}: {}", self.all), columns));
            }
        }
        // Two steps, since a cleared terminal keeps its cursor.
        let mut out = format!("\x1b[2J\x1b[H{}\x1b[0m", body.join("\r\n"));
        out += &format!("\x1b[{};1H{}\x1b[0m", room + 1, foot.join("\x1b[0m\r\n"));
        out
    }
}

/// The first row of a text.
fn first(text: &str, columns: usize) -> String {
    lines(text, columns).swap_remove(0)
}

/// Sets a text in rows of at most so many columns; at least one. A row ends at a space where it can.
/// Styles stay, all else that would move the cursor goes.
fn lines(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut rows = Vec::new();
    for line in text.split('\n') {
        let mut row = Row::default();
        let mut chars = line.chars();
        while let Some(char) = chars.next() {
            match (char, char.width()) {
                ('\x1b', _) => row.text.push_str(&style(&mut chars)),
                ('\t', _) => (row.used % 8..8).for_each(|_| row.add(' ', 1, columns, &mut rows)),
                (_, None) => {}
                (_, Some(width)) if width > columns => row.add('?', 1, columns, &mut rows),
                (_, Some(width)) => row.add(char, width, columns, &mut rows),
            }
        }
        rows.push(row.text);
    }
    rows
}

/// A row as it grows.
#[derive(Debug, Default)]
struct Row {
    text: String,
    /// How many columns it fills.
    used: usize,
    /// Where it may be broken: the bytes and the columns up to the last space within the text.
    space: Option<(usize, usize)>,
}

impl Row {
    /// Adds a character; where there is no room for it, the row so far joins the others first.
    fn add(&mut self, char: char, width: usize, columns: usize, rows: &mut Vec<String>) {
        if self.used + width > columns {
            let space = self.space.take();
            // The space at a break is left out.
            if char == ' ' && self.used > 0 {
                rows.push(std::mem::take(self).text);
                return;
            }
            let (bytes, before) = space.unwrap_or((self.text.len(), self.used));
            let rest = self.text.split_off(bytes);
            rows.push(std::mem::replace(&mut self.text, rest.trim_start_matches(' ').to_owned()));
            self.used = self.used.saturating_sub(before + usize::from(space.is_some()));
        }
        if char == ' ' && self.text.contains(|char| char != ' ') {
            self.space = Some((self.text.len(), self.used));
        }
        self.text.push(char);
        self.used += width;
    }
}

/// Reads on after an escape character: a style as it stands, nothing for any other sequence.
fn style(chars: &mut std::str::Chars<'_>) -> String {
    let mut sequence = String::from("\x1b");
    match chars.next() {
        Some('[') => sequence.push('['),
        // An operating system command, such as a link, ends with BEL or ESC \.
        Some(']') => {
            let mut last = ' ';
            for char in chars {
                if char == '\x07' || (last, char) == ('\x1b', '\\') {
                    break;
                }
                last = char;
            }
            return String::new();
        }
        _ => return String::new(),
    }
    for char in chars {
        sequence.push(char);
        if ('\x40'..='\x7e').contains(&char) {
            break;
        }
    }
    if sequence.ends_with('m') { sequence } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_set_in_rows() {
        for (text, columns, rows) in [
            ("", 5, &[""][..]),
            ("one\n\ntwo", 5, &["one", "", "two"]),
            ("abcdefg", 3, &["abc", "def", "g"]),
            ("\x1b[1mabc\x1b[0md", 3, &["\x1b[1mabc\x1b[0m", "d"]),
            ("a\tb", 20, &["a       b"]),
            ("a\r\x07b\x1b[2Jc\x1b]8;;x\x1b\\d\x1b[", 20, &["abcd"]),
            ("one two", 7, &["one two"]),
            ("one two three", 8, &["one two", "three"]),
            ("one two three", 7, &["one two", "three"]),
            ("  one two", 6, &["  one", "two"]),
            ("one \x1b[1mtwo\x1b[0m", 5, &["one", "\x1b[1mtwo\x1b[0m"]),
            ("one two three", 4, &["one", "two", "thre", "e"]),
            ("你好", 3, &["你", "好"]),
            ("你", 1, &["?"]),
            ("ab", 0, &["a", "b"]),
        ] {
            assert_eq!(lines(text, columns), rows, "{text:?} in {columns}");
        }
    }

    #[test]
    fn what_does_not_fit_is_cut_and_says_so() {
        let page = Page { text: "1\n2\n3\n4\n", all: "make check6", notice: None, status: "keys" };
        for (rows, columns, shown) in [
            (6, 30, "1\r\n2\r\n3\r\n4\x1b[0m\x1b[6;1Hkeys"),
            (5, 30, "1\r\n2\r\n3\r\n4\x1b[0m\x1b[5;1Hkeys"),
            (4, 30, "1\r\n2\r\n\x1b[0m… 2 lines more: make check6\x1b[0m\x1b[4;1Hkeys"),
            (2, 8, "\x1b[0m… 4\x1b[0m\x1b[2;1Hkeys"),
            (1, 1, "\x1b[0m\x1b[1;1Hk"),
        ] {
            let expected = format!("\x1b[2J\x1b[H{shown}\x1b[0m");
            assert_eq!(page.draw(rows, columns), expected, "{rows} rows, {columns} columns");
        }
    }

    #[test]
    fn news_stand_above_the_last_line() {
        let page = Page { text: "1\n2", all: "", notice: Some("news"), status: "keys" };
        assert!(page.draw(9, 30).ends_with("\x1b[8;1Hnews\x1b[0m\r\nkeys\x1b[0m"));
        assert!(page.draw(2, 30).ends_with("\x1b[1;1Hnews\x1b[0m\r\nkeys\x1b[0m"));
        assert!(page.draw(1, 30).ends_with("\x1b[1;1Hkeys\x1b[0m"));
    }
}
