//! The corpus: of every lab, programs that are right and programs that are wrong, in any language.
//! The tests judge the judge with it, and `make quality` counts over it.

use std::collections::HashMap;
use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use socklab::course::{Lab, Part};
use socklab::evidence::Role;
use socklab::{labs, program};

/// A language in which programs may be written here.
#[derive(Debug)]
pub struct Language {
    /// As people call it.
    pub name: &'static str,
    extension: &'static str,
    /// The interpreter or compiler.
    pub tool: &'static str,
    /// True when the program is compiled before it runs.
    compiled: bool,
    /// What the interpreter or compiler is told.
    options: &'static [&'static str],
    /// What finds the interpreter itself, where a wrapper often stands in its place.
    itself: &'static [&'static str],
    /// The interpreter, once somebody has asked; `None` where this machine lacks the language.
    found: OnceLock<Option<OsString>>,
}

static LANGUAGES: [Language; 3] = [
    Language {
        name: "Python",
        extension: "py",
        tool: "python3",
        compiled: false,
        // Without the packages of this machine, which no program here uses: some of them are loaded
        // at every start, and may take as long as all the rest.
        options: &["-S"],
        itself: &["-c", "import sys; print(sys.executable)"],
        found: OnceLock::new(),
    },
    Language {
        name: "JavaScript",
        extension: "js",
        tool: "node",
        compiled: false,
        options: &[],
        itself: &["-p", "process.execPath"],
        found: OnceLock::new(),
    },
    Language {
        name: "C",
        extension: "c",
        tool: "cc",
        compiled: true,
        options: &["-O1", "-pthread"],
        itself: &["--version"],
        found: OnceLock::new(),
    },
];

impl Language {
    /// True when this machine has it.
    pub fn is_here(&self) -> bool {
        self.found().is_some()
    }

    /// The interpreter itself: a wrapper would cost as much as the program at every start.
    fn interpreter(&self) -> OsString {
        self.found().clone().unwrap_or_else(|| self.tool.into())
    }

    fn found(&self) -> &Option<OsString> {
        self.found.get_or_init(|| {
            let output = Command::new(self.tool).args(self.itself).output().ok()?;
            let said = String::from_utf8(output.stdout).ok()?;
            output.status.success().then(|| said.trim().into())
        })
    }
}

/// A program in a file of its own.
#[derive(Clone, Debug)]
pub struct Script {
    pub file: PathBuf,
    /// The role of the program that it is in the place of.
    pub role: Role,
    /// The file's name, behind that of its role where a lab has several.
    pub name: String,
    pub language: &'static Language,
}

impl Script {
    /// The command that runs it, compiled into `folder` if need be. What is right must also be
    /// without a warning.
    pub fn command(&self, folder: &Path, is_right: bool) -> Result<Vec<OsString>, Box<dyn Error>> {
        if !self.language.compiled {
            let options = self.language.options.iter().map(OsString::from);
            let interpreter = std::iter::once(self.language.interpreter());
            return Ok(interpreter.chain(options).chain([self.file.clone().into()]).collect());
        }
        fs::create_dir_all(folder)?;
        let executable = folder.join(self.name.replace('/', "-")).with_extension("");
        let warnings: &[&str] = if is_right { &["-Wall", "-Wextra", "-Werror"] } else { &["-w"] };
        let output = Command::new(self.language.tool)
            .args(warnings)
            .args(self.language.options)
            .arg("-o")
            .args([&executable, &self.file])
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        Ok(vec![executable.into()])
    }
}

/// The programs in a folder of a lab, `right` or `wrong`, in the order of their names. Where a lab
/// asks for two programs, each role has a folder of its own in there.
pub fn scripts(lab: &Lab, folder: &str) -> Result<Vec<Script>, Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("labs").join(lab.folder).join(folder);
    let mut scripts = Vec::new();
    for part in &lab.parts {
        let (folder, before) = match lab.has_parts() {
            true => (folder.join(part.role.name()), format!("{}/", part.role)),
            false => (folder.clone(), String::new()),
        };
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        files.sort();
        for file in files {
            scripts.push(script(file, part.role, &before)?);
        }
    }
    Ok(scripts)
}

fn script(file: PathBuf, role: Role, before: &str) -> Result<Script, Box<dyn Error>> {
    let extension = file.extension().unwrap_or_default().to_string_lossy().into_owned();
    let language = LANGUAGES
        .iter()
        .find(|language| language.extension == extension)
        .ok_or_else(|| format!("{} is in no language that the tests know", file.display()))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    Ok(Script { name: format!("{before}{name}"), file, role, language })
}

/// A wrong program, and what must be said of it.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// The diagnosis that it must earn, and after a dot what tells it from others with the same.
    pub name: String,
    /// The first check that it fails.
    pub check: String,
    /// A diagnosis that the same evidence may fit better, so that this one is the second.
    pub likelier: Option<String>,
    /// A file in `wrong/`; none for a function in the lab's `mistakes.rs`.
    pub script: Option<Script>,
}

impl Mistake {
    /// The id of the diagnosis that it must earn.
    pub fn id(&self) -> &str {
        self.name.split('.').next().unwrap_or(&self.name)
    }

    /// The role of the program that it is in the place of.
    pub fn role(&self, lab: &Lab) -> Role {
        let check = lab.plan.checks.iter().find(|check| check.id == self.check);
        check.map_or(lab.plan.role, |check| check.role)
    }
}

/// The functions in a lab's `mistakes.rs`, as its executable lists them.
pub fn mistakes(executable: &Path) -> Result<Vec<Mistake>, Box<dyn Error>> {
    let output = Command::new(executable).arg("--list").output()?;
    let text = String::from_utf8(output.stdout)?;
    let mistake = |line: &str| {
        let (name, check) = line.split_once('\t')?;
        let (name, check) = (name.to_owned(), check.to_owned());
        Some(Mistake { name, check, likelier: None, script: None })
    };
    text.lines()
        .map(|line| mistake(line).ok_or_else(|| format!("no mistake: {line:?}").into()))
        .collect()
}

/// The programs in a lab's folder `wrong`.
pub fn wrong(lab: &Lab) -> Result<Vec<Mistake>, Box<dyn Error>> {
    in_folder(lab, "wrong")
}

/// The wrong programs in a folder of a lab, each with the check that it fails: `wrong`, or `unknown`,
/// of which the names say nothing.
pub fn in_folder(lab: &Lab, folder: &str) -> Result<Vec<Mistake>, Box<dyn Error>> {
    scripts(lab, folder)?.into_iter().map(of_script).collect()
}

fn of_script(script: Script) -> Result<Mistake, Box<dyn Error>> {
    let text = fs::read_to_string(&script.file)?;
    let first = text.lines().next().unwrap_or_default();
    let (check, likelier) = heading(first).ok_or_else(|| {
        let file = script.file.display();
        format!("{file}:1: its first line should be a comment as in \"fails: answers\"")
    })?;
    let name = script.file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Mistake { name, check, likelier, script: Some(script) })
}

/// What a first line says: `# fails: CHECK`, and perhaps `, likelier: ID`.
fn heading(line: &str) -> Option<(String, Option<String>)> {
    let c = |line: &'_ str| Some(line.strip_prefix("/* ")?.strip_suffix(" */")?.to_owned());
    let words = c(line).or_else(|| Some(line.strip_prefix("# ")?.to_owned()))?;
    let words = words.strip_prefix("fails: ")?;
    Some(match words.split_once(", likelier: ") {
        Some((check, likelier)) => (check.to_owned(), Some(likelier.to_owned())),
        None => (words.to_owned(), None),
    })
}

/// True for a lab with a check in which its program mostly waits for a clock.
pub fn is_idle(lab: &Lab) -> bool {
    lab.plan.checks.iter().any(|check| check.idles)
}

/// The lab with its checks up to this one. Each of those behind it would cost another start of the
/// program, and tells nothing of what must fail first.
pub fn up_to(lab: &'static Lab, check: &str) -> &'static Lab {
    let mut lab = lab.clone();
    if let Some(last) = lab.plan.checks.iter().position(|known| known.id == check) {
        lab.plan.checks.truncate(last + 1);
    }
    // A lab is for the whole run of a process, and so is this one.
    Box::leak(Box::new(lab))
}

/// The role of this name, of those that a lab's programs play.
pub fn role_of(lab: &Lab, name: &str) -> Role {
    let named = lab.parts.iter().find(|part| part.role.name() == name);
    named.map_or(lab.plan.role, |part| part.role)
}

/// The executables of the labs, by name.
pub type Executables = HashMap<String, PathBuf>;

/// Builds every solution and every mistake, and no file that a learner edits.
pub fn build() -> Result<Executables, Box<dyn Error>> {
    let wanted: Vec<(String, String)> = labs::all()
        .iter()
        .flat_map(|lab| {
            let solutions = lab.parts.iter().map(Part::solution_executable);
            let all = solutions.chain([format!("{}-mistakes", lab.package())]);
            all.map(|executable| (lab.package(), executable))
        })
        .collect();
    program::build::build(Path::new(env!("CARGO_MANIFEST_DIR")), &wanted, false)
        .map_err(|error| format!("{error:?}").into())
}

/// The executable of that name.
pub fn path(executables: &Executables, name: &str) -> Result<PathBuf, String> {
    executables.get(name).cloned().ok_or_else(|| format!("cargo did not build {name}"))
}
