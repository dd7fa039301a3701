//! A file of what was sent, for Wireshark, tshark and tcpdump.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use crate::evidence::Flight;
use crate::packet::pcapng::{Direction, Interface, LinkType, Record, Writer};

/// A file that packets are written to.
#[derive(Debug)]
pub struct Capture {
    file: Writer<BufWriter<File>>,
    hosts: Vec<Interface>,
    trouble: Option<io::Error>,
}

impl Capture {
    /// Begins a capture in a new file.
    ///
    /// # Errors
    ///
    /// When the file cannot be made or written.
    pub fn create(path: &Path) -> io::Result<Capture> {
        let out = BufWriter::new(File::create(path)?);
        let file = Writer::new(out, "socklab", LinkType::Ipv4)?;
        Ok(Capture { file, hosts: Vec::new(), trouble: None })
    }

    /// Names the hosts whose packets follow, in their order, and what runs there.
    pub fn of(&mut self, hosts: &[(String, String)]) {
        self.hosts.clear();
        for (name, programs) in hosts {
            match self.file.interface(name, Some(programs)) {
                Ok(host) => self.hosts.push(host),
                Err(error) => self.fail(error),
            }
        }
    }

    /// Adds a packet. IPv6, which private networks carry on a host's own loopback only, has no place
    /// in a file of IPv4.
    pub fn add(&mut self, flight: &Flight) {
        let Some(&host) = self.hosts.get(flight.host()) else { return };
        if self.trouble.is_some() || flight.packet().source().ip().is_ipv6() {
            return;
        }
        let record = Record::new(flight.at_ns(), flight.bytes()).direction(Direction::Outbound);
        let comment = flight.comment();
        let record = comment.as_deref().map_or(record, |text| record.comment(text));
        if let Err(error) = self.file.packet(host, &record) {
            self.fail(error);
        }
    }

    /// Ends the capture.
    ///
    /// # Errors
    ///
    /// When it is not whole: the first trouble that there was.
    pub fn finish(self) -> io::Result<()> {
        self.trouble.map_or_else(|| self.file.finish().map(drop), Err)
    }

    fn fail(&mut self, error: io::Error) {
        self.trouble.get_or_insert(error);
    }
}
