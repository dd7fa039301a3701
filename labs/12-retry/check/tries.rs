//! How often a right client of lab 12 asks, and how long it waits.
//!
//! Times are those of the kernel, which notes when a datagram came. A machine can make any wait
//! longer, so upper limits are wide; nothing but a program's own clock makes one shorter.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::ADDRESS;
use super::client::{
    answers, error_on_wrong_id, gets, gets_again, gets_to_try, prints_the_value, seen, started,
    words,
};
use super::message::{DONE, amount, answer};
use crate::check::{Outcome, Program, Request, Server, Stage, Wrong};
use crate::evidence::Exit;

/// How often a request is sent at most.
const TRIES: usize = 6;

/// How long each try waits at most, in milliseconds.
const WAITS_MS: [u64; TRIES] = [100, 200, 400, 400, 400, 400];

/// The longest of them. Two lie between the third try and the fifth, and take this long at least: some
/// runtimes begin to wait a little before they send, so each may seem too short.
const CAP_MS: u64 = 400;
const LATER: Duration = Duration::from_millis(300);

/// What is left at least of a wait of 200 to 400 ms, for the same reason.
const LEAST: Duration = Duration::from_millis(150);

/// How many times as long as it should a wait may take here. Whoever has mistaken the unit waits five
/// times as long at least.
const MOST: f64 = 4.9;

/// The longest wait of a client that doubles without a cap is at least so long.
const UNCAPPED: Duration = Duration::from_millis(800);

fn wrong_waits(message: impl Into<String>) -> Wrong {
    Wrong::cause(
        "retry-wrong-waits",
        message,
        "begin with 0.1 s, double it after each try up to 0.4 s, and multiply each wait by a random \
         number between 0.5 and 1",
    )
}

/// Why no further try came.
fn no_retry(exit: Option<Exit>) -> Wrong {
    match exit {
        Some(_) => Wrong::cause(
            "retry-none",
            "your client gave up when the first wait was over: one lost datagram, and it has failed",
            "send the same request again when the time is up, six times in all",
        ),
        None => Wrong::cause(
            "to-none",
            "your client waits for an answer for ever: one that was lost never comes",
            "set a time limit before you wait (Python: settimeout, Rust: set_read_timeout, C: \
             SO_RCVTIMEO), and handle its end",
        ),
    }
}

pub(super) fn retries(stage: &Stage) -> Outcome {
    let (amount, value) = (amount(stage), amount(stage));
    let (program, server) = started(stage, &words(&[Some(amount)]))?;
    let mut request = gets(server, Some(amount))?;
    for _ in 0..2 {
        request = gets_again(stage, server, program, &request, |other, exit| match other {
            None => no_retry(exit),
            Some(_) => Wrong::cause(
                "retry-new-id",
                "the retry is not the same as the request before: the server cannot know it again, \
                 and carries out both",
                "make the bytes of a request before its first try, and send those each time",
            ),
        })?;
    }
    answers(server, &request, DONE, value)?;
    prints_the_value(program, value)?;
    program.ends_well()
}

/// Gets the same request again, and tells how long after it.
fn gets_in_time(
    stage: &Stage,
    server: Server<'_>,
    program: Program<'_>,
    before: &Request,
) -> Outcome<(Request, Duration)> {
    let again = gets_again(stage, server, program, before, |_, _| Wrong::unknown())?;
    let wait = again.at.saturating_sub(before.at);
    Ok((again, wait))
}

pub(super) fn backs_off(stage: &Stage) -> Outcome {
    let amount = amount(stage);
    let (program, server) = started(stage, &words(&[Some(amount)]))?;
    let mut request = gets(server, Some(amount))?;
    let mut later = Duration::ZERO;
    for (place, meant) in WAITS_MS.iter().enumerate().take(4) {
        let (again, wait) = gets_in_time(stage, server, program, &request)?;
        request = again;
        let verdict = match wait < Duration::from_millis(*meant).mul_f64(MOST) {
            true => Ok(()),
            false => Err(wrong_waits(
                "your client waited far longer than it should before it sent again: some calls take \
                 seconds, others milliseconds",
            )),
        };
        let expected = format!("try {} at most {meant} ms after try {}", place + 2, place + 1);
        stage.judge(expected, "far more than that", verdict)?;
        if *meant == CAP_MS {
            later += wait;
        }
    }
    let verdict = match later < LATER {
        false => Ok(()),
        true => Err(wrong_waits(
            "your client does not wait longer for a later try: when many clients get no answer, asking \
             on as often keeps the server from recovering",
        )),
    };
    stage.judge("200 to 400 ms before the fourth try, and before the fifth", "much less", verdict)
}

/// How many waits are measured in a run. Of waits that are drawn from 50 to 100 ms, so many are all
/// above 90 ms, or within 5 ms of one another, less often than once in ten million times. What a busy
/// machine adds makes no wait shorter.
const DRAWN: usize = 30;
const LONG: Duration = Duration::from_millis(90);
const NEAR: Duration = Duration::from_millis(5);

/// How many waits of two runs are the same, each to 5 ms, where both draw the same numbers: all but
/// those that a busy machine has made longer. Two that are drawn are so near to each other 19 times of
/// 100, and 20 pairs of 30 once in fifty million times.
const SAME: usize = 20;

/// A third wait is no shorter than this, and a second one may be.
const SECOND: Duration = Duration::from_millis(190);

pub(super) fn jitter(stage: &Stage) -> Outcome {
    let server = stage.server_at(ADDRESS)?;
    let waits = first_waits(stage, server)?;
    are_drawn(stage, &waits)?;
    // A second has passed, so that a seed may be the time in seconds.
    let of_another_run = first_waits(stage, server)?;
    let is_same = |(one, other): (&Duration, &Duration)| one.abs_diff(*other) < NEAR;
    let same = waits.iter().zip(&of_another_run).filter(|pair| is_same(*pair)).count();
    let verdict = match same >= SAME {
        false => Ok(()),
        true => Err(Wrong::cause(
            "retry-wrong-waits",
            "your client draws the same random numbers in each run, so all that are started together \
             wait for the same times, and ask again together",
            "begin the random numbers at another place in each run (C: srand with a number from \
             getrandom, elsewhere: no seed of your own)",
        )),
    };
    stage.judge("other waits in a second run", "the same waits in both runs", verdict)
}

/// How long the client waits for its first answer, in each of some operations.
fn first_waits(stage: &Stage, server: Server<'_>) -> Outcome<[Duration; DRAWN]> {
    let amount = amount(stage);
    let program = stage.program_with(&words(&[Some(amount); DRAWN]))?;
    let mut waits = [Duration::ZERO; DRAWN];
    for wait in &mut waits {
        let request = gets(server, Some(amount))?;
        let (again, time) = gets_in_time(stage, server, program, &request)?;
        *wait = time;
        answers(server, &again, DONE, amount)?;
    }
    program.ends_well()?;
    Ok(waits)
}

/// The waits are those of a first try, and differ.
fn are_drawn(stage: &Stage, waits: &[Duration; DRAWN]) -> Outcome {
    let mut waits = *waits;
    waits.sort_unstable();
    // All but the first two may have waited for a processor as well.
    let verdict = match waits[2] < SECOND {
        true => Ok(()),
        false => Err(wrong_waits(
            "your client does not begin anew with each operation: the first wait of a later one is as long \
             as the last wait of the one before, or longer",
        )),
    };
    stage.judge("a first wait of 50 to 100 ms in each operation", "longer ones, all but two", verdict)?;
    let (least, most) = (waits[0], waits[DRAWN - 1]);
    let verdict = match least > LONG || most - least < NEAR {
        false => Ok(()),
        true => Err(wrong_waits(
            "your client waits for the same time again and again, and so does every other one: those \
             that have lost their answers together ask again together",
        )),
    };
    let expected = format!("{DRAWN} first waits between 50 and 100 ms, each another one");
    stage.judge(expected, "the same wait each time", verdict)
}

pub(super) fn gives_up(stage: &Stage) -> Outcome {
    let amount = amount(stage);
    let (program, server) = started(stage, &words(&[Some(amount)]))?;
    let mut request = gets(server, Some(amount))?;
    let mut wait = Duration::ZERO;
    for tried in 1..TRIES {
        let again = gets_again(stage, server, program, &request, |_, _| {
            wrong_limit(format!("your client has sent its request {tried} times, and not six"))
        })?;
        wait = again.at.saturating_sub(request.at);
        request = again;
    }
    keeps_to_the_cap(stage, wait)?;
    let more = server.next()?;
    let verdict = match (&more, program.exit()) {
        (Some(_), _) => Err(wrong_limit("your client goes on after six tries")),
        (None, None) => Err(wrong_limit("your client does not end after its last try")),
        _ => Ok(()),
    };
    stage.judge("nothing more after six tries", seen(program, more.as_ref()), verdict)?;
    waits_for_the_last(stage, &request)?;
    tells_that_it_failed(stage, program)
}

/// So long after the fifth try came the sixth.
fn keeps_to_the_cap(stage: &Stage, wait: Duration) -> Outcome {
    let verdict = match wait < UNCAPPED {
        true => Ok(()),
        false => Err(wrong_waits(
            "your client waits longer and longer, and beyond 0.4 s: a person is waiting too",
        )),
    };
    stage.judge("try 6 at most 400 ms after try 5", "twice as much, or more", verdict)
}

/// It has just ended: so long after its last try. Its end is seen later than it was, so nothing is said
/// of one that is late.
fn waits_for_the_last(stage: &Stage, last: &Request) -> Outcome {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let verdict = match now.saturating_sub(last.at) < LEAST {
        false => Ok(()),
        true => Err(wrong_limit("your client does not wait for the answer to its last try")),
    };
    stage.judge("a wait of 200 to 400 ms after the last try", "much less", verdict)
}

fn wrong_limit(message: impl Into<String>) -> Wrong {
    Wrong::cause(
        "retry-limit-wrong",
        message,
        "send six times at most, wait for an answer after each, and then end with an error",
    )
}

fn tells_that_it_failed(stage: &Stage, program: Program<'_>) -> Outcome {
    let verdict = match program.exit() {
        Some(Exit::Code(0)) => Err(Wrong::cause(
            "exit-code-inverted",
            "your client had no answer, and ended with status 0, which says that all went well",
            "end with a status that is not 0 (Rust: ExitCode::FAILURE, Python: sys.exit(1), C: return \
             1 from main)",
        )),
        _ => Ok(()),
    };
    stage.judge("a status that is not 0", "it exited with status 0", verdict)?;
    program.prints_something()
}

pub(super) fn nobody_there(stage: &Stage) -> Outcome {
    let began = Instant::now();
    let program = stage.program_with(&words(&[Some(amount(stage))]))?;
    program.ends()?;
    let least = Duration::from_millis(WAITS_MS.iter().sum()) / 2;
    let verdict = match began.elapsed() < least {
        false => Ok(()),
        true => Err(Wrong::cause(
            "udp-refused-is-fatal",
            "your client ended at once when nobody was there: the kernel's note that a port is closed \
             is no answer, and the server may be about to start",
            "take ECONNREFUSED for a lost datagram, and wait for the time that is left",
        )),
    };
    stage.judge("six tries, though nobody is there", "its end long before", verdict)?;
    tells_that_it_failed(stage, program)
}

/// Something comes this often, so many times: longer than the longest wait may take.
const NOISE: Duration = Duration::from_millis(25);
const NOISES: u32 = 56;

/// How long a wait may take here that is of 400 ms at most, where nothing begins it anew.
const NOT_BEGUN_ANEW: Duration = Duration::from_millis(1000);

pub(super) fn one_deadline(stage: &Stage) -> Outcome {
    let (amount, value) = (amount(stage), amount(stage));
    let (program, server) = started(stage, &words(&[Some(amount)]))?;
    let stranger = stage.stranger()?;
    let request = gets_to_try(stage, server, program, Some(amount), 3)?;
    // What comes from the server is the answer to another request.
    let of_another = answer(&request.payload.iter().map(|it| !it).collect::<Vec<_>>(), DONE, value);
    for place in 1..=NOISES {
        let from = if place % 2 == 0 { stranger } else { server };
        from.answers_in(place * NOISE, request.from, &of_another);
    }
    let again = gets_again(stage, server, program, &request, |_, _| error_on_wrong_id())?;
    stage.calls_off();
    let wait = again.at.saturating_sub(request.at);
    let (observed, verdict) = if wait < LEAST {
        let wrong = Wrong::cause(
            "retry-on-noise",
            "your client sends again as soon as something comes that is no answer: then two clients, \
             or one late answer, are enough for a storm",
            "pass over what is no answer, and send again only when the time is up",
        );
        ("much earlier", Err(wrong))
    } else if wait > NOT_BEGUN_ANEW {
        let wrong = Wrong::cause(
            "to-restarted-by-noise",
            "each datagram that is no answer begins your client's wait anew: as long as such come, it \
             does not ask again",
            "work out once when the wait ends, and each time wait only for what is left until then",
        );
        ("much later", Err(wrong))
    } else {
        ("so", Ok(()))
    };
    stage.judge(
        "try 4 at most 400 ms after try 3, and at least half of that",
        observed,
        verdict,
    )?;
    answers(server, &again, DONE, value)?;
    prints_the_value(program, value)?;
    program.ends_well()
}
