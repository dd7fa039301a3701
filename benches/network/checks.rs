//! Whole commands: `check 6` in private networks and on the loopback, alone and twenty at once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use socklab::{labs, program};

use super::{Fallible, at_share, median};

/// How often each is run alone.
const ALONE: usize = 15;

/// How often twenty are run.
const ROUNDS: usize = 3;
const MANY: usize = 20;

pub(super) fn lines() -> Fallible<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let wanted = [("lab6".to_owned(), "lab6-solution".to_owned())];
    let built =
        program::build::build(root, &wanted, false).map_err(|error| format!("{error:?}"))?;
    let solution = built.get("lab6-solution").ok_or("cargo built no solution")?;
    let check = |network, jobs, folder| Check::new(solution, network, jobs, folder);
    alone([
        ("private", check("private", None, 0)?),
        ("private, -j 1", check("private", Some("1"), 0)?),
        ("loopback", check("loopback", None, 0)?),
    ])?;
    let twenty =
        (0..MANY).map(|at| check("private", Some("1"), at)).collect::<Fallible<Vec<_>>>()?;
    many(&twenty)
}

fn alone(checks: [(&str, Check); 3]) -> Fallible<()> {
    let mut times = checks.each_ref().map(|_| Vec::new());
    for _ in 0..ALONE {
        for ((_, check), times) in checks.iter().zip(&mut times) {
            times.push(check.run()?);
        }
    }
    println!("the whole command check 6, of the Rust solution, {ALONE} rounds, milliseconds");
    for ((name, _), own) in checks.iter().zip(&times) {
        let more =
            own.iter().zip(&times[2]).map(|(own, other)| own.as_secs_f64() - other.as_secs_f64());
        let ms = |share| at_share(own.iter().copied(), share) * 1e3;
        print!("{name:18}{:>8.1}  p95 {:>6.1}", ms(0.5), ms(0.95));
        println!("  more than on the loopback: {:>6.1}", median(more) * 1e3);
    }
    println!();
    Ok(())
}

fn many(checks: &[Check]) -> Fallible<()> {
    let (mut in_turn, mut at_once) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let began = Instant::now();
        checks.iter().try_for_each(|check| check.run().map(drop))?;
        in_turn.push(began.elapsed().as_secs_f64());
        let began = Instant::now();
        let running = checks.iter().map(Check::start).collect::<Fallible<Vec<_>>>()?;
        running.into_iter().try_for_each(passed)?;
        at_once.push(began.elapsed().as_secs_f64());
    }
    let ratio = median(at_once.iter().zip(&in_turn).map(|(once, turn)| once / turn));
    println!("{MANY} times check 6 at 127.0.0.1:12345, each a process with -j 1, {ROUNDS} rounds");
    println!(
        "one after the other {:.2} s, at once {:.2} s: {ratio:.2}x",
        median(in_turn),
        median(at_once)
    );
    Ok(())
}

/// A check that can be run.
struct Check {
    network: &'static str,
    jobs: Option<&'static str>,
    solution: PathBuf,
    /// A checkout of its own, so that no learner's progress is touched.
    folder: PathBuf,
}

impl Check {
    fn new(
        solution: &Path,
        network: &'static str,
        jobs: Option<&'static str>,
        folder: usize,
    ) -> Fallible<Check> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{folder}"));
        fs::create_dir_all(folder.join("labs").join(labs::all()[0].folder))?;
        Ok(Check { network, jobs, solution: solution.to_owned(), folder })
    }

    fn start(&self) -> Fallible<Child> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
        command.args(["check", "6", "--network", self.network]);
        command.args(self.jobs.iter().flat_map(|jobs| ["-j", jobs])).arg("--").arg(&self.solution);
        Ok(command.current_dir(&self.folder).stdout(Stdio::null()).spawn()?)
    }

    fn run(&self) -> Fallible<Duration> {
        let began = Instant::now();
        passed(self.start()?)?;
        Ok(began.elapsed())
    }
}

fn passed(mut check: Child) -> Fallible<()> {
    if check.wait()?.success() { Ok(()) } else { Err("a check of the solution has failed".into()) }
}
