//! What a right sender does.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::packet::{AHEAD, Body, Here, MOST, Packet, WINDOW, crc32};
use super::of_server::gives_up_in_time;
use super::receiver::{Arrival, Fate, Receiver, Seen};
use super::{ADDRESS, ends_in_order, random_file, wrongs};
use crate::check::{End, Outcome, Program, Sending, Server, Stage, Wrong};
use crate::evidence::SetupError;

/// How long nothing may move before an exchange is given up.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

/// The sender, its partners and its file.
pub(super) struct Scene<'s> {
    stage: &'s Stage,
    pub(super) program: Program<'s>,
    server: Server<'s>,
    stranger: Server<'s>,
    file: Vec<u8>,
    path: PathBuf,
}

/// Starts the program with a file of so many bytes.
pub(super) fn start(stage: &Stage, length: usize) -> Outcome<Scene<'_>> {
    let (server, stranger) = (stage.server_at(ADDRESS)?, stage.stranger()?);
    let file = random_file(stage, length);
    let path = stage.folder()?.join("file");
    fs::write(&path, &file)
        .map_err(|error| SetupError::new("a file cannot be written", error, "make room for it"))?;
    let program = stage.program_with(&[path.as_os_str(), OsStr::new(ADDRESS)])?;
    Ok(Scene { stage, program, server, stranger, file, path })
}

impl<'s> Scene<'s> {
    /// The program is started once more, with the same file.
    fn again(self) -> Outcome<Scene<'s>> {
        let program = self.stage.program_with(&[self.path.as_os_str(), OsStr::new(ADDRESS)])?;
        Ok(Scene { program, ..self })
    }
}

impl Scene<'_> {
    /// Plays the receiver, and judges what is wrong with the packets themselves.
    pub(super) fn play(&self, receiver: &mut Receiver<'_>) -> Outcome<End> {
        let end = self.server.plays(&self.stranger, receiver)?;
        if end == End::Ended {
            self.program.ends_without_a_crash()?;
        }
        let seen = &receiver.seen;
        if let Some(bytes) = &seen.unreadable {
            let observed = format!("one of {} bytes that is none", bytes.len());
            self.stage.judge("packets as in the handout", observed, Err(wrongs::format(bytes)))?;
        }
        if seen.times.is_empty() && end != End::Over {
            // Why nothing comes at all is no matter of this protocol.
            self.server.gets_any()?;
        }
        let swapped = seen.times.keys().find(|number| number.swap_bytes() < **number);
        if let Some(number) = swapped.filter(|number| **number > u32::from(u16::MAX)) {
            let observed = format!("a packet with the number {number}");
            self.stage.judge("numbers that count up from 0", observed, Err(wrongs::byte_order()))?;
        }
        if let Some(number) = seen.changed {
            let observed = format!("number {number} came again, and was another packet");
            let wrong = Err(Wrong::unknown());
            self.stage.judge("the same packet whenever it is sent again", observed, wrong)?;
        }
        Ok(end)
    }

    /// The whole file has come.
    pub(super) fn arrives(&self, receiver: &Receiver<'_>, end: End, wrong: Wrong) -> Outcome {
        let count = self.file.len().div_ceil(MOST) + 2;
        let expected = format!("{} bytes in {count} packets, the END among them", self.file.len());
        let seen = &receiver.seen;
        let (observed, verdict) = match seen.file() {
            Some(file) if file == self.file => (String::new(), Ok(())),
            Some(file) => {
                (format!("a file of {} bytes that is another", file.len()), Err(Wrong::unknown()))
            }
            None => {
                let what = match end {
                    End::Ended => "then your sender ended",
                    End::TooMany => "and many thousands of times the same",
                    _ => "then nothing that was missing",
                };
                (format!("{} packets, {what}; number {} is missing", seen.bodies.len(), seen.first), Err(wrong))
            }
        };
        self.stage.judge(expected, observed, verdict)
    }

    /// Plays this script: the whole file arrives, and the program ends well.
    fn sends_it(
        &self,
        wrong: impl Fn(&Scene<'_>, End) -> Wrong,
        script: impl FnMut(Arrival, &Seen) -> Fate,
    ) -> Outcome<Seen> {
        let mut receiver = Receiver::new(script).for_at_most(PATIENCE);
        let end = self.play(&mut receiver)?;
        self.arrives(&receiver, end, wrong(self, end))?;
        ends_in_order(self.stage, self.program)?;
        Ok(receiver.seen)
    }
}

/// What is likely wrong when what was lost does not come.
fn lost(scene: &Scene<'_>, end: End) -> Wrong {
    // Who has given up says so with its status.
    let thinks_so = end == End::Ended && scene.program.ends_well().is_ok();
    if thinks_so { wrongs::left_too_early() } else { wrongs::not_repeated() }
}

pub(super) fn sends_a_file(stage: &Stage) -> Outcome {
    let scene = start(stage, 40 * MOST + 500)?;
    scene.sends_it(|_, _| Wrong::unknown(), |_, _| Fate::default()).map(drop)
}

pub(super) fn empty_file(stage: &Stage) -> Outcome {
    let scene = start(stage, 0)?;
    let sends = |scene: &Scene<'_>| scene.sends_it(|_, _| Wrong::unknown(), |_, _| Fate::default());
    let first = sends(&scene)?.transfer;
    let second = sends(&scene.again()?)?.transfer;
    let verdict = if first == second { Err(wrongs::transfer_fixed()) } else { Ok(()) };
    stage.judge("another number of the transfer in each run", "the same in both", verdict)
}

pub(super) fn sends_again(stage: &Stage) -> Outcome {
    let scene = start(stage, 40 * MOST)?;
    let is_lost = |it: Arrival| it.copy == 1 && [5, 6, 20].contains(&it.number);
    scene.sends_it(lost, |arrival, _| Fate::lost_if(is_lost(arrival))).map(drop)
}

pub(super) fn begin_and_end(stage: &Stage) -> Outcome {
    let scene = start(stage, 20 * MOST)?;
    let script = |it: Arrival, _: &Seen| match (it.number, it.copy) {
        (0 | 18..=21, 1) | (21, 2) => Fate::lost(),
        // The END has come, and its acknowledgement is lost.
        (21, 3) => Fate::silent(),
        _ => Fate::default(),
    };
    let seen = scene.sends_it(lost, script)?;
    let begun = seen.taken.get(&0).copied().unwrap_or_default();
    let alone = seen.times.iter().all(|(number, times)| *number == 0 || times[0] >= begun);
    let verdict = alone.then_some(()).ok_or_else(wrongs::begin_alone);
    stage.judge("nothing before the BEGIN has come", "pieces of the file before that", verdict)
}

/// Nothing is acknowledged until a packet comes a second time: by then the sender has sent all that
/// it will. Then some are acknowledged out of order.
pub(super) fn window(stage: &Stage) -> Outcome {
    let scene = start(stage, 150 * MOST)?;
    let mut is_held = true;
    let script = |it: Arrival, seen: &Seen| {
        // A sender that was held up while it filled its window has a second chance, and a third.
        let is_full = seen.under_way.len() >= WINDOW;
        is_held &= !(it.copy >= 2 && is_full || it.copy >= 4);
        if it.number == 0 {
            return Fate::default();
        }
        // Those that are lost are under way as well, as long as nobody has acknowledged them.
        let is_lost = it.copy == 1 && it.number % 10 == 1;
        Fate { lost: is_held && is_lost, silent: is_held, ..Fate::default() }
    };
    let mut receiver = Receiver::new(script).for_at_most(PATIENCE);
    let end = scene.play(&mut receiver)?;
    let most = receiver.seen.most_under_way;
    let verdict = if most > WINDOW { Err(wrongs::overrun()) } else { Ok(()) };
    stage.judge("at most 64 packets under way", format!("{most} under way"), verdict)?;
    let verdict = if most < WINDOW { Err(wrongs::stop_and_wait(most)) } else { Ok(()) };
    stage.judge("64 packets under way, when nothing is acknowledged", format!("{most}"), verdict)?;
    scene.arrives(&receiver, end, lost(&scene, end))?;
    ends_in_order(stage, scene.program)
}

/// Number 3 is lost until nothing new comes any more. The others are acknowledged when the window is full.
pub(super) fn not_too_far(stage: &Stage) -> Outcome {
    let scene = start(stage, 320 * MOST)?;
    let (mut highest, mut in_vain) = (0, 0);
    let script = |it: Arrival, seen: &Seen| {
        in_vain = if it.number > highest { 0 } else { in_vain + usize::from(it.number == 3) };
        highest = highest.max(it.number);
        let lost = it.number == 3 && in_vain < 3;
        let silent = lost || seen.first == 3 && it.number != 3 && seen.under_way.len() < WINDOW;
        Fate { lost, silent, ..Fate::default() }
    };
    let mut receiver = Receiver::new(script).for_at_most(2 * PATIENCE);
    let end = scene.play(&mut receiver)?;
    let ahead = receiver.seen.most_ahead;
    let verdict = if ahead < AHEAD { Ok(()) } else { Err(wrongs::too_far()) };
    let expected = "no packet more than 255 ahead of the first that is missing";
    stage.judge(expected, format!("one that is {ahead} ahead"), verdict)?;
    scene.arrives(&receiver, end, lost(&scene, end))
}

/// Number 10 is lost until the sender is a hundred ahead of it: the bits say that all those have come.
/// That it knows a packet to have come is certain where it has sent another in its place.
pub(super) fn only_what_is_missing(stage: &Stage) -> Outcome {
    /// A program with two threads may send a packet just when the other hears that it has come.
    const BY_CHANCE: usize = 10;
    let scene = start(stage, 400 * MOST)?;
    let mut highest = 0;
    let script = |it: Arrival, _: &Seen| {
        let goes_on = highest >= 110 || it.copy >= 5;
        highest = if it.number == 10 && goes_on { highest } else { highest.max(it.number) };
        Fate::lost_if(it.number == 10 && !goes_on || it.number % 70 == 12 && it.copy == 1)
    };
    let mut receiver = Receiver::new(script).for_at_most(PATIENCE);
    let end = scene.play(&mut receiver)?;
    scene.arrives(&receiver, end, lost(&scene, end))?;
    let seen = &receiver.seen;
    let expected = "nothing again that has come, and what is new meanwhile";
    let at_ten = seen.taken.get(&10).copied().unwrap_or_default();
    let new = seen.times.iter().filter(|(_, times)| times[0] < at_ten).map(|(number, _)| *number).max();
    let ahead = new.unwrap_or_default();
    let (observed, verdict) = match seen.needless {
        0..=BY_CHANCE if ahead >= 110 => (String::new(), Ok(())),
        0..=BY_CHANCE => {
            let again = seen.repeats(|number| (11..=ahead).contains(&number));
            let what = format!("while number 10 was missing, nothing new after number {ahead}");
            let again = if again > 0 { "those behind it again" } else { "nothing else" };
            (format!("{what}, and {again}"), Err(wrongs::go_back_n()))
        }
        more => (format!("{more} packets again that had come"), Err(wrongs::go_back_n())),
    };
    stage.judge(expected, observed, verdict)
}

/// The first BEGIN is lost. After many quick round trips nothing is heard any more, until one packet has come
/// four times.
pub(super) fn time_out(stage: &Stage) -> Outcome {
    const OLDEST: u32 = 200;
    let scene = start(stage, 215 * MOST)?;
    let mut is_silent = false;
    let script = |it: Arrival, _: &Seen| {
        is_silent = (is_silent || it.number == OLDEST) && !(it.number == OLDEST && it.copy >= 4);
        Fate::lost_if(is_silent && it.number >= OLDEST || it.number == 0 && it.copy == 1)
    };
    let mut receiver = Receiver::new(script).for_at_most(2 * PATIENCE);
    let end = scene.play(&mut receiver)?;
    scene.arrives(&receiver, end, lost(&scene, end))?;
    let waits_of = |number: u32| -> Vec<u128> {
        let times = receiver.seen.times.get(&number).map_or(&[][..], Vec::as_slice);
        times.windows(2).map(|pair| (pair[1] - pair[0]).as_millis()).collect()
    };
    // A busy machine makes no wait shorter.
    let is_short = waits_of(0).first().is_some_and(|wait| *wait < 800);
    let verdict = if is_short { Err(wrongs::first_time_out()) } else { Ok(()) };
    stage.judge("the BEGIN again after 1 s, since no round trip is known", "much earlier", verdict)?;
    let waits = waits_of(OLDEST);
    let [first, _, third, ..] = waits[..] else { return Ok(()) };
    let verdict = match first {
        0..150 => Err(wrongs::time_out_too_short()),
        150..950 => Ok(()),
        _ => Err(wrongs::time_out_fixed()),
    };
    let expected = "a lost packet again after some 200 ms, where a round trip takes less than that";
    // In words: a figure would be another one each time.
    let observed = if first < 150 { "again after less than 150 ms" } else { "again after a second" };
    stage.judge(expected, observed, verdict)?;
    // A wait of 200 ms at the least is 800 ms after two doublings, and a busy machine makes it longer.
    let is_longer = third >= 600;
    let verdict = if is_longer { Ok(()) } else { Err(wrongs::no_backoff()) };
    let observed = "the third wait is hardly longer than the first";
    stage.judge("a longer wait each time that it is lost again", observed, verdict)
}

/// Round trips take 250 ms, and then 750.
pub(super) fn delay_triples(stage: &Stage) -> Outcome {
    const SLOW_FROM: u32 = 64;
    const CALM_FROM: u32 = 256;
    let scene = start(stage, 384 * MOST)?;
    let script = |it: Arrival, _: &Seen| {
        let ms = if it.number < SLOW_FROM { 250 } else { 750 };
        Fate { after: Duration::from_millis(ms), ..Fate::default() }
    };
    let seen = scene.sends_it(lost, script)?;
    let again = seen.repeats(|number| number >= CALM_FROM);
    let verdict = if again < 100 { Ok(()) } else { Err(wrongs::storm()) };
    let expected = "hardly a packet again, three windows after the delay has tripled";
    stage.judge(expected, "most of the last 130 packets again", verdict)
}

/// Three packets are lost, each until the sender has sent one for which it had no room before it read
/// what came after the loss. A sender that waits for each sends them four times.
fn is_withheld(it: Arrival, seen: &Seen) -> bool {
    let highest = seen.times.keys().next_back().copied().unwrap_or_default();
    [5, 33, 61].contains(&it.number) && highest < it.number + 72 && it.copy <= 3
}

/// An acknowledgement that is not true: it claims that all has come that was sent so far.
fn claim(seen: &Seen, transfer: u32) -> Vec<u8> {
    let highest = seen.times.keys().next_back().map_or(0, |number| number + 1);
    Packet { transfer, number: highest, body: Body::Ack(Here::default()) }.bytes()
}

/// A packet that something is done to, with the sum of what it is then.
fn summed(mut bytes: Vec<u8>, change: impl FnOnce(&mut Vec<u8>)) -> Sending {
    change(&mut bytes);
    let sum = crc32(&bytes[4..]).to_be_bytes();
    bytes[..4].copy_from_slice(&sum);
    Sending::now(bytes)
}

pub(super) fn damaged_answers(stage: &Stage) -> Outcome {
    /// How much noise comes with each acknowledgement: all that a window of 64 packets brings fits into a
    /// socket's queue, in which a short datagram takes 768 bytes and one of 1400 takes 2304.
    const NOISE: usize = 1;
    let scene = start(stage, 160 * MOST)?;
    let mut rng = fastrand::Rng::with_seed(14);
    let script = |it: Arrival, seen: &Seen| {
        let claim = claim(seen, seen.transfer.unwrap_or_default());
        let bytes = match it.place % 8 {
            // One bit of the checksum, or of what it is the sum of.
            0..=3 => {
                let mut bytes = claim;
                let byte = if it.place.is_multiple_of(2) { rng.usize(..4) } else { rng.usize(13..45) };
                bytes[byte] ^= 1 << rng.u8(..8);
                bytes
            }
            4 => claim[..44].to_vec(),
            5 => Vec::new(),
            6 => claim[..rng.usize(1..13)].to_vec(),
            _ => std::iter::repeat_with(|| rng.u8(..)).take(1400).collect(),
        };
        let mut noise = || {
            let length = rng.usize(..64);
            Sending::now(std::iter::repeat_with(|| rng.u8(..)).take(length).collect())
        };
        let besides = (0..NOISE).map(|_| noise()).chain([Sending::now(bytes)]).collect();
        Fate { besides, ..Fate::lost_if(is_withheld(it, seen)) }
    };
    scene.sends_it(|_, _| wrongs::sum_unchecked(), script).map(drop)
}

pub(super) fn foreign_answers(stage: &Stage) -> Outcome {
    let scene = start(stage, 160 * MOST)?;
    let script = |it: Arrival, seen: &Seen| {
        let transfer = seen.transfer.unwrap_or_default();
        let besides = match it.place % 5 {
            0 => Sending::now(claim(seen, transfer.wrapping_add(1))),
            1 => Sending { by_stranger: true, ..Sending::now(claim(seen, transfer)) },
            2 => {
                let body = Body::Ack(Here::default());
                Sending::now(Packet { transfer, number: 1 << 30, body }.bytes())
            }
            // Its sum is right, and it is no acknowledgement all the same.
            3 => summed(claim(seen, transfer), |bytes| bytes[12] = 1),
            _ => summed(claim(seen, transfer), |bytes| bytes.truncate(44)),
        };
        Fate { besides: vec![besides], ..Fate::lost_if(is_withheld(it, seen)) }
    };
    scene.sends_it(|_, _| wrongs::others_unchecked(), script).map(drop)
}

/// What becomes of a packet depends on its number and on how many times it has come, and on nothing
/// else: it is the same in every run.
pub(super) fn fate_of(it: Arrival) -> fastrand::Rng {
    let name = [u64::from(it.number), it.copy as u64].map(u64::to_be_bytes).concat();
    let mut rng = fastrand::Rng::with_seed(crc32(&name).into());
    // Seeds that are alike have first numbers that are alike.
    rng.u64(..);
    rng
}

/// How many of a hundred packets are lost, in each quarter of a file.
pub(super) const LOSSES: [u32; 4] = [0, 1, 5, 10];

/// One packet is lost four times, whatever happens to the others.
pub(super) fn any_loss(stage: &Stage) -> Outcome {
    const QUARTER: u32 = 100;
    let scene = start(stage, 4 * QUARTER as usize * MOST)?;
    let script = |it: Arrival, seen: &Seen| {
        let mut rng = fate_of(it);
        let loss = LOSSES[(it.number.saturating_sub(1) / QUARTER).min(3) as usize];
        let mut happens = |chance: u32| rng.u32(..100) < chance;
        let is_lost = happens(loss) || it.number == 333 && it.copy <= 4;
        let mut damaged = claim(seen, seen.transfer.unwrap_or_default());
        damaged[9] ^= 4;
        let besides = if happens(5) { vec![Sending::now(damaged)] } else { Vec::new() };
        let after = Duration::from_millis(if happens(10) { 4 } else { 0 });
        Fate { lost: is_lost, silent: is_lost || happens(loss), after, twice: happens(5), besides, over: false }
    };
    let mut receiver = Receiver::new(script).for_at_most(2 * PATIENCE);
    let end = scene.play(&mut receiver)?;
    scene.arrives(&receiver, end, lost(&scene, end))?;
    ends_in_order(stage, scene.program)
}

/// Ten packets are acknowledged, and then nothing comes but noise.
pub(super) fn gives_up(stage: &Stage) -> Outcome {
    let scene = start(stage, 100 * MOST)?;
    let script = |it: Arrival, _: &Seen| {
        let noise = vec![Sending::now(b"noise, and no packet".to_vec())];
        if it.number < 10 { Fate::default() } else { Fate { besides: noise, ..Fate::lost() } }
    };
    let mut receiver = Receiver::new(script).for_at_most(Duration::from_secs(7));
    let end = scene.play(&mut receiver)?;
    let verdict = if end == End::Over { Err(wrongs::never_gives_up()) } else { Ok(()) };
    stage.judge("its end, 4 seconds after the last answer", "it goes on after 7", verdict)?;
    let answered = receiver.seen.times.iter().filter(|(number, _)| **number < 10).map(|(_, times)| times[0]);
    gives_up_in_time(stage, answered.max().unwrap_or_default())?;
    let is_content = scene.program.ends_well().is_ok();
    let verdict = if is_content { Err(wrongs::status_of_failure()) } else { Ok(()) };
    stage.judge("an error, since nothing but noise has come", "its end with status 0", verdict)?;
    scene.program.ends_with_a_complaint()
}
