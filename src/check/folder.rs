//! A folder of the check's own, for programs that read and write files.

use std::ffi::OsStr;
use std::path::PathBuf;

use super::Outcome;
use super::stage::Stage;
use crate::evidence::{Payload, SetupError};

impl Stage {
    /// A folder of the check's own, which is empty at first and gone with the stage.
    pub fn folder(&self) -> Outcome<PathBuf> {
        let mut folder = self.own_folder();
        if let Some(folder) = &*folder {
            return Ok(folder.path().to_owned());
        }
        let made = tempfile::Builder::new().prefix("socklab-").tempdir().map_err(|error| {
            let next = "make room in the folder for temporary files, or set TMPDIR";
            SetupError::new("a temporary folder cannot be made", error, next)
        })?;
        let path = made.path().to_owned();
        *folder = Some(made);
        Ok(path)
    }

    /// The words that a program is given, as a step shows them: the folder's own path is long, and
    /// another one each time.
    pub(super) fn shown(&self, words: &[&OsStr]) -> String {
        let folder = self.own_folder();
        let folder = folder.as_ref().map(|folder| folder.path().display().to_string());
        let shown = |word: &&OsStr| {
            let word = word.to_string_lossy().into_owned();
            let word = match &folder {
                Some(folder) => word.replace(folder.as_str(), "FOLDER"),
                None => word,
            };
            format!(" {}", Payload::from(shell_words::quote(&word).as_ref()).unquoted())
        };
        words.iter().map(shown).collect()
    }
}
