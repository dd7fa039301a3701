//! What became of the packets, as a table.

use std::fmt::Write;

use anstyle::Style;

use crate::network::link::Row;
use crate::procfs::net::UdpCounters;

const STRONG: Style = Style::new().bold();

/// A row for each sender and protocol, and what the receivers' kernels dropped: `hosts` are their
/// names, and what was counted there.
pub(in crate::cli) fn table(rows: &[Row], hosts: &[(String, UdpCounters)], seed: u64) -> String {
    let mut out = format!("{STRONG}the link{STRONG:#} (seed {seed})");
    let rows: Vec<_> = rows.iter().filter(|row| row.counters.offered > 0).collect();
    // The first two always, of the others those that have something to say.
    let says = |at: usize| at < 2 || rows.iter().any(|row| row.counters.columns()[at].1 > 0);
    let Some(first) = rows.first() else { return out + ": nothing was sent" };
    let name = |row: &Row| format!("{} {}", row.from, format!("{:?}", row.protocol).to_lowercase());
    let width = rows.iter().map(|row| name(row).len()).max().unwrap_or(0).max(12);
    // Writing to a String cannot fail.
    let _ = write!(out, "\n{:width$}", "");
    for (at, (heading, _)) in first.counters.columns().into_iter().enumerate() {
        if says(at) {
            let _ = write!(out, "  {heading}");
        }
    }
    for row in &rows {
        let _ = write!(out, "\n{:width$}", name(row));
        for (at, (heading, number)) in row.counters.columns().into_iter().enumerate() {
            if says(at) {
                let _ = write!(out, "  {number:>width$}", width = heading.len());
            }
        }
    }
    for (host, counted) in hosts {
        if counted.no_room > 0 {
            let many = datagrams(counted.no_room);
            let _ = write!(out, "\n{host}: {many} arrived and found the receive buffer full: the ");
            out.push_str("program reads too slowly, the link did not lose them");
        }
        if counted.no_port > 0 {
            let many = datagrams(counted.no_port);
            let _ = write!(out, "\n{host}: {many} arrived at a port where no socket was bound");
        }
    }
    out
}

fn datagrams(number: u64) -> String {
    if number == 1 { "1 datagram".into() } else { format!("{number} datagrams") }
}
