//! Packets: what is read from real ones, that bytes which are none do no harm, and that captures
//! open in the tools that people have.
#![allow(clippy::unwrap_used)] // what a test needs and does not get is its failure

#[path = "packet/captures.rs"]
mod captures;
#[path = "packet/checksums.rs"]
mod checksums;
#[path = "packet/headers.rs"]
mod headers;
#[path = "packet/hostile.rs"]
mod hostile;
#[path = "packet/samples.rs"]
mod samples;
#[path = "packet/tools.rs"]
mod tools;
