//! Whether a lab's folder has all that a lab needs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use socklab::course::Lab;
use socklab::demo::{Sections, hints};

use crate::files::{Faults, File, root};

const HEADINGS: [&str; 7] = [
    "Goal",
    "Watch it",
    "The calls",
    "Your task",
    "Check it",
    "What surprises people",
    "Go further",
];

pub fn look_at(lab: &Lab, faults: &mut Faults) {
    let folder = format!("labs/{}", lab.folder);
    let own = ["README.md", "Cargo.toml", "check.rs", "mistakes.rs"];
    let own = own.iter().map(|file| format!("{folder}/{file}"));
    let of_parts = lab.parts.iter().flat_map(|part| [&part.file, &part.solution_file]);
    for file in own.chain(of_parts.map(|file| file.display().to_string())) {
        if !root().join(&file).is_file() {
            faults.add(&file, 1, "it is missing: a lab needs it");
        }
    }
    handout(&File::read(&format!("{folder}/README.md")), lab, faults);
    package(&File::read(&format!("{folder}/Cargo.toml")), lab, faults);
    for part in &lab.parts {
        match lab.has_parts() {
            true => right(&format!("{folder}/right/{}", part.role), faults),
            false => right(&format!("{folder}/right"), faults),
        }
    }
    let mistakes = File::read(&format!("{folder}/mistakes.rs"));
    reports(&format!("{folder}/reports"), &mistakes, faults);
}

fn handout(file: &File, lab: &Lab, faults: &mut Faults) {
    let sections = Sections::read(&file.text);
    let headings: Vec<&str> =
        sections.headings.iter().map(|heading| heading.name.as_str()).collect();
    if headings != HEADINGS {
        let at = headings.iter().zip(HEADINGS).take_while(|(is, should)| **is == *should).count();
        let line = sections.headings.get(at).map_or(file.text.lines().count(), |it| it.line);
        let should = HEADINGS.get(at).map_or("nothing more".into(), |name| format!("\"{name}\""));
        faults.add(&file.path, line, format!("the heading here should be {should}"));
    }
    let title = sections.title.unwrap_or_default();
    if !title.starts_with(&format!("Lab {}: ", lab.number)) {
        faults.add(&file.path, 1, format!("its title should begin with \"Lab {}: \"", lab.number));
    }
    let count = hints(&file.text).len();
    if count < 3 {
        faults.add(&file.path, 1, format!("it has {count} hints: write at least three"));
    }
}

fn package(file: &File, lab: &Lab, faults: &mut Faults) {
    let parts = lab.parts.iter();
    let names = parts.flat_map(|part| [part.executable.clone(), part.solution_executable()]);
    for name in names.chain([format!("{}-mistakes", lab.package())]) {
        if !file.text.contains(&format!("name = \"{name}\"")) {
            faults.add(&file.path, 1, format!("nothing in it has the name {name}"));
        }
    }
}

fn right(folder: &str, faults: &mut Faults) {
    let files = names_in(folder);
    let extension =
        |name: &String| name.rsplit_once('.').map(|(_, extension)| extension.to_owned());
    let languages: BTreeSet<String> = files.iter().filter_map(extension).collect();
    if files.len() < 3 || languages.len() < 2 {
        let what = "write at least three right programs, in at least two languages";
        faults.add(folder, 1, what);
    }
}

fn reports(folder: &str, mistakes: &File, faults: &mut Faults) {
    let named = names_of_mistakes(mistakes);
    if named.len() < 5 {
        faults.add(&mistakes.path, 1, format!("only {} mistakes: write five", named.len()));
    }
    let reports = names_in(folder);
    for (line, name) in &named {
        if !reports.contains(&format!("{name}.txt")) {
            let what = format!("{name} has no report: BLESS=1 cargo test --test labs writes it");
            faults.add(&mistakes.path, *line, what);
        }
    }
    for report in &reports {
        let of_a_mistake = |(_, name): &(usize, String)| format!("{name}.txt") == *report;
        if !named.iter().any(of_a_mistake) {
            let file = format!("{folder}/{report}");
            faults.add(&file, 1, format!("it is of no mistake in {}: delete it", mistakes.path));
        }
    }
}

/// The first argument of each `Mistake::new`.
fn names_of_mistakes(file: &File) -> Vec<(usize, String)> {
    const CALL: &str = "Mistake::new(";
    let names = file.text.match_indices(CALL).filter_map(|(at, _)| {
        let name =
            file.text[at + CALL.len()..].trim_start().strip_prefix('"')?.split('"').next()?;
        Some((file.line_of(at), name.to_owned()))
    });
    names.collect()
}

fn names_in(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(Path::new(folder))).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}
