//! What a private network costs: making one, a round trip, a flood, a stream, and a whole `check 6`,
//! beside the same on the machine's plain loopback. All that is compared is measured in turns, and
//! ratios are medians of each turn's own ratio, so that they hold however busy the machine is.
//! `cargo bench --bench network` prints it; with `-- traffic` or another part's name behind it, that
//! part alone.

#[path = "network/checks.rs"]
mod checks;
#[path = "network/many.rs"]
mod many;
#[path = "network/traffic.rs"]
mod traffic;

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use socklab::evidence::Host;
use socklab::network::link::{Sender, Settings};
use socklab::network::{Choice, Device, Layout, Network};
use traffic::{Pair, Traffic};

type Fallible<T> = Result<T, Box<dyn Error>>;

/// A part of what is measured.
type Part = fn(&[Kind]) -> Fallible<()>;

/// How often each kind of network is made.
const MADE: usize = 30;

/// How often traffic is sent over each.
const ROUNDS: usize = 25;

/// The two hosts of a network of two.
const HOSTS: [(&str, [u8; 4]); 2] = [("server", [10, 0, 0, 1]), ("client", [10, 0, 0, 2])];

fn main() -> ExitCode {
    if let Some(code) = socklab::become_helper_if_asked() {
        return code;
    }
    match bench() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn bench() -> Fallible<()> {
    let kinds = kinds();
    let parts: [(&str, Part); 4] = [
        ("making", table_of_making),
        ("traffic", table_of_traffic),
        ("many", many::line),
        ("checks", |_| checks::lines()),
    ];
    // cargo adds arguments of its own, which begin with dashes.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|it| it == name);
    parts.iter().filter(|(name, _)| is_wanted(name)).try_for_each(|(_, part)| part(&kinds))
}

/// A kind of private network that this machine can make.
struct Kind {
    name: &'static str,
    layout: Layout,
}

impl Kind {
    fn open(&self) -> Fallible<Network> {
        let opened = Network::open(Choice::Private, &self.layout, &mut |_| {});
        opened.map_err(|error| format!("{}: {}: {}", self.name, error.what, error.why).into())
    }
}

fn kinds() -> Vec<Kind> {
    let senders =
        ["server", "client"].map(|name| Sender { name: name.into(), ..Sender::default() });
    let link = Some(Settings { senders: senders.into(), ..Settings::default() });
    let one = |device| Layout { link: link.clone(), device, ..Layout::default() };
    let hosts = HOSTS.map(|(name, at)| Host { name: name.into(), address: Some(at.into()) });
    let two = |device| Layout { device, ..Layout::of(&hosts) };
    let all = [
        ("its own loopback", Layout::default()),
        ("one host, TUN", one(Device::Tun)),
        ("one host, veth", one(Device::Veth)),
        ("two hosts, TUN", two(Device::Tun)),
        ("two hosts, veth", two(Device::Veth)),
    ];
    let kinds = all.into_iter().map(|(name, layout)| Kind { name, layout });
    kinds
        .filter(|kind| match kind.open() {
            Ok(_) => true,
            Err(error) => {
                println!("left out: {error}");
                false
            }
        })
        .collect()
}

fn table_of_making(kinds: &[Kind]) -> Fallible<()> {
    let mut times = vec![(Vec::new(), Vec::new()); kinds.len()];
    for _ in 0..MADE {
        for (kind, (made, dropped)) in kinds.iter().zip(&mut times) {
            let began = Instant::now();
            let network = kind.open()?;
            made.push(began.elapsed());
            let began = Instant::now();
            drop(network);
            dropped.push(began.elapsed());
            // What goes on behind the caller's back must not count as the next one's.
            many::await_agents();
        }
    }
    println!("making a network and dropping it, {MADE} rounds, milliseconds");
    println!("{:18}{:>8}{:>8}{:>8}{:>8}", "", "made", "p95", "dropped", "p95");
    for (kind, (made, dropped)) in kinds.iter().zip(&times) {
        let ms = |times: &[Duration], share| at_share(times.iter().copied(), share) * 1e3;
        print!("{:18}{:>8.2}{:>8.2}", kind.name, ms(made, 0.5), ms(made, 0.95));
        println!("{:>8.3}{:>8.3}", ms(dropped, 0.5), ms(dropped, 0.95));
    }
    println!();
    Ok(())
}

fn table_of_traffic(kinds: &[Kind]) -> Fallible<()> {
    // On one processor a wake-up costs the same everywhere. Where there are more, the scheduler
    // places two threads otherwise than three, and which it is decides more than all else.
    let networks = || kinds.iter().map(Kind::open).collect::<Fallible<Vec<_>>>();
    let apart = networks()?;
    let together = traffic::on_one_processor(networks)??;
    let mut ways = vec![("plain loopback", [Pair::on_loopback()?, Pair::on_loopback()?])];
    for ((kind, apart), together) in kinds.iter().zip(&apart).zip(&together) {
        ways.push((kind.name, [Pair::in_network(apart)?, Pair::in_network(together)?]));
    }
    let mut measured: Vec<Vec<Traffic>> = vec![Vec::new(); ways.len()];
    for _ in 0..ROUNDS {
        for ((_, [apart, together]), measured) in ways.iter().zip(&mut measured) {
            measured.push(Traffic {
                together: traffic::on_one_processor(|| together.round_trip())??,
                apart: apart.round_trip()?,
                per_ms: apart.flood()?,
                stream: apart.stream()?,
            });
        }
    }
    println!("traffic, medians of {ROUNDS} rounds, and as a ratio to plain loopback's");
    println!("{:18}{:^30}{:>17}{:>17}", "", "round trip, µs", "datagrams", "20 MB of TCP");
    println!("{:18}{:>15}{:>15}{:>17}{:>17}", "", "one processor", "any", "each ms", "ms");
    for ((name, _), own) in ways.iter().zip(&measured) {
        let column = |of: &dyn Fn(&Traffic) -> f64| {
            let ratios = own.iter().zip(&measured[0]).map(|(own, plain)| of(own) / of(plain));
            (median(own.iter().map(of)), median(ratios))
        };
        let (together, togethers) = column(&|it| it.together.as_secs_f64() * 1e6);
        let (apart, aparts) = column(&|it| it.apart.as_secs_f64() * 1e6);
        let (rate, rates) = column(&|it| it.per_ms);
        let (stream, streams) = column(&|it| it.stream.as_secs_f64() * 1e3);
        print!("{name:18}{together:>8.1}{togethers:>6.2}x{apart:>8.1}{aparts:>6.2}x");
        println!("{rate:>10.0}{rates:>6.2}x{stream:>10.1}{streams:>6.1}x");
    }
    println!();
    Ok(())
}

fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The time that this share of all does not exceed, in seconds.
fn at_share(times: impl IntoIterator<Item = Duration>, share: f64) -> f64 {
    let mut times: Vec<Duration> = times.into_iter().collect();
    times.sort_unstable();
    let place = (times.len() as f64 * share) as usize;
    times[place.min(times.len() - 1)].as_secs_f64()
}
