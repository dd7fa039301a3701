//! The test that the labs of one program share: `cargo test -p lab3` checks the learner's program of
//! lab 3.

use std::process::ExitCode;

fn main() -> ExitCode {
    let executable = env!(concat!("CARGO_BIN_EXE_", env!("CARGO_PKG_NAME")));
    socklab::cli::learner_test(env!("CARGO_PKG_NAME"), &[executable])
}
