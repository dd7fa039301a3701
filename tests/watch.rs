//! `socklab watch`, at a terminal and without one.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics

#[path = "hostile/interpreter.rs"]
mod interpreter;
#[path = "watch/person.rs"]
mod person;

use std::io::Read;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Trial};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};
use socklab::evidence::Exit;
use socklab::procfs;

use person::{BUSY, Folder, Person, RIGHT, SOCKLAB, seed, wrong};

const SERVER: &str = "6 -- python3 server.py";

fn main() -> ExitCode {
    // Programs are started by way of a guard, which is this executable started anew.
    if let Some(code) = socklab::become_helper_if_asked() {
        return code;
    }
    let tests: [(&str, fn()); 14] = [
        ("every_save_is_checked", || every_save_is_checked(SERVER)),
        ("every_save_is_checked_without_events", || {
            every_save_is_checked("--poll 6 -- python3 server.py");
        }),
        ("where_there_is_no_inotify_files_are_looked_at", no_inotify),
        ("a_check_is_given_up_for_a_newer_save", newer_save),
        ("keys_are_obeyed", keys),
        ("the_next_lab_is_for_those_who_passed", next_lab),
        ("a_demo_is_played_and_left", demo),
        ("a_page_fits_any_window", windows),
        ("q_ends_what_runs", || ends_what_runs(|person| person.presses("q"), Exit::Code(0))),
        ("ctrl_c_ends_what_runs", || {
            ends_what_runs(|person| person.presses("\x03"), Exit::Code(0))
        }),
        ("sigterm_ends_what_runs", || {
            ends_what_runs(|person| person.signals(Signal::TERM), Exit::Code(130));
        }),
        ("a_killed_watch_leaves_nothing", || {
            let exit = Exit::Signal(Signal::KILL.as_raw());
            ends_what_runs(|person| person.signals(Signal::KILL), exit);
        }),
        ("ctrl_z_gives_the_terminal_back", ctrl_z),
        ("without_a_terminal_reports_follow_each_other", piped),
    ];
    let arguments = Arguments::from_args();
    let there = Command::new("python3").arg("--version").output().is_ok();
    let trial = |(name, run): (&str, fn())| {
        let trial = Trial::test(name, move || {
            run();
            Ok(())
        });
        trial.with_ignored_flag(!there)
    };
    libtest_mimic::run(&arguments, tests.into_iter().map(trial).collect()).exit_code()
}

/// A folder with a server in it.
fn folder(server: &str) -> Folder {
    let folder = Folder::new();
    folder.write("server.py", server);
    folder
}

fn every_save_is_checked(args: &str) {
    let folder = folder(RIGHT);
    let mut person = Person::watches(folder.path(), args);
    let first = person.reads("lab 6: passed");
    let looked_for = first.contains("saves are looked for every half second: as --poll says");
    assert_eq!(looked_for, args.contains("--poll"), "{first}");

    person.looks_away();
    folder.write("server.py", &wrong());
    let second = person.reads("lab 6: not yet");
    assert!(second.contains("Server denies: "), "{second}");

    person.looks_away();
    folder.replace("server.py", RIGHT);
    let third = person.reads("lab 6: passed");
    assert_ne!(seed(&first), seed(&third));

    // What is saved unchanged is saved.
    person.looks_away();
    folder.replace("server.py", RIGHT);
    let fourth = person
        .sees("a new report", |page| page.contains("lab 6: passed") && seed(page) != seed(&third));
    assert!(fourth.contains("7 of 7 passed"), "{fourth}");
    person.presses("q");
    person.leaves_nothing(Exit::Code(0));
}

/// In a user namespace of its own, a user may be given no inotify at all.
fn no_inotify() {
    let none = "echo 0 > /proc/sys/user/max_inotify_instances";
    let can =
        Command::new("unshare").args(["-Ur", "sh", "-c", none]).stderr(Stdio::null()).status();
    if !can.is_ok_and(|status| status.success()) {
        eprintln!("skipped: this machine gives no user namespace in which to try it");
        return;
    }
    let folder = folder(&wrong());
    let script = format!("{none}; exec \"$@\"");
    let before = ["unshare", "-Ur", "sh", "-c", &script, "sh"];
    let mut person = Person::watches_by(&before, folder.path(), SERVER);
    let first = person.reads("lab 6: not yet");
    assert!(first.contains("saves are looked for every half second: no inotify"), "{first}");
    person.looks_away();
    folder.replace("server.py", RIGHT);
    person.reads("lab 6: passed");
    person.presses("q");
    person.leaves_nothing(Exit::Code(0));
}

fn newer_save() {
    let folder = folder(BUSY);
    let mut person = Person::watches(folder.path(), SERVER);
    person.until("the busy program", |person| person.runs("python3"));
    person.looks_away();
    folder.write("server.py", RIGHT);
    person.reads("lab 6: passed");
    assert!(!person.runs("python3"));
    person.presses("q");
    person.leaves_nothing(Exit::Code(0));
}

fn keys() {
    let folder = folder(&wrong());
    let mut person = Person::watches(folder.path(), SERVER);
    let first = person.reads("lab 6: not yet");
    assert!(first.contains("h hint  d demo  c check again  q quit"), "{first}");

    person.presses("h");
    let hint = person.reads("lab 6, hint 1 of 3");
    assert!(hint.contains("lab 6, ack-server"), "the report stays: {hint}");
    // The letter of an arrow is no key.
    person.presses("\x1b[h");
    person.presses("H");
    person.reads("lab 6, hint 2 of 3");
    person.presses("n");
    person.reads("lab 6 has not passed yet");

    person.presses("c");
    person.sees("a new report", |page| {
        page.contains("lab 6: not yet") && !page.contains(&seed(&first))
    });
    person.looks_away();
    folder.write("server.py", RIGHT);
    let passed = person.reads("lab 6: passed");
    assert!(!passed.contains("hint 2 of 3"), "a save takes the hint away: {passed}");
    assert!(passed.contains("n next lab"), "{passed}");
    person.presses("n");
    person.reads("lab 7 is another program: q, then watch 7 -- …");
    person.presses("q");
    person.leaves_nothing(Exit::Code(0));
}

/// A learner's own file is built. This one needs no crate, so that it is built in a moment.
fn next_lab() {
    let folder = Folder::new();
    let file = "labs/02-bind/src/main.rs";
    folder.write("Cargo.toml", "[workspace]\nmembers = [\"labs/02-bind\"]\nresolver = \"3\"\n");
    let package = "[package]\nname = \"lab2\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    folder.write("labs/02-bind/Cargo.toml", package);
    let mut person = Person::watches(folder.path(), "2");
    person.reads("lab 2 is not started");
    person.presses("n");
    person.reads("lab 2 has not passed yet");

    person.looks_away();
    folder.replace(file, "fn main() { bind() }\n");
    person.reads("main.rs does not compile");
    person.looks_away();
    let binds = "fn main() {\n    let socket = std::net::UdpSocket::bind(\"127.0.0.1:12345\").unwrap();\n    \
                 println!(\"{socket:?}\");\n    let _ = std::io::stdin().read_line(&mut String::new());\n}\n";
    folder.replace(file, binds);
    person.reads("lab 2: passed");
    person.presses("n");
    person.reads("lab 3 is not started");
    // It is the next lab's file that counts from now on.
    person.looks_away();
    folder.write("labs/03-recvfrom/src/main.rs", "fn main() {\n    todo!(\"the last one\")\n}\n");
    person.reads("the last one");
    person.presses("q");
    person.leaves_nothing(Exit::Code(0));
}

/// The course's own programs play, so it is played in the course's own folder; a program that fails
/// leaves no progress there.
fn demo() {
    let folder = folder(&wrong());
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let server = folder.file("server.py");
    let mut person = Person::watches(root, &format!("6 -- python3 {}", server.display()));
    person.reads("lab 6: not yet");
    person.presses("d");
    person.until("the demo's first pause", |person| person.has_read("Enter goes on"));
    assert!(person.has_the_terminal_back());
    person.presses("");
    person.until("the demo's server", |person| person.runs("lab6-solution"));
    person.presses("\x03");
    person.until("the way back", |person| person.has_read("any key goes back"));
    assert!(!person.runs("lab6-solution") && !person.has_the_terminal_back());
    // The end of the line on which Ctrl-C was typed may have come to the watch as a key.
    person.presses_once_more(" ");
    person.reads("lab 6: not yet");
    person.presses("q");
    person.leaves_nothing(Exit::Code(0));
}

fn windows() {
    let folder = folder(&wrong());
    let mut person = Person::watches(folder.path(), SERVER);
    person.reads("lab 6: not yet");
    for (rows, columns) in [(5, 20), (1, 1), (1, 80), (2, 3), (12, 80), (100, 10), (300, 300)] {
        person.resizes(rows, columns);
        let page = person.sees("a page", |page| page.contains('l'));
        let (above, last) = page.split_once(&format!("\x1b[{rows};1H")).unwrap();
        let last = last.trim_end_matches("\x1b[0m");
        let whole = "lab 6: not yet   h hint  d demo  c check again  q quit";
        assert!(whole.starts_with(last) && !last.is_empty(), "{last}");
        assert!(last.len() <= columns.into() && (last == whole) == (columns >= 80), "{last}");
        let cut = above.contains("lines more: cargo run -q -- check 6 -- python3 server.py");
        assert_eq!(cut, (rows, columns) == (12, 80), "{page}");
        let above: Vec<&str> = above.split("\r\n").collect();
        assert!(above.len() < usize::from(rows.max(2)), "{rows} rows: {page}");
        let width = |row: &&str| row.replace("\x1b[0m", "").chars().count();
        assert!(above.iter().all(|row| width(row) <= columns.into()), "{columns} columns: {page}");
    }
    person.presses("q");
    person.leaves_nothing(Exit::Code(0));
}

fn ends_what_runs(end: impl Fn(&mut Person), exit: Exit) {
    let folder = folder(BUSY);
    let mut person = Person::watches(folder.path(), SERVER);
    person.until("the busy program", |person| person.runs("python3"));
    assert!(!person.has_the_terminal_back());
    end(&mut person);
    person.leaves_nothing(exit);
}

fn ctrl_z() {
    let folder = folder(RIGHT);
    let mut person = Person::watches(folder.path(), SERVER);
    person.reads("lab 6: passed");
    for _ in 0..2 {
        person.presses("\x1a");
        let pid = person.pid().as_raw_nonzero().get() as u32;
        person.until("a stop", |_| procfs::state(pid, pid) == Some('T'));
        assert!(person.has_the_terminal_back());
        person.signals(Signal::CONT);
        person.reads("lab 6: passed");
        assert!(!person.has_the_terminal_back());
    }
    person.presses("q");
    person.leaves_nothing(Exit::Code(0));
}

fn piped() {
    let folder = folder(RIGHT);
    let mut watch = Command::new(SOCKLAB)
        .current_dir(folder.path())
        .args(["watch", "6", "--", "python3", "server.py"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = watch.stdout.take().unwrap();
    let mut shown = String::new();
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut until = |what: &str| {
        while !shown.contains(what) {
            assert!(Instant::now() < deadline, "{what}: {shown}");
            let second = Timespec { tv_sec: 1, tv_nsec: 0 };
            if poll(&mut [PollFd::new(&out, PollFlags::IN)], Some(&second)) == Ok(0) {
                continue;
            }
            let mut bytes = [0; 4096];
            let count = out.read(&mut bytes).unwrap();
            shown.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
        std::mem::take(&mut shown)
    };
    let first = until("7 of 7 passed");
    assert!(first.starts_with("lab 6, ack-server: python3 server.py\n"), "{first}");
    folder.replace("server.py", &wrong());
    let second = until(" of 7 passed");
    assert!(second.contains("\nlab 6, ack-server") && second.contains("✗"), "{second}");
    assert!(!first.contains('\x1b') && !second.contains('\x1b'), "{first}{second}");
    kill_process(Pid::from_child(&watch), Signal::INT).unwrap();
    assert_eq!(watch.wait().unwrap().code(), Some(0));
}
