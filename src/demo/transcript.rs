//! A handout's transcript: the script of a demo.

use super::mistake::Source;
use super::pattern::Pattern;
use super::reader;
use crate::evidence::Mistake;

/// What the section `## Watch it` of a handout says and shows, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transcript {
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// A step of a transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The prose between two console blocks, as plain text that is ready to be wrapped: a paragraph
    /// or a list item is one line. Lines that begin with four spaces are code, not for wrapping.
    Narration(String),
    /// A console block.
    Block {
        /// The terminal that it shows.
        lane: String,
        /// The handout's line, from 1, on which the block begins.
        line: usize,
        /// What happens in the terminal, in order.
        actions: Vec<Action>,
    },
}

/// One line of a console block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// The handout's line, from 1.
    pub line: usize,
    /// What happens.
    pub kind: ActionKind,
}

/// What happens in a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionKind {
    /// A person starts a program, after the one before it in this lane has ended.
    Start {
        /// The words after the `$`.
        command: String,
    },
    /// The program prints a line.
    Prints(Pattern),
    /// The program prints any number of lines, also none.
    AnyLines,
    /// The program prints a prompt without a line end and waits; a person types a line.
    Types {
        /// What the program prints; empty if it just waits.
        prompt: Pattern,
        /// What is typed before Enter.
        text: String,
    },
    /// A person presses Ctrl-C.
    Interrupt,
}

impl Transcript {
    /// Reads the transcript of a handout; `file` is its name, for messages.
    ///
    /// # Errors
    ///
    /// All the mistakes, in the order of their places.
    pub fn parse(file: &str, handout: &str) -> Result<Transcript, Vec<Mistake>> {
        reader::read(Source { file, text: handout }).map(|steps| Transcript { steps })
    }

    /// The lanes, in the order in which they first appear.
    pub fn lanes(&self) -> Vec<&str> {
        let mut lanes = Vec::new();
        for step in &self.steps {
            if let Step::Block { lane, .. } = step
                && !lanes.contains(&lane.as_str())
            {
                lanes.push(lane);
            }
        }
        lanes
    }

    /// The commands that are started, in order, each with the handout's line on which it stands.
    pub fn commands(&self) -> impl Iterator<Item = (usize, &str)> {
        let actions = self.steps.iter().flat_map(|step| match step {
            Step::Block { actions, .. } => actions.as_slice(),
            Step::Narration(_) => &[],
        });
        actions.filter_map(|action| match &action.kind {
            ActionKind::Start { command } => Some((action.line, command.as_str())),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HANDOUT: &str = "\
# Lab 6

## Watch it

A server starts.

```console server
$ cargo run -q -p lab6-solution
UDP server is up and listening on 127.0.0.1:12345

...
```

Now a *client*, in `another` terminal:

```rust
let x = 1;
```

```console client
$ cargo run -q -p lab7-solution
Enter a message: «Hello»
```

```console server
Message from 127.0.0.1:[PORT]: 'Hello'
^C
```

## The calls

```text
not in the script
```
";

    /// The lines of a transcript, in a short form of their own.
    fn outline(transcript: &Transcript) -> Vec<String> {
        let mut outline = Vec::new();
        for step in &transcript.steps {
            match step {
                Step::Narration(text) => outline.push(text.clone()),
                Step::Block { lane, line, actions } => {
                    outline.push(format!("{line} {lane}"));
                    outline.extend(actions.iter().map(|Action { line, kind }| match kind {
                        ActionKind::Start { command } => format!("{line} start {command}"),
                        ActionKind::Prints(pattern) => format!("{line} print {pattern}"),
                        ActionKind::AnyLines => format!("{line} any"),
                        ActionKind::Types { prompt, text } => format!("{line} {prompt}|{text}"),
                        ActionKind::Interrupt => format!("{line} interrupt"),
                    }));
                }
            }
        }
        outline
    }

    #[test]
    fn a_script_becomes_steps() {
        let expected = [
            "A server starts.",
            "7 server",
            "8 start cargo run -q -p lab6-solution",
            "9 print UDP server is up and listening on 127.0.0.1:12345",
            "10 print ",
            "11 any",
            "Now a client, in `another` terminal:\n\n    let x = 1;",
            "20 client",
            "21 start cargo run -q -p lab7-solution",
            "22 Enter a message: |Hello",
            "25 server",
            "26 print Message from 127.0.0.1:[PORT]: 'Hello'",
            "27 interrupt",
        ];
        let transcript = Transcript::parse("README.md", HANDOUT).unwrap();
        assert_eq!(outline(&transcript), expected);
        assert_eq!(transcript.lanes(), ["server", "client"]);
        let commands: Vec<_> = transcript.commands().collect();
        let (server, client) =
            ((8, "cargo run -q -p lab6-solution"), (21, "cargo run -q -p lab7-solution"));
        assert_eq!(commands, [server, client]);
        let windows = HANDOUT.replace('\n', "\r\n");
        assert_eq!(Transcript::parse("README.md", &windows), Ok(transcript));
    }

    #[test]
    fn a_block_in_a_list_has_its_places_and_all_mistakes_are_told() {
        let handout = "## Watch it\n1. Do:\n\n   ```console a\n   $ x\n   y «z» w\n   ```\n";
        let mistakes = Transcript::parse("README.md", handout).unwrap_err();
        assert_eq!((mistakes[0].line, mistakes[0].column, mistakes.len()), (6, 10, 1));
        let twice = format!("{handout}\n```console\n$ x\n```\n");
        assert_eq!(Transcript::parse("README.md", &twice).unwrap_err().len(), 2);
    }

    /// The mistakes of a script, as `line:column:width message`.
    fn mistakes(script: &str) -> Vec<String> {
        let found = Transcript::parse("README.md", &format!("## Watch it\n{script}"));
        let shown = |m: Mistake| format!("{}:{}:{} {}", m.line, m.column, m.width, m.message);
        found.err().unwrap_or_default().into_iter().map(shown).collect()
    }

    #[test]
    fn each_mistake_is_told_at_its_place() {
        let outside = "a console block belongs in the section \"Watch it\"";
        let unlike = "a lane's name is small letters, digits and -, a letter first";
        for (script, mistake) in [
            (
                "```console\n$ x\n```",
                "2:4:7 a console block names its lane, as in \"console server\"",
            ),
            ("```console Server\n$ x\n```", &format!("2:12:6 {unlike}")),
            ("``` console a b c\n$ x\n```", "2:15:3 only the lane's name follows \"console\""),
            ("```consoel a\n$ x\n```", "2:4:7 did you mean \"console\", then the lane's name?"),
            ("```console:a\n$ x\n```", "2:4:9 did you mean \"console\", then the lane's name?"),
            ("## B\n```console a\n$ x\n```", &format!("3:4:9 {outside}")),
            ("```console a\n```", "2:1:12 this block is empty"),
            ("```console a\n\n\n```", "2:1:12 this block is empty"),
            ("```console a\n$ x\n", "2:1:12 this block is never closed"),
            ("```console a\nhello\n```", "3:1:5 the lane \"a\" begins with a $ and a command"),
            (
                "```console a\n$ x\n^C\n> «y»\n```",
                "5:1:5 nothing can be typed after ^C has stopped the program",
            ),
            (
                "```console a\n$ x\n^C\n```\nText.\n```console a\n«»\n```",
                "8:1:2 nothing can be typed after ^C has stopped the program",
            ),
            ("~~~console a\n$ x\nat [port]\n~~~", "4:4:6 did you mean [PORT]?"),
            ("## Watch it\n", "2:1:11 a second section \"Watch it\": a handout has one"),
        ] {
            assert_eq!(mistakes(script), [mistake], "{script}");
        }
    }

    #[test]
    fn a_handout_without_a_script_is_a_mistake() {
        for (handout, place, message) in [
            ("# Watch it\n", (1, 1), "did you mean \"## Watch it\"?"),
            ("", (1, 1), "the handout has no section \"## Watch it\""),
            (
                "# Lab\n\n```console a\n$ x\n```\n",
                (1, 1),
                "the handout has no section \"## Watch it\"",
            ),
            ("# Lab\n\n## Watch It\n", (3, 1), "did you mean \"## Watch it\"?"),
        ] {
            let mistakes = Transcript::parse("README.md", handout).unwrap_err();
            assert_eq!((mistakes[0].line, mistakes[0].column), place, "{handout}");
            assert_eq!((mistakes[0].message.as_str(), mistakes.len()), (message, 1), "{handout}");
        }
    }

    #[test]
    fn a_mistake_shows_the_line_and_a_caret() {
        let script = "## Watch it\n\n```console client\n$ x\nEnter: «Hello» then\n```\n";
        let mistakes = Transcript::parse("labs/07-ack-client/README.md", script).unwrap_err();
        assert_eq!(
            mistakes[0].to_string(),
            "labs/07-ack-client/README.md:5:16: \
             what is typed must end the line: «…» and nothing after it\n  \
             |\n\
             5 | Enter: «Hello» then\n  \
             |                ^^^^"
        );
    }
}
