//! `socklab doctor`: what this machine offers, and what is missing.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};

use super::Stop;
use super::screen::Screen;
use crate::doctor::{self, Finding, Mark};
use crate::evidence::SetupError;
use crate::labs;

const FAINT: Style = Style::new().dimmed();

/// The hidden verb that makes socklab the program that is looked into.
pub(super) const SUBJECT: &str = "__subject";

pub(super) fn doctor(screen: &mut Screen) -> Result<ExitCode, Stop> {
    let addresses: BTreeSet<_> = labs::all().iter().filter_map(|lab| lab.plan.address).collect();
    let addresses: Vec<_> = addresses.into_iter().collect();
    let mut worst = Mark::Good;
    let mut show = |findings: Vec<Finding>, screen: &mut Screen| {
        for finding in findings {
            if finding.mark == Mark::Bad {
                worst = Mark::Bad;
            }
            screen.print(&line(&finding))?;
        }
        Ok::<(), Stop>(())
    };
    show(vec![doctor::system()], screen)?;
    show(doctor::looking(&subject()?), screen)?;
    show(doctor::loopback(), screen)?;
    show(vec![doctor::network()], screen)?;
    show(doctor::ports(&addresses), screen)?;
    show(doctor::languages(), screen)?;
    let colors = colors(screen);
    show(vec![colors], screen)?;
    if worst == Mark::Bad {
        screen.print("\nsome labs cannot be checked here: see the lines with ✗\n")?;
        return Ok(ExitCode::from(3));
    }
    screen.print("\nlabs can be checked here\n")?;
    Ok(ExitCode::SUCCESS)
}

/// The command that makes our own executable the program to look into.
fn subject() -> Result<[OsString; 2], SetupError> {
    let own = std::env::current_exe().map_err(|error| {
        SetupError::new("socklab cannot find itself", error, "start it by its full path")
    })?;
    Ok([own.into(), SUBJECT.into()])
}

fn colors(screen: &Screen) -> Finding {
    let found = if screen.colors_results() { "on" } else { "off" };
    Finding {
        mark: Mark::Good,
        what: "colors".into(),
        found: format!("{found}; --color, NO_COLOR and CLICOLOR_FORCE change that"),
        effect: String::new(),
    }
}

fn line(finding: &Finding) -> String {
    let (style, mark) = match finding.mark {
        Mark::Good => (AnsiColor::Green.on_default(), '✓'),
        Mark::Less => (AnsiColor::Yellow.on_default(), '!'),
        Mark::Bad => (AnsiColor::Red.on_default().bold(), '✗'),
    };
    let Finding { what, found, effect, .. } = finding;
    let mut text = format!("  {style}{mark}{style:#} {what:<11} {found}\n");
    if !effect.is_empty() {
        text.push_str(&format!("    {:<11} {FAINT}effect: {effect}{FAINT:#}\n", ""));
    }
    text
}
