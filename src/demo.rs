//! Demos: a handout's transcript, read and compared with what programs really print.
//!
//! A handout is Markdown. Its section `## Watch it` is a script: prose is narration, and a fenced
//! block with the info string `console LANE` shows one terminal, line by line:
//!
//! | a line of the block | what it means |
//! |---|---|
//! | `$ COMMAND` | a program is started in this lane, once the one before it has ended |
//! | `TEXT«typed»` | the program prints the prompt TEXT without a line end and waits; a person types |
//! | `^C` | a person presses Ctrl-C |
//! | `...` | any number of lines, also none |
//! | anything else | the program prints this line |
//!
//! In printed text `...` is any text, and `[PORT]`, `[PORT2]`, … is a port number that differs from
//! run to run; one name is one number all through the transcript. At the end of a prompt `...` is
//! just three dots, because nothing would tell where any text ends.
//!
//! [`Transcript::parse`] reads the script and reports every [`Mistake`] at its place.
//! [`LaneMatcher`] compares a lane's output with the script as it arrives. [`Sections`] and
//! [`hints`] read the rest of a handout.
//!
//! All of this is pure: no file is read, no program is started and no clock is looked at.
//!
//! [`Play`] plays a transcript for real: it starts the programs, types once they wait for it,
//! presses Ctrl-C, and tells every [`Moment`] as it happens. In outline:
//!
//! ```
//! use socklab::demo::{ActionKind, Bindings, LaneMatcher, Outcome, Step, Transcript};
//!
//! let handout = "## Watch it\n\n```console client\n$ ask\nName: «Ada»\nHello, Ada\n```\n";
//! let transcript = Transcript::parse("README.md", handout).unwrap();
//! let mut lane = LaneMatcher::new("README.md", "client");
//! let mut bindings = Bindings::default();
//! let mut typed = Vec::new();
//! for step in &transcript.steps {
//!     let Step::Block { actions, .. } = step else { continue };
//!     for action in actions {
//!         match lane.step(action, &mut bindings) {
//!             Outcome::Matched(_) => {}
//!             Outcome::NeedMore => panic!("wait for output, feed it, and step again"),
//!             Outcome::Mismatch(mismatch) => panic!("{mismatch}"),
//!         }
//!         match &action.kind {
//!             ActionKind::Start { .. } => lane.feed(b"Name: Hello, Ada\n"),
//!             ActionKind::Types { text, .. } => typed.push(text.as_str()),
//!             _ => {}
//!         }
//!     }
//! }
//! lane.ended();
//! lane.finish().unwrap();
//! assert_eq!(typed, ["Ada"]);
//! ```

mod block;
mod handout;
mod matcher;
mod mismatch;
mod mistake;
mod output;
mod pattern;
mod player;
mod prose;
#[cfg(test)]
mod random_tests;
mod reader;
mod search;
mod transcript;

pub use crate::evidence::Mistake;
pub use handout::{Heading, Sections, hints};
pub use matcher::{LaneMatcher, Outcome, Shown};
pub use mismatch::{Difference, Mismatch};
pub use pattern::Pattern;
pub use player::{Fact, Halt, Moment, Packets, Play, Seat};
pub use search::{Bindings, Piece};
pub use transcript::{Action, ActionKind, Step, Transcript};
