//! Reads a handout into the steps of its transcript.

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, OffsetIter, Tag, TagEnd};

use super::block::action;
use super::handout::{events, split};
use super::mistake::{Source, is_misspelt};
use super::prose::Prose;
use super::transcript::{Action, ActionKind, Step};
use crate::evidence::Mistake;

/// The section of a handout that is the script.
const SECTION: &str = "Watch it";

/// The steps of a handout's script, or all its mistakes in the order of their places.
pub(super) fn read(source: Source<'_>) -> Result<Vec<Step>, Vec<Mistake>> {
    let watch = section(source).map_err(|mistake| vec![mistake])?;
    let mut reader = Reader { source, watch, ..Reader::default() };
    reader.read(events(source.text));
    if reader.mistakes.is_empty() { Ok(reader.steps) } else { Err(reader.mistakes) }
}

/// Finds the bytes of the section that is the script.
fn section(source: Source<'_>) -> Result<Range<usize>, Mistake> {
    let sections = split(source.text);
    let is_script = |name: &str, level| name == SECTION && level == HeadingLevel::H2;
    let mut found = sections.iter().filter(|section| is_script(&section.name, section.level));
    let resembles = |name: &str| name == SECTION || is_misspelt(name, SECTION);
    match (found.next(), found.next()) {
        (Some(section), None) => Ok(section.body.clone()),
        (Some(_), Some(second)) => {
            let message = format!("a second section \"{SECTION}\": a handout has one");
            Err(source.mistake(second.heading.clone(), message))
        }
        (None, _) => match sections.iter().find(|section| resembles(&section.name)) {
            Some(other) => {
                let message = format!("did you mean \"## {SECTION}\"?");
                Err(source.mistake(other.heading.clone(), message))
            }
            None => {
                let message = format!("the handout has no section \"## {SECTION}\"");
                Err(source.mistake(0..source.text.len(), message))
            }
        },
    }
}

/// Reads the events of a handout into steps.
#[derive(Default)]
struct Reader<'a> {
    source: Source<'a>,
    watch: Range<usize>,
    prose: Prose,
    steps: Vec<Step>,
    mistakes: Vec<Mistake>,
    /// Each lane that has begun, and whether its last line was `^C`.
    lanes: BTreeMap<String, bool>,
}

impl<'a> Reader<'a> {
    fn read(&mut self, mut events: OffsetIter<'a>) {
        while let Some((event, place)) = events.next() {
            let watched = self.watch.contains(&place.start);
            match &event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info)))
                    if is_console(info, watched) =>
                {
                    let lines = lines(&mut events);
                    self.narrate();
                    match self.lane(info, &place, watched) {
                        Ok(lane) => self.block(lane, place, lines),
                        Err(mistake) => self.mistakes.push(mistake),
                    }
                }
                event if watched => self.prose.take(event),
                _ => {}
            }
        }
        self.narrate();
    }

    fn narrate(&mut self) {
        self.steps.extend(self.prose.finish().map(Step::Narration));
    }

    /// The lane that the info string of a console block names.
    fn lane<'i>(
        &self,
        info: &'i str,
        block: &Range<usize>,
        watched: bool,
    ) -> Result<&'i str, Mistake> {
        lane_name(info, watched).map_err(|(words, message)| {
            let fence = self.source.text[block.clone()].lines().next().unwrap_or_default();
            let start = block.start + fence.rfind(words).unwrap_or(0);
            self.source.mistake(start..start + words.len(), message)
        })
    }

    /// Reads the lines of a console block.
    fn block(&mut self, lane: &str, place: Range<usize>, lines: Vec<Line>) {
        let source = self.source;
        let text = &source.text[place.clone()];
        if !is_closed(text) {
            let message = "this block is never closed";
            self.mistakes.push(source.mistake(place, message));
            return;
        }
        if lines.iter().all(|line| line.text.trim().is_empty()) {
            self.mistakes.push(source.mistake(place, "this block is empty"));
            return;
        }
        let mut actions = Vec::new();
        for line in lines {
            match self.action(lane, &line.text) {
                Ok(kind) => actions.push(Action { line: source.line_of(line.start), kind }),
                Err((wrong, message)) => {
                    let wrong = line.start + wrong.start..line.start + wrong.end;
                    self.mistakes.push(source.mistake(wrong, message));
                }
            }
        }
        let line = source.line_of(place.start);
        self.steps.push(Step::Block { lane: lane.to_owned(), line, actions });
    }

    /// Reads one line, in the light of the lane's last one.
    fn action(&mut self, lane: &str, line: &str) -> Result<ActionKind, (Range<usize>, String)> {
        let kind = action(line);
        let interrupts = matches!(kind, Ok(ActionKind::Interrupt));
        let last = self.lanes.insert(lane.to_owned(), interrupts);
        match kind? {
            ActionKind::Start { command } => Ok(ActionKind::Start { command }),
            _ if last.is_none() => {
                let message = format!("the lane \"{lane}\" begins with a $ and a command");
                Err((0..line.len(), message))
            }
            ActionKind::Types { .. } if last == Some(true) => {
                let message = "nothing can be typed after ^C has stopped the program";
                Err((0..line.trim_end().len(), message.to_owned()))
            }
            kind => Ok(kind),
        }
    }
}

/// A line of a code block, and the byte of the handout at which it begins.
#[derive(Debug, Default)]
struct Line {
    start: usize,
    text: String,
}

/// Takes the lines of the code block that was just opened. A line may come in pieces.
fn lines(events: &mut OffsetIter<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line: Option<Line> = None;
    for (event, place) in events {
        match event {
            Event::Text(text) => {
                let mut start = place.start;
                for piece in text.split_inclusive('\n') {
                    let current = line.get_or_insert(Line { start, text: String::new() });
                    current.text.push_str(piece.trim_end_matches(['\n', '\r']));
                    start += piece.len();
                    if piece.ends_with('\n') {
                        lines.extend(line.take());
                    }
                }
            }
            Event::End(TagEnd::CodeBlock) => break,
            _ => {}
        }
    }
    lines.extend(line);
    lines
}

/// Whether a block is, or is meant to be, a console block.
fn is_console(info: &str, watched: bool) -> bool {
    let first = info.split_whitespace().next().unwrap_or_default();
    first == "console" || watched && (first.starts_with("console") || is_misspelt(first, "console"))
}

/// The lane that an info string names, or the words in it that are wrong, and why.
fn lane_name(info: &str, watched: bool) -> Result<&str, (&str, String)> {
    let info = info.trim();
    let (first, rest) = info.split_once(char::is_whitespace).unwrap_or((info, ""));
    let rest = rest.trim_start();
    let (lane, more) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let (words, message) = if first != "console" {
        (first, "did you mean \"console\", then the lane's name?".to_owned())
    } else if !watched {
        (info, format!("a console block belongs in the section \"{SECTION}\""))
    } else if lane.is_empty() {
        (info, "a console block names its lane, as in \"console server\"".to_owned())
    } else if !is_lane(lane) {
        (lane, "a lane's name is small letters, digits and -, a letter first".to_owned())
    } else if !more.is_empty() {
        (more.trim_start(), "only the lane's name follows \"console\"".to_owned())
    } else {
        return Ok(lane);
    };
    Err((words, message))
}

fn is_lane(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// Whether the last line of a block is a fence, not its first one.
fn is_closed(block: &str) -> bool {
    let last = block.trim_end().lines().skip(1).last().unwrap_or_default();
    let fence = last.trim_start_matches(['>', ' ', '\t']);
    fence.len() >= 3 && (fence.trim_matches('`').is_empty() || fence.trim_matches('~').is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_info_string_names_a_lane() {
        for (info, lane) in [("console server", "server"), (" console  lab-2 ", "lab-2")] {
            assert_eq!(lane_name(info, true), Ok(lane));
        }
        for (info, words) in [
            ("console", "console"),
            ("console 2nd", "2nd"),
            ("console Server", "Server"),
            ("console a  b c", "b c"),
            ("Console a", "Console"),
        ] {
            assert_eq!(lane_name(info, true).map_err(|wrong| wrong.0), Err(words), "{info}");
        }
    }
}
