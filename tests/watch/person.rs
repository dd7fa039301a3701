//! A person who watches a lab: a terminal with `socklab watch` in it, and a folder to save files in.

use std::cell::Cell;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use socklab::evidence::{Exit, What};
use socklab::labs;
use socklab::procfs;
use socklab::program::{Calls, Errors, Program};
use tempfile::TempDir;

use super::interpreter;

pub const SOCKLAB: &str = env!("CARGO_BIN_EXE_socklab");

/// A server that passes lab 6.
pub const RIGHT: &str = include_str!("../../labs/06-ack-server/right/udp_server.py");

/// One that does not, and why.
pub fn wrong() -> String {
    RIGHT.replace("Server acknowledges: ", "Server denies: ")
}

/// One that never comes to rest, so that a check of it takes seconds.
pub const BUSY: &str = "while True:\n    pass\n";

/// A folder in which a learner works: with a lab in it, it is where progress is remembered.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        for lab in labs::all() {
            for part in &lab.parts {
                folder.write(&part.file.to_string_lossy(), &part.starter());
            }
        }
        folder
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Saves a file in place.
    pub fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.file(name).parent().unwrap()).unwrap();
        fs::write(self.file(name), text).unwrap();
    }

    /// Saves a file as many editors do: another is written and takes its name.
    pub fn replace(&self, name: &str, text: &str) {
        self.write("fresh", text);
        fs::rename(self.file("fresh"), self.file(name)).unwrap();
    }
}

/// What a person sees and does.
pub struct Person {
    terminal: Program,
    shown: String,
    /// Where the person began to look for something new.
    from: Cell<usize>,
}

impl Person {
    /// Runs `socklab watch` with these arguments at a terminal of 80 columns and 40 rows.
    pub fn watches(folder: &Path, args: &str) -> Person {
        Person::watches_by(&[], folder, args)
    }

    /// The same by way of a command that runs another.
    pub fn watches_by(before: &[&str], folder: &Path, args: &str) -> Person {
        let begin = before.iter().chain(&["env", "-C"]).map(OsString::from);
        let mut path = OsString::from("PATH=");
        path.push(interpreter::path());
        let then = ["TERM=xterm", SOCKLAB, "--color", "never", "watch"].map(OsString::from);
        let argv: Vec<OsString> = begin
            .chain([folder.into(), path])
            .chain(then)
            .chain(args.split_whitespace().map(OsString::from))
            .collect();
        let (terminal, _) = Program::start(&argv, Errors::OnTerminal, None, Calls::Untold).unwrap();
        let person = Person { terminal, shown: String::new(), from: Cell::new(0) };
        person.resizes(40, 80);
        person
    }

    /// The process of the watch.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.terminal.pid().unwrap() as i32).unwrap()
    }

    /// Waits until the page is as it should be, and returns it. What was shown before the last thing
    /// that was done does not count.
    pub fn sees(&mut self, what: &str, is_there: impl Fn(&str) -> bool) -> String {
        let from = self.from.get();
        self.until(what, |person| {
            let since = &person.shown[from..];
            page(since).is_some_and(|page| is_there(&page))
        });
        page(&self.shown[from..]).unwrap()
    }

    /// Waits until the page holds a text.
    pub fn reads(&mut self, text: &str) -> String {
        self.sees(text, |page| page.contains(text))
    }

    /// True when a text was shown since the last thing that was done, on a page or not.
    pub fn has_read(&self, text: &str) -> bool {
        self.shown[self.from.get()..].contains(text)
    }

    /// Waits for something that is not on the page.
    pub fn until(&mut self, what: &str, done: impl Fn(&Person) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(200);
        while !done(self) {
            assert!(Instant::now() < deadline, "{what} is not seen: {}", self.shown);
            assert!(self.terminal.exit().is_none(), "ended before {what}: {}", self.shown);
            self.collects();
        }
    }

    fn collects(&mut self) {
        let mut sources: Vec<PollFd<'_>> =
            self.terminal.sources().map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)).collect();
        let _ = poll(&mut sources, Some(&Timespec { tv_sec: 0, tv_nsec: 20_000_000 }));
        drop(sources);
        let shown = &mut self.shown;
        let record = &mut |what| {
            if let What::Output { text, .. } = what {
                shown.push_str(&String::from_utf8_lossy(text.bytes()));
            }
        };
        self.terminal.collect(record).unwrap();
    }

    /// From now on only what is drawn anew counts.
    pub fn looks_away(&self) {
        self.from.set(self.shown.len());
    }

    /// Presses a key.
    pub fn presses(&mut self, key: &str) {
        self.looks_away();
        self.terminal.type_line(key).unwrap();
    }

    /// Presses a key that may do nothing, because what it is for has happened.
    pub fn presses_once_more(&mut self, key: &str) {
        self.terminal.type_line(key).unwrap();
    }

    /// Makes the window larger or smaller.
    pub fn resizes(&self, rows: u16, columns: u16) {
        self.looks_away();
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(self.terminal.sources().next().unwrap(), size).unwrap();
    }

    /// Sends a signal to the watch.
    pub fn signals(&self, signal: Signal) {
        self.looks_away();
        kill_process(self.pid(), signal).unwrap();
    }

    /// True when a program of this name runs below the watch.
    pub fn runs(&self, name: &str) -> bool {
        let all = procfs::descendants(self.terminal.guard());
        all.into_iter().any(|pid| procfs::name(pid).as_deref() == Some(name))
    }

    /// True when the terminal hands over whole lines, as it did before.
    pub fn has_the_terminal_back(&self) -> bool {
        let modes = tcgetattr(self.terminal.sources().next().unwrap()).unwrap();
        modes.local_modes.contains(LocalModes::ICANON)
    }

    /// Waits for the end: the status, the terminal as it was, and nothing left behind.
    pub fn leaves_nothing(mut self, exit: Exit) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.terminal.exit().is_none()
            || !procfs::descendants(self.terminal.guard()).is_empty()
        {
            assert!(Instant::now() < deadline, "{:?}: {}", self.terminal.exit(), self.shown);
            self.collects();
        }
        assert_eq!(self.terminal.exit(), Some(exit), "{}", self.shown);
        let killed = exit == Exit::Signal(Signal::KILL.as_raw());
        assert!(killed || self.has_the_terminal_back());
    }
}

/// The last page that was drawn whole, if one was: a page ends with its last line, after which styles
/// are off.
fn page(shown: &str) -> Option<String> {
    let mut pages = shown.rsplit("\x1b[2J\x1b[H");
    let page = pages.next().filter(|_| shown.contains("\x1b[2J\x1b[H"))?;
    page.ends_with("\x1b[0m").then(|| page.to_owned())
}

/// The seed of the report on a page: every check has its own.
pub fn seed(page: &str) -> String {
    let rest = page.split("seed ").nth(1).unwrap_or_else(|| panic!("no seed: {page}"));
    rest.chars().take_while(char::is_ascii_digit).collect()
}
