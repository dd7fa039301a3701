//! `socklab demo`: play a handout's transcript.

mod cast;
mod pause;
mod picture;
mod place;
mod records;
mod wire;
mod wrap;

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::screen::{Screen, columns};
use super::{NetworkChoice, Selection, Stop};
use crate::course::{self, Lab};
use crate::demo::{ActionKind, Halt, Mismatch, Mistake, Moment, Play, Sections, Step, Transcript};
use crate::network::{Choice, Layout, Network};
use crate::program::build::BuildError;
use crate::{interrupt, labs};
use cast::Cast;
use pause::Pause;
use picture::Picture;
use place::Need;
use records::Records;

#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    #[command(flatten)]
    selection: Selection,
    /// Let your own programs play.
    #[arg(long)]
    mine: bool,
    /// Do not wait for Enter between steps.
    #[arg(long)]
    no_pause: bool,
    /// Where the programs run.
    #[arg(long, value_name = "WHICH", default_value = "auto")]
    network: NetworkChoice,
    /// At the end, draw all that was sent: `text`, `mermaid`, or FILE.svg; see docs/diagrams.md.
    #[arg(long, value_name = "FORM")]
    diagram: Option<String>,
    /// Write the packets to this file, for Wireshark and its like.
    #[arg(long, value_name = "FILE.pcapng")]
    capture: Option<PathBuf>,
}

pub(super) fn demo(args: &DemoArgs, screen: &mut Screen) -> Result<ExitCode, Stop> {
    let labs = args.selection.labs()?;
    let choice = args.network.into();
    place::must_be_had(choice)?;
    needs(args, &labs).try_for_each(|need| need.must_be_met(choice))?;
    let mut records = Records::begin(args)?;
    let mut all_played = true;
    for (at, lab) in labs.into_iter().enumerate() {
        let mut demo = Demo::of(lab, args)?;
        let mut stage = Stage { screen: &mut *screen, records: &mut records };
        if at > 0 {
            stage.print("\n\n")?;
        }
        all_played &= demo.play(&mut stage)?;
        records.draw(&demo.name(), demo.picture.exchange(), screen)?;
    }
    records.finish()?;
    Ok(if all_played { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// What a private network is needed for.
fn needs(args: &DemoArgs, labs: &[&Lab]) -> impl Iterator<Item = Need> {
    let options = [("--diagram", args.diagram.is_some()), ("--capture", args.capture.is_some())];
    let given = options.into_iter().filter(|(_, given)| *given);
    let labs = labs.iter().filter_map(|lab| Need::of_lab(lab.number, &lab.plan.hosts));
    given.map(|(option, _)| Need::of_option(option)).chain(labs)
}

/// Where a demo is shown, and what is kept of it.
struct Stage<'a> {
    screen: &'a mut Screen,
    records: &'a mut Records,
}

impl Stage<'_> {
    /// Prints a part of the demo; to standard error where standard output is to be a page.
    fn print(&mut self, text: &str) -> io::Result<()> {
        if self.records.are_a_page() {
            self.screen.aside(text);
            return Ok(());
        }
        self.screen.print(text)
    }
}

/// The demo of one lab.
struct Demo {
    lab: &'static Lab,
    file: String,
    transcript: Transcript,
    mine: bool,
    network: Choice,
    cast: Cast,
    picture: Picture,
    pause: Pause,
}

impl Demo {
    fn of(lab: &'static Lab, args: &DemoArgs) -> Result<Demo, Stop> {
        let file = format!("labs/{}/README.md", lab.folder);
        let transcript = Transcript::parse(&file, lab.handout).map_err(unreadable)?;
        let cast = Cast::choose(lab, &file, &transcript, args.mine).map_err(unreadable)?;
        let picture = Picture::new(columns(), &transcript.lanes(), lab.plan.reading);
        let pause = Pause::new(!args.no_pause);
        let (mine, network) = (args.mine, args.network.into());
        Ok(Demo { lab, file, transcript, mine, network, cast, picture, pause })
    }

    /// Plays it; false when a program did not do what the handout shows.
    fn play(&mut self, stage: &mut Stage<'_>) -> Result<bool, Stop> {
        let title = self.title();
        stage.print(&title)?;
        let executables = match self.cast.build(stage.screen.colors_errors()) {
            Ok(executables) => executables,
            // Cargo was interrupted too, and complains about it.
            Err(_) if interrupt::asked() => return Err(Stop::Interrupted),
            Err(BuildError::Setup(error)) => return Err(Stop::Setup(error)),
            Err(BuildError::DoesNotCompile) => {
                let whose = if self.mine { "your program" } else { "the course's program" };
                stage
                    .screen
                    .complain(&format!("{whose} does not compile; the compiler says why above"));
                return Ok(false);
            }
        };
        stage.records.scene(self.lab, &self.transcript, &executables);
        let outcome = self.perform(&executables, stage);
        self.conclude(outcome, stage)
    }

    fn perform(
        &mut self,
        executables: &HashMap<String, PathBuf>,
        stage: &mut Stage<'_>,
    ) -> Result<(), Halt> {
        let layout = Layout::of(&self.lab.plan.hosts);
        let network =
            Network::open(self.network, &layout, &mut |holder| stage.screen.wait_for(holder))?;
        let given = &self.cast;
        let cast = |command: &str| -> Result<Vec<OsString>, String> {
            let path = executables.get(command).ok_or("this was not built")?;
            let words = given.words(command).iter().map(OsString::from);
            Ok(std::iter::once(path.clone().into()).chain(words).collect())
        };
        let play = Play {
            file: &self.file,
            transcript: &self.transcript,
            address: self.lab.plan.address,
            cast: &cast,
        };
        let (picture, pause) = (&mut self.picture, &mut self.pause);
        play.perform(network, &mut |moment| {
            stage.records.take(&moment);
            stage.print(&picture.draw(&moment))?;
            match pause.hint().filter(|_| moment == Moment::Pause) {
                Some(hint) => stage.print(&hint).and_then(|()| pause.wait()),
                None => Ok(()),
            }
        })
    }

    /// Says how it went, and what to do next.
    fn conclude(&mut self, outcome: Result<(), Halt>, stage: &mut Stage<'_>) -> Result<bool, Stop> {
        match outcome {
            Ok(()) => stage.print(&self.next())?,
            Err(Halt::Mismatch(mismatch)) if self.mine => {
                stage.print(&self.parting(&mismatch))?;
                return Ok(false);
            }
            Err(Halt::Mismatch(mismatch)) => {
                stage.screen.complain(&mismatch.to_string());
                stage
                    .screen
                    .note("the handout and the course's own programs differ: please report it");
                return Ok(false);
            }
            Err(Halt::Unplayable(mistake)) => return Err(unreadable(vec![*mistake])),
            Err(Halt::Setup(error)) => return Err(Stop::Setup(error)),
            Err(Halt::Interrupted) => return Err(Stop::Interrupted),
            Err(Halt::Unseen(error)) => return Err(error.into()),
        }
        Ok(true)
    }

    fn name(&self) -> String {
        let title = Sections::read(self.lab.handout).title;
        title.unwrap_or(format!("Lab {}: {}", self.lab.number, self.lab.plan.title))
    }

    fn title(&mut self) -> String {
        let mut text = self.cast.describe();
        if self.types_something() {
            text.push_str(" What a person types stands in «…».");
        }
        if let Some(place) = place::describe(self.network) {
            text.push_str(&format!(" {place}"));
        }
        self.picture.title(&self.name(), &text)
    }

    fn types_something(&self) -> bool {
        let types = |step: &Step| match step {
            Step::Block { actions, .. } => {
                actions.iter().any(|action| matches!(action.kind, ActionKind::Types { .. }))
            }
            Step::Narration(_) => false,
        };
        self.transcript.steps.iter().any(types)
    }

    /// What to do after the demo.
    fn next(&mut self) -> String {
        let number = self.lab.number;
        if self.mine {
            let text = "Your program did all that the handout shows.";
            self.picture.next("Next:", &format!("make check{number}. {text}"))
        } else {
            let files = self.lab.parts.iter().map(|part| part.file.display().to_string());
            let files: Vec<String> = files.collect();
            let text = format!("{}, then make check{number}", files.join(" and "));
            self.picture.next("Your turn:", &text)
        }
    }

    /// What to say where the learner's program and the handout part.
    fn parting(&mut self, mismatch: &Mismatch) -> String {
        let number = self.lab.number;
        let todo = self.lab.parts.iter().find_map(|part| {
            let text = fs::read_to_string(labs::checkout().join(&part.file)).unwrap_or_default();
            let todo = course::todos(&text).into_iter().next()?;
            Some((part.file.display(), todo))
        });
        let mut out = self.picture.prose("The demo ends here: your program does something else.");
        // A panic begins with an empty line: that it is not what the handout shows says nothing.
        if mismatch.seen.as_deref() != Some("") {
            out.push_str(&format!("\n{mismatch}\n"));
        }
        out += &match todo {
            Some((file, todo)) => {
                let place = format!("{file}:{}", todo.line);
                self.picture.next("Next:", &format!("{place}: {}", todo.text))
            }
            None => {
                let free = "What your program prints may be worded as you like: the check";
                let text = format!("make check{number}. {free} tells whether this matters.");
                self.picture.next("Next:", &text)
            }
        };
        out
    }
}

fn unreadable(mistakes: Vec<Mistake>) -> Stop {
    let mistakes: Vec<String> = mistakes.iter().map(Mistake::to_string).collect();
    Stop::Usage(mistakes.join("\n\n"))
}
