//! What the wrong programs do right: the parts of a right pinger.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

pub const SERVER: &str = "127.0.0.1:12000";
pub const PINGS: usize = 10;
pub const LIMIT: Duration = Duration::from_secs(1);

pub fn server() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 12000).into()
}

pub fn client() -> io::Result<UdpSocket> {
    UdpSocket::bind("0.0.0.0:0")
}

pub fn right() -> io::Result<()> {
    ping_numbers(1..PINGS + 1)
}

pub fn ping_numbers(numbers: std::ops::Range<usize>) -> io::Result<()> {
    let socket = client()?;
    let of_each = |ping: &str, sent| Ok(say(ping, answer(&socket, ping, sent)?));
    show(&pings_of(numbers, &socket, server(), of_each)?);
    Ok(())
}

pub fn pings_to(server: SocketAddr) -> io::Result<()> {
    let socket = client()?;
    let of_each = |ping: &str, sent| Ok(say(ping, answer(&socket, ping, sent)?));
    show(&pings_of(1..PINGS + 1, &socket, server, of_each)?);
    Ok(())
}

/// Sends ten pings, lets `of_each` wait for each, and prints the figures.
pub fn pings(
    socket: &UdpSocket,
    of_each: impl FnMut(&str, Instant) -> io::Result<Option<Duration>>,
) -> io::Result<()> {
    show(&pings_of(1..PINGS + 1, socket, server(), of_each)?);
    Ok(())
}

/// Sends ten pings, and says what became of each, but not of all.
pub fn times() -> io::Result<Vec<Duration>> {
    let socket = client()?;
    let of_each = |ping: &str, sent| Ok(say(ping, answer(&socket, ping, sent)?));
    pings_of(1..PINGS + 1, &socket, server(), of_each)
}

pub fn pings_of(
    numbers: std::ops::Range<usize>,
    socket: &UdpSocket,
    server: SocketAddr,
    mut of_each: impl FnMut(&str, Instant) -> io::Result<Option<Duration>>,
) -> io::Result<Vec<Duration>> {
    let mut times = Vec::new();
    for number in numbers {
        let ping = format!("Ping {number}");
        let sent = Instant::now();
        socket.send_to(ping.as_bytes(), server)?;
        times.extend(of_each(&ping, sent)?);
    }
    Ok(times)
}

pub fn answer(socket: &UdpSocket, ping: &str, sent: Instant) -> io::Result<Option<Duration>> {
    answer_within(LIMIT, socket, ping, sent)
}

pub fn answer_within(
    limit: Duration,
    socket: &UdpSocket,
    ping: &str,
    sent: Instant,
) -> io::Result<Option<Duration>> {
    answer_that(|came: &[u8], sender| is_answer(ping, came, sender), socket, limit, sent)
}

/// Waits for a datagram that is right, for what is left of the limit.
pub fn answer_that(
    mut is_right: impl FnMut(&[u8], SocketAddr) -> bool,
    socket: &UdpSocket,
    limit: Duration,
    sent: Instant,
) -> io::Result<Option<Duration>> {
    let mut buffer = [0; 2048];
    loop {
        let left = limit.saturating_sub(sent.elapsed());
        if left.is_zero() {
            return Ok(None);
        }
        socket.set_read_timeout(Some(left))?;
        let Some((length, sender)) = in_time(socket.recv_from(&mut buffer))? else {
            return Ok(None);
        };
        if is_right(&buffer[..length], sender) {
            return Ok(Some(sent.elapsed()));
        }
    }
}

/// Nothing, if the time was over.
pub fn in_time<T>(received: io::Result<T>) -> io::Result<Option<T>> {
    match received {
        Ok(received) => Ok(Some(received)),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

pub fn is_answer(ping: &str, came: &[u8], sender: SocketAddr) -> bool {
    sender == server() && came.eq_ignore_ascii_case(ping.as_bytes())
}

/// Says what became of a ping, and hands it on.
pub fn say(ping: &str, came: Option<Duration>) -> Option<Duration> {
    match came {
        Some(time) => println!("{ping}: {:.3} ms", time.as_secs_f64() * 1e3),
        None => println!("{ping}: Request timed out"),
    }
    came
}

pub fn show(times: &[Duration]) {
    show_loss(times.len());
    show_times(times);
}

pub fn show_loss(answered: usize) {
    println!("{answered} answered, {} % lost", 100 * (PINGS - answered.min(PINGS)) / PINGS);
}

pub fn show_times(times: &[Duration]) {
    if let (Some(least), Some(most)) = (times.iter().min(), times.iter().max()) {
        let average = times.iter().sum::<Duration>() / times.len() as u32;
        println!("min {least:?}, avg {average:?}, max {most:?}");
    }
}
