//! `socklab man`: the manual page, of the whole command or of one verb.

use std::process::ExitCode;

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;

use super::screen::Screen;
use super::{Cli, Stop};

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// The verb whose page it is; without one, the page of the whole command.
    verb: Option<String>,
}

pub(super) fn man(args: &ManArgs, screen: &mut Screen) -> Result<ExitCode, Stop> {
    let mut whole = Cli::command();
    // Only what is built knows the options that all verbs share.
    whole.build();
    let command = match &args.verb {
        None => whole,
        Some(verb) => page_of(&whole, verb)?,
    };
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    screen.print(&String::from_utf8_lossy(&page))?;
    Ok(ExitCode::SUCCESS)
}

fn page_of(whole: &Command, verb: &str) -> Result<Command, Stop> {
    let verbs = || whole.get_subcommands().filter(|command| !command.is_hide_set());
    let found = verbs().find(|command| command.get_name() == verb).cloned();
    found.ok_or_else(|| {
        let names: Vec<&str> = verbs().map(Command::get_name).collect();
        Stop::Usage(format!("there is no verb {verb}; there are {}", names.join(", ")))
    })
}
