//! Bytes that are not what they should be: any at all, nearly right ones, and real ones that were
//! damaged. Shared with the tests beside parsers that are private.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Any bytes.
pub fn noise() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..200)
}

/// A text of pieces that mean something to its reader, with others between them.
pub fn text_of(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => select(pieces).prop_map(str::to_owned),
        1 => "\\PC{0,3}",
        1 => any::<char>().prop_map(String::from),
    ];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Bytes that mean something in one text or another: ends, signs, digits, and what is no UTF-8.
const TELLING: &[u8] = b"\0\t\n 09+-:,()[]xf\"\\\x7f\x80\xc3\xff";

/// Has every beginning of a sample read, and the sample with each of its bytes exchanged.
pub fn every_damage(sample: &[u8], read: impl Fn(&[u8])) {
    let survives = |bytes: &[u8]| {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| read(bytes))) {
            eprintln!("what was read: b\"{}\"", bytes.escape_ascii());
            resume_unwind(panic);
        }
    };
    (0..=sample.len()).for_each(|end| survives(&sample[..end]));
    let mut bytes = sample.to_vec();
    for at in 0..sample.len() {
        for &other in TELLING {
            bytes[at] = other;
            survives(&bytes);
        }
        bytes[at] = sample[at];
    }
}

/// The same with a text, as it is read by who takes what is no UTF-8 for a replacement character.
pub fn every_damage_of(sample: &str, read: impl Fn(&str)) {
    every_damage(sample.as_bytes(), |bytes| read(&String::from_utf8_lossy(bytes)));
}
