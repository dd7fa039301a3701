//! Markdown for a terminal: headings, paragraphs, lists and code, which is all that a hint and a
//! page on a cause need.

use anstyle::{AnsiColor, Style};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::report;

/// Code keeps its backticks, so that it can be told from prose without color too.
const CODE: Style = AnsiColor::Cyan.on_default();
const STRONG: Style = Style::new().bold();

/// How far everything is indented, and how far code is indented beyond that.
const INDENT: &str = "  ";
const DEEPER: &str = "    ";

/// The width up to which text is set where nothing else is known.
pub(super) const WIDTH: usize = 80;

/// Stands for a space at which no line may break, while a paragraph is set.
const GLUE: &str = "\u{a0}";

/// Markdown as text with ANSI styles, indented by two spaces.
pub(super) fn render(markdown: &str) -> String {
    page(markdown, WIDTH)
}

/// The same, set up to another width.
pub(super) fn page(markdown: &str, width: usize) -> String {
    let mut page = Page { width, ..Page::default() };
    for event in Parser::new(markdown) {
        page.take(event);
    }
    page.end_of_text();
    page.out
}

#[derive(Default)]
struct Page {
    width: usize,
    out: String,
    /// The paragraph that is being read.
    text: String,
    /// What stands before its first line.
    marker: String,
    /// The numbers of the lists that are open, the innermost last; none for one with bullets.
    lists: Vec<Option<u64>>,
    in_code: bool,
    /// Where the link leads that is being read, if that is worth saying.
    link: Option<String>,
}

impl Page {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Paragraph | Tag::Heading { .. }) => self.gap(),
            Event::End(TagEnd::Paragraph | TagEnd::Item) => self.end_of_text(),
            Event::End(TagEnd::Heading(_)) => self.heading(),
            Event::Start(Tag::Link { dest_url, .. }) => self.link = place(&dest_url),
            Event::End(TagEnd::Link) => {
                if let Some(place) = self.link.take() {
                    self.text.push_str(&format!(" ({place})"));
                }
            }
            Event::Start(Tag::List(number)) => {
                self.end_of_text();
                if self.lists.is_empty() {
                    self.gap();
                }
                self.lists.push(number);
            }
            Event::End(TagEnd::List(_)) => {
                self.lists.pop();
            }
            Event::Start(Tag::Item) => self.item(),
            Event::Start(Tag::CodeBlock(_)) => {
                self.end_of_text();
                self.gap();
                self.in_code = true;
            }
            Event::End(TagEnd::CodeBlock) => self.in_code = false,
            Event::Text(text) if self.in_code => self.code(&text),
            Event::Text(text) => self.text.push_str(&text),
            Event::Code(code) => {
                let code = code.replace(' ', GLUE);
                self.text.push_str(&format!("{CODE}`{code}`{CODE:#}"));
            }
            Event::Start(Tag::Strong) => self.text.push_str(&STRONG.render().to_string()),
            Event::End(TagEnd::Strong) => self.text.push_str(&STRONG.render_reset().to_string()),
            Event::SoftBreak => self.text.push(' '),
            Event::HardBreak => self.end_of_text(),
            _ => {}
        }
    }

    /// An empty line before a block, but for the first one and the beginning of a list item.
    fn gap(&mut self) {
        if !self.out.is_empty() && self.marker.is_empty() {
            self.out.push('\n');
        }
    }

    fn item(&mut self) {
        let depth = self.lists.len().saturating_sub(1);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        };
        self.marker = format!("{}{mark}", "  ".repeat(depth));
    }

    fn code(&mut self, text: &str) {
        for line in text.lines() {
            self.out.push_str(format!("{INDENT}{DEEPER}{line}").trim_end());
            self.out.push('\n');
        }
    }

    /// Sets a heading: it is not indented, so that it can be told from text without color too.
    fn heading(&mut self) {
        let text = std::mem::take(&mut self.text);
        self.out.push_str(&format!("{STRONG}{text}{STRONG:#}\n"));
    }

    /// Sets the text that was read, if there is any.
    fn end_of_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.is_empty() {
            return;
        }
        let marker = std::mem::take(&mut self.marker);
        let room = self.width.saturating_sub(INDENT.len() + marker.len());
        for (at, line) in report::wrap(&text, room).into_iter().enumerate() {
            let before = if at == 0 { marker.clone() } else { " ".repeat(marker.len()) };
            let line = line.replace(GLUE, " ");
            self.out.push_str(&format!("{INDENT}{before}{line}\n"));
        }
    }
}

/// What a terminal says of a link, beside its text. A page beside this one is known by that.
fn place(link: &str) -> Option<String> {
    let outside = link.starts_with("https://").then_some(link);
    outside.or_else(|| link.strip_prefix("../../")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::damage::text_of;

    fn plain(markdown: &str) -> String {
        anstream::adapter::strip_str(&render(markdown)).to_string()
    }

    #[test]
    fn paragraphs_are_joined_and_code_keeps_its_backticks() {
        assert_eq!(
            plain("Call `bind`\n**first**.\n\nThen wait."),
            "  Call `bind` first.\n\n  Then wait.\n"
        );
    }

    #[test]
    fn no_line_breaks_within_code() {
        let words = "word ".repeat(15);
        let expected = format!("  {}\n  `two words` follow.\n", words.trim_end());
        assert_eq!(plain(&format!("{words}`two words` follow.")), expected);
    }

    #[test]
    fn code_is_indented_and_not_wrapped() {
        let long = "x".repeat(100);
        assert_eq!(
            plain(&format!("So:\n\n```rust\nloop {{\n    {long}\n}}\n```\nEnd.")),
            format!("  So:\n\n      loop {{\n          {long}\n      }}\n\n  End.\n")
        );
    }

    #[test]
    fn lists_have_markers_and_hang() {
        let words = "word ".repeat(20);
        let wrapped = plain(&format!("A:\n\n- {words}\n- two\n  1. sub\n\nEnd."));
        let expected = format!(
            "  A:\n\n  - {}\n    {}\n  - two\n    1. sub\n\n  End.\n",
            "word ".repeat(15).trim_end(),
            "word ".repeat(5).trim_end()
        );
        assert_eq!(wrapped, expected);
    }

    #[test]
    fn headings_are_not_indented() {
        assert_eq!(plain("# A\n\nText\n\n## `b` c\n\n- d"), "A\n\n  Text\n\n`b` c\n\n  - d\n");
    }

    #[test]
    fn a_link_says_where_it_leads_unless_its_text_does() {
        assert_eq!(plain("[a](a.md), [lab](../../labs/x.md)"), "  a, lab (labs/x.md)\n");
        assert_eq!(plain("[RFC](https://example.org/1)"), "  RFC (https://example.org/1)\n");
    }

    #[test]
    fn text_is_set_up_to_the_width() {
        assert_eq!(page("one two three", 10), "  one two\n  three\n");
    }

    #[test]
    fn what_is_not_text_is_left_out() {
        assert_eq!(plain("<!-- note -->\n\nText"), "  Text\n");
        assert_eq!(plain(""), "");
    }

    const PIECES: &[&str] = &[
        "# ",
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "18446744073709551615. ",
        "  ",
        "```\n",
        "`",
        "**",
        "[",
        "](",
        ")",
        "https://",
        "> ",
        "<b>",
        "&amp;",
        "|",
        "word ",
        "\u{a0}",
        "    ",
        "\t",
        "\\",
    ];

    proptest! {
        #[test]
        fn any_text_is_set_in_any_width(text in text_of(PIECES), width in 0..200_usize) {
            page(&text, width);
        }

        #[test]
        fn no_word_is_lost(words in vec("[a-z]{1,12}", 1..60), width in 0..200_usize) {
            let set = page(&words.join(" "), width);
            prop_assert_eq!(set.split_whitespace().collect::<Vec<_>>(), words);
            for line in set.lines().filter(|line| line.trim().contains(' ')) {
                prop_assert!(line.len() <= width, "{}", line);
            }
        }
    }

    #[test]
    fn every_beginning_of_a_page_is_set() {
        for cause in crate::causes::all().iter().take(2) {
            (0..cause.page.len())
                .filter_map(|end| cause.page.get(..end))
                .for_each(|text| _ = render(text));
        }
    }
}
