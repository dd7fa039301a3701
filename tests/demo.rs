//! Demos: every lab's handout plays, and what goes wrong is told.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics

#[path = "demo/packets.rs"]
mod packets;
#[path = "packet/tools.rs"]
mod tools;

use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use assert_cmd::assert::OutputAssertExt;
use libtest_mimic::{Arguments, Failed, Trial};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};
use socklab::course::Lab;
use socklab::demo::{Difference, Halt, Mismatch, Moment, Play, Transcript};
use socklab::evidence::What;
use socklab::network::{Choice, Layout, Network, denied};
use socklab::program::{self, Calls, Errors, Program};
use socklab::{labs, procfs};

const SOCKLAB: &str = env!("CARGO_BIN_EXE_socklab");

/// What `cargo run -q -p labN` starts here: the solutions, once they are built.
type Solutions = HashMap<String, PathBuf>;

fn main() -> ExitCode {
    // Programs are started by way of a guard, which is this executable started anew.
    if let Some(code) = socklab::become_helper_if_asked() {
        return code;
    }
    if let Some(code) = packets::become_program_if_asked() {
        return code;
    }
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = labs::all().iter().map(plays).collect();
    trials.extend(
        DIFFERENCES
            .iter()
            .map(|wrong| Trial::test(wrong.name, || wrong.is_told().map_err(Failed::from))),
    );
    let others: [(&str, fn()); 9] = [
        ("what_a_person_types_can_be_told_without_color", typed_text_is_marked),
        ("a_command_that_is_no_lab_is_a_mistake", commands_are_labs),
        ("a_program_that_ignores_ctrl_c_is_told_and_ended", ctrl_c_is_ignored),
        ("an_address_that_is_held_names_its_holder", address_is_held),
        ("moments_come_in_order", moments_come_in_order),
        ("ctrl_c_ends_everything_at_a_pause", ctrl_c_ends_everything),
        ("a_lab_that_is_not_there_is_a_usage_error", unknown_lab),
        ("what_the_loopback_carries_is_not_drawn", packets::loopback_shows_no_packets),
        ("options_that_cannot_be_are_told_at_once", packets::options_are_judged_at_once),
    ];
    let trial = |name: String, run: fn()| {
        Trial::test(name, move || {
            run();
            Ok(())
        })
    };
    trials.extend(others.map(|(name, run)| trial(name.to_owned(), run)));
    let why = denied().map(|denied| format!(" (this machine makes no private network: {denied})"));
    trials.extend(packets::PRIVATE.map(|(name, run)| {
        let name = format!("{name}{}", why.as_deref().unwrap_or_default());
        trial(name, run).with_ignored_flag(why.is_some())
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// What the kernel must be seen to show in a lab's demo.
fn facts(lab: &Lab) -> &'static [&'static str] {
    match lab.slug {
        "socket" => &["kernel │ program: UDP, not bound; waits for input at its terminal"],
        "bind" => &[
            "kernel │ program: UDP 127.0.0.1:12345; waits for input at its terminal",
            "Address already in use",
            ":  exited with status 1",
        ],
        "recvfrom" => &[
            "kernel │ program: UDP 127.0.0.1:12345, waits in recvfrom",
            "kernel │ program: exited with status 0\n   kernel │ client:  UDP 0.0.0.0:",
        ],
        "sendto" | "ack-client" => &[", waits in recvfrom\n  client │ ^C\n"],
        "hello-server" | "ack-server" => {
            &["kernel │ server: UDP 127.0.0.1:12345, waits in recvfrom", "server │ ^C\n"]
        }
        "lan-server" => &[
            "kernel │ server: UDP 127.0.0.1:4010, waits in recvfrom",
            "client │ An error occurred: Connection refused (os error 111)\n",
            "kernel │ server: UDP 192.168.0.108:4010, waits in recvfrom",
            "server │ Connection established with: 192.168.0.109:",
        ],
        "hardened-server" => &[
            "server │ Error: Utf8Error",
            "  loop │ Answer 5 has 194 bytes\n",
            "'Server acknowledges: \\xff'",
            "kernel │ server: UDP 127.0.0.1:12345, waits in recvfrom",
        ],
        "pinger" => &[
            "kernel │ server: UDP 127.0.0.1:12000, waits in recvfrom",
            "ms, answer 'PING 5'\n",
            "client │ 10 sent, 8 answered, 20 % lost\n",
        ],
        _ => &[],
    }
}

/// What must be seen on the wire, where it can be seen.
fn packets_of(lab: &Lab) -> &'static [&'static str] {
    match lab.slug {
        "recvfrom" => &["─ \"Hello, Server!\" 14 bytes ───►│\n   kernel │ client:  UDP"],
        "sendto" | "ack-client" => &[" bytes ──✗", "◄── ICMP port unreachable ──"],
        "hello-server" => &["─ \"Hello, Client!\" 14 bytes ───│\n  kernel │ server: UDP"],
        "ack-server" => &[
            "    wire │ client  ",
            "─ \"Hello, Server!\" 14 bytes ─────────────►│\n",
            "─ \"Server acknowledges: Hello, Server!\" 35 bytes ───│\n  kernel │ server: UDP",
        ],
        "lan-server" => &[
            "│  to 192.168.0.108:4010, where nobody is  │\n",
            "◄── ICMP port unreachable ──",
            "─ \"Message received\" 16 bytes ───│\n  kernel │ server: UDP 192.168.0.108:4010",
        ],
        "pinger" => &["─ \"Ping 10\" 7 bytes ─", "◄─── \"PING 9\" 6 bytes ──"],
        "hardened-server" => &["\"\\xff\" 1 byte ─", "◄── \"Server ackn…\" 22 bytes ──│"],
        _ => &[],
    }
}

/// A lab's handout plays as it stands.
fn plays(lab: &'static Lab) -> Trial {
    let can_play = lab.plan.hosts.len() < 2 || Choice::Auto.is_private();
    let trial = Trial::test(format!("lab{}_plays", lab.number), || {
        let text = played(lab);
        let turn = format!("\nYour turn: {}", lab.parts[0].file.display());
        let packets = if denied().is_none() { packets_of(lab) } else { &[] };
        let expected = facts(lab).iter().chain(packets).copied();
        for fact in expected.chain([turn.as_str(), " │ $ cargo run -q -p lab"]) {
            if !text.contains(fact) {
                return Err(format!("{fact:?} is missing in\n{text}").into());
            }
        }
        if text.contains('\x1b') || text.contains("Enter goes on") {
            return Err(format!("this is for terminals only:\n{text}").into());
        }
        Ok(())
    });
    trial.with_ignored_flag(!can_play)
}

/// What `socklab demo` prints for a lab.
fn played(lab: &Lab) -> String {
    let number = lab.number.to_string();
    let assert = Command::new(SOCKLAB).args(["demo", &number, "--no-pause"]).assert().success();
    String::from_utf8_lossy(&assert.get_output().stdout).into_owned()
}

fn typed_text_is_marked() {
    let text = played(lab("ack-client"));
    for line in [
        "client │ Enter a message to send to the server: «  Hello, Server!»\n",
        "client │ Enter a message to send to the server: «»\n",
        "client │ Sending '  Hello, Server!' to 127.0.0.1:12345\n",
    ] {
        assert!(text.contains(line), "{line:?} is missing in\n{text}");
    }
}

fn unknown_lab() {
    Command::new(SOCKLAB).args(["demo", "99"]).assert().code(2);
}

/// A handout of which one thing is changed, so that it is wrong.
struct Wrong {
    name: &'static str,
    lab: &'static str,
    /// What stands in the handout, once, and what is put in its place.
    change: (&'static str, &'static str),
    difference: Difference,
    /// The line that is reported, as it stands in the changed handout.
    at: &'static str,
    seen: Option<&'static str>,
}

const UP: &str = "UDP server is up and listening on 127.0.0.1:12345\n";

const DIFFERENCES: &[Wrong] = &[
    Wrong {
        name: "a_wrong_line_names_its_place_and_what_was_seen",
        lab: "ack-server",
        change: ("UDP server is up", "UDP server is down"),
        difference: Difference::Differs,
        at: "UDP server is down and listening on 127.0.0.1:12345",
        seen: Some("UDP server is up and listening on 127.0.0.1:12345"),
    },
    Wrong {
        name: "a_line_that_never_comes_is_known_at_once",
        lab: "ack-server",
        change: (UP, "UDP server is up and listening on 127.0.0.1:12345\nReady.\n"),
        difference: Difference::Silent,
        at: "Ready.",
        seen: None,
    },
    Wrong {
        name: "a_line_after_the_end_is_known_at_once",
        lab: "socket",
        change: ("Socket closed.\n", "Socket closed.\nBye.\n"),
        difference: Difference::Ended,
        at: "Bye.",
        seen: None,
    },
    Wrong {
        name: "a_line_that_the_handout_does_not_show_is_told",
        lab: "socket",
        change: ("Socket closed.\n", ""),
        difference: Difference::More(1),
        at: "Press Enter to close it: «»",
        seen: Some("Socket closed."),
    },
    Wrong {
        name: "nobody_types_at_a_program_that_does_not_read",
        lab: "ack-server",
        change: (UP, "UDP server is up and listening on 127.0.0.1:12345\n«Hello?»\n"),
        difference: Difference::NotWaiting,
        at: "«Hello?»",
        seen: None,
    },
    Wrong {
        name: "nothing_is_started_while_the_one_before_runs",
        lab: "ack-server",
        change: (UP, "UDP server is up and listening on 127.0.0.1:12345\n$ cargo run -q -p lab7\n"),
        difference: Difference::StillRuns,
        at: "$ cargo run -q -p lab7",
        seen: None,
    },
    Wrong {
        name: "nobody_is_interrupted_after_the_end",
        lab: "socket",
        change: ("Socket closed.\n", "Socket closed.\n^C\n"),
        difference: Difference::Ended,
        at: "^C",
        seen: None,
    },
];

impl Wrong {
    fn is_told(&self) -> Result<(), String> {
        let (from, to) = self.change;
        let lab = lab(self.lab);
        assert!(lab.handout.contains(from), "{from:?} is no longer in the handout");
        let handout = lab.handout.replacen(from, to, 1);
        let solutions = solutions(&["lab1", "lab6", "lab7"]);
        let network = Network::open(Choice::Auto, &Layout::default(), &mut |_| {}).unwrap();
        let began = Instant::now();
        let (_, outcome) = perform_in(network, lab, &handout, &solutions);
        let took = began.elapsed();
        let Err(Halt::Mismatch(mismatch)) = outcome else { return Err(format!("{outcome:?}")) };
        let Mismatch { file, line, difference, seen, .. } = &*mismatch;
        let at = handout.lines().nth(line - 1).unwrap_or_default();
        assert_eq!((file.as_str(), at, *difference), ("README.md", self.at, self.difference));
        assert_eq!(seen.as_deref(), self.seen);
        assert!(mismatch.to_string().starts_with(&format!("README.md:{line}: ")));
        // Once it was certain, not after the deadline.
        assert!(took < Duration::from_secs(5), "{took:?}");
        Ok(())
    }
}

fn commands_are_labs() {
    let handout = "## Watch it\n\n```console server\n$ ls\n```\n";
    let (moments, outcome) = perform(lab("socket"), handout, Solutions::new());
    let Err(Halt::Unplayable(mistake)) = outcome else { panic!("{outcome:?}") };
    assert_eq!((mistake.line, mistake.column, mistake.width), (4, 3, 2));
    assert_eq!(moments, [Moment::Pause]);
}

fn ctrl_c_is_ignored() {
    let script = "trap '' INT; echo up; read line";
    let transcript =
        Transcript::parse("README.md", "## Watch it\n\n```console a\n$ x\nup\n^C\n```\n").unwrap();
    let cast = |_: &str| Ok(["sh", "-c", script].map(OsString::from).to_vec());
    let play = Play { file: "README.md", transcript: &transcript, address: None, cast: &cast };
    let network = Network::open(Choice::Auto, &Layout::default(), &mut |_| {}).unwrap();
    let outcome = play.perform(network, &mut |_| Ok(()));
    let Err(Halt::Mismatch(mismatch)) = outcome else { panic!("{outcome:?}") };
    let told = "README.md:6: Ctrl-C has not ended the program (lane a)";
    assert_eq!(mismatch.to_string(), told);
}

fn address_is_held() {
    let network = Network::open(Choice::Loopback, &Layout::default(), &mut |_| {}).unwrap();
    let holder = network.udp(0, "127.0.0.1:12345".parse().unwrap()).unwrap();
    let outcome = perform_in(network, lab("bind"), lab("bind").handout, &Solutions::new()).1;
    let Err(Halt::Setup(error)) = outcome else { panic!("{outcome:?}") };
    assert!(error.why.contains(&format!("(pid {})", std::process::id())), "{error:?}");
    drop(holder);
}

fn moments_come_in_order() {
    let lab = lab("socket");
    let (moments, outcome) = perform(lab, lab.handout, solutions(&["lab1"]));
    outcome.unwrap();
    let kinds: Vec<&str> = moments
        .iter()
        .map(|moment| match moment {
            Moment::Narration(_) => "narration",
            Moment::Pause => "pause",
            Moment::Started { .. } => "$",
            Moment::Printed { .. } => "line",
            Moment::Typed { .. } => "typed",
            Moment::Interrupted { .. } => "^C",
            Moment::Packets(_) => "packets",
            Moment::Kernel(_) => "kernel",
        })
        .collect();
    assert_eq!(
        kinds.join(" "),
        "narration pause $ line narration kernel pause typed line narration kernel"
    );
}

/// A demo that a person watches is interrupted while its server runs.
fn ctrl_c_ends_everything() {
    // Where CI is set, colors are on even for a terminal that has none.
    let argv = [SOCKLAB, "--color", "never", "demo", "6"].map(OsString::from);
    let (mut demo, _) = Program::start(&argv, Errors::OnTerminal, None, Calls::Untold).unwrap();
    let mut shown = String::new();
    read_until(&mut demo, &mut shown, |_, shown| shown.contains("Enter goes on"));
    demo.type_line("").unwrap();
    read_until(&mut demo, &mut shown, |_, shown| shown.matches("Enter goes on").count() == 2);
    assert!(shown.contains("kernel │ server: UDP 127.0.0.1:12345, waits in recvfrom"), "{shown}");
    let runs = |demo: &Program, name: &str| {
        let descendants = procfs::descendants(demo.guard());
        descendants.into_iter().any(|pid| procfs::name(pid).as_deref() == Some(name))
    };
    assert!(runs(&demo, "lab6-solution"));

    let pid = demo.pid().and_then(|pid| Pid::from_raw(pid as i32)).unwrap();
    kill_process(pid, Signal::INT).unwrap();
    read_until(&mut demo, &mut shown, |demo, _| demo.exit().is_some());
    assert_eq!(demo.exit(), Some(socklab::evidence::Exit::Code(130)), "{shown}");
    // Of its network's agent too nothing is left, a moment later.
    let deadline = Instant::now() + Duration::from_secs(10);
    while !procfs::descendants(demo.guard()).is_empty() {
        assert!(Instant::now() < deadline, "{:?}", procfs::descendants(demo.guard()));
        std::thread::yield_now();
    }
}

/// Collects what a program shows until `done`, for at most as long as a build may take.
fn read_until(program: &mut Program, shown: &mut String, done: impl Fn(&Program, &str) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(300);
    while !done(program, shown) {
        assert!(Instant::now() < deadline, "{shown}");
        assert!(program.exit().is_none(), "{:?}: {shown}", program.exit());
        let mut sources: Vec<PollFd<'_>> =
            program.sources().map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)).collect();
        let _ = poll(&mut sources, Some(&Timespec { tv_sec: 1, tv_nsec: 0 }));
        drop(sources);
        let record = &mut |what| {
            if let What::Output { text, .. } = what {
                shown.push_str(&String::from_utf8_lossy(text.bytes()));
            }
        };
        program.collect(record).unwrap();
    }
}

fn lab(slug: &str) -> &'static Lab {
    labs::find(slug).unwrap()
}

/// Builds solutions.
fn solutions(packages: &[&str]) -> Solutions {
    let executable = |package: &&str| ((*package).to_owned(), format!("{package}-solution"));
    let wanted: Vec<(String, String)> = packages.iter().map(executable).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let built = program::build::build(root, &wanted, false).unwrap();
    let command = |(package, executable): (String, String)| {
        (format!("cargo run -q -p {package}"), built[&executable].clone())
    };
    wanted.into_iter().map(command).collect()
}

/// Plays a handout, and records what is shown.
fn perform(lab: &Lab, handout: &str, solutions: Solutions) -> (Vec<Moment>, Result<(), Halt>) {
    let network = Network::open(Choice::Auto, &Layout::default(), &mut |_| {}).unwrap();
    perform_in(network, lab, handout, &solutions)
}

fn perform_in(
    network: Network,
    lab: &Lab,
    handout: &str,
    solutions: &Solutions,
) -> (Vec<Moment>, Result<(), Halt>) {
    let transcript = Transcript::parse("README.md", handout).unwrap();
    let play = Play {
        file: "README.md",
        transcript: &transcript,
        address: lab.plan.address,
        cast: &|command| match solutions.get(command) {
            Some(path) => Ok(vec![path.clone().into()]),
            None => Err("this is no lab".to_owned()),
        },
    };
    let mut moments = Vec::new();
    let outcome = play.perform(network, &mut |moment| -> io::Result<()> {
        moments.push(moment);
        Ok(())
    });
    (moments, outcome)
}
