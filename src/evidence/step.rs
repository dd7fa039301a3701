//! A step of a check, told.

/// Something that happened in a check, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The sentence.
    pub text: String,
    /// True when it tells of a datagram, which a drawing of the packets shows too.
    pub is_exchange: bool,
}
