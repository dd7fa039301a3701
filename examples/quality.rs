//! How good the judge is, counted over the corpus: `make quality` writes docs/quality.md.
//!
//! Every wrong and every right program of every lab is checked, in both kinds of network and with
//! each way of looking into sockets. The page is Markdown on standard output; what is being done is
//! said on standard error. Nothing in the page but the seconds differs from run to run, and with
//! `--check` it is compared with the one that is there. With `--load` all is done again, twice, while
//! every processor is kept busy, and must come out the same.

#[path = "../tests/labs/alone.rs"]
mod alone;
#[path = "quality/compare.rs"]
mod compare;
#[path = "../tests/labs/corpus.rs"]
mod corpus;
#[path = "quality/count.rs"]
mod count;
#[path = "quality/load.rs"]
mod load;
#[path = "quality/page.rs"]
mod page;
#[path = "quality/verdict.rs"]
mod verdict;

use std::error::Error;
use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use corpus::{Language, Mistake, Script};
use count::{Outcome, Tally};
use socklab::course::{Lab, Submission};
use socklab::evidence::Method;
use socklab::labs;
use socklab::network::Choice;
use verdict::Verdict;

/// The page that is written.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/quality.md");

/// In so many of a hundred cases, at the least, the right cause is said first.
const FIRST: usize = 95;

/// How many programs that mostly wait for a clock share a processor.
const IDLERS: usize = 4;

/// How often all is checked again under load.
const LOADED: usize = 2;

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
    verdicts: Vec<Verdict>,
}

/// The corpus, and the languages that this machine lacks.
struct Corpus {
    entries: Vec<Entry>,
    missing: Vec<&'static Language>,
}

impl Setting {
    /// The method as `--inspect` names it.
    fn method_name(self) -> &'static str {
        match self.method {
            Method::Copy => "copy",
            Method::Proc => "proc",
            Method::Notify => "notify",
        }
    }
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
    let done = match (alone::arguments(), std::env::args().nth(1).as_deref()) {
        (Some(arguments), _) => verdict::judged_alone(arguments).map_err(Into::into),
        (None, None) => write(),
        (None, Some("--check")) => check(),
        (None, Some("--load")) => load(),
        (None, Some(other)) => Err(format!("there is no option {other}").into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the page.
fn write() -> Result<(), Box<dyn Error>> {
    let (corpus, _folder) = whole()?;
    let began = Instant::now();
    let runs = run_all(&corpus.entries)?;
    let load = compare::section(&fs::read_to_string(PAGE).unwrap_or_default(), page::LOAD);
    print!("{}", page::page(&corpus.entries, &runs, &load, began.elapsed().as_secs()));
    // The page is written all the same: it shows where.
    if let Err(faults) = demand(&corpus.entries, &runs) {
        eprintln!("{faults}");
    }
    Ok(())
}

/// Says whether the page that is there is true. Of labs in which programs wait for a clock no figure is
/// compared, and what is demanded of them the tests demand too: they are left out, unless languages are
/// missing, where figures are compared of which they are part.
fn check() -> Result<(), Box<dyn Error>> {
    if !Choice::Auto.is_private() {
        eprintln!("docs/quality.md is NOT compared: this machine makes no private network");
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let Corpus { mut entries, missing } = entries(folder.path())?;
    if missing.is_empty() {
        entries.retain(|entry| !corpus::is_idle(entry.lab));
    }
    for language in &missing {
        eprintln!(
            "this machine has no {}: programs in {} are left out, and in docs/quality.md only the \
             rows of other languages are compared",
            language.tool, language.name
        );
    }
    let began = Instant::now();
    let runs = run_all(&entries)?;
    eprintln!("all of it took {} s", began.elapsed().as_secs());
    demand(&entries, &runs)?;
    let counted = page::page(&entries, &runs, "", 0);
    match compare::differences(&fs::read_to_string(PAGE)?, &counted, &missing) {
        None => Ok(()),
        Some(diff) => Err(format!("{diff}\ndocs/quality.md is out of date: make quality").into()),
    }
}

/// Prints the page, and fails where under load anything is judged differently.
fn load() -> Result<(), Box<dyn Error>> {
    let (corpus, _folder) = whole()?;
    let began = Instant::now();
    let runs = run_all(&corpus.entries)?;
    let seconds = began.elapsed().as_secs();
    let mut differences = Vec::new();
    for _ in 0..LOADED {
        let _load = load::Load::begin();
        let loaded = run_all(&corpus.entries)?;
        let found = load::differences(&corpus.entries, &runs, &loaded);
        found.iter().for_each(|difference| eprintln!("under load: {difference}"));
        differences.push(found);
    }
    print!("{}", page::page(&corpus.entries, &runs, &page::load(&differences), seconds));
    match differences.iter().all(Vec::is_empty) {
        true => Ok(()),
        false => Err("what is said of a program depends on how busy the machine is".into()),
    }
}

/// The whole corpus, of which the page tells, and the folder in which its executables are.
fn whole() -> Result<(Corpus, tempfile::TempDir), Box<dyn Error>> {
    if !Choice::Auto.is_private() {
        return Err(
            "this machine makes no private network: half of the table would be missing".into()
        );
    }
    let folder = tempfile::tempdir()?;
    let corpus = entries(folder.path())?;
    match corpus.missing.first() {
        None => Ok((corpus, folder)),
        Some(language) => Err(format!("this machine has no {}", language.tool).into()),
    }
}

/// What must hold: nothing wrong in any setting, and over all of them the right cause first nearly
/// always.
fn demand(entries: &[Entry], runs: &[Run]) -> Result<(), Box<dyn Error>> {
    let wrong = |run: &Run| {
        let flags = page::flags(run.setting);
        let wrong = entries.iter().zip(&run.outcomes).filter(|(_, outcome)| outcome.is_wrong());
        wrong.map(|(entry, outcome)| format!("{flags}: {entry}: {outcome:?}")).collect::<Vec<_>>()
    };
    let mut faults: Vec<String> = runs.iter().flat_map(wrong).collect();
    let Tally { first, wrong, .. } = Tally::of(runs.iter().flat_map(|run| &run.outcomes));
    if first * 100 < wrong * FIRST {
        faults.push(format!("the right cause is first in {first} of {wrong}: that is < {FIRST} %"));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

impl Entry {
    /// True when something else came of it than it says itself.
    fn is_odd(&self, verdict: &Result<Verdict, String>) -> bool {
        let outcome = verdict.as_ref().ok().map(|it| Outcome::of(self.mistake.as_ref(), it));
        !matches!(outcome, Some(Ok(outcome)) if !outcome.is_worth_a_look())
    }
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "lab {}, {}", self.lab.number, self.submission.shown.join(" "))
    }
}

/// The corpus, in the order of the labs, of their files and of the functions in them.
fn entries(folder: &Path) -> Result<Corpus, Box<dyn Error>> {
    let executables = corpus::build()?;
    let mut entries = Vec::new();
    let mut missing: Vec<&'static Language> = Vec::new();
    for lab in labs::all() {
        let package = lab.package();
        let rust = |name: &str, role, command| Entry {
            lab,
            mistake: None,
            language: "Rust",
            submission: Submission { role, command, shown: vec![name.to_owned()] },
        };
        for part in &lab.parts {
            let name = part.solution_executable();
            let solution = corpus::path(&executables, &name)?;
            let shown = if lab.has_parts() { name.as_str() } else { "solution" };
            entries.push(rust(shown, part.role, vec![solution.into()]));
        }
        let executable = corpus::path(&executables, &format!("{package}-mistakes"))?;
        for mistake in corpus::mistakes(&executable)? {
            let command = vec![executable.clone().into(), mistake.name.clone().into()];
            let entry = rust(&mistake.name, mistake.role(lab), command);
            entries.push(Entry { mistake: Some(mistake), ..entry });
        }
        let mut is_here = |language: &'static Language| {
            let known = missing.iter().any(|it| it.name == language.name);
            if !known && !language.is_here() {
                missing.push(language);
            }
            language.is_here()
        };
        let script = |script: &Script, kind: &str| -> Result<Entry, Box<dyn Error>> {
            let command = script.command(&folder.join(lab.folder).join(kind), kind == "right")?;
            Ok(Entry { language: script.language.name, ..rust(&script.name, script.role, command) })
        };
        for mistake in corpus::wrong(lab)? {
            let Some(file) = &mistake.script else { continue };
            if !is_here(file.language) {
                continue;
            }
            let entry = script(file, "wrong")?;
            entries.push(Entry { mistake: Some(mistake), ..entry });
        }
        for file in corpus::scripts(lab, "right")? {
            if is_here(file.language) {
                entries.push(script(&file, "right")?);
            }
        }
    }
    Ok(Corpus { entries, missing })
}

/// Checks all programs in all settings: as many at once as keep the machine at work, since most of a
/// check is a wait for its program. Those that mostly wait for a clock are checked beside them, in the
/// first setting alone: in each of them it is the same wait.
fn run_all(entries: &[Entry]) -> Result<Vec<Run>, Box<dyn Error>> {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let tasks: Vec<(usize, &Entry)> = (0..SETTINGS.len())
        .flat_map(|setting| entries.iter().map(move |entry| (setting, entry)))
        .collect();
    let verdicts: Vec<Mutex<Option<Result<Verdict, String>>>> =
        tasks.iter().map(|_| Mutex::new(None)).collect();
    let next = [(); 2].map(|()| AtomicUsize::new(0));
    let work = |idle: bool| {
        while let Some((at, (setting, entry))) = {
            let at = next[usize::from(idle)].fetch_add(1, Ordering::Relaxed);
            tasks.get(at).map(|task| (at, *task))
        } {
            if corpus::is_idle(entry.lab) != idle {
                continue;
            }
            // Which checks fail after the first is told of the first setting alone.
            let until = entry.mistake.as_ref().map(|mistake| mistake.check.as_str());
            let until = until.filter(|_| setting > 0);
            let Submission { role, command, .. } = &entry.submission;
            let verdict = match idle && setting > 0 {
                true => Ok(Verdict::none()),
                false => verdict::judge(entry.lab, SETTINGS[setting], until, *role, command),
            };
            *verdicts[at].lock().unwrap_or_else(PoisonError::into_inner) = Some(verdict);
        }
    };
    thread::scope(|scope| {
        let busy = vec![false; 2 * cores];
        for idle in busy.into_iter().chain(vec![true; IDLERS * cores]) {
            scope.spawn(move || work(idle));
        }
    });
    let verdicts = verdicts.into_iter().zip(&tasks).map(|(verdict, (setting, entry))| {
        let verdict = verdict.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut verdict = verdict.unwrap_or_else(|| Err("it was not checked".into()));
        if *setting == 0 && corpus::is_idle(entry.lab) && entry.is_odd(&verdict) {
            // So many at once keep the machine too busy for what a clock says. Now it is alone.
            let Submission { role, command, .. } = &entry.submission;
            verdict = verdict::judge(entry.lab, SETTINGS[0], None, *role, command);
        }
        verdict.map_err(|error| format!("{entry}: {error}"))
    });
    let verdicts = verdicts.collect::<Result<Vec<Verdict>, String>>()?;
    let of_a_setting = verdicts.chunks(entries.len().max(1));
    SETTINGS
        .into_iter()
        .zip(of_a_setting)
        .map(|(setting, its)| run(entries, setting, its))
        .collect()
}

/// What came of one setting.
fn run(entries: &[Entry], setting: Setting, verdicts: &[Verdict]) -> Result<Run, Box<dyn Error>> {
    let outcome = |(entry, verdict): (&Entry, &Verdict)| {
        Outcome::of(entry.mistake.as_ref(), verdict).map_err(|error| format!("{entry}: {error}"))
    };
    let outcomes: Result<Vec<Outcome>, String> =
        entries.iter().zip(verdicts).map(outcome).collect();
    Ok(Run { setting, outcomes: outcomes?, verdicts: verdicts.to_vec() })
}
