//! How long one exchange takes, from the server's start to the verdict: by the least that any
//! harness must do, and by socklab. Both in one run, in turns, so that their ratio holds however
//! busy the machine is. `cargo bench` prints it.

use std::error::Error;
use std::ffi::OsString;
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use socklab::check::{Failure, Scene, Stage};
use socklab::evidence::{Method, Role};
use socklab::network::{Choice, Layout, Network};
use socklab::{labs, procfs, program};

const ROUNDS: usize = 60;
const ADDRESS: &str = "127.0.0.1:12345";
const MESSAGE: &str = "copper walnut 4711";

/// The times of one exchange.
#[derive(Clone, Copy, Default)]
struct Times {
    /// From the start to the moment at which the server was seen to be ready.
    ready: Duration,
    /// From there to the verdict.
    exchange: Duration,
}

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

fn bench() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let wanted = [("lab6".to_owned(), "lab6-solution".to_owned())];
    let built =
        program::build::build(root, &wanted, false).map_err(|error| format!("{error:?}"))?;
    let rust = built.get("lab6-solution").ok_or("cargo built no solution")?.clone();
    let lab = labs::find("6").ok_or("there is no lab 6")?;
    let python = root.join("labs").join(lab.folder).join("right/udp_server.py");

    println!("one exchange with lab 6's server, medians of {ROUNDS} rounds in milliseconds");
    println!(
        "{:8} {:9} {:>14} {:>16} {:>15}",
        "server", "harness", "start to ready", "ready to verdict", "start to verdict"
    );
    row("Rust", &[rust.into()])?;
    let interpreter = interpreter()?;
    row("Python", &[interpreter, python.into()])
}

/// The interpreter itself: a wrapper in its place would be timed too.
fn interpreter() -> Result<OsString, Box<dyn Error>> {
    let output =
        Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned().into())
}

fn row(name: &str, command: &[OsString]) -> Result<(), Box<dyn Error>> {
    let (mut bare_times, mut our_times, mut private_times) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare_times.push(bare(command)?);
        our_times.push(ours(command, Choice::Loopback)?);
        private_times.push(ours(command, Choice::Auto)?);
    }
    let (bare, ours) = (medians(&bare_times), medians(&our_times));
    let private = medians(&private_times);
    let here = Choice::Auto.name();
    for (harness, [ready, exchange, all]) in [("bare", bare), ("loopback", ours), (here, private)] {
        println!("{name:8} {harness:9} {ready:>14.3} {exchange:>16.3} {all:>15.3}");
    }
    let [ready, exchange, all] = [0, 1, 2].map(|at| ours[at] / bare[at]);
    println!("{name:8} {:9} {ready:>14.2} {exchange:>16.2} {all:>15.2}", "ratio");
    println!("{name:8} own time from ready to verdict: {:.3} ms", ours[1] - bare[1]);
    Ok(())
}

fn medians(times: &[Times]) -> [f64; 3] {
    let median = |of: &dyn Fn(&Times) -> Duration| {
        let mut all: Vec<Duration> = times.iter().map(of).collect();
        all.sort_unstable();
        all[all.len() / 2].as_secs_f64() * 1000.0
    };
    [median(&|t| t.ready), median(&|t| t.exchange), median(&|t| t.ready + t.exchange)]
}

/// The least: start, look into the table of sockets until the port is bound, send, receive, kill.
fn bare(command: &[OsString]) -> Result<Times, Box<dyn Error>> {
    let address: SocketAddr = ADDRESS.parse()?;
    // Only one harness may use the port at a time.
    let network = Network::open(Choice::Loopback, &Layout::default(), &mut |_| {})?;
    let began = Instant::now();
    let mut server = Command::new(&command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()?;
    let deadline = began + Duration::from_secs(10);
    let is_bound = || {
        let rows = procfs::net::rows(std::process::id(), "udp");
        rows.iter().any(|row| row.local == address)
    };
    while !is_bound() && Instant::now() < deadline {}
    let ready = began.elapsed();
    let client = UdpSocket::bind("127.0.0.1:0")?;
    client.set_read_timeout(Some(Duration::from_secs(5)))?;
    client.send_to(MESSAGE.as_bytes(), address)?;
    let mut answer = [0; 2048];
    let (length, from) = client.recv_from(&mut answer)?;
    let right = &answer[..length] == format!("Server acknowledges: {MESSAGE}").as_bytes();
    let exchange = began.elapsed() - ready;
    server.kill()?;
    server.wait()?;
    drop(network);
    if right && from == address {
        Ok(Times { ready, exchange })
    } else {
        Err("a wrong answer".into())
    }
}

/// The same by a check.
fn ours(command: &[OsString], choice: Choice) -> Result<Times, Box<dyn Error>> {
    let scene = Scene {
        role: Role::Server,
        address: Some(ADDRESS.parse()?),
        command: command.to_vec(),
        shown: "a server".into(),
        seed: 7,
        method: Method::Copy,
        idles: false,
        reading: None,
    };
    let network = Network::open(choice, &Layout::default(), &mut |_| {})?;
    let stage = Stage::set(scene, network)?;
    let began = Instant::now();
    let times = exchange(&stage, began).map_err(|failure| format!("{failure:?}"));
    stage.close();
    Ok(times?)
}

fn exchange(stage: &Stage, began: Instant) -> Result<Times, Failure> {
    stage.program()?.is_bound_to(ADDRESS)?;
    let ready = began.elapsed();
    let client = stage.client()?;
    client.sends(MESSAGE)?;
    client.gets(format!("Server acknowledges: {MESSAGE}"))?;
    Ok(Times { ready, exchange: began.elapsed() - ready })
}
