//! The figures as a page in Markdown.

use std::fmt::Write;

use socklab::course::Check;
use socklab::evidence::{Method, Status};
use socklab::labs;

use crate::count::{Outcome, Tally};
use crate::{Entry, Run, Setting};

const INTRODUCTION: &str = "\
# How good the judge is

```sh
make quality      # writes this page
```

Every wrong program of the course must be rejected, and told why; every right one must be accepted. These are all of
them: the functions in each lab's `mistakes.rs`, and the files in `wrong/` and `right/`, with the solution.

*Where foreseen* counts the wrong programs that fail the check first that they name. *Cause first* counts those of which
the first diagnosis, of the first check that failed, is the one that the program names; *second* those of which it is the
second, because the evidence fits both. *Another* cause is a wrong one, and *none* is `unknown`. On the loopback packets
are not seen, and `/proc` tells less of a socket than a copy of it: that a socket on `::` takes IPv6 only shows there
when it is asked, one check later than the program foresees.

`make ci` counts anew and compares. It fails when this page is out of date, when a wrong program is accepted, a right one
rejected, or a program given a cause that is not its own, and when the right cause comes first in fewer than 95 of 100
cases.

Where programs mostly wait for a clock, as in the labs of part 2, they are checked in the first setting alone: in each of
the others it would be the same wait. One of which something else is said than it says itself is checked once more, alone:
so many at once leave too little time for what a clock tells. The tests run the solutions of these labs on a loopback too.

This says how well the judge knows the mistakes that its authors know. Of others it says nothing.
";

/// The whole page. What was found under load is told by `load`, a section of its own.
pub fn page(entries: &[Entry], runs: &[Run], load: &str, seconds: u64) -> String {
    let mut page = INTRODUCTION.to_owned();
    for run in runs {
        page += &format!("\n## `{}`\n\n{}", flags(run.setting), by_lab(entries, run));
    }
    page += load;
    page += &time(seconds);
    if let Some(run) = runs.first() {
        page += &by_language(entries, run);
    }
    page += &not_first(entries, runs);
    if let Some(run) = runs.first() {
        page += &checks(entries, run);
    }
    page
}

/// The options of `socklab check` that make this setting.
pub fn flags(setting: Setting) -> String {
    format!("--network {} --inspect {}", setting.network.name(), setting.method_name())
}

const HEAD: &str = "wrong programs | rejected | where foreseen | cause first | second | another | none | right programs | accepted |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";

fn row(name: &str, tally: Tally) -> String {
    if tally.is_empty() {
        return format!("| {name} | – | – | – | – | – | – | – | – | – |\n");
    }
    let Tally { wrong, rejected, there, first, second, another, unknown, right, accepted } = tally;
    format!(
        "| {name} | {wrong} | {rejected} | {there} | {first} | {second} | {another} | {unknown} | {right} | \
         {accepted} |\n"
    )
}

fn by_lab(entries: &[Entry], run: &Run) -> String {
    let outcomes = || entries.iter().zip(&run.outcomes);
    let mut table = format!("| lab | {HEAD}");
    for lab in labs::all() {
        let its = outcomes().filter(|(entry, _)| entry.lab.number == lab.number);
        let name = format!("{} {}", lab.number, lab.slug);
        table += &row(&name, Tally::of(its.map(|(_, outcome)| outcome)));
    }
    table + &row("all", Tally::of(run.outcomes.iter()))
}

/// The heading of the only section that differs from run to run.
pub const TIME: &str = "## Time\n";

fn time(seconds: u64) -> String {
    format!(
        "\n{TIME}\nAll of it took {seconds} seconds, on a virtual machine with two processors that others used too. \
         Every run on the loopback has\na network of its own, and for socklab its loopback is that of the machine.\n"
    )
}

/// The heading of the section on runs under load.
pub const LOAD: &str = "## Under load\n";

/// What differed in each run under load.
pub fn load(differences: &[Vec<String>]) -> String {
    let mut text = format!(
        "\n{LOAD}\n`make quality-load` checks all of them again while every processor is kept busy. Verdict, check and \
         first\ndiagnosis must be the same.\n\n"
    );
    for (run, differences) in (1..).zip(differences) {
        let _ = match differences.len() {
            0 => writeln!(text, "- Run {run}: all are the same."),
            count => writeln!(text, "- Run {run}: {count} differ: {}.", differences.join("; ")),
        };
    }
    text
}

fn by_language(entries: &[Entry], run: &Run) -> String {
    let mut text =
        format!("\n## By language\n\nWith `{}`.\n\n| language | {HEAD}", flags(run.setting));
    for language in ["Rust", "Python", "C", "JavaScript"] {
        let its = entries.iter().zip(&run.outcomes).filter(|(entry, _)| entry.language == language);
        text += &row(language, Tally::of(its.map(|(_, outcome)| outcome)));
    }
    text
}

/// What was not said as it should be, and in which settings.
fn not_first(entries: &[Entry], runs: &[Run]) -> String {
    let mut text = "\n## Not said first\n\nEvery program of which something else was said first, or that was judged \
                    wrongly; *P* is a private network, *L* the\nloopback, *c* copies of sockets, *p* `/proc`.\n\n\
                    | lab | program | where | check | said |\n|--:|---|---|---|---|\n"
        .to_owned();
    for (at, entry) in entries.iter().enumerate() {
        let mut told: Vec<&Outcome> = Vec::new();
        for outcome in runs.iter().map(|run| &run.outcomes[at]) {
            if outcome.is_worth_a_look() && !told.contains(&outcome) {
                told.push(outcome);
            }
        }
        for outcome in told {
            let places: Vec<&str> = runs
                .iter()
                .filter(|run| run.outcomes[at] == *outcome)
                .map(|run| mark(run.setting))
                .collect();
            let (check, said) = words(outcome);
            let program = entry.submission.shown.join(" ");
            let places = places.join(" ");
            let number = entry.lab.number;
            let _ = writeln!(text, "| {number} | `{program}` | {places} | {check} | {said} |");
        }
    }
    text
}

fn mark(setting: Setting) -> &'static str {
    match (setting.network.is_private(), setting.method) {
        (true, Method::Copy) => "Pc",
        (true, Method::Proc) => "Pp",
        (false, Method::Copy) => "Lc",
        (false, Method::Proc) => "Lp",
        (true, Method::Notify) => "Pn",
        (false, Method::Notify) => "Ln",
    }
}

fn words(outcome: &Outcome) -> (&str, String) {
    match outcome {
        Outcome::Rejected { check, said, foreseen, .. } if foreseen.likelier => {
            (check, format!("{}, as its file says", said.join(", ")))
        }
        Outcome::Rejected { check, said, .. } => (check, said.join(", ")),
        Outcome::TurnedAway { check } => (check, "a right program was rejected".into()),
        Outcome::Missed => ("", "a wrong program was accepted".into()),
        Outcome::NotPlayed | Outcome::Accepted => ("", String::new()),
    }
}

/// How much each check finds that no other would.
fn checks(entries: &[Entry], run: &Run) -> String {
    let mut text = format!(
        "\n## What each check finds\n\nWith `{}`: how many wrong programs fail a check first, and how \
         many fail it and nothing else. Without the\ncheck those last would be accepted. Checks that are skipped \
         because it failed are not counted.\n\n| lab | check | first | nothing else |\n|--:|---|--:|--:|\n",
        flags(run.setting)
    );
    for lab in labs::all() {
        for check in &lab.plan.checks {
            let (first, alone) = finds(entries, run, lab.number, check);
            let _ = writeln!(text, "| {} | {} | {first} | {alone} |", lab.number, check.id);
        }
    }
    text
}

/// How many wrong programs fail this check first, and how many fail nothing else.
fn finds(entries: &[Entry], run: &Run, lab: u8, check: &Check) -> (usize, usize) {
    let failed = entries
        .iter()
        .zip(&run.verdicts)
        .filter(|(entry, _)| entry.lab.number == lab && entry.mistake.is_some())
        .map(|(_, verdict)| {
            let failed = verdict.checks.iter().filter(|check| check.status == Status::Failed);
            failed.map(|check| check.id.as_str()).collect::<Vec<_>>()
        });
    let failed: Vec<Vec<&str>> = failed.collect();
    let first = failed.iter().filter(|ids| ids.first() == Some(&check.id)).count();
    let alone = failed.iter().filter(|ids| **ids == [check.id]).count();
    (first, alone)
}
