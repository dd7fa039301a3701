//! What a program has printed and the transcript has not covered yet.

/// What a program has printed and the transcript has not covered yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Output {
    bytes: Vec<u8>,
    /// How many of the bytes are covered.
    taken: usize,
}

/// The next line, or as much of it as has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Its text, without its line end if that has arrived.
    pub(super) text: &'a [u8],
    /// How many bytes it takes, with its line end.
    pub(super) length: usize,
    /// Whether its line end has arrived.
    pub(super) is_complete: bool,
}

impl Output {
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.taken);
        self.taken = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next line. It ends in `\n` or `\r\n`; a `\r` elsewhere is text.
    pub(super) fn line(&self) -> Line<'_> {
        let rest = &self.bytes[self.taken..];
        match rest.iter().position(|byte| *byte == b'\n') {
            Some(newline) => {
                let text = rest[..newline].strip_suffix(b"\r").unwrap_or(&rest[..newline]);
                Line { text, length: newline + 1, is_complete: true }
            }
            None => Line { text: rest, length: rest.len(), is_complete: false },
        }
    }

    /// Covers the next `length` bytes.
    pub(super) fn take(&mut self, length: usize) {
        self.taken = self.bytes.len().min(self.taken + length);
    }

    /// Whether everything is covered.
    pub(super) fn is_empty(&self) -> bool {
        self.taken == self.bytes.len()
    }

    /// How many lines are not covered, a last one without a line end included.
    pub(super) fn lines(&self) -> usize {
        self.bytes[self.taken..].split_inclusive(|byte| *byte == b'\n').count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_lines(bytes: &[u8]) -> Vec<(&str, bool)> {
        let mut output = Output::default();
        output.feed(bytes);
        let mut lines = Vec::new();
        while !output.is_empty() {
            let line = output.line();
            let text = bytes[output.taken..][..line.text.len()].utf8_chunks().next();
            lines.push((text.map_or("", |chunk| chunk.valid()), line.is_complete));
            output.take(line.length);
        }
        lines
    }

    #[test]
    fn lines_end_in_either_line_end() {
        assert_eq!(
            all_lines(b"a\nb\r\n\r\n\nc\rd\n\r\r\ne"),
            [
                ("a", true),
                ("b", true),
                ("", true),
                ("", true),
                ("c\rd", true),
                ("\r", true),
                ("e", false)
            ]
        );
        assert_eq!(all_lines(b""), []);
    }

    #[test]
    fn what_is_covered_is_gone_and_what_comes_is_appended() {
        let mut output = Output::default();
        output.feed(b"prompt: li");
        output.take(8);
        output.feed(b"ne\r");
        assert_eq!(output.line().text, b"line\r");
        output.feed(b"\nrest");
        assert_eq!(output.line(), Line { text: b"line", length: 6, is_complete: true });
        assert_eq!(output.lines(), 2);
        output.take(100);
        assert!(output.is_empty());
        assert_eq!(output.lines(), 0);
    }
}
