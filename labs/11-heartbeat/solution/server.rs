// YOUR TURN: //! Lab 11, the monitor. README.md, one folder up, says what to do.
//! Lab 11, solution: a monitor that sees which heartbeats are missing, and who has fallen silent.
//!
//! Nothing arrives when a heartbeat is lost or a sender dies, so nothing wakes a program that only
//! receives. Everything here is built around one question: when is the next thing due that the
//! clock, and not the network, will tell?
// END
// YOUR TURN: #![allow(unused, clippy::diverging_sub_expression)] // until the last todo!() is gone
// END

use std::collections::{BTreeMap, HashMap};
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::process;
use std::time::{Duration, Instant};

const ADDRESS: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 12011);

/// A number that was skipped has so long to come after all: two intervals.
const PATIENCE: Duration = Duration::from_millis(200);

/// A sender that says nothing new for so long is dead: three intervals.
const SILENCE: Duration = Duration::from_millis(300);

/// How far above the highest number the next one may be: farther is no gap, but a new count.
const ABOVE: u32 = 100;

/// How far below the highest number one that has come already is taken for a duplicate.
const BELOW: u32 = 10;

/// How many senders are watched at most.
const MOST_SENDERS: usize = 100;

fn main() -> io::Result<()> {
    // 1. The address at which senders look for the monitor.
    // YOUR TURN: let bound: io::Result<UdpSocket> = todo!("bind a socket to ADDRESS: UdpSocket::bind");
    let bound = UdpSocket::bind(ADDRESS);
    // END
    let socket = match bound {
        Ok(socket) => socket,
        Err(error) => {
            eprintln!("bind {ADDRESS}: {error}");
            process::exit(1);
        }
    };
    println!("The monitor is listening on {ADDRESS}");

    let mut senders: HashMap<String, Sender> = HashMap::new();
    // The longest heartbeat has 27 bytes. What is longer is cut here, and still too long.
    let mut buffer = [0u8; 64];
    loop {
        // 2. Receive, but wait no longer than to the next thing that is due.
        let next: Option<Instant> = senders.values().filter_map(Sender::deadline).min();
        // YOUR TURN: let limit: Option<Duration> = todo!("the time from now to next, None for ever: map");
        // It is worked out anew each time. A limit that began anew with every datagram would never
        // pass while another sender is heard. A limit of zero is an error, so it is a millisecond.
        let limit = next.map(|next| {
            next.saturating_duration_since(Instant::now()).max(Duration::from_millis(1))
        });
        // END
        socket.set_read_timeout(limit)?;
        let heartbeat = match socket.recv_from(&mut buffer) {
            Ok((length, _)) => heartbeat_of(&buffer[..length]),
            // WouldBlock is what Linux calls the end of the time.
            Err(error) if error.kind() == ErrorKind::WouldBlock => None,
            Err(error) => {
                eprintln!("recvfrom: {error}");
                None
            }
        };

        let now = Instant::now();
        if let Some((name, number)) = heartbeat {
            if let Some(sender) = senders.get_mut(name) {
                sender.hear(name, number, now);
            } else if senders.len() < MOST_SENDERS {
                // Wherever its numbers are: what was sent before is not known to be missing.
                println!("alive {name}");
                senders.insert(name.to_owned(), Sender::new(number, now));
            }
        }
        // 3. Whether a datagram has come or not: the clock has gone on for every sender.
        for (name, sender) in &mut senders {
            sender.look_at_the_clock(name, now);
        }
    }
}

/// The name and the number in a datagram; nothing if it is no heartbeat.
fn heartbeat_of(datagram: &[u8]) -> Option<(&str, u32)> {
    let (name, number) = std::str::from_utf8(datagram).ok()?.split_once(' ')?;
    let is_name = (1..=16).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric());
    // parse would take a plus too, and any number of zeros.
    let is_number = number.len() <= 10 && number.bytes().all(|b| b.is_ascii_digit());
    let number = number.parse().ok().filter(|&number| number > 0)?;
    (is_name && is_number).then_some((name, number))
}

/// What is known of one sender.
struct Sender {
    /// The highest number that has come, in its present life.
    highest: u32,
    /// When it last said something new.
    heard: Instant,
    dead: bool,
    /// The numbers below the highest that have not come.
    open: BTreeMap<u32, Open>,
}

/// A number that was skipped.
enum Open {
    /// It has been awaited since then: it may have been overtaken.
    Awaited(Instant),
    /// It was reported missing.
    Reported,
}

impl Sender {
    fn new(number: u32, now: Instant) -> Sender {
        Sender { highest: number, heard: now, dead: false, open: BTreeMap::new() }
    }

    /// A heartbeat with this number has come.
    fn hear(&mut self, name: &str, number: u32, now: Instant) {
        // 4. A number that was skipped: it was overtaken, or it is late. It left long ago, so it does
        // not show that the sender lives.
        // YOUR TURN: todo!("if the number is open, take it out; print late if it was reported: remove");
        // Taken out, it is a number that has come: a second copy of it is a duplicate.
        match self.open.remove(&number) {
            Some(Open::Reported) => return println!("late {name} {number}"),
            Some(Open::Awaited(_)) => return,
            None => {}
        }
        // END

        // 5. Higher than all before: what was skipped is awaited from now on.
        let is_new = number > self.highest && number - self.highest <= ABOVE;
        if is_new {
            // YOUR TURN: todo!("put every number between the highest and this one into open: insert");
            for skipped in self.highest + 1..number {
                self.open.insert(skipped, Open::Awaited(now));
            }
            // END
        } else {
            // 6. It has come already, or is far away: a duplicate, or the sender counts anew.
            // YOUR TURN: let is_duplicate: bool = todo!("at most BELOW below the highest, and not dead");
            // The network repeats what was sent a moment ago. After a silence it is the sender itself.
            let is_near = number <= self.highest && self.highest - number <= BELOW;
            let is_duplicate = is_near && !self.dead;
            // END
            if is_duplicate {
                return;
            }
            println!("restarted {name}");
            self.open.clear();
        }
        if self.dead {
            println!("alive {name}");
        }
        self.highest = number;
        self.heard = now;
        self.dead = false;
        // What is far below will not come any more. This also bounds what is kept of a sender.
        let near = self.open.split_off(&number.saturating_sub(ABOVE));
        for (number, open) in std::mem::replace(&mut self.open, near) {
            if matches!(open, Open::Awaited(_)) {
                println!("missing {name} {number}");
            }
        }
    }

    /// When the clock will have something to tell, if nothing comes until then.
    fn deadline(&self) -> Option<Instant> {
        let silence = (!self.dead).then_some(self.heard + SILENCE);
        let awaited = self.open.values().filter_map(|open| match open {
            Open::Awaited(since) => Some(*since + PATIENCE),
            Open::Reported => None,
        });
        awaited.chain(silence).min()
    }

    /// 7. Tells what is due.
    fn look_at_the_clock(&mut self, name: &str, now: Instant) {
        for (number, open) in &mut self.open {
            // YOUR TURN: let is_missing: bool = todo!("awaited for PATIENCE or longer: matches!");
            let is_missing = matches!(open, Open::Awaited(since) if now >= *since + PATIENCE);
            // END
            if is_missing {
                println!("missing {name} {number}");
                *open = Open::Reported;
            }
        }
        // YOUR TURN: let is_silent: bool = todo!("not dead yet, and silent for SILENCE or longer");
        // Once it is dead the clock has nothing more to tell of it, and nothing is told twice.
        let is_silent = !self.dead && now >= self.heard + SILENCE;
        // END
        if is_silent {
            println!("dead {name}");
            self.dead = true;
        }
    }
}
