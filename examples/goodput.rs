//! How fast files go over a link that loses packets: `make goodput` measures it, and writes the table
//! and the picture into lab 14's handout.
//!
//! Each way of sending is run on the same link with the same seeds: stop-and-wait, go-back-N, the lab's
//! solution, and the kernel's TCP. For TCP this program is both sides.

#[path = "goodput/measure.rs"]
mod measure;
#[path = "goodput/page.rs"]
mod page;
#[path = "goodput/picture.rs"]
mod picture;
#[path = "goodput/stream.rs"]
mod stream;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, thread};

use measure::{Programs, Way};

pub type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How many packets of a hundred are lost.
const LOSSES: [u32; 5] = [0, 1, 2, 5, 10];

/// Each is the median of these.
const SEEDS: [u64; 3] = [1, 2, 3];

/// How many runs there are at once. Most of each is a wait for the link.
const AT_ONCE: usize = 2;

fn main() -> ExitCode {
    if let Some(code) = socklab::become_helper_if_asked() {
        return code;
    }
    match stream::play_if_asked().unwrap_or_else(measure_and_write) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("goodput: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A row of the table: a way of sending, and its share of the link at each rate of loss.
type Row = (Way, Vec<f64>);

fn measure_and_write() -> Fallible<()> {
    let programs = Programs::build()?;
    let shares = all(&programs)?;
    let rows: Vec<Row> = Way::ALL
        .into_iter()
        .map(|way| {
            let at = |loss: &u32| median(shares.iter().filter(|it| it.0 == way && it.1 == *loss));
            (way, LOSSES.iter().map(at).collect())
        })
        .collect();
    fs::write(page::folder().join("goodput.svg"), picture::draw(&rows))?;
    page::write(&rows)
}

/// The share of the link in every run.
fn all(programs: &Programs) -> Fallible<Vec<(Way, u32, f64)>> {
    let runs: Vec<(Way, u32, u64)> = Way::ALL
        .into_iter()
        .flat_map(|way| LOSSES.into_iter().map(move |loss| (way, loss)))
        .flat_map(|(way, loss)| SEEDS.into_iter().map(move |seed| (way, loss, seed)))
        .collect();
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| -> Fallible<()> {
        let work = || -> Fallible<()> {
            while let Some(&(way, loss, seed)) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
                let share = programs.run(way, loss, seed)?;
                eprintln!(
                    "{:16} {loss:2} % lost, seed {seed}: {:5.1} %",
                    way.name(),
                    share * 100.0
                );
                found.lock().map_err(|_| "a run has failed")?.push((way, loss, share));
            }
            Ok(())
        };
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a run has failed")?)
    })?;
    Ok(found.into_inner().map_err(|_| "a run has failed")?)
}

fn median<'s>(shares: impl Iterator<Item = &'s (Way, u32, f64)>) -> f64 {
    let mut shares: Vec<f64> = shares.map(|(_, _, share)| *share).collect();
    shares.sort_by(f64::total_cmp);
    shares[shares.len() / 2]
}
