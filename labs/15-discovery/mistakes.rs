//! Wrong programs for lab 15, each as short as its mistake allows.
//!
//! What they do right is in mistakes/right.rs, so that a program shows only what is wrong.

#[path = "../mistakes.rs"]
mod mistakes;
#[path = "mistakes/right.rs"]
mod right;

use mistakes::Mistake;
use right::*;
use std::io::{self};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::time::Duration;

fn main() -> std::process::ExitCode {
    mistakes::run(&[
        Mistake::new("addr-no-broadcast-option", "asks-everybody", no_broadcast_option),
        Mistake::new("addr-no-broadcast-option.ignored", "asks-everybody", no_broadcast_ignored),
        Mistake::new("disc-wrong-address", "asks-everybody", asks_one_host),
        Mistake::new("disc-wrong-address.subnet", "asks-everybody", asks_the_subnet_only),
        Mistake::new("udp-wrong-port", "asks-everybody", wrong_port),
        Mistake::new("disc-query-form", "asks-everybody", no_number),
        Mistake::new("frame-line-end-sent", "asks-everybody", line_end_sent),
        Mistake::new("exit-early", "asks-everybody", asks_nobody),
        Mistake::new("disc-wrong-address.network", "asks-the-subnet", asks_the_network),
        Mistake::new("mcast-wrong-interface", "asks-the-group", wrong_interface),
        Mistake::new("disc-wrong-address.group", "asks-the-group", asks_another_group),
        Mistake::new("mcast-ttl", "stays-in-the-lan", ttl_of_unicasts),
        Mistake::new("mcast-ttl.zero", "stays-in-the-lan", ttl_zero),
        Mistake::new("exit-code-inverted", "finds-all", exit_code_inverted),
        Mistake::new("disc-first-only", "finds-all", first_only),
        Mistake::new("disc-connected", "finds-all", connected),
        Mistake::new("disc-address-missing", "finds-all", address_missing),
        Mistake::new("disc-address-missing.asked", "finds-all", address_asked),
        Mistake::new("size-recv-buffer-small", "finds-all", buffer_small),
        Mistake::new("to-none", "finds-all", waits_for_ever),
        Mistake::new("mcast-bound-to-group", "finds-the-group", bound_to_the_group),
        Mistake::new("mcast-no-loop", "finds-its-own-host", no_loop),
        Mistake::new("udp-bind-in-use", "finds-its-own-host", binds_the_servers_port),
        Mistake::new("disc-asks-once", "asks-again", asks_once),
        Mistake::new("disc-asks-once.at-once", "asks-again", asks_at_once),
        Mistake::new("disc-asks-once.in-a-burst", "asks-again", asks_in_a_burst),
        Mistake::new("disc-query-form.numbers", "asks-again", new_number),
        Mistake::new("disc-known-not-named", "names-the-known", known_not_named),
        Mistake::new("disc-query-form.names", "names-the-known", known_by_name),
        Mistake::new("disc-first-only.query", "finds-a-late-one", answers_to_one_query),
        Mistake::new("disc-ends-early", "waits-for-the-slow", ends_early),
        Mistake::new("disc-told-by-name", "tells-namesakes-apart", told_by_name),
        Mistake::new("disc-lists-twice", "lists-each-once", lists_twice),
        Mistake::new("disc-takes-anything", "survives-garbage", takes_anything),
        Mistake::new("enc-strict-decode-crash", "survives-garbage", strict_decode),
        Mistake::new("exit-crashed", "survives-garbage", third_word),
        Mistake::new("disc-takes-anything.number", "minds-the-number", number_unchecked),
        Mistake::new("disc-takes-anything.prefix", "minds-the-number", number_begins_so),
        Mistake::new("disc-noise-extends", "ends-in-time", noise_extends),
        Mistake::new("exit-code-inverted.none", "says-when-none", none_is_success),
        Mistake::new("out-silent", "says-when-none", silent),
    ])
}

// asks-everybody

/// Sends to everybody as to anybody.
fn no_broadcast_option() -> io::Result<()> {
    finder(UdpSocket::bind(ANY)?)?.run()
}

/// The same, and the error is not looked at.
fn no_broadcast_ignored() -> io::Result<()> {
    let mut finder = finder(UdpSocket::bind(ANY)?)?;
    for until in WINDOWS {
        let _ = finder.ask();
        finder.collect(until)?;
    }
    finder.list()
}

/// Asks the one server that it knows.
fn asks_one_host() -> io::Result<()> {
    Finder { address: Ipv4Addr::new(192, 168, 15, 21), ..finder(socket()?)? }.run_once()
}

/// Asks its subnet, whatever it is told.
fn asks_the_subnet_only() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    if finder.address.is_broadcast() {
        finder.address = SUBNET;
    }
    finder.run_once()
}

/// Asks at another port.
fn wrong_port() -> io::Result<()> {
    Finder { port: 15051, ..finder(socket()?)? }.run_once()
}

/// Asks without a number.
fn no_number() -> io::Result<()> {
    Finder { query: |_| "DISCOVER".into(), ..finder(socket()?)? }.run_once()
}

/// Ends the query as one ends a line.
fn line_end_sent() -> io::Result<()> {
    Finder { query: |finder| right_query(finder) + "\n", ..finder(socket()?)? }.run_once()
}

/// Makes all that it needs, and sends nothing.
fn asks_nobody() -> io::Result<()> {
    let finder = finder(socket()?)?;
    println!("Asking {} with {}", finder.address, right_query(&finder));
    Ok(())
}

// asks-the-subnet

/// Takes the network's own number for the address of all.
fn asks_the_network() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    if finder.address == SUBNET {
        finder.address = Ipv4Addr::new(192, 168, 15, 0);
        return finder.run_once();
    }
    finder.run()
}

// asks-the-group

/// Sends multicasts by the loopback, as a tutorial did that ran on one machine.
fn wrong_interface() -> io::Result<()> {
    let socket = socket2::Socket::from(socket()?);
    socket.set_multicast_if_v4(&Ipv4Addr::LOCALHOST)?;
    finder(socket.into())?.run_its_way()
}

/// Asks the group of another protocol, that of mDNS.
fn asks_another_group() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    if finder.address == GROUP {
        finder.address = Ipv4Addr::new(224, 0, 0, 251);
        return finder.run_once();
    }
    finder.run()
}

// stays-in-the-lan

/// Gives a multicast the time to live of any other packet.
fn ttl_of_unicasts() -> io::Result<()> {
    let socket = socket()?;
    socket.set_multicast_ttl_v4(64)?;
    finder(socket)?.run_its_way()
}

/// Takes the number of routers for the time to live.
fn ttl_zero() -> io::Result<()> {
    let socket = socket()?;
    socket.set_multicast_ttl_v4(0)?;
    finder(socket)?.run_its_way()
}

// finds-all

/// Ends with the number of the servers.
fn exit_code_inverted() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    finder.search()?;
    let count = finder.servers.len() as i32;
    finder.list()?;
    std::process::exit(count)
}

/// Is content with the first answer.
fn first_only() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    for until in WINDOWS {
        finder.ask()?;
        while let Some((answer, sender)) = finder.receive(until)? {
            (finder.take)(&mut finder, &answer, sender);
            if !finder.servers.is_empty() {
                return finder.list();
            }
        }
    }
    finder.list()
}

/// Names its partner once and for all: answers come from others.
fn connected() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    finder.socket.connect(SocketAddrV4::new(finder.address, PORT))?;
    for until in WINDOWS {
        finder.socket.send(right_query(&finder).as_bytes())?;
        finder.collect(until)?;
    }
    finder.list()
}

/// Lists the names alone.
fn address_missing() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    finder.search()?;
    finder.list_as(|name, _| println!("Found {name}"))
}

/// Lists the address that it has asked, in place of the one that has answered.
fn address_asked() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    finder.search()?;
    let asked = finder.address;
    finder.list_as(|name, _| println!("Found {name} at {asked}"))
}

/// Has room for 20 bytes, as names have.
fn buffer_small() -> io::Result<()> {
    Finder { room: 20, ..finder(socket()?)? }.run()
}

/// Receives as long as answers come, and nobody tells it that none will.
fn waits_for_ever() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    finder.ask()?;
    let mut buffer = [0; 1500];
    loop {
        let (length, sender) = finder.socket.recv_from(&mut buffer)?;
        right_take(&mut finder, &buffer[..length], sender);
    }
}

// finds-the-group

/// Binds the group's address, as those do who listen to a group.
fn bound_to_the_group() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    if finder.address == GROUP {
        finder.socket = UdpSocket::bind((GROUP, PORT))?;
        finder.socket.join_multicast_v4(&GROUP, &Ipv4Addr::UNSPECIFIED)?;
        return finder.run_once();
    }
    finder.run()
}

// finds-its-own-host

/// Does not want to hear itself.
fn no_loop() -> io::Result<()> {
    let socket = socket()?;
    socket.set_multicast_loop_v4(false)?;
    finder(socket)?.run_its_way()
}

/// Asks from the servers' port.
fn binds_the_servers_port() -> io::Result<()> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, PORT))?;
    socket.set_broadcast(true)?;
    finder(socket)?.run()
}

// asks-again

/// Asks once and waits.
fn asks_once() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    finder.ask()?;
    finder.collect(WINDOWS[2])?;
    finder.list()
}

/// Asks three times without a pause.
fn asks_at_once() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    for _ in WINDOWS {
        finder.ask()?;
    }
    finder.collect(WINDOWS[2])?;
    finder.list()
}

/// Takes hundredths of a second for tenths.
fn asks_in_a_burst() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    for until in [10, 30, 1000].map(Duration::from_millis) {
        finder.ask()?;
        finder.collect(until)?;
    }
    finder.list()
}

/// Counts its queries: each has the next number.
fn new_number() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    for until in [WINDOWS[0], WINDOWS[2]] {
        finder.ask()?;
        finder.collect(until)?;
        finder.number = finder.number % 65535 + 1;
    }
    finder.list()
}

// names-the-known

/// Asks the same each time.
fn known_not_named() -> io::Result<()> {
    Finder { query: |finder| format!("DISCOVER {}", finder.number), ..finder(socket()?)? }.run()
}

/// Names the servers as they call themselves.
fn known_by_name() -> io::Result<()> {
    let query = |finder: &Finder| {
        let names: Vec<&str> = finder.servers.values().map(String::as_str).collect();
        match names.as_slice() {
            [] => format!("DISCOVER {}", finder.number),
            names => format!("DISCOVER {} KNOWN {}", finder.number, names.join(" ")),
        }
    };
    Finder { query, ..finder(socket()?)? }.run()
}

// finds-a-late-one

/// Asks again, and takes no more answers once one query had some.
fn answers_to_one_query() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    for until in WINDOWS {
        finder.ask()?;
        if !finder.servers.is_empty() {
            finder.take = |_, _, _| ();
        }
        finder.collect(until)?;
    }
    finder.list()
}

// waits-for-the-slow

/// Looks once more after its last query, and ends.
fn ends_early() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    for until in [200, 400, 410].map(Duration::from_millis) {
        finder.ask()?;
        finder.collect(until)?;
    }
    finder.list()
}

// tells-namesakes-apart

/// Keeps one server of each name.
fn told_by_name() -> io::Result<()> {
    let take = |finder: &mut Finder, answer: &[u8], sender: SocketAddr| {
        if let Some(name) = name_in(answer, finder.number)
            && finder.servers.values().all(|known| *known != name)
        {
            finder.servers.insert(sender.ip(), name);
        }
    };
    Finder { take, ..finder(socket()?)? }.run()
}

// lists-each-once

/// Lists whatever answer comes.
fn lists_twice() -> io::Result<()> {
    let take = |finder: &mut Finder, answer: &[u8], sender: SocketAddr| {
        if let Some(name) = name_in(answer, finder.number) {
            println!("Found {name} at {}", sender.ip());
            finder.servers.insert(sender.ip(), name);
        }
    };
    let mut finder = Finder { take, ..finder(socket()?)? };
    finder.search()?;
    finder.list_as(|_, _| ())
}

// survives-garbage

/// Takes the third word for a name, whatever stands around it.
fn takes_anything() -> io::Result<()> {
    let take = |finder: &mut Finder, answer: &[u8], sender: SocketAddr| {
        let text = String::from_utf8_lossy(answer);
        let words: Vec<&str> = text.split_whitespace().collect();
        if let [_, number, name, ..] = words.as_slice()
            && *number == finder.number.to_string()
        {
            finder.servers.entry(sender.ip()).or_insert_with(|| (*name).to_owned());
        }
    };
    Finder { take, ..finder(socket()?)? }.run()
}

/// Believes that what comes is text.
fn strict_decode() -> io::Result<()> {
    let take = |finder: &mut Finder, answer: &[u8], sender: SocketAddr| {
        let _text = String::from_utf8(answer.to_vec()).expect("an answer is text");
        right_take(finder, answer, sender);
    };
    Finder { take, ..finder(socket()?)? }.run()
}

/// Believes that an answer has three words.
fn third_word() -> io::Result<()> {
    let take = |finder: &mut Finder, answer: &[u8], sender: SocketAddr| {
        let text = String::from_utf8_lossy(answer);
        let words: Vec<&str> = text.split(' ').collect();
        let (_number, _name) = (words[1], words[2]);
        right_take(finder, answer, sender);
    };
    Finder { take, ..finder(socket()?)? }.run()
}

// minds-the-number

/// Takes an answer to any query.
fn number_unchecked() -> io::Result<()> {
    let take = |finder: &mut Finder, answer: &[u8], sender: SocketAddr| {
        let text = String::from_utf8_lossy(answer);
        let number = text.split(' ').nth(1).and_then(|word| word.parse().ok());
        if let Some(name) = name_in(answer, number.unwrap_or(finder.number)) {
            finder.servers.entry(sender.ip()).or_insert(name);
        }
    };
    Finder { take, ..finder(socket()?)? }.run()
}

/// Compares as many digits as its own number has.
fn number_begins_so() -> io::Result<()> {
    let take = |finder: &mut Finder, answer: &[u8], sender: SocketAddr| {
        let text = String::from_utf8_lossy(answer);
        let begins = text.starts_with(&format!("HERE {}", finder.number));
        let number = text.split(' ').nth(1).and_then(|word| word.parse().ok());
        if let Some(name) = number.and_then(|number: u32| name_in(answer, number))
            && begins
        {
            finder.servers.entry(sender.ip()).or_insert(name);
        }
    };
    Finder { take, ..finder(socket()?)? }.run()
}

// ends-in-time

/// Gives each receive the whole time of its query.
fn noise_extends() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    for wait in [500, 500, 700].map(Duration::from_millis) {
        finder.ask()?;
        finder.socket.set_read_timeout(Some(wait))?;
        while let Some((answer, sender)) = finder.receive_any()? {
            (finder.take)(&mut finder, &answer, sender);
        }
    }
    finder.list()
}

// says-when-none

/// Finds nobody, and nothing wrong with that.
fn none_is_success() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    finder.search()?;
    if finder.servers.is_empty() {
        println!("0 servers");
        return Ok(());
    }
    finder.list()
}

/// Ends with an error, and does not say which.
fn silent() -> io::Result<()> {
    let mut finder = finder(socket()?)?;
    finder.search()?;
    if finder.servers.is_empty() {
        std::process::exit(1);
    }
    finder.list()
}
