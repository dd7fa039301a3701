//! Words of the language of checks that look at what a program does with much, with nothing and with
//! what nobody should send: each with programs that are right in an unusual way, and with wrong ones.
//! The other words are tested by every program of the labs.
#![allow(clippy::unwrap_used)] // what a test needs and does not get is its failure

#[path = "check/asked_again.rs"]
mod asked_again;
#[path = "check/flooded.rs"]
mod flooded;
#[path = "check/ports.rs"]
mod ports;

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Trial};
use socklab::check::{Client, Failure, Outcome, Program, Scene, Stage};
use socklab::evidence::{Evidence, Expectation, Method, Role, Step, What};
use socklab::network::link::rules::Rules;
use socklab::network::link::{Sender, Settings};
use socklab::network::{Choice, Layout, Network};

const ADDRESS: &str = "127.0.0.1:12345";

fn main() -> ExitCode {
    if let Some(code) = socklab::become_helper_if_asked() {
        return code;
    }
    let tests: [(&str, fn()); 24] = [
        ("one_that_is_on_its_way_is_waited_for", one_that_is_on_its_way_is_waited_for),
        ("a_flood_is_answered_in_any_order", a_flood_is_answered_in_any_order),
        ("a_flood_ends_where_an_answer_is_missing", a_flood_ends_where_an_answer_is_missing),
        ("nothing_of_a_flood_is_kept_but_a_number", nothing_of_a_flood_is_kept_but_a_number),
        ("what_a_program_escapes_is_its_own_affair", what_a_program_escapes_is_its_own_affair),
        ("one_control_character_as_it_came_is_seen", one_control_character_as_it_came_is_seen),
        ("memory_that_is_taken_before_does_not_count", memory_taken_before_does_not_count),
        ("memory_of_every_process_counts", memory_of_every_process_counts),
        ("silence_is_proved_of_one_that_polls_too", silence_is_proved_of_one_that_polls_too),
        ("an_answer_that_comes_late_is_no_silence", an_answer_that_comes_late_is_no_silence),
        ("a_link_is_the_same_everywhere", a_link_is_the_same_everywhere),
        ("a_client_has_a_link_everywhere", a_client_has_a_link_everywhere),
        ("what_is_thrown_need_not_be_answered", what_is_thrown_need_not_be_answered),
        (
            "the_pinger_survives_ten_thousand_datagrams",
            flooded::the_pinger_survives_ten_thousand_datagrams,
        ),
        (
            "what_is_repeated_is_answered_and_nobody_is_told",
            asked_again::what_is_repeated_is_answered_and_nobody_is_told,
        ),
        (
            "what_came_before_it_is_repeated_is_answered_too",
            asked_again::what_came_before_it_is_repeated_is_answered_too,
        ),
        (
            "where_nothing_comes_next_there_is_none",
            asked_again::where_nothing_comes_next_there_is_none,
        ),
        ("what_grows_once_levels_off", what_grows_once_levels_off),
        (
            "what_an_earlier_program_sent_is_forgotten",
            asked_again::what_an_earlier_program_sent_is_forgotten,
        ),
        ("what_is_called_off_is_not_sent", asked_again::what_is_called_off_is_not_sent),
        (
            "a_flood_of_ones_own_counts_its_answers",
            asked_again::a_flood_of_ones_own_counts_its_answers,
        ),
        ("a_port_is_free_when_its_socket_is_gone", ports::a_port_is_free_when_its_socket_is_gone),
        (
            "a_port_is_forgotten_when_nobody_receives",
            ports::a_port_is_forgotten_when_nobody_receives,
        ),
        (
            "a_socket_with_another_descriptor_is_still_there",
            ports::a_socket_with_another_descriptor_is_still_there,
        ),
    ];
    let python = Command::new("python3").arg("--version").output().is_ok();
    let trials = tests.map(|(name, test)| {
        let name = if python { name.to_owned() } else { format!("{name} (no python3 here)") };
        let run = move || {
            test();
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(!python)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code()
}

/// What came of a check.
struct Played {
    /// What was not met, if anything was not.
    unmet: Option<Expectation>,
    steps: Vec<Step>,
    evidence: Evidence,
}

/// Checks a server in Python, which has its socket `s` and what it receives in `m` and `who`: `first`
/// is done once, `each` for every message.
fn play(first: &str, each: &str, check: impl Fn(Program<'_>, Client<'_>) -> Outcome) -> Played {
    let indented = |text: &str| text.trim().replace('\n', "\n    ");
    let script = format!(
        "import os, sys, threading, time\nfrom socket import *\ns = socket(AF_INET, SOCK_DGRAM)\n\
         s.bind(('127.0.0.1', 12345))\n{}\nwhile True:\n    {}\n",
        first.trim(),
        indented(each)
    );
    run(&script, check)
}

/// Checks a program in Python.
fn run(script: &str, check: impl Fn(Program<'_>, Client<'_>) -> Outcome) -> Played {
    let stage = stage(Role::Server, script, Choice::Auto, Layout::default());
    finish(stage, |stage| played(stage, &check))
}

/// A stage for a program in Python.
fn stage(role: Role, script: &str, network: Choice, layout: Layout) -> Stage {
    let scene = Scene {
        role,
        address: Some(ADDRESS.parse().unwrap()),
        command: ["python3", "-c", script].map(OsString::from).into(),
        shown: "a program".into(),
        seed: 7,
        method: Method::Copy,
        idles: false,
        reading: None,
    };
    let network = Network::open(network, &layout, &mut |_| {}).unwrap();
    Stage::set(scene, network).unwrap()
}

fn finish(stage: Stage, check: impl Fn(&Stage) -> Outcome) -> Played {
    let outcome = check(&stage);
    let (steps, evidence, _) = stage.close();
    let unmet = match outcome {
        Ok(()) => None,
        Err(Failure::Unmet(unmet)) => Some(unmet.expectation),
        Err(other) => panic!("{other:?}"),
    };
    Played { unmet, steps, evidence }
}

fn played(stage: &Stage, check: &impl Fn(Program<'_>, Client<'_>) -> Outcome) -> Outcome {
    let server = stage.program()?;
    server.is_bound_to(ADDRESS)?;
    check(server, stage.client()?)
}

impl Played {
    fn passes(&self) {
        assert_eq!(self.unmet, None, "{:#?}", self.steps);
    }

    fn tells(&self, words: &str) -> bool {
        self.steps.iter().any(|step| step.text.contains(words))
    }
}

/// A network on whose link these rules hold.
fn with_rules(text: &str) -> Layout {
    let layout = Layout::default();
    let names = layout.senders();
    let rules = Rules::parse("a test", text, &names).unwrap();
    let sender = |name: &&str| Sender { name: (*name).to_owned(), ..Sender::default() };
    let senders = names.iter().map(sender).collect();
    Layout { link: Some(Settings { seed: 7, senders, rules }), ..layout }
}

/// In a private network the packets go over a link, on the loopback through a relay.
fn a_link_is_the_same_everywhere() {
    let script = "
from socket import *
s = socket(AF_INET, SOCK_DGRAM)
s.bind(('127.0.0.1', 12345))
while True:
    m, who = s.recvfrom(65535)
    s.sendto(m, who)";
    for network in [Choice::Auto, Choice::Loopback] {
        let layout = with_rules("lose 2nd from server\nduplicate 3rd from server\n");
        let stage = stage(Role::Server, script, network, layout);
        let check = |stage: &Stage| {
            let server = stage.program()?;
            server.is_bound_to(ADDRESS)?;
            let (one, other) = (stage.client()?, stage.client()?);
            one.sends("first")?;
            one.gets("first")?;
            other.sends("lost")?;
            other.gets_no_answer()?;
            other.sends("twice")?;
            other.gets("twice")?;
            other.gets("twice")?;
            other.gets_nothing_more()
        };
        finish(stage, check).passes();
    }
}

fn a_client_has_a_link_everywhere() {
    let script = "
from socket import *
s = socket(AF_INET, SOCK_DGRAM)
s.settimeout(0.2)
while True:
    s.sendto(b'ask', ('127.0.0.1', 12345))
    try: m, who = s.recvfrom(65535)
    except timeout: continue
    print(m.decode(), who[1])
    break";
    for network in [Choice::Auto, Choice::Loopback] {
        let layout = with_rules("lose 1st from client\nlose 1st from server\n");
        let stage = stage(Role::Client, script, network, layout);
        let check = |stage: &Stage| {
            let server = stage.server_at(ADDRESS)?;
            let client = stage.program()?;
            for _ in 0..2 {
                let asker = server.gets("ask")?;
                server.answers(asker, "answered")?;
            }
            client.prints("answered")?;
            client.prints_its_port(12345)?;
            client.ends_well()
        };
        finish(stage, check).passes();
    }
}

/// It works for longer than one waits, and makes a socket every now and then: so it would be on a
/// machine that has little time for it.
fn one_that_is_on_its_way_is_waited_for() {
    let script = "
import time
from socket import *
spare = []
for _ in range(19):
    until = time.perf_counter() + 0.3
    while time.perf_counter() < until: pass
    spare.append(socket(AF_INET, SOCK_DGRAM))
s = socket(AF_INET, SOCK_DGRAM)
s.bind(('127.0.0.1', 12345))
s.recvfrom(65535)";
    run(script, |_, _| Ok(())).passes();
}

/// A server that sends back what it gets.
const ECHO: &str = "m, who = s.recvfrom(65535)\ns.sendto(m, who)";

fn flood_and_ask(_: Program<'_>, client: Client<'_>) -> Outcome {
    client.floods(128, 200)?;
    client.sends("still there?")?;
    client.gets("still there?")
}

/// It takes all that is there before it answers any, and begins with the last one.
fn a_flood_is_answered_in_any_order() {
    let batches = "
got = [s.recvfrom(65535)]
s.setblocking(False)
try:
    while True: got.append(s.recvfrom(65535))
except BlockingIOError: pass
s.setblocking(True)
for m, who in reversed(got): s.sendto(m, who)";
    let played = play("", batches, flood_and_ask);
    played.passes();
    assert!(played.tells("sent 128 messages of 200 bytes"), "{:#?}", played.steps);
}

fn a_flood_ends_where_an_answer_is_missing() {
    let forgets = "
m, who = s.recvfrom(65535)
n += 1
if n != 40: s.sendto(m, who)";
    let played = play("n = 0", forgets, flood_and_ask);
    // The one after it is answered again.
    played.passes();
    assert!(played.tells("sent 64 messages of 200 bytes"), "{:#?}", played.steps);

    // Each answer takes its time, and all together more than one waits.
    let slow = format!("{ECHO}\ntime.sleep(0.18)");
    play("", &slow, |_, client| client.floods(32, 200)).passes();

    let deaf = "
m, who = s.recvfrom(65535)
n += 1
if n < 40: s.sendto(m, who)";
    let played = play("n = 0", deaf, flood_and_ask);
    assert!(matches!(played.unmet, Some(Expectation::Answer { .. })), "{:#?}", played.steps);
}

fn nothing_of_a_flood_is_kept_but_a_number() {
    let Played { evidence, .. } = play("", ECHO, flood_and_ask);
    let count = |is: fn(&What) -> bool| evidence.all().filter(|what| is(what)).count();
    assert_eq!(count(|what| matches!(what, What::Sent { .. })), 1);
    assert_eq!(count(|what| matches!(what, What::Received { .. })), 1);
    if Choice::Auto.is_private() {
        let left_out = evidence.all().find_map(|what| match what {
            What::PacketsLeftOut { count } => Some(*count),
            _ => None,
        });
        assert_eq!(left_out, Some(2 * 128));
        assert_eq!(evidence.flights().count(), 2);
    }
}

const MESSAGE: &str = "Copper\x1b[2Jwalnut\nPebble\x07violin";

fn escapes(server: Program<'_>, client: Client<'_>) -> Outcome {
    client.sends(MESSAGE)?;
    server.prints("Copper")?;
    server.prints("violin")?;
    server.escapes(MESSAGE)
}

fn what_a_program_escapes_is_its_own_affair() {
    let shows = [
        // It clears its screen and has colors, line ends and a bell of its own.
        "print('\\x1b[2J\\x1b[31m', ascii(m.decode()), '\\x1b[0m\\x07\\r\\n')",
        "print(''.join(c if c.isprintable() else '?' for c in m.decode()))",
        "print(''.join(c for c in m.decode() if c.isprintable()), file=sys.stderr)",
        "print(*m.decode().splitlines()[0].split('\\x1b'), m.decode().split('\\x07')[1])",
    ];
    for show in shows {
        play("", &format!("m, who = s.recvfrom(65535)\n{show}"), escapes).passes();
    }
}

fn one_control_character_as_it_came_is_seen() {
    let shows = [
        "print(m.decode())",
        "print(m.decode().replace('\\x1b', '?').replace('\\x07', '?'))",
        "print(m.decode().replace('\\x1b', '?').replace('\\n', '?'), file=sys.stderr)",
        // Once as it should be, and once in a log of its own.
        "print(ascii(m.decode()), flush=True)\nprint('log:', m.decode())",
    ];
    for show in shows {
        let played = play("", &format!("m, who = s.recvfrom(65535)\n{show}"), escapes);
        assert_eq!(played.unmet, Some(Expectation::Escaped), "{show}");
    }
}

fn grows(server: Program<'_>, client: Client<'_>) -> Outcome {
    client.floods(64, 100)?;
    server.levels_off(4, || client.floods(256, 100))
}

/// A garbage collector that takes much in the middle, and then no more.
fn what_grows_once_levels_off() {
    let late = "n += 1\nif n == 200: kept = bytearray(os.urandom(64 << 20))";
    play("n = 0", &format!("{ECHO}\n{late}"), grows).passes();
}

/// It has much from the start; or it takes much for each message, and gives it back.
fn memory_taken_before_does_not_count() {
    play("kept = bytearray(os.urandom(64 << 20))", ECHO, grows).passes();
    let gives_back = format!("{ECHO}\nmuch = bytearray(1 << 20)\ndel much");
    play("", &gives_back, grows).passes();
}

fn memory_of_every_process_counts() {
    let grown = Some(Expectation::Memory { at_most: 4 << 20 });
    let keeps = format!("{ECHO}\nkept.append(os.urandom(1 << 16))");
    assert_eq!(play("kept = []", &keeps, grows).unmet, grown);
    // A child keeps it, and the server itself has nothing.
    let child = "
into, out = os.pipe()
if os.fork() == 0:
    kept = []
    while os.read(into, 1): kept.append(os.urandom(1 << 16))";
    let keeps = format!("{ECHO}\nos.write(out, b'x')");
    assert_eq!(play(child, &keeps, grows).unmet, grown);
}

fn is_silent(_: Program<'_>, client: Client<'_>) -> Outcome {
    client.sends("hello")?;
    client.gets_no_answer()
}

fn silence_is_proved_of_one_that_polls_too() {
    play("", "m, who = s.recvfrom(65535)", is_silent).passes();
    let polls = "
try: m, who = s.recvfrom(65535)
except BlockingIOError: time.sleep(0.01)";
    play("s.setblocking(False)", polls, is_silent).passes();
}

/// From a thread that computes first; and through a socket of its own. One that waits with a time
/// limit may wait for ever again, and is not waited for.
fn an_answer_that_comes_late_is_no_silence() {
    let answer = "
def answer(who):
    until = time.perf_counter() + 0.1
    while time.perf_counter() < until: pass
    s.sendto(b'later', who)";
    let later = "
m, who = s.recvfrom(65535)
threading.Thread(target=answer, args=(who,)).start()";
    assert_eq!(play(answer, later, is_silent).unmet, Some(Expectation::Silence));
    let elsewhere = "
m, who = s.recvfrom(65535)
socket(AF_INET, SOCK_DGRAM).sendto(b'elsewhere', who)";
    assert_eq!(play("", elsewhere, is_silent).unmet, Some(Expectation::Silence));
}

fn throws(server: Program<'_>, client: Client<'_>) -> Outcome {
    client.throws(&[b"", b"\xff", b"ping"])?;
    client.sends("still there?")?;
    client.gets("still there?")?;
    client.gets_nothing_more()?;
    server.keeps_running()
}

/// Twice, wrongly or not at all; but whoever ends has not served on.
fn what_is_thrown_need_not_be_answered() {
    let twice = "
m, who = s.recvfrom(65535)
s.sendto(m, who)
if not m.endswith(b'?'): s.sendto(b'sorry?', who)";
    play("", twice, throws).passes();
    let only_questions = "
m, who = s.recvfrom(65535)
if m.endswith(b'?'): s.sendto(m, who)";
    play("", only_questions, throws).passes();
    let ends = "
m, who = s.recvfrom(65535)
s.sendto(m.decode().encode(), who)";
    let played = play("", ends, throws);
    assert!(matches!(played.unmet, Some(Expectation::Answer { .. })), "{:#?}", played.steps);
}
