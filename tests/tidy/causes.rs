//! Whether every cause that a report may name has a page, in the form that all have, and its place
//! in the list.

use std::collections::BTreeMap;

use crate::files::{Faults, File, files};
use crate::layers::without_comments;
use crate::{TESTS, markdown};

const LIST: &str = "docs/causes.md";
const PAGES: &str = "docs/causes/";

/// What stands in a page besides its headings, in this order.
const PARTS: [&str; 6] =
    ["\n**Told by** ", "\n## Fix it\n", "\n**Rust**", "\n**Python**", "\n**C**", "\nMore: "];

const MOST_LINES: usize = 60;
const MOST_COLUMNS: usize = 120;

pub fn look(faults: &mut Faults) {
    let known = known();
    assert!(known.len() > 50, "the causes in src/diagnose/ are not found: {known:?}");
    let pages: Vec<File> = files().into_iter().filter(|file| file.is(PAGES, "md")).collect();
    for (id, (path, line)) in &known {
        if !pages.iter().any(|page| page.path == path_of(id)) {
            faults.add(path, *line, format!("{} is missing: write it", path_of(id)));
        }
    }
    for page in &pages {
        let name = page.path.strip_prefix(PAGES).and_then(|name| name.strip_suffix(".md"));
        let Some(id) = name else { continue };
        if !known.contains_key(id) {
            faults.add(&page.path, 1, format!("nothing is diagnosed as {id}: take it out"));
        }
        form(page, id, faults);
    }
    let ids: Vec<&str> = known.keys().map(String::as_str).collect();
    list(&File::read(LIST), &ids, faults);
}

fn path_of(id: &str) -> String {
    format!("{PAGES}{id}.md")
}

/// Every id that can be said, with a place that says it.
fn known() -> BTreeMap<String, (String, usize)> {
    let mut known = BTreeMap::new();
    let says = |path: &str| {
        let places = ["src/diagnose", "src/course", "src/cli"];
        places.iter().any(|start| path.starts_with(start)) || is_a_check(path)
    };
    for file in files().into_iter().filter(|file| says(&file.path)) {
        for (line, id) in ids(&file) {
            known.entry(id).or_insert((file.path.clone(), line));
        }
    }
    known
}

/// True for a lab's `check.rs`, and for what stands beside it in a folder `check`.
fn is_a_check(path: &str) -> bool {
    path.starts_with("labs/") && (path.ends_with("/check.rs") || path.contains("/check/"))
}

/// The ids that a file gives to diagnoses.
fn ids(file: &File) -> Vec<(usize, String)> {
    let code = without_comments(&file.text);
    let code = &code[..code.find(TESTS).unwrap_or(code.len())];
    let mut ids = Vec::new();
    for before in ["id: ", "Finding::or(", "Wrong::cause("] {
        for (at, _) in code.match_indices(before) {
            let rest = code[at + before.len()..].trim_start().strip_prefix('"');
            let id = rest.and_then(|rest| rest.split('"').next());
            ids.extend(id.map(|id| (file.line_of(at), id.to_owned())));
        }
    }
    ids
}

/// A page has the headings that all have, its parts in their order, and an end.
fn form(page: &File, id: &str, faults: &mut Faults) {
    let expected =
        [(1, id), (2, "What happens"), (2, "Why"), (2, "See it yourself"), (2, "Fix it")];
    let headings = markdown::headings(page);
    let found: Vec<(u8, &str)> =
        headings.iter().map(|(level, text, _)| (*level, text.as_str())).collect();
    if found != expected {
        faults.add(&page.path, 1, format!("its headings should be {expected:?}, not {found:?}"));
    }
    let mut rest = page.text.as_str();
    for part in PARTS {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => {
                faults.add(&page.path, 1, format!("{part:?} is missing, or not in its place"));
            }
        }
    }
    let count = page.text.lines().count();
    if count > MOST_LINES {
        faults.add(&page.path, count, format!("it is longer than {MOST_LINES} lines: shorten it"));
    }
    for (number, line) in page.lines() {
        if line.chars().count() > MOST_COLUMNS {
            faults.add(&page.path, number, format!("longer than {MOST_COLUMNS} columns: break it"));
        }
    }
}

/// The list links every page once, in the order of the alphabet, below the heading of its family.
fn list(list: &File, ids: &[&str], faults: &mut Faults) {
    let mut links = markdown::links(list);
    links.retain(|(_, link)| link.starts_with("causes/"));
    let linked: Vec<&str> =
        links.iter().map(|(_, link)| &link["causes/".len()..link.len() - ".md".len()]).collect();
    if linked != ids {
        let (at, what) = first_difference(&linked, ids);
        let line = links.get(at).or(links.last()).map_or(1, |(line, _)| *line);
        faults.add(LIST, line, what);
    }
    let families = markdown::headings(list);
    for ((line, _), id) in links.iter().zip(linked) {
        let text = format!("- [{id}](");
        if !list.lines().any(|(number, it)| number == *line && it.starts_with(&text)) {
            faults.add(LIST, *line, format!("the line should begin with {text}"));
        }
        let family = id.split('-').next().unwrap_or(id);
        let above = families.iter().rev().find(|(_, _, heading)| heading < line);
        if !above.is_some_and(|(_, heading, _)| heading.starts_with(&format!("{family}: "))) {
            faults.add(LIST, *line, format!("{id} stands below another family's heading: move it"));
        }
    }
}

/// Where the list parts from what it should be, and what to do there.
fn first_difference(linked: &[&str], ids: &[&str]) -> (usize, String) {
    let same = linked.iter().zip(ids).take_while(|(linked, id)| linked == id).count();
    let what = match (linked.get(same), ids.get(same)) {
        (Some(linked), Some(id)) => format!("{id} should stand here, not {linked}"),
        (None, Some(id)) => format!("{id} should follow: add it"),
        (linked, None) => {
            let linked = linked.copied().unwrap_or_default();
            format!("nothing is diagnosed as {linked}, or it is linked twice: take it out")
        }
    };
    (same, what)
}
