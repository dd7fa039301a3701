//! Lab 11, the sender. README.md, one folder up, says what to do.
#![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone
#![allow(clippy::disallowed_methods)] // socklab's own code never sleeps, a sender does

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

const MONITOR: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 12011);

const INTERVAL: Duration = Duration::from_millis(100);

fn main() -> io::Result<ExitCode> {
    // The first argument is the name, the second how many heartbeats are sent. Without it: for ever.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (name, count) = match arguments.as_slice() {
        [name] => (name, Some(u32::MAX)),
        [name, count] => (name, count.parse().ok()),
        _ => (&String::new(), None),
    };
    let Some(count) = count else {
        eprintln!("expected a name, and perhaps how many heartbeats to send");
        return Ok(ExitCode::FAILURE);
    };

    // 1. A socket at a port of the system's choice, which sends to the monitor.
    let socket: UdpSocket = todo!("bind a socket to port 0, connect it to MONITOR");
    println!("Sending heartbeats of {name} to {MONITOR}");

    let begin = Instant::now();
    for number in 1..=count {
        // 2. Wait until this one is due: number 1 at once, each other 100 ms after the one before.
        let due: Instant = todo!("when heartbeat `number` is due, counted from begin");
        thread::sleep(due.saturating_duration_since(Instant::now()));

        // 3. Send it, and go on whatever becomes of it.
        todo!("send the name, a space and the number; print an error and go on: send");
    }
    Ok(ExitCode::SUCCESS)
}
