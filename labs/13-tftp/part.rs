//! A file that is being received. Given: nothing is to be done here.

use std::fs;
use std::path::{Path, PathBuf};

/// A file under another name than its own, which is gone unless it was renamed.
pub struct Part {
    pub path: PathBuf,
}

impl Part {
    /// One in the same folder as `path`: a rename works only within a file system. The number tells
    /// it from others that become the same file.
    pub fn beside(path: &Path, number: u32) -> Part {
        Part { path: path.with_file_name(format!(".tftp-{number}.part")) }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // After the rename there is none.
        let _ = fs::remove_file(&self.path);
    }
}
