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
are not seen, and `/proc` tells less of a socket than a copy of it.

This says how well the judge knows the mistakes that its authors know. Of others it says nothing.
";

/// The whole page.
pub fn page(entries: &[Entry], runs: &[Run]) -> String {
    let mut page = INTRODUCTION.to_owned();
    for run in runs {
        page += &format!("\n## `{}`\n\n{}", flags(run.setting), by_lab(entries, run));
    }
    page += &times(runs);
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
    let method = match setting.method {
        Method::Copy => "copy",
        Method::Proc => "proc",
        Method::Notify => "notify",
    };
    format!("--network {} --inspect {method}", setting.network.name())
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

fn times(runs: &[Run]) -> String {
    let mut text = "\n## Time\n\nOf one run, on a virtual machine with two processors that others used too: all checks \
                    of all programs.\nIn private networks four run at once, on the loopback one after the other.\n\n\
                    | | seconds |\n|---|--:|\n"
        .to_owned();
    for run in runs {
        let _ = writeln!(text, "| `{}` | {} |", flags(run.setting), run.seconds);
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
        .zip(&run.results)
        .filter(|(entry, _)| entry.lab.number == lab && entry.mistake.is_some())
        .map(|(_, result)| {
            let failed = result.checks.iter().filter(|check| check.status == Status::Failed);
            failed.map(|check| check.id).collect::<Vec<_>>()
        });
    let failed: Vec<Vec<&str>> = failed.collect();
    let first = failed.iter().filter(|ids| ids.first() == Some(&check.id)).count();
    let alone = failed.iter().filter(|ids| **ids == [check.id]).count();
    (first, alone)
}
