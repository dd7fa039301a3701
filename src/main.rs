//! The `socklab` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    socklab::cli::main()
}
