//! Time: what a check knows of it, and how a machine without time for the program is told from a program
//! that is late.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::program::Program;
use super::stage::Stage;
use super::world::World;
use super::{Failure, Outcome};
use crate::interrupt;

impl Stage {
    /// How long ago the check began. What is sent after this call is sent later than that.
    pub fn now(&self) -> Duration {
        Duration::from_micros(self.world().now_us())
    }

    /// Lets so much time pass. What is due meanwhile is sent, and what comes is taken in.
    ///
    /// # Errors
    ///
    /// When the machine cannot do its part, or someone pressed Ctrl-C.
    pub fn lets_pass(&self, time: Duration) -> Outcome {
        let until = Instant::now() + time;
        let mut world = self.world();
        loop {
            world.pump()?;
            if interrupt::asked() {
                return Err(Failure::Interrupted);
            }
            if Instant::now() >= until {
                return Ok(());
            }
            world.sleep(until);
        }
    }
}

impl Program<'_> {
    /// How long its threads have waited for a processor so far, though they could have run: where that
    /// has grown much, the machine is to blame for what is late.
    pub fn has_waited(self) -> Duration {
        self.stage().world().waited_for_processor()
    }

    /// It is held up for so long, as by a machine that has no time for it: stopped by a signal, and
    /// told to go on by another.
    ///
    /// # Errors
    ///
    /// When the machine cannot do its part, or someone pressed Ctrl-C.
    pub fn is_held_up(self, time: Duration) -> Outcome {
        signal(&self.stage().world(), Signal::STOP);
        let outcome = self.stage().lets_pass(time);
        signal(&self.stage().world(), Signal::CONT);
        self.stage().step(format!("it was held up for {} ms", time.as_millis()));
        outcome
    }
}

/// One that has ended meanwhile needs no signal.
fn signal(world: &World, signal: Signal) {
    for pid in world.processes() {
        if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, signal);
        }
    }
}
