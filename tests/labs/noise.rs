//! What nobody should send: every solution of a server gets ten thousand datagrams of noise, half of
//! them what its partners really send, with bytes changed, cut off or repeated. It is there
//! afterwards, and has not grown. A client that ends with one answer, and a server that ends with one
//! datagram, get noise in many runs instead.
//!
//! The seed is fixed: what is found once is found again.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use fastrand::Rng;
use libtest_mimic::{Failed, Trial};
use socklab::check::{Failure, Outcome, Scene, Stage};
use socklab::course::{Lab, Part};
use socklab::evidence::{LabResult, Method, Role, What};
use socklab::network::{Choice, Layout, Network};

use super::corpus;

/// How many datagrams a server gets before its memory is looked at: what it needs for its work it has
/// taken then. Afterwards it gets as many again, twice more if it has grown.
const MANY: usize = 5000;

/// By how much it may have grown afterwards, in MiB: threads that come and go leave some behind.
const GROWTH: u64 = 2;

/// How often a program is run that ends with one datagram.
const RUNS: usize = 40;

/// A test of a solution to which somebody sends something. Clients that wait for a clock are not among
/// these: the checks of their labs send them noise.
pub fn trial(lab: &'static Lab, part: &'static Part, solution: PathBuf) -> Option<Trial> {
    let waits = part.role == Role::Client && corpus::is_idle(lab);
    if lab.plan.address.is_none() || part.role == Role::Program || waits {
        return None;
    }
    let name = format!("{}::noise", part.executable);
    Some(super::trial(lab, name, move || Ground::of(lab, part, solution.clone())?.stands_noise()))
}

/// A solution, and what is known of it.
struct Ground {
    lab: &'static Lab,
    role: Role,
    command: Vec<OsString>,
    /// Whether a person types something before it speaks.
    is_told: bool,
    noise: Noise,
    /// Where files are that it is given.
    _folder: tempfile::TempDir,
}

impl Ground {
    /// Sees in the lab's own checks how the program is started, and what its partners send.
    fn of(lab: &'static Lab, part: &Part, solution: PathBuf) -> Result<Ground, Failed> {
        let command = vec![OsString::from(solution)];
        let shown = [part.executable.clone()];
        let result = super::run(lab, Choice::Auto, &shown, part.role, command.clone())?;
        let folder = tempfile::tempdir()?;
        let all = || result.checks.iter().flat_map(|check| check.evidence.all());
        let sent = |what: &What| match what {
            What::Sent { payload, .. } => Some(payload.bytes().to_vec()),
            _ => None,
        };
        Ok(Ground {
            lab,
            role: part.role,
            command: command.into_iter().chain(words(&result, folder.path())).collect(),
            is_told: all().any(|what| matches!(what, What::Typed { .. })),
            noise: Noise { known: all().filter_map(sent).collect(), rng: Rng::with_seed(7) },
            _folder: folder,
        })
    }

    fn stands_noise(mut self) -> Result<(), Failed> {
        let is_client = self.role == Role::Client;
        let mut goes_on = !is_client;
        if !is_client {
            let (many, scene) = (self.noise.many(4 * MANY), self.scene());
            self.play(|stage| {
                goes_on = stands_many(stage, &scene, &many)?;
                Ok(())
            })?;
        }
        let runs = if goes_on { 0 } else { RUNS };
        for _ in 0..runs {
            let (some, scene) = (self.noise.many(5), self.scene());
            match is_client {
                true => self.play(|stage| is_answered(stage, &scene, self.is_told, &some))?,
                false => self.play(|stage| stands_many(stage, &scene, &some).map(drop))?,
            }
        }
        Ok(())
    }

    fn scene(&self) -> Scene {
        Scene {
            role: self.role,
            address: self.lab.plan.address,
            command: self.command.clone(),
            shown: "the solution".to_owned(),
            seed: 7,
            method: Method::Copy,
            idles: false,
            reading: None,
        }
    }

    fn play(&self, script: impl FnOnce(&Stage) -> Outcome) -> Result<(), Failed> {
        let network = Network::open(Choice::Auto, &Layout::of(&self.lab.plan.hosts), &mut |_| {});
        let network = network.map_err(|error| format!("{}: {}", error.what, error.why))?;
        let stage = Stage::set(self.scene(), network).map_err(|error| error.what)?;
        let outcome = script(&stage);
        let (steps, evidence, _) = stage.close();
        match outcome {
            Ok(()) => Ok(()),
            Err(Failure::Unmet(unmet)) => {
                let steps: Vec<String> = steps.into_iter().map(|step| step.text).collect();
                let output = String::from_utf8_lossy(&evidence.output()).into_owned();
                let tail = output.lines().rev().take(5).collect::<Vec<_>>().join("\n");
                let (expected, observed) = (&unmet.expected, &unmet.observed);
                Err(format!("not {expected} but {observed}\n{steps:#?}\n{tail}").into())
            }
            Err(other) => Err(format!("{other:?}").into()),
        }
    }
}

/// The words that the lab's checks give to the program, with a folder that is there still.
fn words(result: &LabResult, folder: &Path) -> Vec<OsString> {
    let started = |what: &What| match what {
        What::Started { command, .. } => Some(command.clone()),
        _ => None,
    };
    let first = result.checks.iter().find_map(|check| check.evidence.all().find_map(started));
    let words = first.into_iter().flatten().skip(1);
    let of_a_folder = |word: &str| Path::new(word).starts_with(std::env::temp_dir());
    words
        .map(|word| match Path::new(&word).file_name() {
            Some(name) if of_a_folder(&word) && word.contains(".") => folder.join(name).into(),
            Some(_) if of_a_folder(&word) => folder.into(),
            _ => word.into(),
        })
        .collect()
}

/// A server gets all of these: true when it goes on, false when it has ended in order.
fn stands_many(stage: &Stage, scene: &Scene, noise: &[Vec<u8>]) -> Outcome<bool> {
    let program = stage.program()?;
    if let Some(address) = scene.address {
        program.is_bound_to(&address.to_string())?;
    }
    let client = stage.client()?;
    let mut parts = noise.chunks(MANY);
    let mut pours = || client.pours(parts.next().unwrap_or_default());
    pours()?;
    if program.keeps_running().is_err() {
        program.ends_without_a_crash()?;
        return Ok(false);
    }
    program.levels_off(GROWTH, || {
        pours()?;
        program.keeps_running().map(drop)
    })?;
    Ok(true)
}

/// A client gets these in answer to what it sends first.
fn is_answered(stage: &Stage, scene: &Scene, is_told: bool, noise: &[Vec<u8>]) -> Outcome {
    let Some(address) = scene.address else { return Ok(()) };
    let server = stage.server_at(&address.to_string())?;
    let program = stage.program()?;
    if is_told {
        program.is_told("a message")?;
    }
    let client = server.gets_any()?.from;
    for payload in noise {
        server.answers(client, payload)?;
    }
    program.ends_without_a_crash()
}

/// What nobody should send.
struct Noise {
    /// What is really sent.
    known: Vec<Vec<u8>>,
    rng: Rng,
}

impl Noise {
    fn many(&mut self, count: usize) -> Vec<Vec<u8>> {
        (0..count).map(|_| self.one()).collect()
    }

    /// A datagram of random bytes, or one that is known and damaged. Few are long: each is printed.
    fn one(&mut self) -> Vec<u8> {
        let rng = &mut self.rng;
        let longest = if rng.u8(..50) == 0 { 1400 } else { 64 };
        if self.known.is_empty() || rng.bool() {
            let length = rng.usize(..longest);
            return std::iter::repeat_with(|| rng.u8(..)).take(length).collect();
        }
        let mut bytes = self.known[rng.usize(..self.known.len())].clone();
        bytes.truncate(longest);
        for _ in 0..rng.usize(1..4) {
            let at = rng.usize(..bytes.len().max(1));
            match rng.u8(..4) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at.min(bytes.len()), rng.u8(..)),
                2 => bytes.extend_from_within(at.min(bytes.len())..),
                _ if at < bytes.len() => bytes[at] ^= 1 << rng.u8(..8),
                _ => bytes.push(rng.u8(..)),
            }
        }
        bytes.truncate(1400);
        // As it was, it is no noise.
        if self.known.contains(&bytes) {
            bytes.push(b'!');
        }
        bytes
    }
}
