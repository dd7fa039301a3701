//! The report for people. Readable without color: every mark is a character too.

use std::collections::BTreeSet;
use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::story::story;
use crate::diagram::{self, Cast, Exchange};
use crate::evidence::{
    CheckResult, Diagnosis, Evidence, LabResult, Outcome, Payload, Score, SocketCall, Status,
    StepKind, Unmet, What,
};

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const FAINT: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();

/// The width up to which text is set.
const WIDTH: usize = 80;

/// How far a failed check's details are indented, and where their text begins.
const LABEL: usize = 4;
const TEXT: usize = 14;

/// How many lines a terminal has at least: a drawing that would not fit is left out.
const LINES: usize = 24;

/// How many arrows are drawn of what was sent.
const ARROWS: usize = 6;

/// The report on one lab, as text with ANSI styles.
pub fn text(result: &LabResult) -> String {
    let unfolded = Report { result, folds: false }.text();
    let is_short = unfolded.whole && unfolded.text.lines().count() <= LINES;
    // Whoever has passed has seen nothing else that could be more important.
    if is_short || result.status == Status::Passed {
        return unfolded.text;
    }
    Report { result, folds: true }.text().text
}

/// How a report is set.
struct Report<'r> {
    result: &'r LabResult,
    /// Whether checks that passed, one after the other, share a line.
    folds: bool,
}

/// A report that has been set, and whether what was sent is drawn in it, if anything was.
struct Set {
    text: String,
    whole: bool,
}

impl Report<'_> {
    fn text(&self) -> Set {
        let result = self.result;
        let mut out = String::new();
        let mut whole = true;
        let program = Payload::from(shell_words::join(&result.program)).unquoted();
        let part = result.part.map(|role| format!(" ({role})")).unwrap_or_default();
        let name = format!("lab {}, {}{part}", result.number, result.lab);
        line(&mut out, format!("{STRONG}{name}{STRONG:#}: {program}"));
        let end = self.end();
        if let Some(diagnosis) = &result.diagnosis {
            refused(&mut out, diagnosis);
        } else {
            let lists = self.lists();
            let heads: Vec<Vec<String>> = lists.iter().map(|list| headlines(list)).collect();
            let others = 1 + heads.iter().flatten().count() + end.len();
            let mut room = Some(LINES.saturating_sub(others));
            for (list, head) in lists.iter().zip(&heads) {
                head.iter().for_each(|row| line(&mut out, row));
                let fails =
                    |check: &&CheckResult| matches!(check.status, Status::Failed | Status::Error);
                // The first divergence only: later failures often follow from it.
                if let Some(check) = list.iter().find(fails)
                    && let Some(room) = room.take()
                {
                    whole = details(&mut out, result, check, room);
                }
            }
        }
        end.iter().for_each(|row| line(&mut out, row));
        Set { text: out, whole }
    }

    /// The checks, as many of them together as share a line.
    fn lists(&self) -> Vec<&[CheckResult]> {
        let folds = |status| self.folds && matches!(status, Status::Passed | Status::Skipped);
        let share = |a: &CheckResult, b: &CheckResult| a.status == b.status && folds(a.status);
        self.result.checks.chunk_by(share).collect()
    }

    /// What stands below the checks.
    fn end(&self) -> Vec<String> {
        let mut rows = scores(self.result);
        rows.push(footer(self.result));
        rows.extend(attempts(self.result).iter().flat_map(|text| wrap(text, WIDTH)));
        let fallback = self.result.fallback.iter().flat_map(|text| wrap(text, WIDTH));
        rows.extend(fallback.map(|row| format!("{FAINT}{row}{FAINT:#}")));
        rows
    }
}

/// How well the program did what it did, a line for each figure.
fn scores(result: &LabResult) -> Vec<String> {
    let scores = result.checks.iter().flat_map(|check| check.evidence.scores());
    let row = |score: &Score| {
        let Score { name, value, unit, .. } = score;
        format!("  {STRONG}{value:.2}{STRONG:#} {unit}  {FAINT}{name}{FAINT:#}")
    };
    scores.map(row).collect()
}

fn line(out: &mut String, text: impl AsRef<str>) {
    out.push_str(text.as_ref());
    out.push('\n');
}

/// What is said of some checks: of one its title, of several that share a line their ids.
fn headlines(checks: &[CheckResult]) -> Vec<String> {
    let [first, _, ..] = checks else { return checks.iter().map(headline).collect() };
    let (style, mark) = mark(first.status);
    let ids: Vec<&str> = checks.iter().map(|check| check.id).collect();
    let skipped = if first.status == Status::Skipped { " (skipped)" } else { "" };
    let rows = wrap(&format!("{}{skipped}", ids.join(", ")), WIDTH - LABEL);
    let marked = |(at, row): (usize, String)| match at {
        0 => format!("  {style}{mark}{style:#} {row}"),
        _ => format!("{:LABEL$}{row}", ""),
    };
    rows.into_iter().enumerate().map(marked).collect()
}

fn mark(status: Status) -> (Style, &'static str) {
    match status {
        Status::Passed => (GOOD, "✓"),
        Status::Failed => (BAD, "✗"),
        Status::Error => (BAD, "!"),
        Status::Skipped => (FAINT, "-"),
    }
}

fn headline(check: &CheckResult) -> String {
    let (style, mark) = mark(check.status);
    let after = match check.status {
        Status::Passed => String::new(),
        Status::Failed => format!(" {FAINT}[{}]{FAINT:#}", check.id),
        Status::Error => " could not be found out".into(),
        Status::Skipped => {
            let needs = check.needs.map(|id| format!(", needs {id}"));
            let why = check.reason.map(|reason| format!(": {reason}")).or(needs);
            let needed = why.unwrap_or_default();
            // A line of more than the width says less.
            let room = WIDTH.saturating_sub("  -  (skipped)".len() + check.title.chars().count());
            let needed = if needed.chars().count() > room { "" } else { &needed };
            format!(" {FAINT}(skipped{needed}){FAINT:#}")
        }
    };
    format!("  {style}{mark}{style:#} {}{after}", check.title)
}

/// Why a check failed, in `room` lines if that can be done; false where they have no room for a
/// drawing of what was sent.
fn details(out: &mut String, result: &LabResult, check: &CheckResult, room: usize) -> bool {
    if let Some(trouble) = &check.trouble {
        field(out, "what", &trouble.what);
        field(out, "why", &trouble.why);
        field(out, "next", &trouble.next);
        return true;
    }
    let mut rest = String::new();
    judgement(&mut rest, check);
    // What a drawing shows need not be told, nor what is said to be right.
    let own = steps(check, |kind| match kind {
        StepKind::Start | StepKind::Datagram => false,
        StepKind::State => check.right.is_none(),
        StepKind::Act => true,
    });
    let room = room.saturating_sub(rest.lines().count());
    let drawn = drawing(result, check, room.saturating_sub(own.lines().count()));
    let all = steps(check, |kind| kind != StepKind::Start);
    // Where all steps have no room either, the judgement must do.
    let told = if all.lines().count() <= room { &all } else { &own };
    match &drawn {
        Some(drawn) if !drawn.is_empty() => *out += &(own + drawn),
        None if is_unknown(check) => *out += &own,
        _ => *out += told,
    }
    out.push_str(&rest);
    drawn.is_some()
}

/// What happened, as far as it is wanted.
fn steps(check: &CheckResult, is_wanted: impl Fn(StepKind) -> bool) -> String {
    let mut out = String::new();
    for (at, step) in check.steps.iter().filter(|step| is_wanted(step.kind)).enumerate() {
        field(&mut out, if at == 0 { "steps" } else { "" }, &step.text);
    }
    out
}

/// What was right, what should have come and what came, the likely cause, and what to do.
fn judgement(out: &mut String, check: &CheckResult) {
    if let Some(right) = &check.right {
        field(out, "right", right);
    }
    if let Some(unmet) = &check.unmet {
        compare(out, unmet);
    }
    // Where nobody knows the cause, whoever reads has to find it.
    if is_unknown(check) {
        for (label, text) in story(&check.evidence) {
            field(out, label, &text);
        }
    }
    for (at, diagnosis) in check.diagnoses.iter().enumerate() {
        let label = if at == 0 { "likely" } else { "or" };
        field(out, label, &format!("{} {FAINT}[{}]{FAINT:#}", diagnosis.message, diagnosis.id));
    }
    if let Some(known_by) = check.diagnoses.first().and_then(|first| first.known_by.as_ref()) {
        field(out, "known by", known_by);
    }
    if let Some(first) = check.diagnoses.first().filter(|first| !first.next.is_empty()) {
        field(out, "next", &first.next);
    }
}

/// True when no cause is known: then the report tells all that there is to go by.
fn is_unknown(check: &CheckResult) -> bool {
    check.diagnoses.iter().any(|diagnosis| diagnosis.id == "unknown")
}

/// What was sent, if anything was, in at most so many lines; `None` where that is too little.
fn drawing(result: &LabResult, check: &CheckResult, lines: usize) -> Option<String> {
    let cast = Cast::of_check(&check.evidence, result.role).who_speak(result.reading);
    let exchange = Exchange::of(&check.evidence, &cast).briefly();
    let mut drawn = (2..=ARROWS).rev().map(|most| diagram::text(&exchange, WIDTH - TEXT, most));
    let drawn = drawn.find(|drawn| drawn.lines().count() <= lines)?;
    let mut out = String::new();
    for (at, row) in drawn.lines().enumerate() {
        line(&mut out, labelled(if at == 0 { "packets" } else { "" }, row));
    }
    Some(out)
}

/// Expected and seen, one below the other, with a mark where they part.
fn compare(out: &mut String, unmet: &Unmet) {
    field(out, "expected", &unmet.expected);
    let mut lines = rows("seen", &unmet.observed);
    if let Some(column) = unmet.difference {
        let (row, column) = place(column, &wrap(&unmet.observed, WIDTH - TEXT));
        let mark = format!("{:TEXT$}{:column$}{BAD}^{BAD:#} differs from here on", "", "");
        lines.insert((row + 1).min(lines.len()), mark);
    }
    lines.iter().for_each(|text| line(out, text));
}

/// Where a column of a text is once the text is wrapped: in which row, and in which column of that.
fn place(mut column: usize, rows: &[String]) -> (usize, usize) {
    for (at, row) in rows.iter().enumerate() {
        // The space at which a row was broken is its last column.
        let length = visible(row) + 1;
        if column < length || at + 1 == rows.len() {
            return (at, column);
        }
        column -= length;
    }
    (0, column)
}

/// A label and its text, which is wrapped at words.
fn field(out: &mut String, label: &str, text: &str) {
    rows(label, text).iter().for_each(|text| line(out, text));
}

fn rows(label: &str, text: &str) -> Vec<String> {
    let parts = wrap(text, WIDTH - TEXT).into_iter().enumerate();
    let row = |(at, part): (usize, String)| labelled(if at == 0 { label } else { "" }, &part);
    parts.map(row).collect()
}

/// A line with its label.
fn labelled(label: &str, text: &str) -> String {
    let room = TEXT - LABEL;
    format!("{:LABEL$}{FAINT}{label:room$}{FAINT:#}{text}", "")
}

/// Breaks a text at spaces into lines of at most `width` characters; styles take no room. A word
/// that is longer stands alone.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let length = visible(word);
        if used > 0 && used + 1 + length > width {
            lines.push(String::new());
            used = 0;
        }
        let Some(last) = lines.last_mut() else { continue };
        if used > 0 || !last.is_empty() {
            last.push(' ');
            used += 1;
        }
        last.push_str(word);
        used += length;
    }
    lines
}

fn visible(word: &str) -> usize {
    anstream::adapter::strip_str(word).to_string().chars().count()
}

fn refused(out: &mut String, diagnosis: &Diagnosis) {
    field(out, "not yet", &format!("{} {FAINT}[{}]{FAINT:#}", diagnosis.message, diagnosis.id));
    field(out, "next", &diagnosis.next);
}

/// What the program tried to reach outside the network, if it did.
fn attempts(result: &LabResult) -> Option<String> {
    /// More than these say no more.
    const MOST: usize = 3;
    let refused = result.checks.iter().flat_map(|check| refused_places(&check.evidence));
    let places: BTreeSet<String> = refused.collect();
    let more = places.len().saturating_sub(MOST);
    let mut named: Vec<String> = places.into_iter().take(MOST).collect();
    if more > 0 {
        named.push(format!("{more} more"));
    }
    let last = named.pop()?;
    let all = match named.as_slice() {
        [] => last,
        first => format!("{} and {last}", first.join(", ")),
    };
    Some(format!("your program tried to reach {all}, outside its network, and was refused"))
}

/// What is outside a private network: other hosts, and local sockets of an abstract name, which belong
/// to a network as ports do.
fn refused_places(evidence: &Evidence) -> impl Iterator<Item = String> {
    let is_private = |what: &What| matches!(what, What::Opened { network: "private" });
    let is_private = evidence.all().any(is_private);
    evidence.all().filter_map(move |what| match what {
        What::Packet(flight) if flight.outcome() == Outcome::Refused => {
            Some(format!("{} ({})", flight.way().1, flight.packet().protocol()))
        }
        What::Called(SocketCall::ConnectAbstract { name, held: false, .. }) if is_private => {
            Some(format!("@{} (abstract socket)", Payload::from(name).unquoted()))
        }
        _ => None,
    })
}

fn footer(result: &LabResult) -> String {
    let passed = result.checks.iter().filter(|check| check.status == Status::Passed).count();
    let mut text = format!("{passed} of {} passed", result.checks.len());
    let mut facts = vec![format!("{} ms", result.duration_ms), format!("seed {}", result.seed)];
    facts.extend(result.inspection.map(|method| method.describe().to_owned()));
    facts.push(format!("network {}", result.network));
    // Writing to a String cannot fail.
    let _ = write!(text, " {FAINT}({}){FAINT:#}", facts.join(", "));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Role, Step};

    fn check(status: Status, evidence: Evidence) -> CheckResult {
        CheckResult {
            id: "answers",
            title: "answers",
            status,
            needs: None,
            reason: None,
            duration_ms: 0,
            right: None,
            diagnoses: Vec::new(),
            steps: vec![Step { kind: StepKind::State, text: "the kernel shows: no socket".into() }],
            unmet: None,
            trouble: None,
            evidence,
        }
    }

    /// The report on a program that failed one of some checks, to which so much was sent.
    fn report(checks: usize, sent: usize) -> String {
        let mut evidence = Evidence::default();
        for number in 0..sent {
            let [from, to] = [40000, 12345].map(|port| ([127, 0, 0, 1], port).into());
            let payload = Payload::from(format!("message {number}"));
            evidence.record(0, What::Sent { from, to, payload });
        }
        let mut checks: Vec<CheckResult> =
            (1..checks).map(|_| check(Status::Passed, Evidence::default())).collect();
        checks.push(check(Status::Failed, evidence));
        text(&LabResult {
            lab: "ack-server",
            number: 6,
            part: None,
            role: Role::Server,
            program: vec!["./server".into()],
            status: Status::Failed,
            duration_ms: 0,
            seed: 7,
            network: "private",
            fallback: None,
            inspection: None,
            reading: None,
            diagnosis: None,
            checks,
        })
    }

    #[test]
    fn what_was_sent_is_drawn_if_anything_was_and_a_terminal_has_the_lines() {
        assert!(!report(1, 0).contains("packets"));
        let drawn = anstream::adapter::strip_str(&report(1, 2)).to_string();
        let label = "    packets   client                                your server\n";
        assert!(drawn.contains(label), "{drawn}");
        assert!(drawn.contains("── \"message 1\" 9 bytes ──✗"), "{drawn}");
        // Where the checks leave no room for it, those that passed share a line.
        for (checks, arrows) in [(1, 6), (12, 6), (13, 5), (16, 2), (17, 6), (30, 6)] {
            let drawn = report(checks, 1000);
            let found = drawn.matches(" bytes").count();
            assert_eq!(found, arrows, "{checks} checks:\n{drawn}");
            assert!(drawn.lines().count() <= LINES, "{drawn}");
        }
    }

    #[test]
    fn an_abstract_socket_that_nobody_has_is_outside_a_private_network() {
        let places = |network: &'static str, held: bool| {
            let mut evidence = Evidence::default();
            evidence.record(0, What::Opened { network });
            let name = "bus\u{1b}".to_owned();
            evidence.record(1, What::Called(SocketCall::ConnectAbstract { fd: 3, name, held }));
            refused_places(&evidence).collect::<Vec<_>>()
        };
        assert_eq!(places("private", false), ["@bus\\x1b (abstract socket)"]);
        assert!(places("private", true).is_empty(), "it is the program's own");
        assert!(places("loopback", false).is_empty(), "nobody refused it but for want of one");
    }

    #[test]
    fn the_mark_stands_below_the_place_wherever_the_text_was_broken() {
        let text = "\"one two three\" from there";
        let rows = wrap(text, 10);
        assert_eq!(rows, ["\"one two", "three\"", "from there"]);
        let at = |column| {
            let (row, column) = place(column, &rows);
            rows[row].chars().nth(column)
        };
        assert_eq!((at(0), at(5), at(9), at(13)), (Some('"'), Some('t'), Some('t'), Some('e')));
        // A difference at the very space at which a row was broken is after the row's end.
        assert_eq!(place(8, &rows), (0, 8));
    }
}
