//! Whether the page is true: its figures beside those that were just counted.

use similar::TextDiff;

use socklab::labs;

use crate::corpus::{self, Language};
use crate::page::{LOAD, TIME};

/// What is different, as a diff; nothing where the page is true. Where some languages are missing,
/// no figure that they are part of is compared. Nor is one of a lab in which programs wait for a clock:
/// which of its later checks a wrong program fails besides depends on the machine. That each is
/// rejected, and for the right reason, is demanded apart from this.
pub fn differences(page: &str, counted: &str, missing: &[&Language]) -> Option<String> {
    let page = figures(page, missing);
    let counted = figures(counted, missing);
    if page == counted {
        return None;
    }
    let diff = TextDiff::from_lines(&page, &counted);
    Some(diff.unified_diff().header("docs/quality.md", "counted now").to_string())
}

/// The parts of a page that can be compared.
fn figures(page: &str, missing: &[&Language]) -> String {
    let sections = page.split_inclusive('\n').fold(Vec::<String>::new(), |mut sections, line| {
        match sections.last_mut() {
            Some(section) if !line.starts_with("## ") => section.push_str(line),
            _ => sections.push(line.to_owned()),
        }
        sections
    });
    sections
        .into_iter()
        .filter(|section| !section.starts_with(TIME) && !section.starts_with(LOAD))
        .filter(|section| missing.is_empty() != section.starts_with("## By language\n"))
        .flat_map(|section| section.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>())
        .filter(|line| !missing.is_empty() || !is_of_a_clock(line))
        .filter(|line| !missing.iter().any(|it| line.starts_with(&format!("| {} |", it.name))))
        .collect()
}

/// True for a row of a lab in which programs wait for a clock, and for one in which all labs are
/// counted.
fn is_of_a_clock(line: &str) -> bool {
    let mut idle = labs::all().iter().filter(|lab| corpus::is_idle(lab));
    line.starts_with("| all |") || idle.any(|lab| line.starts_with(&format!("| {} ", lab.number)))
}

/// A section of a page, with the empty line before it; empty where the page has none.
pub fn section(page: &str, heading: &str) -> String {
    let Some(at) = page.find(&format!("\n{heading}")) else { return String::new() };
    let after = &page[at + 1..];
    let end = after[1..].find("\n## ").map_or(after.len(), |end| end + 2);
    format!("\n{}\n", after[..end].trim_end())
}
