//! `socklab hint`: one more hint at each call.

use std::process::ExitCode;

use anstyle::Style;
use clap::Args;

use super::progress::Progress;
use super::screen::Screen;
use super::{OneLab, Stop, markdown};
use crate::{demo, labs};

const STRONG: Style = Style::new().bold();

#[derive(Debug, Args)]
pub(super) struct HintArgs {
    #[command(flatten)]
    lab: OneLab,
    /// Show all hints at once.
    #[arg(long, conflicts_with = "from_start")]
    all: bool,
    /// Begin again with the first hint.
    #[arg(long)]
    from_start: bool,
}

pub(super) fn hint(args: &HintArgs, screen: &mut Screen) -> Result<ExitCode, Stop> {
    let lab = args.lab.lab()?;
    let root = labs::checkout();
    let hints = demo::hints(lab.handout);
    let count = hints.len();
    if count == 0 {
        screen.print(&format!("lab {} has no hints\n", lab.number))?;
        return Ok(ExitCode::SUCCESS);
    }
    let remembered = Progress::read(&root).map(|progress| progress.of(lab.slug).hints);
    // A trouble is told once, below, where the change fails for the same reason.
    let seen = if args.from_start { 0 } else { remembered.unwrap_or(0) };
    let first = if args.all { 0 } else { seen.min(count - 1) };
    let last = if args.all { count } else { first + 1 };
    for (at, hint) in hints.iter().enumerate().take(last).skip(first) {
        let gap = if at > first { "\n" } else { "" };
        let heading =
            format!("{gap}{STRONG}lab {}, hint {} of {count}{STRONG:#}", lab.number, at + 1);
        screen.print(&format!("{heading}\n\n{}", markdown::render(hint)))?;
    }
    if seen >= count && !args.all {
        screen.note(&format!(
            "\nthat was the last one, again; the solution: cargo run -q -- diff {} --spoil",
            lab.number
        ));
    }
    if let Err(trouble) = Progress::change(&root, lab.slug, |record| record.hints = last) {
        screen.note(&trouble);
    }
    Ok(ExitCode::SUCCESS)
}
