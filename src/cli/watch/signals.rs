//! Signals, as something that can be polled. Unlike [`interrupt`](crate::interrupt), whose flag stays
//! up, a signal that was seen here is done with: a demo that was ended by Ctrl-C is not the end.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::low_level::{emulate_default_handler, pipe};

/// One kind of signal, and whether it came.
#[derive(Debug, Default)]
pub(super) struct Came(Arc<AtomicBool>);

impl Came {
    /// True if it came since the last call.
    pub(super) fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

/// The signals that one who sits at a terminal causes.
#[derive(Debug)]
pub(super) struct Signals {
    woken: UnixStream,
    /// Ctrl-C.
    pub(super) interrupted: Came,
    /// Somebody ends us, or the terminal is gone.
    pub(super) ended: Came,
    /// Ctrl-Z.
    pub(super) stopped: Came,
    /// We go on after a stop, whoever caused it.
    pub(super) continued: Came,
    /// The terminal has another size.
    pub(super) resized: Came,
}

impl Signals {
    /// From now on these signals are only noted.
    pub(super) fn listen() -> io::Result<Signals> {
        let (woken, waker) = UnixStream::pair()?;
        woken.set_nonblocking(true)?;
        waker.set_nonblocking(true)?;
        let note = |signals: &[i32]| -> io::Result<Came> {
            let came = Came::default();
            for &signal in signals {
                // The flag before the byte: who is woken finds it raised.
                signal_hook::flag::register(signal, Arc::clone(&came.0))?;
                pipe::register(signal, waker.try_clone()?)?;
            }
            Ok(came)
        };
        Ok(Signals {
            interrupted: note(&[SIGINT])?,
            ended: note(&[SIGTERM, SIGHUP])?,
            stopped: note(&[SIGTSTP])?,
            continued: note(&[SIGCONT])?,
            resized: note(&[SIGWINCH])?,
            woken,
        })
    }

    /// Takes in what made the descriptor readable. To be called before the flags are looked at.
    pub(super) fn hear(&mut self) {
        let mut bytes = [0; 256];
        while matches!(self.woken.read(&mut bytes), Ok(count) if count > 0) {}
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.woken.as_fd()
    }
}

/// Stops this process as Ctrl-Z does; returns when it goes on. The first process of a session has no
/// shell that could make it go on, and does not stop.
pub(super) fn stop() {
    let me = rustix::process::getpid();
    if rustix::process::getsid(None) != Ok(me) {
        let _ = emulate_default_handler(SIGTSTP);
    }
}
