//! What a right program of lab 15 does.

#[path = "check/found.rs"]
mod found;
#[path = "check/query.rs"]
mod query;

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::check::{Carried, Outcome, Program, Server, Stage, Wrong};
use crate::course::Plan;
use crate::evidence::Role;

use found::lists;
use query::Query;

const PORT: u16 = 15015;
const BROADCAST: &str = "255.255.255.255:15015";
const SUBNET: &str = "192.168.15.255:15015";
const GROUP: &str = "239.255.15.15";
const MULTICAST: &str = "239.255.15.15:15015";

/// How much sooner than the next query an answer must have been sent to be known in it: whoever is
/// kept from the processor for so long must not fail.
const IN_TIME: Duration = Duration::from_millis(150);

/// Queries that follow each other so fast leave at once.
const AT_ONCE: Duration = Duration::from_millis(15);

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
        .check("asks-again", "asks three times with one number", asks_again)
        .needs("asks-everybody")
        .idles()
        .check("names-the-known", "names in later queries whom it knows", names_the_known)
        .needs("asks-again")
        .idles()
        .check("finds-a-late-one", "finds a server that starts late", finds_a_late_one)
        .needs("asks-again")
        .idles()
        .check("waits-for-the-slow", "waits for answers after its last query", waits_for_the_slow)
        .needs("asks-again")
        .idles()
        .check("tells-namesakes-apart", "lists two servers of one name", tells_namesakes_apart)
        .needs("finds-all")
        .idles()
        .check("lists-each-once", "lists a server once that answers often", lists_each_once)
        .needs("finds-all")
        .idles()
        .check("survives-garbage", "passes over what is no answer", survives_garbage)
        .needs("asks-again")
        .idles()
        .check("minds-the-number", "passes over answers to other queries", minds_the_number)
        .needs("asks-again")
        .idles()
        .check("ends-in-time", "ends in time while a noisy host talks on", ends_in_time)
        .needs("asks-again")
        .idles()
        .check("says-when-none", "says when nobody has answered", says_when_none)
        .needs("asks-everybody")
        .idles()
}

/// A server of this check.
#[derive(Clone, Debug)]
struct Responder<'s> {
    server: Server<'s>,
    name: String,
    asker: Cell<Option<SocketAddr>>,
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
        Ok(Responder { server, name: name(stage), asker: Cell::new(None) })
    }

    fn ip(&self) -> IpAddr {
        self.server.address().ip()
    }

    /// From where it was asked last.
    fn heard_from(&self) -> Option<SocketAddr> {
        self.asker.get()
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
        })?;
        self.asker.set(Some(got.from));
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
    let (program, servers) = starts(stage, "broadcast", &["alder", "birch", "cedar"])?;
    for server in &servers {
        server.answers(&server.hears()?)?;
    }
    program.ends_without_a_crash()?;
    for server in &servers {
        lists(stage, server, &first_only)?;
    }
    program.ends_well()
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
    program.ends_without_a_crash()?;
    servers.iter().try_for_each(|server| lists(stage, server, &first_only))
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
    program.ends_without_a_crash()?;
    lists(stage, server, &first_only)
}

fn asks_again(stage: &Stage) -> Outcome {
    let (_, servers) = starts(stage, "broadcast", &["alder"])?;
    let [server] = servers.as_slice() else { return Ok(()) };
    let first = server.hears()?;
    let mut before = first.at;
    for what in ["a second query", "a third query"] {
        let next = server.hears_or(what, asks_once)?;
        let observed = format!("one with {}", next.query.number);
        let number = first.query.number;
        let same = (next.query.number == number).then_some(()).ok_or_else(new_number);
        stage.judge(format!("{what} with the number {number}"), observed, same)?;
        let pause = next.at.saturating_sub(before);
        let observed = format!("it {:.1} ms after it", pause.as_secs_f64() * 1e3);
        let waited = (pause >= AT_ONCE).then_some(()).ok_or_else(asks_at_once);
        stage.judge(format!("{what} some time after the one before"), observed, waited)?;
        before = next.at;
    }
    Ok(())
}

fn asks_once() -> Wrong {
    Wrong::cause(
        "disc-asks-too-seldom",
        "your program does not ask three times: a query that is lost, or a server that starts a moment \
         later, is never made up for",
        "send the query at once, after 100 ms and after 300 ms, and collect answers in between",
    )
}

fn new_number() -> Wrong {
    Wrong::cause(
        "disc-new-number",
        "each query has another number: an answer to the first that comes after the second looks like \
         somebody else's",
        "choose the number once, before the first query",
    )
}

fn asks_at_once() -> Wrong {
    Wrong::cause(
        "disc-asks-at-once",
        "your queries follow each other at once: what loses one loses all, and no answer can come in \
         between",
        "collect answers for 100 ms after the first query and for 200 ms after the second",
    )
}

fn names_the_known(stage: &Stage) -> Outcome {
    let (_, servers) = starts(stage, "broadcast", &["alder", "birch"])?;
    let mut answered = Duration::ZERO;
    for server in &servers {
        server.answers(&server.hears()?)?;
        answered = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    }
    let [server, ..] = servers.as_slice() else { return Ok(()) };
    server.hears_or("a second query", asks_once)?;
    let last = server.hears_or("a third query", asks_once)?;
    if last.at < answered + IN_TIME {
        // Somebody was kept from the processor: nothing is proved.
        return Ok(());
    }
    let missing = servers.iter().find(|it| !last.query.known.iter().any(|ip| *ip == it.ip()));
    let expected = "a third query that names both servers, which have answered";
    let observed = match last.query.known.as_slice() {
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

fn words(known: &[Ipv4Addr]) -> String {
    known.iter().map(Ipv4Addr::to_string).collect::<Vec<_>>().join(" and ")
}

fn finds_a_late_one(stage: &Stage) -> Outcome {
    let (program, servers) = starts(stage, "broadcast", &["alder", "birch"])?;
    let [early, late] = servers.as_slice() else { return Ok(()) };
    early.answers(&early.hears()?)?;
    // The first one comes before it listens, as far as the finder can tell.
    late.hears()?;
    late.answers(&late.hears_or("a second query", asks_once)?)?;
    program.ends_without_a_crash()?;
    lists(stage, early, &first_only)?;
    lists(stage, late, &first_only)
}

fn waits_for_the_slow(stage: &Stage) -> Outcome {
    let (program, servers) = starts(stage, "broadcast", &["alder"])?;
    let [server] = servers.as_slice() else { return Ok(()) };
    server.hears()?;
    server.hears_or("a second query", asks_once)?;
    let last = server.hears_or("a third query", asks_once)?;
    let pause = Duration::from_millis(100);
    server.server.answers_in(pause, last.from, server.answer_to(&last));
    program.ends_without_a_crash()?;
    lists(stage, server, &|| {
        Wrong::cause(
            "disc-ends-early",
            "a server that answered 100 ms after the third query is not listed: your program had \
             stopped listening by then",
            "go on collecting for 400 ms after the last query",
        )
    })
}

fn tells_namesakes_apart(stage: &Stage) -> Outcome {
    let (program, mut servers) = starts(stage, "broadcast", &["alder", "birch"])?;
    let name = servers.first().map(|server| server.name.clone()).unwrap_or_default();
    for server in &mut servers {
        server.name.clone_from(&name);
        server.answers(&server.hears()?)?;
    }
    program.ends_without_a_crash()?;
    found::lists_both(stage, &servers)
}

fn lists_each_once(stage: &Stage) -> Outcome {
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
    program.ends_without_a_crash()?;
    lists(stage, server, &first_only)
}

/// A noisy host, and a good server that answers the second query: after all the noise.
fn amid_noise(
    stage: &Stage,
    noise: impl Fn(&Responder<'_>, &Heard) -> Outcome<Vec<(&'static str, String)>>,
    why: &dyn Fn(&str) -> Wrong,
) -> Outcome {
    let (program, servers) = starts(stage, "broadcast", &["alder", "magpie"])?;
    let [good, noisy] = servers.as_slice() else { return Ok(()) };
    let made = noise(noisy, &noisy.hears()?)?;
    good.hears()?;
    good.answers(&good.hears_or("a second query", asks_once)?)?;
    program.ends_without_a_crash()?;
    found::shows_nothing_of(stage, &made, why)?;
    lists(stage, good, &first_only)
}

fn survives_garbage(stage: &Stage) -> Outcome {
    let garbage = |noisy: &Responder<'_>, heard: &Heard| {
        let number = heard.query.number;
        let names: Vec<String> = (0..8).map(|_| name(stage)).collect();
        let made = [
            ("an answer with two names", format!("HERE {number} {} {}", names[0], names[0])),
            ("an answer that does not begin with HERE", format!("THERE {number} {}", names[1])),
            ("an answer with small letters", format!("here {number} {}", names[2])),
            ("an answer without a number", format!("HERE {}", names[3])),
            ("an answer with a name of 21 letters", format!("HERE {number} {:a<21}", names[4])),
            ("an answer with control characters", format!("HERE {number} \x1b[7m{}", names[5])),
            ("an answer with a line end", format!("HERE {number} {}\nroot", names[6])),
            ("an answer with more behind it", format!("HERE {number} {}{:1400}", names[7], "")),
        ];
        let rest: [&[u8]; 6] = [b"", b"HERE", b"HERE ", b"\xff\xfe\x00\x80", &[0; 1400], b"\n\n\n"];
        let texts = made.iter().map(|(_, text)| text.as_bytes());
        for payload in texts.chain(rest) {
            noisy.server.answers(heard.from, payload)?;
        }
        for empty in ["HERE {} ", "HERE {}", "HERE {}  "] {
            noisy.server.answers(heard.from, empty.replace("{}", &number.to_string()))?;
        }
        Ok(made.into_iter().zip(names).map(|((what, _), name)| (what, name)).collect())
    };
    amid_noise(stage, garbage, &|what| {
        Wrong::cause(
            "disc-takes-anything",
            format!("your program took {what} for an answer: anybody can send anything to its port"),
            "take only what is HERE, your number and one name of 1 to 20 letters, digits or hyphens, \
             with one space between them and nothing behind; pass over everything else",
        )
    })
}

fn minds_the_number(stage: &Stage) -> Outcome {
    let others = |noisy: &Responder<'_>, heard: &Heard| {
        let number = heard.query.number;
        let names: Vec<String> = (0..3).map(|_| name(stage)).collect();
        for (other, name) in [number % 65535 + 1, number * 10 + 1, 0].iter().zip(&names) {
            noisy.server.answers(heard.from, format!("HERE {other} {name}"))?;
        }
        Ok(names.into_iter().map(|name| ("an answer to another query", name)).collect())
    };
    amid_noise(stage, others, &|_| {
        Wrong::cause(
            "disc-number-unchecked",
            "your program took an answer with another number: it is for somebody else's query, or for \
             one of an earlier run",
            "compare the number in the answer with your own, all of it, and pass over another one",
        )
    })
}

fn ends_in_time(stage: &Stage) -> Outcome {
    let (program, servers) = starts(stage, "broadcast", &["alder", "magpie"])?;
    let [good, noisy] = servers.as_slice() else { return Ok(()) };
    let heard = noisy.hears()?;
    let other = format!("HERE {} {}", heard.query.number % 65535 + 1, noisy.name);
    // So many at once fit into the socket's queue: none that counts is lost.
    for (time, _) in (0..60).flat_map(|turn| (0..15).map(move |at| (turn * 40, at))) {
        noisy.server.answers_in(Duration::from_millis(time), heard.from, &other);
    }
    good.hears()?;
    good.answers(&good.hears_or("a second query", asks_once)?)?;
    program.ends_without_a_crash()?;
    let wrong = Wrong::cause(
        "disc-noise-extends",
        "your program goes on as long as anything comes: each datagram starts its time limit anew",
        "fix the moment of the end once, and let each receive wait only for what is left until then",
    );
    let in_time = stage.peers_have_more();
    let observed = if in_time { "it" } else { "its end once the noise was over" };
    let verdict = if in_time { Ok(()) } else { Err(wrong) };
    stage.judge("its end 700 ms after its first query, whatever comes", observed, verdict)?;
    lists(stage, good, &first_only)
}

fn says_when_none(stage: &Stage) -> Outcome {
    let (program, servers) = starts(stage, "broadcast", &["magpie"])?;
    for server in &servers {
        server.hears()?;
    }
    program.ends_with_a_complaint()
}
