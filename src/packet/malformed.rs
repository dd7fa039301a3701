//! What is wrong with bytes that are not a packet.

use std::fmt;

/// Why bytes are not a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// Something ends before it should.
    Short {
        /// What is cut off: `TCP header`.
        what: &'static str,
        /// How many bytes it needs.
        need: usize,
        /// How many there are.
        have: usize,
    },
    /// A header says a length that is less than the header itself.
    Length {
        /// What has this length: `TCP header`.
        what: &'static str,
        /// The length that is given, in bytes.
        says: usize,
        /// The least that can be.
        least: usize,
    },
    /// The version of IP is neither 4 nor 6.
    Version(u8),
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Malformed::Short { what, need, have } => {
                write!(f, "the {what} needs {need} bytes, and there are {have}")
            }
            Malformed::Length { what, says, least } => {
                write!(f, "the {what} gives its length as {says} bytes, which is less than {least}")
            }
            Malformed::Version(version) => write!(f, "version {version} of IP is neither 4 nor 6"),
        }
    }
}

impl std::error::Error for Malformed {}

/// The first `N` bytes of `bytes`, as an array, so that its fields can be read without a doubt.
pub(super) fn head<'a, const N: usize>(
    bytes: &'a [u8],
    what: &'static str,
) -> Result<&'a [u8; N], Malformed> {
    bytes.first_chunk().ok_or(Malformed::Short { what, need: N, have: bytes.len() })
}

/// What stands before and after byte number `at`.
pub(super) fn split<'a>(
    bytes: &'a [u8],
    at: usize,
    what: &'static str,
) -> Result<(&'a [u8], &'a [u8]), Malformed> {
    bytes.split_at_checked(at).ok_or(Malformed::Short { what, need: at, have: bytes.len() })
}
