//! Whether the page is true: its figures beside those that were just counted.

use similar::TextDiff;

use crate::corpus::Language;
use crate::page::{LOAD, TIME};

/// What is different, as a diff; nothing where the page is true. Where some languages are missing,
/// no figure that they are part of is compared.
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
        .filter(|section| missing.is_empty() || section.starts_with("## By language\n"))
        .flat_map(|section| section.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>())
        .filter(|line| !missing.iter().any(|it| line.starts_with(&format!("| {} |", it.name))))
        .collect()
}

/// A section of a page, with the empty line before it; empty where the page has none.
pub fn section(page: &str, heading: &str) -> String {
    let Some(at) = page.find(&format!("\n{heading}")) else { return String::new() };
    let after = &page[at + 1..];
    let end = after[1..].find("\n## ").map_or(after.len(), |end| end + 2);
    format!("\n{}\n", after[..end].trim_end())
}
