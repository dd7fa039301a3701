//! Pingers that take something for an answer that is none, or the other way round.

use std::collections::HashSet;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::right::*;

// capitals

/// Takes nothing but the very same bytes.
pub fn match_too_strict() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| {
        let same = |came: &[u8], sender| sender == server() && came == ping.as_bytes();
        Ok(say(ping, answer_that(same, &socket, LIMIT, sent)?))
    })
}

// late

/// Takes whatever the server sends.
pub fn match_late_reply() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| {
        let any = |_: &[u8], sender| sender == server();
        Ok(say(ping, answer_that(any, &socket, LIMIT, sent)?))
    })
}

/// Takes whatever the server has not sent before.
pub fn match_late_reply_remembers() -> io::Result<()> {
    let socket = client()?;
    let mut seen = HashSet::new();
    pings(&socket, |ping, sent| {
        let mut buffer = [0; 2048];
        loop {
            let left = LIMIT.saturating_sub(sent.elapsed()).max(Duration::from_millis(1));
            socket.set_read_timeout(Some(left))?;
            let Some((length, sender)) = in_time(socket.recv_from(&mut buffer))? else {
                return Ok(say(ping, None));
            };
            if sender == server() && seen.insert(buffer[..length].to_vec()) {
                return Ok(say(ping, Some(sent.elapsed())));
            }
        }
    })
}

/// Counts an answer that comes too late.
pub fn stats_counts_datagrams_late() -> io::Result<()> {
    let socket = client()?;
    let mut late = 0;
    let mut times = Vec::new();
    for number in 1..=PINGS {
        let ping = format!("Ping {number}");
        let sent = Instant::now();
        socket.send_to(ping.as_bytes(), SERVER)?;
        let earlier: Vec<String> = (1..number).map(|number| format!("Ping {number}")).collect();
        let mut seen = HashSet::new();
        let came = answer_that(
            |came: &[u8], sender| {
                let text = String::from_utf8_lossy(came).into_owned();
                let is_late = earlier.contains(&text) && number < 3 && seen.insert(text);
                late += usize::from(is_late);
                is_answer(&ping, came, sender)
            },
            &socket,
            LIMIT,
            sent,
        )?;
        times.extend(say(&ping, came));
    }
    // The copy of an answer that was in time is none that was late.
    show_loss((times.len() + late).min(PINGS));
    show_times(&times);
    Ok(())
}

// twice

/// Counts each datagram that repeats a ping and comes in that ping's second.
pub fn stats_counts_datagrams() -> io::Result<()> {
    let socket = client()?;
    let mut times = Vec::new();
    let mut all: Vec<(String, Instant)> = Vec::new();
    let mut count = 0;
    for number in 1..=PINGS {
        let ping = format!("Ping {number}");
        let sent = Instant::now();
        all.push((ping.clone(), sent));
        socket.send_to(ping.as_bytes(), SERVER)?;
        let came = answer_that(
            |came: &[u8], sender| {
                let mut its = all.iter().filter(|(ping, _)| is_answer(ping, came, sender));
                count += i32::from(its.any(|(_, sent)| sent.elapsed() < LIMIT));
                is_answer(&ping, came, sender)
            },
            &socket,
            LIMIT,
            sent,
        )?;
        times.extend(say(&ping, came));
    }
    println!("{} % lost", 100 * (PINGS as i32 - count) / PINGS as i32);
    show_times(&times);
    Ok(())
}

// stranger

/// Does not ask who sent it.
pub fn match_source_unchecked() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| {
        let same = |came: &[u8], _| came.eq_ignore_ascii_case(ping.as_bytes());
        Ok(say(ping, answer_that(same, &socket, LIMIT, sent)?))
    })
}

/// Compares the host, and not the port.
pub fn match_source_unchecked_port() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| {
        let same = |came: &[u8], sender: SocketAddr| {
            sender.ip() == server().ip() && came.eq_ignore_ascii_case(ping.as_bytes())
        };
        Ok(say(ping, answer_that(same, &socket, LIMIT, sent)?))
    })
}

// not-text

/// Takes it for granted that every answer is UTF-8.
pub fn enc_strict_decode_crash() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| {
        let same = |came: &[u8], sender| {
            sender == server() && {
                let text = String::from_utf8(came.to_vec()).unwrap();
                is_answer(ping, text.as_bytes(), sender)
            }
        };
        Ok(say(ping, answer_that(same, &socket, LIMIT, sent)?))
    })
}

// empty

/// Takes an answer without bytes for the end, as it is in TCP.
pub fn udp_empty_not_served() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| {
        let same = |came: &[u8], sender| {
            if came.is_empty() {
                println!("The server has closed.");
                std::process::exit(0);
            }
            is_answer(ping, came, sender)
        };
        Ok(say(ping, answer_that(same, &socket, LIMIT, sent)?))
    })
}

/// Looks at the last byte of what came.
pub fn exit_crashed() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| {
        let same = |came: &[u8], sender| {
            let end = came.len() - usize::from(came[came.len() - 1] == b'\n');
            is_answer(ping, &came[..end], sender)
        };
        Ok(say(ping, answer_that(same, &socket, LIMIT, sent)?))
    })
}

// huge

/// Puts a zero behind what came, as in C, where the buffer has no room for it.
pub fn exit_crashed_beyond_the_buffer() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| {
        let same = |came: &[u8], sender| {
            let mut text = [0; 2048];
            text[..came.len()].copy_from_slice(came);
            text[came.len()] = 0;
            is_answer(ping, &text[..came.len()], sender)
        };
        Ok(say(ping, answer_that(same, &socket, LIMIT, sent)?))
    })
}

// noise

/// Waits a whole second again for each datagram that is not the answer.
pub fn to_restarted_by_noise() -> io::Result<()> {
    let socket = client()?;
    socket.set_read_timeout(Some(LIMIT))?;
    pings(&socket, |ping, sent| {
        let mut buffer = [0; 2048];
        loop {
            match in_time(socket.recv_from(&mut buffer))? {
                None => return Ok(say(ping, None)),
                Some((length, sender)) if is_answer(ping, &buffer[..length], sender) => {
                    return Ok(say(ping, Some(sent.elapsed())));
                }
                Some(_) => {}
            }
        }
    })
}
