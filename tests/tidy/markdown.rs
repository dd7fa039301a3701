//! Markdown: its links, its headings, and the commands that it tells people to type.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use clap::Command;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use socklab::course::Lab;
use socklab::labs;

use crate::files::{File, root};

/// The destinations of a document's links and pictures.
pub fn links(file: &File) -> Vec<(usize, String)> {
    let events = Parser::new(&file.text).into_offset_iter();
    let links = events.filter_map(|(event, place)| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            Some((file.line_of(place.start), dest_url.into_string()))
        }
        _ => None,
    });
    links.collect()
}

/// A heading's level, its text, and its line.
pub fn headings(file: &File) -> Vec<(u8, String, usize)> {
    let mut headings = Vec::new();
    let mut open: Option<(u8, String, usize)> = None;
    for (event, place) in Parser::new(&file.text).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                open = Some((level as u8, String::new(), file.line_of(place.start)));
            }
            Event::End(TagEnd::Heading(_)) => headings.extend(open.take()),
            Event::Text(text) | Event::Code(text) => {
                if let Some((_, heading, _)) = &mut open {
                    heading.push_str(&text);
                }
            }
            _ => {}
        }
    }
    headings
}

/// The names by which a document's headings can be linked to, as code hosts make them.
pub fn anchors(file: &File) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut anchors = Vec::new();
    for (_, heading, _) in headings(file) {
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        let anchor: String = heading.to_lowercase().chars().filter(kept).collect();
        let anchor = anchor.replace(' ', "-");
        let count = seen.entry(anchor.clone()).or_default();
        anchors.push(if *count == 0 { anchor } else { format!("{anchor}-{count}") });
        *count += 1;
    }
    anchors
}

/// Why a link of `file` leads nowhere, if it does.
pub fn broken(file: &File, link: &str) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = if path.is_empty() {
        file.path.clone()
    } else {
        let folder = Path::new(&file.path).parent().unwrap_or(Path::new(""));
        normal(&folder.join(path))
    };
    if !root().join(&target).exists() {
        return Some(format!("the link {link} leads to {target}, which is not there: correct it"));
    }
    let is_there = || anchors(&File::read(&target)).iter().any(|known| known == anchor);
    (!anchor.is_empty() && !is_there())
        .then(|| format!("{target} has no heading for #{anchor}: correct the link {link}"))
}

/// A path without `..`, which may lead out of a folder that is not there.
fn normal(path: &Path) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.iter().filter_map(|part| part.to_str()) {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The lines of code in a document: those of its blocks, with the block's kind, and its spans.
pub fn code(file: &File) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut in_block = false;
    for (event, place) in Parser::new(&file.text).into_offset_iter() {
        match event {
            // What stands in a file, as in `rust` or `toml`, is not typed.
            Event::Start(Tag::CodeBlock(kind)) => in_block = is_typed(&kind),
            Event::End(TagEnd::CodeBlock) => in_block = false,
            Event::Text(_) if in_block => lines.extend(lines_in(file, place)),
            Event::Code(text) => lines.push((file.line_of(place.start), text.replace('\n', " "))),
            _ => {}
        }
    }
    lines
}

fn is_typed(kind: &CodeBlockKind<'_>) -> bool {
    match kind {
        CodeBlockKind::Indented => true,
        CodeBlockKind::Fenced(info) => {
            matches!(info.split_whitespace().next(), None | Some("sh" | "console" | "text"))
        }
    }
}

fn lines_in(file: &File, place: Range<usize>) -> Vec<(usize, String)> {
    let text = file.text[place.clone()].replace("\\\n", "  ");
    (file.line_of(place.start)..).zip(text.lines().map(str::to_owned)).collect()
}

/// The commands in a line that people may type: without prompt, comment and what follows a pipe.
fn commands(line: &str) -> impl Iterator<Item = &str> {
    let line = line.trim().trim_start_matches("$ ");
    let line = line.split(" #").next().unwrap_or(line);
    line.split(['|', ';', '(', ')', '&']).map(str::trim)
}

/// What is wrong with the commands in a line of code.
pub fn wrong_commands(line: &str, makefile: &str, socklab: &Command) -> Vec<String> {
    commands(line).filter_map(|command| wrong(command, makefile, socklab)).collect()
}

fn wrong(command: &str, makefile: &str, socklab: &Command) -> Option<String> {
    // Variables for one command stand before it.
    let is_a_variable = |word: &&str| word.contains('=') && !word.starts_with('-');
    let words: Vec<&str> = command.split_whitespace().skip_while(is_a_variable).collect();
    match words[..] {
        ["make", ref targets @ ..] => targets.iter().find_map(|target| {
            let is_target = !target.starts_with('-') && !target.contains('=');
            (is_target && !has_target(makefile, target))
                .then(|| format!("`make {target}`: the Makefile has no such target"))
        }),
        ["cargo", "run", "-q" | "--quiet", "--", ref args @ ..]
        | ["cargo", "run", "--", ref args @ ..] => wrong_verb(args, socklab),
        ["cargo", "run" | "test" | "build", ref args @ ..] => wrong_cargo(args),
        [program, ref args @ ..] if program == "socklab" || program.ends_with("/socklab") => {
            wrong_verb(args, socklab)
        }
        _ => None,
    }
}

fn has_target(makefile: &str, target: &str) -> bool {
    let letters = target.trim_end_matches(|c: char| c.is_ascii_digit());
    let pattern = (letters != target).then(|| format!("{letters}%:"));
    makefile.lines().any(|line| {
        line.starts_with(&format!("{target}:"))
            || pattern.as_deref().is_some_and(|pattern| line.starts_with(pattern))
    })
}

/// Socklab's arguments, up to a command of the learner's.
fn wrong_verb(args: &[&str], socklab: &Command) -> Option<String> {
    let args: Vec<&str> = args.iter().copied().take_while(|arg| *arg != "--").collect();
    let verb = *args.iter().find(|arg| !arg.starts_with('-'))?;
    // A place for something else, as in `socklab VERB` or `socklab …`.
    if !verb.starts_with(|c: char| c.is_ascii_lowercase()) {
        return None;
    }
    let Some(command) = socklab.get_subcommands().find(|command| command.get_name() == verb) else {
        return Some(format!("`socklab {verb}`: there is no such verb"));
    };
    let is_known = |option: &str| {
        ["help", "color", "version"].contains(&option)
            || command.get_arguments().any(|arg| arg.get_long() == Some(option))
    };
    args.iter().find_map(|arg| {
        let option = arg.strip_prefix("--")?.split(['=', ']']).next()?;
        (!is_known(option)).then(|| format!("`socklab {verb}` has no option --{option}"))
    })
}

fn wrong_cargo(args: &[&str]) -> Option<String> {
    let args: Vec<&str> = args.iter().copied().take_while(|arg| *arg != "--").collect();
    args.windows(2).find_map(|pair| {
        let there = |folder: &str| root().join(folder).join(format!("{}.rs", pair[1])).exists();
        let is_there = match pair[0] {
            "-p" | "--package" => pair[1] == "socklab" || lab_of(pair[1]).is_some(),
            "--bin" => pair[1] == "socklab" || is_of_a_lab(pair[1]),
            "--test" => there("tests"),
            "--example" => there("examples"),
            "--bench" => there("benches"),
            _ => true,
        };
        (!is_there).then(|| format!("`{} {}`: there is no such thing", pair[0], pair[1]))
    })
}

/// True for a program that a lab's Cargo.toml names, and for those that every lab has.
fn is_of_a_lab(program: &str) -> bool {
    let names = |lab: &Lab| {
        let file = File::read(&format!("labs/{}/Cargo.toml", lab.folder));
        file.text.contains(&format!("name = \"{program}\""))
    };
    let package = program.trim_end_matches("-solution").trim_end_matches("-mistakes");
    lab_of(package).is_some() || labs::all().iter().any(names)
}

/// The number in `lab3`. Texts on how to add a lab name the one after the last.
fn lab_of(package: &str) -> Option<u8> {
    let number: u8 = package.strip_prefix("lab")?.parse().ok()?;
    let last = labs::all().iter().map(|lab| lab.number).max()?;
    (1..=last + 1).contains(&number).then_some(number)
}
