//! An exchange as a sequence diagram in Mermaid's notation.

use super::{Arrow, End, Exchange, Fate, Lane, ends};

/// More arrows than this are no picture any more.
const MOST: usize = 200;

/// How long a label may become.
const LABEL: usize = 80;

/// What stands for the place where nobody is.
const NOBODY: &str = "nobody";

/// The exchange as a `sequenceDiagram`, with a line end. Each arrow's label says when it was seen.
pub fn mermaid(exchange: &Exchange) -> String {
    let mut out = String::from("sequenceDiagram\n");
    let mut names: Vec<String> = Vec::new();
    for lane in &exchange.lanes {
        let name = identifier(&lane.title, &names);
        out += &format!("    participant {name} as {}\n", title(lane));
        names.push(name);
    }
    let is_open = |arrow: &Arrow| arrow.from == End::Open || arrow.to == End::Open;
    if exchange.arrows.iter().any(is_open) {
        out += &format!("    participant {NOBODY} as (nobody)\n");
    }
    let (first, more, last) = ends(&exchange.arrows, MOST);
    first.iter().for_each(|arrow| out += &message(arrow, &names));
    if more > 0
        && let [one, .., other] = names.as_slice()
    {
        out += &format!("    Note over {one},{other}: … {more} more\n");
    }
    last.iter().for_each(|arrow| out += &message(arrow, &names));
    out
}

fn title(lane: &Lane) -> String {
    let address = lane.address.map(|at| format!("<br/>{at}")).unwrap_or_default();
    escaped(&lane.title) + &address
}

fn message(arrow: &Arrow, names: &[String]) -> String {
    let name = |end: End| end.lane().map_or(NOBODY, |lane| names[lane].as_str());
    let (from, to) = (name(arrow.from), name(arrow.to));
    let head = match (arrow.fate, arrow.is_error) {
        (Fate::Arrived, false) => "->>",
        (Fate::Arrived, true) => "-->>",
        (Fate::Failed, false) => "-x",
        (Fate::Failed, true) => "--x",
    };
    let label = escaped(&arrow.label.fit(LABEL));
    let mut out = format!("    {from}{head}{to}: {label} ({})\n", time(arrow.at_us));
    if !arrow.notes.is_empty() {
        let over = if from == to { from.to_owned() } else { format!("{from},{to}") };
        let notes: Vec<String> = arrow.notes.iter().map(|note| escaped(note)).collect();
        out += &format!("    Note over {over}: {}\n", notes.join("<br/>"));
    }
    out
}

/// Milliseconds, with as many digits as tell two packets apart.
pub(super) fn time(at_us: u64) -> String {
    format!("{}.{:02} ms", at_us / 1000, at_us % 1000 / 10)
}

/// Words with which a line begins that is no message.
const KEYWORDS: &str = "accDescr accTitle activate actor alt and as autonumber box break create \
    critical deactivate destroy details else end link links loop nobody note off opt option over \
    par par_over participant properties rect sequenceDiagram title";

/// A title as the notation names participants: letters, digits, underscores.
fn identifier(title: &str, taken: &[String]) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let mut name: String = title.chars().map(plain).collect();
    let is_keyword = KEYWORDS.split(' ').any(|word| word.eq_ignore_ascii_case(&name));
    if is_keyword || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name.insert_str(0, "lane_");
    }
    let mut number = 1;
    let base = name.clone();
    while taken.contains(&name) {
        number += 1;
        name = format!("{base}_{number}");
    }
    name
}

/// A text in which nothing is left that Mermaid or HTML would obey. What is not plainly harmless
/// is written as a character's number.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            // A colon is harmless, unless styles stand before it: `style a: #fff;`.
            ':' if !text.contains("style") && !text.contains("classDef") => out.push(c),
            c if c.is_control() || c.is_whitespace() => out.push(' '),
            c if c.is_ascii_alphanumeric() || ".,!?()+-*/=_'|\"".contains(c) => out.push(c),
            c if !c.is_ascii() => out.push(c),
            c => out += &format!("#{};", u32::from(c)),
        }
    }
    out
}
