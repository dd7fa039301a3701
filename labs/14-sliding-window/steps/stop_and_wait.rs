//! The first step: a sender that waits for each acknowledgement before it sends the next packet.

#[path = "../packet.rs"]
#[allow(dead_code, reason = "a step needs only some of it")]
mod packet;
#[path = "step.rs"]
mod step;

use std::io;
use std::time::{Duration, Instant};

use step::Line;

fn main() -> io::Result<()> {
    let mut line = Line::open()?;
    for number in 0..line.packets.len() {
        let mut time = line.timeout;
        loop {
            let sent = Instant::now();
            line.send(number)?;
            let first = line.wait(sent + time, number as u32 + 1)?;
            if first > number as u32 {
                break;
            }
            time = (time * 2).min(Duration::from_secs(1));
            line.must_not_be_silent()?;
        }
    }
    Ok(())
}
