//! Reports as files: what a learner gets to read, word for word.

use std::path::Path;
use std::{env, fs};

use libtest_mimic::Failed;

/// Compares a report with the file that holds it, in which all that varies is redacted. With
/// `BLESS` set the file is written instead.
pub fn compare(file: &Path, report: &str) -> Result<(), Failed> {
    let report = redacted(report);
    if env::var_os("BLESS").is_some() {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, report)?;
        return Ok(());
    }
    let known = fs::read_to_string(file).unwrap_or_default();
    if known == report {
        return Ok(());
    }
    let hint = "if it is better now: BLESS=1 cargo test --test labs";
    let name = file.display();
    Err(format!("{name} holds\n{known}\nbut the report is\n{report}\n{hint}").into())
}

/// Ports that the system chose, process ids and times do not repeat.
fn redacted(report: &str) -> String {
    let mut out = String::new();
    for line in report.lines() {
        let line = match line.split_once(" passed (") {
            Some((passed, _)) => format!("{passed} passed ([FACTS])"),
            None => line.to_owned(),
        };
        out.push_str(&numbers(&line));
        out.push('\n');
    }
    out
}

/// Replaces every number that is an ephemeral port by `[PORT]`.
fn numbers(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        out.push_str(before);
        match digits.parse::<u32>() {
            Ok(32768..=60999) => out.push_str("[PORT]"),
            _ => out.push_str(digits),
        }
        rest = after;
    }
    out + rest
}
