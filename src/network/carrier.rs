//! The carrier: takes packets off a network's device, lets the [link](super::link) decide what
//! becomes of them, and puts those that arrive back.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter};
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pipe::{PipeFlags, pipe_with};

use super::link::{Delivery, Link, Protocol, Row, Seen, Settings};
use crate::packet::pcapng::{Direction, Interface, LinkType, Record, Writer};
use crate::packet::{self, Packet, checksum};

/// How many packets are taken off the device before deliveries are looked after again.
const AT_ONCE: usize = 64;

/// The names of the two who speak in a network of one host: the client is who speaks first.
pub const SENDERS: [&str; 2] = ["client", "server"];

/// A packet that is shared by its copies.
type Bytes = Arc<[u8]>;

/// A file that packets are written to.
#[derive(Debug)]
pub struct Capture {
    file: Writer<BufWriter<File>>,
    host: Interface,
}

impl Capture {
    /// Begins a capture in a new file.
    pub fn create(path: &std::path::Path) -> io::Result<Capture> {
        let out = BufWriter::new(File::create(path)?);
        let mut file = Writer::new(out, "socklab", LinkType::Ipv4)?;
        let host = file.interface("link0", Some("the host of a private network"))?;
        Ok(Capture { file, host })
    }

    fn record(&mut self, bytes: &[u8], comment: Option<&str>) -> io::Result<()> {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let record = Record::new(at.as_nanos() as u64, bytes).direction(Direction::Outbound);
        self.file.packet(self.host, &comment.map_or(record, |text| record.comment(text)))
    }
}

/// What a link has carried.
#[derive(Debug)]
pub struct Carried {
    /// What became of the packets of each sender and protocol.
    pub table: Vec<Row>,
    /// Why the capture is not whole, if it is not.
    pub trouble: Option<io::Error>,
}

/// A carrier at work, in a thread of its own.
#[derive(Debug)]
pub struct Carrier {
    stop: OwnedFd,
    work: JoinHandle<Carried>,
}

impl Carrier {
    pub(super) fn start(
        device: OwnedFd,
        settings: Settings,
        capture: Option<Capture>,
    ) -> io::Result<Carrier> {
        let (end, stop) = pipe_with(PipeFlags::CLOEXEC)?;
        let road = Road {
            device,
            link: Link::new(settings),
            capture,
            trouble: None,
            began: Instant::now(),
            speakers: HashMap::new(),
        };
        let work = thread::Builder::new().name("link".into()).spawn(move || road.run(&end))?;
        Ok(Carrier { stop, work })
    }

    /// Stops carrying, and tells what was carried.
    ///
    /// # Errors
    ///
    /// When the carrier itself has failed, which is socklab's fault.
    pub fn finish(self) -> io::Result<Carried> {
        drop(self.stop);
        self.work.join().map_err(|_| io::Error::other("the link has failed: please report it"))
    }
}

/// The carrier's own side.
struct Road {
    device: OwnedFd,
    link: Link<Bytes>,
    capture: Option<Capture>,
    trouble: Option<io::Error>,
    began: Instant,
    /// Who speaks from a port: an index into [`SENDERS`].
    speakers: HashMap<(Protocol, u16), usize>,
}

impl Road {
    fn run(mut self, end: &OwnedFd) -> Carried {
        // The kernel's own slack would delay each delivery by up to 50 microseconds.
        let _ = rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1));
        let mut buffer = vec![0; 65536];
        loop {
            self.deliver();
            let mut sources =
                [PollFd::new(&self.device, PollFlags::IN), PollFd::new(end, PollFlags::IN)];
            let wait = self.link.next_due().map(|due| due.saturating_sub(self.now_ns()));
            let wait = wait.and_then(|wait| Timespec::try_from(Duration::from_nanos(wait)).ok());
            let told = poll(&mut sources, wait.as_ref()).is_ok();
            let ends = told && !sources[1].revents().is_empty();
            let more = self.take_some(&mut buffer);
            // What was sent before the end was asked for is carried still.
            if ends && !more {
                self.deliver();
                break;
            }
        }
        if let Some(capture) = self.capture.take()
            && let Err(error) = capture.file.finish()
        {
            self.trouble.get_or_insert(error);
        }
        Carried { table: self.link.table(), trouble: self.trouble }
    }

    /// Takes in what is there, and at most so much that deliveries do not wait for long. True when
    /// there may be more.
    fn take_some(&mut self, buffer: &mut [u8]) -> bool {
        for _ in 0..AT_ONCE {
            match rustix::io::read(&self.device, &mut *buffer) {
                Ok(length) => self.take(&buffer[..length]),
                Err(_) => return false,
            }
        }
        true
    }

    fn now_ns(&self) -> u64 {
        self.began.elapsed().as_nanos() as u64
    }

    /// Takes a packet in: what is no packet of IP goes on as it is.
    fn take(&mut self, bytes: &[u8]) {
        let Ok(packet) = Packet::parse(bytes) else {
            let _ = rustix::io::write(&self.device, bytes);
            return;
        };
        let seen = seen(&packet);
        let from = self.speaker(&seen);
        let fate = self.link.offer(self.now_ns(), from, &seen, Bytes::from(bytes));
        let Some(capture) = &mut self.capture else { return };
        let comment = fate.comment(self.link.settings());
        if let Err(error) = capture.record(bytes, comment.as_deref()) {
            self.trouble.get_or_insert(error);
            self.capture = None;
        }
    }

    /// Who sends this packet. Whoever speaks first of two is the client.
    fn speaker(&mut self, seen: &Seen<'_>) -> usize {
        let (source, destination) = (seen.source.port(), seen.destination.port());
        let known = self.speakers.get(&(seen.protocol, source)).copied();
        known.unwrap_or_else(|| {
            self.speakers.insert((seen.protocol, source), 0);
            self.speakers.entry((seen.protocol, destination)).or_insert(1);
            0
        })
    }

    /// Puts what is due back into the network.
    fn deliver(&mut self) {
        while let Some((_, delivery)) = self.link.pop_due(self.now_ns()) {
            let Delivery { packet, flip, .. } = delivery;
            let written = match flip {
                None => rustix::io::write(&self.device, &packet),
                Some(bit) => rustix::io::write(&self.device, &flipped(&packet, bit)),
            };
            // A full device drops what comes, as devices do.
            let _ = written;
        }
    }
}

/// The packet with one bit of its payload flipped and its checksum made right, so that it is the
/// program that has to notice.
fn flipped(packet: &[u8], bit: u32) -> Vec<u8> {
    let mut bytes = packet.to_vec();
    let payload = Packet::parse(packet).map(|packet| packet.payload_range());
    if let Ok(payload) = payload
        && let Some(byte) = bytes[payload].get_mut(bit as usize / 8)
    {
        *byte ^= 0x80 >> (bit % 8);
        let _ = checksum::repair(&mut bytes);
    }
    bytes
}

fn seen<'a>(packet: &Packet<'a>) -> Seen<'a> {
    let protocol = match packet.protocol() {
        packet::Protocol::Udp => Protocol::Udp,
        packet::Protocol::Tcp => Protocol::Tcp,
        _ => Protocol::Other,
    };
    let address = |endpoint: packet::Endpoint| {
        endpoint.socket().unwrap_or_else(|| SocketAddr::new(endpoint.ip(), 0))
    };
    Seen {
        protocol,
        source: address(packet.source()),
        destination: address(packet.destination()),
        sequence: packet.tcp().map_or(0, |tcp| tcp.seq),
        payload: packet.payload(),
        length: packet.len(),
    }
}
