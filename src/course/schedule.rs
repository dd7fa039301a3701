//! Which check runs when: as many at once as there is room for, and none before the one it needs.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::{ALL, Check};

/// A check of a lab, among those of all labs that are checked: `of` is the lab's place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Task<'a> {
    pub(super) of: usize,
    pub(super) check: &'a Check,
}

/// What a check's needs come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// It can run.
    Met,
    /// The check that it needs did not pass, or did not run.
    Unmet,
}

/// How many checks that idle share a processor: they wait for a clock, and need none of it.
const IDLERS: usize = 8;

/// Which checks a worker takes.
#[derive(Clone, Copy)]
enum Takes {
    All,
    /// Only those that idle, or only those that do not.
    Idle(bool),
}

impl Takes {
    fn takes(self, check: &Check) -> bool {
        match self {
            Takes::All => true,
            Takes::Idle(idle) => check.idles == idle,
        }
    }
}

/// Runs all checks, `jobs` at once at the most, and gives their outcomes in the tasks' order. Where
/// there is more than one job, checks that idle run besides.
///
/// `run` is told whether the check's need is met, and says what came of it; `passed` reads that.
/// Once `run` gives nothing, no further check is begun, and there are no outcomes at all.
pub(super) fn run_all<T: Send>(
    tasks: &[Task<'_>],
    jobs: usize,
    passed: impl Fn(&T) -> bool + Sync,
    run: impl Fn(Task<'_>, Need) -> Option<T> + Sync,
) -> Option<Vec<T>> {
    let board = Board { state: Mutex::new(State::new(tasks.len())), changed: Condvar::new() };
    let work = |takes: Takes| {
        while let Some((at, need)) = board.take(tasks, takes, &passed) {
            // Who waits for a check that has panicked would wait for ever.
            let stop = StopOnPanic(&board);
            let outcome = run(tasks[at], need);
            std::mem::forget(stop);
            board.put(at, outcome);
        }
    };
    let idle = tasks.iter().filter(|task| task.check.idles).count();
    let (busy, idle) = match jobs {
        0 | 1 => (vec![Takes::All], 0),
        _ => (vec![Takes::Idle(false); jobs.min(tasks.len() - idle)], idle.min(jobs * IDLERS)),
    };
    thread::scope(|scope| {
        for takes in busy.into_iter().chain(vec![Takes::Idle(true); idle]) {
            scope.spawn(move || work(takes));
        }
    });
    let state = board.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    state.slots.into_iter().map(Slot::outcome).collect()
}

/// Where a check is.
enum Slot<T> {
    Waiting,
    Running,
    Done(T),
}

impl<T> Slot<T> {
    fn outcome(self) -> Option<T> {
        match self {
            Slot::Done(outcome) => Some(outcome),
            _ => None,
        }
    }
}

struct State<T> {
    slots: Vec<Slot<T>>,
    stopped: bool,
}

impl<T> State<T> {
    fn new(count: usize) -> State<T> {
        State { slots: (0..count).map(|_| Slot::Waiting).collect(), stopped: false }
    }
}

/// Stops all workers when it is dropped: a check has panicked, and the panic goes on.
struct StopOnPanic<'b, T>(&'b Board<T>);

impl<T> Drop for StopOnPanic<'_, T> {
    fn drop(&mut self) {
        self.0.lock().stopped = true;
        self.0.changed.notify_all();
    }
}

/// What the workers share.
struct Board<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

impl<T> Board<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next check to run; waits while there may be one later. `None` when all are done or
    /// running.
    fn take(
        &self,
        tasks: &[Task<'_>],
        takes: Takes,
        passed: &impl Fn(&T) -> bool,
    ) -> Option<(usize, Need)> {
        let mut state = self.lock();
        loop {
            let is_mine = |&at: &usize| {
                matches!(state.slots[at], Slot::Waiting) && takes.takes(tasks[at].check)
            };
            let mut waiting = (0..tasks.len()).filter(is_mine).peekable();
            if state.stopped || waiting.peek().is_none() {
                return None;
            }
            let ready = waiting.find_map(|at| Some((at, need_of(tasks, at, &state, passed)?)));
            if let Some((at, need)) = ready {
                state.slots[at] = Slot::Running;
                return Some((at, need));
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn put(&self, at: usize, outcome: Option<T>) {
        let mut state = self.lock();
        match outcome {
            Some(outcome) => state.slots[at] = Slot::Done(outcome),
            None => state.stopped = true,
        }
        drop(state);
        self.changed.notify_all();
    }
}

/// What a check's need has come to; `None` while that is not known. A need that no check of its lab
/// before it has cannot be met. Of the need for all it is known as soon as one has not passed.
fn need_of<T>(
    tasks: &[Task<'_>],
    at: usize,
    state: &State<T>,
    passed: &impl Fn(&T) -> bool,
) -> Option<Need> {
    let Task { of, check } = tasks[at];
    let Some(id) = check.needs else { return Some(Need::Met) };
    let is_needed = |task: &Task<'_>| task.of == of && (id == ALL || task.check.id == id);
    let needed = (0..at).filter(|&before| is_needed(&tasks[before]));
    let has_passed = |before: usize| match &state.slots[before] {
        Slot::Done(outcome) => Some(passed(outcome)),
        _ => None,
    };
    let known: Vec<Option<bool>> = needed.map(has_passed).collect();
    match known.as_slice() {
        [] if id != ALL => Some(Need::Unmet),
        known if known.contains(&Some(false)) => Some(Need::Unmet),
        known if known.contains(&None) => None,
        _ => Some(Need::Met),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::evidence::Role;

    fn check(id: &'static str, needs: Option<&'static str>) -> Check {
        Check {
            id,
            title: "",
            role: Role::Server,
            needs,
            link: None,
            idles: false,
            run: |_| Ok(()),
        }
    }

    fn idle(id: &'static str, needs: Option<&'static str>) -> Check {
        Check { idles: true, ..check(id, needs) }
    }

    fn tasks(checks: &[Check]) -> Vec<Task<'_>> {
        checks.iter().map(|check| Task { of: 0, check }).collect()
    }

    #[test]
    fn outcomes_come_in_the_checks_order_however_many_run_at_once() {
        let checks =
            [check("a", None), check("b", Some("a")), check("c", Some("a")), check("d", None)];
        for jobs in [1, 2, 8] {
            let ids =
                run_all(&tasks(&checks), jobs, |_| true, |task, need| Some((task.check.id, need)));
            let met = |id| (id, Need::Met);
            assert_eq!(ids, Some(vec![met("a"), met("b"), met("c"), met("d")]));
        }
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_check_that_panics_ends_all_of_it() {
        let checks = [check("a", None), check("b", Some("a"))];
        run_all(&tasks(&checks), 2, |_: &()| true, |_, _| panic!("a check's own mistake"));
    }

    #[test]
    fn those_that_idle_run_beside_the_others_and_wait_for_what_they_need() {
        let checks = [
            idle("a", None),
            check("b", Some("a")),
            idle("c", Some("b")),
            idle("d", None),
            idle("e", None),
        ];
        // On two processors these three run beside each other: each waits for the others.
        let (running, changed) = (Mutex::new(0), Condvar::new());
        let meet = || {
            let mut count = running.lock().unwrap();
            *count += 1;
            changed.notify_all();
            let limit = Duration::from_secs(20);
            let (_count, late) =
                changed.wait_timeout_while(count, limit, |count| *count < 3).unwrap();
            assert!(!late.timed_out(), "they run one after the other");
        };
        for jobs in [1, 2] {
            let run = |task: Task<'_>, need| {
                if jobs == 2 && ["a", "d", "e"].contains(&task.check.id) {
                    meet();
                }
                Some((task.check.id, need))
            };
            let outcomes = run_all(&tasks(&checks), jobs, |_| true, run).unwrap();
            assert_eq!(outcomes, ["a", "b", "c", "d", "e"].map(|id| (id, Need::Met)));
        }
        assert_eq!(running.into_inner().unwrap(), 3);
    }

    #[test]
    fn what_a_failed_check_makes_pointless_is_told_so() {
        let checks = [check("a", None), check("b", Some("a")), check("c", Some("b"))];
        let fails_at_a = |task: Task<'_>, need| Some(task.check.id != "a" && need == Need::Met);
        for jobs in [1, 4] {
            let outcomes = run_all(&tasks(&checks), jobs, |&passed| passed, fails_at_a);
            assert_eq!(outcomes, Some(vec![false, false, false]));
        }
    }

    #[test]
    fn one_that_needs_all_waits_for_each_and_for_none_once_one_has_failed() {
        let checks =
            [check("a", None), check("b", None), check("c", Some(ALL)), check("d", Some(ALL))];
        for jobs in [1, 4] {
            for (fails, expected) in [
                ("", [true; 4]),
                ("a", [false, true, false, false]),
                ("c", [true, true, false, false]),
            ] {
                let run = |task: Task<'_>, need| Some(task.check.id != fails && need == Need::Met);
                let outcomes = run_all(&tasks(&checks), jobs, |&passed| passed, run);
                assert_eq!(outcomes, Some(expected.to_vec()), "{fails}");
            }
        }
        // It is the first of its lab.
        let outcomes = run_all(&tasks(&checks[2..3]), 1, |_| true, |_, need| Some(need));
        assert_eq!(outcomes, Some(vec![Need::Met]));
    }

    #[test]
    fn after_a_stop_nothing_is_begun() {
        let checks = [check("a", None), check("b", Some("a")), check("c", Some("b"))];
        let begun = AtomicUsize::new(0);
        let outcome = run_all(
            &tasks(&checks),
            2,
            |_: &()| true,
            |_, _| {
                begun.fetch_add(1, Ordering::Relaxed);
                None
            },
        );
        assert_eq!((outcome, begun.into_inner()), (None, 1));
    }

    #[test]
    fn a_need_is_a_check_of_the_same_lab() {
        let labs =
            [[check("a", None), check("b", Some("a"))], [check("a", None), check("b", Some("a"))]];
        let tasks: Vec<_> = labs
            .iter()
            .enumerate()
            .flat_map(|(of, checks)| checks.iter().map(move |check| Task { of, check }))
            .collect();
        for jobs in [1, 4] {
            let fails = |task: Task<'_>, need| {
                Some(need == Need::Met && !(task.of == 0 && task.check.id == "a"))
            };
            let outcomes = run_all(&tasks, jobs, |&passed| passed, fails);
            assert_eq!(outcomes, Some(vec![false, false, true, true]));
        }
    }
}
