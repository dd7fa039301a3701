//! The stage: one check's program, peers, network and evidence, and the one loop that waits.

use std::cell::{RefCell, RefMut};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use fastrand::Rng;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::actors::{Client, Program, Server};
use super::{Failure, Outcome, messages};
use crate::evidence::{Ending, Evidence, Method, Payload, Role, SetupError, View, What};
use crate::inspect::Inspector;
use crate::interrupt;
use crate::network::Network;
use crate::peer::{Datagram, Lookout, Peer};
use crate::program;

/// How long an expectation is waited for, where nothing shows earlier that it will not be met.
const DEADLINE: Duration = Duration::from_secs(5);

/// How long a program is waited for that never rests, because it polls all the time.
const REST: Duration = Duration::from_secs(1);

/// How long a program must have been seen running, and nothing else, to be one that never waits.
const RUNS_ON: Duration = Duration::from_millis(500);

/// How often a program is looked at while its next state is waited for.
const LOOK_EVERY: Duration = Duration::from_micros(200);

/// How often it is looked at while a datagram or a line is waited for: those wake us by
/// themselves, and a look only shows that none will come.
const LOOK_SELDOM: Duration = Duration::from_millis(2);

/// More processes than a program of a lab ever needs.
const MOST_PROCESSES: usize = 200;

/// More output than a program of a lab ever needs.
const MOST_OUTPUT: u64 = 16 << 20;

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
}

/// One check's world. Dropping it ends everything in it.
#[derive(Debug)]
pub struct Stage {
    scene: Scene,
    rng: RefCell<Rng>,
    world: RefCell<World>,
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
        let world = World {
            began: Instant::now(),
            evidence: Evidence::default(),
            steps: Vec::new(),
            program: None,
            ran_away: false,
            inspector: None,
            view: View::default(),
            peers: Vec::new(),
            lookouts: Vec::new(),
            network,
        };
        Ok(Stage { scene, rng, world: RefCell::new(world) })
    }

    /// Starts the program that is checked.
    pub fn program(&self) -> Outcome<Program<'_>> {
        let mut world = self.world();
        let (program, first) =
            program::Program::start(&self.scene.command, program::Errors::Apart)?;
        let refused = matches!(first, What::Refused { .. });
        world.record(first);
        world.step(format!("your {} was started: {}", self.scene.role, self.scene.shown));
        world.inspector =
            Some(Inspector::new(program.guard(), program.terminal_path(), self.scene.method));
        world.program = Some(program);
        drop(world);
        let program = Program::new(self);
        if refused { Err(program.could_not_start()) } else { Ok(program) }
    }

    /// A peer in the client's role, at a port that the system chose.
    pub fn client(&self) -> Outcome<Client<'_>> {
        if let Some(server) = self.scene.address.filter(|_| self.world().peers.is_empty()) {
            self.look_out_at(SocketAddr::new(server.ip(), server.port() + 1));
        }
        let at = self.add_peer("127.0.0.1:0")?;
        Ok(Client::new(self, at))
    }

    /// A peer in the server's role at `address`, with lookouts at the places where mistakes lead.
    ///
    /// # Panics
    ///
    /// When `address` is no socket address.
    pub fn server_at(&self, address: &str) -> Outcome<Server<'_>> {
        let at = self.add_peer(address)?;
        let address = parse(address);
        let swapped = SocketAddr::new(address.ip(), address.port().swap_bytes());
        let family = SocketAddr::new(std::net::Ipv6Addr::LOCALHOST.into(), address.port());
        let beside = SocketAddr::new(address.ip(), address.port() + 1);
        for place in [swapped, family, beside] {
            self.look_out_at(place);
        }
        let mut world = self.world();
        let listener = world.network.tcp_listener(address).ok();
        world.lookouts.extend(listener.and_then(|listener| Lookout::tcp(listener).ok()));
        drop(world);
        Ok(Server::new(self, at))
    }

    /// Holds `address`, so that the program cannot have it.
    pub fn hold(&self, address: &str) -> Outcome {
        self.add_peer(address)?;
        self.world().step(format!("another socket was bound to {address}"));
        Ok(())
    }

    /// Watches a place where no datagram should come. A lookout that cannot be had, because a
    /// machine has no IPv6 or someone holds the port, is done without.
    pub(super) fn look_out_at(&self, address: SocketAddr) {
        let mut world = self.world();
        let socket = world.network.udp(address).ok();
        world.lookouts.extend(socket.and_then(|socket| Lookout::udp(socket).ok()));
    }

    fn add_peer(&self, address: &str) -> Outcome<usize> {
        let mut world = self.world();
        let socket = world.network.udp(parse(address))?;
        let peer = Peer::new(socket).map_err(|error| {
            SetupError::new("a peer's socket cannot be used", error, "make doctor")
        })?;
        world.peers.push(Partner { peer, inbox: VecDeque::new() });
        Ok(world.peers.len() - 1)
    }

    /// A random message of ASCII text, another one at each call: `copper walnut 4711`.
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

    /// The role of the program that is checked.
    pub(super) fn role(&self) -> Role {
        self.scene.role
    }

    /// The lab's address.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.scene.address
    }

    pub(super) fn world(&self) -> RefMut<'_, World> {
        self.world.borrow_mut()
    }

    /// Ends the program and hands over what was seen: the steps, the evidence, and how sockets
    /// were looked into.
    pub fn close(self) -> (Vec<String>, Evidence, Option<Method>) {
        let mut world = self.world.into_inner();
        let method = world.inspector.as_ref().map(Inspector::method);
        world.stop();
        (world.steps, world.evidence, method)
    }

    /// Waits until `met` gives an answer.
    pub(super) fn wait<T>(
        &self,
        wait: Wait,
        mut met: impl FnMut(&mut World) -> Option<T>,
    ) -> Result<T, Halt> {
        let mut world = self.world();
        let deadline = Instant::now() + wait.time();
        let mut next_look = Instant::now();
        loop {
            world.pump()?;
            if world.is_worth_a_look() && next_look <= Instant::now() {
                world.look()?;
                next_look = Instant::now() + wait.pace();
            }
            if world.ran_away {
                return Err(Halt::Ending(Ending::Exited));
            }
            if let Some(answer) = met(&mut world) {
                return Ok(answer);
            }
            if interrupt::asked() {
                return Err(Halt::Failure(Failure::Interrupted));
            }
            if let Some(ending) = world.is_over(wait)? {
                // What the program did before it ended or fell silent has come by now.
                return met(&mut world).ok_or(Halt::Ending(ending));
            }
            if Instant::now() >= deadline {
                return Err(Halt::Ending(world.too_late()));
            }
            world.sleep(next_look.min(deadline));
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

/// What kind of thing is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// A state of the program's sockets or threads, which only looking shows.
    State,
    /// A datagram or output, which wakes us.
    Message,
    /// The program's end.
    End,
    /// Nothing: the program has done all it does for now.
    Rest,
}

impl Wait {
    fn time(self) -> Duration {
        match self {
            Wait::Rest => REST,
            _ => DEADLINE,
        }
    }

    fn pace(self) -> Duration {
        match self {
            Wait::State | Wait::Rest => LOOK_EVERY,
            Wait::Message | Wait::End => LOOK_SELDOM,
        }
    }
}

/// Why a wait gave no answer.
pub(super) enum Halt {
    /// Nothing more can come.
    Ending(Ending),
    /// The check cannot go on at all.
    Failure(Failure),
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Halt {
        Halt::Failure(failure)
    }
}

/// A peer and the datagrams that it has received and nobody has asked for yet.
#[derive(Debug)]
pub(super) struct Partner {
    pub(super) peer: Peer,
    pub(super) inbox: VecDeque<Datagram>,
}

/// Everything on the stage.
#[derive(Debug)]
pub(super) struct World {
    began: Instant,
    pub(super) evidence: Evidence,
    steps: Vec<String>,
    pub(super) program: Option<program::Program>,
    /// It went beyond a limit and was ended: what it did or printed on its way proves nothing.
    ran_away: bool,
    inspector: Option<Inspector>,
    /// The last look.
    pub(super) view: View,
    pub(super) peers: Vec<Partner>,
    lookouts: Vec<Lookout>,
    network: Network,
}

impl World {
    fn now_us(&self) -> u64 {
        self.began.elapsed().as_micros() as u64
    }

    pub(super) fn record(&mut self, what: What) {
        let now = self.now_us();
        self.evidence.record(now, what);
    }

    /// Tells a step that was taken, for the report of a failed check.
    pub(super) fn step(&mut self, step: String) {
        self.steps.push(step);
    }

    /// Takes in everything that has happened, without waiting.
    pub(super) fn pump(&mut self) -> Outcome {
        let (began, evidence) = (self.began, &mut self.evidence);
        let mut record = |what| evidence.record(began.elapsed().as_micros() as u64, what);
        if let Some(program) = &mut self.program {
            program.collect(&mut record).map_err(|error| {
                SetupError::new(
                    "the program's guard cannot be understood",
                    error,
                    "please report it",
                )
            })?;
        }
        for Partner { peer, inbox } in &mut self.peers {
            while let Some(datagram) = peer.receive() {
                let Datagram { from, payload } = &datagram;
                record(What::Received { at: peer.address(), from: *from, payload: payload.into() });
                inbox.push_back(datagram);
                if inbox.len() > 1000 {
                    break;
                }
            }
        }
        for lookout in &mut self.lookouts {
            if let Some(what) = lookout.notice() {
                record(what);
            }
        }
        let written = self.program.as_ref().map_or(0, program::Program::written);
        if written > MOST_OUTPUT && self.exit().is_none() {
            self.end_a_runaway(format!("printed more than {} MiB", MOST_OUTPUT >> 20));
        }
        Ok(())
    }

    /// Looks at the program, and writes down what has changed.
    fn look(&mut self) -> Outcome {
        let Some(inspector) = &mut self.inspector else { return Ok(()) };
        let view = inspector.look();
        if view.processes > MOST_PROCESSES {
            self.end_a_runaway(format!("started more than {MOST_PROCESSES} processes"));
            return Ok(());
        }
        if view != self.view && view.processes > 0 {
            self.record(What::Looked { view: view.clone() });
        }
        self.view = view;
        Ok(())
    }

    /// Types a line at the program's terminal.
    pub(super) fn type_line(&mut self, text: &str) -> Outcome {
        if let Some(program) = &mut self.program {
            program.type_line(text).map_err(|error| {
                let what = "a line cannot be typed at the program's terminal";
                SetupError::new(what, error, "please report it")
            })?;
        }
        self.record(What::Typed { text: Payload::from(text) });
        // What it waited for has come: the last look is out of date.
        self.view = View::default();
        Ok(())
    }

    /// Ends a program without the grace that others have: it would go on with what it does.
    fn end_a_runaway(&mut self, away: String) {
        self.record(What::Ran { away });
        self.ran_away = true;
        let (began, evidence) = (self.began, &mut self.evidence);
        if let Some(program) = &mut self.program {
            program.kill(&mut |what| evidence.record(began.elapsed().as_micros() as u64, what));
        }
    }

    pub(super) fn exit(&self) -> Option<crate::evidence::Exit> {
        self.program.as_ref().and_then(program::Program::exit)
    }

    fn is_worth_a_look(&self) -> bool {
        self.program.is_some() && self.exit().is_none()
    }

    /// True when the program has ended, or stands still for good, with all that it sent before
    /// taken in.
    fn is_over(&mut self, wait: Wait) -> Outcome<Option<Ending>> {
        if self.program.is_none() {
            return Ok(None);
        }
        if self.exit().is_some() {
            self.network.settle();
            self.pump()?;
            return Ok(Some(Ending::Exited));
        }
        let still = match wait {
            Wait::Rest => self.view.is_idle(),
            _ => self.view.is_blocked_for_good(),
        };
        if !still {
            return Ok(None);
        }
        let before = self.prove_stillness(wait);
        if before.is_none() {
            return Ok(None);
        }
        // The program was still before and is the same after: whatever it sent, it sent before.
        self.network.settle();
        if before != self.prove_stillness(wait) {
            return Ok(None);
        }
        self.pump()?;
        self.look()?;
        Ok(self.exit().is_none().then_some(Ending::Quiet))
    }

    /// What a wait that found nothing says of the program: a poll is seen running too, for moments.
    fn too_late(&self) -> Ending {
        let runs = self.evidence.runs_since().map(|since| self.now_us().saturating_sub(since));
        match runs.map(Duration::from_micros) {
            Some(time) if time >= RUNS_ON => Ending::Busy,
            _ => Ending::Deadline,
        }
    }

    fn prove_stillness(&mut self, wait: Wait) -> Option<crate::inspect::Stillness> {
        let inspector = self.inspector.as_mut()?;
        match wait {
            Wait::Rest => inspector.idle(),
            _ => inspector.quiet(),
        }
    }

    /// Sleeps until something happens, and at most until `until`.
    fn sleep(&self, until: Instant) {
        let program = self.program.iter().flat_map(program::Program::sources);
        let peers = self.peers.iter().map(|partner| std::os::fd::AsFd::as_fd(&partner.peer));
        let lookouts = self.lookouts.iter().map(std::os::fd::AsFd::as_fd);
        let mut sources: Vec<PollFd<'_>> = program
            .chain(peers)
            .chain(lookouts)
            .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN))
            .collect();
        let left = Timespec::try_from(until.saturating_duration_since(Instant::now())).ok();
        let _ = poll(&mut sources, left.as_ref());
    }

    /// Ends the program.
    fn stop(&mut self) {
        if self.program.as_ref().is_some_and(|program| program.exit().is_none()) {
            self.record(What::Stopped);
        }
        let Some(mut program) = self.program.take() else { return };
        let (began, evidence) = (self.began, &mut self.evidence);
        program.stop(&mut |what| evidence.record(began.elapsed().as_micros() as u64, what));
        self.program = Some(program);
    }
}
