//! What a right program of lab 10 does.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::check::{Outcome, Program, Request, Server, Stage, Wrong};
use crate::course::Plan;
use crate::evidence::{Role, numbers};

const SERVER: &str = "127.0.0.1:12000";

/// How many pings are sent.
const PINGS: usize = 10;

/// When a ping that is not answered is given up, and the next one sent.
const LIMIT: (Duration, Duration) = (ms(900), ms(1750));

/// So much less than on the wire a printed time may be, and so much more.
const LESS: Duration = ms(50);
const MORE: Duration = ms(100);

/// So much an average may differ, either way.
const NEAR: Duration = ms(20);

/// After so much time all is known that was printed before.
const OUTPUT: Duration = ms(600);

const fn ms(time: u64) -> Duration {
    Duration::from_millis(time)
}

pub(crate) fn plan() -> Plan {
    Plan::new("A pinger", Role::Client)
        .at(SERVER)
        .check("ten-pings", "sends ten pings with numbers, one after the other", ten_pings)
        .idles()
        .check("ends", "ends with status 0 when all are answered", ends)
        .needs("ten-pings")
        .idles()
        .check("prints-each-time", "prints how long each answer took", prints_each_time)
        .needs("ten-pings")
        .idles()
        .check("times-out", "gives up on a lost answer after a second, and says so", times_out)
        .needs("ten-pings")
        .idles()
        .check("loss", "prints the loss in percent", loss)
        .needs("ten-pings")
        .idles()
        .check("statistics", "prints the least, the average and the most of the times", statistics)
        .needs("prints-each-time")
        .idles()
        .check("capitals", "takes an answer in capitals as well", capitals)
        .needs("loss")
        .idles()
        .check("late", "does not take a late answer for that to the next ping", late)
        .needs("loss")
        .idles()
        .check("twice", "does not take an answer twice", twice)
        .needs("loss")
        .idles()
        .check("stranger", "does not take a stranger's datagram for the answer", stranger)
        .needs("ten-pings")
        .idles()
        .check("not-text", "passes over an answer that is no text", not_text)
        .needs("ten-pings")
        .idles()
        .check("empty", "passes over an empty answer", empty)
        .needs("ten-pings")
        .idles()
        .check("huge", "passes over an answer of 60 KB", huge)
        .needs("ten-pings")
        .idles()
        .check("noise", "waits no longer than its second, whatever else comes", noise)
        .needs("ten-pings")
        .idles()
        .check("silence", "sends ten pings into silence, and tells of 100 % loss", silence)
        .needs("ten-pings")
        .idles()
        .check("closed-port", "ends in order when nobody is at the port", closed_port)
        .needs("ten-pings")
        .idles()
}

/// Starts the program, with a server to ping.
fn pinged(stage: &Stage) -> Outcome<(Program<'_>, Server<'_>)> {
    let server = stage.server_at(SERVER)?;
    Ok((stage.program()?, server))
}

/// Gets so many pings, and answers each at once.
fn echoes(server: Server<'_>, count: usize) -> Outcome {
    for _ in 0..count {
        let ping = server.gets_any()?;
        server.answers(ping.from, &ping.payload)?;
    }
    Ok(())
}

/// How long a ping was under way: at least until its answer was sent, and at most until the program
/// sent the next ping. A program that the machine keeps waiting measures that too.
struct Trip {
    least: Duration,
    most: Duration,
}

impl Trip {
    fn new(ping: &Request, answered_after: Duration, next: &Request) -> Trip {
        Trip { least: answered_after, most: next.at.saturating_sub(ping.at).max(answered_after) }
    }

    /// What may be printed of it.
    fn printed(&self) -> RangeInclusive<Duration> {
        self.least.saturating_sub(LESS)..=self.most + MORE
    }
}

fn ten_pings(stage: &Stage) -> Outcome {
    let (_, server) = pinged(stage)?;
    let mut pings = Vec::new();
    for _ in 0..PINGS {
        let ping = server.gets_one_after_all()?;
        server.answers_after(ms(20), &ping, &ping.payload)?;
        pings.push(ping);
    }
    server.gets_nothing_before_its_end(Wrong::cause(
        "count-off-by-one",
        "your client sends more than ten pings",
        "count from 1 to 10, and stop there",
    ))?;
    stage.judge(
        "in each ping its number, one more than in the one before",
        format!("{:?}, then {:?}", text(&pings[0]), text(&pings[1])),
        if are_numbered(&pings) { Ok(()) } else { Err(no_number()) },
    )
}

fn text(ping: &Request) -> String {
    String::from_utf8_lossy(&ping.payload).into_owned()
}

/// True when a number in the pings goes up by one, wherever it stands and wherever it begins.
fn are_numbered(pings: &[Request]) -> bool {
    let all: Vec<Vec<f64>> = pings
        .iter()
        .map(|ping| numbers(&text(ping)).iter().map(|number| number.value).collect())
        .collect();
    let Some(first) = all.first() else { return false };
    let goes_up = |from: f64| (0_u32..).zip(&all).all(|(n, its)| its.contains(&(from + f64::from(n))));
    first.iter().copied().any(goes_up)
}

fn no_number() -> Wrong {
    Wrong::cause(
        "match-no-number",
        "nothing in your pings tells one from the other, so nothing in an answer tells to which ping \
         it belongs",
        "put the ping's number into it: \"Ping 1\", \"Ping 2\"",
    )
}

fn ends(stage: &Stage) -> Outcome {
    let (program, server) = pinged(stage)?;
    echoes(server, PINGS)?;
    program.ends_well()
}

fn prints_each_time(stage: &Stage) -> Outcome {
    let (program, server) = pinged(stage)?;
    let mut ping = server.gets_any()?;
    let mut trips = Vec::new();
    for held in [ms(250), ms(500)] {
        let time = server.answers_after(held, &ping, &ping.payload)?;
        let next = server.gets_one_after_all()?;
        trips.push((Trip::new(&ping, time, &next), ping));
        ping = next;
    }
    for (trip, ping) in trips {
        // It went on when the second was over, as if no answer had come.
        let wrong = match trip.most >= LIMIT.0 && trip.least < ms(700) {
            true => too_strict("as it was sent"),
            false => Wrong::unknown(),
        };
        let what = "the time of the ping";
        program.printed_a_time_since(&ping, server, what, &trip.printed(), wrong)?;
    }
    Ok(())
}

fn times_out(stage: &Stage) -> Outcome {
    let (program, server) = pinged(stage)?;
    echoes(server, 2)?;
    let mut lost = server.gets_any()?;
    for _ in 0..2 {
        let next = server.gets_one_in(LIMIT, &lost)?;
        let pings = [lost, next];
        stage.judge(
            "the ping after the lost one",
            format!("{:?}, then {:?}", text(&pings[0]), text(&pings[1])),
            if are_numbered(&pings) { Ok(()) } else { Err(repeats()) },
        )?;
        let [lost_one, next] = pings;
        server.answers_after(OUTPUT, &next, &next.payload)?;
        let later = server.gets_one_after_all()?;
        program.spoke_between(&lost_one, &next)?;
        lost = later;
    }
    Ok(())
}

fn repeats() -> Wrong {
    Wrong::cause(
        "retry-in-place",
        "your client sends the lost ping again in place of the next one: so none is ever lost",
        "send each ping once, and go on to the next number when its time is up",
    )
}

fn loss(stage: &Stage) -> Outcome {
    let (program, server) = pinged(stage)?;
    for number in 1..=PINGS {
        let ping = server.gets_any()?;
        if number != 3 && number != 7 {
            server.answers(ping.from, &ping.payload)?;
        }
    }
    program.prints_a_percentage("the loss", 20.0, |shown| {
        let (message, next) = if shown.have_a_percentage(80.0) {
            ("80 % is what was answered; the loss is the rest", "count what was not answered")
        } else if shown.have_a_percentage(200.0) || shown.have_a_percentage(2.0) {
            ("2 pings were lost, and 2 of 10 are 20 %", "divide by the number of pings")
        } else if shown.have_a_percentage(0.0) {
            return Wrong::cause(
                "stats-whole-numbers",
                "0 % is printed, and 2 of 10 were lost: with whole numbers 2 / 10 is 0",
                "multiply by 100 first, or divide as fractions (Rust: f64, C: double, Python: /)",
            );
        } else {
            return Wrong::unknown();
        };
        Wrong::cause("stats-invented", message, next)
    })
}

fn statistics(stage: &Stage) -> Outcome {
    let (program, server) = pinged(stage)?;
    let mut trips = Vec::new();
    let mut ping = server.gets_any()?;
    // The last answer is far from all that is asked for: what is printed of it is no figure of the
    // summary. The tenth ping is lost.
    for held in [100, 300, 0, 300, 300, 300, 550, 300, 420] {
        let answered = match held {
            0 => None,
            held => Some(server.answers_after(ms(held), &ping, &ping.payload)?),
        };
        let next = server.gets_one_after_all()?;
        trips.extend(answered.map(|time| Trip::new(&ping, time, &next)));
        ping = next;
    }
    average(program, &trips)?;
    let trips = |time: fn(&Trip) -> Duration| trips.iter().map(time);
    let (least, most) = (|trip: &Trip| trip.least, |trip: &Trip| trip.most);
    for (what, least, most) in [
        ("the least of the times", trips(least).min(), trips(most).min()),
        ("the most of the times", trips(least).max(), trips(most).max()),
    ] {
        let trip = Trip { least: least.unwrap_or_default(), most: most.unwrap_or_default() };
        program.prints_a_time(what, &trip.printed(), |_| Wrong::unknown())?;
    }
    Ok(())
}

fn average(program: Program<'_>, trips: &[Trip]) -> Outcome {
    let count = trips.len() as u32;
    let least: Duration = trips.iter().map(|trip| trip.least).sum();
    let most: Duration = trips.iter().map(|trip| trip.most).sum();
    let right = (least / count).saturating_sub(NEAR)..=most / count + NEAR;
    program.prints_a_time("the average of the times", &right, |shown| {
        let all = PINGS as u32;
        let shows = |lost: Duration| {
            let with = |times: Duration| (times + lost * (all - count)) / all;
            shown.have_a_time(&(with(least).saturating_sub(NEAR / 2)..=with(most) + NEAR / 2))
        };
        if shows(Duration::ZERO) {
            lost_in_average("as answers that took no time")
        } else if shows(ms(1000)) {
            lost_in_average("as answers that took a second")
        } else {
            Wrong::unknown()
        }
    })
}

fn lost_in_average(counted: &str) -> Wrong {
    Wrong::cause(
        "stats-lost-in-average",
        format!("the average has the lost pings in it, {counted}"),
        "keep only the times of pings that were answered, and divide by how many these are",
    )
}

fn capitals(stage: &Stage) -> Outcome {
    let (program, server) = pinged(stage)?;
    for number in 1..=PINGS {
        let ping = server.gets_any()?;
        let mut answer = ping.payload;
        if (4..=6).contains(&number) {
            answer.make_ascii_uppercase();
        }
        server.answers(ping.from, answer)?;
    }
    program.prints_a_percentage("the loss", 0.0, |shown| {
        let not_taken = if shown.have_a_percentage(30.0) {
            "in capitals"
        } else if shown.have_a_percentage(70.0) {
            "as it was sent"
        } else {
            return Wrong::unknown();
        };
        too_strict(not_taken)
    })
}

fn too_strict(not_taken: &str) -> Wrong {
    Wrong::cause(
        "match-too-strict",
        format!("your client does not take an answer that repeats the ping {not_taken}"),
        "compare without regard to capitals (Rust: eq_ignore_ascii_case, Python: upper() on both, \
         C: strncasecmp), or compare the number",
    )
}

fn late(stage: &Stage) -> Outcome {
    let (program, server) = pinged(stage)?;
    let mut ping = server.gets_any()?;
    // Two of them: 20 is no ping's number.
    for _ in 0..2 {
        let second = server.gets_one_in(LIMIT, &ping)?;
        // To where it came from: a program may have a socket for each ping.
        server.answers_in(ms(100), ping.from, &ping.payload);
        server.answers_after(ms(250), &second, &second.payload)?;
        ping = server.gets_one_after_all()?;
    }
    server.answers(ping.from, &ping.payload)?;
    echoes(server, PINGS - 5)?;
    program.prints_a_percentage("the loss", 20.0, |shown| {
        match [0.0, 10.0].iter().any(|less| shown.have_a_percentage(*less)) {
            true => counts_datagrams("an answer that came after its second"),
            false => Wrong::unknown(),
        }
    })
}

fn counts_datagrams(what: &str) -> Wrong {
    Wrong::cause(
        "stats-counts-datagrams",
        format!("{what} is counted, so the loss is too small"),
        "count the pings that were answered in time, not the datagrams that came",
    )
}

fn twice(stage: &Stage) -> Outcome {
    let (program, server) = pinged(stage)?;
    let first = server.gets_any()?;
    server.answers(first.from, &first.payload)?;
    let second = server.gets_any()?;
    server.answers(first.from, &first.payload)?;
    server.answers_after(ms(100), &second, &second.payload)?;
    let third = server.gets_one_after_all()?;
    server.answers(third.from, &third.payload)?;
    echoes(server, PINGS - 3)?;
    program.prints_a_percentage("the loss", 0.0, |shown| match shown.have_a_percentage(-10.0) {
        true => counts_datagrams("the second copy of an answer"),
        false => Wrong::unknown(),
    })
}

fn stranger(stage: &Stage) -> Outcome {
    let (_, server) = pinged(stage)?;
    let stranger = stage.stranger()?;
    let first = server.gets_any()?;
    stranger.answers(first.from, &first.payload)?;
    server.answers_after(ms(100), &first, &first.payload)?;
    server.gets_one_after_all()?;
    Ok(())
}

/// Answers the first ping with garbage, and then as it should: the program goes on, and has waited for
/// the answer that repeats the ping.
fn goes_on_after(stage: &Stage, what: &str, garbage: &[u8], wrong: Wrong) -> Outcome {
    let (program, server) = pinged(stage)?;
    let first = server.gets_any()?;
    server.answers(first.from, garbage)?;
    program.survives(wrong)?;
    let answered = server.answers_after(ms(100), &first, &first.payload)?;
    let second = server.gets_one_in((Duration::ZERO, LIMIT.1), &first)?;
    // An answer that we have sent too late is right to be given up. Who has a socket for each ping knows
    // the answer by its port.
    let in_time = answered.min(LIMIT.0);
    let is_mistaken = second.at < first.at + in_time && second.from == first.from;
    let verdict = match is_mistaken {
        false => Ok(()),
        true => Err(Wrong::cause(
            "match-garbage-taken",
            format!("your client took {what} for the answer: it does not repeat the ping"),
            "compare the whole datagram with the ping, its length too, and wait on for the time that is \
             left when it is another",
        )),
    };
    stage.judge("the next ping after the answer that repeats this one", "the next ping before it", verdict)?;
    server.answers(second.from, &second.payload)?;
    server.gets_any()?;
    Ok(())
}

fn not_text(stage: &Stage) -> Outcome {
    goes_on_after(stage, "bytes that are no text", &stage.noise(32), Wrong::unknown())
}

fn empty(stage: &Stage) -> Outcome {
    let wrong = Wrong::cause(
        "udp-empty-not-served",
        "your client takes an empty datagram for the end: in TCP a length of 0 says that nothing \
         more will come, in UDP it is the length of this datagram",
        "treat 0 as any other length: this datagram is not the answer, so wait on",
    );
    goes_on_after(stage, "an empty datagram", b"", wrong)
}

fn huge(stage: &Stage) -> Outcome {
    let letters = stage.message_of(60_000).replace(char::is_numeric, "n");
    goes_on_after(stage, "a datagram of 60,000 letters", letters.as_bytes(), Wrong::unknown())
}

fn noise(stage: &Stage) -> Outcome {
    let (_, server) = pinged(stage)?;
    let stranger = stage.stranger()?;
    let before = server.gets_any()?;
    server.answers(before.from, &before.payload)?;
    let lost = server.gets_any()?;
    for (turn, at) in (1..).zip((50..=850).step_by(50)) {
        match turn % 3 {
            0 => server.answers_in(ms(at), before.from, &before.payload),
            _ => stranger.answers_in(ms(at), lost.from, stage.noise(turn * 40)),
        }
    }
    server.gets_one_in(LIMIT, &lost)?;
    Ok(())
}

fn silence(stage: &Stage) -> Outcome {
    let (program, server) = pinged(stage)?;
    let mut last = server.gets_any()?;
    for _ in 1..PINGS {
        last = server.gets_one_in(LIMIT, &last)?;
    }
    program.prints_a_percentage("the loss", 100.0, |_| Wrong::unknown())?;
    program.ends_without_a_crash()
}

fn closed_port(stage: &Stage) -> Outcome {
    let program = stage.program()?;
    program.ends_without_a_crash()?;
    program.prints_something()
}
