//! What is left when somebody is killed in the midst: no process, no network, no device, no mount.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use libtest_mimic::Trial;
use rustix::process::{Pid, Signal, kill_process};
use socklab::{interrupt, procfs};

use super::{SOCKLAB, agents_of, awaits, folder, no_private, solution, trial};

/// How often a check is killed, and how often others are: at another moment each time.
const OFTEN: u64 = 50;
const TIMES: u64 = 20;

pub fn trials() -> Vec<Trial> {
    let tests: [(&str, fn()); 4] = [
        ("nothing_is_left_when_a_check_is_killed", nothing_is_left_when_a_check_is_killed),
        ("nothing_is_left_when_net_is_killed", nothing_is_left_when_net_is_killed),
        ("nothing_is_left_when_net_ends", nothing_is_left_when_net_ends),
        ("a_killed_agent_is_no_programs_fault", a_killed_agent_is_no_programs_fault),
    ];
    tests.map(|(name, test)| trial(name, no_private(), test)).into()
}

/// A socklab at work, with all that it has started.
struct Victim {
    socklab: Child,
    /// Its descendants, and the inodes of their networks. Each is held, so that no new network gets
    /// the same inode.
    processes: Vec<u32>,
    networks: Vec<(u64, File)>,
}

impl Victim {
    /// Starts socklab and waits until so many processes are in networks other than ours.
    fn start(arguments: &[&str], name: &str, inside: usize) -> Victim {
        let socklab = Command::new(SOCKLAB)
            .args(arguments)
            .current_dir(folder(name))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut victim = Victim { socklab, processes: Vec::new(), networks: Vec::new() };
        let pid = victim.socklab.id();
        awaits("programs to run", || programs_of(pid).len() >= inside);
        victim.note();
        victim
    }

    /// Notes who is there, and where.
    fn note(&mut self) {
        self.processes.extend(procfs::descendants(self.socklab.id()));
        for process in &self.processes {
            let Ok(network) = File::open(net_of(*process)) else { continue };
            let inode = network.metadata().unwrap().ino();
            if inode != our_network() && self.networks.iter().all(|(other, _)| *other != inode) {
                self.networks.push((inode, network));
            }
        }
    }

    fn kill(&mut self) {
        self.note();
        kill(self.socklab.id());
        self.socklab.wait().unwrap();
    }

    /// Waits until nothing of it is there.
    fn awaits_the_end(self) {
        let is_alive = |pid: &u32| procfs::state(*pid, *pid).is_some_and(|state| state != 'Z');
        awaits("its processes to end", || !self.processes.iter().any(is_alive));
        awaits("its networks to be left", || {
            procfs::processes().into_iter().all(|pid| {
                let found = fs::metadata(net_of(pid)).ok();
                found.is_none_or(|found| self.networks.iter().all(|(it, _)| *it != found.ino()))
            })
        });
        // Only a descriptor could keep them now. What another test is just starting has all of ours.
        let links: Vec<String> =
            self.networks.iter().map(|(inode, _)| format!("net:[{inode}]")).collect();
        let us = std::process::id();
        let holds = |pid: u32| procfs::descriptors(pid).iter().any(|(_, to)| links.contains(to));
        awaits("its networks to be let go", || {
            !procfs::processes().into_iter().any(|pid| pid != us && holds(pid))
        });
    }
}

fn kill(pid: u32) {
    // Who has gone by itself cannot be killed.
    let _ = kill_process(Pid::from_raw(pid as i32).unwrap(), Signal::KILL);
}

fn net_of(pid: u32) -> String {
    format!("/proc/{pid}/ns/net")
}

fn our_network() -> u64 {
    fs::metadata("/proc/self/ns/net").unwrap().ino()
}

/// The descendants in other networks than ours that are programs and no agents.
fn programs_of(pid: u32) -> Vec<u32> {
    let (all, agents, ours) = (procfs::descendants(pid), agents_of(pid), our_network());
    let is_inside = |pid: &u32| fs::metadata(net_of(*pid)).is_ok_and(|it| it.ino() != ours);
    all.into_iter().filter(|pid| !agents.contains(pid)).filter(is_inside).collect()
}

/// The machine's own devices and mounts.
fn surroundings() -> (Vec<String>, String) {
    let devices = fs::read_to_string("/proc/self/net/dev").unwrap();
    let names = devices.lines().filter_map(|line| Some(line.split_once(':')?.0.trim().to_owned()));
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    (names.collect(), mounts)
}

/// Kills socklab as soon as so many of its programs run, and a millisecond later each time.
fn kill_again_and_again(arguments: &[&str], name: &str, inside: usize, times: u64) {
    let before = surroundings();
    for time in 0..times {
        let mut victim = Victim::start(arguments, name, inside);
        assert!(!victim.networks.is_empty());
        interrupt::pause(Duration::from_millis(time));
        victim.kill();
        victim.awaits_the_end();
    }
    assert_eq!(surroundings(), before);
}

fn nothing_is_left_when_a_check_is_killed() {
    let solution = solution().display().to_string();
    let arguments = ["check", "6", "--network", "private", "-j", "2", "--", &solution];
    kill_again_and_again(&arguments, "killed", 1, OFTEN);
}

fn nothing_is_left_when_net_is_killed() {
    // One that has left its session is not spared.
    let shell = "sh -c 'setsid sleep 1000 & sleep 1000'";
    let arguments = ["net", "--hosts", "2", "--server", shell, "--client", shell];
    let with = ["--with", "server=sleep 1000", "--with", "client=sleep 1000"];
    kill_again_and_again(&[&arguments[..], &with].concat(), "killed-net", 3, TIMES);
}

/// A daemon is nobody's child, and ends with its network all the same.
fn nothing_is_left_when_net_ends() {
    const DAEMON: &str = "setsid sleep 1000 > /dev/null 2>&1 & echo $!";
    for _ in 0..TIMES {
        let output = Command::new(SOCKLAB)
            .args(["net", "--", "sh", "-c", DAEMON])
            .current_dir(folder("net-ends"))
            .output()
            .unwrap();
        let daemon: u32 = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap();
        awaits("the daemon to end", || procfs::state(daemon, daemon).is_none_or(|it| it == 'Z'));
    }
}

/// Whatever a check says whose agent was killed, it ends, and does not say that a right program is
/// wrong.
fn a_killed_agent_is_no_programs_fault() {
    let solution = solution().display().to_string();
    for time in 0..TIMES {
        let arguments = ["check", "6", "--network", "private", "-j", "2", "--", &solution];
        let mut victim = Victim::start(&arguments, "killed-agent", 1);
        interrupt::pause(Duration::from_millis(time));
        agents_of(victim.socklab.id()).into_iter().for_each(kill);
        let code = victim.socklab.wait().unwrap().code();
        assert!(code == Some(0) || code == Some(3), "{code:?}");
        victim.awaits_the_end();
    }
}
