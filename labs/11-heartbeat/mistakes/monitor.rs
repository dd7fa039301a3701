//! The monitor of which all wrong ones are made: right by the rules that are called so.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, ErrorKind};
use std::net::UdpSocket;
use std::time::{Duration, Instant};

/// What a monitor does.
#[derive(Clone, Copy)]
pub struct Rules {
    pub tells: fn(&str),
    pub reads: fn(&[u8]) -> Option<(String, u32)>,
    pub waits_for_ever: bool,
    /// Whoever is heard, all are alive.
    pub one_clock: bool,
    pub notes_others: bool,
    pub most_senders: usize,
    pub alive_each_time: bool,
    pub silence_ms: u64,
    pub dead_again: bool,
    pub dies_once: bool,
    pub stays_dead: bool,
    pub forgets_the_dead: bool,
    pub hears_first_only: bool,
    pub expects_one: bool,
    /// The numbers that are missed between the highest and a new one.
    pub skipped: fn(u32, u32) -> Vec<u32>,
    pub no_gap_after_death: bool,
    pub patience_ms: u64,
    pub gaps_on_arrival: bool,
    pub missing_again: bool,
    pub keeps_open: bool,
    pub tells_late: bool,
    pub late_again: bool,
    /// A number that was reported is late as long as it is at most so far below the highest.
    pub late_within: u32,
    pub newest_again_is_late: bool,
    pub shares_numbers: bool,
    pub above: u32,
    /// A number less than so far below the highest is a duplicate.
    pub below: u32,
    pub dead_may_repeat: bool,
    pub restarts_by_halves: bool,
    pub restart_is_enough: bool,
    /// Whatever comes from a sender shows that it is alive.
    pub old_is_life: bool,
    pub keeps_gaps: bool,
    /// Numbers are subtracted in 32 bits.
    pub wraps: bool,
    /// A skipped number is awaited since the heartbeat before it.
    pub awaits_since_last: bool,
}

pub const RIGHT: Rules = Rules {
    tells: |line| println!("{line}"),
    reads: read,
    waits_for_ever: false,
    one_clock: false,
    notes_others: false,
    most_senders: 100,
    alive_each_time: false,
    silence_ms: 300,
    dead_again: false,
    dies_once: false,
    stays_dead: false,
    forgets_the_dead: false,
    hears_first_only: false,
    expects_one: false,
    skipped: |highest, number| (highest + 1..number).collect(),
    no_gap_after_death: false,
    patience_ms: 200,
    gaps_on_arrival: false,
    missing_again: false,
    keeps_open: true,
    tells_late: true,
    late_again: false,
    late_within: 100,
    newest_again_is_late: false,
    shares_numbers: false,
    above: 100,
    below: 11,
    dead_may_repeat: false,
    restarts_by_halves: false,
    restart_is_enough: false,
    old_is_life: false,
    keeps_gaps: false,
    wraps: false,
    awaits_since_last: false,
};

/// The name and the number in a heartbeat.
pub fn read(datagram: &[u8]) -> Option<(String, u32)> {
    let (name, number) = std::str::from_utf8(datagram).ok()?.split_once(' ')?;
    let is_name = (1..=16).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric());
    let is_number = number.len() <= 10 && number.bytes().all(|b| b.is_ascii_digit());
    let number = number.parse().ok().filter(|&number| number > 0)?;
    (is_name && is_number).then(|| (name.to_owned(), number))
}

pub fn monitor(rules: Rules) -> io::Result<()> {
    watch(&UdpSocket::bind("127.0.0.1:12011")?, rules)
}

pub fn watch(socket: &UdpSocket, rules: Rules) -> io::Result<()> {
    (rules.tells)("The monitor is listening");
    let mut senders: HashMap<String, Sender> = HashMap::new();
    let (mut shared, mut others, mut noted) = (0, 0, [0; 200]);
    let mut buffer = [0; 2000];
    loop {
        let dues = senders.values().filter_map(|sender| sender.due(&rules));
        let due = dues.min().filter(|_| !rules.waits_for_ever);
        let limit = due.map(|due| due.saturating_duration_since(Instant::now()));
        socket.set_read_timeout(limit.map(|limit| limit.max(Duration::from_millis(1))))?;
        let length = match socket.recv_from(&mut buffer) {
            Ok((length, _)) => Some(length),
            Err(error) if error.kind() == ErrorKind::WouldBlock => None,
            Err(error) => return Err(error),
        };
        let now = Instant::now();
        if length.is_some() && rules.one_clock {
            senders.values_mut().for_each(|sender| sender.heard = now);
        }
        let heartbeat = length.and_then(|length| (rules.reads)(&buffer[..length]));
        if rules.notes_others && length.is_some() && heartbeat.is_none() {
            noted[others] = length.unwrap_or(0);
            others += 1;
        }
        if let Some((name, number)) = heartbeat {
            if let Some(sender) = senders.get_mut(&name) {
                sender.highest = if rules.shares_numbers { shared } else { sender.highest };
                sender.hear(&name, number, now, &rules);
                shared = sender.highest;
            } else if senders.len() < rules.most_senders {
                (rules.tells)(&format!("alive {name}"));
                if rules.expects_one {
                    (1..number).for_each(|it| (rules.tells)(&format!("missing {name} {it}")));
                }
                let (dead, died, open) = (false, false, BTreeMap::new());
                senders.insert(name, Sender { highest: number, heard: now, dead, died, open });
                shared = number;
            }
        }
        for (name, sender) in &mut senders {
            if length.is_some() || !rules.gaps_on_arrival {
                sender.look_for_gaps(name, now, &rules);
            }
            sender.look_for_silence(name, now, &rules);
        }
        if rules.forgets_the_dead {
            senders.retain(|_, sender| !sender.dead);
        }
    }
}

/// What is known of one sender.
struct Sender {
    highest: u32,
    heard: Instant,
    dead: bool,
    died: bool,
    /// The numbers that have not come: since when each is awaited, and how often it was reported.
    open: BTreeMap<u32, (Instant, u8)>,
}

impl Sender {
    fn hear(&mut self, name: &str, number: u32, now: Instant, rules: &Rules) {
        let tell = |word: &str| (rules.tells)(&format!("{word} {name}"));
        if rules.alive_each_time {
            tell("alive");
        }
        if rules.stays_dead && self.dead {
            return;
        }
        if rules.old_is_life && number <= self.highest {
            self.heard = now;
        }
        let oldest = self.highest.saturating_sub(rules.late_within);
        self.open.retain(|it, (_, told)| *told == 0 || *it >= oldest);
        if let Some(&(_, told)) = self.open.get(&number).filter(|_| rules.keeps_open) {
            let reported = told > 0;
            if reported && rules.tells_late {
                (rules.tells)(&format!("late {name} {number}"));
            }
            if !(reported && rules.late_again) {
                self.open.remove(&number);
            }
            return;
        }
        if rules.newest_again_is_late && number == self.highest {
            return (rules.tells)(&format!("late {name} {number}"));
        }
        let is_above = number > self.highest || rules.wraps;
        if is_above && number != self.highest && number.wrapping_sub(self.highest) <= rules.above {
            if !(self.dead && rules.no_gap_after_death) {
                let skipped = (rules.skipped)(self.highest, number);
                let since = if rules.awaits_since_last { self.heard } else { now };
                self.open.extend(skipped.into_iter().map(|it| (it, (since, 0))));
            }
        } else {
            let is_near = number <= self.highest && self.highest - number < rules.below;
            if is_near && (!self.dead || rules.dead_may_repeat) {
                return;
            }
            tell("restarted");
            if !rules.keeps_gaps {
                self.open.clear();
            }
        }
        if self.dead && !(rules.restart_is_enough && number <= self.highest) {
            tell("alive");
        }
        if !(rules.restarts_by_halves && number < self.highest) {
            self.highest = number;
        }
        if !rules.hears_first_only || self.dead {
            self.heard = now;
        }
        self.dead = false;
    }

    /// When the clock will have something to tell.
    fn due(&self, rules: &Rules) -> Option<Instant> {
        let after = |since: Instant, ms| since + Duration::from_millis(ms);
        let most = if rules.missing_again { 2 } else { 1 };
        let gaps = self.open.values().filter(|(_, told)| *told < most && !rules.gaps_on_arrival);
        let gaps = gaps.map(|(since, _)| after(*since, rules.patience_ms));
        let silence = (!self.dead || rules.dead_again).then(|| after(self.heard, rules.silence_ms));
        gaps.chain(silence).min()
    }

    fn look_for_gaps(&mut self, name: &str, now: Instant, rules: &Rules) {
        let most = if rules.missing_again { 2 } else { 1 };
        for (number, (since, told)) in &mut self.open {
            if *told < most && now >= *since + Duration::from_millis(rules.patience_ms) {
                (rules.tells)(&format!("missing {name} {number}"));
                (*since, *told) = (now, *told + 1);
            }
        }
    }

    fn look_for_silence(&mut self, name: &str, now: Instant, rules: &Rules) {
        let is_due = now >= self.heard + Duration::from_millis(rules.silence_ms);
        if !is_due || self.dead && !rules.dead_again {
            return;
        }
        if !(self.died && rules.dies_once) {
            (rules.tells)(&format!("dead {name}"));
        }
        (self.dead, self.died) = (true, true);
        if rules.dead_again {
            self.heard = now;
        }
    }
}
