//! What a right receiver does.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::packet::{AHEAD, Body, MOST, Packet};
use super::sender::{Parcel, Sender, Way};
use super::{ADDRESS, ends_in_order, random_file, wrongs};
use crate::check::{Client, End, Failure, Outcome, Program, Sending, Stage, Wrong};

/// How long a receiver stays after the last packet.
const LINGERS: Duration = Duration::from_secs(1);

/// The transfer that the partner begins.
const TRANSFER: u32 = 0x1402_55aa;

/// The receiver, its partners, and the file that it shall receive.
pub(super) struct Scene<'s> {
    stage: &'s Stage,
    pub(super) program: Program<'s>,
    client: Client<'s>,
    stranger: Client<'s>,
    file: Vec<u8>,
    path: PathBuf,
}

/// Starts the program, and has a file of so many bytes for it.
pub(super) fn start(stage: &Stage, length: usize) -> Outcome<Scene<'_>> {
    let path = stage.folder()?.join("received");
    let program = stage.program_with(&[&path])?;
    program.is_bound_to(ADDRESS)?;
    let (client, stranger) = (stage.client()?, stage.client()?);
    let file = random_file(stage, length);
    Ok(Scene { stage, program, client, stranger, file, path })
}

impl Scene<'_> {
    /// A sender of the file.
    pub(super) fn sender(&self, way: Way) -> Sender<'static> {
        Sender::new(TRANSFER, &self.file, way)
    }

    /// Plays the sender, and judges what is wrong with the acknowledgements.
    pub(super) fn play(&self, sender: &mut Sender<'_>) -> Outcome<End> {
        let end = self.client.plays(&self.stranger, sender)?;
        if end == End::Ended {
            self.program.ends_without_a_crash()?;
        }
        let seen = &sender.seen;
        if let Some(bytes) = &seen.unreadable {
            let what = match Packet::read(bytes) {
                Some(Packet { body: Body::Ack(_), .. }) => "one of another transfer".to_owned(),
                Some(_) => "another packet".to_owned(),
                None => format!("one of {} bytes that is none", bytes.len()),
            };
            let wrong = Err(wrongs::format(bytes));
            self.stage.judge("acknowledgements as in the handout", what, wrong)?;
        }
        if seen.numbers.is_empty() {
            // Why nothing comes at all is no matter of this protocol.
            self.client.gets_that("an acknowledgement of the BEGIN", |_| Err(Wrong::unknown()))?;
        }
        Ok(end)
    }

    /// All that was sent has been acknowledged.
    pub(super) fn is_acknowledged(&self, sender: &Sender<'_>, end: End, wrong: Wrong) -> Outcome {
        let (first, count) = (sender.first(), sender.count());
        let expected = format!("acknowledgements of {count} packets, the END among them");
        if sender.is_done() && sender.seen.invented.is_none() {
            return self.stage.judge(expected, "", Ok(()));
        }
        let last = sender.seen.numbers.last().copied().unwrap_or_default();
        let what = match end {
            End::Ended => "and your receiver has ended",
            _ => "however often it is sent",
        };
        let observed = match sender.seen.invented {
            Some(number) => format!("one that says that number {number} has come, which has not"),
            None => format!("number {first} is not acknowledged, {what}; the last one said {last}"),
        };
        self.stage.judge(expected, observed, Err(wrong))
    }

    /// The file is there, and it is the right one.
    fn is_whole(&self, wrong: Wrong) -> Outcome {
        let expected = format!("the file that was sent, of {} bytes", self.file.len());
        let (observed, verdict) = match fs::read(&self.path) {
            Ok(file) if file == self.file => (String::new(), Ok(())),
            Ok(file) => {
                let same = file.iter().zip(&self.file).take_while(|(one, other)| one == other);
                let same = same.count();
                (format!("{} bytes, of which the first {same} are right", file.len()), Err(wrong))
            }
            Err(error) => (format!("no file: {error}"), Err(wrongs::no_file())),
        };
        self.stage.judge(expected, observed, verdict)
    }

    /// Plays the sender: the whole file arrives.
    fn receives_it(&self, mut sender: Sender<'_>, wrong: impl Fn() -> Wrong) -> Outcome {
        let end = self.play(&mut sender)?;
        self.is_acknowledged(&sender, end, wrong())?;
        self.has_written_it(wrong)
    }

    /// The file is whole. Most programs have written it when they have acknowledged all of it, and others
    /// do so when they end.
    fn has_written_it(&self, wrong: impl Fn() -> Wrong) -> Outcome {
        if fs::read(&self.path).is_ok_and(|file| file == self.file) {
            return self.is_whole(wrong());
        }
        // How it ends is no matter of this check.
        match self.program.ends_well() {
            Err(Failure::Unmet(_)) | Ok(()) => self.is_whole(wrong()),
            Err(other) => Err(other),
        }
    }
}

pub(super) fn is_bound(stage: &Stage) -> Outcome {
    start(stage, 0).map(drop)
}

/// One packet at a time, each as soon as the one before is acknowledged.
pub(super) fn receives_a_file(stage: &Stage) -> Outcome {
    let scene = start(stage, 40 * MOST + 500)?;
    let mut sender = scene.sender(Way::Batches(1));
    let end = scene.play(&mut sender)?;
    scene.is_acknowledged(&sender, end, acknowledges_another(&sender))?;
    // A busy machine may let one or the other wait.
    let each = (sender.repeated() < 10).then_some(()).ok_or_else(wrongs::not_each);
    stage.judge("an acknowledgement of each packet", "none of many, until they came again", each)?;
    ends_in_order(stage, scene.program)?;
    scene.is_whole(wrongs::order())
}

/// What is likely wrong when packets that came one by one are not acknowledged.
fn acknowledges_another(sender: &Sender<'_>) -> Wrong {
    let last = sender.seen.numbers.last().copied().unwrap_or_default();
    let first = sender.first() as u32;
    match sender.seen.invented {
        Some(_) => wrongs::ack_wrong(),
        None if last == first && first < sender.count() as u32 => wrongs::ack_wrong(),
        None => Wrong::unknown(),
    }
}

pub(super) fn empty_file(stage: &Stage) -> Outcome {
    let scene = start(stage, 0)?;
    // As long as it takes.
    stage.lets_pass(Duration::from_millis(4500))?;
    let waits = scene.program.exit().is_none();
    let verdict = waits.then_some(()).ok_or_else(|| {
        Wrong::cause(
            "window-gives-up-early",
            "your receiver ends before a transfer has begun",
            "wait for the BEGIN without a limit: the 4 seconds count from the first packet on",
        )
    });
    stage.judge("a receiver that waits for the BEGIN", "its end after some seconds", verdict)?;
    scene.receives_it(scene.sender(Way::Batches(1)), Wrong::unknown)
}

/// Number 5 is lost, and those behind it come.
pub(super) fn says_what_came(stage: &Stage) -> Outcome {
    let scene = start(stage, 30 * MOST)?;
    let is_lost = |it: &Parcel<'_>| it.number == 5 && it.copy <= 2;
    let sender = scene.sender(Way::Batches(8)).stopping_at(25);
    let mut sender = sender.with(|parcel| if is_lost(&parcel) { vec![] } else { whole(&parcel) });
    let end = scene.play(&mut sender)?;
    let invented = sender.seen.invented.is_some();
    let wrong = if invented { wrongs::ack_invented() } else { wrongs::ack_wrong() };
    scene.is_acknowledged(&sender, end, wrong)
}

/// Of eight packets that come, the first is lost. When it comes at last, all eight are acknowledged.
pub(super) fn keeps_what_is_early(stage: &Stage) -> Outcome {
    let scene = start(stage, 40 * MOST)?;
    // The first comes only when it is sent again, and the others come only once.
    let sender = scene.sender(Way::Batches(8)).with(|parcel| {
        let comes = if parcel.number % 8 == 1 { parcel.copy > 1 } else { parcel.copy == 1 };
        if comes { whole(&parcel) } else { Vec::new() }
    });
    let mut sender = sender.for_at_most(Duration::from_secs(3));
    let end = scene.play(&mut sender)?;
    scene.is_acknowledged(&sender, end, wrongs::drops_early())
}

/// Eight at once, the last first, every third twice; and the last again when all eight have come.
pub(super) fn any_order(stage: &Stage) -> Outcome {
    let scene = start(stage, 100 * MOST + 1)?;
    let mut last = Vec::new();
    let sender = scene.sender(Way::Backwards(8)).with(|parcel| {
        let packet = Sending::now(parcel.bytes.to_vec());
        match parcel.number % 8 {
            0 => last = parcel.bytes.to_vec(),
            1 if !last.is_empty() => return vec![packet, Sending::now(last.clone())],
            _ => {}
        }
        vec![packet; if parcel.number % 3 == 0 { 2 } else { 1 }]
    });
    scene.receives_it(sender, wrongs::order)
}

/// The BEGIN comes again where the sender is in the middle: it was held up on its way.
pub(super) fn begins_once(stage: &Stage) -> Outcome {
    let scene = start(stage, 40 * MOST)?;
    let begin = Packet { transfer: TRANSFER, number: 0, body: Body::Begin }.bytes();
    let sender = scene.sender(Way::Batches(4)).with(|parcel| match parcel.number {
        7 | 20 => vec![Sending::now(begin.clone()), Sending::now(parcel.bytes.to_vec())],
        _ => whole(&parcel),
    });
    let mut sender = sender.for_at_most(Duration::from_secs(3));
    let end = scene.play(&mut sender)?;
    let is_anew = |pair: &[u32]| pair[0] > 5 && pair[1] <= 1;
    let goes_on = !sender.seen.numbers.windows(2).any(is_anew);
    let verdict = goes_on.then_some(()).ok_or_else(wrongs::begins_anew);
    stage.judge("acknowledgements that go on where they were", "one that begins anew", verdict)?;
    scene.is_acknowledged(&sender, end, wrongs::begins_anew())?;
    ends_in_order(stage, scene.program)?;
    scene.is_whole(wrongs::begins_anew())
}

/// Before each packet comes one like it that is damaged.
pub(super) fn passes_over_damage(stage: &Stage) -> Outcome {
    let scene = start(stage, 60 * MOST)?;
    let mut rng = fastrand::Rng::with_seed(14);
    let sender = scene.sender(Way::Batches(4)).with(|parcel| {
        let mut bytes = parcel.bytes.to_vec();
        let length = bytes.len();
        match parcel.number % 4 {
            _ if length < MOST => return whole(&parcel),
            // A piece whose bytes are others than those that were summed; its number; its end; its sum.
            0 => bytes[rng.usize(13..length)] ^= 1 << rng.u8(..8),
            1 => bytes[11] ^= 1,
            2 => bytes.truncate(rng.usize(..length)),
            _ => {
                bytes[rng.usize(..4)] ^= 1 << rng.u8(..8);
                bytes[rng.usize(13..length)] ^= 1 << rng.u8(..8);
            }
        }
        vec![Sending::now(bytes), Sending::now(parcel.bytes.to_vec())]
    });
    scene.receives_it(sender, wrongs::sum_unchecked)
}

/// Before each packet comes one like it, with other bytes, which is not of this transfer: it bears
/// another transfer's number, or a stranger has sent it, or it is no packet that can be.
pub(super) fn passes_over_others(stage: &Stage) -> Outcome {
    let scene = start(stage, 60 * MOST)?;
    let sender = scene.sender(Way::Batches(4)).with(|parcel| {
        let number = parcel.number;
        let body = Body::Data(vec![b'x'; 700]);
        let other = |transfer, number, body: &Body| {
            Sending::now(Packet { transfer, number, body: body.clone() }.bytes())
        };
        let before = match number % 6 {
            // What comes in the place of the END would be no harm.
            _ if parcel.bytes.len() < MOST => return whole(&parcel),
            0 => other(TRANSFER + 1, number, &body),
            1 => Sending { by_stranger: true, ..other(TRANSFER, number, &body) },
            2 => other(TRANSFER + 1, 0, &Body::Begin),
            // Nobody can be so far ahead.
            3 => other(TRANSFER, u32::MAX, &body),
            4 => Sending { by_stranger: true, ..other(TRANSFER + 1, 0, &Body::Begin) },
            _ => other(TRANSFER + 1, number, &Body::End),
        };
        vec![before, Sending::now(parcel.bytes.to_vec())]
    });
    scene.receives_it(sender, wrongs::others_unchecked)
}

/// Number 8 is lost, and in its place comes the packet that is 256 ahead of it, with other bytes. All
/// before 8 has come, and 8 has not, in whatever order the program takes what comes.
pub(super) fn not_too_far(stage: &Stage) -> Outcome {
    const MISSING: u32 = 8;
    let scene = start(stage, (MISSING + AHEAD + 10) as usize * MOST)?;
    let body = Body::Data(b"nobody keeps this".to_vec());
    let too_far = Packet { transfer: TRANSFER, number: MISSING + AHEAD, body }.bytes();
    let mut sender = scene.sender(Way::Batches(4)).with(|parcel| match (parcel.number, parcel.copy) {
        (MISSING, 1) => vec![Sending::now(too_far.clone())],
        _ => whole(&parcel),
    });
    let end = scene.play(&mut sender)?;
    let invented = sender.seen.invented.is_some();
    let wrong = if invented { wrongs::keeps_too_far() } else { Wrong::unknown() };
    scene.is_acknowledged(&sender, end, wrong)?;
    scene.has_written_it(wrongs::keeps_too_far)
}

/// The acknowledgement of the END is lost twice: the sender asks again.
pub(super) fn answers_afterwards(stage: &Stage) -> Outcome {
    let scene = start(stage, 5 * MOST)?;
    let mut sender = scene.sender(Way::Batches(1));
    let end = scene.play(&mut sender)?;
    scene.is_acknowledged(&sender, end, Wrong::unknown())?;
    let mut last = sender.seen.times.last().copied();
    for _ in 0..2 {
        // Each that comes again begins its second anew.
        stage.lets_pass(LINGERS * 6 / 10)?;
        if last.is_some_and(|last| since_1970() > last + LINGERS * 8 / 10) {
            // The check was kept from the processor: it may have left by now.
            return Ok(());
        }
        let mut again = scene.sender(Way::Batches(1)).of_the_end_alone();
        let end = scene.client.plays(&scene.stranger, &mut again)?;
        scene.is_acknowledged(&again, end, wrongs::no_linger())?;
        last = again.seen.times.last().copied();
    }
    ends_in_order(stage, scene.program)
}

pub(super) fn survives_noise(stage: &Stage) -> Outcome {
    /// How much a program may grow, in MiB. The noise of the second part has twice as much.
    const MAY_GROW: u64 = 3;
    let scene = start(stage, 20 * MOST)?;
    let mut rng = fastrand::Rng::with_seed(14);
    // Some of it is so much like a packet that only its transfer is not.
    let mut noise = |count: usize| -> Vec<Vec<u8>> {
        let mut one = || {
            let length = rng.usize(..1400);
            let bytes: Vec<u8> = std::iter::repeat_with(|| rng.u8(..)).take(length).collect();
            let (transfer, number) = (rng.u32(..), rng.u32(1..));
            let like = !bytes.is_empty() && bytes.len() <= MOST && rng.bool();
            if like { Packet { transfer, number, body: Body::Data(bytes) }.bytes() } else { bytes }
        };
        (0..count).map(|_| one()).collect()
    };
    scene.client.pours(&noise(1000))?;
    scene.program.levels_off(MAY_GROW, || scene.client.pours(&noise(9000)))?;
    scene.receives_it(scene.sender(Way::Batches(8)), Wrong::unknown)
}

/// The sender falls silent in the middle.
pub(super) fn gives_up(stage: &Stage) -> Outcome {
    let scene = start(stage, 40 * MOST)?;
    let last = is_left_alone(&scene)?;
    ends_for_silence(&scene)?;
    gives_up_in_time(stage, last)?;
    scene.program.ends_with_a_complaint()?;
    let verdict = if scene.path.exists() { Err(wrongs::half_a_file()) } else { Ok(()) };
    stage.judge("no file, since it is not whole", "half of a file", verdict)
}

/// The same, and what is no packet of the transfer comes all the time.
pub(super) fn gives_up_amid_noise(stage: &Stage) -> Outcome {
    let scene = start(stage, 40 * MOST)?;
    is_left_alone(&scene)?;
    let other = Packet { transfer: TRANSFER + 1, number: 21, body: Body::Data(vec![b'x'; 9]) }.bytes();
    for turn in 1..=16 {
        let noise = if turn % 2 == 0 { b"noise, and no packet".to_vec() } else { other.clone() };
        scene.client.sends_in(turn * Duration::from_millis(250), noise);
    }
    ends_for_silence(&scene)
}

/// Half of a file is received; tells when that was acknowledged last.
fn is_left_alone(scene: &Scene<'_>) -> Outcome<Duration> {
    let mut sender = scene.sender(Way::Batches(4)).stopping_at(20);
    let end = scene.play(&mut sender)?;
    scene.is_acknowledged(&sender, end, Wrong::unknown())?;
    Ok(sender.seen.times.last().copied().unwrap_or_default())
}

/// It ends when nothing of its transfer comes any more.
fn ends_for_silence(scene: &Scene<'_>) -> Outcome {
    let mut silence = scene.sender(Way::Batches(1)).stopping_at(0).for_at_most(Duration::from_secs(7));
    let end = scene.client.plays(&scene.stranger, &mut silence)?;
    scene.stage.calls_off();
    let verdict = if end == End::Ended { Ok(()) } else { Err(wrongs::never_gives_up()) };
    scene.stage.judge("its end, 4 seconds after the last packet", "it waits still, after 7", verdict)
}

/// It has just ended: so long after the last that it heard or sent. Its end is seen later than it was.
pub(super) fn gives_up_in_time(stage: &Stage, last: Duration) -> Outcome {
    let verdict = match since_1970() < last + Duration::from_millis(3500) {
        false => Ok(()),
        true => Err(wrongs::gives_up_early("4 seconds")),
    };
    stage.judge("its end, 4 seconds after it heard of its partner", "its end much earlier", verdict)
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// The packet as it is.
pub(super) fn whole(parcel: &Parcel<'_>) -> Vec<Sending> {
    vec![Sending::now(parcel.bytes.to_vec())]
}
