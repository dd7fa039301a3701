//! A thousand networks, one after the other: nothing of them may stay.

use std::fs;
use std::time::Instant;

use socklab::procfs;

use super::{Fallible, Kind};

/// How many are made of each kind: most are without a link, as in most checks.
const PLAIN: usize = 800;
const WITH_LINK: usize = 50;

pub(super) fn line(kinds: &[Kind]) -> Fallible<()> {
    await_agents();
    let before = Used::now()?;
    let began = Instant::now();
    let mut made = 0;
    for kind in kinds {
        for _ in 0..if kind.layout.has_link() { WITH_LINK } else { PLAIN } {
            kind.open()?.settle();
            made += 1;
        }
    }
    await_agents();
    let (time, after) = (began.elapsed(), Used::now()?);
    println!("{made} networks in {:.1} s, before and after:", time.as_secs_f64());
    let shown = |used: Used| {
        let Used { resident_kib, descriptors, threads } = used;
        format!("{resident_kib} KiB resident, {descriptors} descriptors, {threads} threads")
    };
    println!("  {}\n  {}\n", shown(before), shown(after));
    Ok(())
}

/// What this process uses.
#[derive(Clone, Copy)]
struct Used {
    resident_kib: usize,
    descriptors: usize,
    threads: usize,
}

impl Used {
    fn now() -> Fallible<Used> {
        let status = fs::read_to_string("/proc/self/status")?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let resident = resident.and_then(|rest| rest.split_whitespace().next());
        Ok(Used {
            resident_kib: resident.ok_or("no VmRSS")?.parse()?,
            descriptors: fs::read_dir("/proc/self/fd")?.count(),
            threads: fs::read_dir("/proc/self/task")?.count(),
        })
    }
}

/// Returns when no agent of ours, and no thread that sees one off, is left.
pub(super) fn await_agents() {
    let threads = || fs::read_dir("/proc/self/task").map_or(1, Iterator::count);
    while !procfs::descendants(std::process::id()).is_empty() || threads() > 1 {
        std::thread::yield_now();
    }
}
