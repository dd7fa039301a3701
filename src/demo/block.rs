//! One line of a console block.

use super::pattern::{Pattern, Wrong};
use super::transcript::ActionKind;

/// Reads one line of a console block.
///
/// # Errors
///
/// What is wrong, and at which bytes of the line.
pub(super) fn action(line: &str) -> Result<ActionKind, Wrong> {
    let bare = line.trim_end();
    if bare == "^C" {
        Ok(ActionKind::Interrupt)
    } else if bare == "..." {
        Ok(ActionKind::AnyLines)
    } else if bare == "$" {
        Err((0..1, "a command follows the $".to_owned()))
    } else if let Some(command) = bare.strip_prefix("$ ") {
        Ok(ActionKind::Start { command: command.trim_start().to_owned() })
    } else if line.contains(['«', '»']) {
        typed(line)
    } else {
        Pattern::line(line).map(ActionKind::Prints)
    }
}

/// Reads `TEXT«typed»`.
fn typed(line: &str) -> Result<ActionKind, Wrong> {
    let Some((prompt, rest)) = line.split_once('«') else {
        let at = line.find('»').unwrap_or(0);
        return Err((at..at + '»'.len_utf8(), "no « comes before this »".to_owned()));
    };
    if let Some(at) = prompt.find('»') {
        return Err((at..at + '»'.len_utf8(), "no « comes before this »".to_owned()));
    }
    let Some((text, after)) = rest.split_once('»') else {
        let message = "what is typed ends with a », on the same line".to_owned();
        return Err((prompt.len()..line.trim_end().len(), message));
    };
    if let Some(at) = text.find('«') {
        let start = line.len() - rest.len() + at;
        let message = "a second « before the first one is closed".to_owned();
        return Err((start..start + '«'.len_utf8(), message));
    }
    if !after.trim().is_empty() {
        let start = line.len() - after.trim_start().len();
        let message = "what is typed must end the line: «…» and nothing after it".to_owned();
        return Err((start..line.trim_end().len(), message));
    }
    Ok(ActionKind::Types { prompt: Pattern::prompt(prompt)?, text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prints(line: &str) -> ActionKind {
        ActionKind::Prints(Pattern::line(line).unwrap())
    }

    fn types(prompt: &str, text: &str) -> ActionKind {
        ActionKind::Types { prompt: Pattern::prompt(prompt).unwrap(), text: text.to_owned() }
    }

    #[test]
    fn each_kind_of_line_is_read() {
        for (line, kind) in [
            (
                "$ cargo run -q -p lab6",
                ActionKind::Start { command: "cargo run -q -p lab6".into() },
            ),
            ("^C", ActionKind::Interrupt),
            ("^C ", ActionKind::Interrupt),
            ("...", ActionKind::AnyLines),
            ("Enter a message: «Hello, Server!»", types("Enter a message: ", "Hello, Server!")),
            ("«»", types("", "")),
            ("> «a» ", types("> ", "a")),
            ("", prints("")),
            ("$5 is the price", prints("$5 is the price")),
            ("^Caret", prints("^Caret")),
            (" ...", prints(" ...")),
        ] {
            assert_eq!(action(line), Ok(kind), "{line}");
        }
    }

    #[test]
    fn each_mistake_is_marked() {
        for (line, marked, message) in [
            ("$ ", "$", "a command follows the $"),
            ("a: «b» c ", "c", "what is typed must end the line: «…» and nothing after it"),
            ("a: «b» «c»", "«c»", "what is typed must end the line: «…» and nothing after it"),
            ("a: «b ", "«b", "what is typed ends with a », on the same line"),
            ("a» b", "»", "no « comes before this »"),
            ("a» «b»", "»", "no « comes before this »"),
            ("«a«b»", "«", "a second « before the first one is closed"),
            ("[port]: «b»", "[port]", "did you mean [PORT]?"),
        ] {
            let (place, found) = action(line).unwrap_err();
            assert_eq!((&line[place], found.as_str()), (marked, message), "{line}");
        }
    }
}
