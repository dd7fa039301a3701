//! `socklab list`, and `socklab` alone: the course, how far you are, and what to do next.

use std::fmt::Write;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::Args;
use serde_json::{Value, json};

use super::course::{Course, Place, Standing};
use super::screen::Screen;
use super::{Format, Stop};

/// The name of the format. A change that could break a reader gets a new number.
const SCHEMA: &str = "socklab/course/v1";

const FAINT: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// The form of the list.
    #[arg(long, default_value = "text")]
    format: Format,
}

impl Default for ListArgs {
    fn default() -> ListArgs {
        ListArgs { format: Format::Text }
    }
}

pub(super) fn list(args: &ListArgs, screen: &mut Screen) -> Result<ExitCode, Stop> {
    let course = Course::look(screen)?;
    let list = match args.format {
        Format::Text => text(&course),
        Format::Json => json(&course),
    };
    screen.print(&list)?;
    Ok(ExitCode::SUCCESS)
}

fn text(course: &Course) -> String {
    let room = course.places.iter().map(|place| place.lab.slug.len()).max().unwrap_or(0);
    let mut out = String::new();
    for Place { lab, standing, .. } in &course.places {
        let (style, mark, name) = match standing {
            Standing::NotStarted => (FAINT, "-", "not started"),
            Standing::InProgress => (AnsiColor::Yellow.on_default(), "~", "in progress"),
            Standing::Passed => (AnsiColor::Green.on_default(), "✓", "passed"),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "  {style}{mark} lab {:<2}  {name:<11}{style:#}  {:room$}  {}",
            lab.number, lab.slug, lab.plan.title
        );
    }
    let _ = writeln!(out, "\n{} of {} labs passed", course.passed(), course.places.len());
    match course.current() {
        Some(Place { next: Some(next), .. }) => {
            let _ = writeln!(out, "{STRONG}next{STRONG:#}{}: {next}", elsewhere(course));
        }
        _ => out.push_str("nothing is left to do here; \"Go further\" in each README has more\n"),
    }
    out
}

/// Where the next command is to be typed, when that is not here.
fn elsewhere(course: &Course) -> String {
    match std::env::current_dir().and_then(|here| here.canonicalize()) {
        Ok(here) if course.root.canonicalize().is_ok_and(|root| root == here) => String::new(),
        _ => format!(" (in {})", course.root.display()),
    }
}

fn json(course: &Course) -> String {
    let labs: Vec<Value> = course
        .places
        .iter()
        .map(|place| {
            json!({
                "number": place.lab.number,
                "slug": place.lab.slug,
                "title": place.lab.plan.title,
                "role": place.lab.plan.role,
                "file": place.lab.parts.first().map(|part| &part.file),
                "files": place.lab.parts.iter().map(|part| &part.file).collect::<Vec<_>>(),
                "state": place.standing,
                "next": place.next,
            })
        })
        .collect();
    let document = json!({
        "schema": SCHEMA,
        "current": course.current().map(|place| place.lab.slug),
        "labs": labs,
    });
    format!("{document:#}\n")
}
