//! Lab 13 and the programs that people use: its server serves curl and tftp-hpa, its client reads from
//! and writes to tftpd-hpa and atftpd, between two hosts, over a link that loses 5 % of all packets.
//! The files are identical afterwards.
//!
//! A program that this machine lacks skips its tests, and their names say which one it is.
//!
//! Besides, the server is thrown random datagrams at.

#[path = "../labs/13-tftp/packet.rs"]
mod packet;

use std::collections::HashMap;
use std::fs::{self, Permissions};
use std::net::UdpSocket;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};
use packet::{Packet, Request};
use socklab::network::{Choice, Layout, Network};
use socklab::{procfs, program};

/// The server's address, at TFTP's own port.
const ADDRESS: &str = "10.0.0.1:69";

/// Far more than a file needs, with all that is lost.
const DEADLINE: Duration = Duration::from_secs(120);

/// Some 120 blocks: with their ACKs, about 12 packets are lost.
const SIZE: usize = 60_007;

/// Enough for curl, where it asks for a time-out of six seconds.
const FEW: usize = 9_007;

/// Where packages are unpacked that cannot be installed beside others: see .ci/run.
const UNPACKED: &str = "target/tftp";

/// In a private network there is but one user, and nobody can become another. The servers want to,
/// and give up where they cannot: these calls say that it has happened.
const SAME_USER: &str = "#include <unistd.h>
int setgroups(unsigned long n, const gid_t *groups) { (void)n; (void)groups; return 0; }
int initgroups(const char *user, gid_t group) { (void)user; (void)group; return 0; }
int setregid(gid_t real, gid_t effective) { (void)real; (void)effective; return 0; }
int setreuid(uid_t real, uid_t effective) { (void)real; (void)effective; return 0; }
";

/// What a test needs, found or built once.
struct Ground {
    root: PathBuf,
    solutions: HashMap<String, PathBuf>,
}

/// A test: what it is called, the program that it needs besides ours, and what it does with that.
type Test = (&'static str, &'static str, fn(&Ground, &Path) -> Result<(), Failed>);

const TESTS: [Test; 9] = [
    ("our_server_serves_curl", "curl", curl_reads),
    ("our_server_serves_curl_without_options", "curl", curl_reads_plainly),
    ("our_server_takes_from_curl", "curl", curl_writes),
    ("our_server_serves_tftp_hpa", "tftp", tftp_hpa_reads),
    ("our_server_takes_from_tftp_hpa", "tftp", tftp_hpa_writes),
    ("our_client_reads_from_tftpd_hpa", "in.tftpd", client_reads_from_hpa),
    ("our_client_writes_to_tftpd_hpa", "in.tftpd", client_writes_to_hpa),
    ("our_client_reads_from_atftpd", "atftpd", client_reads_from_atftpd),
    ("our_client_writes_to_atftpd", "atftpd", client_writes_to_atftpd),
];

fn main() -> ExitCode {
    if let Some(code) = socklab::become_helper_if_asked() {
        return code;
    }
    let mut arguments = Arguments::from_args();
    // Most of a transfer is a wait for what was lost.
    arguments.test_threads.get_or_insert(TESTS.len());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let wanted =
        ["server", "client"].map(|role| ("lab13".to_owned(), format!("lab13-{role}-solution")));
    let solutions = match program::build::build(root, &wanted, false) {
        Ok(solutions) => solutions,
        Err(error) => {
            eprintln!("the solutions cannot be built: {error:?}");
            return ExitCode::FAILURE;
        }
    };
    let ground = Arc::new(Ground { root: root.to_owned(), solutions });
    let mut trials: Vec<Trial> = TESTS.iter().map(|test| trial(test, &ground)).collect();
    trials.push(Trial::test("random_bytes_make_no_reader_panic", random_bytes_are_read));
    let name = "our_server_bears_random_datagrams";
    trials.push(match Choice::Auto.is_private() {
        true => Trial::test(name, move || bears_random_datagrams(&ground)),
        false => Trial::test(name, || Ok(())).with_ignored_flag(true),
    });
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(&(name, needs, test): &Test, ground: &Arc<Ground>) -> Trial {
    let program = ground.find(needs);
    let lacks = match program {
        _ if !Choice::Auto.is_private() => Some("this machine makes no private network".to_owned()),
        None => Some(format!("this machine has no {needs}")),
        Some(_) => None,
    };
    if let Some(lacks) = lacks {
        eprintln!("tftp: {name} is skipped, {lacks}");
        return Trial::test(format!("{name} ({lacks})"), || Ok(())).with_ignored_flag(true);
    }
    let ground = ground.clone();
    Trial::test(name, move || match &program {
        Some(program) => test(&ground, program),
        None => Ok(()),
    })
}

impl Ground {
    /// A program that people use, wherever it is.
    fn find(&self, name: &str) -> Option<PathBuf> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let unpacked = self.root.join(UNPACKED).join("usr/sbin");
        std::env::split_paths(&path)
            .chain(["/usr/sbin".into(), unpacked])
            .map(|folder| folder.join(name))
            .find(|file| file.is_file())
    }

    fn solution(&self, role: &str) -> Result<&Path, String> {
        let name = format!("lab13-{role}-solution");
        self.solutions.get(&name).map(PathBuf::as_path).ok_or(format!("cargo did not build {name}"))
    }

    /// Serves a folder with the solution, and lets somebody else's client loose on it.
    fn serve_to(&self, seed: u64, scene: &Scene, client: &str) -> Result<(), Failed> {
        let solution = self.solution("server")?.display();
        let server = format!("{solution} {} {ADDRESS}", scene.served().display());
        self.meet(seed, &server, client)
    }

    /// Lets the solution's client loose on somebody else's server.
    fn ask(&self, seed: u64, scene: &Scene, server: &str, order: &str) -> Result<(), Failed> {
        let user = same_user(scene)?;
        // Beside a program that was unpacked lie its libraries.
        let libraries = self.root.join(UNPACKED).join("usr/lib/x86_64-linux-gnu");
        let server = format!(
            "env LD_PRELOAD={} LD_LIBRARY_PATH={} {server}",
            user.display(),
            libraries.display()
        );
        let client = format!("{} {order} --server {ADDRESS}", self.solution("client")?.display());
        self.meet(seed, &server, &client)
    }

    /// Runs the two on two hosts, over a bad link.
    fn meet(&self, seed: u64, server: &str, client: &str) -> Result<(), Failed> {
        let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_socklab"))
            .args(["net", "--hosts", "server=10.0.0.1,client=10.0.0.2"])
            .args(["--loss", "5%", "--seed", &seed.to_string()])
            .args(["--server", server, "--client", client])
            .timeout(DEADLINE)
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.success() {
            true if said.contains("lost by chance") => Ok(()),
            true => Err(format!("nothing was lost on the link\n{said}").into()),
            false => Err(format!("{}\n{server}\n{client}\n{said}", output.status).into()),
        }
    }
}

/// A file, and a folder for it to be served from or brought to.
struct Scene {
    folder: tempfile::TempDir,
    content: Vec<u8>,
}

impl Scene {
    fn new(seed: u64, size: usize) -> Result<Scene, Failed> {
        let mut rng = fastrand::Rng::with_seed(seed);
        let content: Vec<u8> = (0..size).map(|_| rng.u8(..)).collect();
        let scene = Scene { folder: tempfile::tempdir()?, content };
        fs::create_dir(scene.served())?;
        // Those who serve look whether everybody may.
        fs::set_permissions(scene.served(), Permissions::from_mode(0o777))?;
        fs::set_permissions(scene.folder.path(), Permissions::from_mode(0o777))?;
        fs::write(scene.here("sent"), &scene.content)?;
        fs::write(scene.there("file"), &scene.content)?;
        Ok(scene)
    }

    fn served(&self) -> PathBuf {
        self.folder.path().join("served")
    }

    /// A file in the served folder.
    fn there(&self, name: &str) -> PathBuf {
        self.served().join(name)
    }

    /// A file of the client's.
    fn here(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn is_the_same(&self, file: &Path) -> Result<(), Failed> {
        let found = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        match found == self.content {
            true => Ok(()),
            false => Err(format!("{} bytes, and not the same", found.len()).into()),
        }
    }
}

/// Compiles [`SAME_USER`].
fn same_user(scene: &Scene) -> Result<PathBuf, Failed> {
    let (source, library) = (scene.here("same_user.c"), scene.here("same_user.so"));
    fs::write(&source, SAME_USER)?;
    let status =
        Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).status()?;
    status.success().then_some(library).ok_or_else(|| "cc cannot make a library".into())
}

fn curl_reads(ground: &Ground, curl: &Path) -> Result<(), Failed> {
    curl_gets(ground, (1, FEW), curl, "")
}

fn curl_reads_plainly(ground: &Ground, curl: &Path) -> Result<(), Failed> {
    curl_gets(ground, (2, SIZE), curl, "--tftp-no-options")
}

fn curl_gets(
    ground: &Ground,
    (seed, size): (u64, usize),
    curl: &Path,
    options: &str,
) -> Result<(), Failed> {
    let scene = Scene::new(seed, size)?;
    let got = scene.here("got");
    let (curl, file) = (curl.display(), got.display());
    let client = format!("{curl} -s -S {options} -o {file} tftp://{ADDRESS}/file");
    ground.serve_to(seed, &scene, &client)?;
    scene.is_the_same(&got)
}

/// Without options: when the first block is lost, and so the OACK comes again, curl takes it for the
/// answer to that block, and leaves it out.
fn curl_writes(ground: &Ground, curl: &Path) -> Result<(), Failed> {
    let scene = Scene::new(3, SIZE)?;
    let (curl, file) = (curl.display(), scene.here("sent").display().to_string());
    let client = format!("{curl} -s -S --tftp-no-options -T {file} tftp://{ADDRESS}/brought");
    ground.serve_to(3, &scene, &client)?;
    scene.is_the_same(&scene.there("brought"))
}

fn tftp_hpa_reads(ground: &Ground, tftp: &Path) -> Result<(), Failed> {
    let scene = Scene::new(4, SIZE)?;
    let got = scene.here("got");
    let client = tftp_hpa(tftp, &scene, &format!("get file {}", got.display()))?;
    ground.serve_to(4, &scene, &client)?;
    scene.is_the_same(&got)
}

fn tftp_hpa_writes(ground: &Ground, tftp: &Path) -> Result<(), Failed> {
    let scene = Scene::new(5, SIZE)?;
    let order = format!("put {} brought", scene.here("sent").display());
    ground.serve_to(5, &scene, &tftp_hpa(tftp, &scene, &order)?)?;
    scene.is_the_same(&scene.there("brought"))
}

/// tftp-hpa, told to send again after a second: it reads its orders as a person types them.
fn tftp_hpa(tftp: &Path, scene: &Scene, order: &str) -> Result<String, Failed> {
    let orders = scene.here("orders");
    fs::write(&orders, format!("mode binary\nrexmt 1\n{order}\nquit\n"))?;
    let (host, port) = ADDRESS.split_once(':').unwrap_or_default();
    Ok(format!("sh -c '{} {host} {port} <{}'", tftp.display(), orders.display()))
}

fn client_reads_from_hpa(ground: &Ground, tftpd: &Path) -> Result<(), Failed> {
    let scene = Scene::new(6, SIZE)?;
    let got = scene.here("got");
    let order = format!("get {} {}", scene.there("file").display(), got.display());
    ground.ask(6, &scene, &tftpd_hpa(tftpd, &scene), &order)?;
    scene.is_the_same(&got)
}

fn client_writes_to_hpa(ground: &Ground, tftpd: &Path) -> Result<(), Failed> {
    let scene = Scene::new(7, SIZE)?;
    let brought = scene.there("brought");
    let order = format!("put {} {}", scene.here("sent").display(), brought.display());
    ground.ask(7, &scene, &tftpd_hpa(tftpd, &scene), &order)?;
    scene.is_the_same(&brought)
}

fn tftpd_hpa(tftpd: &Path, scene: &Scene) -> String {
    let options = "--foreground --ipv4 --listen --user root --create --permissive";
    let (tftpd, served) = (tftpd.display(), scene.served());
    format!("{tftpd} {options} --retransmit 200000 --address {ADDRESS} {}", served.display())
}

fn client_reads_from_atftpd(ground: &Ground, atftpd: &Path) -> Result<(), Failed> {
    let scene = Scene::new(8, SIZE)?;
    let got = scene.here("got");
    let order = format!("get file {} --blksize 1024 --tsize --timeout 1", got.display());
    ground.ask(8, &scene, &atftpd_at(atftpd, &scene), &order)?;
    scene.is_the_same(&got)
}

fn client_writes_to_atftpd(ground: &Ground, atftpd: &Path) -> Result<(), Failed> {
    let scene = Scene::new(9, SIZE)?;
    let order = format!("put {} brought", scene.here("sent").display());
    let asked = ground.ask(9, &scene, &atftpd_at(atftpd, &scene), &order);
    // atftpd does not stay after its last ACK. Where that is lost, nobody can tell our client that all
    // has arrived.
    scene.is_the_same(&scene.there("brought")).map_err(|failed| asked.err().unwrap_or(failed))
}

fn atftpd_at(atftpd: &Path, scene: &Scene) -> String {
    let options = "--daemon --no-fork --user root.root --logfile /dev/null --retry-timeout 1";
    let (host, port) = ADDRESS.split_once(':').unwrap_or_default();
    let (atftpd, served) = (atftpd.display(), scene.served());
    format!("{atftpd} {options} --bind-address {host} --port {port} {}", served.display())
}

/// How many random datagrams the server gets, and by how many bytes it may grow meanwhile: it serves
/// fifty at once at the most, each in a thread of its own.
const RANDOM: usize = 10_000;
const MAY_GROW: u64 = 24 << 20;

/// Bytes of which many are nearly a packet.
fn random_bytes(rng: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..rng.usize(..80)).map(|_| rng.u8(..)).collect();
    if let [first, second, ..] = bytes.as_mut_slice()
        && rng.bool()
    {
        (*first, *second) = (0, rng.u8(..8));
    }
    if rng.u8(..4) == 0 {
        let (name, mode) = (rng.alphanumeric().to_string(), "octet".to_owned());
        let request = Request { name, mode, options: vec![("blksize".into(), "9".into())] };
        bytes = Packet::Write(request).bytes();
        let cut = rng.usize(..=bytes.len());
        bytes.truncate(cut);
    }
    bytes
}

fn random_bytes_are_read() -> Result<(), Failed> {
    let mut rng = fastrand::Rng::with_seed(13);
    for _ in 0..100_000 {
        let bytes = random_bytes(&mut rng);
        if let Some(packet) = Packet::read(&bytes)
            && Packet::read(&packet.bytes()) != Some(packet.clone())
        {
            return Err(format!("{bytes:?} is {packet:?}, which is not read again").into());
        }
    }
    Ok(())
}

/// A server that is ended by its pid when this is dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn bears_random_datagrams(ground: &Ground) -> Result<(), Failed> {
    let scene = Scene::new(10, 100)?;
    let network = Network::open(Choice::Private, &Layout::default(), &mut |_| {})
        .map_err(|error| error.to_string())?;
    let mut command = Command::new(ground.solution("server")?);
    command.arg(scene.served()).stdout(Stdio::null());
    if let Some(place) = network.place(0) {
        place.enter(&mut command)?;
    }
    let server = Server(command.spawn()?);
    let pid = server.0.id();
    let until = Instant::now() + DEADLINE;
    while !procfs::net::is_reachable(pid) {
        if Instant::now() > until {
            return Err("the server is not bound".into());
        }
        std::thread::yield_now();
    }
    let socket = network.udp(0, "127.0.0.1:0".parse()?).map_err(|error| error.to_string())?;
    socket.set_nonblocking(false)?;
    socket.set_read_timeout(Some(Duration::from_secs(1)))?;
    let before = procfs::resident(pid).unwrap_or(0);
    let mut rng = fastrand::Rng::with_seed(14);
    for _ in 0..RANDOM {
        socket.send_to(&random_bytes(&mut rng), "127.0.0.1:6969")?;
    }
    reads_a_block(&socket, &scene)?;
    let grown = procfs::resident(pid).unwrap_or(u64::MAX).saturating_sub(before);
    if grown > MAY_GROW {
        return Err(format!("it has grown by {grown} bytes").into());
    }
    Ok(())
}

/// Asks for the file until it comes: the server may have no room for a while.
fn reads_a_block(socket: &UdpSocket, scene: &Scene) -> Result<(), Failed> {
    let request = Request { name: "file".into(), mode: "octet".into(), options: Vec::new() };
    let request = Packet::Read(request).bytes();
    let until = Instant::now() + DEADLINE;
    let mut buffer = [0; 2048];
    let mut asked = Instant::now();
    socket.send_to(&request, "127.0.0.1:6969")?;
    while Instant::now() < until {
        if asked.elapsed() > Duration::from_secs(1) {
            asked = Instant::now();
            socket.send_to(&request, "127.0.0.1:6969")?;
        }
        // What else comes is in answer to what was random.
        let Ok((length, _)) = socket.recv_from(&mut buffer) else { continue };
        match Packet::read(&buffer[..length]) {
            Some(Packet::Data { block: 1, data }) if data == scene.content => return Ok(()),
            _ => {}
        }
    }
    Err("it does not serve any more".into())
}
