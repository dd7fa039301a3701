//! Lab 14's two solutions send files to each other over links that do everything wrong, and what the
//! handout's table says of them is so.
#![allow(clippy::unwrap_used)] // what a test needs and does not get is its failure

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use socklab::labs;
use socklab::program;

/// The table's row of this name, in percent.
fn row(name: &str) -> Vec<f64> {
    let handout = labs::find("14").unwrap().handout;
    let line = handout.lines().find(|line| line.starts_with(&format!("| {name} |"))).unwrap();
    let cells = line.split('|').skip(2).map(|cell| cell.trim().trim_end_matches(" %"));
    cells.filter(|cell| !cell.is_empty()).map(|cell| cell.parse().unwrap()).collect()
}

#[test]
fn the_table_says_what_the_handout_says() {
    let [ours, kernel, reno, back, stop] =
        ["selective repeat", "the kernel's TCP", "TCP with Reno", "go-back-N", "stop-and-wait"]
            .map(row);
    assert_eq!(ours.len(), 5, "0, 1, 2, 5 and 10 % are lost");
    assert!(ours[0] >= 85.0, "{ours:?}");
    assert!(ours[3] > kernel[3] && ours[3] > reno[3], "{ours:?} {kernel:?} {reno:?}");
    for (at, ours) in ours.iter().enumerate() {
        assert!(stop[at] < 4.0, "a packet in 40 ms is a fiftieth of the line: {stop:?}");
        assert!(*ours >= back[at], "{back:?}");
    }
    assert!(back[0] > 80.0 && back[3] < 40.0, "{back:?}");
    let picture = labs::checkout().join("labs/14-sliding-window/goodput.svg");
    let picture = fs::read_to_string(picture).unwrap();
    assert_eq!(picture.matches("<polyline").count(), 5);
    assert!(picture.contains("selective repeat") && picture.contains("prefers-color-scheme: dark"));
}

fn solutions() -> HashMap<String, PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let wanted =
        ["server", "client"].map(|role| ("lab14".into(), format!("lab14-{role}-solution")));
    program::build::build(root, &wanted, false).unwrap()
}

#[test]
fn files_arrive_whatever_the_link_does() {
    if let Some(denied) = denied_here() {
        return eprintln!("skipped: {denied}");
    }
    let solutions = solutions();
    let folder = tempfile::tempdir().unwrap();
    let [from, to] = ["from", "to"].map(|name| folder.path().join(name));
    let file: Vec<u8> = (0..200_000_u64).map(|at| ((at * at) >> 7) as u8).collect();
    fs::write(&from, &file).unwrap();
    let [from_text, to_text] = [&from, &to].map(|path| path.display().to_string());
    let server = format!("{} {to_text}", solutions["lab14-server-solution"].display());
    let client = solutions["lab14-client-solution"].display();
    let client = format!("{client} {from_text} 127.0.0.1:12014");
    for loss in ["0%", "1%", "5%", "10%"] {
        let link = ["net", "--delay", "5ms", "--rate", "50mbit", "--loss", loss, "--seed", "3"];
        let wrong = ["--dup", "5%", "--reorder", "5%", "--corrupt", "2%", "--jitter", "2ms"];
        let mut net = Command::cargo_bin("socklab").unwrap();
        net.args(link).args(wrong).args(["--server", &server, "--client", &client]);
        net.assert().success();
        assert!(fs::read(&to).unwrap() == file, "at {loss}");
        fs::remove_file(&to).unwrap();
    }
}

/// Why this machine makes no private network, if it does not.
fn denied_here() -> Option<String> {
    let doctor =
        Command::cargo_bin("socklab").unwrap().args(["net", "--", "true"]).output().unwrap();
    (!doctor.status.success()).then(|| String::from_utf8_lossy(&doctor.stderr).into_owned())
}
