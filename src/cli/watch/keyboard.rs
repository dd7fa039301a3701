//! Keys that count at once, without Enter, and a terminal that is given back as it was.

use std::os::fd::{AsFd, BorrowedFd};

use rustix::io::Errno;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

/// A terminal's keys. Dropping it gives the terminal back, in a panic too.
///
/// Only line editing and echo are switched off: Ctrl-C and Ctrl-Z stay signals, and line ends stay
/// line ends, so that whoever else prints is not disturbed.
#[derive(Debug)]
pub(super) struct Keyboard<'a> {
    terminal: BorrowedFd<'a>,
    /// The terminal's own modes, while it has ours.
    before: Option<Termios>,
}

impl<'a> Keyboard<'a> {
    /// Takes a terminal's keys.
    pub(super) fn take(terminal: BorrowedFd<'a>) -> Keyboard<'a> {
        let mut keyboard = Keyboard { terminal, before: None };
        keyboard.resume();
        keyboard
    }

    /// Takes the keys again: after [`Keyboard::release`], or when a shell has set modes of its own.
    pub(super) fn resume(&mut self) {
        let mut when = OptionalActions::Now;
        if self.before.is_none() {
            self.before = tcgetattr(self.terminal).ok();
            // One Enter too many in a demo is not a key that was pressed here.
            when = OptionalActions::Flush;
        }
        let Some(mut modes) = self.before.clone() else { return };
        modes.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        modes.local_modes.insert(LocalModes::ISIG);
        modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        set(self.terminal, when, &modes);
    }

    /// Gives the terminal back as it was.
    pub(super) fn release(&mut self) {
        if let Some(before) = self.before.take() {
            // Keys that were meant for us are not for whoever reads next.
            set(self.terminal, OptionalActions::Flush, &before);
        }
    }

    /// The keys that were pressed; an error once there will be no more. To be called when there is
    /// something to read.
    pub(super) fn read(&self) -> Result<Vec<char>, Errno> {
        let mut bytes = [0; 64];
        match rustix::io::read(self.terminal, &mut bytes) {
            Ok(0) => Err(Errno::IO),
            Ok(count) => Ok(keys(&bytes[..count])),
            Err(Errno::INTR | Errno::AGAIN) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

/// Which keys send these bytes: letters in lower case, and a space for whatever is no single sign. An
/// arrow sends an escape sequence, whose letters are no keys.
fn keys(bytes: &[u8]) -> Vec<char> {
    let mut keys = Vec::new();
    let mut rest = bytes.iter().copied();
    while let Some(byte) = rest.next() {
        let is_sequence = byte == 0x1b && matches!(rest.next(), Some(b'[' | b'O'));
        if is_sequence {
            let _ = rest.find(|byte| (0x40..=0x7e).contains(byte));
        }
        let sign = byte.is_ascii_graphic().then(|| char::from(byte.to_ascii_lowercase()));
        keys.push(sign.unwrap_or(' '));
    }
    keys
}

impl AsFd for Keyboard<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.terminal
    }
}

impl Drop for Keyboard<'_> {
    fn drop(&mut self) {
        self.release();
    }
}

/// Sets modes. A terminal that is gone has none.
fn set(terminal: BorrowedFd<'_>, when: OptionalActions, modes: &Termios) {
    while tcsetattr(terminal, when, modes) == Err(Errno::INTR) {}
}

#[cfg(test)]
mod tests {
    use std::os::fd::OwnedFd;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use proptest::prelude::*;
    use rustix::pty::{OpenptFlags, openpt};

    use super::*;
    use crate::damage::noise;

    fn is_edited(terminal: &OwnedFd) -> bool {
        let edits = LocalModes::ICANON | LocalModes::ECHO;
        tcgetattr(terminal).unwrap().local_modes.contains(edits)
    }

    #[test]
    fn an_arrow_is_one_key_and_no_letter() {
        for (bytes, expected) in [
            (&b"q"[..], &['q'][..]),
            (b"hH", &['h', 'h']),
            (b"\n", &[' ']),
            (b"\x1b[Cd", &[' ', 'd']),
            (b"\x1bOQc", &[' ', 'c']),
            (b"\x1b[1;5Dn", &[' ', 'n']),
            (b"\x1b", &[' ']),
            (b"", &[]),
        ] {
            assert_eq!(keys(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_panic_gives_the_terminal_back() {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        assert!(is_edited(&terminal));
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _keyboard = Keyboard::take(terminal.as_fd());
            assert!(is_edited(&terminal), "this panic is the test's own");
        }));
        assert!(panicked.is_err() && is_edited(&terminal));
    }

    #[test]
    fn a_terminal_is_released_and_taken_again() {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        let mut keyboard = Keyboard::take(terminal.as_fd());
        for _ in 0..2 {
            assert!(!is_edited(&terminal));
            keyboard.release();
            assert!(is_edited(&terminal));
            keyboard.resume();
        }
        // A shell that had the terminal meanwhile changes nothing in what is given back.
        keyboard.resume();
        drop(keyboard);
        assert!(is_edited(&terminal));
    }

    proptest! {
        #[test]
        fn any_bytes_are_keys_that_can_be_seen(bytes in noise()) {
            let keys = keys(&bytes);
            prop_assert!(keys.len() <= bytes.len());
            prop_assert!(keys.iter().all(|key| *key == ' ' || key.is_ascii_graphic()));
        }
    }
}
