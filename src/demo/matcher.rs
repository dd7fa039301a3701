//! Comparing a lane's output with its lines of the transcript, as it arrives.

use super::mismatch::{Difference, Mismatch, escaped};
use super::output::Output;
use super::pattern::Pattern;
use super::search::{Bindings, Found, Piece};
use super::transcript::{Action, ActionKind};

/// Compares what is printed in one lane with the lane's actions, one after the other.
///
/// [`feed`](Self::feed) it the output and ask [`step`](Self::step) about the current action until
/// it has [`Outcome::Matched`]; then start, type or press what the action says, and go on to the
/// next one. The outcome does not depend on how the output was cut into pieces.
#[derive(Debug, Clone)]
pub struct LaneMatcher {
    file: String,
    lane: String,
    /// What no action has covered yet.
    output: Output,
    /// Lines that a `...` has covered since the last match.
    skipped: Vec<String>,
    /// Whether a `...` covers lines up to the next match.
    any_lines: bool,
    /// Whether a program was started and has not ended.
    runs: bool,
    /// The handout's line of the last action that matched.
    line: usize,
}

/// What [`LaneMatcher::step`] says about an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The handout and the program agree: do what the action says, if anything, and go on.
    Matched(Shown),
    /// Feed more output, or say that the program has ended.
    NeedMore,
    /// The handout and the program differ.
    Mismatch(Box<Mismatch>),
}

/// The output that an action covers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown {
    /// The lines before it that a `...` covers.
    pub skipped: Vec<String>,
    /// The line or prompt itself; put together, the pieces are what the program printed.
    pub pieces: Vec<Piece>,
}

impl LaneMatcher {
    /// A matcher for the lane of that name; `file` is the handout's name, for messages.
    pub fn new(file: &str, lane: &str) -> LaneMatcher {
        LaneMatcher {
            file: file.to_owned(),
            lane: lane.to_owned(),
            output: Output::default(),
            skipped: Vec::new(),
            any_lines: false,
            runs: false,
            line: 0,
        }
    }

    /// Takes output of the running program, in pieces of any size.
    pub fn feed(&mut self, output: &[u8]) {
        self.output.feed(output);
    }

    /// Takes note that the program has ended and that all its output was fed.
    pub fn ended(&mut self) {
        self.runs = false;
    }

    /// Compares the output with the current action.
    ///
    /// A [`ActionKind::Start`] matches once the program before it has ended and everything it
    /// printed is covered. [`ActionKind::Types`] matches on its prompt, whatever comes after it; a
    /// prompt that is empty matches at once. [`ActionKind::Interrupt`] and [`ActionKind::AnyLines`]
    /// match at once, and the latter covers lines until the next line or prompt is found.
    ///
    /// Whether the program still runs decides only between [`Outcome::NeedMore`] and a mismatch; that
    /// there is a program to be typed to is for the caller to know.
    pub fn step(&mut self, action: &Action, bindings: &mut Bindings) -> Outcome {
        let outcome = match &action.kind {
            ActionKind::Start { .. } => self.start(),
            ActionKind::Prints(pattern) => self.find(action, pattern, true, bindings),
            ActionKind::Types { prompt, .. } if !prompt.is_empty() => {
                self.find(action, prompt, false, bindings)
            }
            ActionKind::AnyLines => {
                self.any_lines = true;
                Outcome::Matched(Shown::default())
            }
            ActionKind::Types { .. } | ActionKind::Interrupt => Outcome::Matched(Shown::default()),
        };
        if matches!(outcome, Outcome::Matched(_)) {
            self.line = action.line;
        }
        outcome
    }

    /// The mismatch to report when the caller gives up on an action: it has waited long enough for
    /// [`step`](Self::step) to match, or the program has ended and nobody is there to be typed to.
    pub fn gave_up(&self, action: &Action, bindings: &Bindings) -> Mismatch {
        match &action.kind {
            ActionKind::Start { .. } => self.mismatch(action.line, Difference::StillRuns),
            ActionKind::Interrupt if self.runs => self.mismatch(action.line, Difference::GoesOn),
            _ if self.runs => self.missing(action, bindings, Difference::Silent),
            _ => self.missing(action, bindings, Difference::Ended),
        }
    }

    /// The mismatch to report when an action has matched its prompt, but the program does not wait
    /// for what the action types.
    pub fn not_waiting(&self, action: &Action, bindings: &Bindings) -> Mismatch {
        let difference = if self.runs { Difference::NotWaiting } else { Difference::Ended };
        let mismatch = self.mismatch(action.line, difference);
        match &action.kind {
            ActionKind::Types { prompt, text } => {
                mismatch.expects(prompt, &format!("«{text}»"), bindings)
            }
            _ => mismatch,
        }
    }

    /// Whether all output is covered.
    pub fn is_covered(&self) -> bool {
        self.output.is_empty()
    }

    /// The lines, escaped, that no action has covered yet.
    pub fn rest(&self) -> Vec<String> {
        let mut output = self.output.clone();
        let mut rest = Vec::new();
        while !output.is_empty() {
            let line = output.line();
            let length = line.length;
            rest.push(escaped(line.text));
            output.take(length);
        }
        rest
    }

    /// Checks that nothing is left over, at the end of the transcript.
    ///
    /// Returns the lines that a last `...` covers.
    ///
    /// # Errors
    ///
    /// The mismatch, if the program printed more than the handout shows.
    pub fn finish(&mut self) -> Result<Vec<String>, Box<Mismatch>> {
        if !self.any_lines && !self.output.is_empty() {
            let mismatch = self.mismatch(self.line, Difference::More(self.output.lines()));
            return Err(Box::new(mismatch.sees(self.output.line(), 0)));
        }
        while !self.output.is_empty() {
            self.skip_line();
        }
        self.any_lines = false;
        Ok(std::mem::take(&mut self.skipped))
    }

    /// Covers the next line by a `...`.
    fn skip_line(&mut self) {
        let line = self.output.line();
        let length = line.length;
        self.skipped.push(escaped(line.text));
        self.output.take(length);
    }

    fn start(&mut self) -> Outcome {
        if self.runs {
            return Outcome::NeedMore;
        }
        match self.finish() {
            Ok(skipped) => {
                self.runs = true;
                Outcome::Matched(Shown { skipped, pieces: Vec::new() })
            }
            Err(mismatch) => Outcome::Mismatch(mismatch),
        }
    }

    /// Looks for the pattern in the next line or, after a `...`, in the next line that has it.
    ///
    /// A line that is not complete decides nothing, except that a prompt may be found in it: so the
    /// outcome and the report are the same however the output arrives.
    fn find(
        &mut self,
        action: &Action,
        pattern: &Pattern,
        whole: bool,
        bindings: &mut Bindings,
    ) -> Outcome {
        loop {
            let line = self.output.line();
            let found = if line.is_complete || !whole {
                pattern.search(line.text, whole, bindings)
            } else {
                Err(0)
            };
            match found {
                Ok(found) => {
                    let pieces = pieces(pattern, line.text, &found);
                    let taken = if whole { line.length } else { found.end };
                    for (name, number) in &found.ports {
                        bindings.bind(name, *number, action.line);
                    }
                    self.output.take(taken);
                    self.any_lines = false;
                    return Outcome::Matched(Shown {
                        skipped: std::mem::take(&mut self.skipped),
                        pieces,
                    });
                }
                Err(_) if !line.is_complete && self.runs => return Outcome::NeedMore,
                Err(_) if !line.is_complete => {
                    return self.differ(action, bindings, Difference::Ended);
                }
                Err(_) if self.any_lines => self.skip_line(),
                Err(_) => return self.differ(action, bindings, Difference::Differs),
            }
        }
    }

    fn differ(&self, action: &Action, bindings: &Bindings, difference: Difference) -> Outcome {
        Outcome::Mismatch(Box::new(self.missing(action, bindings, difference)))
    }

    /// The mismatch for an action whose line or prompt is not the next thing in the output.
    fn missing(&self, action: &Action, bindings: &Bindings, difference: Difference) -> Mismatch {
        let mut mismatch = self.mismatch(action.line, difference);
        mismatch.skipped = self.skipped.len();
        let line = self.output.line();
        match &action.kind {
            ActionKind::Prints(pattern) => {
                let found = pattern.search(line.text, true, bindings);
                if found.is_ok() && line.length > 0 && !line.is_complete {
                    mismatch.difference = Difference::NoLineEnd;
                }
                let same = found.map_or_else(|same| same, |found| found.end);
                mismatch.expects(pattern, "", bindings).sees(line, same)
            }
            ActionKind::Types { prompt, text } => {
                let found = prompt.search(line.text, false, bindings);
                let same = found.map_or_else(|same| same, |found| found.end);
                mismatch.expects(prompt, &format!("«{text}»"), bindings).sees(line, same)
            }
            ActionKind::Interrupt => mismatch.expects(&Pattern::default(), "^C", bindings),
            ActionKind::Start { .. } | ActionKind::AnyLines => mismatch,
        }
    }

    fn mismatch(&self, line: usize, difference: Difference) -> Mismatch {
        Mismatch::at(&self.file, line, &self.lane, difference)
    }
}

/// What each part of the pattern stood for; parts that stood for nothing are left out.
fn pieces(pattern: &Pattern, text: &[u8], found: &Found<'_>) -> Vec<Piece> {
    let spans = pattern.varying().zip(&found.spans).filter(|(_, span)| !span.is_empty());
    spans.map(|(varies, span)| Piece { text: escaped(&text[span.clone()]), varies }).collect()
}

#[cfg(test)]
mod tests;
