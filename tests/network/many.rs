//! What is sent to many: who gets it, also on the sender's own host, and what the packet says.

use std::net::{Ipv4Addr, UdpSocket};

use libtest_mimic::Trial;
use socklab::evidence::Host;
use socklab::network::{Choice, Device, Layout, Network};

use super::{awaits, trial};

const GROUP: Ipv4Addr = Ipv4Addr::new(239, 1, 2, 3);

/// A test, and where it takes place.
type Test = (&'static str, fn(Device));

/// Each with every carrier.
pub fn trials() -> Vec<Trial> {
    let tests: [Test; 3] = [
        ("the_own_host_hears_a_broadcast", the_own_host_hears_a_broadcast),
        ("the_own_host_hears_a_multicast_unless_told", the_own_host_hears_a_multicast_unless_told),
        ("a_packet_to_many_says_how_far_it_goes", a_packet_to_many_says_how_far_it_goes),
    ];
    let mut trials = Vec::new();
    for device in [Device::Tun, Device::Veth] {
        let why = Network::watched(&layout(device), None).err();
        let why = why.map(|error| format!("this machine cannot: {}", error.why));
        let place = format!("{device:?}").to_lowercase();
        trials.extend(tests.map(|(name, test)| {
            trial(format!("{name}::{place}"), why.clone(), move || test(device))
        }));
    }
    trials
}

fn layout(device: Device) -> Layout {
    let host = |(name, last): (&str, u8)| Host {
        name: name.to_owned(),
        address: Some([192, 168, 15, last].into()),
    };
    let hosts = [("client", 10), ("alder", 21), ("birch", 22), ("cedar", 23), ("magpie", 66)];
    Layout { device, ..Layout::of(&hosts.map(host)) }
}

/// A network, a sender on its first host, and on each host a socket at the same port of all addresses.
fn sockets(device: Device) -> (Network, UdpSocket, Vec<UdpSocket>) {
    let network = Network::open(Choice::Private, &layout(device), &mut |_| {}).unwrap();
    let sender = network.udp(0, "0.0.0.0:0".parse().unwrap()).unwrap();
    sender.set_broadcast(true).unwrap();
    let at = "0.0.0.0:15015".parse().unwrap();
    let receivers = (0..5).map(|host| network.udp(host, at).unwrap()).collect();
    (network, sender, receivers)
}

/// How many datagrams wait in each.
fn counts(network: &Network, receivers: &[UdpSocket]) -> Vec<usize> {
    awaits("the link to be empty", || network.settle());
    let count = |socket: &UdpSocket| std::iter::from_fn(|| socket.recv(&mut [0; 16]).ok()).count();
    receivers.iter().map(count).collect()
}

fn the_own_host_hears_a_broadcast(device: Device) {
    let (network, sender, receivers) = sockets(device);
    for to in ["255.255.255.255:15015", "192.168.15.255:15015"] {
        sender.send_to(b"x", to).unwrap();
        assert_eq!(counts(&network, &receivers), [1, 1, 1, 1, 1], "{to}");
    }
    // The network's own number stands for nobody.
    let _ = sender.send_to(b"x", "192.168.15.0:15015");
    assert_eq!(counts(&network, &receivers)[1..], [0, 0, 0, 0]);
}

fn the_own_host_hears_a_multicast_unless_told(device: Device) {
    let (network, sender, receivers) = sockets(device);
    for (host, last) in [(0, 10), (1, 21)] {
        receivers[host].join_multicast_v4(&GROUP, &[192, 168, 15, last].into()).unwrap();
    }
    for (loops, heard) in [(true, [1, 1, 0, 0, 0]), (false, [0, 1, 0, 0, 0])] {
        sender.set_multicast_loop_v4(loops).unwrap();
        sender.send_to(b"x", (GROUP, 15015)).unwrap();
        assert_eq!(counts(&network, &receivers), heard, "loop: {loops}");
    }
    receivers[1].leave_multicast_v4(&GROUP, &[192, 168, 15, 21].into()).unwrap();
    sender.send_to(b"x", (GROUP, 15015)).unwrap();
    assert_eq!(counts(&network, &receivers), [0, 0, 0, 0, 0]);
}

fn a_packet_to_many_says_how_far_it_goes(device: Device) {
    let (mut network, sender, receivers) = sockets(device);
    receivers[1].join_multicast_v4(&GROUP, &[192, 168, 15, 21].into()).unwrap();
    sender.send_to(b"x", (GROUP, 15015)).unwrap();
    sender.set_multicast_ttl_v4(7).unwrap();
    sender.send_to(b"x", (GROUP, 15015)).unwrap();
    // It should stay on its host; Linux keeps it there only where somebody on the host has joined.
    sender.set_multicast_ttl_v4(0).unwrap();
    sender.send_to(b"x", (GROUP, 15015)).unwrap();
    sender.send_to(b"x", "255.255.255.255:15015").unwrap();
    awaits("the link to be empty", || network.settle());
    let mut seen = Vec::new();
    // What kernels tell routers of groups is left out.
    network.flights(&mut |flight| seen.push((flight.way().1.to_string(), flight.packet().ttl())));
    let (group, all) = ("239.1.2.3:15015", "255.255.255.255:15015");
    let sent = [(group, 1), (group, 7), (group, 0), (all, 64)];
    assert_eq!(seen, sent.map(|(to, ttl)| (to.to_owned(), ttl)));
}
