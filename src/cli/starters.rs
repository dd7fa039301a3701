//! `socklab starters`, for lab authors: writes each lab's starter, as it is cut from the solution.

use std::process::ExitCode;

use clap::Args;

use super::screen::Screen;
use super::{Stop, reset};
use crate::course::Part;
use crate::labs;

#[derive(Debug, Args)]
pub(super) struct StartersArgs {
    /// Write nothing; fail and name the labs whose file is not the starter.
    #[arg(long)]
    check: bool,
}

pub(super) fn starters(args: &StartersArgs, screen: &mut Screen) -> Result<ExitCode, Stop> {
    let root = labs::checkout();
    let is_starter = |part: &&Part| {
        std::fs::read(root.join(&part.file)).is_ok_and(|file| file == part.starter().as_bytes())
    };
    let parts = labs::all().iter().flat_map(|lab| &lab.parts);
    let others: Vec<&Part> = parts.filter(|part| !is_starter(part)).collect();
    for part in &others {
        let path = &part.file;
        if args.check {
            let solution = part.solution_file.file_name().unwrap_or_default().display();
            screen.complain(&format!("{} is not the cut of its {solution}", path.display()));
            continue;
        }
        // What is there may be a program that someone wrote.
        match reset::put_starter(&root, part)? {
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
