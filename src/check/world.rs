//! Everything on a stage: the program, the peers, the network, and what was seen of them.

mod actors;
mod stalls;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::Outcome;
use super::agenda::{Agenda, Due};
use super::wait::Wait;
use crate::evidence::{
    Ending, Evidence, Exit, Method, Payload, Score, SetupError, Step, StepKind, View, What,
};
use crate::inspect::{Inspector, Stillness};
use crate::network::{Network, Place};
use crate::peer::{Datagram, Lookout};
use crate::procfs;
use crate::program::{Calls, Errors, Program};
pub(super) use actors::Actor;
use stalls::Stalls;

/// More processes than a program of a lab ever needs.
const MOST_PROCESSES: usize = 200;

/// How long ago a process must have begun or ended for the program to be still on its way.
const LATELY: Duration = Duration::from_secs(1);

/// How long a program must have been seen running, and nothing else, to be one that never waits.
const RUNS_ON: Duration = Duration::from_millis(500);

/// How long ago a program must have been seen at work to be so still.
const WORKED_LATELY: Duration = Duration::from_millis(200);

/// More packets than anybody reads in a report: of any more only the number is known.
const MOST_PACKETS: usize = 2000;

/// More output than a program of a lab ever needs.
const MOST_OUTPUT: u64 = 16 << 20;

/// Since when a wait is measured, and how long the program had computed by then.
#[derive(Debug)]
pub(super) struct Work {
    since: Instant,
    computed: Duration,
}

/// Everything on the stage.
#[derive(Debug)]
pub(super) struct World {
    began: Instant,
    /// When that was, in nanoseconds after 1970-01-01 00:00 UTC.
    began_ns: u64,
    pub(super) evidence: Evidence,
    steps: Vec<Step>,
    pub(super) program: Option<Program>,
    ran_away: bool,
    /// How many packets were seen.
    packets: usize,
    /// How many of them are not kept as evidence.
    left_out: usize,
    /// True in a flood, of which nothing is kept.
    leaves_out: bool,
    inspector: Option<Inspector>,
    /// The last look.
    pub(super) view: View,
    pub(super) actors: Vec<Actor>,
    lookouts: Vec<Lookout>,
    agenda: Agenda,
    /// When a peer last sent something, by the kernel's clock.
    last_sent: Duration,
    network: Network,
    /// Where clients reach the relay to the program, where there is one.
    relay: Option<SocketAddr>,
    /// When the program was last seen at work.
    at_work: Option<Instant>,
    stalls: Stalls,
}

/// The same moment by both clocks: by the kernel's in nanoseconds after 1970-01-01 00:00 UTC. Whoever
/// is interrupted between the two looks again, and on the busiest of machines takes what there is.
fn both_clocks() -> (Instant, u64) {
    let read = || {
        let began = Instant::now();
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        (began, since.as_nanos() as u64, began.elapsed())
    };
    let mut tries = (0..100).map(|_| read());
    let quick = tries.find(|(_, _, took)| *took < Duration::from_micros(100));
    let (began, since, _) = quick.unwrap_or_else(read);
    (began, since)
}

impl World {
    /// An empty stage in this network.
    pub(super) fn new(network: Network) -> World {
        let opened = What::Opened { network: network.name() };
        let (began, began_ns) = both_clocks();
        let mut world = World {
            began,
            began_ns,
            evidence: Evidence::default(),
            steps: Vec::new(),
            program: None,
            ran_away: false,
            packets: 0,
            left_out: 0,
            leaves_out: false,
            inspector: None,
            view: View::default(),
            actors: Vec::new(),
            lookouts: Vec::new(),
            agenda: Agenda::default(),
            last_sent: Duration::ZERO,
            network,
            relay: None,
            at_work: None,
            stalls: Stalls::default(),
        };
        world.record(opened);
        world
    }

    /// Starts a program on the host of this name; false when the operating system would not run it.
    pub(super) fn start(
        &mut self,
        host: &str,
        command: &[OsString],
        method: Method,
    ) -> Outcome<bool> {
        // What an earlier program sends, or has sent and nobody asked for, is nothing of this one's.
        if self.program.take().is_some() {
            self.pump()?;
            self.actors.iter_mut().for_each(|actor| actor.inbox.clear());
            self.stalls = Stalls::default();
        }
        let place = self.network.place(self.network.host(host)).map(Place::descriptors);
        let calls = if method == Method::Notify { Calls::Told } else { Calls::Untold };
        let (program, first) = Program::start(command, Errors::Apart, place, calls)?;
        let started = !matches!(first, What::Refused { .. });
        self.record(first);
        if let Some(missing) = Program::missing_file(command) {
            self.record(missing);
        }
        self.inspector = Some(Inspector::new(program.guard(), program.terminal_path(), method));
        self.program = Some(program);
        Ok(started)
    }

    /// Ends the program and hands over what was seen: the steps, the evidence, and how sockets were
    /// looked into.
    pub(super) fn close(mut self) -> (Vec<Step>, Evidence, Option<Method>) {
        self.count_overflows();
        self.stop();
        while self.take_flights() {}
        let count = self.left_out + self.network.missed();
        if count > 0 {
            self.record(What::PacketsLeftOut { count });
        }
        let sees_calls = self.program.as_ref().is_some_and(Program::sees_calls);
        let method = self.inspector.as_ref().map(|inspector| match inspector.method() {
            Method::Notify if !sees_calls => Method::Copy,
            method => method,
        });
        (self.steps, self.evidence, method)
    }

    /// Writes down what was lost because a receiver was too slow: no link has lost that.
    fn count_overflows(&mut self) {
        for (at, name) in self.network.host_names().into_iter().enumerate() {
            let count = self.network.counters(at).no_room;
            if count > 0 {
                self.record(What::Overflowed { host: name, count });
            }
        }
    }

    /// How long the check has gone on, in microseconds: the clock of the evidence.
    pub(super) fn now_us(&self) -> u64 {
        self.began.elapsed().as_micros() as u64
    }

    /// When something happened, by the kernel's clock.
    pub(super) fn time_of(&self, at_us: u64) -> Duration {
        Duration::from_nanos(self.began_ns) + Duration::from_micros(at_us)
    }

    /// The kernel's time.
    pub(super) fn now(&self) -> Duration {
        self.time_of(self.now_us())
    }

    pub(super) fn record(&mut self, what: What) {
        let now = self.now_us();
        self.evidence.record(now, what);
    }

    /// Writes down a score.
    pub(super) fn score(&mut self, score: Score) {
        self.record(What::Scored { score });
    }

    /// Tells a step, for the report of a failed check.
    pub(super) fn step(&mut self, kind: StepKind, text: String) {
        self.steps.push(Step { kind, text });
    }

    /// From now on what peers receive and which packets are sent is not kept as evidence, or is
    /// again.
    pub(super) fn leave_out(&mut self, leaves_out: bool) {
        self.leaves_out = leaves_out;
    }

    /// How many bytes of memory the program has, with all that it has started.
    pub(super) fn memory(&self) -> u64 {
        self.processes().into_iter().filter_map(procfs::resident).sum()
    }

    /// How long the program and its descendants have computed so far.
    pub(super) fn processor_time(&self) -> Duration {
        self.processes().into_iter().map(procfs::processor_time).sum()
    }

    /// From now on it is measured how long the program computes.
    pub(super) fn begin_of_work(&self) -> Work {
        Work { since: Instant::now(), computed: self.processor_time() }
    }

    /// Writes down how long it has computed, unless it has ended: what it did is gone with it.
    pub(super) fn record_work(&mut self, work: &Work) {
        if self.exit().is_none() {
            let computed = self.processor_time().saturating_sub(work.computed);
            let [waited_ms, computed_ms] =
                [work.since.elapsed(), computed].map(|time| time.as_millis() as u64);
            self.record(What::Waited { waited_ms, computed_ms });
        }
    }

    /// The program's processes, with all that it has started.
    pub(super) fn processes(&self) -> Vec<u32> {
        let guard = self.program.as_ref().map(Program::guard);
        guard.map(procfs::descendants).unwrap_or_default()
    }

    /// When the program last printed or sent something, as far as that was seen.
    pub(super) fn last_sign(&self) -> Option<Instant> {
        self.evidence.last_sign().map(|at_us| self.began + Duration::from_micros(at_us))
    }

    /// Takes in everything that has happened, and sends what is due, without waiting.
    pub(super) fn pump(&mut self) -> Outcome {
        while let Some(Due { at, actor, to, payload }) = self.agenda.take(Instant::now()) {
            self.note_stall(at);
            self.send(actor, to, &payload)?;
        }
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
        for Actor { peer, inbox, reflexes } in &mut self.actors {
            while let Some(to) = peer.refusal() {
                if !self.leaves_out {
                    record(What::NotTaken { from: peer.address(), to });
                }
            }
            while let Some(datagram) = peer.receive() {
                let Datagram { from, payload, .. } = &datagram;
                if let Some((_, answer)) = reflexes.iter().find(|(known, _)| known == payload) {
                    // It proves nothing, and what is printed meanwhile is no answer to it. One that
                    // cannot be sent is one that is lost.
                    let _ = peer.send(*from, answer);
                    continue;
                }
                if !self.leaves_out {
                    let (at, from) = (peer.address(), *from);
                    record(What::Received { at, from, payload: payload.into() });
                }
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
        self.take_flights();
        let written = self.program.as_ref().map_or(0, Program::written);
        if written > MOST_OUTPUT && self.exit().is_none() {
            self.end_a_runaway(format!("printed more than {} MiB", MOST_OUTPUT >> 20));
        }
        Ok(())
    }

    /// Takes in packets that were sent; false when there are none.
    fn take_flights(&mut self) -> bool {
        let (began_ns, evidence) = (self.began_ns, &mut self.evidence);
        let before = self.packets;
        let (packets, left_out) = (&mut self.packets, &mut self.left_out);
        self.network.flights(&mut |flight| {
            *packets += 1;
            if self.leaves_out || *packets - *left_out > MOST_PACKETS {
                *left_out += 1;
                return;
            }
            let at_us = flight.at_ns().saturating_sub(began_ns) / 1000;
            evidence.record_late(at_us, What::Packet(flight));
        });
        self.packets > before
    }

    /// Looks at the program, and writes down what has changed.
    pub(super) fn look(&mut self) -> Outcome {
        let Some(inspector) = &mut self.inspector else { return Ok(()) };
        let view = inspector.look();
        if view.processes > MOST_PROCESSES {
            self.end_a_runaway(format!("started more than {MOST_PROCESSES} processes"));
            return Ok(());
        }
        if view != self.view && view.processes > 0 {
            self.record(What::Looked { view: view.clone() });
        }
        if !view.is_at_rest() {
            self.at_work = Some(Instant::now());
        }
        self.view = view;
        Ok(())
    }

    /// Proves that the program rests in the state that the last look showed, and that nothing in it
    /// is out of date. Where it rests in another, that is the last look now.
    pub(super) fn rests(&mut self) -> bool {
        if !self.view.is_at_rest() {
            return false;
        }
        let Some(view) = self.inspector.as_mut().and_then(Inspector::rest) else { return false };
        let is_the_same = view == self.view;
        if !is_the_same {
            self.record(What::Looked { view: view.clone() });
            self.view = view;
        }
        is_the_same
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

    /// True when the program went beyond a limit and was ended: what it did or printed on its way
    /// proves nothing.
    pub(super) fn ran_away(&self) -> bool {
        self.ran_away
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

    pub(super) fn exit(&self) -> Option<Exit> {
        self.program.as_ref().and_then(Program::exit)
    }

    pub(super) fn is_worth_a_look(&self) -> bool {
        self.program.is_some() && self.exit().is_none()
    }

    /// True where the time limits of the program's sockets are seen.
    pub(super) fn sees_limits(&self) -> bool {
        self.inspector.as_ref().is_some_and(|inspector| inspector.method() != Method::Proc)
    }

    /// Says whether the program has ended, or stood still for good when it was just looked at, and
    /// takes in all that it sent before.
    pub(super) fn is_over(&mut self, wait: Wait) -> Outcome<Option<Ending>> {
        if self.program.is_none() || self.agenda.next().is_some() {
            return Ok(None);
        }
        if self.exit().is_some() {
            let settled = self.network.settle();
            self.pump()?;
            return Ok(settled.then_some(Ending::Exited));
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
        let settled = self.network.settle();
        // A packet to the world outside is refused here, which the program may have waited for.
        self.take_flights();
        if !settled || before != self.prove_stillness(wait) {
            return Ok(None);
        }
        self.pump()?;
        self.look()?;
        Ok(self.exit().is_none().then_some(Ending::Quiet))
    }

    /// What a wait that found nothing says of the program: a poll is seen running too, for moments.
    pub(super) fn too_late(&self) -> Ending {
        let runs = self.evidence.runs_since().map(|since| self.now_us().saturating_sub(since));
        match runs.map(Duration::from_micros) {
            Some(time) if time >= RUNS_ON => Ending::Busy,
            _ => Ending::Deadline,
        }
    }

    /// True when the program was seen at work a moment ago: one look may miss a process.
    pub(super) fn is_at_work(&self) -> bool {
        let lately = |at: Instant| at.elapsed() < WORKED_LATELY;
        self.is_worth_a_look() && (!self.view.is_at_rest() || self.at_work.is_some_and(lately))
    }

    /// True when processes of the program have begun or ended a moment ago.
    pub(super) fn starts_processes(&self) -> bool {
        let changed = self.evidence.processes_changed();
        changed.is_some_and(|at| self.now_us().saturating_sub(at) < LATELY.as_micros() as u64)
    }

    fn prove_stillness(&mut self, wait: Wait) -> Option<Stillness> {
        let inspector = self.inspector.as_mut()?;
        match wait {
            Wait::Rest => inspector.idle(),
            _ => inspector.quiet(),
        }
    }

    /// Sleeps until something happens, or is due, and at most until `until`.
    pub(super) fn sleep(&mut self, until: Instant) {
        let until = self.agenda.next().map_or(until, |due| due.min(until));
        let program = self.program.iter().flat_map(Program::sources);
        let peers = self.actors.iter().map(|actor| actor.peer.as_fd());
        let lookouts = self.lookouts.iter().map(AsFd::as_fd);
        let mut sources: Vec<PollFd<'_>> = program
            .chain(peers)
            .chain(lookouts)
            .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN))
            .collect();
        let left = Timespec::try_from(until.saturating_duration_since(Instant::now())).ok();
        // One that fails is one that was interrupted: whoever waits looks again.
        let _ = poll(&mut sources, left.as_ref());
        // Also where something came meanwhile: the machine may have stood still for all of us.
        self.note_stall(until);
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
