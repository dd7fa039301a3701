//! How often a right client of lab 12 asks, and how long it waits.
//!
//! Times are those of the kernel, which notes when a datagram came. A machine can make any wait
//! longer, so upper limits are wide; nothing but a program's own clock makes one shorter.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::client::{answers, gets, gets_again, prints_the_value, seen, started, words};
use super::message::{DONE, amount, answer};
use crate::check::{Outcome, Program, Request, Server, Stage, Wrong};
use crate::evidence::Exit;

/// How often a request is sent at most.
const TRIES: usize = 5;

/// How long each try waits, in milliseconds and before the jitter.
const WAITS_MS: [u64; TRIES] = [100, 200, 400, 400, 400];

/// What jitter leaves of a wait at least, less what rounding and a busy machine take away.
const LEAST: f64 = 0.6;

/// How much longer than meant a wait may take here.
const SLACK: Duration = Duration::from_millis(300);

/// The least and the most that this wait may take, where the first is 0.
fn range(place: usize) -> (Duration, Duration) {
    let wait = Duration::from_millis(WAITS_MS[place]);
    (wait.mul_f64(LEAST), wait.mul_f64(1.25) + SLACK)
}

fn wrong_waits(message: impl Into<String>) -> Wrong {
    Wrong::cause(
        "retry-wrong-waits",
        message,
        "begin with 0.1 s, double it after each try up to 0.4 s, and multiply each wait by a random \
         number between 0.75 and 1.25",
    )
}

/// Why no further try came.
fn no_retry(exit: Option<Exit>) -> Wrong {
    match exit {
        Some(_) => Wrong::cause(
            "retry-none",
            "your client gave up when the first wait was over: one lost datagram, and it has failed",
            "send the same request again when the time is up, five times in all",
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
    for (place, meant) in WAITS_MS.iter().enumerate().take(3) {
        let (again, wait) = gets_in_time(stage, server, program, &request)?;
        let (tried, next) = (place + 1, place + 2);
        let expected = format!("try {next} about {meant} ms after try {tried}");
        let (least, most) = range(place);
        let observed = if wait < least { "much less" } else { "much more" };
        stage.judge(expected, observed, is_between(least, wait, most, place))?;
        request = again;
    }
    Ok(())
}

fn is_between(least: Duration, wait: Duration, most: Duration, place: usize) -> Result<(), Wrong> {
    if least <= wait && wait <= most {
        return Ok(());
    }
    Err(wrong_waits(match place {
        _ if wait > most => {
            "your client waited far longer than it should before it sent again: some calls take \
             seconds, others milliseconds"
        }
        0 => "your client sent again long before its time was up",
        _ => {
            "your client does not wait longer for a later try: when many clients get no answer, \
             asking on as often keeps the server from recovering"
        }
    }))
}

/// How many waits are measured, how many of them must lie together to be no chance, and how near.
/// Of waits that are drawn from 75 to 125 ms, 10 of 12 lie within 6 ms once in 300000 times.
const DRAWN: usize = 12;
const TOGETHER: usize = 10;
const NEAR: Duration = Duration::from_millis(6);

pub(super) fn jitter(stage: &Stage) -> Outcome {
    let amount = amount(stage);
    let (program, server) = started(stage, &words(&[Some(amount); DRAWN]))?;
    let mut waits = Vec::new();
    for _ in 0..DRAWN {
        let request = gets(server, Some(amount))?;
        let (again, wait) = gets_in_time(stage, server, program, &request)?;
        waits.push(wait);
        answers(server, &again, DONE, amount)?;
    }
    program.ends_well()?;
    waits.sort_unstable();
    let together = waits.windows(TOGETHER).any(|some| some[TOGETHER - 1] - some[0] < NEAR);
    let verdict = match together {
        false => Ok(()),
        true => Err(wrong_waits(
            "your client waits for the same time again and again, and so does every other one: those \
             that have lost their answers together ask again together",
        )),
    };
    let observed = format!("at least {TOGETHER} of {DRAWN} first waits within 6 ms of one another");
    stage.judge("first waits between 75 and 125 ms, each another one", observed, verdict)
}

pub(super) fn gives_up(stage: &Stage) -> Outcome {
    let amount = amount(stage);
    let (program, server) = started(stage, &words(&[Some(amount)]))?;
    let mut request = gets(server, Some(amount))?;
    for tried in 2..=TRIES {
        request = gets_again(stage, server, program, &request, |_, _| {
            wrong_limit(format!(
                "your client has sent its request {} times, and not five",
                tried - 1
            ))
        })?;
    }
    let more = server.next()?;
    let verdict = match (&more, program.exit()) {
        (Some(_), _) => Err(wrong_limit("your client goes on after five tries")),
        (None, None) => Err(wrong_limit("your client does not end after its last try")),
        _ => Ok(()),
    };
    stage.judge("nothing more after five tries", seen(program, more.as_ref()), verdict)?;
    keeps_to_the_cap(stage, &request)?;
    tells_that_it_failed(stage, program)
}

/// It has just ended: so long after its last try.
fn keeps_to_the_cap(stage: &Stage, last: &Request) -> Outcome {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let wait = now.saturating_sub(last.at);
    let (least, most) = range(TRIES - 1);
    // Its end is seen later than it was.
    let most = most + SLACK;
    let (observed, verdict) = if wait < least {
        let what = "your client does not wait for the answer to its last try";
        ("much earlier", Err(wrong_limit(what)))
    } else if wait > most {
        let what = "your client waits longer and longer, and beyond 0.4 s: a person is waiting too";
        ("much later", Err(wrong_waits(what)))
    } else {
        ("so", Ok(()))
    };
    stage.judge("its end about 0.4 s after the last try", observed, verdict)
}

fn wrong_limit(message: impl Into<String>) -> Wrong {
    Wrong::cause(
        "retry-limit-wrong",
        message,
        "send five times at most, wait for an answer after each, and then end with an error",
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
    program.ends_without_a_crash()?;
    let least = Duration::from_millis(WAITS_MS.iter().sum()).mul_f64(LEAST);
    let verdict = match began.elapsed() < least {
        false => Ok(()),
        true => Err(Wrong::cause(
            "retry-refused-fatal",
            "your client ended at once when nobody was there: the kernel's note that a port is closed \
             is no answer, and the server may be about to start",
            "take ECONNREFUSED for a lost datagram, and wait for the time that is left",
        )),
    };
    stage.judge("five tries, though nobody is there", "its end long before", verdict)?;
    tells_that_it_failed(stage, program)
}

/// Something comes this often, so many times: longer than any first wait.
const NOISE: Duration = Duration::from_millis(25);
const NOISES: u32 = 30;

pub(super) fn one_deadline(stage: &Stage) -> Outcome {
    let (amount, value) = (amount(stage), amount(stage));
    let (program, server) = started(stage, &words(&[Some(amount)]))?;
    let stranger = stage.stranger()?;
    let request = gets(server, Some(amount))?;
    // What comes from the server is the answer to another request.
    let of_another = answer(&request.payload.iter().map(|it| !it).collect::<Vec<_>>(), DONE, value);
    for place in 1..=NOISES {
        let from = if place % 2 == 0 { stranger } else { server };
        from.answers_in(place * NOISE, request.from, &of_another);
    }
    let (again, wait) = gets_in_time(stage, server, program, &request)?;
    let (least, most) = range(0);
    let (observed, verdict) = if wait < least {
        let wrong = Wrong::cause(
            "retry-on-noise",
            "your client sends again as soon as something comes that is no answer: then two clients, \
             or one late answer, are enough for a storm",
            "pass over what is no answer, and send again only when the time is up",
        );
        ("much earlier", Err(wrong))
    } else if wait > most {
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
    stage.judge("the next try about 0.1 s after the first", observed, verdict)?;
    answers(server, &again, DONE, value)?;
    prints_the_value(program, value)?;
    program.ends_well()
}
