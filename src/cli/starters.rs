//! `socklab starters`, for lab authors: writes each lab's starter, as it is cut from the solution.

use std::process::ExitCode;

use clap::Args;

use super::screen::Screen;
use super::{Stop, reset};
use crate::course::Lab;
use crate::labs;

#[derive(Debug, Args)]
pub(super) struct StartersArgs {
    /// Write nothing; fail and name the labs whose file is not the starter.
    #[arg(long)]
    check: bool,
}

pub(super) fn starters(args: &StartersArgs, screen: &mut Screen) -> Result<ExitCode, Stop> {
    let root = labs::checkout();
    let is_starter = |lab: &&Lab| {
        std::fs::read(root.join(lab.file())).is_ok_and(|file| file == lab.starter().as_bytes())
    };
    let others: Vec<&Lab> = labs::all().iter().filter(|lab| !is_starter(lab)).collect();
    for lab in &others {
        let path = lab.file();
        if args.check {
            screen.complain(&format!("{} is not the cut of its solution.rs", path.display()));
            continue;
        }
        // What is there may be a program that someone wrote.
        match reset::put_starter(&root, lab)? {
            Some(kept) => screen.print(&format!(
                "{} written, what was there is kept as {}\n",
                path.display(),
                kept.display()
            ))?,
            None => screen.print(&format!("{} written\n", path.display()))?,
        }
    }
    if others.is_empty() {
        screen.print("every lab has its starter\n")?;
    }
    Ok(if args.check && !others.is_empty() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
