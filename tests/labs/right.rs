//! Programs that are right and unusual, in any language: every one passes.

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libtest_mimic::{Failed, Trial};
use socklab::course::Lab;
use socklab::network::Choice;

/// A language in which programs may be written here.
struct Language {
    extension: &'static str,
    /// The interpreter or compiler.
    tool: &'static str,
    /// True when the program is compiled before it runs.
    compiled: bool,
}

const LANGUAGES: [Language; 3] = [
    Language { extension: "py", tool: "python3", compiled: false },
    Language { extension: "js", tool: "node", compiled: false },
    Language { extension: "c", tool: "cc", compiled: true },
];

/// A test for every program in the lab's `right` folder. One in a language that this machine lacks
/// is skipped, and its name says which.
pub fn trials(lab: &'static Lab) -> Result<Vec<Trial>, Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("labs").join(lab.folder).join("right");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    let networks: &[Choice] = match super::needs_hosts(lab) {
        true => &[Choice::Auto],
        false => &[Choice::Auto, Choice::Loopback],
    };
    let tried = files.iter().flat_map(|file| networks.iter().map(move |network| (*network, file)));
    tried.map(|(network, file)| trial(lab, network, file.clone())).collect()
}

fn trial(lab: &'static Lab, network: Choice, file: PathBuf) -> Result<Trial, Box<dyn Error>> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let extension = file.extension().unwrap_or_default().to_string_lossy().into_owned();
    let language = LANGUAGES
        .iter()
        .find(|language| language.extension == extension)
        .ok_or_else(|| format!("{} is in no language that the tests know", file.display()))?;
    let test = format!("lab{}::right::{name}{}", lab.number, super::place(network));
    if !is_here(language.tool) {
        let test = format!("{test} (this machine has no {})", language.tool);
        return Ok(Trial::test(test, || Ok(())).with_ignored_flag(true));
    }
    Ok(super::trial(lab, test, move || {
        let command = command(lab, network, language, &file)?;
        super::passes(lab, network, &name, command)
    }))
}

fn is_here(tool: &str) -> bool {
    let run =
        Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    run.is_ok_and(|status| status.success())
}

/// The command that runs the program, compiled if need be.
fn command(
    lab: &Lab,
    network: Choice,
    language: &Language,
    file: &Path,
) -> Result<Vec<OsString>, Failed> {
    if !language.compiled {
        return Ok(vec![language.tool.into(), file.into()]);
    }
    let stem = file.file_stem().unwrap_or_default();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(lab.folder);
    // Two tests of one program must not write one file.
    let folder = folder.join(network.name());
    fs::create_dir_all(&folder)?;
    let executable = folder.join(stem);
    let output = Command::new(language.tool)
        .args(["-Wall", "-Wextra", "-Werror", "-O1", "-pthread", "-o"])
        .args([&executable, file])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(vec![executable.into()])
}
