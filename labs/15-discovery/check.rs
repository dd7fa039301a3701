//! What a right program of lab 15 does.

#[path = "check/found.rs"]
mod found;
#[path = "check/noise.rs"]
mod noise;
#[path = "check/query.rs"]
mod query;
#[path = "check/repeats.rs"]
mod repeats;

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::check::{Carried, Outcome, Program, Server, Stage, Wrong};
use crate::course::Plan;
use crate::evidence::{Exit, Role};

use found::{lists, lists_all};
use query::Query;

const PORT: u16 = 15015;
const BROADCAST: &str = "255.255.255.255:15015";
const SUBNET: &str = "192.168.15.255:15015";
const GROUP: &str = "239.255.15.15";
const MULTICAST: &str = "239.255.15.15:15015";

/// What is sent so long after the first query may come too late.
const LATE: Duration = Duration::from_millis(700);

pub(crate) fn plan() -> Plan {
    Plan::new("A finder of servers", Role::Client)
        .hosts(&[
            ("client", "192.168.15.10"),
            ("alder", "192.168.15.21"),
            ("birch", "192.168.15.22"),
            ("cedar", "192.168.15.23"),
            ("magpie", "192.168.15.66"),
        ])
        .check("asks-everybody", "told `broadcast`, asks 255.255.255.255", asks_everybody)
        .check("asks-the-subnet", "told `subnet`, asks 192.168.15.255", asks_the_subnet)
        .check("asks-the-group", "told `multicast`, asks 239.255.15.15", asks_the_group)
        .check("stays-in-the-lan", "sends no multicast that a router passes on", stays_in_the_lan)
        .needs("asks-the-group")
        .check("finds-all", "lists every server that answers, and ends with 0", finds_all)
        .needs("asks-everybody")
        .idles()
        .check("finds-the-group", "finds by multicast too", finds_the_group)
        .needs("asks-the-group")
        .idles()
        .check("finds-its-own-host", "finds a server on its own host", finds_its_own_host)
        .needs("finds-the-group")
        .idles()
        .check("asks-again", "asks three times with one number", repeats::asks_again)
        .needs("finds-all")
        .idles()
        .check("names-the-known", "names in later queries whom it knows", repeats::names_the_known)
        .needs("asks-again")
        .idles()
        .check("finds-a-late-one", "finds a server that starts late", repeats::finds_a_late_one)
        .needs("asks-again")
        .idles()
        .check("waits-for-the-slow", "waits for answers after its last query", repeats::waits_for_the_slow)
        .needs("asks-again")
        .idles()
        .check("tells-namesakes-apart", "lists two servers of one name", repeats::tells_namesakes_apart)
        .needs("finds-all")
        .idles()
        .check("lists-each-once", "lists a server once that answers often", repeats::lists_each_once)
        .needs("finds-all")
        .idles()
        .check("survives-garbage", "passes over what is no answer", noise::survives_garbage)
        .needs("asks-again")
        .idles()
        .check("minds-the-number", "passes over answers to other queries", noise::minds_the_number)
        .needs("asks-again")
        .idles()
        .check("ends-in-time", "ends in time while a noisy host talks on", noise::ends_in_time)
        .needs("asks-again")
        .idles()
        .check("says-when-none", "says when nobody has answered", says_when_none)
        .needs("asks-everybody")
        .idles()
}

/// A server of this check.
#[derive(Clone, Debug)]
struct Responder<'s> {
    stage: &'s Stage,
    server: Server<'s>,
    name: String,
    /// From where it was asked last, and when first.
    asker: Cell<Option<SocketAddr>>,
    asked: Cell<Option<Duration>>,
}

/// A query that a server got, and who sent it.
struct Heard {
    from: SocketAddr,
    at: Duration,
    query: Query,
}

impl<'s> Responder<'s> {
    /// One on this host, in the group, with a random name.
    fn on(stage: &'s Stage, host: &str) -> Outcome<Responder<'s>> {
        let server = stage.server_on(host, PORT)?;
        server.joins(GROUP)?;
        Ok(Responder { stage, server, name: name(stage), asker: Cell::new(None), asked: Cell::new(None) })
    }

    fn ip(&self) -> IpAddr {
        self.server.address().ip()
    }

    /// From where it was asked last.
    fn heard_from(&self) -> Option<SocketAddr> {
        self.asker.get()
    }

    /// True when its last answer was sent so late that a right program need not have it: somebody was
    /// kept from the processor.
    fn was_late(&self) -> bool {
        let (asked, sent) = (self.asked.get(), self.server.sent_last());
        asked.zip(sent).is_some_and(|(asked, sent)| sent > asked + LATE)
    }

    fn hears(&self) -> Outcome<Heard> {
        self.hears_or("a query", Wrong::unknown)
    }

    /// Hears a query; where none comes, this is why.
    fn hears_or(&self, what: &str, why: impl FnOnce() -> Wrong) -> Outcome<Heard> {
        let mut read = None;
        let got = self.server.gets_that(what, |got| match got {
            Some(payload) => Query::read(payload).map(|query| read = Some(query)),
            None => Err(why()),
        });
        if got.is_err() {
            // What was sent to others has come to them by then.
            self.stage.output()?;
        }
        let got = got?;
        self.asker.set(Some(got.from));
        self.asked.set(self.asked.get().or(Some(got.at)));
        let query = read.unwrap_or(Query { number: 0, known: Vec::new() });
        Ok(Heard { from: got.from, at: got.at, query })
    }

    fn answer_to(&self, heard: &Heard) -> String {
        format!("HERE {} {}", heard.query.number, self.name)
    }

    fn answers(&self, heard: &Heard) -> Outcome {
        self.server.answers(heard.from, self.answer_to(heard))
    }
}

/// A random name, of letters, digits and hyphens: `Copper-walnut-4711`.
fn name(stage: &Stage) -> String {
    stage.message().replace(' ', "-")
}

fn asks(stage: &Stage, way: &str, to: &str) -> Outcome<Carried> {
    let _alder = Responder::on(stage, "alder")?;
    stage.program_with(&[way])?;
    let address: Ipv4Addr = match to.trim_end_matches(":15015").parse() {
        Ok(address) => address,
        Err(_) => panic!("{to} is no address and port 15015"),
    };
    stage.carries_that(to, "`DISCOVER` and a number", |sent| match sent {
        Some(sent) => {
            query::goes_right(way, address, PORT, sent)?;
            Query::read(&sent.payload).map(drop)
        }
        None if way != "multicast" && stage.has_asked_to_broadcast() == Some(false) => {
            Err(Wrong::cause(
                "addr-no-broadcast-option",
                "no query left your program: the kernel refuses a broadcast of a socket that has not \
                 set SO_BROADCAST",
                "set it before the first query: socket.set_broadcast(true), in C and Python setsockopt \
                 with SO_BROADCAST; and look at what sendto returns",
            ))
        }
        None => Err(Wrong::unknown()),
    })
}

fn asks_everybody(stage: &Stage) -> Outcome {
    asks(stage, "broadcast", BROADCAST).map(drop)
}

fn asks_the_subnet(stage: &Stage) -> Outcome {
    asks(stage, "subnet", SUBNET).map(drop)
}

fn asks_the_group(stage: &Stage) -> Outcome {
    asks(stage, "multicast", MULTICAST).map(drop)
}

fn stays_in_the_lan(stage: &Stage) -> Outcome {
    let sent = asks(stage, "multicast", MULTICAST)?;
    let wrong = Wrong::cause(
        "mcast-ttl",
        format!(
            "your query has the TTL {}: {}",
            sent.ttl,
            match sent.ttl {
                0 => "it is meant to stay on your own host",
                _ => "routers that know the group pass it on, and other networks hear it too",
            }
        ),
        "leave IP_MULTICAST_TTL at its default, or set it to 1",
    );
    let verdict = if sent.ttl == 1 { Ok(()) } else { Err(wrong) };
    stage.judge("a multicast with the TTL 1", format!("one with the TTL {}", sent.ttl), verdict)
}

/// Starts the finder with these servers on the network.
fn starts<'s>(
    stage: &'s Stage,
    way: &str,
    hosts: &[&str],
) -> Outcome<(Program<'s>, Vec<Responder<'s>>)> {
    let responders =
        hosts.iter().map(|host| Responder::on(stage, host)).collect::<Outcome<Vec<_>>>()?;
    Ok((stage.program_with(&[way])?, responders))
}

fn finds_all(stage: &Stage) -> Outcome {
    let (program, servers) = starts(stage, "broadcast", &["alder", "birch", "cedar", "magpie"])?;
    for server in &servers {
        server.answers(&server.hears()?)?;
    }
    let exit = ends(program)?;
    lists_all(stage, &servers, &first_only)?;
    let wrong = Wrong::cause(
        "exit-code-inverted",
        "your program has found servers and ends with a status that says that it failed",
        "end with status 0 where any server was found",
    );
    let verdict = if exit.is_success() { Ok(()) } else { Err(wrong) };
    stage.judge("its end with status 0, since servers were found", format!("it {exit}"), verdict)
}

fn first_only() -> Wrong {
    Wrong::cause(
        "disc-first-only",
        "an answer came in time and its server is not listed: your program does not take all answers \
         until its time is over",
        "go on receiving after an answer, until the time is over, and after each query anew",
    )
}

fn finds_the_group(stage: &Stage) -> Outcome {
    let (program, servers) = starts(stage, "multicast", &["alder", "cedar"])?;
    for server in &servers {
        server.answers(&server.hears()?)?;
    }
    ends(program)?;
    lists_all(stage, &servers, &first_only)
}

fn finds_its_own_host(stage: &Stage) -> Outcome {
    let (program, servers) = starts(stage, "multicast", &["client"])?;
    let [server] = servers.as_slice() else { return Ok(()) };
    let heard = server.hears_or("a query", || {
        Wrong::cause(
            "mcast-no-loop",
            "your query left its host, and a server on that host has not heard it: IP_MULTICAST_LOOP \
             is off",
            "leave IP_MULTICAST_LOOP alone: it is on unless a program turns it off",
        )
    })?;
    server.answers(&heard)?;
    ends(program)?;
    lists(stage, server, &first_only)
}

fn says_when_none(stage: &Stage) -> Outcome {
    let (program, _) = starts(stage, "broadcast", &["magpie"])?;
    program.ends_that("its end with a status that is not 0, since nobody answers", |exit| {
        match exit {
            None => Err(never_ends(program)),
            Some(exit) if exit.is_success() => Err(Wrong::cause(
                "exit-code-inverted",
                "nobody has answered, and your program ends with status 0, which says that all went \
                 well: a script that starts it cannot know",
                "end with a status that is not 0 where no server was found",
            )),
            Some(_) => Ok(()),
        }
    })?;
    let said = stage.output()?;
    let wrong = Wrong::cause(
        "out-silent",
        "your program ends with an error, and without a word",
        "print that no server has answered",
    );
    let verdict = if said.trim().is_empty() { Err(wrong) } else { Ok(()) };
    stage.judge("a text that says so", "no text at all", verdict)
}

/// It ends by itself.
fn ends(program: Program<'_>) -> Outcome<Exit> {
    let what = "its end, a second after its first query";
    program.ends_that(what, |exit| exit.map(drop).ok_or_else(|| never_ends(program)))
}

fn never_ends(program: Program<'_>) -> Wrong {
    if !program.waits_for_ever() {
        return Wrong::unknown();
    }
    Wrong::cause(
        "to-none",
        "your program waits for one more answer for ever: nobody knows how many will come",
        "let each receive wait for no longer than what is left of the time (Python: settimeout, Rust: \
         set_read_timeout, C: poll)",
    )
}
