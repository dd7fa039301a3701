//! Pingers that do not send what they should, or do not end.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use crate::right::*;

// ten-pings

/// Speaks TCP.
pub fn udp_stream_socket() -> io::Result<()> {
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
pub fn udp_wrong_port() -> io::Result<()> {
    pings_to((Ipv4Addr::LOCALHOST, 12001).into())
}

/// Swaps the bytes of the port, which Rust has already done.
pub fn udp_port_byte_order() -> io::Result<()> {
    pings_to((Ipv4Addr::LOCALHOST, 12000_u16.to_be()).into())
}

/// Takes the first address that localhost has.
pub fn addr_localhost_v6_first() -> io::Result<()> {
    let socket = UdpSocket::bind("[::]:0")?;
    let server = (Ipv6Addr::LOCALHOST, 12000).into();
    let of_each = |ping: &str, sent| Ok(say(ping, answer(&socket, ping, sent)?));
    show(&pings_of(1..PINGS + 1, &socket, server, of_each)?);
    Ok(())
}

/// Sends without saying to whom.
pub fn udp_send_unconnected() -> io::Result<()> {
    let socket = client()?;
    socket.send(b"Ping 1 0.0").map(drop)
}

/// Sends all ten, and then waits for the answers.
pub fn udp_sends_ahead() -> io::Result<()> {
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
pub fn to_any_error_is_timeout() -> io::Result<()> {
    let socket = client()?;
    socket.set_nonblocking(true)?;
    pings(&socket, |ping, sent| match socket.recv(&mut [0; 2048]) {
        Ok(_) => Ok(say(ping, Some(sent.elapsed()))),
        Err(_) => Ok(say(ping, None)),
    })
}

/// Stops before ten.
pub fn count_off_by_one() -> io::Result<()> {
    ping_numbers(1..10)
}

/// Sends ten, and ten again.
pub fn count_off_by_one_twenty() -> io::Result<()> {
    ping_numbers(1..21)
}

/// Has letters where a number should be.
pub fn match_no_number() -> io::Result<()> {
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
pub fn exit_code_inverted() -> io::Result<()> {
    right()?;
    std::process::exit(1)
}

/// Waits for Enter when all is done.
pub fn exit_never() -> io::Result<()> {
    right()?;
    println!("Press Enter to end.");
    io::stdin().read_line(&mut String::new()).map(drop)
}

// silence

/// Divides by the number of answers, whatever that is.
pub fn to_stats_divide_by_zero() -> io::Result<()> {
    let times = times()?;
    show_loss(times.len());
    let average = times.iter().sum::<Duration>() / times.len() as u32;
    println!("avg {average:?}");
    show_times(&times);
    Ok(())
}

/// Ends when three answers in a row did not come.
pub fn to_gives_up_after_three() -> io::Result<()> {
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
pub fn udp_refused_is_fatal() -> io::Result<()> {
    let socket = client()?;
    socket.connect(SERVER)?;
    pings(&socket, |ping, sent| {
        let came = answer(&socket, ping, sent).unwrap();
        Ok(say(ping, came))
    })
}
