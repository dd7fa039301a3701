//! The table in the handout.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Fallible, LOSSES, Row, SEEDS};

/// The lines of the handout between which the table stands.
const BEGIN: &str = "<!-- goodput -->\n";
const END: &str = "<!-- end of goodput -->\n";

/// The lab's folder.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("labs/14-sliding-window")
}

/// Writes the table into the handout.
pub fn write(rows: &[Row]) -> Fallible<()> {
    let path = folder().join("README.md");
    let text = fs::read_to_string(&path)?;
    let (before, rest) = text.split_once(BEGIN).ok_or("the handout has no place for the table")?;
    let (_, after) = rest.split_once(END).ok_or("the handout's place for the table has no end")?;
    fs::write(path, format!("{before}{BEGIN}\n{}\n{END}{after}", table(rows)?))?;
    Ok(())
}

fn table(rows: &[Row]) -> Fallible<String> {
    let mut text = String::from("| lost |");
    for loss in LOSSES {
        write!(text, " {loss} % |")?;
    }
    write!(text, "\n|---|{}\n", "---:|".repeat(LOSSES.len()))?;
    for (way, shares) in rows {
        write!(text, "| {} |", way.name())?;
        for share in shares {
            let percent = share * 100.0;
            match percent < 9.95 {
                true => write!(text, " {percent:.1} % |")?,
                false => write!(text, " {percent:.0} % |")?,
            }
        }
        text.push('\n');
    }
    let name = |file: &str| fs::read_to_string(file).map(|name| name.trim().to_owned());
    let control = name("/proc/sys/net/ipv4/tcp_congestion_control")?;
    let release = name("/proc/sys/kernel/osrelease")?;
    let release: Vec<&str> = release.split('.').take(2).collect();
    write!(
        text,
        "\nFiles of 5,000,000 bytes with selective repeat and the kernel's TCP, of 1,000,000 with Reno and \
         go-back-N, of\n100,000 with stop-and-wait; {} seeds; Linux {}, whose TCP uses `{control}`.\n\n\
         ![The same as a plot](goodput.svg)\n",
        SEEDS.len(),
        release.join("."),
    )?;
    Ok(text)
}
