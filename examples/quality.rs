//! How good the judge is, counted over the corpus: `make quality` writes docs/quality.md.
//!
//! Every wrong and every right program of every lab is checked, in both kinds of network and with
//! both ways of looking into sockets. The table is Markdown on standard output; what it is doing is
//! said on standard error. Nothing in it but the seconds differs from run to run.

#[path = "../tests/labs/corpus.rs"]
mod corpus;
#[path = "quality/count.rs"]
mod count;
#[path = "quality/page.rs"]
mod page;

use std::error::Error;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use corpus::{Mistake, Script};
use count::Outcome;
use socklab::course::{self, Lab, Options, Submission};
use socklab::evidence::{LabResult, Method};
use socklab::labs;
use socklab::network::Choice;

/// A program of the corpus.
struct Entry {
    lab: &'static Lab,
    /// What is wrong with it; nothing with one that is right.
    mistake: Option<Mistake>,
    language: &'static str,
    submission: Submission,
}

/// A way to check the whole corpus.
#[derive(Clone, Copy)]
struct Setting {
    network: Choice,
    method: Method,
}

/// What came of the corpus in one setting.
struct Run {
    setting: Setting,
    /// The outcome of each entry.
    outcomes: Vec<Outcome>,
    results: Vec<LabResult>,
    seconds: u64,
}

const SETTINGS: [Setting; 5] = [
    Setting { network: Choice::Private, method: Method::Notify },
    Setting { network: Choice::Private, method: Method::Copy },
    Setting { network: Choice::Private, method: Method::Proc },
    Setting { network: Choice::Loopback, method: Method::Notify },
    Setting { network: Choice::Loopback, method: Method::Proc },
];

fn main() -> ExitCode {
    if let Some(code) = socklab::become_helper_if_asked() {
        return code;
    }
    match quality() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn quality() -> Result<(), Box<dyn Error>> {
    if !Choice::Auto.is_private() {
        return Err(
            "this machine makes no private network: half of the table would be missing".into()
        );
    }
    // Compiled programs live as long as this.
    let folder = tempfile::tempdir()?;
    let entries = entries(folder.path())?;
    let mut runs = Vec::new();
    for setting in SETTINGS {
        let run = run(&entries, setting)?;
        eprintln!("{} programs: {} s", page::flags(setting), run.seconds);
        runs.push(run);
    }
    print!("{}", page::page(&entries, &runs));
    Ok(())
}

/// The corpus, in the order of the labs, of their files and of the functions in them.
fn entries(folder: &Path) -> Result<Vec<Entry>, Box<dyn Error>> {
    let executables = corpus::build()?;
    let mut entries = Vec::new();
    for lab in labs::all() {
        let package = lab.package();
        let rust = |name: &str, command| Entry {
            lab,
            mistake: None,
            language: "Rust",
            submission: Submission { command, shown: vec![name.to_owned()] },
        };
        let solution = corpus::path(&executables, &format!("{package}-solution"))?;
        entries.push(rust("solution", vec![solution.into()]));
        let executable = corpus::path(&executables, &format!("{package}-mistakes"))?;
        for mistake in corpus::mistakes(&executable)? {
            let command = vec![executable.clone().into(), mistake.name.clone().into()];
            entries.push(Entry { mistake: Some(mistake.clone()), ..rust(&mistake.name, command) });
        }
        let script = |script: &Script, kind: &str| -> Result<Entry, Box<dyn Error>> {
            if !script.language.is_here() {
                return Err(format!("this machine has no {}", script.language.tool).into());
            }
            let command = script.command(&folder.join(lab.folder).join(kind), kind == "right")?;
            Ok(Entry { language: script.language.name, ..rust(&script.name, command) })
        };
        for mistake in corpus::wrong(lab)? {
            let Some(file) = &mistake.script else { continue };
            let entry = script(file, "wrong")?;
            entries.push(Entry { mistake: Some(mistake), ..entry });
        }
        for file in corpus::scripts(lab, "right")? {
            entries.push(script(&file, "right")?);
        }
    }
    Ok(entries)
}

/// Checks the whole corpus in one setting.
fn run(entries: &[Entry], setting: Setting) -> Result<Run, Box<dyn Error>> {
    let began = Instant::now();
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let Setting { network, method } = setting;
    let options = Options { seed: 7, method, network, jobs: 2 * cores };
    let submissions: Vec<(&'static Lab, Submission)> =
        entries.iter().map(|entry| (entry.lab, entry.submission.clone())).collect();
    let results: Vec<Mutex<Option<LabResult>>> = entries.iter().map(|_| Mutex::new(None)).collect();
    let done = |of: usize, result| {
        *results[of].lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    };
    course::check_all(&submissions, &options, &|_| {}, &done).map_err(|_| "interrupted")?;
    let results: Option<Vec<LabResult>> = results
        .into_iter()
        .map(|result| result.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect();
    let results = results.ok_or("not all programs were checked")?;
    let outcomes: Result<Vec<Outcome>, String> = entries
        .iter()
        .zip(&results)
        .map(|(entry, result)| Outcome::of(entry.mistake.as_ref(), result))
        .collect();
    Ok(Run { setting, outcomes: outcomes?, results, seconds: began.elapsed().as_secs() })
}
