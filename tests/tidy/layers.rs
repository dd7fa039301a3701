//! Who uses whom in src/, and who may.

use std::collections::{HashMap, HashSet};

use crate::files::{Faults, File};

/// The modules that every layer of [`ABOVE_GROUND`] may stand on: the text below the table says so.
const GROUND: [&str; 4] = ["procfs", "interrupt", "channel", "sys"];

const ABOVE_GROUND: [&str; 8] =
    ["program", "peer", "network", "inspect", "check", "demo", "doctor", "cli"];

/// Reads the table under "## Layers" in ARCHITECTURE.md: the modules that each module may use.
pub fn permitted(architecture: &File, faults: &mut Faults) -> HashMap<String, HashSet<String>> {
    let mut permitted: HashMap<String, HashSet<String>> = HashMap::new();
    let section = architecture.lines().skip_while(|(_, line)| *line != "## Layers").skip(1);
    for (number, line) in section.take_while(|(_, line)| !line.starts_with("## ")) {
        let Some(row) = line.strip_prefix('|').and_then(|line| line.strip_suffix('|')) else {
            continue;
        };
        let Some((modules, uses)) = row.split_once('|') else { continue };
        if modules.contains("---") || modules.trim() == "module" {
            continue;
        }
        let words = |cell: &str| -> Vec<String> {
            cell.split(',').map(|word| word.trim().to_owned()).collect()
        };
        let uses: Vec<String> =
            words(uses).into_iter().filter(|word| word != "nothing of ours").collect();
        for module in words(modules).into_iter().filter(|module| module != "each check.rs") {
            let mut may: HashSet<String> = uses.iter().cloned().collect();
            if ABOVE_GROUND.contains(&module.as_str()) {
                may.extend(GROUND.map(str::to_owned));
            }
            if permitted.insert(module.clone(), may).is_some() {
                faults.add(&architecture.path, number, format!("{module} has two rows: keep one"));
            }
        }
    }
    permitted
}

/// The top-level module to which a file belongs, and how deep in it the file's code stands: in
/// `src/cli/demo/cast.rs` three `super`s lead out.
pub fn module_of(path: &str) -> Option<(String, usize)> {
    if path.starts_with("labs/") && path.ends_with("/check.rs") {
        return Some(("labs".into(), 2));
    }
    let path = path.strip_prefix("src/")?.strip_suffix(".rs")?;
    let parts: Vec<&str> = path.split('/').collect();
    (path != "lib").then(|| (parts[0].to_owned(), parts.len()))
}

/// The top-level modules that a file names, each with its line.
pub fn uses(file: &File, depth: usize) -> Vec<(usize, String)> {
    let code = without_comments(&file.text);
    let tests = code.find("\nmod tests {").unwrap_or(code.len());
    let mut uses = Vec::new();
    for root in ["crate::", "socklab::"] {
        // The library's own name is a path to a module only for its executable.
        if root == "socklab::" && file.path != "src/main.rs" {
            continue;
        }
        for (at, _) in code.match_indices(root).filter(|&(at, _)| begins_a_path(&code, at)) {
            let names = first_names(&code[at + root.len()..]);
            uses.extend(names.into_iter().map(|name| (file.line_of(at), name)));
        }
    }
    for (at, _) in code.match_indices("super::").filter(|&(at, _)| begins_a_path(&code, at)) {
        let rest = code[at..].trim_start_matches("super::");
        let supers = (code.len() - at - rest.len()) / "super::".len();
        let depth = depth + usize::from(at > tests);
        if supers >= depth {
            uses.extend(first_names(rest).into_iter().map(|name| (file.line_of(at), name)));
        }
    }
    uses
}

/// True when no path leads to what stands at `at`.
fn begins_a_path(code: &str, at: usize) -> bool {
    let before = code[..at].chars().next_back();
    !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
}

/// The first name of each path at the beginning of `rest`: of `a::b` and of `{a::{b, c}, d}`.
fn first_names(rest: &str) -> Vec<String> {
    let name = |path: &str| -> String {
        path.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(group) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let (mut names, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                names.push(name(&group[start..at]));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// The text with line comments blanked, so that offsets stay the same.
pub fn without_comments(text: &str) -> String {
    let line = |line: &str| match line.find("//").filter(|&at| !line[..at].ends_with(':')) {
        Some(at) => {
            let end = line.trim_end_matches('\n');
            format!("{}{}{}", &line[..at], " ".repeat(end.len() - at), &line[end.len()..])
        }
        None => line.to_owned(),
    };
    text.split_inclusive('\n').map(line).collect()
}
