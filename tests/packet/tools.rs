//! The tools that people open captures with.
//!
//! Each is given the capture as its standard input: some drop their rights before they open a file.
//! Where one is not installed the answer is nothing, and a line says so.

use std::io::{self, Seek, Write};
use std::process::{Command, Stdio};

/// Sums are not verified unless they are asked for. Streams are not put together, and what port
/// 12345 carries is not guessed at: what a lossy link makes TCP send again would count as malformed,
/// and so would bytes that look like some protocol's and are not.
const VERIFY: [&str; 12] = [
    "-d",
    "tcp.port==12345,data",
    "-d",
    "udp.port==12345,data",
    "-o",
    "tcp.desegment_tcp_streams:FALSE",
    "-o",
    "ip.check_checksum:TRUE",
    "-o",
    "udp.check_checksum:TRUE",
    "-o",
    "tcp.check_checksum:TRUE",
];

/// What a tool writes to its standard output and to its standard error.
fn read_by(tool: &str, args: &[&str], capture: &[u8]) -> Option<(String, String)> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(capture).unwrap();
    file.rewind().unwrap();
    let output = match Command::new(tool).args(args).stdin(Stdio::from(file)).output() {
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            let test = std::thread::current().name().unwrap_or("a test").to_owned();
            // Past the test's own output, which is shown only when it fails.
            let _ = writeln!(io::stderr(), "skipped in {test}: {tool} is not installed");
            return None;
        }
        output => output.unwrap(),
    };
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, errors) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{tool}: {}\n{out}{errors}", output.status);
    Some((out, errors))
}

/// One line a packet that passes the filter, of these fields.
pub fn tshark(capture: &[u8], filter: &str, fields: &[&str]) -> Option<Vec<String>> {
    let mut args = vec!["-n", "-r", "-", "-Y", filter, "-T", "fields"];
    args.extend(VERIFY);
    args.extend(fields.iter().flat_map(|field| ["-e", field]));
    let (out, errors) = read_by("tshark", &args, capture)?;
    let warnings: Vec<&str> =
        errors.lines().filter(|line| !line.starts_with("Running as user \"root\"")).collect();
    assert_eq!(warnings, [""; 0]);
    Some(out.lines().map(str::to_owned).collect())
}

/// One line a packet.
pub fn tcpdump(capture: &[u8], filter: &str) -> Option<Vec<String>> {
    let (out, errors) = read_by("tcpdump", &["-n", "-r", "-", filter], capture)?;
    assert_eq!(errors.lines().count(), 1, "{errors}"); // what it reads, and the link type
    Some(out.lines().map(str::to_owned).collect())
}
