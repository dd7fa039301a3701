//! Texts that people and programs write: rules, values, handouts, starters, output.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use socklab::course::{starter, state, todos, without_marks};
use socklab::demo::{Sections, Transcript, hints};
use socklab::evidence::{Exit, Payload, contrast, is_crash, last_words};
use socklab::network::link::rules::Rules;
use socklab::network::link::values::{Chance, Pace, QueueLength, Rate, Span};
use socklab::{causes, labs};

use crate::damage::{every_damage_of, noise, text_of};
use crate::evidence::message;

const RULES: &str = "\
lose 2nd udp datagram from server
delay the 1st datagram from server by 1.2s # late
lose datagrams to port 12000 once each
hold every 3rd tcp segment from client until next
";

fn read_rules(text: &str) -> Result<(), TestCaseError> {
    match Rules::parse("faults.rules", text, &["client", "server"]) {
        Ok(rules) => {
            let shown = rules.to_string();
            let again = Rules::parse("faults.rules", &shown, &["client", "server"]);
            prop_assert_eq!(again.map(|again| again.to_string()), Ok(shown));
        }
        Err(mistakes) => {
            prop_assert!(!mistakes.is_empty());
            for mistake in mistakes {
                prop_assert!(mistake.line <= text.lines().count().max(1), "{}", mistake);
            }
        }
    }
    Ok(())
}

#[test]
fn damaged_rules_are_survived() {
    every_damage_of(RULES, |text| read_rules(text).unwrap());
}

const WORDS: &[&str] = &[
    "lose ",
    "delay ",
    "duplicate ",
    "corrupt ",
    "hold ",
    "1st ",
    "2nd ",
    "every ",
    "3rd ",
    "all ",
    "the ",
    "udp ",
    "tcp ",
    "any ",
    "data ",
    "datagram ",
    "segments ",
    "packet ",
    "from ",
    "to ",
    "port ",
    "80 ",
    "server ",
    "client ",
    "once ",
    "each ",
    "by ",
    "1.2s ",
    "until ",
    "next ",
    "\n",
    "#",
    "11th ",
    "18446744073709551616th ",
];

const MARKS: &[&str] = &[
    "// YOUR TURN:",
    " // YOUR TURN: todo!(\"bind\");",
    "// END",
    "\n",
    "\r\n",
    "    ",
    "todo!(",
    "\"",
    ")",
    "//",
    "fn main() {}",
];

/// Reads a value and what is displayed of it.
macro_rules! is_read_back {
    ($kind:ty, $text:expr) => {
        if let Ok(value) = $text.parse::<$kind>() {
            let shown = value.to_string();
            let again = shown.parse::<$kind>().map(|again| again.to_string());
            prop_assert_eq!(again, Ok(shown));
        }
    };
}

proptest! {
    #[test]
    fn rules_are_read_back_as_they_are_displayed(text in text_of(WORDS)) {
        read_rules(&text)?;
    }

    #[test]
    fn values_are_read_back_as_they_are_displayed(
        number in "[0-9]{1,4}|[0-9]{0,20}[.][0-9]{0,20}|[0-9]{15,22}|\\PC{0,5}",
        unit in select(&["", "%", "s", "ms", "us", "ns", "bit", "kbit", "mbit", "Gbit", " ms"][..]),
    ) {
        let text = format!("{number}{unit}");
        is_read_back!(Chance, text);
        is_read_back!(Rate, text);
        is_read_back!(Span, text);
        is_read_back!(QueueLength, text);
        is_read_back!(Pace, text);
    }

    /// Handouts come in one piece; what a person makes of them while writing does not.
    #[test]
    fn a_damaged_handout_is_read_or_its_mistakes_are_told(
        lab in any::<Index>(),
        cut in any::<[Index; 2]>(),
        piece in text_of(&["```", "«", "»", "[PORT]", "...", "\n", "^C", "$ "]),
    ) {
        let text = lab.get(labs::all()).handout;
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let mut ends = cut.map(|at| *at.get(&places));
        ends.sort_unstable();
        let (head, tail) = (&text[..ends[0]], &text[ends[1]..]);
        for damaged in [head.to_owned(), format!("{head}{piece}{tail}")] {
            let lines = damaged.split('\n').count();
            for mistake in Transcript::parse("README.md", &damaged).err().unwrap_or_default() {
                prop_assert!((1..=lines).contains(&mistake.line), "{}", mistake);
            }
            prop_assert!(Sections::read(&damaged).headings.len() <= lines);
            prop_assert!(hints(&damaged).len() <= lines);
        }
    }

    #[test]
    fn a_starter_has_no_marks_and_every_todo_has_its_line(text in text_of(MARKS)) {
        for file in [starter(&text), without_marks(&text)] {
            let marked = file.lines().any(|line| line.trim_start().starts_with("// YOUR TURN:"));
            prop_assert!(!marked || text.matches("YOUR TURN").count() > 1, "{}", file);
            state(&text, &file);
        }
        for todo in todos(&text) {
            prop_assert!(text.lines().nth(todo.line - 1).unwrap().contains("todo!("));
        }
    }

    #[test]
    fn whatever_is_asked_for_is_found_or_the_nearest_is_named(
        name in "(lab|[0-9]{1,3}|udp-|ack|exit|early|-|\\[|\\]|\\PC){0,4}",
    ) {
        let one_line = |told: String| told.starts_with("there is no") && told.contains("the ");
        prop_assert!(labs::select(&name).err().is_none_or(one_line));
        prop_assert!(causes::find(&name).err().is_none_or(one_line));
    }

    #[test]
    fn bytes_are_shown_so_that_no_terminal_obeys_them(bytes in prop_oneof![noise(), message()]) {
        let payload = Payload::from(&bytes);
        for shown in [payload.short(), payload.plain(), payload.unquoted(), payload.to_string()] {
            prop_assert!(!shown.contains(char::is_control), "{:?}", shown);
        }
        let _ = (is_crash(Exit::Code(1), &bytes), last_words(&bytes));
    }

    #[test]
    fn two_texts_are_shown_to_where_they_part(same in message(), a in message(), b in message()) {
        let (a, b) = ([same.clone(), a].concat(), [same, b].concat());
        let Some(shown) = contrast(&a, &b) else {
            prop_assert_eq!(a, b);
            return Ok(());
        };
        prop_assert_ne!(&a, &b);
        let before = |text: &str| text.chars().take(shown.column).collect::<String>();
        prop_assert_eq!(before(&shown.expected), before(&shown.observed));
    }
}
