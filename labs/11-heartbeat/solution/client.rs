// YOUR TURN: //! Lab 11, the sender. README.md, one folder up, says what to do.
//! Lab 11, solution: a sender that says ten times a second that it is there.
//!
//! It never asks whether anybody listens. The times of its heartbeats come from the clock, so they
//! stay right however long a send takes or the program is held up.
// END
// YOUR TURN: #![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone
// END
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
    // YOUR TURN: let socket: UdpSocket = todo!("bind a socket to port 0, connect it to MONITOR");
    // Connected, so that the kernel tells when nobody takes a heartbeat.
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.connect(MONITOR)?;
    // END
    println!("Sending heartbeats of {name} to {MONITOR}");

    let begin = Instant::now();
    for number in 1..=count {
        // 2. Wait until this one is due: number 1 at once, each other 100 ms after the one before.
        // YOUR TURN: let due: Instant = todo!("when heartbeat `number` is due, counted from begin");
        // Counted from the beginning. A sleep of 100 ms after each send would add the time of the
        // send, and whatever held the program up, to every heartbeat that follows.
        let due = begin + INTERVAL * (number - 1);
        // END
        thread::sleep(due.saturating_duration_since(Instant::now()));

        // 3. Send it, and go on whatever becomes of it.
        // YOUR TURN: todo!("send the name, a space and the number; print an error and go on: send");
        // Connection refused is news of an earlier heartbeat: there was no monitor then. There may
        // be one now, or a moment later.
        if let Err(error) = socket.send(format!("{name} {number}").as_bytes()) {
            eprintln!("heartbeat {number}: {error}");
        }
        // END
    }
    Ok(ExitCode::SUCCESS)
}
