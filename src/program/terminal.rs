//! A pseudo-terminal, as the program's standard input and output. See `pty(7)`.
//!
//! A program writes its lines to a terminal at once, but keeps them back from a pipe: of 52 servers
//! of real students none showed a byte through a pipe while it ran. Echo and output processing are
//! off, so that what is read is just what was written.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, OptionalActions, OutputModes, Winsize};
use rustix::termios::{tcgetattr, tcsetattr, tcsetwinsize};

/// Our side of a program's terminal.
#[derive(Debug)]
pub struct Terminal {
    ours: OwnedFd,
    /// The program's side. Kept open so that a program that closes its output is no hang-up.
    theirs: OwnedFd,
    path: String,
}

impl Terminal {
    /// Opens a terminal of 80 columns.
    pub fn open() -> io::Result<Terminal> {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let ours = openpt(flags)?;
        grantpt(&ours)?;
        unlockpt(&ours)?;
        let theirs = ioctl_tiocgptpeer(&ours, flags)?;
        let mut modes = tcgetattr(&theirs)?;
        modes.output_modes.remove(OutputModes::OPOST);
        modes
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ECHOE | LocalModes::ECHOK | LocalModes::ECHOCTL);
        tcsetattr(&theirs, OptionalActions::Now, &modes)?;
        tcsetwinsize(&theirs, Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 })?;
        rustix::io::ioctl_fionbio(&ours, true)?;
        let path = ptsname(&ours, Vec::new())?.to_string_lossy().into_owned();
        Ok(Terminal { ours, theirs, path })
    }

    /// The program's side, to be handed to it.
    pub fn theirs(&self) -> BorrowedFd<'_> {
        self.theirs.as_fd()
    }

    /// The path by which the program's descriptors show that they are this terminal:
    /// `/dev/pts/3`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Reads what the program has written; never waits.
    ///
    /// Whatever was written before this call is read by it: the kernel hands it over while it
    /// polls.
    pub fn read(&self, into: &mut [u8]) -> io::Result<usize> {
        rustix::io::read(&self.ours, into).map_err(io::Error::from)
    }

    /// Types `bytes` as a person would; never waits.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let written = rustix::io::write(&self.ours, bytes)?;
        self.deliver();
        Ok(written)
    }

    /// Makes the kernel hand what was typed to the program's side now, instead of some time soon:
    /// polling does that. Who then looks at the program sees that it has something to read.
    fn deliver(&self) {
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        let _ = poll(&mut [PollFd::new(&self.theirs, PollFlags::IN)], Some(&at_once));
    }
}

impl AsFd for Terminal {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.ours.as_fd()
    }
}
