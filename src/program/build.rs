//! Building a lab's program with cargo.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use serde::Deserialize;

use crate::evidence::SetupError;

/// Why there is no executable.
#[derive(Debug)]
pub enum BuildError {
    /// The compiler has said why, on standard error: the program is at fault.
    DoesNotCompile,
    /// Cargo could not do its work: the machine is at fault.
    Setup(SetupError),
}

/// A line of cargo's report, as far as it matters here.
#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    /// Something was made: an executable, or a library.
    CompilerArtifact { executable: Option<PathBuf>, target: Target },
    /// All was made, or a compiler refused.
    BuildFinished { success: bool },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// Builds executables of the workspace's packages and tells where each is.
///
/// The compiler's messages go to standard error as they are, in colour if `color` says so.
///
/// # Errors
///
/// [`BuildError::DoesNotCompile`] when the compiler rejects a program.
pub fn build(
    root: &Path,
    executables: &[(String, String)],
    color: bool,
) -> Result<HashMap<String, PathBuf>, BuildError> {
    let built = build_each(root, executables, color).map_err(BuildError::Setup)?;
    let is_there = |(_, executable): &(String, String)| built.contains_key(executable);
    if executables.iter().all(is_there) { Ok(built) } else { Err(BuildError::DoesNotCompile) }
}

/// As [`build`], but an executable that does not compile is merely missing.
///
/// # Errors
///
/// When Cargo could not do its work.
pub fn build_each(
    root: &Path,
    executables: &[(String, String)],
    color: bool,
) -> Result<HashMap<String, PathBuf>, SetupError> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(root)
        .args(["build", "--quiet", "--keep-going", "--message-format=json-render-diagnostics"])
        .args(["--color", if color { "always" } else { "never" }]);
    for (package, executable) in executables {
        cargo.args(["--package", package, "--bin", executable]);
    }
    // What the cargo that runs us says about us would make this one build everything anew.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(name);
        }
    }
    let (status, report) = run(cargo).map_err(trouble)?;
    match (report.success, status.success()) {
        (Some(true), true) | (Some(false), _) => Ok(report.executables),
        _ => Err(trouble(format!("cargo ended with {status}"))),
    }
}

/// What cargo has reported.
#[derive(Default)]
struct Report {
    /// What it said when it had finished compiling; nothing when it did not come so far.
    success: Option<bool>,
    executables: HashMap<String, PathBuf>,
}

impl Report {
    /// Takes in a line. One that tells of other things, or that nobody understands, is passed over.
    fn take(&mut self, line: &str) {
        match serde_json::from_str(line) {
            Ok(Message::CompilerArtifact { executable: Some(path), target }) => {
                self.executables.insert(target.name, path);
            }
            Ok(Message::BuildFinished { success }) => self.success = Some(success),
            _ => {}
        }
    }
}

fn run(mut cargo: Command) -> io::Result<(ExitStatus, Report)> {
    let mut child = cargo.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let mut report = Report::default();
    for line in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
        report.take(&line?);
    }
    Ok((child.wait()?, report))
}

fn trouble(why: impl std::fmt::Display) -> SetupError {
    let what = "the lab's program cannot be built";
    SetupError::new(what, why, "install Rust from https://rustup.rs, or name a program after --")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::damage::{every_damage_of, text_of};

    const ARTIFACT: &str = r#"{"reason":"compiler-artifact","package_id":"path+file:///lab#0.1.0",
        "target":{"kind":["bin"],"crate_types":["bin"],"name":"lab1","edition":"2024"},
        "profile":{"opt_level":"0"},"features":[],"filenames":["/lab/target/debug/lab1"],
        "executable":"/lab/target/debug/lab1","fresh":true}"#;
    const FINISHED: &str = r#"{"reason":"build-finished","success":true}"#;

    /// What is understood of these lines.
    fn read(lines: &[&str]) -> (Option<bool>, Option<PathBuf>) {
        let mut report = Report::default();
        lines.iter().for_each(|line| report.take(line));
        (report.success, report.executables.remove("lab1"))
    }

    #[test]
    fn a_damaged_line_is_survived() {
        every_damage_of(ARTIFACT, |line| _ = read(&[line]));
        every_damage_of(FINISHED, |line| _ = read(&[line]));
    }

    const PIECES: &[&str] = &["{", "}", "[", "]", "\"", ":", ",", "null", "1e999", "reason", "\\u"];

    proptest! {
        #[test]
        fn a_line_that_nobody_understands_hides_no_other(line in text_of(PIECES)) {
            let path = Some("/lab/target/debug/lab1".into());
            prop_assert_eq!(read(&[&line, ARTIFACT, &line, FINISHED]), (Some(true), path));
        }
    }
}
