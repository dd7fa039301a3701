//! The stage: one check's program, peers, network and evidence, and the one loop that waits.

use std::cell::{RefCell, RefMut};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use fastrand::Rng;
use tempfile::TempDir;

use super::wait::{Halt, Wait};
use super::world::{Work, World};
use super::{Failure, Outcome, messages};
use crate::evidence::{Ending, Evidence, Method, Reading, Role, SetupError, Step, read_as};
use crate::interrupt;
use crate::network::Network;

/// How much longer something is waited for while the program is at work all the time.
const SLOW_START: Duration = Duration::from_secs(5);

/// How much longer at most a program is waited for that waits for a clock, and now and then sends or
/// prints something.
const LONG_LIFE: Duration = Duration::from_secs(25);

/// How much longer while it starts processes: a wrapper, or a compiler that runs first.
const LONG_START: Duration = Duration::from_secs(25);

/// What a stage is set for.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The role of the program that is checked.
    pub role: Role,
    /// The address at which the lab's server is, if the lab has one.
    pub address: Option<SocketAddr>,
    /// The program's command.
    pub command: Vec<OsString>,
    /// The command as a report names it.
    pub shown: String,
    /// The seed of the random messages.
    pub seed: u64,
    /// How sockets are looked into.
    pub method: Method,
    /// Whether the program mostly waits for a clock: then it has time as long as it shows signs of
    /// life.
    pub idles: bool,
    /// How the lab's protocol reads a datagram, where it has one of its own.
    pub reading: Option<Reading>,
}

/// One check's world. Dropping it ends everything in it.
#[derive(Debug)]
pub struct Stage {
    scene: Scene,
    rng: RefCell<Rng>,
    world: RefCell<World>,
    /// The check's own folder, once it was asked for.
    folder: RefCell<Option<TempDir>>,
}

impl Stage {
    /// Sets the stage in a network that is the check's own until the stage is dropped.
    ///
    /// # Errors
    ///
    /// When the lab's address is held by someone else.
    pub fn set(scene: Scene, network: Network) -> Result<Stage, SetupError> {
        if let Some(address) = scene.address {
            network.must_be_free(address)?;
        }
        let rng = RefCell::new(Rng::with_seed(scene.seed));
        let world = RefCell::new(World::new(network));
        Ok(Stage { scene, rng, world, folder: RefCell::new(None) })
    }

    /// A random message of ASCII text, another one at each call: `Copper walnut 4711`.
    pub fn message(&self) -> String {
        messages::plain(&mut self.rng.borrow_mut())
    }

    /// A random message of text that is not ASCII, with spaces at both ends.
    pub fn message_of_the_world(&self) -> String {
        messages::of_the_world(&mut self.rng.borrow_mut())
    }

    /// A random ASCII message of exactly `length` bytes.
    pub fn message_of(&self, length: usize) -> String {
        messages::of_length(&mut self.rng.borrow_mut(), length)
    }

    /// A random ASCII message of exactly `length` bytes, all of them letters.
    pub(super) fn message_of_letters(&self, length: usize) -> String {
        messages::without_numbers(&mut self.rng.borrow_mut(), length)
    }

    /// A random message of letters with some bytes that are no text, and without a digit.
    pub fn noise(&self, length: usize) -> Vec<u8> {
        let mut noise = self.message_of_letters(length).into_bytes();
        noise.iter_mut().step_by(7).for_each(|byte| *byte |= 0x80);
        noise
    }

    /// A datagram as the steps show it: in the words of the lab's protocol, where it is one of it.
    pub(super) fn reads(&self, datagram: &[u8]) -> String {
        read_as(self.scene.reading, datagram)
    }

    /// What the stage is set for.
    pub(super) fn scene(&self) -> &Scene {
        &self.scene
    }

    pub(super) fn own_folder(&self) -> RefMut<'_, Option<TempDir>> {
        self.folder.borrow_mut()
    }

    pub(super) fn world(&self) -> RefMut<'_, World> {
        self.world.borrow_mut()
    }

    /// Ends the program and hands over what was seen: the steps, the evidence, and how sockets
    /// were looked into.
    pub fn close(self) -> (Vec<Step>, Evidence, Option<Method>) {
        self.world.into_inner().close()
    }

    /// Waits until the program has done all it does for now, whatever that is; it may have ended. A
    /// program that is never at rest is not waited for to the end.
    pub fn comes_to_rest(&self) -> Outcome {
        match self.wait(Wait::Rest, |_| None::<()>) {
            Err(Halt::Failure(failure)) => Err(failure),
            _ => Ok(()),
        }
    }

    /// Waits until `met` gives an answer. Where none comes, it is written down how long the program has
    /// computed meanwhile.
    pub(super) fn wait<T>(
        &self,
        wait: Wait,
        met: impl FnMut(&mut World) -> Option<T>,
    ) -> Result<T, Halt> {
        let mut work = None;
        let outcome = self.look_until(wait, &mut work, met);
        if let (Err(Halt::Ending(_)), Some(work)) = (&outcome, work) {
            self.world().record_work(&work);
        }
        outcome
    }

    fn look_until<T>(
        &self,
        wait: Wait,
        work: &mut Option<Work>,
        mut met: impl FnMut(&mut World) -> Option<T>,
    ) -> Result<T, Halt> {
        let mut world = self.world();
        let began = Instant::now();
        let deadline = began + wait.time();
        let measured_from = wait.unmeasured().map(|time| began + time);
        let mut next_look = began + wait.first_look();
        loop {
            world.pump()?;
            let due = next_look <= Instant::now();
            let look = due && world.is_worth_a_look();
            if look {
                world.look()?;
                if self.scene.idles {
                    world.note_starvation();
                }
                if work.is_none() && measured_from.is_some_and(|from| from <= Instant::now()) {
                    *work = Some(world.begin_of_work());
                }
            }
            if due {
                next_look = Instant::now() + wait.pace(began.elapsed());
            }
            if world.ran_away() {
                return Err(Halt::Ending(Ending::Exited));
            }
            if let Some(answer) = met(&mut world) {
                return Ok(answer);
            }
            if interrupt::asked() {
                return Err(Halt::Failure(Failure::Interrupted));
            }
            // By /proc alone nobody sees that a receive has a time limit.
            let is_blind = self.scene.idles && wait != Wait::Rest && !world.sees_limits();
            let may_tell = look && !is_blind || world.exit().is_some();
            let over = if may_tell { world.is_over(wait)? } else { None };
            if let Some(ending) = over {
                // What the program did before it ended or fell silent has come by now.
                return met(&mut world).ok_or(Halt::Ending(ending));
            }
            let sign = world.last_sign().filter(|_| self.scene.idles);
            let patience = sign.map_or(deadline, |sign| sign + wait.time());
            if Instant::now() >= deadline.max(patience.min(deadline + LONG_LIFE)) {
                let ending = world.too_late();
                // A runtime that starts, or compiles first, works until it is where it should be.
                let more = match wait {
                    Wait::Rest => Duration::ZERO,
                    _ if world.starts_processes() => LONG_START,
                    _ if world.is_at_work() => SLOW_START,
                    _ => Duration::ZERO,
                };
                if Instant::now() >= deadline + more {
                    return Err(Halt::Ending(ending));
                }
            }
            world.sleep(next_look);
        }
    }
}

/// Reads an address that stands in a lab's check.
pub(super) fn parse(address: &str) -> SocketAddr {
    match address.parse() {
        Ok(address) => address,
        Err(_) => panic!("a check names {address:?}, which is no socket address"),
    }
}
