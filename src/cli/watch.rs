//! `socklab watch`: checks a lab again whenever its file is saved.
//!
//! The watch itself only waits: for saves, keys, signals and the verb that runs. Every check is a
//! [`Job`], so that it can be given up when the file is saved again.

mod files;
mod job;
mod keyboard;
mod page;
mod signals;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;
use std::process::ExitCode;

use anstyle::Style;
use clap::Args;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};

use super::given::Given;
use super::screen::Screen;
use super::{OneLab, Stop};
use crate::course::Lab;
use crate::evidence::SetupError;
use crate::{labs, procfs};
use files::Files;
use job::{Job, Outcome};
use keyboard::Keyboard;
use page::Page;
use signals::Signals;

const KEY: Style = Style::new().bold();

#[derive(Debug, Args)]
pub(super) struct WatchArgs {
    #[command(flatten)]
    lab: OneLab,
    /// Look at the files every half second, where a file system tells of no saves.
    #[arg(long)]
    poll: bool,
    /// In place of your programs: those of the words that are files are watched.
    #[command(flatten)]
    given: Given,
}

pub(super) fn watch(args: &WatchArgs, screen: &mut Screen) -> Result<ExitCode, Stop> {
    let lab = args.lab.lab()?;
    let files = Files::watch(paths(lab, &args.given)?, args.poll);
    let signals = Signals::listen()
        .map_err(|error| SetupError::new("signals cannot be seen", error, "make doctor"))?;
    let stdin = io::stdin();
    let draws =
        io::stdout().is_terminal() && std::env::var_os("TERM").is_some_and(|term| term != "dumb");
    let keyboard = (draws && stdin.is_terminal()).then(|| Keyboard::take(stdin.as_fd()));
    let mut watch = Watch {
        args,
        lab,
        files,
        signals,
        keyboard,
        draws,
        job: None,
        report: None,
        hint: None,
        notice: None,
        shown: Shown::Stale,
    };
    let outcome = watch.run(screen);
    watch.end()?;
    outcome
}

/// The files to watch: the learner's, or those that a command names.
fn paths(lab: &Lab, given: &Given) -> Result<Vec<PathBuf>, Stop> {
    if given.is_empty() {
        let root = labs::checkout();
        return Ok(lab.parts.iter().map(|part| root.join(&part.file)).collect());
    }
    let files: Vec<PathBuf> =
        given.words()?.iter().map(PathBuf::from).filter(|path| path.is_file()).collect();
    if files.is_empty() {
        let what = "no word of the command is a file, so there is nothing to watch";
        return Err(Stop::Usage(what.into()));
    }
    Ok(files)
}

/// What of the page is on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    /// An older one.
    Stale,
    /// The newest.
    Newest,
    /// The end of a demo, for as long as somebody reads it.
    Demo,
}

/// A lab that is watched.
struct Watch<'a> {
    args: &'a WatchArgs,
    lab: &'static Lab,
    files: Files,
    signals: Signals,
    /// Where a person sits at both ends.
    keyboard: Option<Keyboard<'a>>,
    /// Whether the page is drawn; else every report is printed below the one before.
    draws: bool,
    /// The check that runs.
    job: Option<Job>,
    report: Option<Outcome>,
    /// Hints that were asked for since the last save.
    hint: Option<String>,
    notice: Option<String>,
    shown: Shown,
}

impl Watch<'_> {
    /// Watches until somebody has had enough.
    fn run(&mut self, screen: &mut Screen) -> Result<ExitCode, Stop> {
        if let Some(trouble) = self.files.trouble().filter(|_| !self.draws) {
            screen.note(&trouble);
        }
        self.check(screen)?;
        loop {
            if self.draws && self.shown == Shown::Stale {
                self.draw(screen)?;
            }
            let reader_left = self.wait();
            if let Some(code) = self.hear_signals() {
                return Ok(code);
            }
            if reader_left {
                return Err(Stop::NoReader);
            }
            if self.files.were_saved() {
                self.hint = None;
                self.check(screen)?;
            }
            self.look(screen)?;
            for key in self.keys() {
                if let Some(code) = self.obey(key, screen)? {
                    return Ok(code);
                }
            }
        }
    }

    /// Waits until there is something to do. True when nobody reads what is printed any more.
    fn wait(&self) -> bool {
        let stdout = rustix::stdio::stdout();
        let mut sources = vec![
            PollFd::from_borrowed_fd(stdout, PollFlags::empty()),
            PollFd::new(&self.signals, PollFlags::IN),
        ];
        let others = self.keyboard.iter().map(AsFd::as_fd);
        let others = others.chain(self.files.source());
        let others = others.chain(self.job.iter().flat_map(Job::sources));
        sources.extend(others.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)));
        let time = self.files.look_after().and_then(|time| Timespec::try_from(time).ok());
        let woken = poll(&mut sources, time.as_ref());
        woken.is_ok() && sources[0].revents().intersects(PollFlags::ERR | PollFlags::HUP)
    }

    /// Does what signals ask for; an exit status when it is to end.
    fn hear_signals(&mut self) -> Option<ExitCode> {
        self.signals.hear();
        if self.signals.interrupted.take() {
            return Some(ExitCode::SUCCESS);
        }
        if self.signals.ended.take() {
            return Some(ExitCode::from(130));
        }
        if self.signals.stopped.take() {
            self.keyboard.iter_mut().for_each(Keyboard::release);
            // The shell's words begin on a line of their own.
            let _ = if self.draws { put("\n") } else { Ok(()) };
            signals::stop();
            self.keyboard.iter_mut().for_each(Keyboard::resume);
        }
        if self.signals.continued.take() {
            self.keyboard.iter_mut().for_each(Keyboard::resume);
            self.shown = Shown::Stale;
        }
        if self.signals.resized.take() && self.shown == Shown::Newest {
            self.shown = Shown::Stale;
        }
        None
    }

    /// The keys that were pressed.
    fn keys(&mut self) -> Vec<char> {
        let Some(keyboard) = &self.keyboard else { return Vec::new() };
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        let Ok(1..) = poll(&mut [PollFd::new(keyboard, PollFlags::IN)], Some(&at_once)) else {
            return Vec::new();
        };
        keyboard.read().unwrap_or_else(|_| {
            self.keyboard = None;
            Vec::new()
        })
    }

    /// Does what a key stands for; an exit status when it is to end.
    fn obey(&mut self, key: char, screen: &mut Screen) -> Result<Option<ExitCode>, Stop> {
        if self.shown == Shown::Demo {
            self.shown = Shown::Stale;
        }
        match key {
            'q' => return Ok(Some(ExitCode::SUCCESS)),
            'h' => self.give_hint(screen)?,
            'c' => self.check(screen)?,
            'n' => self.go_on(screen)?,
            'd' => return self.play(screen),
            _ => {}
        }
        Ok(None)
    }

    /// Begins a check. One that runs is given up: what it checks is no longer what was saved.
    fn check(&mut self, screen: &Screen) -> Result<(), Stop> {
        if let Some(job) = self.job.take() {
            job.give_up();
        }
        let mut args = verb("check", self.lab, screen);
        args.extend(self.args.given.arguments());
        self.job = Some(Job::start(&args)?);
        self.notice = None;
        self.shown = Shown::Stale;
        Ok(())
    }

    /// Looks at the check that runs, if one does.
    fn look(&mut self, screen: &mut Screen) -> Result<(), Stop> {
        let Some(job) = &mut self.job else { return Ok(()) };
        let before = job.printed();
        let outcome = job.look();
        if job.printed() > before && self.shown == Shown::Newest {
            self.shown = Shown::Stale;
        }
        outcome.map_or(Ok(()), |outcome| self.take(outcome, screen))
    }

    /// Takes in what a check came to.
    fn take(&mut self, outcome: Outcome, screen: &mut Screen) -> Result<(), Stop> {
        self.job = None;
        if !self.draws {
            let gap = if self.report.is_some() { "\n" } else { "" };
            screen.print(&format!("{gap}{}\n", outcome.text.trim_end()))?;
        }
        self.report = Some(outcome);
        if self.shown == Shown::Newest {
            self.shown = Shown::Stale;
        }
        Ok(())
    }

    /// Shows one more hint, above the report.
    fn give_hint(&mut self, screen: &Screen) -> Result<(), Stop> {
        let mut hint = procfs::own_executable();
        let output = hint.args(verb("hint", self.lab, screen)).output()?;
        let text = [output.stdout, output.stderr].concat();
        self.hint = Some(String::from_utf8_lossy(&text).into_owned());
        self.shown = Shown::Stale;
        Ok(())
    }

    /// Goes on to the next lab, if this one has passed.
    fn go_on(&mut self, screen: &Screen) -> Result<(), Stop> {
        self.shown = Shown::Stale;
        let next = labs::all().iter().find(|lab| lab.number > self.lab.number);
        let number = self.lab.number;
        let refusal = match next {
            _ if !self.has_passed() => format!("lab {number} has not passed yet"),
            None => format!("lab {number} is the last one"),
            Some(next) if !self.args.given.is_empty() => {
                format!("lab {0} is another program: q, then watch {0} -- …", next.number)
            }
            Some(next) => {
                self.lab = next;
                self.files = Files::watch(paths(next, &Given::default())?, self.args.poll);
                (self.report, self.hint) = (None, None);
                return self.check(screen);
            }
        };
        self.notice = Some(refusal);
        Ok(())
    }

    /// Plays the demo, with the terminal as it was; an exit status when that was the end.
    fn play(&mut self, screen: &Screen) -> Result<Option<ExitCode>, Stop> {
        // On the loopback they would wait for each other.
        let given_up = self.job.take().map(Job::give_up).is_some();
        self.keyboard.iter_mut().for_each(Keyboard::release);
        put("\x1b[2J\x1b[H")?;
        let code = self.attend(procfs::own_executable().args(verb("demo", self.lab, screen)))?;
        if code.is_some() {
            return Ok(code);
        }
        self.keyboard.iter_mut().for_each(Keyboard::resume);
        put("\nany key goes back to the watch ")?;
        if given_up {
            self.check(screen)?;
        }
        self.shown = Shown::Demo;
        Ok(None)
    }

    /// Waits for a command that has the terminal; an exit status when we are to end as well.
    fn attend(&mut self, command: &mut std::process::Command) -> Result<Option<ExitCode>, Stop> {
        let mut child = command.spawn()?;
        let pid = Pid::from_child(&child);
        let ended = pidfd_open(pid, PidfdFlags::empty()).map_err(io::Error::from)?;
        let mut code = None;
        loop {
            if let Some(status) = child.try_wait()? {
                // Ctrl-C reaches both of us, and ends a demo with 130.
                let both = status.code() == Some(130);
                let interrupted = self.signals.interrupted.take() && !both;
                return Ok(code.or(interrupted.then_some(ExitCode::SUCCESS)));
            }
            let mut sources =
                [PollFd::new(&ended, PollFlags::IN), PollFd::new(&self.signals, PollFlags::IN)];
            let _ = poll(&mut sources, None);
            self.signals.hear();
            if self.signals.ended.take() {
                code = Some(ExitCode::from(130));
                let _ = kill_process(pid, Signal::TERM);
            }
            if self.signals.stopped.take() {
                signals::stop();
            }
        }
    }

    /// Gives the terminal back and ends what runs, in this order: a second Ctrl-C may come meanwhile.
    fn end(&mut self) -> io::Result<()> {
        let was_ours = self.keyboard.take().is_some();
        if let Some(job) = self.job.take() {
            job.give_up();
        }
        if was_ours { put("\n") } else { Ok(()) }
    }

    fn has_passed(&self) -> bool {
        self.job.is_none() && self.report.as_ref().is_some_and(|report| report.succeeded)
    }

    fn draw(&mut self, screen: &Screen) -> io::Result<()> {
        let report = match (&self.report, &self.job) {
            (Some(report), _) => report.text.clone(),
            (None, Some(job)) => job.text(),
            (None, None) => String::new(),
        };
        let hint = self.hint.as_ref().map(|hint| format!("{}\n\n", hint.trim_end()));
        let news = self.notice.clone().or_else(|| self.waits()).or_else(|| self.files.trouble());
        let page = Page {
            text: &format!("{}{report}", hint.unwrap_or_default()),
            all: &self.check_command(),
            notice: news.as_deref(),
            status: &self.status(screen.colors_results()),
        };
        let (rows, columns) = size(rustix::stdio::stdout());
        put(&page.draw(rows, columns))?;
        self.shown = Shown::Newest;
        Ok(())
    }

    /// What a check that has printed no report yet says beside it: that it waits for its turn.
    fn waits(&self) -> Option<String> {
        let text = self.job.as_ref()?.text();
        text.lines().find(|line| line.starts_with("waiting for")).map(str::to_owned)
    }

    /// How the lab stands, and the keys.
    fn status(&self, styled: bool) -> String {
        let standing = match &self.report {
            _ if self.job.is_some() => "checking",
            Some(report) if report.succeeded => "passed",
            _ => "not yet",
        };
        let mut line = format!("lab {}: {standing:8}", self.lab.number);
        let next = self.has_passed().then_some(("n", "next lab"));
        let keys = [("h", "hint"), ("d", "demo"), ("c", "check again")];
        let keys = keys.into_iter().chain(next).chain([("q", "quit")]);
        for (key, what) in keys.filter(|_| self.keyboard.is_some()) {
            let key = if styled { format!("{KEY}{key}{KEY:#}") } else { key.to_owned() };
            line += &format!("  {key} {what}");
        }
        line
    }

    /// The command that shows a whole report.
    fn check_command(&self) -> String {
        let number = self.lab.number;
        if self.args.given.is_empty() {
            return format!("make check{number}");
        }
        let words = self.args.given.arguments();
        let words = words.iter().map(|word| word.to_string_lossy());
        format!("cargo run -q -- check {number} {}", shell_words::join(words))
    }
}

/// The arguments that begin a verb for a lab, in the colors of ours.
fn verb(name: &str, lab: &Lab, screen: &Screen) -> Vec<OsString> {
    let color = if screen.colors_results() { "always" } else { "never" };
    ["--color", color, name, lab.slug].map(OsString::from).to_vec()
}

/// Writes to the terminal, with what moves its cursor.
fn put(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// The rows and columns of a terminal; the usual ones if it does not say.
fn size(terminal: BorrowedFd<'_>) -> (usize, usize) {
    let size = rustix::termios::tcgetwinsize(terminal).ok();
    let size = size.filter(|size| size.ws_row > 0 && size.ws_col > 0);
    size.map_or((24, 80), |size| (size.ws_row.into(), size.ws_col.into()))
}
