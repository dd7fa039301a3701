//! A sender whose heartbeats go wrong on purpose, for the scene in the handout.
#![allow(clippy::disallowed_methods)] // socklab's own code never sleeps, a sender does

use std::io;
use std::net::UdpSocket;
use std::thread;
use std::time::Duration;

const INTERVAL: Duration = Duration::from_millis(100);

/// What goes out, one an interval. 24 is held up and comes after 30, 28 overtakes 27, and after 31 the
/// numbers begin again, as after a restart.
const NUMBERS: [&[u32]; 14] = [
    &[21],
    &[22],
    &[23],
    &[],
    &[25],
    &[26],
    &[28, 27],
    &[29],
    &[30, 24],
    &[31],
    &[1],
    &[2],
    &[3],
    &[4],
];

fn main() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    for numbers in NUMBERS {
        for number in numbers {
            socket.send_to(format!("valve {number}").as_bytes(), "127.0.0.1:12011")?;
        }
        thread::sleep(INTERVAL);
    }
    println!("Sent the heartbeats of valve: 24 was held up, 28 came before 27, and 1 follows 31");
    Ok(())
}
