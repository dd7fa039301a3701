//! What a second run tells, in which a program that failed a check was given something else: one short
//! message and then long ones, one after the other, until it ended or had all of them.

use super::{Case, Told};
use crate::evidence::{About, Evidence, What};

/// More than these fill every buffer that a runtime has.
const MANY: usize = 20;

/// What happened until the program was stopped, if it had to be.
fn of_itself(run: &Evidence) -> impl Iterator<Item = &What> {
    run.all().take_while(|what| !matches!(what, What::Stopped))
}

fn ended(run: &Evidence) -> bool {
    of_itself(run).any(|what| matches!(what, What::Exited { .. }))
}

fn output(run: &Evidence) -> Vec<u8> {
    let written = of_itself(run).filter_map(|what| match what {
        What::Output { text, .. } => Some(text.bytes()),
        _ => None,
    });
    written.flatten().copied().collect()
}

/// How many datagrams the program was sent.
fn sent(run: &Evidence) -> usize {
    run.all().filter(|what| matches!(what, What::Sent { .. })).count()
}

fn received(run: &Evidence) -> impl Iterator<Item = &[u8]> {
    run.all().filter_map(|what| match what {
        What::Received { payload, .. } => Some(payload.bytes()),
        _ => None,
    })
}

/// True when something of what was sent is in the output, or of what was typed where that is wanted.
fn is_shown(case: &Case<'_>, run: &Evidence) -> bool {
    let output = output(run);
    let given = run.all().filter_map(|what| match what {
        What::Sent { payload, .. } if case.typed().is_none() => Some(payload.bytes()),
        What::Typed { text } if case.typed().is_some() => Some(text.bytes()),
        _ => None,
    });
    let is_in_it = |text: &[u8]| output.windows(text.len().max(1)).any(|window| window == text);
    // The beginning of a long one: what is short may stand anywhere.
    given.filter_map(|text| text.get(..16)).any(is_in_it)
}

/// Whoever takes a message in two receives answers when the second one is served too.
pub(super) fn answers_every_second(_: &Case<'_>, run: &Evidence) -> Option<Told> {
    let (sent, answered) = (sent(run), received(run).count());
    match answered {
        0 if sent > 2 => {
            Some(Told::Second(format!("run again and sent {sent} messages, it answered none")))
        }
        1.. if sent > 1 => Some(Told::First(format!(
            "run again and sent {sent} messages, it answered {answered}: each takes two"
        ))),
        _ => None,
    }
}

/// And shows something of it.
pub(super) fn prints_every_second(case: &Case<'_>, run: &Evidence) -> Option<Told> {
    let sent = sent(run);
    match is_shown(case, run) {
        true if sent > 1 => Some(Told::First(format!(
            "run again and sent {sent} messages, it printed one: each takes two"
        ))),
        false if sent > 2 => {
            Some(Told::Second(format!("run again and sent {sent} messages, it printed none")))
        }
        _ => None,
    }
}

/// A buffer is written out when it is full, and by most runtimes when the program ends by itself.
pub(super) fn prints_late(case: &Case<'_>, run: &Evidence) -> Option<Told> {
    let sent = sent(run);
    let output = String::from_utf8_lossy(&output(run)).into_owned();
    let comes = match case.wanted() {
        None => output.contains(|c: char| !c.is_whitespace() && !c.is_control()),
        Some((text, About::Itself)) => {
            output.split(|c: char| !c.is_ascii_digit()).any(|number| number == text)
        }
        Some(_) => is_shown(case, run),
    };
    match ended(run) {
        // Something is printed at the end: perhaps another text.
        true if comes && case.wanted().is_none() => Some(Told::RatherSecond(
            "run again to its end, it printed something then, and nothing before".into(),
        )),
        true if comes => {
            Some(Told::Second("run again to its end, it printed it then, and not earlier".into()))
        }
        false if comes && sent > 1 => Some(Told::Second(format!(
            "run again and sent {sent} messages, it printed it when so much had come together"
        ))),
        false if sent > MANY => {
            Some(Told::First(format!("run again and sent {sent} messages, it printed no more")))
        }
        // Not every runtime writes out its buffers at the end.
        _ => None,
    }
}

/// The size of a pointer is the same whatever it points to: here to the text that was typed.
pub(super) fn sends_less(case: &Case<'_>, run: &Evidence) -> Option<Told> {
    case.typed()?;
    let cut = case.unmet.instead.as_ref()?.bytes().len();
    let length = received(run).next()?.len();
    match length {
        _ if length == cut => Some(Told::First(format!(
            "run again with a text of fewer bytes, it sent {length} all the same"
        ))),
        _ if length < cut => Some(Told::Second(format!(
            "run again with a text of fewer bytes, it sent no more than {length}"
        ))),
        _ => None,
    }
}
