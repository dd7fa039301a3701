//! A relay in a thread of its own: it carries while a check looks at its program.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::pipe::{PipeFlags, pipe_with};

use super::Relay;
use crate::network::carrier::{FLUSH_DEADLINE, Flushed, LOOK};

/// How long it sleeps where nothing is under way: it is woken by whatever comes.
const LONG: Duration = Duration::from_secs(3600);

/// A relay at work. Dropping it ends it.
#[derive(Debug)]
pub(in crate::network) struct AtWork {
    address: SocketAddr,
    wake: Option<OwnedFd>,
    orders: Sender<Sender<Flushed>>,
    work: Option<JoinHandle<()>>,
}

impl AtWork {
    /// Lets a relay carry from now on.
    ///
    /// # Errors
    ///
    /// When there is no room for its thread.
    pub(in crate::network) fn begin(relay: Relay) -> io::Result<AtWork> {
        let address = relay.address();
        let (woken, wake) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        let (orders, asked) = mpsc::channel();
        let work = thread::Builder::new().name("relay".into());
        let work = work.spawn(move || run(relay, &woken, &asked))?;
        Ok(AtWork { address, wake: Some(wake), orders, work: Some(work) })
    }

    /// Where it listens.
    pub(in crate::network) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes and delivers all that is there, and says whether that was anything.
    pub(in crate::network) fn flush(&self) -> Flushed {
        let (tell, told) = mpsc::channel();
        let woken = self.wake.as_ref().is_some_and(|wake| rustix::io::write(wake, b".").is_ok());
        if !woken || self.orders.send(tell).is_err() {
            return Flushed { moved: false, in_flight: 0 };
        }
        told.recv_timeout(FLUSH_DEADLINE).unwrap_or(Flushed { moved: true, in_flight: 1 })
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(work) = self.work.take() {
            let _ = work.join();
        }
    }
}

/// Carries until nobody holds the other end of `woken`.
fn run(mut relay: Relay, woken: &OwnedFd, asked: &Receiver<Sender<Flushed>>) {
    let mut told = 0;
    loop {
        if relay.sleep(LONG, Some(woken.as_fd())).is_err() {
            return;
        }
        relay.take_and_deliver(&mut Vec::new());
        match rustix::io::read(woken, &mut [0; 16]) {
            Ok(0) => return,
            Ok(_) => {}
            Err(_) => continue,
        }
        for tell in asked.try_iter() {
            let began = Instant::now();
            let mut more = 1;
            while began.elapsed() < LOOK {
                if !relay.take_and_deliver(&mut Vec::new()) {
                    more = 0;
                    break;
                }
            }
            let moved = relay.moved > told;
            told = relay.moved;
            // Nobody minds when who asked has gone.
            let _ = tell.send(Flushed { moved, in_flight: relay.link.in_flight() + more });
        }
    }
}
