//! Where Python is.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// The machine's `PATH`, with the folder of the interpreter itself before all others: where a wrapper
/// stands in its place, that takes longer than most programs of the tests.
pub fn path() -> &'static OsString {
    static PATH: OnceLock<OsString> = OnceLock::new();
    PATH.get_or_init(|| {
        let usual = env::var_os("PATH").unwrap_or_default();
        let folder = "import os, sys; print(os.path.dirname(sys.executable))";
        let found = Command::new("python3").args(["-c", folder]).output();
        let found = found.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        let folder = found.ok().filter(|folder| !folder.is_empty()).map(PathBuf::from);
        env::join_paths(folder.into_iter().chain(env::split_paths(&usual))).unwrap_or(usual)
    })
}
