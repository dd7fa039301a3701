//! A solution under random datagrams: thousands of them, of any bytes and any length.

use std::ffi::OsString;
use std::path::Path;

use fastrand::Rng;
use socklab::check::{Outcome, Scene, Stage};
use socklab::evidence::{Method, Role};
use socklab::network::{Choice, Layout, Network};
use socklab::program::build::build;

const PINGER: &str = "127.0.0.1:12000";

/// A socket's queue has room for so many of the longest.
const BURST: usize = 16;
const BURSTS: usize = 625;

/// It neither breaks nor grows, and then does its work.
pub fn the_pinger_survives_ten_thousand_datagrams() {
    let stage = stage_of("lab10", "lab10-solution");
    let outcome = flooded(&stage);
    let (steps, ..) = stage.close();
    outcome.unwrap_or_else(|failure| panic!("{failure:?} after {} steps", steps.len()));
}

fn stage_of(package: &str, executable: &str) -> Stage {
    let wanted = [(package.to_owned(), executable.to_owned())];
    let built = build(Path::new(env!("CARGO_MANIFEST_DIR")), &wanted, false).unwrap();
    let scene = Scene {
        role: Role::Client,
        address: Some(PINGER.parse().unwrap()),
        command: vec![OsString::from(&built[executable])],
        shown: executable.into(),
        seed: 7,
        method: Method::Copy,
        idles: true,
        reading: None,
    };
    let network = Network::open(Choice::Auto, &Layout::default(), &mut |_| {}).unwrap();
    Stage::set(scene, network).unwrap()
}

fn flooded(stage: &Stage) -> Outcome {
    let server = stage.server_at(PINGER)?;
    let stranger = stage.stranger()?;
    let program = stage.program()?;
    let first = server.gets_any()?;
    let mut rng = Rng::with_seed(7);
    let mut flood = |bursts: usize| -> Outcome {
        for _ in 0..bursts {
            for number in 0..BURST {
                let length = if number == 0 { rng.usize(..65_000) } else { rng.usize(..2_000) };
                let bytes: Vec<u8> = std::iter::repeat_with(|| rng.u8(..)).take(length).collect();
                let sender = if rng.bool() { server } else { stranger };
                sender.answers(first.from, bytes)?;
            }
            stage.comes_to_rest()?;
        }
        Ok(())
    };
    flood(BURSTS / 10)?;
    program.levels_off(2, || flood(BURSTS - BURSTS / 10))?;
    // The pings that came meanwhile are lost by now, and each further one is answered.
    while let Ok(ping) = server.gets_any() {
        server.answers(ping.from, &ping.payload)?;
    }
    program.ends_well()
}
