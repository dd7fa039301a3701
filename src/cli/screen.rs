//! Where a verb prints: results on standard output, progress and trouble on standard error.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};

use super::ColorWhen;

/// Both output streams, with or without colors.
#[derive(Debug)]
pub(super) struct Screen {
    choice: ColorChoice,
    told_of_wait: bool,
}

impl Screen {
    pub(super) fn new(when: ColorWhen) -> Screen {
        let choice = match when {
            ColorWhen::Auto => ColorChoice::Auto,
            ColorWhen::Always => ColorChoice::Always,
            ColorWhen::Never => ColorChoice::Never,
        };
        Screen { choice, told_of_wait: false }
    }

    /// Prints a result. Texts may hold ANSI styles; they are taken out where they are not wanted.
    ///
    /// # Errors
    ///
    /// When nobody reads: the reader of a pipe has gone.
    pub(super) fn print(&mut self, text: &str) -> io::Result<()> {
        let mut out = AutoStream::new(io::stdout(), self.choice).lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// Tells, the first time, that another socklab has the network.
    pub(super) fn wait_for(&mut self, holder: u32) {
        if !self.told_of_wait {
            self.told_of_wait = true;
            self.note(&format!(
                "waiting for another socklab (pid {holder}) to give the loopback back"
            ));
        }
    }

    /// Prints a line that accompanies the work.
    pub(super) fn note(&mut self, line: &str) {
        let mut err = AutoStream::new(io::stderr(), self.choice).lock();
        // Nobody may read it, and that is no reason to stop.
        let _ = writeln!(err, "{line}");
    }

    /// Prints a question, and stays on its line for the answer.
    pub(super) fn ask(&mut self, question: &str) {
        self.aside(question);
    }

    /// Prints what accompanies the work, as it stands.
    pub(super) fn aside(&mut self, text: &str) {
        let mut err = AutoStream::new(io::stderr(), self.choice).lock();
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    }

    /// Prints a line that says what is wrong.
    pub(super) fn complain(&mut self, line: &str) {
        self.note(&format!("\x1b[1;31merror\x1b[0m: {line}"));
    }

    /// True when standard error takes colors, so that other programs may be told to use them.
    pub(super) fn colors_errors(&self) -> bool {
        match self.choice {
            ColorChoice::Always | ColorChoice::AlwaysAnsi => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                AutoStream::choice(&io::stderr()) != ColorChoice::Never
                    && io::stderr().is_terminal()
            }
        }
    }

    /// True when results are shown in color.
    pub(super) fn colors_results(&self) -> bool {
        let choice = match self.choice {
            ColorChoice::Auto => AutoStream::choice(&io::stdout()),
            choice => choice,
        };
        choice != ColorChoice::Never
    }
}

/// The width of the terminal, if there is one.
pub(super) fn columns() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout());
    let columns = size.ok().map(|size| usize::from(size.ws_col)).filter(|&columns| columns > 0);
    io::stdout().is_terminal().then(|| columns.unwrap_or(80))
}
