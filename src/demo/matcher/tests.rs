use super::*;
use crate::demo::{Step, Transcript};

/// The actions of one lane, whose first line is line 4 of the handout.
fn actions(lines: &str) -> Vec<Action> {
    let handout = format!("# Lab\n## Watch it\n```console server\n{lines}\n```\n");
    let mut transcript = Transcript::parse("README.md", &handout).unwrap();
    match transcript.steps.remove(0) {
        Step::Block { actions, .. } => actions,
        Step::Narration(text) => panic!("{text}"),
    }
}

/// Plays one program that prints `output` and ends; says what went wrong, if anything.
fn play(lines: &str, output: &[u8]) -> Result<(), String> {
    let mut matcher = LaneMatcher::new("README.md", "server");
    let mut bindings = Bindings::default();
    for (number, action) in actions(&format!("$ program\n{lines}")).iter().enumerate() {
        match matcher.step(action, &mut bindings) {
            Outcome::Matched(_) => {}
            Outcome::NeedMore => return Err("needs more".to_owned()),
            Outcome::Mismatch(mismatch) => return Err(mismatch.to_string()),
        }
        if number == 0 {
            matcher.feed(output);
            matcher.ended();
        }
    }
    matcher.finish().map(drop).map_err(|mismatch| mismatch.to_string())
}

#[test]
fn output_that_the_transcript_shows_matches() {
    for (lines, output) in [
        ("a", &b"a\n"[..]),
        ("a\n\nb", b"a\r\n\r\nb\r\n"),
        ("Name: «x»\nHello, x", b"Name: Hello, x\n"),
        ("«»\nbye", b"bye\n"),
        ("> «»\n> «q»", b"> > "),
        ("Name: «x»\n", b"Name: \n"),
        ("...", b""),
        ("...", b"a\nb\nrest"),
        ("...\nb\nc", b"a\n\nb\nc\n"),
        ("...\nb", b"b\n"),
        ("...\n> «x»", b"a\nb\n> "),
        ("...\n«»\nb", b"a\nb\n"),
        ("...\n^C\nbye", b"a\nbye\n"),
        ("...\n^C", b"a\nb"),
        ("a\n...\na", b"a\nx\na\n"),
        ("at [PORT], [PORT2]\n[PORT2] [PORT]", b"at 1, 2\n2 1\n"),
        ("a...z", b"a\xff\xfez\n"),
    ] {
        assert_eq!(play(lines, output), Ok(()), "{lines}");
    }
}

#[test]
fn a_difference_is_reported_at_its_line() {
    for (lines, output, report) in [
        (
            "UDP server is up",
            &b"UDP server has started\n"[..],
            "5: the handout and the program differ (lane server)\n\
            \x20 handout: UDP server is up\n\
            \x20 program: UDP server has started\n\
            \x20                     ^",
        ),
        (
            "a\nb",
            b"a\n",
            "6: the program ended before this (lane server)\n\
            \x20 handout: b\n\
            \x20 program: (nothing)",
        ),
        (
            "a\n...\nb",
            b"a\nx\ny\n",
            "7: the program ended before this (lane server)\n\
            \x20 handout: b\n\
            \x20 program: (nothing after the 2 lines of `...`)",
        ),
        (
            "a",
            b"a",
            "5: the program printed this without a line end (lane server)\n\
            \x20 handout: a\n\
            \x20 program: a\n\
            \x20           ^",
        ),
        (
            "a",
            b"a\nb\xff\nc",
            "5: the program printed more than the handout shows (lane server)\n\
            \x20 program: b\\xff\n\
            \x20 (the first of 2 lines)",
        ),
        (
            "Name: «x»",
            b"Your name: ",
            "5: the program ended before this (lane server)\n\
            \x20 handout: Name: «x»\n\
            \x20 program: Your name: \n\
            \x20          ^",
        ),
        (
            "at [PORT]\nto [PORT]",
            b"at 40000\nto 40001\n",
            "6: the handout and the program differ (lane server)\n\
            \x20 handout: to 40000\n\
            \x20 program: to 40001\n\
            \x20             ^\n\
            \x20 ([PORT] is 40000 since line 5)",
        ),
    ] {
        let found = play(lines, output).unwrap_err();
        assert_eq!(found, format!("README.md:{report}"), "{lines}");
    }
}

/// A matcher whose program has started and printed `output`.
fn started(actions: &[Action], output: &[u8]) -> LaneMatcher {
    let mut matcher = LaneMatcher::new("README.md", "server");
    let outcome = matcher.step(&actions[0], &mut Bindings::default());
    assert_eq!(outcome, Outcome::Matched(Shown::default()));
    matcher.feed(output);
    matcher
}

#[test]
fn a_line_needs_its_line_end_and_a_prompt_does_not() {
    let bindings = &mut Bindings::default();
    let lines = actions("$ x\nline\n> «x»");
    let mut matcher = started(&lines, b"line");
    assert_eq!(matcher.step(&lines[1], bindings), Outcome::NeedMore);
    assert_eq!(matcher.gave_up(&lines[1], bindings).difference, Difference::NoLineEnd);
    matcher.feed(b"\n>");
    assert!(matches!(matcher.step(&lines[1], bindings), Outcome::Matched(_)));
    assert_eq!(matcher.step(&lines[2], bindings), Outcome::NeedMore);
    assert_eq!(matcher.gave_up(&lines[2], bindings).difference, Difference::Silent);
    matcher.feed(b" ");
    assert!(matches!(matcher.step(&lines[2], bindings), Outcome::Matched(_)));
}

#[test]
fn a_program_starts_once_the_one_before_has_ended_and_is_covered() {
    let bindings = &mut Bindings::default();
    let lines = actions("$ x\n...\n$ y\n$ z");
    let mut matcher = started(&lines, b"a\nb");
    assert_eq!(matcher.step(&lines[1], bindings), Outcome::Matched(Shown::default()));
    assert_eq!(matcher.step(&lines[2], bindings), Outcome::NeedMore);
    assert_eq!(matcher.gave_up(&lines[2], bindings).difference, Difference::StillRuns);
    matcher.ended();
    let skipped = vec!["a".to_owned(), "b".to_owned()];
    let shown = Shown { skipped, pieces: Vec::new() };
    assert_eq!(matcher.step(&lines[2], bindings), Outcome::Matched(shown));
    matcher.feed(b"c\n");
    matcher.ended();
    match matcher.step(&lines[3], bindings) {
        Outcome::Mismatch(mismatch) => {
            assert_eq!((mismatch.line, mismatch.difference), (6, Difference::More(1)));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn lanes_share_their_ports_and_the_pieces_tell_what_varies() {
    let bindings = &mut Bindings::default();
    let client = actions("$ x\nfrom [PORT]");
    assert!(matches!(
        started(&client, b"from 40000\n").step(&client[1], bindings),
        Outcome::Matched(_)
    ));
    assert_eq!((bindings.get("PORT"), bindings.get("PORT2")), (Some(40000), None));
    let server = actions("$ x\nto [PORT]: ...!");
    let piece = |text: &str, varies| Piece { text: text.to_owned(), varies };
    let pieces = vec![
        piece("to ", false),
        piece("40000", true),
        piece(": ", false),
        piece("\\x00", true),
        piece("!", false),
    ];
    assert_eq!(
        started(&server, b"to 40000: \0!\n").step(&server[1], bindings),
        Outcome::Matched(Shown { skipped: Vec::new(), pieces })
    );
}

#[test]
fn nobody_is_left_to_be_interrupted_once_the_program_has_ended() {
    let lines = actions("$ x\n^C");
    let mut matcher = started(&lines, b"");
    matcher.ended();
    assert_eq!(
        matcher.gave_up(&lines[1], &Bindings::default()).to_string(),
        "README.md:5: the program ended before this (lane server)\n  \
         handout: ^C\n  \
         program: (nothing)"
    );
}
