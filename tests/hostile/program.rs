//! A hostile program, written into a folder of its own, and what socklab says of it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use serde_json::Value;
use tempfile::TempDir;

use super::interpreter;

pub const SOCKLAB: &str = env!("CARGO_BIN_EXE_socklab");

/// Nobody waits longer for a verdict on a program that does what it should not. One that is right
/// takes the time that it needs.
const LONGEST: Duration = Duration::from_secs(12);

/// Socklab never needs more memory than this, in KiB, whatever the program does.
const MOST_MEMORY: u64 = 64 << 10;

/// After socklab's own violent end its guards need a moment to end the rest.
const AFTERMATH: Duration = Duration::from_secs(2);

/// The checks of this file take turns here already: then each can be timed.
pub fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A program in a folder of its own, which looks like a checkout, so that progress is kept there.
pub struct Program {
    folder: TempDir,
    command: Vec<String>,
    /// The last argument of the command. All that the program starts has it too, and is found by
    /// it.
    mark: String,
}

impl Program {
    /// Any command, which is run in the program's folder.
    pub fn new(command: &[&str]) -> Program {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let folder = TempDir::new().unwrap();
        fs::create_dir_all(folder.path().join("labs/01-socket")).unwrap();
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let mark = format!("hostile-program-{}-{count}", std::process::id());
        let command = command.iter().copied().chain([mark.as_str()]).map(str::to_owned).collect();
        Program { folder, command, mark }
    }

    pub fn python(text: &str) -> Program {
        Program::new(&["python3", "program.py"]).file("program.py", text)
    }

    pub fn sh(text: &str) -> Program {
        Program::new(&["sh", "program.sh"]).file("program.sh", text)
    }

    pub fn c(text: &str) -> Program {
        let program = Program::new(&["./program"]).file("program.c", text);
        let compiled = Command::new("cc")
            .args(["-w", "-O0", "-o", "program", "program.c"])
            .current_dir(program.path())
            .status();
        assert!(compiled.unwrap().success());
        program
    }

    /// Starts it by another command.
    pub fn by(mut self, command: &[&str]) -> Program {
        self.command = command.iter().copied().map(str::to_owned).collect();
        self.command.push(self.mark.clone());
        self
    }

    /// Puts a file beside the program.
    pub fn file(self, name: &str, text: &str) -> Program {
        fs::write(self.path().join(name), text).unwrap();
        self
    }

    pub fn executable(self, name: &str) -> Program {
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(self.path().join(name), mode).unwrap();
        self
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// `socklab check LAB --format json`, of this program.
    pub fn check(&self, lab: u8) -> Command {
        let mut command = Command::new(SOCKLAB);
        self.arguments(lab, &mut command);
        command
    }

    /// Completes a command that runs socklab in some other way.
    pub fn arguments(&self, lab: u8, command: &mut Command) {
        command
            .current_dir(self.path())
            .env("PATH", interpreter::path())
            .args(["check", &lab.to_string(), "--format", "json", "--"])
            .args(&self.command);
    }

    /// The processes that belong to this program, and what each was started as. Socklab itself and
    /// the guard are among them, until they end.
    pub fn processes(&self) -> Vec<(u32, String)> {
        let processes = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let line = fs::read(entry.path().join("cmdline")).ok()?;
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            line.contains(&self.mark).then_some((pid, line))
        });
        processes.collect()
    }

    /// Waits until the program is so many processes, besides socklab and its guard.
    pub fn await_processes(&self, count: usize) {
        let of_the_program = |(_, line): &&(u32, String)| !line.starts_with(SOCKLAB);
        let deadline = Instant::now() + LONGEST;
        while self.processes().iter().filter(of_the_program).count() < count {
            assert!(Instant::now() < deadline, "the program has not been started");
            std::thread::yield_now();
        }
    }

    /// Waits until nothing of the program is left, and not for long.
    pub fn is_gone_soon(&self) {
        let deadline = Instant::now() + AFTERMATH;
        loop {
            let left = self.processes();
            if left.is_empty() {
                return;
            }
            assert!(Instant::now() < deadline, "still running: {left:#?}");
            std::thread::yield_now();
        }
    }

    /// The program passes all checks.
    pub fn passes(&self, lab: u8) {
        let verdict = self.judged(lab);
        assert_eq!(verdict.json["status"], "passed", "{:#}", verdict.json);
        assert_eq!(verdict.code, Some(0));
    }

    /// The program fails, and the first check that it fails has this diagnosis.
    pub fn is_diagnosed(&self, lab: u8, id: &str) -> Verdict {
        let verdict = self.judged(lab);
        assert_eq!(verdict.diagnosis()["id"], id, "{:#}", verdict.first_failure());
        assert_eq!(verdict.code, Some(1));
        // Who waits for another checkout's checks may wait for long.
        let waited = verdict.errors.contains("waiting for another socklab");
        assert!(waited || verdict.time < LONGEST, "it took {:?}", verdict.time);
        verdict
    }

    /// What socklab says of the program, in little memory, and leaving nothing behind.
    fn judged(&self, lab: u8) -> Verdict {
        let _turn = turn();
        let verdict = Verdict::of(self.check(lab));
        let left = self.processes();
        assert!(left.is_empty(), "left behind: {left:#?}");
        assert!(verdict.memory < MOST_MEMORY, "it took {} KiB", verdict.memory);
        verdict
    }
}

/// What socklab said, and what it took.
pub struct Verdict {
    /// The exit status, if it has one.
    pub code: Option<i32>,
    /// The report on the lab.
    pub json: Value,
    pub errors: String,
    pub time: Duration,
    /// Socklab's own peak, in KiB.
    memory: u64,
}

impl Verdict {
    pub fn of(mut socklab: Command) -> Verdict {
        let began = Instant::now();
        let child = socklab.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let pid = Pid::from_child(&child);
        let output = std::thread::spawn(move || child.wait_with_output().unwrap());
        let memory = peak_of(pid);
        let output = output.join().unwrap();
        // Nothing, where socklab was not asked for JSON or has nowhere to write it.
        let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        Verdict {
            code: output.status.code(),
            json: json["results"][0].clone(),
            errors: String::from_utf8_lossy(&output.stderr).into_owned(),
            time: began.elapsed(),
            memory,
        }
    }

    /// The first check that is not passed.
    pub fn first_failure(&self) -> Value {
        let checks = self.json["checks"].as_array().cloned().unwrap_or_default();
        let failed = checks.into_iter().find(|check| check["status"] != "passed");
        let mut failed = failed.unwrap_or_else(|| self.json.clone());
        failed["evidence"] = Value::Null;
        failed
    }

    /// The diagnosis of the first check that is not passed.
    pub fn diagnosis(&self) -> Value {
        self.first_failure()["diagnosis"].take()
    }
}

/// The most memory that a process has had at once, in KiB, as seen now and then until it ends.
fn peak_of(pid: Pid) -> u64 {
    const NOW_AND_THEN: Timespec = Timespec { tv_sec: 0, tv_nsec: 5_000_000 };
    let pidfd = pidfd_open(pid, PidfdFlags::empty()).unwrap();
    let status = format!("/proc/{}/status", pid.as_raw_nonzero());
    let mut peak = 0;
    while poll(&mut [PollFd::new(&pidfd, PollFlags::IN)], Some(&NOW_AND_THEN)) == Ok(0) {
        let status = fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let size = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = size.unwrap_or(peak);
    }
    peak
}

/// A process that is killed when it is dropped, also when a test fails.
pub struct Killed(pub Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
