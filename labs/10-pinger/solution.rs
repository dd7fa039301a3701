// YOUR TURN: //! Lab 10: a pinger. README.md, one folder up, says what to do.
//! Lab 10, solution: ten pings, and what became of each.
//!
//! UDP promises nothing: an answer may be lost, late, doubled, or from somebody else. So there is a
//! limit to each wait, and nothing counts as an answer but what repeats this very ping.
// END
// YOUR TURN: #![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone
// END

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

const SERVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 12000);

/// How many pings are sent.
const PINGS: u32 = 10;

/// How long an answer is waited for.
const LIMIT: Duration = Duration::from_secs(1);

fn main() -> io::Result<()> {
    // 1. What shows how much time has passed.
    // YOUR TURN: let start: Instant = todo!("look at the clock that only goes forward: Instant::now");
    // The time of day is set now and then, by hand or over the network, and so may go backwards.
    // This clock does not know what time it is. It only goes forward.
    let start = Instant::now();
    // END

    // The socket, as in lab 7.
    let socket: UdpSocket = Socket::new(Domain::IPV4, Type::DGRAM, None)?.into();

    let mut times: Vec<Duration> = Vec::new();
    for number in 1..=PINGS {
        // The number says which ping this is. With the time no ping is like one of an earlier run.
        let ping = format!("Ping {number} {:.6}", start.elapsed().as_secs_f64());

        // 2. Send it, and know when.
        // YOUR TURN: let sent: Instant = todo!("look at the clock, then send the ping: send_to");
        let sent = Instant::now();
        socket.send_to(ping.as_bytes(), SERVER)?;
        // END

        match answer(&socket, &ping, sent)? {
            Some(time) => {
                println!("Ping {number}: {}", ms(time));
                times.push(time);
            }
            None => println!("Ping {number}: Request timed out"),
        }
    }
    show(&times);
    Ok(())
}

/// Waits for the answer to the ping that was sent then. Tells how long that took, or nothing where
/// none came in time.
fn answer(socket: &UdpSocket, ping: &str, sent: Instant) -> io::Result<Option<Duration>> {
    let mut buffer = [0u8; 2048];
    loop {
        // 3. Wait, but not longer than is left of the second.
        // YOUR TURN: let left: Duration = todo!("what is left of LIMIT since `sent`: saturating_sub");
        // The limit is for the ping. If each datagram that comes were waited for a second, somebody
        // who sends two a second would keep us here for ever.
        let left = LIMIT.saturating_sub(sent.elapsed());
        // END
        if left.is_zero() {
            return Ok(None);
        }
        // YOUR TURN: let limited: io::Result<()> = todo!("limit how long a receive waits: set_read_timeout");
        // The kernel now wakes this program when a datagram comes, or when this time is over.
        let limited = socket.set_read_timeout(Some(left));
        // END
        limited?;

        // 4. Receive. That the time is over is an error too, and the only one that was expected.
        let (length, sender): (usize, SocketAddr) = match socket.recv_from(&mut buffer) {
            Ok(received) => received,
            // YOUR TURN: Err(error) => todo!("Ok(None) if the time is over: ErrorKind::WouldBlock"),
            // Linux says WouldBlock, others say TimedOut.
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
            // END
        };
        let time = sent.elapsed();

        // 5. Is this the answer? The server repeats the ping, some servers in capitals.
        // YOUR TURN: let is_answer: bool = todo!("from SERVER, and the ping again: eq_ignore_ascii_case");
        // Anybody may send to our port, so the sender counts. An answer to an earlier ping may come
        // now, or one that came already, so what it says counts too. Bytes are compared: what came
        // need not be text, and is not asked to be.
        let is_answer = sender == SocketAddr::V4(SERVER)
            && buffer[..length].eq_ignore_ascii_case(ping.as_bytes());
        // END
        if is_answer {
            return Ok(Some(time));
        }
        // Anything else is passed over, and the wait goes on.
    }
}

/// Prints how many were answered, and how fast.
fn show(times: &[Duration]) {
    let received = times.len() as u32;
    // 6. How many of a hundred were lost?
    // YOUR TURN: let loss: f64 = todo!("the loss in percent; whole numbers would lose its decimals");
    // A ping whose answer came too late is as lost as one that never came.
    let loss = 100.0 * f64::from(PINGS - received) / f64::from(PINGS);
    // END
    println!("{PINGS} sent, {received} answered, {loss} % lost");

    // 7. The least, the average and the most of those times that there are.
    // YOUR TURN: let figures: Option<(Duration, Duration, Duration)> =
    // YOUR TURN:     todo!("least, average and most; None if there is no time at all: min, sum, max");
    // Of no times there is no least and no average: `min` says None, and the division would panic.
    let figures = times.iter().min().zip(times.iter().max()).map(|(least, most)| {
        let total: Duration = times.iter().sum();
        (*least, total / received, *most)
    });
    // END
    if let Some((least, average, most)) = figures {
        println!("min {}, avg {}, max {}", ms(least), ms(average), ms(most));
    }
}

/// A time as people read it.
fn ms(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}
