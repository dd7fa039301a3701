//! `socklab explain`: the page of a cause, or the list of all.

use std::process::ExitCode;

use clap::Args;

use super::screen::{Screen, columns};
use super::{Stop, markdown};
use crate::causes;

/// Lines that are longer than this are hard to read, however wide the terminal is.
const WIDEST: usize = 100;

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The cause, as a report names it in brackets; without one, the list of all.
    #[arg(value_name = "ID")]
    id: Option<String>,
}

pub(super) fn explain(args: &ExplainArgs, screen: &mut Screen) -> Result<ExitCode, Stop> {
    let page = match &args.id {
        Some(id) => causes::find(id).map_err(Stop::Usage)?.page,
        None => causes::INDEX,
    };
    let width = columns().map_or(markdown::WIDTH, |columns| columns.min(WIDEST));
    screen.print(&markdown::page(page, width))?;
    Ok(ExitCode::SUCCESS)
}
