//! The pause between two steps, for a reader to read.

use std::io::{self, IsTerminal, Write};

use anstyle::Style;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::interrupt;

const FAINT: Style = Style::new().dimmed();

/// How soon Ctrl-C is seen, at the latest, when it comes just before we begin to wait.
const LOOK_EVERY: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// Waits for Enter between two steps, where a person sits at both ends.
#[derive(Debug)]
pub(super) struct Pause {
    wanted: bool,
    /// Whether the terminal can take the hint back.
    erases: bool,
}

impl Pause {
    pub(super) fn new(wanted: bool) -> Pause {
        let people = io::stdin().is_terminal() && io::stdout().is_terminal();
        let erases = std::env::var_os("TERM").is_some_and(|term| term != "dumb");
        Pause { wanted: wanted && people, erases }
    }

    /// The hint to print before [`Pause::wait`], if there is a pause.
    pub(super) fn hint(&self) -> Option<String> {
        self.wanted.then(|| format!("{FAINT}Enter goes on{FAINT:#} "))
    }

    /// Waits for Enter or Ctrl-C, and takes the hint back.
    pub(super) fn wait(&mut self) -> io::Result<()> {
        if !self.wanted {
            return Ok(());
        }
        let entered = self.read_line();
        let after = match (self.erases, entered) {
            // Enter has moved the cursor to the next line.
            (true, true) => "\x1b[1A\r\x1b[2K",
            (true, false) => "\r\x1b[2K",
            (false, _) => "\n",
        };
        let mut out = io::stdout().lock();
        out.write_all(after.as_bytes())?;
        out.flush()
    }

    /// Whether Enter came. At the end of the input nobody is there for whom to pause.
    fn read_line(&mut self) -> bool {
        let stdin = rustix::stdio::stdin();
        let mut bytes = [0; 1024];
        while !interrupt::asked() {
            match poll(&mut [PollFd::from_borrowed_fd(stdin, PollFlags::IN)], Some(&LOOK_EVERY)) {
                Ok(0) | Err(Errno::INTR) => continue,
                Ok(_) => {}
                Err(_) => break,
            }
            match rustix::io::read(stdin, &mut bytes) {
                Ok(count) if bytes[..count].ends_with(b"\n") => return true,
                Ok(0) => break,
                Ok(_) | Err(Errno::INTR | Errno::AGAIN) => {}
                Err(_) => break,
            }
        }
        self.wanted = false;
        false
    }
}
