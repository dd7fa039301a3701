//! What several queries are good for, and several answers.

use std::net::Ipv4Addr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::check::{Outcome, Stage, Wrong};

use super::found::{self, lists, lists_all};
use super::{Heard, PORT, Responder, ends, first_only, starts};

/// How much sooner than the next query an answer must have been sent to be known in it: whoever is
/// kept from the processor for so long must not fail.
const IN_TIME: Duration = Duration::from_millis(150);

/// No program ends so soon after its first query: it may have been kept from the processor before that
/// left.
const ENDS: Duration = Duration::from_millis(800);

/// Three queries within so short a time left at once: 300 ms are asked for, and the first may have been
/// kept back as long as above.
const AT_ONCE: Duration = Duration::from_millis(100);

pub(super) fn asks_again(stage: &Stage) -> Outcome {
    let (_, servers) = starts(stage, "broadcast", &["alder"])?;
    let [server] = servers.as_slice() else { return Ok(()) };
    let first = server.hears()?;
    let mut last = first.at;
    for what in ["a second query", "a third query"] {
        let next = server.hears_or(what, asks_once)?;
        let observed = format!("one with {}", next.query.number);
        let number = first.query.number;
        let same = (next.query.number == number).then_some(()).ok_or_else(new_number);
        stage.judge(format!("{what} with the number {number}"), observed, same)?;
        last = next.at;
    }
    let paused = last.saturating_sub(first.at) >= AT_ONCE;
    let verdict = paused.then_some(()).ok_or_else(asks_at_once);
    stage.judge("three queries some time apart", "three within a tenth of a second", verdict)?;
    server.server.gets_nothing_before_its_end(Wrong::cause(
        "count-off-by-one",
        "your program asks more than three times: every host of the LAN wakes up for each",
        "ask at once, after 100 ms and after 300 ms, and then only wait",
    ))
}

pub(super) fn asks_once() -> Wrong {
    Wrong::cause(
        "disc-asks-once",
        "your program does not ask three times: a query that is lost, or a server that starts a moment \
         later, is never made up for",
        "send the query at once, after 100 ms and after 300 ms, and collect answers in between",
    )
}

fn new_number() -> Wrong {
    Wrong::cause(
        "disc-query-form",
        "each query has another number: an answer to the first that comes after the second looks like \
         somebody else's",
        "choose the number once, before the first query",
    )
}

fn asks_at_once() -> Wrong {
    Wrong::cause(
        "disc-asks-once",
        "your queries leave nearly at once: what loses one loses all, and hardly an answer can come in \
         between",
        "collect answers for 100 ms after the first query and for 200 ms after the second",
    )
}

pub(super) fn names_the_known(stage: &Stage) -> Outcome {
    let (_, servers) = starts(stage, "broadcast", &["alder", "birch"])?;
    for server in &servers {
        server.answers(&server.hears()?)?;
    }
    let answered = since_1970();
    let [server, ..] = servers.as_slice() else { return Ok(()) };
    server.hears_or("a second query", asks_once)?;
    let last = server.hears_or("a third query", asks_once)?;
    names_both(stage, &last, &servers, answered)
}

/// The third query names both servers, the last of which has answered at that time.
fn names_both(stage: &Stage, third: &Heard, servers: &[Responder<'_>], answered: Duration) -> Outcome {
    if third.at < answered + IN_TIME {
        // Somebody was kept from the processor: nothing is proved.
        return Ok(());
    }
    let missing = servers.iter().find(|it| !third.query.known.iter().any(|ip| *ip == it.ip()));
    let expected = "a third query that names both servers, which have answered";
    let observed = match third.query.known.as_slice() {
        [] => "one that names nobody".to_owned(),
        known => format!("one that names {}", words(known)),
    };
    let wrong = Wrong::cause(
        "disc-known-not-named",
        "your later queries do not name the servers that have answered, so each of them answers again",
        "put ` KNOWN` and the addresses of the servers that were found so far behind the number",
    );
    stage.judge(expected, observed, if missing.is_none() { Ok(()) } else { Err(wrong) })
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn words(known: &[Ipv4Addr]) -> String {
    known.iter().map(Ipv4Addr::to_string).collect::<Vec<_>>().join(" and ")
}

pub(super) fn finds_a_late_one(stage: &Stage) -> Outcome {
    let (program, servers) = starts(stage, "broadcast", &["alder", "birch"])?;
    let [early, late] = servers.as_slice() else { return Ok(()) };
    early.answers(&early.hears()?)?;
    // The first one comes before it listens, as far as the finder can tell.
    late.hears()?;
    late.answers(&late.hears_or("a second query", asks_once)?)?;
    let answered = since_1970();
    let third = late.hears_or("a third query", asks_once)?;
    ends(program)?;
    lists_all(stage, &servers, &first_only)?;
    // It is known from now on. Who names nobody fails another check.
    match third.query.known.iter().any(|ip| *ip == early.ip()) {
        true => names_both(stage, &third, &servers, answered),
        false => Ok(()),
    }
}

pub(super) fn waits_for_the_slow(stage: &Stage) -> Outcome {
    let (program, servers) = starts(stage, "broadcast", &["alder"])?;
    let [server] = servers.as_slice() else { return Ok(()) };
    let first = server.hears()?;
    server.hears_or("a second query", asks_once)?;
    let last = server.hears_or("a third query", asks_once)?;
    let pause = Duration::from_millis(100);
    server.server.answers_in(pause, last.from, server.answer_to(&last));
    ends(program)?;
    let now = since_1970();
    lists(stage, server, &|| {
        ends_early(
            "a server that answered some time after the third query is not listed: your program had \
             stopped listening by then",
        )
    })?;
    // Its end is seen later than it was, so nothing is said of one that is late.
    let early = ends_early("your program ends long before its second is over: a slow server is never found");
    let verdict = if now < first.at + ENDS { Err(early) } else { Ok(()) };
    stage.judge("its end a second after the first query", "its end much earlier", verdict)
}

fn ends_early(message: &str) -> Wrong {
    Wrong::cause("disc-ends-early", message, "go on collecting for 700 ms after the last query")
}

pub(super) fn tells_namesakes_apart(stage: &Stage) -> Outcome {
    let (program, mut servers) = starts(stage, "broadcast", &["alder", "birch"])?;
    let name = servers.first().map(|server| server.name.clone()).unwrap_or_default();
    for server in &mut servers {
        server.name.clone_from(&name);
        server.answers(&server.hears()?)?;
    }
    ends(program)?;
    found::lists_both(stage, &servers)
}

pub(super) fn lists_each_once(stage: &Stage) -> Outcome {
    let (program, servers) = starts(stage, "broadcast", &["alder"])?;
    let [server] = servers.as_slice() else { return Ok(()) };
    let heard = server.hears()?;
    for _ in 0..4 {
        server.answers(&heard)?;
    }
    // It does not look at what is known, and the network repeats packets.
    for ms in [30, 60, 150, 200] {
        server.server.answers_in(Duration::from_millis(ms), heard.from, server.answer_to(&heard));
    }
    // The host is the same, whatever the port: it may be passed over, and is no second server.
    let elsewhere = stage.server_on("alder", PORT + 1)?;
    elsewhere.answers_in(Duration::from_millis(100), heard.from, server.answer_to(&heard));
    ends(program)?;
    lists(stage, server, &first_only)
}

