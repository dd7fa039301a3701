//! Markdown prose as plain text.

use pulldown_cmark::{Event, Tag, TagEnd};

/// Collects Markdown events into plain text that is ready to be wrapped.
///
/// A paragraph, a heading and a list item are one line each; paragraphs stand apart by an empty
/// line. Inline code keeps its backticks, a list item its `-` or number, indented by two spaces a
/// level. Lines of code, and of a table, are indented by four spaces and are not for wrapping. Of a
/// picture its name is told. HTML is left out.
#[derive(Debug, Default)]
pub(super) struct Prose {
    text: String,
    /// The lists that are open, the innermost last.
    lists: Vec<List>,
    /// A list item's marker was just written, and its text follows on the same line.
    after_marker: bool,
    in_code: bool,
    /// Where the paragraph begins that is open.
    paragraph: usize,
    /// The file of the picture that is open.
    picture: String,
}

#[derive(Debug)]
struct List {
    /// The next item's number; none where the list has bullets.
    number: Option<u64>,
    /// Whether an item has been written.
    begun: bool,
}

impl Prose {
    /// Takes the next event.
    pub(super) fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(Tag::Paragraph | Tag::Heading { .. }) => {
                self.begin("\n\n");
                self.paragraph = self.text.len();
            }
            Event::End(TagEnd::Paragraph) if self.is_in_table() => {
                let table = self.text.split_off(self.paragraph);
                self.text.push_str(&in_columns(&table));
            }
            Event::Start(Tag::Image { dest_url, .. }) => self.picture = dest_url.to_string(),
            Event::End(TagEnd::Image) => {
                let picture = std::mem::take(&mut self.picture);
                self.add(&format!(": {picture}"));
            }
            Event::Start(Tag::CodeBlock(_)) => {
                self.after_marker = false;
                self.begin("\n\n");
                self.in_code = true;
            }
            Event::End(TagEnd::CodeBlock) => {
                self.in_code = false;
                self.text.truncate(self.text.trim_end().len());
            }
            Event::Start(Tag::List(number)) => {
                self.lists.push(List { number: *number, begun: false });
            }
            Event::End(TagEnd::List(_)) => {
                self.lists.pop();
            }
            Event::Start(Tag::Item) => self.item(),
            Event::End(TagEnd::Item) => self.after_marker = false,
            Event::Text(text) if self.in_code => self.code(text),
            Event::Text(text) => self.add(text),
            Event::Code(code) => self.add(&format!("`{code}`")),
            Event::SoftBreak if self.is_in_table() => self.add("\n"),
            Event::SoftBreak => self.add(" "),
            Event::HardBreak => self.add("\n"),
            _ => {}
        }
    }

    /// What has been collected, if there is any, and starts afresh.
    pub(super) fn finish(&mut self) -> Option<String> {
        let text = std::mem::take(&mut self.text).trim_end().to_owned();
        (self.after_marker, self.paragraph) = (false, 0);
        (!text.is_empty()).then_some(text)
    }

    /// Begins a list item: its marker, after an empty line if it is the first of its list.
    fn item(&mut self) {
        let nested = self.lists.len().saturating_sub(1);
        let Some(list) = self.lists.last_mut() else { return };
        let gap = if nested == 0 && !list.begun { "\n\n" } else { "\n" };
        let marker = list.number.map_or("- ".to_owned(), |number| format!("{number}. "));
        list.number = list.number.map(|number| number.saturating_add(1));
        list.begun = true;
        self.begin(gap);
        self.text.push_str(&"  ".repeat(nested));
        self.text.push_str(&marker);
        self.after_marker = true;
    }

    /// Begins a block, `gap` after the one before.
    fn begin(&mut self, gap: &str) {
        if !self.text.is_empty() && !self.after_marker {
            self.text.push_str(gap);
        }
        self.after_marker = false;
    }

    /// True where the paragraph that is open is a table.
    fn is_in_table(&self) -> bool {
        self.text.get(self.paragraph..).is_some_and(|text| text.starts_with('|'))
    }

    fn add(&mut self, text: &str) {
        self.after_marker = false;
        self.text.push_str(text);
    }

    /// Adds code. A line may come in pieces, and is indented once.
    fn code(&mut self, text: &str) {
        for line in text.split_inclusive('\n') {
            if self.text.is_empty() || self.text.ends_with('\n') {
                self.text.push_str("    ");
            }
            self.text.push_str(line);
        }
    }
}

/// A table with its columns below each other, the first to the left and the others to the right.
fn in_columns(table: &str) -> String {
    let cells = |line: &str| -> Vec<String> {
        let line = line.trim().trim_matches('|');
        line.split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let is_rule = |line: &&str| line.chars().all(|c| "|-: ".contains(c));
    let rows: Vec<Vec<String>> = table.lines().filter(|line| !is_rule(line)).map(cells).collect();
    let width = |at: usize| {
        let widths = rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
        widths.max().unwrap_or(0)
    };
    let line = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(at, cell)| match at {
            0 => format!("    {cell:<0$}", width(0)),
            at => format!("  {cell:>0$}", width(at)),
        });
        cells.collect::<String>().trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::Parser;

    use super::*;

    fn prose(markdown: &str) -> String {
        let mut prose = Prose::default();
        Parser::new(markdown).for_each(|event| prose.take(&event));
        prose.finish().unwrap_or_default()
    }

    #[test]
    fn prose_becomes_lines_that_can_be_wrapped() {
        for (markdown, text) in [
            ("", ""),
            ("One\nline.\n\n\nTwo *strong* `words`.", "One line.\n\nTwo strong `words`."),
            ("See [the man page](x.html).  \nNow.", "See the man page.\nNow."),
            ("A list:\n\n- one\n- two\n\nEnd.", "A list:\n\n- one\n- two\n\nEnd."),
            ("3. one\n4. two\n   - sub", "3. one\n4. two\n  - sub"),
            ("- loose\n\n- items", "- loose\n- items"),
            ("### Head\ntext", "Head\n\ntext"),
            ("Code:\n```\na\n\n  b\n```\nEnd.", "Code:\n\n    a\n    \n      b\n\nEnd."),
            ("Code:\r\n```\r\na\r\nb\r\n```\r\nEnd.", "Code:\n\n    a\n    b\n\nEnd."),
            ("<!-- note -->\n\nText <b>bold</b>", "Text bold"),
            ("> quoted\n> text", "quoted text"),
            (
                "A:\n\n| lost | 1 % |\n|---|---:|\n| `one` | 90 % |\n| the other | 4.1 % |\n\nEnd.",
                "A:\n\n    lost         1 %\n    `one`       90 %\n    the other  4.1 %\n\nEnd.",
            ),
            ("![A plot](a.svg)\n\nEnd.", "A plot: a.svg\n\nEnd."),
            ("Or a | b,\nor c.", "Or a | b, or c."),
        ] {
            assert_eq!(prose(markdown), text, "{markdown}");
        }
    }

    #[test]
    fn prose_starts_afresh_once_it_is_finished() {
        let mut prose = Prose::default();
        prose.take(&Event::Text("one".into()));
        assert_eq!(prose.finish(), Some("one".to_owned()));
        assert_eq!(prose.finish(), None);
    }
}
