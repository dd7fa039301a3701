//! What programs send while a demo plays: seen, ascribed to the right lanes, drawn, and captured.

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::process::{Command, ExitCode};

use assert_cmd::assert::OutputAssertExt;
use predicates::str::{contains, starts_with};
use socklab::demo::{Halt, Moment, Packets, Play, Transcript};
use socklab::diagram::{Arrow, Cast, End, Exchange, Fate, Reader};
use socklab::evidence::{Host, Outcome};
use socklab::network::link::rules::Rules;
use socklab::network::link::{Sender, Settings};
use socklab::network::{Choice, Layout, Network};

use super::{SOCKLAB, tools};

/// The argument with which this executable is a program of a transcript.
const PROGRAM: &str = "__program";

/// Be the program that a transcript starts, if that is what this was started for.
pub fn become_program_if_asked() -> Option<ExitCode> {
    let args: Vec<String> = std::env::args().collect();
    let [_, asked, name, rest @ ..] = args.as_slice() else { return None };
    (asked == PROGRAM).then(|| {
        let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
        match program(name, &rest) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                println!("{error}");
                ExitCode::FAILURE
            }
        }
    })
}

fn program(name: &str, args: &[&str]) -> Result<(), Box<dyn Error>> {
    match (name, args) {
        ("echo", [at]) => echo(at, false),
        ("echo-anew", [at]) => echo(at, true),
        ("ask", [to, lines]) => ask(to, lines.parse()?),
        ("flood", [to, count]) => flood(to, count.parse()?),
        ("serve-tcp", [at]) => serve_tcp(at),
        ("talk-tcp", [to]) => talk_tcp(to),
        _ => Err("no such program".into()),
    }
}

/// A server that answers over UDP, from its own socket or from a new one each time.
fn echo(at: &str, anew: bool) -> Result<(), Box<dyn Error>> {
    let socket = UdpSocket::bind(at)?;
    println!("Up.");
    let mut buffer = [0; 2000];
    loop {
        let (length, from) = socket.recv_from(&mut buffer)?;
        let answer = [b"You said ", &buffer[..length]].concat();
        let other = if anew { Some(UdpSocket::bind("0.0.0.0:0")?) } else { None };
        other.as_ref().unwrap_or(&socket).send_to(&answer, from)?;
    }
}

/// A client that sends what is typed, and waits for one answer at the end.
fn ask(to: &str, lines: usize) -> Result<(), Box<dyn Error>> {
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    for _ in 0..lines {
        socket.send_to(typed()?.as_bytes(), to)?;
    }
    let mut buffer = [0; 2000];
    let (length, _) = socket.recv_from(&mut buffer)?;
    println!("{}", String::from_utf8_lossy(&buffer[..length]));
    Ok(())
}

fn typed() -> io::Result<String> {
    print!("Text: ");
    io::stdout().flush()?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

fn serve_tcp(at: &str) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(at)?;
    println!("Up.");
    let (mut stream, _) = listener.accept()?;
    let mut buffer = [0; 5];
    stream.read_exact(&mut buffer)?;
    stream.write_all(b"Hello, Client!")?;
    Ok(())
}

fn talk_tcp(to: &str) -> Result<(), Box<dyn Error>> {
    let mut stream = TcpStream::connect(to)?;
    stream.write_all(typed()?.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    println!("{answer}");
    Ok(())
}

/// The tests that need a private network.
pub const PRIVATE: [(&str, fn()); 9] = [
    ("two_hosts_have_a_place_each", two_hosts),
    ("what_is_lost_does_not_arrive", lost),
    ("a_loopback_is_another_place_on_each_host", loopbacks),
    ("an_answer_from_another_socket_is_the_servers", another_socket),
    ("where_a_play_ends_early_its_packets_are_shown_too", early_end),
    ("many_packets_are_all_counted_where_they_belong", many),
    ("a_connection_is_named_by_its_flags", connection),
    ("what_was_sent_is_kept_in_a_capture", captured),
    ("what_was_sent_is_drawn_in_each_form", forms),
];

const SCENE: &str = "
```console server
$ echo 10.0.0.1:12345
Up.
```

A client.

```console client
$ ask 10.0.0.1:12345 1
Text: «Hello»
You said Hello
```

Another one.

```console client
$ ask 10.0.0.1:12345 1
Text: «¿Qué?»
You said ¿Qué?
```
";

fn two_hosts() {
    let expected = [
        ["client → server \"Hello\" 5 bytes", "server → client \"You said Hello\" 14 bytes"],
        // From another port, of course: it is another client.
        ["client → server \"¿Qué?\" 7 bytes", "server → client \"You said ¿Qué?\" 16 bytes"],
    ];
    assert_eq!(told(&hosts(), SCENE), expected);
}

fn lost() {
    let layout = with_rules("lose 1st udp datagram from client");
    let scene = "
```console server
$ echo 10.0.0.1:12345
Up.
```

```console client
$ ask 10.0.0.1:12345 2
Text: «Hello»
Text: «Hello?»
You said Hello?
```
";
    let expected = [
        "client ✗ server \"Hello\" 5 bytes (lost by rule on line 1: lose 1st udp datagram from client)",
        "client → server \"Hello?\" 6 bytes",
        "server → client \"You said Hello?\" 15 bytes",
    ];
    assert_eq!(told(&layout, scene), [expected]);
    let lost = packets(&layout, scene)[0].flights[0].outcome();
    assert_eq!(lost, Outcome::Lost);
}

fn loopbacks() {
    let scene = "
```console server
$ echo 127.0.0.1:12345
Up.
```

Nobody is there on this host.

```console client
$ ask 127.0.0.1:12345 1
Text: «Hello»
```

But here.

```console other
$ ask 127.0.0.1:12345 1
Text: «Hello»
You said Hello
```
";
    let expected = [
        vec![
            "client ✗ nobody \"Hello\" 5 bytes (to 127.0.0.1:12345, where nobody is)",
            "nobody → client ICMP port unreachable",
        ],
        // A lane that has no host of its own is on the first.
        vec!["other → server \"Hello\" 5 bytes", "server → other \"You said Hello\" 14 bytes"],
    ];
    assert_eq!(told(&hosts(), scene), expected);
}

fn another_socket() {
    let scene = "
```console server
$ echo-anew 127.0.0.1:12345
Up.
```

```console client
$ ask 127.0.0.1:12345 1
Text: «Hello»
You said Hello
```
";
    let expected = [
        "client → server \"Hello\" 5 bytes",
        "server → client \"You said Hello\" 14 bytes (from another port)",
    ];
    assert_eq!(told(&Layout::default(), scene), [expected]);
}

fn early_end() {
    let scene = SCENE.replacen("You said Hello", "You said Goodbye", 1);
    let (packets, outcome) = played(&hosts(), &scene);
    let Err(Halt::Mismatch(mismatch)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(mismatch.seen.as_deref(), Some("You said Hello"));
    let payloads = packets[0].flights.iter().map(|flight| flight.packet().payload());
    assert_eq!(payloads.collect::<Vec<_>>(), [&b"Hello"[..], b"You said Hello"]);
}

fn many() {
    let scene = "
```console client
$ flood 127.0.0.1:9 1000
Sent.
```

Nothing more.

```console client
$ flood 127.0.0.1:9 1
Sent.
```
";
    let found = packets(&Layout::default(), scene);
    let floods = |packets: &Packets| {
        packets.flights.iter().filter(|it| it.packet().payload() == b"flood").count()
    };
    let [first, second] = found.as_slice() else { panic!("{found:?}") };
    // On a busy machine some are missed, ICMP's among them, but not in silence.
    assert!(floods(first) + first.left_out >= 1000, "{} packets", first.flights.len());
    assert_eq!((floods(second), second.left_out), (1, 0));
}

/// Sends to where nobody is, as fast as it can.
fn flood(to: &str, count: usize) -> Result<(), Box<dyn Error>> {
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    for _ in 0..count {
        socket.send_to(b"flood", to)?;
    }
    println!("Sent.");
    Ok(())
}

fn connection() {
    let scene = "
```console server
$ serve-tcp 127.0.0.1:12345
Up.
```

```console client
$ talk-tcp 127.0.0.1:12345
Text: «Hello»
Hello, Client!
```
";
    let told = &told(&Layout::default(), scene)[0];
    let begins = [
        "client → server SYN (handshake)",
        "server → client SYN ACK",
        "client → server ACK (connected)",
        "client → server \"Hello\" 5 bytes, seq 1",
    ];
    assert_eq!(told[..4], begins);
    let answers = |arrow: &String| arrow == "server → client \"Hello, Client!\" 14 bytes, seq 1";
    assert!(told.iter().any(answers), "{told:?}");
    let closes = |who: &str| told.iter().any(|it| it.starts_with(who) && it.contains(" FIN"));
    assert!(closes("client") && closes("server"), "{told:?}");
    assert!(!told.iter().any(|arrow| arrow.contains("nobody")), "{told:?}");
}

fn captured() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("demo.pcapng");
    let capture = |lab: &str| {
        let mut command = Command::new(SOCKLAB);
        command.args(["demo", lab, "--no-pause", "--capture"]).arg(&file).assert().success();
        std::fs::read(&file).unwrap()
    };
    let two = capture("lan-server");
    let fields = ["frame.interface_name", "frame.interface_description", "frame.protocols"];
    if let Some(rows) = tools::tshark(&two, "icmp", &fields) {
        let programs = "demo of lab 8, server: lab8-loopback, lab8-solution";
        assert_eq!(rows, [format!("server\t{programs}\tip:icmp:ip:udp:data")]);
    }
    let capture = capture("ack-server");
    let fields = ["frame.interface_name", "frame.interface_description", "udp.length"];
    if let Some(rows) = tools::tshark(&capture, "udp", &fields) {
        let programs = "demo of lab 6, server: lab6-solution; client: lab7-solution";
        let expected = [22, 43, 19, 40].map(|length| format!("lo\t{programs}\t{length}"));
        assert_eq!(rows, expected);
    }
    if let Some(rows) = tools::tcpdump(&capture, "udp") {
        assert_eq!(rows.len(), 4, "{rows:?}");
    }
}

fn forms() {
    let demo = |form: &str| {
        let mut command = Command::new(SOCKLAB);
        command.args(["--color", "never", "demo", "6", "--no-pause", "--diagram", form]);
        command.assert().success()
    };
    let title = "Lab 6: a server that acknowledges";
    let page = demo("mermaid").stderr(contains("\nYour turn: "));
    let arrow = "    client->>server: \"Hello, Server!\" 14 bytes (0.00 ms)\n";
    page.stdout(starts_with(format!("## {title}\n\n```mermaid\n"))).stdout(contains(arrow));
    let text = demo("text").stderr("");
    let last = "─ \"Server acknowledges: ¿Qué tal?\" 32 bytes ──────│\n";
    text.stdout(contains(format!("\n\n{title}\n  client  "))).stdout(contains(last));
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("lab6.svg");
    demo(&file.display().to_string()).stdout(contains("\nYour turn: "));
    let picture = std::fs::read_to_string(&file).unwrap();
    assert!(picture.starts_with("<svg ") && picture.contains("¿Qué tal?"), "{picture}");
}

/// What cannot be seen is not drawn, and the title says so.
pub fn loopback_shows_no_packets() {
    let mut command = Command::new(SOCKLAB);
    command.args(["demo", "6", "--no-pause", "--network", "loopback"]);
    let output = command.assert().success().get_output().stdout.clone();
    let text = String::from_utf8(output).unwrap();
    let place = "They meet on\nthis machine's loopback, where packets cannot be seen.\n";
    assert!(text.contains(place), "{text}");
    assert!(!text.contains("wire │"), "{text}");
}

pub fn options_are_judged_at_once() {
    let folder = tempfile::TempDir::new().unwrap();
    let told_of = |lab: &str, options: &[&str], status: i32, line: &str| {
        let mut command = Command::new(SOCKLAB);
        command.current_dir(folder.path()).args(["demo", lab]).args(options);
        let told = command.assert().code(status).stdout("");
        told.stderr(starts_with(format!("error: {line}\n")));
    };
    let told = |options: &[&str], status, line: &str| told_of("6", options, status, line);
    let spread = "the demo of lab 8 needs a private network";
    told_of("8", &["--network", "loopback"], 3, spread);
    let forms = "it is text, mermaid, or a file that ends in .svg";
    told(&["--network", "none"], 2, "invalid value 'none' for '--network <WHICH>'");
    told(&["--network", "loopback", "--capture", "x"], 3, "--capture needs a private network");
    told(&["--network", "loopback", "--diagram", "text"], 3, "--diagram needs a private network");
    if socklab::network::denied().is_none() {
        told(&["--diagram", "png"], 2, &format!("--diagram png: {forms}"));
        told(&["--capture", "no/such.pcapng"], 3, "no/such.pcapng cannot be written");
    } else {
        told(&["--network", "private"], 3, "a private network cannot be made");
        told_of("8", &[], 3, spread);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "no file is left");
}

fn hosts() -> Layout {
    let host = |(name, number): (&str, u8)| Host {
        name: name.into(),
        address: Some(Ipv4Addr::new(10, 0, 0, number)),
    };
    Layout::of(&[("server", 1), ("client", 2)].map(host))
}

fn with_rules(rules: &str) -> Layout {
    let names = ["server", "client"];
    let rules = Rules::parse("rules", rules, &names).unwrap();
    let senders = names.map(|name| Sender { name: name.into(), ..Sender::default() }).to_vec();
    Layout { link: Some(Settings { seed: 1, senders, rules }), ..hosts() }
}

/// Plays a scene to its end, and gives what it showed of packets.
fn packets(layout: &Layout, scene: &str) -> Vec<Packets> {
    let (packets, outcome) = played(layout, scene);
    outcome.unwrap();
    packets
}

fn played(layout: &Layout, scene: &str) -> (Vec<Packets>, Result<(), Halt>) {
    let transcript = Transcript::parse("README.md", &format!("## Watch it\n{scene}")).unwrap();
    let cast = |command: &str| {
        let this = std::env::current_exe().unwrap().into_os_string();
        let args = command.split(' ').map(OsString::from);
        Ok([this, PROGRAM.into()].into_iter().chain(args).collect())
    };
    let play = Play { file: "README.md", transcript: &transcript, address: None, cast: &cast };
    let network = Network::open(Choice::Private, layout, &mut |_| {}).unwrap();
    let mut found = Vec::new();
    let outcome = play.perform(network, &mut |moment| {
        if let Moment::Packets(packets) = moment {
            found.push(packets);
        }
        Ok(())
    });
    (found, outcome)
}

/// The same in words: who sent what to whom, with what became of it.
fn told(layout: &Layout, scene: &str) -> Vec<Vec<String>> {
    let mut reader: Option<Reader> = None;
    let tell = |packets: &Packets| {
        let cast = packets.seats.iter().fold(Cast::new(), |cast, seat| {
            cast.and_on((seat.host, seat.ip), seat.lane.as_str(), &seat.holds)
        });
        let reader = reader.get_or_insert_with(|| Reader::new(cast.clone()));
        reader.goes_on_with(cast);
        let before = reader.arrows();
        packets.flights.iter().for_each(|flight| reader.packet(0, flight));
        let exchange = reader.since(before);
        exchange.arrows.iter().map(|arrow| in_words(&exchange, arrow)).collect()
    };
    packets(layout, scene).iter().map(tell).collect()
}

fn in_words(exchange: &Exchange, arrow: &Arrow) -> String {
    let name = |end: End| end.lane().map_or("nobody", |lane| exchange.lanes[lane].title.as_str());
    let head = if arrow.fate == Fate::Failed { "✗" } else { "→" };
    let (from, to, label) = (name(arrow.from), name(arrow.to), arrow.label.fit(60));
    let notes = if arrow.notes.is_empty() {
        String::new()
    } else {
        format!(" ({})", arrow.notes.join("; "))
    };
    format!("{from} {head} {to} {label}{notes}")
}
