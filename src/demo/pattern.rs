//! A line that a transcript expects, and how it is written.

use std::fmt;
use std::ops::Range;

use super::search::Bindings;

/// An expected line or prompt: text in which some parts may vary.
///
/// Displayed as it stands in the handout.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pattern {
    pub(super) parts: Vec<Part>,
}

/// A part of a pattern. Two texts or two [`Part::Any`] never follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// This very text; never empty.
    Text(String),
    /// A port number, known by the name between the brackets.
    Port(String),
    /// Any text within the line, also none.
    Any,
}

/// What is wrong with a piece of a line, and at which bytes of it.
pub(super) type Wrong = (Range<usize>, String);

const ANY: &str = "...";

impl Pattern {
    /// Reads an expected line.
    pub(super) fn line(text: &str) -> Result<Pattern, Wrong> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            let at = text.len() - rest.len();
            let taken = if rest.starts_with(ANY) {
                push(&mut parts, Part::Any);
                ANY.len()
            } else if let Some(length) = port_length(rest, at)? {
                if parts.last().is_some_and(|part| matches!(part, Part::Port(_))) {
                    let message = "two ports side by side cannot be told apart";
                    return Err((at..at + length, message.to_owned()));
                }
                parts.push(Part::Port(rest[1..length - 1].to_owned()));
                length
            } else {
                push(&mut parts, Part::Text(next.to_string()));
                next.len_utf8()
            };
            rest = &rest[taken..];
        }
        Ok(Pattern { parts })
    }

    /// Reads a prompt, which has to end in text: nothing comes after it that would end a number.
    pub(super) fn prompt(text: &str) -> Result<Pattern, Wrong> {
        let front = text.trim_end_matches('.');
        let dots = text.len() - front.len();
        let mut pattern = Pattern::line(front)?;
        match pattern.parts.last() {
            Some(Part::Port(name)) if dots == 0 => {
                let start = text.len() - name.len() - 2;
                let message = "a prompt cannot end in a port: nothing shows where the number ends";
                Err((start..text.len(), message.to_owned()))
            }
            _ => {
                if dots > 0 {
                    push(&mut pattern.parts, Part::Text(".".repeat(dots)));
                }
                Ok(pattern)
            }
        }
    }

    /// The line as a program would print it: ports that are known are filled in, all else is as in
    /// the handout.
    pub fn render(&self, bindings: &Bindings) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Port(name) => bindings.get(name).map_or(format!("[{name}]"), |n| n.to_string()),
            Part::Any => ANY.to_owned(),
        };
        self.parts.iter().map(part).collect()
    }

    /// Whether nothing is expected: an empty line, or a wait for input without a prompt.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// For each part, whether it varies from run to run.
    pub(super) fn varying(&self) -> impl Iterator<Item = bool> {
        self.parts.iter().map(|part| !matches!(part, Part::Text(_)))
    }

    /// The names of the ports in this line, in order.
    pub fn ports(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Port(name) => Some(name.as_str()),
            _ => None,
        })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(&Bindings::default()))
    }
}

/// Adds a part, joined with the last one where it can be.
fn push(parts: &mut Vec<Part>, part: Part) {
    match (parts.last_mut(), part) {
        (Some(Part::Text(last)), Part::Text(text)) => last.push_str(&text),
        (Some(Part::Any), Part::Any) => {}
        (_, part) => parts.push(part),
    }
}

/// The length of the `[PORT…]` that `rest` begins with, if it does; `at` is where `rest` begins.
fn port_length(rest: &str, at: usize) -> Result<Option<usize>, Wrong> {
    let Some(word) = rest.get(..5).filter(|word| word.eq_ignore_ascii_case("[PORT")) else {
        return Ok(None);
    };
    let number = rest[5..].bytes().take_while(u8::is_ascii_digit).count();
    let closed = rest[5 + number..].starts_with(']');
    let end = 5 + number + usize::from(closed);
    match (word == "[PORT", closed) {
        (true, true) => Ok(Some(end)),
        (false, true) => {
            let meant = rest[..end].to_ascii_uppercase();
            Err((at..at + end, format!("did you mean {meant}?")))
        }
        (true, false) => {
            let message = "a port is written [PORT] or [PORT2]: the ] is missing here";
            Err((at..at + end, message.to_owned()))
        }
        (false, false) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Part {
        Part::Text(text.to_owned())
    }

    fn port(name: &str) -> Part {
        Part::Port(name.to_owned())
    }

    #[test]
    fn a_line_is_text_ports_and_dots() {
        for (line, parts) in [
            ("", vec![]),
            ("plain: [1] 'x'", vec![text("plain: [1] 'x'")]),
            ("a.. b", vec![text("a.. b")]),
            ("from [PORT]", vec![text("from "), port("PORT")]),
            ("[PORT2]-[PORT]", vec![port("PORT2"), text("-"), port("PORT")]),
            ("a...b", vec![text("a"), Part::Any, text("b")]),
            ("a......", vec![text("a"), Part::Any]),
            ("ü....", vec![text("ü"), Part::Any, text(".")]),
            ("[portable] [Port", vec![text("[portable] [Port")]),
        ] {
            assert_eq!(Pattern::line(line).unwrap().parts, parts, "{line}");
        }
    }

    #[test]
    fn a_badly_written_port_is_marked() {
        for (line, place, message) in [
            ("at [PORT", 3..8, "a port is written [PORT] or [PORT2]: the ] is missing here"),
            ("[PORT2:", 0..6, "a port is written [PORT] or [PORT2]: the ] is missing here"),
            ("ü [port]", 3..9, "did you mean [PORT]?"),
            ("[Port2]!", 0..7, "did you mean [PORT2]?"),
            ("[PORT][PORT2]", 6..13, "two ports side by side cannot be told apart"),
        ] {
            assert_eq!(Pattern::line(line), Err((place, message.to_owned())), "{line}");
        }
    }

    #[test]
    fn a_prompt_ends_in_text_and_its_last_dots_are_dots() {
        for (prompt, parts) in [
            ("", vec![]),
            ("...> ", vec![Part::Any, text("> ")]),
            ("Press Enter...", vec![text("Press Enter...")]),
            ("[PORT]...", vec![port("PORT"), text("...")]),
            ("a...b..", vec![text("a"), Part::Any, text("b..")]),
        ] {
            assert_eq!(Pattern::prompt(prompt).unwrap().parts, parts, "{prompt}");
        }
        assert_eq!(Pattern::prompt("port [PORT]").map_err(|wrong| wrong.0), Err(5..11));
    }

    #[test]
    fn a_pattern_is_displayed_as_it_was_written() {
        for line in ["", "a...b [PORT2]", "[PORT]...", "x [y"] {
            assert_eq!(Pattern::line(line).unwrap().to_string(), line);
        }
    }
}
