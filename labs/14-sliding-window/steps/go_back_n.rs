//! The second step: a sender with a window, which sends all of it again when something is lost.

#[path = "../packet.rs"]
#[allow(dead_code, reason = "a step needs only some of it")]
mod packet;
#[path = "step.rs"]
mod step;

use std::io;
use std::time::{Duration, Instant};

use packet::WINDOW;
use step::Line;

fn main() -> io::Result<()> {
    let mut line = Line::open()?;
    let count = line.packets.len();
    let (mut first, mut next) = (0, 0);
    // One clock, for the oldest packet that is under way.
    let (mut since, mut time) = (Instant::now(), line.timeout);
    while first < count {
        let window = if first == 0 { 1 } else { WINDOW };
        while next < count && next < first + window {
            line.send(next)?;
            next += 1;
        }
        let acknowledged = line.wait(since + time, first as u32 + 1)? as usize;
        if acknowledged > first {
            first = acknowledged.min(next);
            (since, time) = (Instant::now(), line.timeout);
        } else if since.elapsed() >= time {
            // Back to the first that is missing: all from there on are sent again.
            next = first;
            (since, time) = (Instant::now(), (time * 2).min(Duration::from_secs(1)));
        }
        line.must_not_be_silent()?;
    }
    Ok(())
}
