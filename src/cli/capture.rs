//! `--capture FILE.pcapng`: what was sent, for Wireshark and its like.

use std::path::{Path, PathBuf};

use super::Stop;
use crate::evidence::{Evidence, Flight, Host, SetupError};
use crate::network::Capture;

/// A capture under way.
pub(super) struct Recording {
    capture: Capture,
    path: PathBuf,
}

impl Recording {
    /// Begins a capture in a new file.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub(super) fn begin(path: &Path) -> Result<Recording, Stop> {
        let capture = Capture::create(path).map_err(|error| {
            let what = format!("{} cannot be written", path.display());
            SetupError::new(what, error, "name a file in a folder that is yours")
        })?;
        Ok(Recording { capture, path: path.to_owned() })
    }

    /// Says where the packets that follow were seen: on the hosts of a network, and with which
    /// words each is described. The one host of a network of one has its loopback.
    pub(super) fn scene(&mut self, hosts: &[Host], words: impl Fn(&str) -> String) {
        let name = |host: &Host| host.name.clone();
        let names =
            if hosts.is_empty() { vec!["lo".into()] } else { hosts.iter().map(name).collect() };
        let described: Vec<(String, String)> =
            names.into_iter().map(|name: String| (name.clone(), words(&name))).collect();
        self.capture.of(&described);
    }

    /// Adds a packet.
    pub(super) fn add(&mut self, flight: &Flight) {
        self.capture.add(flight);
    }

    /// Adds all packets that were seen.
    pub(super) fn add_all(&mut self, evidence: &Evidence) {
        evidence.flights().for_each(|(_, flight)| self.add(flight));
    }

    /// Ends the capture.
    ///
    /// # Errors
    ///
    /// When it is not whole.
    pub(super) fn finish(self) -> Result<(), Stop> {
        self.capture.finish().map_err(|error| {
            let what = format!("{} is not whole", self.path.display());
            SetupError::new(what, error, "choose a file on a disk with room").into()
        })
    }
}
