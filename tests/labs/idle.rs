//! Tests of labs in which programs mostly wait for a clock: many of them run at once, beside all
//! others. They begin with the first test of all, and are told of last.
//!
//! All of them together keep a machine so busy that what a clock says of one program may be said of the
//! others. So one that fails is done once more, when nothing else is done: what fails then, fails.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use libtest_mimic::{Arguments, Failed, Trial};

/// How many of these tests share a processor.
const AT_ONCE: usize = 4;

type Run = Box<dyn Fn() -> Result<(), Failed> + Send + Sync>;

/// How many are still to be done for the first time.
static LEFT: Mutex<usize> = Mutex::new(0);

/// Is told when one was done.
static DONE: Condvar = Condvar::new();

/// Held by the one that is done once more.
static AGAIN: Mutex<()> = Mutex::new(());

/// All that were made.
static JOBS: Mutex<Vec<Arc<Job>>> = Mutex::new(Vec::new());

/// What a test does, and then what came of it.
struct Job {
    name: String,
    run: Run,
    state: Mutex<State>,
    changed: Condvar,
}

enum State {
    Awaited,
    Done(Result<(), Failed>),
}

/// A test whose work is done beside those of other labs.
pub fn trial(name: String, run: impl Fn() -> Result<(), Failed> + Send + Sync + 'static) -> Trial {
    let state = Mutex::new(State::Awaited);
    let run = Box::new(run);
    let job = Arc::new(Job { name: name.clone(), run, state, changed: Condvar::new() });
    lock(&JOBS).push(Arc::clone(&job));
    Trial::test(name, move || job.outcome())
}

/// Begins the work of all that are asked for, and puts them behind the others: whoever awaits them
/// then has nothing else to do.
pub fn begin(arguments: &Arguments, trials: &mut [Trial]) {
    let jobs = std::mem::take(&mut *lock(&JOBS));
    let is_job = |trial: &Trial| jobs.iter().any(|job| job.name == trial.name());
    trials.sort_by_cached_key(is_job);
    if arguments.list {
        return;
    }
    let wanted = |job: &&Arc<Job>| {
        let mut its = trials.iter().filter(|trial| trial.name() == job.name);
        its.any(|trial| !arguments.is_filtered_out(trial))
    };
    let queue: VecDeque<Arc<Job>> = jobs.iter().filter(wanted).cloned().collect();
    *lock(&LEFT) = queue.len();
    let queue = Arc::new(Mutex::new(queue));
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    for _ in 0..AT_ONCE * cores {
        let queue = Arc::clone(&queue);
        // Nobody waits for the thread: the tests wait for its outcomes.
        thread::spawn(move || {
            while let Some(job) = { lock(&queue).pop_front() } {
                job.work();
            }
        });
    }
}

impl Job {
    /// Does it for the first time.
    fn work(&self) {
        *lock(&self.state) = State::Done(self.tried());
        self.changed.notify_all();
        *lock(&LEFT) -= 1;
        DONE.notify_all();
    }

    fn tried(&self) -> Result<(), Failed> {
        let outcome = catch_unwind(AssertUnwindSafe(&self.run));
        outcome.unwrap_or_else(|_| Err("it panicked: see above".into()))
    }

    /// Waits until it is done, and does it once more if it has failed.
    fn outcome(&self) -> Result<(), Failed> {
        let failed = match self.awaited() {
            Ok(()) => return Ok(()),
            Err(failed) => failed,
        };
        let _alone = lock(&AGAIN);
        let mut left = lock(&LEFT);
        while *left > 0 {
            left = DONE.wait(left).unwrap_or_else(PoisonError::into_inner);
        }
        drop(left);
        let said = failed.message().unwrap_or_default();
        eprintln!("{} failed beside others, and is done once more alone:\n{said}", self.name);
        self.tried()
    }

    fn awaited(&self) -> Result<(), Failed> {
        let mut state = lock(&self.state);
        loop {
            match std::mem::replace(&mut *state, State::Awaited) {
                State::Done(outcome) => return outcome,
                State::Awaited => {}
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
