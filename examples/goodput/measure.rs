//! One run: a file, two programs, a link.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use socklab::evidence::Host;
use socklab::network::link::{Faults, Sender, Settings};
use socklab::network::{Layout, Network};
use socklab::{procfs, program};

use super::{Fallible, stream};

/// How much the link carries, in bits a second.
pub const RATE: f64 = 10e6;

/// How long a program may take to be reachable.
const READY: Duration = Duration::from_secs(10);

/// A way to send a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    StopAndWait,
    GoBackN,
    SelectiveRepeat,
    Tcp,
    Reno,
}

impl Way {
    pub const ALL: [Way; 5] =
        [Way::SelectiveRepeat, Way::Tcp, Way::Reno, Way::GoBackN, Way::StopAndWait];

    pub fn name(self) -> &'static str {
        match self {
            Way::StopAndWait => "stop-and-wait",
            Way::GoBackN => "go-back-N",
            Way::SelectiveRepeat => "selective repeat",
            Way::Tcp => "the kernel's TCP",
            Way::Reno => "TCP with Reno",
        }
    }

    /// How much is sent: less of it where it takes long.
    fn length(self) -> usize {
        match self {
            Way::SelectiveRepeat | Way::Tcp => 5_000_000,
            Way::GoBackN | Way::Reno => 1_000_000,
            Way::StopAndWait => 100_000,
        }
    }
}

/// The programs that send and receive.
pub struct Programs {
    folder: PathBuf,
    receiver: PathBuf,
    stop_and_wait: PathBuf,
    go_back_n: PathBuf,
    sender: PathBuf,
    own: PathBuf,
}

impl Programs {
    /// Has cargo build them.
    pub fn build() -> Fallible<Programs> {
        let names = ["server-solution", "client-solution", "stop-and-wait", "go-back-n"]
            .map(|name| format!("lab14-{name}"));
        let wanted = names.clone().map(|name| ("lab14".to_owned(), name));
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let built =
            program::build::build(root, &wanted, false).map_err(|error| format!("{error:?}"))?;
        let [receiver, sender, stop_and_wait, go_back_n] = names
            .map(|name| built.get(&name).cloned().ok_or_else(|| format!("cargo built no {name}")));
        let folder = root.join("target/goodput");
        fs::create_dir_all(&folder)?;
        Ok(Programs {
            folder,
            receiver: receiver?,
            sender: sender?,
            stop_and_wait: stop_and_wait?,
            go_back_n: go_back_n?,
            own: std::env::current_exe()?,
        })
    }

    /// Sends a file in this way over a link that loses so many of a hundred packets. Tells what share
    /// of the link the file had, from the first packet to the last.
    pub fn run(&self, way: Way, loss: u32, seed: u64) -> Fallible<f64> {
        let times = Arc::new(Mutex::new(Vec::new()));
        let noted = times.clone();
        let sink = Box::new(move |flight: socklab::evidence::Flight| {
            if let Ok(mut times) = noted.lock() {
                times.push(flight.at_ns());
            }
        });
        let name = format!("{way:?}-{loss}-{seed}");
        let [from, to] = ["sent", "received"].map(|end| self.folder.join(format!("{name}.{end}")));
        let mut random = fastrand::Rng::with_seed(seed);
        let file: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(way.length()).collect();
        fs::write(&from, &file)?;
        let network = Network::watched(&layout(loss, seed)?, Some(sink))
            .map_err(|error| format!("{}: {}", error.what, error.why))?;
        self.send(way, &network, &from, &to)?;
        network.finish()?;
        let arrived = fs::read(&to)?;
        fs::remove_file(from)?;
        fs::remove_file(to)?;
        if arrived != file {
            return Err(format!("{name}: another file has come").into());
        }
        let times = times.lock().map_err(|_| "the link has failed")?;
        let (Some(first), Some(last)) = (times.iter().min(), times.iter().max()) else {
            return Err("no packet was seen".into());
        };
        let seconds = (last - first) as f64 / 1e9;
        Ok(file.len() as f64 * 8.0 / seconds / RATE)
    }

    fn send(&self, way: Way, network: &Network, from: &Path, to: &Path) -> Fallible<()> {
        let address = OsStr::new("10.0.0.1:12014");
        let tcp = [stream::SERVER, stream::CLIENT].map(OsStr::new);
        let (server, client): (Vec<&OsStr>, Vec<&OsStr>) = match way {
            Way::Tcp | Way::Reno => {
                let control = OsStr::new(if way == Way::Reno { "reno" } else { "" });
                let own = self.own.as_os_str();
                (
                    vec![own, tcp[0], to.as_os_str()],
                    vec![own, tcp[1], from.as_os_str(), address, control],
                )
            }
            _ => {
                let sender = match way {
                    Way::StopAndWait => &self.stop_and_wait,
                    Way::GoBackN => &self.go_back_n,
                    _ => &self.sender,
                };
                (
                    vec![self.receiver.as_os_str(), to.as_os_str()],
                    vec![sender.as_os_str(), from.as_os_str(), address],
                )
            }
        };
        let mut server = start(network, "server", &server)?;
        let deadline = Instant::now() + READY;
        while !procfs::net::is_reachable(server.id()) && Instant::now() < deadline {
            thread::yield_now();
        }
        let sent = start(network, "client", &client)?.wait()?;
        if !sent.success() {
            server.kill()?;
        }
        let received = server.wait()?;
        match sent.success() && received.success() {
            true => Ok(()),
            false => {
                Err(format!("{}: the sender {sent}, the receiver {received}", way.name()).into())
            }
        }
    }
}

/// The lab's link, between two hosts.
fn layout(loss: u32, seed: u64) -> Fallible<Layout> {
    let host = |(name, address): (&str, [u8; 4])| Host {
        name: name.to_owned(),
        address: Some(address.into()),
    };
    let hosts = [("server", [10, 0, 0, 1]), ("client", [10, 0, 0, 2])].map(host);
    let faults = Faults {
        loss: format!("{loss}%").parse()?,
        delay: "20ms".parse()?,
        rate: Some("10mbit".parse()?),
        queue: Some("100".parse()?),
        ..Faults::default()
    };
    let senders = hosts.iter().map(|host| Sender { name: host.name.clone(), faults }).collect();
    let link = Some(Settings { seed, senders, ..Settings::default() });
    Ok(Layout { link, ..Layout::of(&hosts) })
}

fn start(network: &Network, host: &str, command: &[&OsStr]) -> Fallible<Child> {
    let mut process = Command::new(command[0]);
    process.args(&command[1..]).stdin(Stdio::null()).stdout(Stdio::null());
    if let Some(place) = network.place(network.host(host)) {
        place.enter(&mut process)?;
    }
    Ok(process.spawn()?)
}
