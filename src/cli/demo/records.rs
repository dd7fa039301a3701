//! What is kept of a demo, where that is asked for: a capture and a diagram.

use std::collections::HashMap;
use std::path::PathBuf;

use super::DemoArgs;
use crate::cli::Stop;
use crate::cli::capture::Recording;
use crate::cli::diagram::Form;
use crate::cli::screen::Screen;
use crate::course::Lab;
use crate::demo::{ActionKind, Moment, Step, Transcript};
use crate::diagram::{Exchange, Scene};

/// What is kept of the packets of one or more demos.
pub(super) struct Records {
    form: Option<Form>,
    recording: Option<Recording>,
}

impl Records {
    /// Nothing yet. That files can be written is found out at once.
    pub(super) fn begin(args: &DemoArgs) -> Result<Records, Stop> {
        let form = args.diagram.as_deref().map(Form::read).transpose()?;
        let recording = args.capture.as_deref().map(Recording::begin).transpose()?;
        Ok(Records { form, recording })
    }

    /// True when standard output is to be a page, so that the demo itself has to go elsewhere.
    pub(super) fn are_a_page(&self) -> bool {
        self.form.as_ref().is_some_and(Form::is_a_page)
    }

    /// Takes note that the demo of a lab begins, in which these commands stand for these programs.
    pub(super) fn scene(
        &mut self,
        lab: &Lab,
        transcript: &Transcript,
        executables: &HashMap<String, PathBuf>,
    ) {
        let Some(recording) = &mut self.recording else { return };
        let programs = programs(transcript, executables);
        let hosts = &lab.plan.hosts;
        recording.scene(hosts, |host| {
            // A lane that has no host of its own is on the first, or on the only one.
            let own = |lane: &str| hosts.iter().find(|own| own.name == lane).or(hosts.first());
            let is_here = |lane: &str| own(lane).is_none_or(|own| own.name == host);
            let here = programs.iter().filter(|(lane, _)| is_here(lane));
            let named: Vec<String> =
                here.map(|(lane, names)| format!("{lane}: {}", names.join(", "))).collect();
            let named = if named.is_empty() { vec!["no program".to_owned()] } else { named };
            format!("demo of lab {}, {}", lab.number, named.join("; "))
        });
    }

    /// Takes in what a demo shows.
    pub(super) fn take(&mut self, moment: &Moment) {
        if let (Some(recording), Moment::Packets(packets)) = (&mut self.recording, moment) {
            packets.flights.iter().for_each(|flight| recording.add(flight));
        }
    }

    /// Draws all that was sent in a demo, or keeps it for the picture.
    pub(super) fn draw(
        &mut self,
        title: &str,
        exchange: Exchange,
        screen: &mut Screen,
    ) -> Result<(), Stop> {
        let scene = Scene { title: title.to_owned(), exchange };
        self.form.as_mut().map_or(Ok(()), |form| form.draw(vec![scene], screen))
    }

    /// Finishes the files.
    pub(super) fn finish(self) -> Result<(), Stop> {
        self.form.map_or(Ok(()), Form::finish)?;
        self.recording.map_or(Ok(()), Recording::finish)
    }
}

/// The lanes of a transcript, each with the programs that are started in it.
fn programs(
    transcript: &Transcript,
    executables: &HashMap<String, PathBuf>,
) -> Vec<(String, Vec<String>)> {
    let mut lanes: Vec<(String, Vec<String>)> = Vec::new();
    for step in &transcript.steps {
        let Step::Block { lane, actions, .. } = step else { continue };
        for action in actions {
            let ActionKind::Start { command } = &action.kind else { continue };
            let file = executables.get(command).and_then(|path| path.file_name());
            let name = file.map_or(command.clone(), |name| name.to_string_lossy().into_owned());
            match lanes.iter_mut().find(|(known, _)| known == lane) {
                Some((_, names)) if names.contains(&name) => {}
                Some((_, names)) => names.push(name),
                None => lanes.push((lane.clone(), vec![name])),
            }
        }
    }
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lane_has_its_programs_once() {
        let handout = "## Watch it\n```console server\n$ a\n```\nThen.\n```console client\n$ b\n\
                       ```\nAnd.\n```console client\n$ b\n$ c\n```\n";
        let transcript = Transcript::parse("README.md", handout).unwrap();
        let executables = HashMap::from([("a".to_owned(), PathBuf::from("/x/lab6-solution"))]);
        let expected = [("server", vec!["lab6-solution"]), ("client", vec!["b", "c"])];
        let found = programs(&transcript, &executables);
        assert_eq!(
            found,
            expected.map(|(lane, names)| {
                (lane.to_owned(), names.into_iter().map(str::to_owned).collect::<Vec<_>>())
            })
        );
    }
}
