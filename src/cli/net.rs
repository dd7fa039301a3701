//! `socklab net`: run programs in a network of their own, over a link that can be bad.

use std::ffi::OsString;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anstyle::Style;
use clap::Args;

use super::screen::Screen;
use super::{Stop, words};
use crate::evidence::SetupError;
use crate::interrupt;
use crate::network::link::rules::Rules;
use crate::network::link::values::{Chance, QueueLength, Rate, Span};
use crate::network::link::{Faults, Sender, Settings};
use crate::network::{Capture, Carried, Network, SENDERS};
use crate::procfs;

const STRONG: Style = Style::new().bold();

/// How long the server has to be reachable before the client is started all the same.
const READY: Duration = Duration::from_secs(10);

#[derive(Debug, Args)]
pub(super) struct NetArgs {
    /// How many of the packets get lost: 5%.
    #[arg(long, value_name = "CHANCE", default_value_t)]
    loss: Chance,
    /// How long each packet takes, one way: 20ms.
    #[arg(long, value_name = "TIME", default_value_t)]
    delay: Span,
    /// By how much that varies, both ways.
    #[arg(long, value_name = "TIME", default_value_t)]
    jitter: Span,
    /// How many arrive twice.
    #[arg(long, value_name = "CHANCE", default_value_t)]
    dup: Chance,
    /// How many are overtaken by the next.
    #[arg(long, value_name = "CHANCE", default_value_t)]
    reorder: Chance,
    /// How many arrive with a bit changed and the checksum right.
    #[arg(long, value_name = "CHANCE", default_value_t)]
    corrupt: Chance,
    /// How much the link carries: 10mbit.
    #[arg(long, value_name = "RATE")]
    rate: Option<Rate>,
    /// How many packets wait for it.
    #[arg(long, value_name = "PACKETS", requires = "rate")]
    queue: Option<QueueLength>,
    /// The same seed loses the same UDP packets.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Faults by rule: `lose 2nd udp datagram from server`.
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Write what the link carried to this file, for Wireshark and its like.
    #[arg(long, value_name = "FILE.pcapng")]
    capture: Option<PathBuf>,
    /// A command that is started first, and ended when the client has ended.
    #[arg(long, value_name = "COMMAND", requires = "client", conflicts_with = "command")]
    server: Option<String>,
    /// A command that is started once the server can be reached; its exit status is socklab's.
    #[arg(long, value_name = "COMMAND", requires = "server", conflicts_with = "command")]
    client: Option<String>,
    /// A command to run; without one, your shell.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

pub(super) fn net(args: &NetArgs, screen: &mut Screen) -> Result<ExitCode, Stop> {
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..1 << 32));
    let settings = args.settings(seed)?;
    let capture = args.capture.as_deref().map(create).transpose()?;
    let (network, carrier) = Network::with_link(settings, capture)?;
    let outcome = run(args, &network, screen);
    drop(network);
    let carried = carrier
        .finish()
        .map_err(|error| SetupError::new("the link has failed", error, "please report it"))?;
    let status = outcome?;
    screen.note(&table(&carried, seed));
    if let Some(error) = carried.trouble {
        let what = "the capture is not whole";
        return Err(SetupError::new(what, error, "choose a file on a disk with room").into());
    }
    Ok(exit_code(status))
}

impl NetArgs {
    fn settings(&self, seed: u64) -> Result<Settings, Stop> {
        let faults = Faults {
            loss: self.loss,
            duplication: self.dup,
            reordering: self.reorder,
            corruption: self.corrupt,
            delay: self.delay,
            jitter: self.jitter,
            rate: self.rate,
            queue: self.queue,
            pace: None,
        };
        let senders = SENDERS.map(|name| Sender { name: name.into(), faults });
        let rules = self.rules.as_deref().map(rules).transpose()?.unwrap_or_default();
        Ok(Settings { seed, senders: senders.into(), rules })
    }
}

fn rules(path: &Path) -> Result<Rules, Stop> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Stop::Usage(format!("--rules {name}: {error}")))?;
    Rules::parse(&name, &text, &SENDERS).map_err(|mistakes| {
        let all: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        Stop::Usage(all.join("\n"))
    })
}

fn create(path: &Path) -> Result<Capture, Stop> {
    Capture::create(path).map_err(|error| {
        let what = format!("{} cannot be written", path.display());
        SetupError::new(what, error, "name a file in a folder that is yours").into()
    })
}

fn run(args: &NetArgs, network: &Network, screen: &mut Screen) -> Result<ExitStatus, Stop> {
    if let (Some(server), Some(client)) = (&args.server, &args.client) {
        let server = start(network, &words("--server", server)?, Stdio::null())?;
        let server = Ended(server);
        await_server(&server.0, screen)?;
        return wait(&mut start(network, &words("--client", client)?, Stdio::inherit())?);
    }
    let shell = || std::env::var_os("SHELL").unwrap_or_else(|| "/bin/sh".into());
    let command = if args.command.is_empty() { vec![shell()] } else { args.command.clone() };
    wait(&mut start(network, &command, Stdio::inherit())?)
}

/// A child that is ended when this is dropped. What it has started ends with the network.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(network: &Network, command: &[OsString], input: Stdio) -> Result<Child, Stop> {
    let name = command[0].to_string_lossy().into_owned();
    let mut process = Command::new(&command[0]);
    process.args(&command[1..]).stdin(input);
    let trouble =
        |error| SetupError::new(format!("{name} cannot be started"), error, "check its name");
    if let Some(place) = network.place() {
        place.enter(&mut process).map_err(trouble)?;
    }
    Ok(process.spawn().map_err(trouble)?)
}

/// Waits until somebody can be reached in the server's network.
fn await_server(server: &Child, screen: &mut Screen) -> Result<(), Stop> {
    let deadline = Instant::now() + READY;
    while !procfs::net::is_reachable(server.id()) {
        if interrupt::asked() {
            return Err(Stop::Interrupted);
        }
        if Instant::now() >= deadline || procfs::state(server.id(), server.id()) == Some('Z') {
            screen.note("the server cannot be reached; the client is started all the same");
            return Ok(());
        }
        interrupt::pause(Duration::from_millis(1));
    }
    Ok(())
}

/// Waits for a child. A Ctrl-C goes to it too, and it decides what becomes of that.
fn wait(child: &mut Child) -> Result<ExitStatus, Stop> {
    child.wait().map_err(|error| {
        SetupError::new("the command's end cannot be seen", error, "please report it").into()
    })
}

fn exit_code(status: ExitStatus) -> ExitCode {
    use std::os::unix::process::ExitStatusExt;
    let code = status.code().or(status.signal().map(|signal| 128 + signal));
    ExitCode::from(u8::try_from(code.unwrap_or(1)).unwrap_or(1))
}

/// What became of the packets, a row for each sender and protocol.
fn table(carried: &Carried, seed: u64) -> String {
    let mut out = format!("{STRONG}the link{STRONG:#} (seed {seed})");
    let rows: Vec<_> = carried.table.iter().filter(|row| row.counters.offered > 0).collect();
    // The first two always, of the others those that have something to say.
    let says = |at: usize| at < 2 || rows.iter().any(|row| row.counters.columns()[at].1 > 0);
    let Some(first) = rows.first() else { return out + ": nothing was sent" };
    // Writing to a String cannot fail.
    let _ = write!(out, "\n{:12}", "");
    for (at, (heading, _)) in first.counters.columns().into_iter().enumerate() {
        if says(at) {
            let _ = write!(out, "  {heading}");
        }
    }
    for row in &rows {
        let name = format!("{} {}", row.from, format!("{:?}", row.protocol).to_lowercase());
        let _ = write!(out, "\n{name:12}");
        for (at, (heading, number)) in row.counters.columns().into_iter().enumerate() {
            if says(at) {
                let _ = write!(out, "  {number:>width$}", width = heading.len());
            }
        }
    }
    out
}
