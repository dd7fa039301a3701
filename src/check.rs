//! The language in which checks are written: steps and expectations.
//!
//! A check asks its [`Stage`] for the program and for peers, and says in order what happens and
//! what should happen. It reads like this:
//!
//! ```no_run
//! use socklab::check::{Outcome, Stage};
//!
//! fn acknowledges(stage: &Stage) -> Outcome {
//!     let server = stage.program()?;
//!     server.is_bound_to("127.0.0.1:12345")?;
//!     let client = stage.client()?;
//!     let message = stage.message();
//!     client.sends(&message)?;
//!     client.gets(format!("Server acknowledges: {message}"))
//! }
//! ```
//!
//! Every expectation is a wait with a condition and a deadline. It ends as soon as it is met, or
//! as soon as the evidence shows that it never will be: the program has ended, or every thread of
//! it is blocked without a time-out and nothing is under way. What is sent, received, printed and
//! seen is written down as [evidence](crate::evidence).

mod again;
mod agenda;
mod clock;
mod ends;
mod exchange;
mod expect;
mod figures;
mod flood;
mod folder;
mod judge;
mod lan;
mod lines;
mod messages;
mod observe;
mod partners;
mod port;
mod prints;
mod program;
mod receives;
mod sends;
mod stage;
mod text;
mod wait;
mod world;

pub use exchange::{End, Part, Sending};
pub use figures::Figures;
pub use judge::Wrong;
pub use lan::Carried;
pub use lines::Line;
pub use partners::{Client, Partner, Request, Server};
pub use port::Port;
pub use program::Program;
pub use receives::Sorted;
pub use stage::{Scene, Stage};

use crate::evidence::{SetupError, Unmet};

/// Why a check did not pass.
#[derive(Debug)]
pub enum Failure {
    /// The program did something else than it should: the learner's affair.
    Unmet(Box<Unmet>),
    /// The machine could not do its part.
    Setup(SetupError),
    /// Someone pressed Ctrl-C.
    Interrupted,
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Failure {
        Failure::Setup(error)
    }
}

/// What came of a check, or of a step of one.
pub type Outcome<T = ()> = Result<T, Failure>;
