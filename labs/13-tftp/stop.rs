//! Why a transfer ends before its end. Given: nothing is to be done here.

use std::io::{self, ErrorKind};

use crate::packet;

/// Why a transfer ends.
#[derive(Debug)]
pub struct Stop {
    /// What the partner is told, if it should be told anything: the code of an ERROR.
    pub code: Option<u16>,
    pub text: String,
}

impl Stop {
    pub fn telling(code: u16, text: impl Into<String>) -> Stop {
        Stop { code: Some(code), text: text.into() }
    }

    pub fn silently(text: impl Into<String>) -> Stop {
        Stop { code: None, text: text.into() }
    }
}

/// So that `?` works on what goes wrong with files and sockets.
impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        let code = match error.kind() {
            ErrorKind::NotFound => packet::NOT_FOUND,
            ErrorKind::PermissionDenied => packet::ACCESS_VIOLATION,
            ErrorKind::StorageFull => packet::DISK_FULL,
            _ => packet::NOT_DEFINED,
        };
        Stop::telling(code, error.to_string())
    }
}
