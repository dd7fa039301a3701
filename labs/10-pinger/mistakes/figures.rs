//! Pingers that print other figures than they should.

use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use crate::right::*;

// prints-each-time

/// Waits for three eighths of a second.
pub fn to_wrong_value_short() -> io::Result<()> {
    let socket = client()?;
    let limit = Duration::from_millis(375);
    pings(&socket, |ping, sent| Ok(say(ping, answer_within(limit, &socket, ping, sent)?)))
}

/// Looks at the clock twice, and both times after the receive.
pub fn rtt_cpu_clock() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| {
        let came = answer(&socket, ping, sent)?;
        let looked = Instant::now();
        Ok(say(ping, came.map(|_| looked.elapsed())))
    })
}

/// Measures from the begin of the program.
pub fn since_the_start() -> io::Result<()> {
    let socket = client()?;
    let start = Instant::now();
    pings(&socket, |ping, sent| {
        let came = answer(&socket, ping, sent)?;
        Ok(say(ping, came.map(|_| start.elapsed())))
    })
}

/// Prints its figures at the end, and nothing before.
pub fn out_silent() -> io::Result<()> {
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
pub fn to_none() -> io::Result<()> {
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
pub fn to_wrong_value() -> io::Result<()> {
    let socket = client()?;
    let limit = Duration::from_secs(2);
    pings(&socket, |ping, sent| Ok(say(ping, answer_within(limit, &socket, ping, sent)?)))
}

/// Hands the end of the time on as an error.
pub fn to_uncaught() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| match answer(&socket, ping, sent)? {
        Some(time) => Ok(say(ping, Some(time))),
        None => Err(ErrorKind::WouldBlock.into()),
    })
}

/// Ends with the first answer that is missing.
pub fn to_gives_up() -> io::Result<()> {
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
pub fn out_silent_of_a_loss() -> io::Result<()> {
    let socket = client()?;
    pings(&socket, |ping, sent| {
        let came = answer(&socket, ping, sent)?;
        Ok(came.and_then(|time| say(ping, Some(time))))
    })
}

// loss

/// Divides whole numbers, and multiplies what is left of that.
pub fn stats_whole_numbers() -> io::Result<()> {
    let times = times()?;
    println!("{} % lost", (PINGS - times.len()) / PINGS * 100);
    show_times(&times);
    Ok(())
}

/// Prints how many were answered, and calls it the loss.
pub fn stats_invented_answered() -> io::Result<()> {
    let times = times()?;
    println!("{} % lost", 100 * times.len() / PINGS);
    show_times(&times);
    Ok(())
}

/// Prints no figures at all.
pub fn out_silent_at_the_end() -> io::Result<()> {
    times().map(drop)
}

// statistics

/// Divides the total by all pings.
pub fn stats_lost_in_average() -> io::Result<()> {
    let times = times()?;
    show_loss(times.len());
    if let (Some(least), Some(most)) = (times.iter().min(), times.iter().max()) {
        let average = times.iter().sum::<Duration>() / PINGS as u32;
        println!("min {least:?}, avg {average:?}, max {most:?}");
    }
    Ok(())
}

/// Lets a lost ping count as a second, but not for the most.
pub fn stats_lost_in_average_second() -> io::Result<()> {
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
pub fn stats_invented_least() -> io::Result<()> {
    let times = times()?;
    show_loss(times.len());
    if let Some(most) = times.iter().max() {
        let least = times.iter().fold(Duration::ZERO, |least, time| least.min(*time));
        let average = times.iter().sum::<Duration>() / times.len() as u32;
        println!("min {least:?}, avg {average:?}, max {most:?}");
    }
    Ok(())
}
