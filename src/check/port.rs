//! Ports that a program should leave when it is done with them.

use std::net::SocketAddr;
use std::time::Duration;

use super::wait::{Halt, Wait};
use super::world::World;
use super::{Outcome, Program};
use crate::evidence::{Ending, View};

/// What has become of a socket of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// It is gone.
    Free,
    /// Somebody in the program may still receive from it.
    Used,
    /// It is there, and nobody in the program will ever receive from it.
    Forgotten,
}

impl Program<'_> {
    /// What has become of its socket at this address: as soon as it is gone, or nobody will close it any
    /// more; at the latest after so much time. A program that has ended has no socket.
    ///
    /// # Errors
    ///
    /// When the machine cannot do its part, or someone pressed Ctrl-C.
    pub fn frees(self, address: SocketAddr, within: Duration) -> Outcome<Port> {
        let by = self.stage().now() + within;
        loop {
            let left = self.stage().wait(Wait::State, |world| {
                let is_there = is_held(world, address);
                let late = Duration::from_micros(world.now_us()) >= by;
                (!is_there || late).then_some(is_there)
            });
            let over = match left {
                Ok(false) => return Ok(Port::Free),
                Ok(true) => true,
                Err(Halt::Failure(failure)) => return Err(failure),
                Err(Halt::Ending(Ending::Exited)) => return Ok(Port::Free),
                Err(Halt::Ending(ending)) => ending == Ending::Quiet,
            };
            if over {
                return Ok(state(&self.stage().world().view, address));
            }
        }
    }
}

/// Whether the program has a socket at this address. One look may miss one that gets another descriptor
/// meanwhile, two in a row do not.
fn is_held(world: &mut World, address: SocketAddr) -> bool {
    let is_seen = |world: &World| world.view.udp_at(address).is_some();
    is_seen(world) || world.look().is_err() || is_seen(world)
}

fn state(view: &View, address: SocketAddr) -> Port {
    match view.udp_at(address) {
        None => Port::Free,
        Some(socket) if view.is_blocked_for_good() && view.waiter(socket).is_none() => {
            Port::Forgotten
        }
        Some(_) => Port::Used,
    }
}
