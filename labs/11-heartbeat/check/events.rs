//! The events that a monitor tells, as its lines show them, and a sender that the check plays.

use std::cell::Cell;
use std::fmt;
use std::time::Duration;

use super::{INTERVAL, MONITOR, SLACK, STALL};
use crate::check::{Client, Failure, Line, Outcome, Program, Stage, Wrong};
use crate::evidence::SetupError;

/// What a monitor tells of a sender: a word, the sender's name, and of some events the number of a
/// heartbeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) word: &'static str,
    pub(super) name: String,
    pub(super) number: Option<u32>,
}

pub(super) const ALIVE: &str = "alive";
pub(super) const DEAD: &str = "dead";
pub(super) const MISSING: &str = "missing";
pub(super) const LATE: &str = "late";
pub(super) const RESTARTED: &str = "restarted";

const WORDS: [&str; 5] = [ALIVE, DEAD, MISSING, LATE, RESTARTED];

impl Event {
    /// The event that a line tells of one of these senders: the word, then the name, then the number,
    /// with anything before, between and behind.
    fn in_line(line: &Line, names: &[&str]) -> Option<Event> {
        let words = line.words();
        let mut rest = words.iter();
        let word = rest.find_map(|word| WORDS.into_iter().find(|it| it == word))?;
        let name = rest.find(|word| names.contains(&word.as_str()))?.clone();
        let has_number = word == MISSING || word == LATE;
        let number = has_number.then(|| rest.find_map(|word| word.parse().ok())).flatten();
        Some(Event { word, name, number })
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.word, self.name)?;
        self.number.map_or(Ok(()), |number| write!(f, " {number}"))
    }
}

/// What a monitor is given besides that had to wait for a processor.
pub(super) const MOST: Duration = Duration::from_millis(1500);

/// All that was told of a sender.
#[derive(Clone, Debug)]
pub(super) struct Told {
    names: Vec<String>,
    /// The events, each with the time when it was read.
    pub(super) events: Vec<(Duration, Event)>,
    /// How many lines tell no event of the sender.
    pub(super) others: usize,
    /// True when nothing more can come: the monitor has ended, or nothing will wake it.
    pub(super) is_over: bool,
}

impl Told {
    fn of(lines: &[Line], names: &[&str], is_over: bool) -> Told {
        let own = names.iter().map(|name| (*name).to_owned()).collect();
        let event = |line: &Line| Some((line.at, Event::in_line(line, names)?));
        let events: Vec<_> = lines.iter().filter_map(event).collect();
        let others = lines.len() - events.len();
        Told { names: own, events, others, is_over }
    }

    /// How many lines have this word.
    pub(super) fn count(&self, word: &str) -> usize {
        self.events.iter().filter(|(_, event)| event.word == word).count()
    }

    /// How many lines tell just this.
    pub(super) fn times(&self, wanted: &Event) -> usize {
        self.events.iter().filter(|(_, event)| event == wanted).count()
    }

    /// When something was told for the last time.
    pub(super) fn at(&self, wanted: &Event) -> Option<Duration> {
        self.events.iter().rev().find(|(_, event)| event == wanted).map(|(at, _)| *at)
    }
}

impl fmt::Display for Told {
    /// The last of it, as a report shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 6;
        let more = match (self.events.len(), self.others) {
            (0, 0) => return f.write_str("no line at all"),
            (0, 1) => return f.write_str("one line, without these words"),
            (0, others) => return write!(f, "{others} lines, none with these words"),
            (count, _) => count.saturating_sub(SHOWN),
        };
        let last = self.events[more..].iter().map(|(_, event)| format!("\"{event}\""));
        let last = last.collect::<Vec<_>>().join(", ");
        match more {
            0 => f.write_str(&last),
            more => write!(f, "{more} lines, then {last}"),
        }
    }
}

/// A monitor that is checked, and a peer that sends heartbeats to it.
#[derive(Clone, Copy)]
pub(super) struct Watch<'s> {
    pub(super) stage: &'s Stage,
    pub(super) monitor: Program<'s>,
    pub(super) client: Client<'s>,
    /// Whether a report says who was found dead.
    shows_deaths: bool,
}

impl<'s> Watch<'s> {
    /// The monitor is started, and listens.
    pub(super) fn begin(stage: &'s Stage) -> Outcome<Watch<'s>> {
        let monitor = stage.program()?;
        monitor.is_bound_to(MONITOR)?;
        Ok(Watch { stage, monitor, client: stage.client()?, shows_deaths: false })
    }

    /// The same, where who is found dead, and when, is what the check is about.
    pub(super) fn of_deaths(stage: &'s Stage) -> Outcome<Watch<'s>> {
        Ok(Watch { shows_deaths: true, ..Watch::begin(stage)? })
    }

    /// Judges what was told. That of a monitor that has ended is another matter: it should not have.
    pub(super) fn judge(
        self,
        expected: impl Into<String>,
        told: &Told,
        verdict: Result<(), Wrong>,
    ) -> Outcome {
        if verdict.is_ok() {
            return Ok(());
        }
        self.monitor.keeps_running()?;
        // What was told up to now may be the beginning of something.
        let names: Vec<&str> = told.names.iter().map(String::as_str).collect();
        let mut told = Told::of(&self.monitor.lines(), &names, told.is_over);
        if !self.shows_deaths {
            // That it was found dead meanwhile, and returned, is beside the point.
            told.events.retain(|(_, event)| event.word != DEAD);
            told.events.dedup_by(|later, one| later.1 == one.1 && one.1.word == ALIVE);
        }
        self.stage.judge(expected, told.to_string(), verdict)
    }

    /// A sender that the monitor has not heard of.
    pub(super) fn sender(self, name: &str) -> Sender<'s> {
        Sender { watch: self, name: name.to_owned(), held_up: Cell::default() }
    }

    /// All that was told of these senders, as soon as that is enough, at the latest at this time.
    pub(super) fn told_of(
        self,
        names: &[&str],
        by: Duration,
        is_enough: impl Fn(&Told) -> bool,
    ) -> Outcome<Told> {
        let enough = |lines: &[Line]| is_enough(&Told::of(lines, names, false));
        let lines = self.monitor.lines_until(by, enough)?;
        Ok(Told::of(&lines, names, self.stage.now() < by))
    }
}

/// A sender that the check plays.
pub(super) struct Sender<'s> {
    pub(super) watch: Watch<'s>,
    pub(super) name: String,
    /// How long the check itself has been held up while it sent, at the most.
    held_up: Cell<Duration>,
}

impl Sender<'_> {
    /// Sends these numbers, one right after the other; tells when it began to.
    pub(super) fn beats(&self, numbers: impl IntoIterator<Item = u32>) -> Outcome<Duration> {
        let began = self.watch.stage.now();
        for number in numbers {
            self.watch.client.sends(format!("{} {number}", self.name))?;
        }
        self.held_up.set(self.held_up.get().max(self.watch.stage.now() - began));
        Ok(began)
    }

    /// Will send these numbers, one an interval, the first at once.
    pub(super) fn beats_on(&self, numbers: impl IntoIterator<Item = u32>) {
        for (place, number) in (0..).zip(numbers) {
            self.watch.client.sends_in(INTERVAL * place, format!("{} {number}", self.name));
        }
    }

    /// Notes how late its heartbeats were that should have come one an interval, since the last `count`.
    pub(super) fn notes_pauses(&self, count: usize) {
        let sent = self.watch.client.sent();
        let last = &sent[sent.len().saturating_sub(count)..];
        let pauses = last.windows(2).map(|pair| (pair[1] - pair[0]).saturating_sub(INTERVAL));
        self.held_up.set(pauses.fold(self.held_up.get(), Duration::max));
    }

    /// This event of the sender.
    pub(super) fn event(&self, word: &'static str, number: Option<u32>) -> Event {
        Event { word, name: self.name.clone(), number }
    }

    /// What is told of a number that was skipped.
    pub(super) fn missing(&self, number: u32) -> Event {
        self.event(MISSING, Some(number))
    }

    /// All that is told of it until this time, or until it is enough.
    pub(super) fn told(&self, by: Duration, is_enough: impl Fn(&Told) -> bool) -> Outcome<Told> {
        self.watch.told_of(&[&self.name], by, is_enough)
    }

    /// The same. A monitor that had to wait for a processor is given that time besides.
    fn told_in_time(&self, by: Duration, is_enough: impl Fn(&Told) -> bool) -> Outcome<Told> {
        let monitor = self.watch.monitor;
        let before = monitor.has_waited();
        let told = self.told(by, &is_enough)?;
        let waited = monitor.has_waited().saturating_sub(before);
        if is_enough(&told) || told.is_over || waited < STALL {
            return Ok(told);
        }
        self.told(by + MOST, is_enough)
    }

    /// This is told of it: at the latest so long after `since`, with what a busy machine may add.
    pub(super) fn is_told(
        &self,
        event: &Event,
        since: Duration,
        after: Duration,
        wrong: impl FnOnce(&Told) -> Wrong,
    ) -> Outcome<Duration> {
        self.is_told_again(1, event, since, after, wrong)
    }

    /// The same, for the so-manieth time.
    pub(super) fn is_told_again(
        &self,
        times: usize,
        event: &Event,
        since: Duration,
        after: Duration,
        wrong: impl FnOnce(&Told) -> Wrong,
    ) -> Outcome<Duration> {
        let told = self.told_in_time(since + after + SLACK, |told| told.times(event) >= times)?;
        let at = told.at(event).filter(|_| told.times(event) >= times);
        let again = if times > 1 { " once more" } else { "" };
        let expected = match after.as_millis() {
            0 => format!("a line with \"{event}\"{again}, at once"),
            ms => format!("a line with \"{event}\"{again}, {ms} ms later"),
        };
        let verdict = at.map(drop).ok_or_else(|| wrong(&told));
        self.watch.judge(expected, &told, verdict)?;
        Ok(at.unwrap_or_default())
    }
}

/// As many names of senders, each another one.
pub(super) fn names(stage: &Stage, count: usize) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    while names.len() < count {
        let message = stage.message();
        let name = message.split(' ').nth(1).unwrap_or("pump").to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Judges what a stall of the machine would change. An attempt in which the check itself was held up while
/// it sent proves nothing. A failure counts only when it comes again, with another sender: twice, or four
/// times where the monitor had to wait for a processor.
pub(super) fn undisturbed(stage: &Stage, attempt: impl Fn(&Sender<'_>) -> Outcome) -> Outcome {
    let watch = Watch::begin(stage)?;
    let mut counted = 0;
    for name in names(stage, 12) {
        let before = watch.monitor.has_waited();
        let sender = watch.sender(&name);
        let outcome = attempt(&sender);
        if !matches!(outcome, Err(Failure::Unmet(_))) {
            return outcome;
        }
        let waited = watch.monitor.has_waited().saturating_sub(before);
        counted += match (sender.held_up.get() < STALL, waited < STALL) {
            (true, true) => 2,
            (true, false) => 1,
            (false, _) => 0,
        };
        if counted >= 4 {
            return outcome;
        }
    }
    let why = "the machine held socklab up each time that it was tried";
    let next = "run it again when the machine has less to do";
    Err(Failure::Setup(SetupError::new("the times of the heartbeats cannot be judged", why, next)))
}

