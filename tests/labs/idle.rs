//! Tests of labs in which programs mostly wait for a clock: many of them run at once, beside all
//! others. They begin with the first test of all, and are told of last.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use libtest_mimic::{Arguments, Failed, Trial};

/// How many of these tests share a processor.
const AT_ONCE: usize = 4;

type Run = Box<dyn FnOnce() -> Result<(), Failed> + Send>;

/// All that were made.
static JOBS: Mutex<Vec<Arc<Job>>> = Mutex::new(Vec::new());

/// What a test does, and then what came of it.
struct Job {
    name: String,
    state: Mutex<State>,
    changed: Condvar,
}

enum State {
    Waiting(Run),
    Running,
    Done(Result<(), Failed>),
}

/// A test whose work is done beside those of other labs.
pub fn trial(name: String, run: impl FnOnce() -> Result<(), Failed> + Send + 'static) -> Trial {
    let state = Mutex::new(State::Waiting(Box::new(run)));
    let job = Arc::new(Job { name: name.clone(), state, changed: Condvar::new() });
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
    /// Does it, unless somebody else has begun to.
    fn work(&self) {
        let State::Waiting(run) = std::mem::replace(&mut *lock(&self.state), State::Running) else {
            unreachable!("a job is in the queue once, and is taken out once");
        };
        let outcome = catch_unwind(AssertUnwindSafe(run));
        let panicked = |_| Err("it panicked: see above".into());
        *lock(&self.state) = State::Done(outcome.unwrap_or_else(panicked));
        self.changed.notify_all();
    }

    /// Waits until it is done.
    fn outcome(&self) -> Result<(), Failed> {
        let mut state = lock(&self.state);
        loop {
            match std::mem::replace(&mut *state, State::Running) {
                State::Done(outcome) => return outcome,
                before => *state = before,
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
