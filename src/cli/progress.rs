//! What is remembered of a learner's progress: which labs were passed, and how many hints were
//! shown. It stands in `.socklab/progress.json` in the checkout, which git ignores.
//!
//! Nothing depends on it: where the file cannot be read or written, a verb does its work all the
//! same and says so in one line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

/// The version of the file's form.
const VERSION: u32 = 1;

/// What is remembered, by the labs' slugs. Labs that this socklab does not know are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    labs: BTreeMap<String, Record>,
}

/// What is remembered of one lab.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    /// Which program passed all checks, if one did.
    pub(super) passed: Option<Passed>,
    /// The roles of the programs that have passed theirs: a lab may ask for two.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) done: BTreeSet<String>,
    /// How many hints were shown.
    pub(super) hints: usize,
}

/// The program that passed all checks of a lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Passed {
    /// The file in the lab's folder.
    File,
    /// A command that was given in its place.
    Command,
}

/// The file's form.
#[derive(Serialize, Deserialize)]
struct Document {
    version: u32,
    labs: BTreeMap<String, Record>,
}

impl Progress {
    /// Reads what is remembered in a checkout; nothing where there is no file yet.
    ///
    /// # Errors
    ///
    /// A line that says why it cannot be read.
    pub(super) fn read(root: &Path) -> Result<Progress, String> {
        let path = folder(root).join("progress.json");
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Progress::default()),
            Err(error) => return Err(unusable(&path, "cannot be read", error)),
        };
        let document: Document = serde_json::from_slice(&text)
            .map_err(|error| unusable(&path, "is damaged, remove it to begin anew", error))?;
        if document.version != VERSION {
            return Err(unusable(&path, "is of another socklab", document.version));
        }
        Ok(Progress { labs: document.labs })
    }

    /// What is remembered of a lab.
    pub(super) fn of(&self, slug: &str) -> Record {
        self.labs.get(slug).cloned().unwrap_or_default()
    }

    /// Changes what is remembered of a lab.
    ///
    /// Two socklabs that do so at once wait for each other, and nobody ever reads half a file.
    ///
    /// # Errors
    ///
    /// A line that says why it cannot be remembered.
    pub(super) fn change(
        root: &Path,
        slug: &str,
        edit: impl Fn(&mut Record),
    ) -> Result<(), String> {
        let edited = |progress: &Progress| {
            let mut record = progress.of(slug);
            edit(&mut record);
            record
        };
        // What would change nothing does not fail in a checkout that is read-only.
        let progress = Progress::read(root)?;
        if edited(&progress) == progress.of(slug) {
            return Ok(());
        }
        let folder = folder(root);
        let failed = |error: std::io::Error| unusable(&folder, "cannot be written", error);
        fs::create_dir_all(&folder).map_err(failed)?;
        // Not every file system has locks; without one, two at once may lose one change.
        let held = File::open(&folder).map_err(failed)?;
        let _ = flock(&held, FlockOperation::LockExclusive);
        let mut progress = Progress::read(root)?;
        let record = edited(&progress);
        progress.labs.insert(slug.to_owned(), record);
        progress.labs.retain(|_, record| *record != Record::default());
        progress.write(&folder).map_err(failed)
    }

    fn write(self, folder: &Path) -> std::io::Result<()> {
        let document = Document { version: VERSION, labs: self.labs };
        let text = serde_json::to_string_pretty(&document).map_err(std::io::Error::other)?;
        let path = folder.join("progress.json");
        let fresh = folder.join(format!("progress.json.{}", std::process::id()));
        let mut file = File::create(&fresh)?;
        let written = file
            .write_all(format!("{text}\n").as_bytes())
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::rename(&fresh, &path));
        if written.is_err() {
            let _ = fs::remove_file(&fresh);
        }
        written
    }
}

fn folder(root: &Path) -> PathBuf {
    root.join(".socklab")
}

fn unusable(path: &Path, what: &str, why: impl Display) -> String {
    format!("your progress is not remembered: {} {what}: {why}", path.display())
}
