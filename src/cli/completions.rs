//! `socklab completions`: what a shell needs to complete the command line.

use std::process::ExitCode;

use clap::{Args, Command, CommandFactory};
use clap_complete::Shell;

use super::screen::Screen;
use super::{Cli, Stop};

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell.
    shell: Shell,
}

pub(super) fn completions(args: &CompletionsArgs, screen: &mut Screen) -> Result<ExitCode, Stop> {
    // Into memory: a reader that goes away must not be a panic.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut visible(), "socklab", &mut script);
    screen.print(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}

/// The command without its hidden verbs: clap_complete would offer them.
fn visible() -> Command {
    let whole = Cli::command();
    let verbs = whole.get_subcommands().filter(|verb| !verb.is_hide_set()).cloned();
    Command::new("socklab").args(whole.get_arguments().cloned()).subcommands(verbs)
}
