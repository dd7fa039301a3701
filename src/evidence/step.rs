//! A step of a check, told.

/// Something that happened in a check, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The sentence.
    pub text: String,
    /// What it tells of.
    pub kind: StepKind,
}

/// What a step tells of: a report that shows the same in another way leaves it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// The program's start, which every report has in its first line.
    Start,
    /// The state in which the kernel shows the program.
    State,
    /// A datagram, which a drawing of the packets shows too.
    Datagram,
    /// Something else that was done.
    Act,
}
