//! `--diagram`: what was sent, drawn as text, as Mermaid, or as a picture.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anstyle::Style;

use super::Stop;
use super::screen::{Screen, columns};
use crate::course::Lab;
use crate::diagram::{self, Cast, Exchange, Scene};
use crate::evidence::{CheckResult, LabResult, SetupError, Status};

const STRONG: Style = Style::new().bold();

/// How many arrows are drawn as text.
const MOST: usize = 20;

/// The text is not drawn wider than this, however wide the terminal is.
const WIDEST: usize = 100;

/// In which form exchanges are drawn.
#[derive(Debug)]
pub(super) enum Form {
    /// Text, for a terminal.
    Text,
    /// A page in Markdown, whose drawings are in Mermaid's notation.
    Mermaid,
    /// A picture in a file.
    Svg(Picture),
}

/// A file that will hold a picture.
#[derive(Debug)]
pub(super) struct Picture {
    path: PathBuf,
    file: File,
    scenes: Vec<Scene>,
}

impl Form {
    /// The form of this name, or the picture in the file of this name. That it can be written is
    /// found out at once, and not when all work is done.
    pub(super) fn read(value: &str) -> Result<Form, Stop> {
        match value {
            "text" => Ok(Form::Text),
            "mermaid" => Ok(Form::Mermaid),
            _ if is_svg(Path::new(value)) => Picture::at(value.into()).map(Form::Svg),
            _ => {
                let forms = "text, mermaid, or a file that ends in .svg";
                Err(Stop::Usage(format!("--diagram {value}: it is {forms}")))
            }
        }
    }

    /// True when the form takes standard output for itself.
    pub(super) fn is_a_page(&self) -> bool {
        matches!(self, Form::Mermaid)
    }

    /// True when standard output stays free.
    pub(super) fn is_a_file(&self) -> bool {
        matches!(self, Form::Svg(_))
    }

    /// What is drawn of a lab: the checks that did not pass, or all when there are none; as text, all
    /// in any case. Those in which nothing was sent are left out, unless nothing would be left.
    pub(super) fn scenes(&self, lab: &Lab, result: &LabResult) -> Vec<Scene> {
        let failed = |check: &CheckResult| matches!(check.status, Status::Failed | Status::Error);
        let all = matches!(self, Form::Text) || !result.checks.iter().any(failed);
        let of = |check: &CheckResult| {
            let cast = Cast::of_check(&check.evidence, result.role).who_speak(result.reading);
            let title = format!("lab {}: {} ({})", lab.number, check.title, check.status.name());
            Scene { title, exchange: Exchange::of(&check.evidence, &cast) }
        };
        let wanted = result.checks.iter().filter(|check| all || failed(check));
        let drawn: Vec<Scene> = wanted.map(of).filter(|scene| !scene.exchange.is_empty()).collect();
        if !drawn.is_empty() {
            return drawn;
        }
        let title = format!("lab {}, {}", lab.number, lab.slug);
        vec![Scene { title, exchange: Exchange::default() }]
    }

    /// Draws some exchanges, or keeps them for the picture.
    pub(super) fn draw(&mut self, scenes: Vec<Scene>, screen: &mut Screen) -> Result<(), Stop> {
        match self {
            Form::Text => {
                let width = columns().unwrap_or(80).min(WIDEST);
                scenes.iter().try_for_each(|scene| screen.print(&text(scene, width)))?;
            }
            Form::Mermaid => scenes.iter().try_for_each(|scene| screen.print(&page(scene)))?,
            Form::Svg(picture) => picture.scenes.extend(scenes),
        }
        Ok(())
    }

    /// Writes the picture, if it is one.
    pub(super) fn finish(self) -> Result<(), Stop> {
        match self {
            Form::Svg(picture) => picture.write(),
            Form::Text | Form::Mermaid => Ok(()),
        }
    }
}

fn is_svg(path: &Path) -> bool {
    path.extension().is_some_and(|it| it.eq_ignore_ascii_case("svg"))
}

impl Picture {
    /// A picture in this file. What the file holds stays until the picture is there.
    fn at(path: PathBuf) -> Result<Picture, Stop> {
        match OpenOptions::new().write(true).create(true).truncate(false).open(&path) {
            Ok(file) => Ok(Picture { path, file, scenes: Vec::new() }),
            Err(error) => Err(unwritten(&path, error)),
        }
    }

    fn write(mut self) -> Result<(), Stop> {
        let svg = diagram::svg(&self.scenes);
        let written = self.file.set_len(0).and_then(|()| self.file.write_all(svg.as_bytes()));
        written.map_err(|error| unwritten(&self.path, error))
    }
}

fn unwritten(path: &Path, error: std::io::Error) -> Stop {
    let what = format!("{} cannot be written", path.display());
    SetupError::new(what, error, "name a file in a folder that is yours").into()
}

/// A scene for a terminal, with an empty line before it.
fn text(scene: &Scene, width: usize) -> String {
    let drawn = diagram::text(&scene.exchange, width.saturating_sub(2), MOST);
    let drawn = if drawn.is_empty() { "nothing was sent\n".into() } else { drawn };
    let lines: String = drawn.lines().map(|line| format!("  {line}\n")).collect();
    format!("\n{STRONG}{}{STRONG:#}\n{lines}", scene.title)
}

/// A scene in Markdown.
fn page(scene: &Scene) -> String {
    let title = &scene.title;
    if scene.exchange.is_empty() {
        return format!("## {title}\n\nNothing was sent.\n\n");
    }
    format!("## {title}\n\n```mermaid\n{}```\n\n", diagram::mermaid(&scene.exchange))
}
