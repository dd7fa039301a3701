//! The files of the project, and what is wrong in them.

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A text file of the project.
pub struct File {
    /// From the root on: `src/cli.rs`.
    pub path: String,
    pub text: String,
}

impl File {
    pub fn read(path: &str) -> File {
        let text = fs::read_to_string(root().join(path));
        File { path: path.to_owned(), text: text.unwrap_or_default() }
    }

    /// Its lines, with their numbers.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }

    /// The number of the line that holds the byte at `offset`.
    pub fn line_of(&self, offset: usize) -> usize {
        self.text[..offset].matches('\n').count() + 1
    }

    /// True for a file below `folder` with this extension.
    pub fn is(&self, folder: &str, extension: &str) -> bool {
        self.path.starts_with(folder)
            && Path::new(&self.path).extension().is_some_and(|it| it == extension)
    }
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every text file of the project, but those that a learner edits: they are nobody else's affair.
pub fn files() -> Vec<File> {
    let is_a_learners = |path: &str| path.starts_with("labs/") && path.ends_with("/src/main.rs");
    let read = |path: String| {
        let text = fs::read_to_string(root().join(&path)).ok()?;
        Some(File { path, text })
    };
    let paths = tracked().unwrap_or_else(|| found(root()));
    let mut files: Vec<File> =
        paths.into_iter().filter(|path| !is_a_learners(path)).filter_map(read).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// What git tracks; nothing where there is no git, or no repository.
fn tracked() -> Option<Vec<String>> {
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().ok()?;
    let paths = String::from_utf8(output.stdout).ok()?;
    let paths: Vec<String> =
        paths.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    (output.status.success() && !paths.is_empty()).then_some(paths)
}

/// What lies in a folder, without what is built and what is hidden.
fn found(folder: &Path) -> Vec<String> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path: PathBuf = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && name != "target" {
            paths.extend(found(&path));
        } else if path.is_file() {
            let path = path.strip_prefix(root()).unwrap_or(&path);
            paths.push(path.to_string_lossy().into_owned());
        }
    }
    paths
}

/// What is wrong, and where.
#[derive(Default)]
pub struct Faults(Vec<String>);

impl Faults {
    /// Notes a fault: what is wrong, and what to do.
    pub fn add(&mut self, path: &str, line: usize, what: impl Display) {
        self.0.push(format!("{path}:{line}: {what}"));
    }

    /// Fails if there is any.
    #[track_caller]
    pub fn must_be_none(self) {
        assert!(self.0.is_empty(), "\n{}\n", self.0.join("\n"));
    }
}
