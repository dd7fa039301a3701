//! Wrong programs for lab 10, each as short as its mistake allows.
//!
//! What they do right is in mistakes/right.rs, so that a program shows only what is wrong.

#[path = "../mistakes.rs"]
mod mistakes;
#[path = "mistakes/right.rs"]
mod right;

use mistakes::Mistake;
use right::*;
use std::collections::HashSet;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

fn main() -> std::process::ExitCode {
    mistakes::run(&[
        Mistake::new("udp-stream-socket", "ten-pings", udp_stream_socket),
        Mistake::new("udp-wrong-port", "ten-pings", udp_wrong_port),
        Mistake::new("udp-port-byte-order", "ten-pings", udp_port_byte_order),
        Mistake::new("addr-localhost-v6-first", "ten-pings", addr_localhost_v6_first),
        Mistake::new("udp-send-unconnected", "ten-pings", udp_send_unconnected),
        Mistake::new("udp-sends-ahead", "ten-pings", udp_sends_ahead),
        Mistake::new("to-any-error-is-timeout", "ten-pings", to_any_error_is_timeout),
        Mistake::new("count-off-by-one", "ten-pings", count_off_by_one),
        Mistake::new("count-off-by-one.twenty", "ten-pings", count_off_by_one_twenty),
        Mistake::new("match-no-number", "ten-pings", match_no_number),
        Mistake::new("exit-code-inverted", "ends", exit_code_inverted),
        Mistake::new("exit-never", "ends", exit_never),
        Mistake::new("to-wrong-value.short", "prints-each-time", to_wrong_value_short),
        Mistake::new("rtt-cpu-clock", "prints-each-time", rtt_cpu_clock),
        Mistake::new("stats-invented.since-the-start", "prints-each-time", since_the_start),
        Mistake::new("out-silent", "prints-each-time", out_silent),
        Mistake::new("to-none", "times-out", to_none),
        Mistake::new("to-wrong-value", "times-out", to_wrong_value),
        Mistake::new("to-uncaught", "times-out", to_uncaught),
        Mistake::new("to-gives-up", "times-out", to_gives_up),
        Mistake::new("out-silent.of-a-loss", "times-out", out_silent_of_a_loss),
        Mistake::new("stats-whole-numbers", "loss", stats_whole_numbers),
        Mistake::new("stats-invented.answered", "loss", stats_invented_answered),
        Mistake::new("out-silent.at-the-end", "loss", out_silent_at_the_end),
        Mistake::new("stats-lost-in-average", "statistics", stats_lost_in_average),
        Mistake::new("stats-lost-in-average.second", "statistics", stats_lost_in_average_second),
        Mistake::new("stats-invented.least", "statistics", stats_invented_least),
        Mistake::new("match-too-strict", "capitals", match_too_strict),
        Mistake::new("match-late-reply", "late", match_late_reply),
        Mistake::new("match-late-reply.remembers", "late", match_late_reply_remembers),
        Mistake::new("stats-counts-datagrams.late", "late", stats_counts_datagrams_late),
        Mistake::new("stats-counts-datagrams", "twice", stats_counts_datagrams),
        Mistake::new("match-source-unchecked", "stranger", match_source_unchecked),
        Mistake::new("match-source-unchecked.port", "stranger", match_source_unchecked_port),
        Mistake::new("enc-strict-decode-crash", "not-text", enc_strict_decode_crash),
        Mistake::new("udp-empty-not-served", "empty", udp_empty_not_served),
        Mistake::new("exit-crashed", "empty", exit_crashed),
        Mistake::new("exit-crashed.beyond-the-buffer", "huge", exit_crashed_beyond_the_buffer),
        Mistake::new("to-restarted-by-noise", "noise", to_restarted_by_noise),
        Mistake::new("to-stats-divide-by-zero", "silence", to_stats_divide_by_zero),
        Mistake::new("to-gives-up.after-three", "silence", to_gives_up_after_three),
        Mistake::new("udp-refused-is-fatal", "closed-port", udp_refused_is_fatal),
    ])
}

// ten-pings

/// Speaks TCP.
fn udp_stream_socket() -> io::Result<()> {
    let mut server = TcpStream::connect(SERVER)?;
    server.set_read_timeout(Some(LIMIT))?;
    for number in 1..=PINGS {
        server.write_all(format!("Ping {number}").as_bytes())?;
        let length = server.read(&mut [0; 1024])?;
        println!("Ping {number}: {length} bytes");
    }
    Ok(())
}

/// Sends to the port after the right one.
fn udp_wrong_port() -> io::Result<()> {
    pings_to((Ipv4Addr::LOCALHOST, 12001).into())
}

/// Swaps the bytes of the port, which Rust has already done.
fn udp_port_byte_order() -> io::Result<()> {
    pings_to((Ipv4Addr::LOCALHOST, 12000_u16.to_be()).into())
}

/// Takes the first address that localhost has.
fn addr_localhost_v6_first() -> io::Result<()> {
    let socket = UdpSocket::bind("[::]:0")?;
    let server = (Ipv6Addr::LOCALHOST, 12000).into();
    let of_each = |ping: &str, sent| Ok(say(ping, answer(&socket, ping, sent)?));
    show(&pings_of(1..PINGS + 1, &socket, server, of_each)?);
    Ok(())
}

/// Sends without saying to whom.
fn udp_send_unconnected() -> io::Result<()> {
    let socket = client()?;
    socket.send(b"Ping 1 0.0").map(drop)
}

/// Sends all ten, and then waits for the answers.
fn udp_sends_ahead() -> io::Result<()> {
    let socket = client()?;
    let sent = Instant::now();
    let pings: Vec<String> = (1..=PINGS).map(|number| format!("Ping {number}")).collect();
    for ping in &pings {
        socket.send_to(ping.as_bytes(), SERVER)?;
    }
    let mut times = Vec::new();
    for ping in &pings {
        times.extend(say(ping, answer(&socket, ping, sent)?));
    }
    show(&times);
    Ok(())
}

/// Does not wait at all, and takes the error for the end of the time.
fn to_any_error_is_timeout() -> io::Result<()> {
    let socket = client()?;
    socket.set_nonblocking(true)?;
    pings(&socket, |ping, sent| match socket.recv(&mut [0; 2048]) {
        Ok(_) => Ok(say(ping, Some(sent.elapsed()))),
        Err(_) => Ok(say(ping, None)),
    })
}

/// Stops before ten.
fn count_off_by_one() -> io::Result<()> {
    ping_numbers(1..10)
}

/// Sends ten, and ten again.
fn count_off_by_one_twenty() -> io::Result<()> {
    ping_numbers(1..21)
}

/// Has letters where a number should be.
fn match_no_number() -> io::Result<()> {
    let socket = client()?;
    let mut times = Vec::new();
    for letter in 'a'..='j' {
        let ping = format!("Ping {letter}");
        let sent = Instant::now();
        socket.send_to(ping.as_bytes(), SERVER)?;
        times.extend(say(&ping, answer(&socket, &ping, sent)?));
    }
    show(&times);
    Ok(())
}

// ends

/// Ends with status 1 after a success.
fn exit_code_inverted() -> io::Result<()> {
    right()?;
    std::process::exit(1)
}

/// Waits for Enter when all is done.
fn exit_never() -> io::Result<()> {
    right()?;
    println!("Press Enter to end.");
    io::stdin().read_line(&mut String::new()).map(drop)
}

// prints-each-time

/// Waits for three eighths of a second.
fn to_wrong_value_short() -> io::Result<()> {
    let socket = client()?;
    let limit = Duration::from_millis(375);
    pings(&socket, |ping, sent| Ok(say(ping, answer_within(limit, &socket, ping, sent)?)))
}

/// Looks at the clock twice, and both times after the receive.
fn rtt_cpu_clock() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| {
        let came = answer(&socket, ping, sent)?;
        let looked = Instant::now();
        Ok(say(ping, came.map(|_| looked.elapsed())))
    })
}

/// Measures from the begin of the program.
fn since_the_start() -> io::Result<()> {
    let socket = client()?;
    let start = Instant::now();
    pings(&socket, |ping, sent| {
        let came = answer(&socket, ping, sent)?;
        Ok(say(ping, came.map(|_| start.elapsed())))
    })
}

/// Prints its figures at the end, and nothing before.
fn out_silent() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| {
        let came = answer(&socket, ping, sent)?;
        if came.is_none() {
            println!("Request timed out");
        }
        Ok(came)
    })
}

// times-out

/// Waits without a limit.
fn to_none() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| {
        let mut buffer = [0; 2048];
        loop {
            let (length, sender) = socket.recv_from(&mut buffer)?;
            if is_answer(ping, &buffer[..length], sender) {
                return Ok(say(ping, Some(sent.elapsed())));
            }
        }
    })
}

/// Waits for two seconds.
fn to_wrong_value() -> io::Result<()> {
    let socket = client()?;
    let limit = Duration::from_secs(2);
    pings(&socket, |ping, sent| Ok(say(ping, answer_within(limit, &socket, ping, sent)?)))
}

/// Hands the end of the time on as an error.
fn to_uncaught() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| match answer(&socket, ping, sent)? {
        Some(time) => Ok(say(ping, Some(time))),
        None => Err(ErrorKind::WouldBlock.into()),
    })
}

/// Ends with the first answer that is missing.
fn to_gives_up() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| {
        let came = say(ping, answer(&socket, ping, sent)?);
        if came.is_none() {
            std::process::exit(0);
        }
        Ok(came)
    })
}

/// Says nothing of an answer that did not come.
fn out_silent_of_a_loss() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| {
        let came = answer(&socket, ping, sent)?;
        Ok(came.and_then(|time| say(ping, Some(time))))
    })
}

// loss

/// Divides whole numbers, and multiplies what is left of that.
fn stats_whole_numbers() -> io::Result<()> {
    let times = times()?;
    println!("{} % lost", (PINGS - times.len()) / PINGS * 100);
    show_times(&times);
    Ok(())
}

/// Prints how many were answered, and calls it the loss.
fn stats_invented_answered() -> io::Result<()> {
    let times = times()?;
    println!("{} % lost", 100 * times.len() / PINGS);
    show_times(&times);
    Ok(())
}

/// Prints no figures at all.
fn out_silent_at_the_end() -> io::Result<()> {
    times().map(drop)
}

// statistics

/// Divides the total by all pings.
fn stats_lost_in_average() -> io::Result<()> {
    let times = times()?;
    show_loss(times.len());
    if let (Some(least), Some(most)) = (times.iter().min(), times.iter().max()) {
        let average = times.iter().sum::<Duration>() / PINGS as u32;
        println!("min {least:?}, avg {average:?}, max {most:?}");
    }
    Ok(())
}

/// Lets a lost ping count as a second, but not for the most.
fn stats_lost_in_average_second() -> io::Result<()> {
    let times = times()?;
    show_loss(times.len());
    if let (Some(least), Some(most)) = (times.iter().min(), times.iter().max()) {
        let lost = (PINGS - times.len()) as u32;
        let average = (times.iter().sum::<Duration>() + LIMIT * lost) / PINGS as u32;
        println!("min {least:?}, avg {average:?}, max {most:?}");
    }
    Ok(())
}

/// Begins the search for the least with 0.
fn stats_invented_least() -> io::Result<()> {
    let times = times()?;
    show_loss(times.len());
    if let Some(most) = times.iter().max() {
        let least = times.iter().fold(Duration::ZERO, |least, time| least.min(*time));
        let average = times.iter().sum::<Duration>() / times.len() as u32;
        println!("min {least:?}, avg {average:?}, max {most:?}");
    }
    Ok(())
}

// capitals

/// Takes nothing but the very same bytes.
fn match_too_strict() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| {
        let same = |came: &[u8], sender| sender == server() && came == ping.as_bytes();
        Ok(say(ping, answer_that(same, &socket, LIMIT, sent)?))
    })
}

// late

/// Takes whatever the server sends.
fn match_late_reply() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| {
        let any = |_: &[u8], sender| sender == server();
        Ok(say(ping, answer_that(any, &socket, LIMIT, sent)?))
    })
}

/// Takes whatever the server has not sent before.
fn match_late_reply_remembers() -> io::Result<()> {
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
fn stats_counts_datagrams_late() -> io::Result<()> {
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
fn stats_counts_datagrams() -> io::Result<()> {
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
fn match_source_unchecked() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| {
        let same = |came: &[u8], _| came.eq_ignore_ascii_case(ping.as_bytes());
        Ok(say(ping, answer_that(same, &socket, LIMIT, sent)?))
    })
}

/// Compares the host, and not the port.
fn match_source_unchecked_port() -> io::Result<()> {
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
fn enc_strict_decode_crash() -> io::Result<()> {
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
fn udp_empty_not_served() -> io::Result<()> {
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
fn exit_crashed() -> io::Result<()> {
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
fn exit_crashed_beyond_the_buffer() -> io::Result<()> {
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
fn to_restarted_by_noise() -> io::Result<()> {
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

// silence

/// Divides by the number of answers, whatever that is.
fn to_stats_divide_by_zero() -> io::Result<()> {
    let times = times()?;
    show_loss(times.len());
    let average = times.iter().sum::<Duration>() / times.len() as u32;
    println!("avg {average:?}");
    show_times(&times);
    Ok(())
}

/// Ends when three answers in a row did not come.
fn to_gives_up_after_three() -> io::Result<()> {
    let socket = client()?;
    let mut missing = 0;
    pings(&socket, |ping, sent| {
        let came = say(ping, answer(&socket, ping, sent)?);
        missing = if came.is_some() { 0 } else { missing + 1 };
        if missing == 3 {
            println!("Nobody is there: 100 % lost");
            std::process::exit(0);
        }
        Ok(came)
    })
}

// closed-port

/// Is connected, and knows of no error but the end of the time.
fn udp_refused_is_fatal() -> io::Result<()> {
    let socket = client()?;
    socket.connect(SERVER)?;
    pings(&socket, |ping, sent| {
        let came = answer(&socket, ping, sent).unwrap();
        Ok(say(ping, came))
    })
}
