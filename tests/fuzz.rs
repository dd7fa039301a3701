//! What holds for whatever comes from outside: no text, packet or transcript makes its reader
//! panic, and what is written is read back. And what holds for whatever is seen of a program: it
//! gets a diagnosis, a drawing and a report.
//!
//! Parsers that are private have their properties beside them. `PROPTEST_CASES=20000` tries more.
#![allow(clippy::unwrap_used)] // what a test needs and does not get is its failure

#[path = "fuzz/captures.rs"]
mod captures;
#[path = "fuzz/damage.rs"]
mod damage;
#[path = "fuzz/evidence.rs"]
mod evidence;
#[path = "fuzz/judged.rs"]
mod judged;
#[expect(dead_code, reason = "the tests of packets use the rest")]
#[path = "packet/samples.rs"]
mod samples;
#[path = "fuzz/texts.rs"]
mod texts;
