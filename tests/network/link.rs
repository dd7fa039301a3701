//! The link, whatever carries it: a TUN device or a veth pair, on one host and between several.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::mpsc::{self, TryRecvError};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use socklab::evidence::{Flight, Host, Outcome};
use socklab::network::link::rules::Rules;
use socklab::network::link::{Faults, Row, Sender, Settings};
use socklab::network::{Capture, Choice, Device, Layout, Network};

use super::{SOON, awaits, folder, no_private, tools, trial};

/// The port that every server has here.
const PORT: u16 = 12345;

/// A test, and where it takes place.
type Test<G> = (&'static str, fn(G));

/// Every test with every carrier.
pub fn trials() -> Vec<Trial> {
    let tests: [Test<Ground>; 10] = [
        ("a_good_link_carries_all", a_good_link_carries_all),
        ("a_seed_loses_the_same_datagrams_everywhere", a_seed_loses_the_same_datagrams_everywhere),
        ("a_rule_loses_what_it_names", a_rule_loses_what_it_names),
        ("a_capture_holds_what_the_link_carried", a_capture_holds_what_the_link_carried),
        ("a_capture_holds_refusals_too", a_capture_holds_refusals_too),
        ("tcp_gets_through_loss_intact", tcp_gets_through_loss_intact),
        ("settling_waits_for_the_link", settling_waits_for_the_link),
        ("a_full_receive_buffer_is_told_from_loss", a_full_receive_buffer_is_told_from_loss),
        ("what_is_for_nobody_is_refused", what_is_for_nobody_is_refused),
        ("a_flood_does_not_keep_a_network", a_flood_does_not_keep_a_network),
    ];
    let several: [Test<Device>; 2] = [
        ("five_hosts_hear_a_broadcast", five_hosts_hear_a_broadcast),
        ("a_multicast_reaches_who_has_joined", a_multicast_reaches_who_has_joined),
    ];
    let mut trials = Vec::new();
    for device in [Device::Tun, Device::Veth] {
        let why = Network::watched(&ground(device, 1).layout("0%", 0), None).err();
        let why = why.map(|error| format!("this machine cannot: {}", error.why));
        let place = format!("{device:?}").to_lowercase();
        for hosts in [1, 2] {
            trials.extend(tests.map(|(name, test)| {
                let name = format!("{name}::{place}::hosts_{hosts}");
                trial(name, why.clone(), move || test(ground(device, hosts)))
            }));
        }
        trials.extend(several.map(|(name, test)| {
            trial(format!("{name}::{place}"), why.clone(), move || test(device))
        }));
    }
    let plain: [(&str, fn()); 2] = [
        ("the_loopback_shows_its_packets", the_loopback_shows_its_packets),
        ("one_host_hears_itself", one_host_hears_itself),
    ];
    trials.extend(plain.map(|(name, test)| trial(name, no_private(), test)));
    trials
}

/// A layout with a link of every kind, with nothing wrong on it.
pub fn layouts() -> Vec<Layout> {
    let kinds = [Device::Tun, Device::Veth].into_iter().flat_map(|it| [(it, 1), (it, 2)]);
    kinds.map(|(device, hosts)| ground(device, hosts).layout("0%", 0)).collect()
}

/// Where a test takes place.
#[derive(Clone)]
struct Ground {
    device: Device,
    hosts: Vec<Host>,
}

fn ground(device: Device, hosts: usize) -> Ground {
    let names = ["server", "client", "third", "fourth", "fifth"];
    let host = |at: usize| Host {
        name: names[at].to_owned(),
        address: Some([192, 168, 0, 108 + at as u8].into()),
    };
    let hosts = if hosts == 1 { Vec::new() } else { (0..hosts).map(host).collect() };
    Ground { device, hosts }
}

impl Ground {
    fn layout(&self, loss: &str, seed: u64) -> Layout {
        let faults = Faults { loss: loss.parse().unwrap(), ..Faults::default() };
        self.with(faults, seed, "")
    }

    fn with(&self, faults: Faults, seed: u64, rules: &str) -> Layout {
        let layout = Layout { device: self.device, ..Layout::of(&self.hosts) };
        let names = layout.senders();
        let rules = Rules::parse("rules", rules, &names).unwrap();
        let senders = names.iter().map(|name| Sender { name: (*name).into(), faults }).collect();
        Layout { link: Some(Settings { seed, senders, rules }), ..layout }
    }

    /// The server's address.
    fn server(&self) -> SocketAddr {
        let address = self.hosts.first().and_then(|host| host.address);
        (address.unwrap_or([127, 0, 0, 1].into()), PORT).into()
    }

    /// A server's socket and a client's.
    fn sockets(&self, network: &Network) -> (UdpSocket, UdpSocket) {
        let client = network.host("client");
        let any = SocketAddr::from((network.address_of(client), 0));
        let server = network.udp(network.host("server"), self.server()).unwrap();
        (server, network.udp(client, any).unwrap())
    }
}

/// Reads numbers until there are none.
fn numbers(socket: &UdpSocket) -> Vec<u32> {
    let mut bytes = [0; 4];
    std::iter::from_fn(|| socket.recv(&mut bytes).ok().map(|_| u32::from_be_bytes(bytes))).collect()
}

/// Sends this many datagrams, a number each, slowly enough for the receiver's buffer, and tells
/// which arrived, in order.
fn send_numbers(ground: &Ground, layout: &Layout, many: u32) -> (Vec<u32>, Vec<Row>) {
    let network = Network::open(Choice::Private, layout, &mut |_| {}).unwrap();
    let (server, client) = ground.sockets(&network);
    let mut arrived = Vec::new();
    for number in 0..many {
        client.send_to(&number.to_be_bytes(), ground.server()).unwrap();
        if number % 100 == 99 {
            awaits("the link to be empty", || network.settle());
            arrived.extend(numbers(&server));
        }
    }
    (arrived, network.finish().unwrap())
}

fn a_good_link_carries_all(ground: Ground) {
    let (arrived, rows) = send_numbers(&ground, &ground.layout("0%", 1), 1000);
    assert_eq!(arrived, (0..1000).collect::<Vec<_>>());
    let from_client = rows.iter().find(|row| row.from == "client").unwrap();
    assert_eq!(from_client.counters.delivered, 1000);
}

/// The datagrams of a thousand that seed 7 loses at 5 %: the same for every carrier and on every
/// machine, so that they can stand here.
const LOST_BY_SEED_7: &str = include_str!("lost-by-seed-7.txt");

fn a_seed_loses_the_same_datagrams_everywhere(ground: Ground) {
    let lost = |seed| {
        let arrived = send_numbers(&ground, &ground.layout("5%", seed), 1000).0;
        let arrived: BTreeSet<u32> = arrived.into_iter().collect();
        (0..1000).filter(|number| !arrived.contains(number)).collect::<Vec<u32>>()
    };
    let wanted: Vec<u32> =
        LOST_BY_SEED_7.split_whitespace().map(|number| number.parse().unwrap()).collect();
    assert_eq!(lost(7), wanted);
    assert_eq!(lost(7), wanted);
    assert_ne!(lost(8), wanted);
}

fn a_rule_loses_what_it_names(ground: Ground) {
    let layout = ground.with(Faults::default(), 0, "lose 2nd udp datagram from client\n");
    let (arrived, rows) = send_numbers(&ground, &layout, 100);
    assert_eq!(arrived, (0..100).filter(|&number| number != 1).collect::<Vec<_>>());
    let from_client = rows.iter().find(|row| row.from == "client").unwrap();
    assert_eq!(from_client.counters.lost_by_rule, 1);
}

/// Opens a network whose packets are written to a file.
fn captured(layout: &Layout, file: &std::path::Path) -> (Network, Arc<Mutex<Capture>>) {
    let mut capture = Capture::create(file).unwrap();
    let hosts: Vec<_> = match layout.hosts.len() {
        0 => vec![("link0".to_owned(), String::new())],
        _ => layout.hosts.iter().map(|host| (host.name.clone(), String::new())).collect(),
    };
    capture.of(&hosts);
    let capture = Arc::new(Mutex::new(capture));
    let shared = capture.clone();
    let sink = Box::new(move |flight: Flight| shared.lock().unwrap().add(&flight));
    (Network::watched(layout, Some(sink)).unwrap(), capture)
}

fn finished(capture: Arc<Mutex<Capture>>) {
    Arc::into_inner(capture).unwrap().into_inner().unwrap().finish().unwrap();
}

/// What no capture may hold.
const WRONG: &str = "_ws.malformed || udp.checksum.status == 0 || tcp.checksum.status == 0 || \
                     ip.checksum.status == 0 || icmp.checksum.status == 0";

fn a_capture_holds_what_the_link_carried(ground: Ground) {
    let name = format!("burst-{:?}-{}.pcapng", ground.device, ground.hosts.len());
    let file = folder("capture").join(name);
    let (network, capture) = captured(&ground.layout("20%", 7), &file);
    let (server, client) = ground.sockets(&network);
    for number in 0..200u32 {
        client.send_to(&number.to_be_bytes(), ground.server()).unwrap();
    }
    awaits("the link to be empty", || network.settle());
    let arrived = numbers(&server).len();
    drop((server, client));
    network.finish().unwrap();
    finished(capture);
    let bytes = fs::read(&file).unwrap();
    let Some(all) = tools::tshark(&bytes, "udp", &["udp.dstport", "frame.comment"]) else { return };
    assert_eq!(all.len(), 200);
    let lost = all.iter().filter(|line| line.contains("lost on the link (seed 7")).count();
    assert_eq!(lost, 200 - arrived);
    assert_eq!(tools::tshark(&bytes, WRONG, &["frame.number"]), Some(vec![]));
}

/// What the link itself writes, and what hosts answer by themselves.
fn a_capture_holds_refusals_too(ground: Ground) {
    let file = folder("capture").join(format!("{:?}-{}.pcapng", ground.device, ground.hosts.len()));
    let (network, capture) = captured(&ground.layout("0%", 0), &file);
    let (server, client) = ground.sockets(&network);
    let closed = SocketAddr::new(ground.server().ip(), PORT + 1);
    let any = network.udp(network.host("client"), "0.0.0.0:0".parse().unwrap()).unwrap();
    any.send_to(b"outside", ("192.0.2.1", PORT)).unwrap();
    client.send_to(b"closed", closed).unwrap();
    awaits("the link to be empty", || network.settle());
    drop((server, client));
    network.finish().unwrap();
    finished(capture);
    let bytes = fs::read(&file).unwrap();
    let Some(mut told) = tools::tshark(&bytes, "icmp", &["icmp.code"]) else { return };
    told.sort_unstable();
    // 3: no such port; 9: a network that one may not reach.
    assert_eq!(told, ["3", "9"]);
    assert_eq!(tools::tshark(&bytes, WRONG, &["frame.number"]), Some(vec![]));
}

/// How much goes over TCP.
const MUCH: usize = 20 << 20;

fn tcp_gets_through_loss_intact(ground: Ground) {
    let name = format!("tcp-{:?}-{}.pcapng", ground.device, ground.hosts.len());
    let file = folder("capture").join(name);
    let (network, capture) = captured(&ground.layout("5%", 3), &file);
    let listener = network.tcp_listener(network.host("server"), ground.server()).unwrap();
    listener.set_nonblocking(false).unwrap();
    let mut client = network.tcp_stream(network.host("client"), ground.server()).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let sent: Vec<u8> = (0..MUCH).map(|at| (at * 7 + at / 256) as u8).collect();
    let sender = std::thread::spawn(move || {
        let (mut server, _): (TcpStream, _) = listener.accept().unwrap();
        server.write_all(&sent).unwrap();
        sent
    });
    let mut got = Vec::new();
    client.read_to_end(&mut got).unwrap();
    assert!(got == sender.join().unwrap(), "{} bytes came", got.len());
    drop(client);
    let rows = network.finish().unwrap();
    finished(capture);
    let from_server = rows.iter().find(|row| row.from == "server").unwrap().counters;
    let share = from_server.lost() as f64 / from_server.offered as f64;
    assert!((0.02..0.09).contains(&share), "{from_server:?}");
    let bytes = fs::read(&file).unwrap();
    let data = "tcp.srcport == 12345 && tcp.len > 0";
    if let Some(sent) = tools::tshark(&bytes, data, &["tcp.seq_raw"]) {
        let different: BTreeSet<&String> = sent.iter().collect();
        let again = (sent.len() - different.len()) as u64;
        assert!(again >= from_server.lost() / 2, "{again} of {} sent again", sent.len());
        assert_eq!(tools::tshark(&bytes, WRONG, &["frame.number"]), Some(vec![]));
    }
    fs::remove_file(&file).unwrap();
}

fn settling_waits_for_the_link(ground: Ground) {
    const DELAY: Duration = Duration::from_millis(100);
    let faults = Faults { delay: "100ms".parse().unwrap(), ..Faults::default() };
    let layout = ground.with(faults, 0, "");
    let network = Network::open(Choice::Private, &layout, &mut |_| {}).unwrap();
    let (server, client) = ground.sockets(&network);
    let began = Instant::now();
    client.send_to(&[0; 4], ground.server()).unwrap();
    let settled = network.settle();
    // On a busy machine all of that time may have passed before the link was asked.
    assert!(!settled || began.elapsed() >= DELAY, "a datagram is under way for {DELAY:?}");
    awaits("the datagram to arrive", || network.settle());
    assert_eq!(numbers(&server), [0]);
}

fn a_full_receive_buffer_is_told_from_loss(ground: Ground) {
    let network = Network::open(Choice::Private, &ground.layout("0%", 0), &mut |_| {}).unwrap();
    let (server, client) = ground.sockets(&network);
    for number in 0..2000u32 {
        client.send_to(&number.to_be_bytes(), ground.server()).unwrap();
        // The veth pair's far end has a buffer too, and this is about the server's.
        if number % 100 == 99 {
            awaits("the link to be empty", || network.settle());
        }
    }
    let arrived = numbers(&server).len() as u64;
    assert!((1..2000).contains(&arrived), "{arrived} arrived");
    let counted = network.counters(network.host("server"));
    assert_eq!((counted.no_room, counted.no_port), (2000 - arrived, 0));
    let rows = network.finish().unwrap();
    assert!(rows.iter().all(|row| row.counters.lost() == 0), "{rows:?}");
}

/// A program that sends without end keeps neither who asks whether all has arrived nor who closes.
fn a_flood_does_not_keep_a_network(ground: Ground) {
    let network = Network::open(Choice::Private, &ground.layout("0%", 0), &mut |_| {}).unwrap();
    let (_server, client) = ground.sockets(&network);
    let (began, server) = (Instant::now(), ground.server());
    let (stop, stopped) = mpsc::channel::<()>();
    let flood = std::thread::spawn(move || {
        while began.elapsed() < 3 * SOON && stopped.try_recv() == Err(TryRecvError::Empty) {
            // A full device is no reason to stop.
            let _ = client.send_to(&[0; 64], server);
        }
    });
    network.settle();
    network.finish().unwrap();
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    drop(stop);
    flood.join().unwrap();
}

fn what_is_for_nobody_is_refused(ground: Ground) {
    let mut network = Network::open(Choice::Private, &ground.layout("0%", 0), &mut |_| {}).unwrap();
    let outside: SocketAddr = "192.0.2.1:53".parse().unwrap();
    let (_, client) = ground.sockets(&network);
    let any = network.udp(network.host("client"), "0.0.0.0:0".parse().unwrap()).unwrap();
    any.connect(outside).unwrap();
    any.send(b"x").unwrap();
    awaits("the refusal", || network.settle());
    let error = any.send(b"x").unwrap_err();
    assert_eq!(error.raw_os_error(), Some(rustix::io::Errno::NETUNREACH.raw_os_error()));
    drop(client);
    let mut refused = Vec::new();
    network.flights(&mut |flight| {
        if flight.outcome() == Outcome::Refused {
            refused.push(flight.way().1);
        }
    });
    assert_eq!(refused, [outside]);
}

/// One host without a link: its packets are seen all the same, and what is for the world is refused.
fn the_loopback_shows_its_packets() {
    let mut network = Network::open(Choice::Private, &Layout::default(), &mut |_| {}).unwrap();
    let here = "127.0.0.1:12345".parse().unwrap();
    let server = network.udp(0, here).unwrap();
    let client = network.udp(0, "127.0.0.1:0".parse().unwrap()).unwrap();
    client.send_to(&[0; 4], here).unwrap();
    client.send_to(&[0; 4], "127.0.0.1:12346").unwrap();
    client.send_to(&[0; 4], "192.0.2.1:53").unwrap();
    assert!(network.settle());
    assert_eq!(numbers(&server), [0]);
    let mut seen = Vec::new();
    network.flights(&mut |flight| seen.push(flight.packet().to_string()));
    assert!(network.settle());
    network.flights(&mut |flight| seen.push(flight.packet().to_string()));
    let from = client.local_addr().unwrap();
    assert_eq!(
        seen,
        [
            format!("UDP {from} → 127.0.0.1:12345 4 bytes"),
            format!("UDP {from} → 127.0.0.1:12346 4 bytes"),
            "ICMP port unreachable for 127.0.0.1:12346".to_owned(),
            format!("UDP {from} → 192.0.2.1:53 4 bytes"),
            "ICMP prohibited for 192.0.2.1:53".to_owned(),
        ]
    );
}

/// By broadcast and by multicast, each datagram once; with a link too.
fn one_host_hears_itself() {
    let linked = |device| ground(device, 1).layout("0%", 0);
    for layout in [Layout::default(), linked(Device::Tun), linked(Device::Veth)] {
        let Ok(network) = Network::open(Choice::Private, &layout, &mut |_| {}) else { continue };
        let receiver = network.udp(0, "0.0.0.0:4010".parse().unwrap()).unwrap();
        receiver.join_multicast_v4(&[239, 1, 2, 3].into(), &[0, 0, 0, 0].into()).unwrap();
        let sender = network.udp(0, "0.0.0.0:0".parse().unwrap()).unwrap();
        sender.set_broadcast(true).unwrap();
        for (number, to) in ["255.255.255.255:4010", "239.1.2.3:4010"].iter().enumerate() {
            sender.send_to(&(number as u32).to_be_bytes(), to).unwrap();
        }
        awaits("the datagrams to arrive", || network.settle());
        assert_eq!(numbers(&receiver), [0, 1], "{layout:?}");
    }
}

fn five_hosts_hear_a_broadcast(device: Device) {
    let ground = ground(device, 5);
    let network = Network::open(Choice::Private, &ground.layout("0%", 0), &mut |_| {}).unwrap();
    let at = "0.0.0.0:4010".parse().unwrap();
    let sockets: Vec<UdpSocket> = (0..5).map(|host| network.udp(host, at).unwrap()).collect();
    sockets[0].set_broadcast(true).unwrap();
    for (number, to) in ["255.255.255.255:4010", "192.168.0.255:4010"].iter().enumerate() {
        let number = number as u32;
        sockets[0].send_to(&number.to_be_bytes(), to).unwrap();
        awaits("the link to be empty", || network.settle());
        for (host, socket) in sockets.iter().enumerate() {
            assert_eq!(numbers(socket), [number], "{to} at host {host}");
        }
    }
}

fn a_multicast_reaches_who_has_joined(device: Device) {
    let ground = ground(device, 3);
    let network = Network::open(Choice::Private, &ground.layout("0%", 0), &mut |_| {}).unwrap();
    let at = "0.0.0.0:5353".parse().unwrap();
    let sockets: Vec<UdpSocket> = (0..3).map(|host| network.udp(host, at).unwrap()).collect();
    let group = [239, 1, 2, 3].into();
    sockets[1].join_multicast_v4(&group, &[0, 0, 0, 0].into()).unwrap();
    sockets[0].send_to(&7u32.to_be_bytes(), "239.1.2.3:5353").unwrap();
    awaits("the link to be empty", || network.settle());
    let got: Vec<Vec<u32>> = sockets.iter().map(numbers).collect();
    assert_eq!(got, [vec![], vec![7], vec![]]);
}
