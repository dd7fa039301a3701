//! A program in a private network reaches nothing outside and changes nothing inside: whoever runs
//! socklab, root or an ordinary user, and whatever carries the packets.

use std::fs::{self, Permissions};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{SocketAddr as UnixAddress, UnixListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use libtest_mimic::Trial;
use serde_json::Value;

use super::{SOCKLAB, no_private, solution, trial};

/// What comes of each attempt.
const REFUSED: &str = "\
TCP to 1.1.1.1: ENETUNREACH
UDP to 1.1.1.1: ENETUNREACH
TCP to 169.254.169.254: ENETUNREACH
UDP to 169.254.169.254: ENETUNREACH
TCP to the machine: ECONNREFUSED
UDP to the machine: ECONNREFUSED
abstract socket: ECONNREFUSED
raw socket: EPERM
packet socket: EPERM
add a route: EPERM
change an address: EPERM
mount: EPERM
leave: EACCES
CapEff:\t0000000000000000
NoNewPrivs:\t1
raw socket with a user namespace: EPERM
add a route with a user namespace: EPERM
";

/// Becomes a user without any rights, as far as this is possible for root.
const ORDINARY: [&str; 7] = [
    "setpriv",
    "--reuid=65534",
    "--regid=65534",
    "--clear-groups",
    "--bounding-set=-all",
    "--inh-caps=-all",
    "--no-new-privs",
];

type Test = (&'static str, fn(&User));

/// Every test as this user, and as an ordinary one if this is root.
pub fn trials() -> Vec<Trial> {
    let tests: [Test; 4] = [
        ("a_check_keeps_its_program_in", a_check_keeps_its_program_in),
        ("net_keeps_its_command_in", net_keeps_its_command_in),
        ("a_right_program_passes", a_right_program_passes),
        ("two_hosts_talk", two_hosts_talk),
    ];
    let mut trials = Vec::new();
    for is_ordinary in [false, true] {
        let user = User { is_ordinary };
        let why = if is_ordinary { user.missing() } else { user.trouble_with_python() };
        let why = why.or_else(no_private);
        for (name, test) in tests {
            let by = if is_ordinary { "an_ordinary_user" } else { "this_user" };
            let name = format!("{name}::{by}");
            trials.push(trial(name, why.clone(), move || test(&User { is_ordinary })));
        }
    }
    trials
}

/// Who runs socklab.
struct User {
    is_ordinary: bool,
}

impl User {
    /// Why nobody can become an ordinary user here, or does not need to.
    fn missing(&self) -> Option<String> {
        if !rustix::process::geteuid().is_root() {
            return Some("this user is an ordinary one".into());
        }
        match self.command(Path::new("true")).output() {
            Ok(output) if output.status.success() => self.trouble_with_python(),
            _ => Some("there is no setpriv".into()),
        }
    }

    fn trouble_with_python(&self) -> Option<String> {
        let python = self.command(Path::new("python3")).args(["-c", ""]).output();
        let works = python.is_ok_and(|output| output.status.success());
        (!works).then(|| "this user has no python3".into())
    }

    /// A command of this user.
    fn command(&self, program: &Path) -> Command {
        if !self.is_ordinary {
            return Command::new(program);
        }
        let mut command = Command::new(ORDINARY[0]);
        // What is in root's own folders is not for others.
        command.args(&ORDINARY[1..]).env("PATH", "/usr/local/bin:/usr/bin:/bin").env("HOME", "/");
        command.arg(program);
        command
    }

    /// A folder that this user may write to, with copies of these files.
    fn place(&self, files: &[&Path]) -> Place {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_owned(), labs(folder.path())] {
            fs::create_dir_all(&path).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o777)).unwrap();
        }
        let copy = |file: &Path| {
            let to = folder.path().join(file.file_name().unwrap());
            // By another process: what a test beside this one is just starting has all that is open
            // here, and a file that is open for writing cannot be run.
            assert!(Command::new("cp").args([file, &to]).status().unwrap().success());
            fs::set_permissions(&to, Permissions::from_mode(0o755)).unwrap();
            to
        };
        let socklab = copy(Path::new(SOCKLAB));
        Place { files: files.iter().copied().map(copy).collect(), socklab, folder }
    }

    /// Runs socklab in a place.
    fn socklab(&self, place: &Place, arguments: &[&str]) -> Output {
        let folder = place.folder.path();
        let mut command = self.command(&place.socklab);
        command.args(arguments).current_dir(folder).stdin(Stdio::null()).output().unwrap()
    }
}

/// The folder of labs, by which socklab knows a checkout.
fn labs(root: &Path) -> PathBuf {
    root.join("labs").join(socklab::labs::all()[0].folder)
}

/// Where a user works.
struct Place {
    folder: tempfile::TempDir,
    socklab: PathBuf,
    files: Vec<PathBuf>,
}

/// What is open on the machine and must not be reached.
struct Outside {
    port: u16,
    name: String,
    _sockets: (TcpListener, UdpSocket, UnixListener),
}

impl Outside {
    fn open() -> Outside {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = tcp.local_addr().unwrap().port();
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        let name = format!("socklab-isolation-{port}");
        let unix = UnixAddress::from_abstract_name(&name).unwrap();
        let unix = UnixListener::bind_addr(&unix).unwrap();
        Outside { port, name, _sockets: (tcp, udp, unix) }
    }

    /// The command that tries to reach it, and where it writes what came of that.
    fn attempts(&self, place: &Place) -> (Vec<String>, PathBuf) {
        let file = place.folder.path().join("outcome");
        let script = place.files[0].display().to_string();
        let (file_name, port) = (file.display().to_string(), self.port.to_string());
        let pid = std::process::id().to_string();
        let command = ["python3", &script, &file_name, &port, &self.name, &pid];
        (command.map(str::to_owned).to_vec(), file)
    }
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/network/attempts.py")
}

/// Runs socklab with these arguments and the attempts as its command; tells what came of them.
fn attempt(user: &User, arguments: &[&str]) -> (Output, String) {
    let (place, outside) = (user.place(&[&script()]), Outside::open());
    let (command, file) = outside.attempts(&place);
    let arguments: Vec<&str> =
        arguments.iter().copied().chain(["--"]).chain(command.iter().map(String::as_str)).collect();
    let output = user.socklab(&place, &arguments);
    let outcome = fs::read_to_string(file);
    let outcome = outcome.unwrap_or_else(|error| panic!("{error}: {output:#?}"));
    (output, outcome)
}

fn a_check_keeps_its_program_in(user: &User) {
    let arguments = ["check", "6", "--network", "private", "-j", "1", "--format", "json"];
    let (output, outcome) = attempt(user, &arguments);
    assert_eq!(outcome, REFUSED);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let check = &report["results"][0]["checks"][0];
    assert_eq!(check["status"], "failed", "{report:#}");
    let events = check["evidence"].as_array().unwrap();
    let refused = events.iter().filter(|event| event["outcome"] == "refused");
    let mut seen: Vec<String> = refused
        .map(|event| [&event["protocol"], &event["to"]].map(|it| it.as_str().unwrap()).join(" "))
        .collect();
    seen.sort_unstable();
    seen.dedup();
    let wanted =
        ["tcp 1.1.1.1:80", "tcp 169.254.169.254:80", "udp 1.1.1.1:80", "udp 169.254.169.254:80"];
    assert_eq!(seen, wanted, "{check:#}");
}

fn net_keeps_its_command_in(user: &User) {
    for hosts in ["1", "2"] {
        for device in ["tun", "veth"] {
            let (output, outcome) = match device {
                "tun" if !user.may_have_tun() => continue,
                _ => attempt(user, &["net", "--hosts", hosts, "--device", device]),
            };
            assert!(output.status.success(), "{output:#?}");
            assert_eq!(outcome, REFUSED, "{hosts} {device}");
        }
    }
}

impl User {
    /// Whether this user may make TUN devices. Where not, socklab says so to who insists on one, and
    /// takes a pair of links otherwise, which the other tests need.
    fn may_have_tun(&self) -> bool {
        let open = ["-c", "exec 3<> /dev/net/tun"];
        let may = self.command(Path::new("sh")).args(open).output().unwrap().status.success();
        let output = self.socklab(&self.place(&[]), &["net", "--device", "tun", "--", "true"]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.success(), may, "{told}");
        assert_eq!(told.contains("/dev/net/tun cannot be opened"), !may, "{told}");
        may
    }
}

fn a_right_program_passes(user: &User) {
    let place = user.place(&[&solution()]);
    let program = place.files[0].display().to_string();
    let output = user.socklab(
        &place,
        &["check", "6", "--network", "private", "--format", "json", "--", &program],
    );
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["results"][0]["status"], "passed", "{report:#}");
    assert_eq!(report["results"][0]["network"], "private");
}

/// A server on one host and a client on the other, over a link that repeats each datagram: what the
/// table says was sent and arrived.
fn two_hosts_talk(user: &User) {
    const SERVER: &str = "python3 -c \"import socket; s = socket.socket(type=2); \
        s.bind(('0.0.0.0', 12345)); s.sendto(*s.recvfrom(99)); s.recv(99)\"";
    const CLIENT: &str = "python3 -c \"import socket; s = socket.socket(type=2); s.settimeout(9); \
        s.connect(('192.168.0.108', 12345)); s.send(b'hello'); \
        print(s.recv(99), s.recv(99))\"";
    let place = user.place(&[]);
    let arguments =
        ["net", "--hosts", "2", "--dup", "100%", "--server", SERVER, "--client", CLIENT];
    let output = user.socklab(&place, &arguments);
    assert!(output.status.success(), "{output:#?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "b'hello' b'hello'\n", "{output:#?}");
}
