//! Plays a transcript for real.

mod lane;
mod moment;
mod traffic;

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::matcher::{Outcome, Shown};
use super::search::{Bindings, Piece};
use super::transcript::{Action, ActionKind, Step, Transcript};
use crate::evidence::{Mistake, SetupError};
use crate::inspect::{Inspector, Stillness};
use crate::interrupt;
use crate::network::Network;
use lane::Lane;
use traffic::Traffic;

pub use moment::{Fact, Halt, Moment, Packets, Seat};

/// How long a line of a transcript is waited for, where nothing shows earlier that it will not
/// come.
const DEADLINE: Duration = Duration::from_secs(5);

/// How often the programs are looked at while a state of theirs is waited for.
const LOOK_EVERY: Duration = Duration::from_micros(200);

/// How often they are looked at while output is waited for: that wakes us by itself, and a look
/// only shows that none will come.
const LOOK_SELDOM: Duration = Duration::from_millis(2);

/// How many lines are shown of what a program printed beside the handout.
const MOST_LINES: usize = 20;

/// A transcript, and what is needed to play it.
pub struct Play<'a> {
    /// The handout's name, for messages.
    pub file: &'a str,
    /// What is played.
    pub transcript: &'a Transcript,
    /// The address at which the lab's server is, if the lab has one.
    pub address: Option<SocketAddr>,
    /// Finds the executable and its arguments for what stands after a `$`, or says why not.
    pub cast: &'a dyn Fn(&str) -> Result<Vec<OsString>, String>,
}

impl fmt::Debug for Play<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Play").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Play<'_> {
    /// Plays the transcript: starts its programs in `network`, types, presses Ctrl-C, and compares
    /// what they print. `show` is told of every [`Moment`] as it happens, and may take its time at
    /// a [`Moment::Pause`].
    ///
    /// # Errors
    ///
    /// At the first line that is not as in the handout; when the lab's address is held by someone
    /// else; when someone pressed Ctrl-C; when `show` fails.
    pub fn perform(
        &self,
        network: Network,
        show: &mut dyn FnMut(Moment) -> io::Result<()>,
    ) -> Result<(), Halt> {
        if let Some(address) = self.address {
            network.must_be_free(address)?;
        }
        let names = self.transcript.lanes();
        let mut player = Player {
            play: self,
            traffic: Traffic::new(&names, &network),
            network,
            lanes: names.into_iter().map(|name| Lane::new(self.file, name)).collect(),
            acting: 0,
            bindings: Bindings::default(),
            show,
        };
        let outcome = match player.play() {
            Err(Halt::Mismatch(mismatch)) => {
                player.show_rest(&mismatch.lane).and(Err(Halt::Mismatch(mismatch)))
            }
            outcome => outcome,
        };
        player.lanes.iter_mut().for_each(Lane::stop);
        outcome
    }
}

/// A play under way.
struct Player<'a> {
    play: &'a Play<'a>,
    network: Network,
    traffic: Traffic,
    lanes: Vec<Lane>,
    /// The lane of the block that is played.
    acting: usize,
    bindings: Bindings,
    show: &'a mut dyn FnMut(Moment) -> io::Result<()>,
}

/// How something is waited for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    /// A state of a program, which only looking shows.
    State,
    /// Output, which wakes us.
    Output,
    /// The end of a program that was told to end: that it stands still now proves nothing.
    End,
}

impl Player<'_> {
    fn play(&mut self) -> Result<(), Halt> {
        for step in &self.play.transcript.steps {
            match step {
                Step::Narration(text) => self.show(Moment::Narration(text.clone()))?,
                Step::Block { lane, actions, .. } => {
                    // After the prose, which says what to look at in the kernel's lines.
                    self.show_kernel()?;
                    self.show(Moment::Pause)?;
                    let at = self.lanes.iter().position(|known| known.name == *lane).unwrap_or(0);
                    self.acting = at;
                    for action in actions {
                        self.act(at, action)?;
                    }
                }
            }
        }
        self.rest()?;
        for at in 0..self.lanes.len() {
            let skipped = self.lanes[at].matcher.finish().map_err(Halt::Mismatch)?;
            self.show_lines(at, skipped)?;
        }
        self.show_kernel()
    }

    /// Does what one line of a block says.
    fn act(&mut self, at: usize, action: &Action) -> Result<(), Halt> {
        let shown = self.matched(at, action)?;
        self.show_lines(at, shown.skipped)?;
        let text = joined(&shown.pieces);
        match &action.kind {
            ActionKind::Start { command } => self.start(at, action.line, command),
            ActionKind::Prints(_) => self.show_lines(at, vec![text]),
            ActionKind::AnyLines => Ok(()),
            ActionKind::Types { text: typed, .. } => self.type_line(at, action, text, typed),
            ActionKind::Interrupt => self.interrupt(at, action),
        }
    }

    /// Waits until the output is as the action says.
    fn matched(&mut self, at: usize, action: &Action) -> Result<Shown, Halt> {
        let shown = self.wait(Wait::Output, |player| {
            match player.lanes[at].matcher.step(action, &mut player.bindings) {
                Outcome::Matched(shown) => Ok(Some(shown)),
                Outcome::NeedMore => Ok(None),
                Outcome::Mismatch(mismatch) => Err(Halt::Mismatch(mismatch)),
            }
        })?;
        match shown {
            Some(shown) => Ok(shown),
            None => Err(self.lanes[at].matcher.gave_up(action, &self.bindings).into()),
        }
    }

    fn start(&mut self, at: usize, line: usize, command: &str) -> Result<(), Halt> {
        let argv = (self.play.cast)(command).map_err(|message| {
            let mistake = Mistake::in_command(self.play.file, line, command, message);
            Halt::Unplayable(Box::new(mistake))
        })?;
        let lane = self.lanes[at].name.clone();
        self.show(Moment::Started { lane, command: command.to_owned() })?;
        let host = self.network.host(&self.lanes[at].name);
        Ok(self.lanes[at].start(&argv, self.network.place(host))?)
    }

    /// Types a line, once the program waits for one.
    fn type_line(
        &mut self,
        at: usize,
        action: &Action,
        prompt: String,
        text: &str,
    ) -> Result<(), Halt> {
        let waits = self.wait(Wait::State, |player| {
            let lane = &mut player.lanes[at];
            let waits = lane.waits_for_typing();
            Ok((waits || !lane.is_alive()).then_some(waits))
        })?;
        if waits != Some(true) {
            self.show_lines(at, vec![prompt])?;
            return Err(self.lanes[at].matcher.not_waiting(action, &self.bindings).into());
        }
        self.lanes[at].type_line(text).map_err(|error| {
            SetupError::new("nothing can be typed at the program's terminal", error, "try again")
        })?;
        let lane = self.lanes[at].name.clone();
        self.show(Moment::Typed { lane, prompt, text: text.to_owned() })
    }

    /// Presses Ctrl-C, once the program waits for something, and waits for its end.
    fn interrupt(&mut self, at: usize, action: &Action) -> Result<(), Halt> {
        self.show_kernel()?;
        if !self.lanes[at].is_alive() {
            return Err(self.lanes[at].matcher.gave_up(action, &self.bindings).into());
        }
        let ignores = self.lanes[at].ignores_interrupt();
        self.lanes[at].interrupt();
        self.show(Moment::Interrupted { lane: self.lanes[at].name.clone() })?;
        let ended = self.wait(Wait::End, |player| {
            let ended = !player.lanes[at].is_alive();
            Ok((ended || ignores).then_some(ended))
        })?;
        if ended != Some(true) {
            return Err(self.lanes[at].matcher.gave_up(action, &self.bindings).into());
        }
        self.lanes[at].was_seen_to_end();
        Ok(())
    }

    /// Shows a moment. Whoever is shown it may press Ctrl-C then.
    fn show(&mut self, moment: Moment) -> Result<(), Halt> {
        let shown = (self.show)(moment);
        if interrupt::asked() { Err(Halt::Interrupted) } else { shown.map_err(Halt::Unseen) }
    }

    fn show_lines(&mut self, at: usize, lines: Vec<String>) -> Result<(), Halt> {
        for text in lines {
            self.show(Moment::Printed { lane: self.lanes[at].name.clone(), text })?;
        }
        Ok(())
    }

    /// Shows what was sent, and what the kernel has to say, once all programs have come to rest.
    /// Where none has moved since it was last shown, there is nothing to say.
    fn show_kernel(&mut self) -> Result<(), Halt> {
        self.rest()?;
        self.show_packets()?;
        if !self.lanes.iter_mut().any(Lane::has_news) {
            return Ok(());
        }
        let facts = self.lanes.iter_mut().filter_map(Lane::fact).collect();
        self.show(Moment::Kernel(facts))
    }

    /// Shows what was sent since it was last shown, where that can be seen.
    fn show_packets(&mut self) -> Result<(), Halt> {
        self.traffic.take_all(&mut self.network);
        let views = self.lanes.iter_mut().map(Lane::view).collect();
        match self.traffic.hand_over(views, self.acting) {
            Some(packets) => self.show(Moment::Packets(packets)),
            None => Ok(()),
        }
    }

    /// Shows what the program in a lane printed beside the handout, and what was sent.
    fn show_rest(&mut self, lane: &str) -> Result<(), Halt> {
        self.rest()?;
        let Some(at) = self.lanes.iter().position(|known| known.name == lane) else {
            return Ok(());
        };
        let mut lines = self.lanes[at].matcher.rest();
        let more = lines.len().saturating_sub(MOST_LINES);
        if more > 0 {
            lines.truncate(MOST_LINES);
            lines.push(format!("… and {more} more lines"));
        }
        self.show_lines(at, lines)?;
        self.show_packets()
    }

    /// Waits until every program has done what it does for now.
    fn rest(&mut self) -> Result<(), Halt> {
        self.wait(Wait::State, |player| Ok(player.stands_still(Inspector::idle).then_some(())))?;
        Ok(())
    }

    /// Waits until `met` gives an answer, and gives none where there will be none: the programs
    /// stand still for good, or five seconds have passed.
    fn wait<T>(
        &mut self,
        wait: Wait,
        mut met: impl FnMut(&mut Self) -> Result<Option<T>, Halt>,
    ) -> Result<Option<T>, Halt> {
        let pace = if wait == Wait::State { LOOK_EVERY } else { LOOK_SELDOM };
        let deadline = Instant::now() + DEADLINE;
        let mut next_look = Instant::now();
        loop {
            self.pump()?;
            if let Some(answer) = met(self)? {
                return Ok(Some(answer));
            }
            if interrupt::asked() {
                return Err(Halt::Interrupted);
            }
            let now = Instant::now();
            if now >= deadline {
                return Ok(None);
            }
            if now >= next_look {
                if wait != Wait::End && self.stands_still(Inspector::quiet) {
                    // What was printed before has come by now.
                    self.pump()?;
                    return met(self);
                }
                next_look = Instant::now() + pace;
            }
            self.sleep(next_look.min(deadline));
        }
    }

    fn pump(&mut self) -> Result<(), Halt> {
        self.lanes.iter_mut().try_for_each(Lane::pump)
    }

    /// Whether no program moves and nothing is under way between them.
    fn stands_still(&mut self, proof: fn(&mut Inspector) -> Option<Stillness>) -> bool {
        let mut proofs = || -> Option<Vec<Stillness>> {
            self.lanes.iter_mut().filter_map(Lane::inspector).map(proof).collect()
        };
        let Some(before) = proofs() else { return false };
        // All were still before and none has moved after: whatever they sent, they sent before.
        if !self.network.settle() {
            return false;
        }
        // What is for the world outside is refused here, which somebody may have waited for.
        self.traffic.take(&mut self.network);
        proofs() == Some(before)
    }

    /// Sleeps until a program does something, and at most until `until`.
    fn sleep(&self, until: Instant) {
        let sources = self.lanes.iter().flat_map(Lane::sources);
        let mut sources: Vec<PollFd<'_>> =
            sources.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)).collect();
        let left = Timespec::try_from(until.saturating_duration_since(Instant::now())).ok();
        let _ = poll(&mut sources, left.as_ref());
    }
}

fn joined(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}
