//! A checkout of its own for each test.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use predicates::prelude::*;
use socklab::course::Lab;
use socklab::labs;
use tempfile::TempDir;

/// A checkout in which nobody has written anything yet.
pub struct Checkout {
    folder: TempDir,
}

impl Checkout {
    pub fn new() -> Checkout {
        let checkout = Checkout { folder: TempDir::new().unwrap() };
        for lab in labs::all() {
            for part in &lab.parts {
                let file = checkout.path().join(&part.file);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, part.starter()).unwrap();
            }
        }
        checkout
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(&self, lab: u8) -> PathBuf {
        self.path().join(&find(lab).parts[0].file)
    }

    pub fn write(&self, lab: u8, text: &str) {
        let file = self.file(lab);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Writes a program that is begun: its first `todo!` is done, another is left.
    pub fn begin(&self, lab: u8) {
        self.write(lab, &find(lab).parts[0].starter().replacen("todo!(", "begun(); todo!(", 1));
    }

    pub fn progress(&self) -> String {
        fs::read_to_string(self.path().join(".socklab/progress.json")).unwrap_or_default()
    }

    pub fn write_progress(&self, text: &str) {
        fs::create_dir_all(self.path().join(".socklab")).unwrap();
        fs::write(self.path().join(".socklab/progress.json"), text).unwrap();
    }

    /// Makes it impossible to remember anything, for the superuser too.
    pub fn forbid_progress(&self) {
        fs::write(self.path().join(".socklab"), "").unwrap();
    }

    pub fn command(&self, args: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
        command.current_dir(self.path()).args(args.split_whitespace());
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CARGO_TARGET_DIR"] {
            command.env_remove(name);
        }
        command
    }

    pub fn run(&self, args: &str) -> Assert {
        self.command(args).assert()
    }
}

pub fn find(lab: u8) -> &'static Lab {
    labs::find(&lab.to_string()).unwrap()
}

pub fn stdout(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

/// How the course says that so many labs are passed.
pub fn passed(count: usize) -> String {
    format!("{count} of {} labs passed", labs::all().len())
}

pub const PASSED_BY_FILE: &str = r#"{"version": 1, "labs": {"socket": {"passed": "file"}}}"#;

/// A text of a single line.
pub fn one_line() -> impl Predicate<str> {
    predicate::function(|text: &str| text.lines().count() == 1)
}
