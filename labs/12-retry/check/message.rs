//! The lab's messages.

use crate::check::{Stage, Wrong};

pub(super) const ADD: u32 = 1;
pub(super) const READ: u32 = 2;
pub(super) const DONE: u32 = 128;
pub(super) const REFUSED: u32 = 129;

/// A message of these four fields.
pub(super) fn message(client: u32, number: u32, what: u32, value: i32) -> [u8; 16] {
    let mut message = [0; 16];
    for (place, field) in message.chunks_mut(4).zip([client, number, what, value as u32]) {
        place.copy_from_slice(&field.to_be_bytes());
    }
    message
}

/// The answer to a request.
pub(super) fn answer(request: &[u8], status: u32, value: i32) -> Vec<u8> {
    let id = request.get(..8).unwrap_or_default();
    [id, &status.to_be_bytes(), &value.to_be_bytes()].concat()
}

/// The four fields of a message, if it is one.
pub(super) fn fields(message: &[u8]) -> Option<[u32; 4]> {
    let message: &[u8; 16] = message.try_into().ok()?;
    let field = |place: usize| {
        let bytes = message.iter().skip(4 * place).take(4);
        bytes.fold(0, |field: u32, byte| field << 8 | u32::from(*byte))
    };
    Some([field(0), field(1), field(2), field(3)])
}

/// A message in words: `#1 ADD 5 of 9b2ef439`.
pub(super) fn in_words(message: &[u8]) -> Option<String> {
    let [client, number, what, value] = fields(message)?;
    let value = value as i32;
    let what = match what {
        ADD => format!("ADD {value}"),
        READ => "READ".to_owned(),
        DONE => format!("DONE {value}"),
        REFUSED => format!("REFUSED {value}"),
        _ => return None,
    };
    Some(format!("#{number} {what} of {client:08x}"))
}

/// A random number of four digits.
pub(super) fn number(stage: &Stage) -> u32 {
    let message = stage.message();
    message.rsplit(' ').next().and_then(|digits| digits.parse().ok()).unwrap_or(4711)
}

/// A random amount.
pub(super) fn amount(stage: &Stage) -> i32 {
    number(stage) as i32
}

pub(super) fn host_order(whose: &str) -> Wrong {
    Wrong::cause(
        "bin-host-order",
        format!(
            "a number in {whose} has its four bytes in the wrong order: that of this machine, where \
             the network's is the most significant byte first"
        ),
        "convert each field (Rust: to_be_bytes and from_be_bytes, Python: struct with \"!IIIi\", C: \
         htonl and ntohl)",
    )
}

pub(super) fn wrong_layout(what: impl Into<String>) -> Wrong {
    Wrong::cause(
        "bin-wrong-layout",
        what,
        "write the four fields one after the other, four bytes each, as the handout lists them",
    )
}

/// What is said of a message that has another length.
pub(super) fn wrong_length(what: &str, length: usize) -> Wrong {
    wrong_layout(format!("{what} has {length} bytes, and the handout's has 16"))
}
