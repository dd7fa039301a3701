//! What no compiler checks and every reader relies on: that the layers hold, that a lab is whole,
//! that links lead somewhere and commands exist, that every cause is explained.
//!
//! Each fault is a line, `file:line: what is wrong: what to do`.

#[path = "tidy/causes.rs"]
mod causes;
#[path = "tidy/files.rs"]
mod files;
#[path = "tidy/lab_folders.rs"]
mod lab_folders;
#[path = "tidy/layers.rs"]
mod layers;
#[path = "tidy/markdown.rs"]
mod markdown;

use std::collections::HashSet;
use std::fs;

use files::{Faults, File, files, root};
use layers::without_comments;
use socklab::labs;

#[test]
fn modules_use_only_the_layers_below_them() {
    let mut faults = Faults::default();
    let permitted = layers::permitted(&File::read("ARCHITECTURE.md"), &mut faults);
    assert!(permitted.len() > 10, "ARCHITECTURE.md has no table of layers");
    let mut seen = HashSet::new();
    for file in files() {
        let Some((module, depth)) = layers::module_of(&file.path) else { continue };
        let Some(may) = permitted.get(&module) else {
            let what = format!("{module} is not in the table of ARCHITECTURE.md: add a row for it");
            faults.add(&file.path, 1, what);
            continue;
        };
        for (line, used) in layers::uses(&file, depth) {
            if permitted.contains_key(&used) && used != module && !may.contains(&used) {
                let what = format!(
                    "{module} uses {used}, which the table of ARCHITECTURE.md does not permit: \
                     find another way, or change the table and say why"
                );
                faults.add(&file.path, line, what);
            }
        }
        seen.insert(module);
    }
    for module in permitted.keys().filter(|module| !seen.contains(*module)) {
        faults.add("ARCHITECTURE.md", 1, format!("there is no module {module}: take its row out"));
    }
    faults.must_be_none();
}

#[test]
fn rust_is_written_by_the_rules_of_the_house() {
    let mut faults = Faults::default();
    for file in files().iter().filter(|file| file.is("", "rs")) {
        let code = without_comments(&file.text);
        let in_src = file.path.starts_with("src/");
        // What learners read and what is wrong on purpose may sleep.
        let may_sleep = file.path.starts_with("labs/") && !file.path.ends_with("/check.rs");
        let tests = is_a_test(&file.path).then_some(0).or(code.find(TESTS));
        let tests = tests.map_or(usize::MAX, |at| file.line_of(at));
        for (number, line) in (1..).zip(code.lines()) {
            let mut bad = |what| faults.add(&file.path, number, what);
            if file.path != "src/sys.rs" && has_word(line, concat!("un", "safe")) {
                bad("this belongs into src/sys.rs: put the smallest function that is safe there");
            }
            if !may_sleep && line.contains(concat!("thread::", "sleep")) {
                bad("a sleep is a guess: wait for a condition, with a deadline");
            }
            if line.contains(concat!("#[", "ignore")) {
                bad("a test that is ignored tests nothing: make it run, or take it out");
            }
            if in_src && number < tests && line.contains(concat!(".unwrap", "()")) {
                bad("an unwrap in src/: return an error, or let it be a case of its own");
            }
        }
    }
    faults.must_be_none();
}

/// Where a file's own tests begin, which are its end.
const TESTS: &str = "#[cfg(test)]\nmod tests {";

/// True for a file in src/ that is compiled for tests only.
fn is_a_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.ends_with("_tests.rs") || path.contains("/tests/")
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|it| it == word)
}

#[test]
fn every_lab_is_whole() {
    let mut faults = Faults::default();
    for entry in fs::read_dir(root().join("labs")).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        let is_a_lab = name.starts_with(|c: char| c.is_ascii_digit());
        if is_a_lab && !labs::all().iter().any(|lab| lab.folder == name) {
            faults.add(&format!("labs/{name}"), 1, "it is no lab yet: it has no check.rs");
        }
    }
    for (lab, number) in labs::all().iter().zip(1..) {
        if lab.number != number {
            faults.add(
                &format!("labs/{}", lab.folder),
                1,
                format!("its number should be {number}"),
            );
        }
        lab_folders::look_at(lab, &mut faults);
    }
    faults.must_be_none();
}

fn documents() -> impl Iterator<Item = File> {
    files().into_iter().filter(|file| file.is("", "md"))
}

#[test]
fn every_link_leads_somewhere() {
    let mut faults = Faults::default();
    for file in documents() {
        for (line, link) in markdown::links(&file) {
            if let Some(what) = markdown::broken(&file, &link) {
                faults.add(&file.path, line, what);
            }
        }
    }
    faults.must_be_none();
}

/// A lab author finds all words of the language of checks on one page.
#[test]
fn every_word_of_a_check_is_explained() {
    let mut faults = Faults::default();
    let page = File::read("docs/lab-authors.md").text;
    // What plays a check is no word of it.
    let others = ["set", "close", "play_on"];
    for file in files().into_iter().filter(|file| file.is("src/check/", "rs")) {
        for (number, line) in (1..).zip(file.text.lines()) {
            let Some(rest) = line.trim_start().strip_prefix("pub fn ") else { continue };
            let word = rest.split('(').next().unwrap_or_default();
            if !page.contains(&format!("{word}(")) && !others.contains(&word) {
                faults.add(
                    &file.path,
                    number,
                    format!("docs/lab-authors.md says nothing of {word}"),
                );
            }
        }
    }
    faults.must_be_none();
}

#[test]
fn every_command_that_is_named_exists() {
    let mut faults = Faults::default();
    let makefile = File::read("Makefile").text;
    let mut socklab = socklab::cli::command();
    // Only what is built knows `help`.
    socklab.build();
    for file in documents() {
        for (number, line) in markdown::code(&file) {
            for what in markdown::wrong_commands(&line, &makefile, &socklab) {
                faults.add(&file.path, number, format!("{what}: correct it"));
            }
        }
    }
    faults.must_be_none();
}

#[test]
fn every_cause_is_explained() {
    let mut faults = Faults::default();
    causes::look(&mut faults);
    faults.must_be_none();
}

#[test]
fn nothing_names_a_place_on_somebodys_machine() {
    let mut faults = Faults::default();
    let places = [
        concat!("/tmp", "/wt-"),
        concat!("/ho", "me/"),
        concat!("/ro", "ot/"),
        concat!("/Us", "ers/"),
        concat!("/wo", "rk/"),
    ];
    for file in files() {
        for (number, line) in file.lines() {
            if let Some(place) = places.iter().find(|place| line.contains(**place)) {
                let what = format!("{place}… is a place on one machine: name it from the root on");
                faults.add(&file.path, number, what);
            }
        }
    }
    faults.must_be_none();
}

/// Who comes to the project types two commands, and no more.
#[test]
fn the_readme_begins_with_two_commands() {
    let readme = File::read("README.md");
    let first = readme.text.split("\n```").nth(1).unwrap_or_default();
    let commands: Vec<&str> = first
        .lines()
        .skip(1)
        .map(|line| line.split('#').next().unwrap_or(line).trim())
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(commands, ["make lab6", "cargo test"], "the first code block of README.md");
}
