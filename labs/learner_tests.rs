//! The test that the labs of two programs share: `cargo test -p lab12` checks the learner's server and
//! client of lab 12.

use std::process::ExitCode;

fn main() -> ExitCode {
    let server = env!(concat!("CARGO_BIN_EXE_", env!("CARGO_PKG_NAME"), "-server"));
    let client = env!(concat!("CARGO_BIN_EXE_", env!("CARGO_PKG_NAME"), "-client"));
    socklab::cli::learner_test(env!("CARGO_PKG_NAME"), &[server, client])
}
