//! Private networks: made without rights, apart from each other, gone without a trace; and what is
//! said where a machine forbids them.
#![allow(clippy::unwrap_used)] // what a test needs and does not get is its failure

#[path = "network/isolation.rs"]
mod isolation;
#[path = "network/killed.rs"]
mod killed;
#[path = "network/link.rs"]
mod link;
#[path = "network/many.rs"]
mod many;
#[path = "packet/tools.rs"]
#[allow(dead_code)] // tcpdump is asked elsewhere
mod tools;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Trial};
use serde_json::Value;
use socklab::network::{Choice, Layout, Network, denied};
use socklab::{interrupt, labs, procfs, program};

const SOCKLAB: &str = env!("CARGO_BIN_EXE_socklab");

/// The argument with which this program makes and drops many networks.
const MANY: &str = "__many";

/// How long things take at the most that take milliseconds.
const SOON: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    if let Some(code) = socklab::become_helper_if_asked() {
        return code;
    }
    if std::env::args().nth(1).as_deref() == Some(MANY) {
        make_many();
        return ExitCode::SUCCESS;
    }
    let private: [(&str, fn()); 5] = [
        ("net_ends_as_its_command_does", net_ends_as_its_command_does),
        ("each_has_every_port_to_itself", each_has_every_port_to_itself),
        ("nothing_outside_can_be_reached", nothing_outside_can_be_reached),
        ("many_leave_nothing_behind", many_leave_nothing_behind),
        ("twenty_checks_at_once", twenty_checks_at_once),
    ];
    let private = private.into_iter().map(|(name, test)| trial(name, no_private(), test));
    let anywhere: [(&str, fn()); 2] = [
        ("a_machine_that_forbids_them_says_so", a_machine_that_forbids_them),
        ("wrong_values_get_a_line_each", wrong_values_get_a_line_each),
    ];
    let anywhere = anywhere.into_iter().map(|(name, test)| trial(name, None, test));
    let trials = private
        .chain(link::trials())
        .chain(many::trials())
        .chain(killed::trials())
        .chain(isolation::trials())
        .chain(anywhere)
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A test of this name; one that cannot be made here, and why, is ignored under a name that says so.
fn trial(
    name: impl std::fmt::Display,
    why: Option<String>,
    test: impl FnOnce() + Send + 'static,
) -> Trial {
    let told = why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    let run = move || {
        test();
        Ok(())
    };
    Trial::test(format!("{name}{told}"), run).with_ignored_flag(why.is_some())
}

/// Why this machine has no private networks, if it has none.
fn no_private() -> Option<String> {
    denied().map(|denied| format!("this machine makes no private network: {denied}"))
}

fn open() -> Network {
    Network::open(Choice::Private, &Layout::default(), &mut |_| {}).unwrap()
}

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn each_has_every_port_to_itself() {
    let networks = [open(), open(), open()];
    let sockets = networks.each_ref().map(|network| network.udp(0, address("127.0.0.1:12345")));
    assert!(sockets.iter().all(Result::is_ok), "{sockets:?}");
    // Twice in one network is once too often, and a port below 1024 is like any other.
    assert!(networks[0].udp(0, address("127.0.0.1:12345")).is_err());
    assert!(networks[0].udp(0, address("127.0.0.1:69")).is_ok());
}

fn nothing_outside_can_be_reached() {
    let network = open();
    let mut network = network;
    let socket = network.udp(0, address("0.0.0.0:0")).unwrap();
    socket.connect("192.0.2.1:9").unwrap();
    socket.send(b"x").unwrap();
    network.settle();
    network.flights(&mut |_| {});
    let error = socket.send(b"x").unwrap_err();
    assert_eq!(error.raw_os_error(), Some(rustix::io::Errno::NETUNREACH.raw_os_error()));
}

/// Has a process of its own, in which nobody else opens anything.
fn many_leave_nothing_behind() {
    let many = Command::new(std::env::current_exe().unwrap()).arg(MANY).status().unwrap();
    assert!(many.success());
}

/// Makes and drops a thousand, most without a link, as most checks have them: of each kind that this
/// machine can make, first one and then all.
fn make_many() {
    let layouts: Vec<Layout> =
        link::layouts().into_iter().filter(|it| Network::watched(it, None).is_ok()).collect();
    let make = |plain: usize, linked: usize| {
        (0..plain).for_each(|_| assert!(open().settle()));
        for layout in &layouts {
            for _ in 0..linked {
                Network::open(Choice::Private, layout, &mut |_| {}).unwrap().settle();
            }
        }
        awaits("all to be over", || {
            let is_alone = fs::read_dir("/proc/self/task").unwrap().count() == 1;
            is_alone && procfs::descendants(std::process::id()).is_empty()
        });
    };
    make(1, 1);
    let before = used();
    make(1000 - 50 * layouts.len(), 50);
    let (after, more) = (used(), used().0.saturating_sub(before.0));
    assert!(more < 4096, "{more} KiB more");
    assert_eq!((after.1, after.2), (before.1, before.2));
}

/// How much memory this process has, in KiB, how many descriptors, and what is mounted.
fn used() -> (usize, usize, String) {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let memory = memory.split_whitespace().next().unwrap().parse().unwrap();
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    (memory, fs::read_dir("/proc/self/fd").unwrap().count(), mounts)
}

/// The agents among a process's descendants.
fn agents_of(pid: u32) -> Vec<u32> {
    let is_agent = |pid: &u32| {
        fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.ends_with(b"__agent\0"))
    };
    procfs::descendants(pid).into_iter().filter(is_agent).collect()
}

fn twenty_checks_at_once() {
    let solution = solution();
    let check = |at: usize| {
        Command::new(SOCKLAB)
            .args(["check", "6", "--network", "private", "-j", "1", "--format", "json", "--"])
            .arg(&solution)
            .current_dir(folder(&format!("at-once-{at}")))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let all: Vec<_> = (0..20).map(check).collect();
    for one in all {
        let output = one.wait_with_output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["results"][0]["status"], "passed", "{report:#}");
        assert_eq!(report["results"][0]["network"], "private");
    }
}

fn net_ends_as_its_command_does() {
    let net = |arguments: &[&str]| {
        let output = Command::new(SOCKLAB).arg("net").args(arguments).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    };
    let (code, text) = net(&["--seed", "7", "--", "sh", "-c", "exit 3"]);
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("the link (seed 7): nothing was sent"), "{text}");
    let server = solution().display().to_string();
    let client = "sh -c 'printf hello > /dev/null'";
    let (code, text) = net(&["--server", &server, "--client", client]);
    assert_eq!(code, Some(0), "{text}");
    let ping = "python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); \
                s.bind((\"\", 4010)); s.sendto(*s.recvfrom(99)[::1])'";
    let ask = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); \
               s.sendto(b\"ping\", (\"192.168.0.108\", 4010)); print(s.recvfrom(99))";
    let ask = format!("python3 -c '{ask}'");
    let (code, text) = net(&["--hosts", "2", "--server", ping, "--client", &ask]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("(b'ping', ('192.168.0.108', 4010))"), "{text}");
    let (code, text) = net(&["--", "./missing"]);
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("./missing cannot be started"), "{text}");
}

fn wrong_values_get_a_line_each() {
    let folder = folder("rules");
    let rules = folder.join("rules");
    fs::write(&rules, "lose 2nd from sever\n").unwrap();
    let missing = folder.join("no/such/folder.pcapng");
    let paths = [rules.display().to_string(), missing.display().to_string()];
    for (arguments, code, told) in [
        (["--loss", "101%"], 2, "101%"),
        (["--loss", "sever=5%"], 2, "nobody is called sever; there are: server, client"),
        (["--rate", "0"], 2, "--rate"),
        (["--delay", "20"], 2, "--delay"),
        (["--rules", &paths[0]], 2, "rules:1:15"),
        (["--capture", &paths[1]], 3, "folder.pcapng cannot be written"),
        (["--hosts", "server=10.0.0.1,client=10.0.0.1"], 2, "server and client both have 10.0.0.1"),
        (["--hosts", "server=10.0.0.300,client=10.0.0.1"], 2, "\"10.0.0.300\" is no IPv4 address"),
        (["--hosts", "0"], 2, "from 1 to 20"),
        (["--with", "printer=./print"], 2, "there is one host"),
    ] {
        let output = Command::new(SOCKLAB).arg("net").args(arguments).args(["--", "true"]).output();
        let output = output.unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
        assert!(errors.contains(told), "{arguments:?}: {errors}");
    }
}

/// Answers EPERM to unshare(2), as the seccomp profile of a container does, and runs a command.
const CONTAINER: &str = r#"
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv) {
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { sizeof filter / sizeof *filter, filter };
    if (argc < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return 3;
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0) return 3;
    execv(argv[1], argv + 1);
    return 3;
}
"#;

fn a_machine_that_forbids_them() {
    let folder = folder("container");
    let (source, container) = (folder.join("container.c"), folder.join("container"));
    fs::write(&source, CONTAINER).unwrap();
    let compiled = Command::new("cc").arg("-o").args([&container, &source]).status();
    if !compiled.is_ok_and(|status| status.success()) {
        println!("skipped: this machine has no C compiler");
        return;
    }
    let check = |network: &str| {
        Command::new(&container)
            .args([SOCKLAB, "check", "6", "--network", network, "--"])
            .arg(solution())
            .current_dir(&folder)
            .output()
            .unwrap()
    };
    let falls_back = check("auto");
    let report = String::from_utf8(falls_back.stdout).unwrap();
    assert!(falls_back.status.success(), "{report}");
    assert!(report.contains("7 of 7 passed") && report.contains("network loopback"), "{report}");
    let folded = report.split_whitespace().collect::<Vec<_>>().join(" ");
    let why = "no private network: this container's seccomp profile forbids to make one. Allow it: \
               docker run --security-opt seccomp=unconfined";
    assert!(folded.contains(why), "{report}");
    let forced = check("private");
    assert_eq!(forced.status.code(), Some(3), "{forced:?}");
}

/// The solution of lab 6.
fn solution() -> PathBuf {
    let wanted = [("lab6".to_owned(), "lab6-solution".to_owned())];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    program::build::build(root, &wanted, false).unwrap()["lab6-solution"].clone()
}

/// A folder that is a checkout of its own, so that a learner's progress is not touched.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("network").join(name);
    fs::create_dir_all(folder.join("labs").join(labs::all()[0].folder)).unwrap();
    folder
}

fn awaits(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + SOON;
    while !is_so() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        // Whoever is waited for has use for the processor.
        interrupt::pause(Duration::from_micros(200));
    }
}
