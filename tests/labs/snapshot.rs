//! Reports as files: what a learner gets to read, word for word.

use std::path::Path;
use std::{env, fs};

use libtest_mimic::Failed;
use socklab::evidence::{Evidence, Expectation, Figure, LabResult, Method, Status, StepKind, What};
use socklab::packet::Protocol;

/// Compares a report with the file that holds it. With `BLESS` set the file is written instead.
pub fn compare(file: &Path, report: &str) -> Result<(), Failed> {
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

/// The result with everything taken out that does not repeat: the ports that the system chose, also
/// with their bytes swapped where a report is about that, times, and the line of an error. Of the
/// packets only datagrams are kept: when TCP acknowledges, and whether a socket that comes and goes is
/// there when a datagram arrives, is decided anew in every run.
///
/// Where programs wait for a clock, `is_idle`, it depends on the machine who sends once more before an
/// answer comes: of what was sent nothing is kept there.
pub fn redacted(mut result: LabResult, is_idle: bool) -> LabResult {
    result.duration_ms = 0;
    result.network = "here";
    result.inspection = Some(Method::Copy);
    result.fallback = None;
    let repeats = |what: &What| match what {
        What::Packet(flight) => !is_idle && flight.packet().protocol() == Protocol::Udp,
        // What was measured is another figure each time.
        What::Scored { .. } => false,
        _ => true,
    };
    // Which of the later checks it fails besides depends on how busy the machine is.
    let first = result.checks.iter().position(|check| check.status == Status::Failed);
    if let Some(first) = first.filter(|_| is_idle) {
        result.checks.truncate(first + 1);
    }
    for check in &mut result.checks {
        check.evidence.events.retain(|event| repeats(&event.what));
        check.steps.retain(|step| !is_idle || step.kind != StepKind::Datagram);
        let ports = chosen_ports(&check.evidence);
        let is_sent = |what: &What| {
            matches!(what, What::Sent { .. } | What::Received { .. } | What::Strayed { .. })
        };
        check.evidence.events.retain(|event| !is_idle || !is_sent(&event.what));
        // Any number may be a port with its bytes swapped: 192 is port 49152.
        let is_swapped = check.diagnoses.iter().any(|it| it.id == "addr-print-unswapped");
        let swapped = if is_swapped { ports.as_slice() } else { &[] };
        let is_timed = check.unmet.as_ref().is_some_and(|unmet| is_timed(&unmet.expectation));
        let redact = |text: &mut String| {
            *text = without(&unplaced(text), &ports, swapped);
            if is_timed {
                *text = timeless(text);
            }
        };
        check.steps.iter_mut().map(|step| &mut step.text).for_each(redact);
        if let Some(unmet) = &mut check.unmet {
            redact(&mut unmet.expected);
            redact(&mut unmet.observed);
            if is_idle {
                unmet.observed = countless(&unmet.observed);
            }
            // Among the figures of a program that measures none repeats.
            if is_timed && matches!(unmet.expectation, Expectation::Figure { .. }) {
                unmet.observed = "[FIGURES]".into();
            }
        }
        if is_idle {
            // How many it has sent and read so far.
            check.right = None;
        }
        for diagnosis in &mut check.diagnoses {
            redact(&mut diagnosis.message);
        }
    }
    result
}

/// True where what was expected, or seen, was measured.
fn is_timed(expectation: &Expectation) -> bool {
    match expectation {
        Expectation::Interval { .. } | Expectation::Patience { .. } => true,
        Expectation::Figure { figure } => !matches!(figure, Figure::Number { .. }),
        _ => false,
    }
}

/// The text with `[TIME]` for each number of seconds or parts of them, also where two numbers share the
/// unit: 0.9 to 1.5 s.
fn timeless(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let is_number = |word: &str| word.parse::<f64>().is_ok();
    let is_unit = |word: &str| ["s", "ms"].contains(&word.trim_end_matches([',', ':', ';', '.']));
    let is_time = |at: usize| {
        let [next, other, unit] = [1, 2, 3].map(|more| words.get(at + more).copied().unwrap_or(""));
        is_number(words[at]) && (is_unit(next) || next == "to" && is_number(other) && is_unit(unit))
    };
    let shown = (0..words.len()).map(|at| if is_time(at) { "[TIME]" } else { words[at] });
    shown.collect::<Vec<_>>().join(" ")
}

/// The text with `[N]` for the line of an error, which moves with whatever stands above it.
fn unplaced(text: &str) -> String {
    let Some((before, rest)) = text.split_once("(line ") else { return text.to_owned() };
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    if after.len() == rest.len() || !after.starts_with(" of ") {
        return text.to_owned();
    }
    format!("{before}(line [N]{after}")
}

/// The text with `[N]` for each number of several digits that stands alone.
fn countless(text: &str) -> String {
    let is_count = |word: &str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_digit());
    let shown = text.split(' ').map(|word| if is_count(word) { "[N]" } else { word });
    shown.collect::<Vec<_>>().join(" ")
}

fn chosen_ports(evidence: &Evidence) -> Vec<u16> {
    let mut ports: Vec<u16> = Vec::new();
    for event in &evidence.events {
        match &event.what {
            What::Sent { from, to, .. } => ports.extend([from.port(), to.port()]),
            What::Received { at, from, .. } | What::Strayed { at, from, .. } => {
                ports.extend([at.port(), from.port()]);
            }
            What::Looked { view } => {
                let locals = view.sockets.iter().filter_map(|socket| socket.port());
                let peers = view.sockets.iter().filter_map(|socket| socket.peer);
                ports.extend(locals.chain(peers.map(|peer| peer.port())));
            }
            _ => {}
        }
    }
    ports.retain(|port| *port >= 32768);
    ports.sort_unstable();
    ports.dedup();
    ports
}

/// The text with `[PORT]` for each of `ports`, and `[TROP]` for each of `swapped` with its bytes
/// swapped.
fn without(text: &str, ports: &[u16], swapped: &[u16]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        let end = from.find(|c: char| !c.is_ascii_hexdigit() && c != 'x').unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        out.push_str(before);
        let number = match word.strip_prefix("0x") {
            Some(hex) => u16::from_str_radix(hex, 16).ok(),
            None => word.parse().ok(),
        };
        match number {
            Some(port) if ports.contains(&port) => out.push_str("[PORT]"),
            Some(port) if swapped.contains(&port.swap_bytes()) => out.push_str("[TROP]"),
            _ => out.push_str(word),
        }
        rest = after;
    }
    out + rest
}
