//! Programs that are wrong in a way that no rule knows: each is rejected by the check that it names,
//! and nobody guesses. Its cause is found by reading, so the report must hold the facts.

use std::error::Error;
use std::path::Path;

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use socklab::course::Lab;
use socklab::evidence::{CheckResult, Payload, SocketCall, What};
use socklab::network::Choice;

use super::corpus::{self, Mistake, Script};

/// How much of a long text a report must show.
const SHOWN: usize = 40;

/// A test for every program in the lab's `unknown` folder.
pub fn trials(lab: &'static Lab) -> Result<Vec<Trial>, Box<dyn Error>> {
    let mut trials = Vec::new();
    for mistake in corpus::in_folder(lab, "unknown")? {
        let Some(script) = mistake.script.clone() else { continue };
        let name = format!("lab{}::unknown::{}", lab.number, script.name);
        trials.push(super::trial_in(script.language, lab, name, move || {
            is_told_by_its_facts(lab, &mistake, &script)
        }));
    }
    Ok(trials)
}

fn is_told_by_its_facts(
    lab: &'static Lab,
    mistake: &Mistake,
    script: &Script,
) -> Result<(), Failed> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(lab.folder).join("unknown");
    let command = script.command(&folder, false)?;
    let lab = corpus::up_to(lab, &mistake.check);
    let result =
        super::run(lab, Choice::Auto, std::slice::from_ref(&script.name), script.role, command)?;
    let check = super::first_failure(&result, mistake)?;
    let text = super::plain(&result);
    let said: Vec<&str> = check.diagnoses.iter().map(|diagnosis| diagnosis.id).collect();
    if said != ["unknown"] {
        return Err(format!("{said:?} is said of what no rule knows\n{text}").into());
    }
    let facts = facts(check);
    let json =
        strings(&serde_json::from_str(&socklab::report::json(std::slice::from_ref(&result)))?);
    let not_in_json = facts.iter().filter(|fact| !fact.is_in(&json));
    let missing: Vec<String> = facts
        .iter()
        .filter(|fact| !fact.is_in(&text))
        .map(|fact| format!("the text lacks {fact:?}"))
        .chain(not_in_json.map(|fact| format!("the JSON lacks {fact:?}")))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("{}\n{text}", missing.join("\n")).into())
}

/// What a reader needs in order to find the cause.
#[derive(Debug)]
struct Fact {
    kind: &'static str,
    words: String,
}

/// What was expected and seen, what was sent last and came then, which calls were told of, what was
/// printed last, and how the program ended by itself.
fn facts(check: &CheckResult) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    let mut add = |kind, words: String| facts.push(Fact { kind, words });
    if let Some(unmet) = &check.unmet {
        add("expected", unmet.expected.clone());
        add("seen", unmet.observed.clone());
    }
    let mut exchanged = Vec::new();
    let mut printed = None;
    // What it does when it is told to end is beside the point.
    for what in check.evidence.all().take_while(|what| !matches!(what, What::Stopped)) {
        match what {
            What::Sent { payload, .. } => exchanged = vec![payload],
            What::Received { payload, .. } => exchanged.push(payload),
            What::Output { text, .. } => printed = last_line(text).or(printed),
            What::Called(call) => name(call).into_iter().for_each(|name| add("call", name.into())),
            What::Exited { exit, .. } => add("end", exit.to_string()),
            _ => {}
        }
    }
    exchanged.iter().for_each(|payload| add("payload", beginning(payload)));
    printed.into_iter().for_each(|line| add("output", beginning(&line)));
    facts
}

fn last_line(text: &Payload) -> Option<Payload> {
    let mut lines = text.bytes().split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.rfind(|line| !line.is_empty()).map(Payload::from)
}

fn name(call: &SocketCall) -> Option<&'static str> {
    match call {
        SocketCall::Socket { .. } => Some("socket"),
        SocketCall::Bind { .. } => Some("bind"),
        SocketCall::Listen { .. } => Some("listen"),
        _ => None,
    }
}

fn beginning(text: &Payload) -> String {
    text.plain().chars().take(SHOWN).collect()
}

/// All strings in a JSON document, one a line.
fn strings(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text}\n"),
        Value::Array(values) => values.iter().map(strings).collect(),
        Value::Object(fields) => fields.values().map(strings).collect(),
        _ => String::new(),
    }
}

impl Fact {
    /// True when it stands in the report, wherever lines were broken. The name of a call is a word of
    /// its own.
    fn is_in(&self, report: &str) -> bool {
        if self.kind == "call" {
            return report.split(|c: char| !c.is_alphanumeric()).any(|word| word == self.words);
        }
        let joined = |text: &str| text.split_whitespace().collect::<String>();
        let lines = report.lines().filter(|line| !line.ends_with("^ differs from here on"));
        joined(&lines.collect::<Vec<_>>().join("\n")).contains(&joined(&self.words))
    }
}
