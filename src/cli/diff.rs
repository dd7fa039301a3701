//! `socklab diff`: what is between a starter, or your program, and the solution.

use std::fmt::Write;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::Args;
use similar::{ChangeTag, TextDiff};

use super::progress::Progress;
use super::screen::Screen;
use super::{OneLab, Stop, course};
use crate::evidence::SetupError;
use crate::{course::without_marks, labs};

const STRONG: Style = Style::new().bold();
const PLACE: Style = AnsiColor::Cyan.on_default();
const GONE: Style = AnsiColor::Red.on_default();
const NEW: Style = AnsiColor::Green.on_default();

#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    #[command(flatten)]
    lab: OneLab,
    /// Show it though the lab is not passed yet.
    #[arg(long)]
    spoil: bool,
    /// Compare your program with the solution, in place of the starter.
    #[arg(long)]
    mine: bool,
}

pub(super) fn diff(args: &DiffArgs, screen: &mut Screen) -> Result<ExitCode, Stop> {
    let lab = args.lab.lab()?;
    if !args.spoil && !is_passed(lab.slug, screen) {
        screen.note(&format!(
            "lab {number} is not passed yet: the solution is shown then, or now with \
             `cargo run -q -- diff {number} --spoil`",
            number = lab.number
        ));
        return Ok(ExitCode::from(1));
    }
    let mut diff = String::new();
    for part in &lab.parts {
        let path = part.file.display();
        let (name, text) = if args.mine {
            let text = course::read(part).map_err(|error| {
                let next = format!("get the starter back: make reset{}", lab.number);
                SetupError::new(format!("{path} cannot be read"), error, next)
            })?;
            ("yours", text)
        } else {
            ("starter", part.starter())
        };
        let names = (format!("{path} ({name})"), part.solution_file.display().to_string());
        diff += &unified(&text, &without_marks(part.solution), &names);
    }
    if diff.is_empty() {
        screen.note("there is no difference");
    }
    screen.print(&diff)?;
    Ok(ExitCode::SUCCESS)
}

fn is_passed(slug: &str, screen: &mut Screen) -> bool {
    match Progress::read(&labs::checkout()) {
        Ok(progress) => progress.of(slug).passed.is_some(),
        Err(trouble) => {
            screen.note(&trouble);
            false
        }
    }
}

/// A unified diff with ANSI styles; nothing where the texts are equal.
fn unified(old: &str, new: &str, names: &(String, String)) -> String {
    let diff = TextDiff::from_lines(old, new);
    let mut out = String::new();
    // Writing to a String cannot fail.
    for hunk in diff.unified_diff().iter_hunks() {
        if out.is_empty() {
            let _ = writeln!(out, "{STRONG}--- {}{STRONG:#}", names.0);
            let _ = writeln!(out, "{STRONG}+++ {}{STRONG:#}", names.1);
        }
        let _ = writeln!(out, "{PLACE}{}{PLACE:#}", hunk.header());
        for change in hunk.iter_changes() {
            let (style, sign) = match change.tag() {
                ChangeTag::Delete => (GONE, '-'),
                ChangeTag::Insert => (NEW, '+'),
                ChangeTag::Equal => (Style::new(), ' '),
            };
            let line = change.value();
            let _ = writeln!(out, "{style}{sign}{}{style:#}", line.trim_end_matches('\n'));
            if !line.ends_with('\n') {
                let _ = writeln!(out, "\\ No newline at end of file");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(old: &str, new: &str) -> String {
        let diff = unified(old, new, &("a".into(), "b".into()));
        anstream::adapter::strip_str(&diff).to_string()
    }

    #[test]
    fn a_diff_is_in_the_form_that_patch_reads() {
        assert_eq!(
            plain("one\ntwo\nthree\n", "one\n2\nthree\n"),
            "--- a\n+++ b\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"
        );
    }

    #[test]
    fn a_missing_line_end_is_told() {
        assert_eq!(
            plain("one", "one\n"),
            "--- a\n+++ b\n@@ -1 +1 @@\n-one\n\\ No newline at end of file\n+one\n"
        );
    }

    #[test]
    fn equal_texts_have_no_diff() {
        assert_eq!(plain("one\n", "one\n"), "");
    }
}
