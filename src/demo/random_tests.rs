//! What holds for every handout and every output, tried on many random ones with fixed seeds.

use fastrand::Rng;

use super::*;

const RUNS: u64 = 2000;

/// Pieces of handouts, so that random ones are often nearly right.
const MARKDOWN: &[&str] = &[
    "# Lab\n",
    "## Watch it\n",
    "## Your task\n",
    "## Goal\n",
    "```console server\n",
    "```console\n",
    "```consoel client\n",
    "```\n",
    "~~~\n",
    "$ cargo run\n",
    "^C\n",
    "...\n",
    "prompt: «typed»\n",
    "«",
    "»",
    "[PORT]",
    "[port",
    "[PORT",
    "\u{20ac}",
    "\r\n",
    "\n",
    "\n\n",
    "\t",
    "    ",
    "- item\n",
    "> ",
    "1. ",
    "`code`",
    "<details><summary>Hint 1</summary>",
    "</details>\n",
    "text",
    "\0",
];

fn some<'a>(rng: &mut Rng, pieces: &[&'a str], most: usize) -> Vec<&'a str> {
    (0..rng.usize(..=most)).map(|_| pieces[rng.usize(..pieces.len())]).collect()
}

/// Reads all of a handout, and checks that its mistakes are in it.
fn read(handout: &str) {
    let lines: Vec<&str> = handout.split('\n').collect();
    for mistake in Transcript::parse("README.md", handout).err().unwrap_or_default() {
        let shown = mistake.to_string();
        assert_eq!(lines[mistake.line - 1].trim_end_matches('\r'), mistake.source, "{shown}");
        let length = mistake.source.chars().count();
        assert!(mistake.column + mistake.width <= length.max(1) + 2, "{shown}");
    }
    assert!(Sections::read(handout).headings.len() <= lines.len());
    assert!(hints(handout).len() <= handout.matches("</details>").count());
}

#[test]
fn any_text_is_read_without_a_panic() {
    for seed in 0..RUNS {
        let mut rng = Rng::with_seed(seed);
        read(&some(&mut rng, MARKDOWN, 40).concat());
    }
}

#[test]
fn a_handout_cut_off_anywhere_is_read_without_a_panic() {
    let mut handout = "# Lab\n\n## Goal\n\nTo \u{20ac}.\n\n## Watch it\n\n".to_owned();
    handout +=
        "1. Do:\n\n   ```console a\n   $ x\n   at [PORT]\n   \u{fc}: «\u{20ac}»\n   ^C\n   ```\n\n";
    handout += "## Your task\n\n<details><summary>Hint 1</summary>\n\nx\n\n</details>\n";
    assert!(Transcript::parse("README.md", &handout).is_ok());
    for text in [handout.clone(), handout.replace('\n', "\r\n"), handout.replace("   ", "\t")] {
        (0..=text.len()).filter_map(|end| text.get(..end)).for_each(read);
        (0..=text.len()).filter_map(|start| text.get(start..)).for_each(read);
    }
}

const LINES: &[&str] = &[
    "a",
    "ab",
    "",
    "a...b",
    "...",
    "...",
    "[PORT]",
    "a [PORT2] [PORT]",
    "...[PORT]",
    "> «x»",
    "«»",
    "a...> «x»",
    "[PORT]> «»",
    "$ y",
    "...\n^C",
];

const OUTPUT: &[&str] = &["a", "b", "\n", "\n", "\r\n", "\r", "> ", "1", "12", " ", "\u{20ac}"];

/// The actions of a random lane.
fn random_actions(rng: &mut Rng) -> Vec<Action> {
    let lines = some(rng, LINES, 8).join("\n");
    let handout = format!("## Watch it\n```console a\n$ x\n{lines}\n```\n");
    let transcript = Transcript::parse("README.md", &handout).unwrap_or_default();
    let blocks = transcript.steps.into_iter().filter_map(|step| match step {
        Step::Block { actions, .. } => Some(actions),
        Step::Narration(_) => None,
    });
    blocks.flatten().collect()
}

/// What each program of the lane prints: mostly what is expected, with something wrong at times.
fn random_outputs(rng: &mut Rng, actions: &[Action]) -> Vec<Vec<u8>> {
    let mut outputs: Vec<Vec<u8>> = Vec::new();
    let number = rng.u16(1..200).to_string();
    for action in actions {
        let text = match &action.kind {
            ActionKind::Start { .. } => {
                outputs.push(Vec::new());
                String::new()
            }
            ActionKind::Prints(pattern) => format!("{pattern}\n"),
            ActionKind::Types { prompt, .. } => prompt.to_string(),
            ActionKind::AnyLines => some(rng, OUTPUT, 4).concat(),
            ActionKind::Interrupt => String::new(),
        };
        let text = text.replace("[PORT]", &number).replace("[PORT2]", "7");
        let text = text.replace("...", &some(rng, OUTPUT, 2).concat());
        let Some(output) = outputs.last_mut() else { continue };
        output.extend(text.bytes());
        if rng.u8(..12) == 0 {
            output.extend(some(rng, OUTPUT, 3).concat().bytes());
        }
        if rng.u8(..20) == 0 {
            output.push(0xff);
        }
    }
    outputs
}

/// Plays a lane, feeding each program's output in pieces as `cut` tells, and returns all that the
/// matcher says.
fn play(
    actions: &[Action],
    outputs: &[Vec<u8>],
    mut cut: impl FnMut(usize) -> usize,
) -> (Vec<Outcome>, Result<Vec<String>, Box<Mismatch>>, Bindings) {
    let mut matcher = LaneMatcher::new("README.md", "a");
    let mut bindings = Bindings::default();
    let mut outputs = outputs.iter();
    let mut rest: &[u8] = &[];
    let mut outcomes = Vec::new();
    'actions: for action in actions {
        loop {
            match matcher.step(action, &mut bindings) {
                Outcome::NeedMore if rest.is_empty() => matcher.ended(),
                Outcome::NeedMore => {
                    let (piece, after) = rest.split_at(cut(rest.len()));
                    matcher.feed(piece);
                    rest = after;
                }
                Outcome::Matched(shown) => {
                    outcomes.push(Outcome::Matched(shown));
                    break;
                }
                mismatch => {
                    outcomes.push(mismatch);
                    break 'actions;
                }
            }
        }
        if matches!(action.kind, ActionKind::Start { .. }) {
            rest = outputs.next().map_or(&[], Vec::as_slice);
        }
    }
    matcher.feed(rest);
    matcher.ended();
    (outcomes, matcher.finish(), bindings)
}

#[test]
fn the_outcome_does_not_depend_on_how_the_output_is_cut() {
    let mut matched = 0;
    for seed in 0..RUNS {
        let mut rng = Rng::with_seed(seed);
        let actions = random_actions(&mut rng);
        let outputs = random_outputs(&mut rng, &actions);
        let whole = play(&actions, &outputs, |length| length);
        let bytes = play(&actions, &outputs, |_| 1);
        let pieces = play(&actions, &outputs, |length| rng.usize(..=length.min(9)));
        assert_eq!(whole, bytes, "seed {seed}");
        assert_eq!(whole, pieces, "seed {seed}");
        matched += u64::from(!actions.is_empty() && whole.1.is_ok());
    }
    // If nearly all differed, or none, this test would say little.
    assert!((RUNS / 5..RUNS * 9 / 10).contains(&matched), "{matched} of {RUNS} matched");
}
