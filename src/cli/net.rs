//! `socklab net`: run programs in a network of their own, over a link that can be bad.

mod hosts;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;

use super::capture::Recording;
use super::link::{LinkArgs, table};
use super::screen::Screen;
use super::{Stop, words};
use crate::evidence::SetupError;
use crate::interrupt;
use crate::network::{Device, Layout, Network, Sink};
use crate::procfs;
use hosts::Hosts;

/// How long the server has to be reachable before the client is started all the same.
const READY: Duration = Duration::from_secs(10);

#[derive(Debug, Args)]
pub(super) struct NetArgs {
    /// How many hosts: 5, or names and addresses: server=10.0.0.1,client=10.0.0.2.
    #[arg(long, value_name = "HOSTS", default_value = "1")]
    hosts: Hosts,
    #[command(flatten)]
    link: LinkArgs,
    /// Write what the link carried to this file, for Wireshark and its like.
    #[arg(long, value_name = "FILE.pcapng")]
    capture: Option<PathBuf>,
    /// What takes packets to the link.
    #[arg(long, value_enum, default_value = "any")]
    device: DeviceChoice,
    /// A command that is started first, and ended when the client has ended.
    #[arg(long, value_name = "COMMAND", requires = "client", conflicts_with = "command")]
    server: Option<String>,
    /// A command that is started once the server can be reached; its exit status is socklab's.
    #[arg(long, value_name = "COMMAND", requires = "server", conflicts_with = "command")]
    client: Option<String>,
    /// Another command, on the host of this name; ended at the end. May be given more than once.
    #[arg(long, value_name = "HOST=COMMAND")]
    with: Vec<String>,
    /// A command to run, on the client's host if there are several; without one, your shell.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum DeviceChoice {
    /// A TUN device where this machine allows one, else a veth pair.
    Any,
    /// A TUN device.
    Tun,
    /// A pair of virtual Ethernet links.
    Veth,
}

impl From<DeviceChoice> for Device {
    fn from(choice: DeviceChoice) -> Device {
        match choice {
            DeviceChoice::Any => Device::Any,
            DeviceChoice::Tun => Device::Tun,
            DeviceChoice::Veth => Device::Veth,
        }
    }
}

pub(super) fn net(args: &NetArgs, screen: &mut Screen) -> Result<ExitCode, Stop> {
    let layout = args.layout()?;
    args.with.iter().try_for_each(|with| args.placed(with).map(drop))?;
    let recording = args.capture.as_deref().map(Recording::begin).transpose()?;
    let recording = recording.map(|mut recording| {
        recording.scene(&layout.hosts, |host| args.programs_on(host));
        Arc::new(Mutex::new(recording))
    });
    let network = Network::watched(&layout, recording.as_ref().map(recorder))?;
    let outcome = run(args, &network, screen);
    let hosts = network.host_names().into_iter().enumerate();
    let counted: Vec<_> = hosts.map(|(at, name)| (name, network.counters(at))).collect();
    let rows = network
        .finish()
        .map_err(|error| SetupError::new("the link has failed", error, "please report it"))?;
    let status = outcome?;
    let seed = layout.link.as_ref().map_or(0, |link| link.seed);
    screen.note(&table(&rows, &counted, seed));
    if let Some(recording) = recording.and_then(Arc::into_inner) {
        recording.into_inner().unwrap_or_else(PoisonError::into_inner).finish()?;
    }
    Ok(exit_code(status))
}

/// What writes packets to a capture.
fn recorder(recording: &Arc<Mutex<Recording>>) -> Sink {
    let recording = recording.clone();
    Box::new(move |flight| recording.lock().unwrap_or_else(PoisonError::into_inner).add(&flight))
}

impl NetArgs {
    fn layout(&self) -> Result<Layout, Stop> {
        let layout = Layout { device: self.device.into(), ..Layout::of(&self.hosts.0) };
        let link = Some(self.link.settings(&layout.senders())?);
        Ok(Layout { link, ..layout })
    }

    /// The host and the command of a `--with`.
    fn placed<'a>(&self, with: &'a str) -> Result<(&'a str, &'a str), Stop> {
        let known = |name: &str| self.hosts.0.iter().any(|host| host.name == name);
        with.split_once('=').filter(|(name, _)| known(name)).ok_or_else(|| {
            let names: Vec<&str> = self.hosts.0.iter().map(|host| host.name.as_str()).collect();
            let hosts = match names.as_slice() {
                [] => "there is one host; --hosts makes more".to_owned(),
                names => format!("the hosts are: {}", names.join(", ")),
            };
            Stop::Usage(format!("--with {with}: HOST=COMMAND is needed; {hosts}"))
        })
    }

    /// What runs on the host of this name, for people.
    fn programs_on(&self, host: &str) -> String {
        let pairs = [("server", &self.server), ("client", &self.client)];
        let roles = pairs.into_iter().filter_map(|(role, command)| Some((role, command.as_ref()?)));
        let alone = self.hosts.0.is_empty();
        let mut all: Vec<String> = roles
            .filter(|(role, _)| alone || *role == host)
            .map(|(role, command)| format!("{role}: {command}"))
            .collect();
        let with = self.with.iter().filter_map(|with| with.split_once('='));
        all.extend(with.filter(|(name, _)| *name == host).map(|(_, command)| command.to_owned()));
        let here = alone || host == CLIENT;
        if here && !self.command.is_empty() {
            let words: Vec<_> = self.command.iter().map(|word| word.to_string_lossy()).collect();
            all.push(words.join(" "));
        }
        all.join("; ")
    }
}

/// The host on which a command runs that is given without one.
const CLIENT: &str = "client";

fn run(args: &NetArgs, network: &Network, screen: &mut Screen) -> Result<ExitStatus, Stop> {
    let mut others = Vec::new();
    for with in &args.with {
        let (host, command) = args.placed(with)?;
        others.push(Ended(start(network, host, &words("--with", command)?, Stdio::null())?));
    }
    if let (Some(server), Some(client)) = (&args.server, &args.client) {
        let server = start(network, "server", &words("--server", server)?, Stdio::null())?;
        let server = Ended(server);
        await_server(&server.0, screen)?;
        return wait(&mut start(network, CLIENT, &words("--client", client)?, Stdio::inherit())?);
    }
    let shell = || std::env::var_os("SHELL").unwrap_or_else(|| "/bin/sh".into());
    let command = if args.command.is_empty() { vec![shell()] } else { args.command.clone() };
    wait(&mut start(network, CLIENT, &command, Stdio::inherit())?)
}

/// A child that is ended when this is dropped. What it has started ends with the network.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(network: &Network, host: &str, command: &[OsString], input: Stdio) -> Result<Child, Stop> {
    let name = command[0].to_string_lossy().into_owned();
    let mut process = Command::new(&command[0]);
    process.args(&command[1..]).stdin(input);
    let trouble =
        |error| SetupError::new(format!("{name} cannot be started"), error, "check its name");
    if let Some(place) = network.place(network.host(host)) {
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
