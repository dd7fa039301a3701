//! What holds for every link and all traffic, tried on many random ones with fixed seeds.

use fastrand::Rng;

use super::*;

const RUNS: u64 = 400;

fn random_chance(rng: &mut Rng) -> Chance {
    [Chance::NEVER, chance("5%"), chance("50%"), Chance::ALWAYS][rng.usize(..4)]
}

fn random_span(rng: &mut Rng) -> Span {
    if rng.bool() { Span::ZERO } else { Span::from_ns(rng.u64(..30 * MS)) }
}

fn random_faults(rng: &mut Rng) -> Faults {
    Faults {
        loss: [Chance::NEVER, chance("5%"), chance("50%")][rng.usize(..3)],
        duplication: random_chance(rng),
        reordering: random_chance(rng),
        corruption: random_chance(rng),
        delay: random_span(rng),
        jitter: random_span(rng),
        rate: Rate::from_bits(rng.u64(..2) * rng.u64(10_000..10_000_000)),
        queue: QueueLength::from_packets(rng.u32(..6)),
        pace: Pace::from_packets(rng.u32(..2) * rng.u32(10..10_000)),
    }
}

const RULES: &[&str] = &[
    "lose every 7th",
    "lose once each",
    "delay every 5th by 12ms",
    "hold every 4th until next",
    "hold 3rd until next",
    "duplicate every 2nd from server",
    "corrupt all tcp",
];

fn random_settings(rng: &mut Rng) -> Settings {
    let rules: Vec<&str> = RULES.iter().copied().filter(|_| rng.u8(..4) == 0).collect();
    let mut settings = Settings { seed: rng.u64(..), ..ruled(&rules.join("\n")) };
    settings.senders.iter_mut().for_each(|sender| sender.faults = random_faults(rng));
    settings
}

/// A packet that was sent: when, from whom, and of which protocol.
type Sent = (u64, usize, Protocol);

fn random_traffic(rng: &mut Rng) -> Vec<Sent> {
    let mut now_ns = 0;
    let protocols = [Protocol::Udp, Protocol::Tcp, Protocol::Other];
    let send = |_| {
        now_ns += if rng.bool() { 0 } else { rng.u64(..20 * MS) };
        (now_ns, rng.usize(..2), protocols[rng.usize(..3)])
    };
    (0..200).map(send).collect()
}

/// A delivery: when, and of the how manyth packet of all.
type Arrived = (u64, Delivery<usize>);

/// Sends all the traffic over a link, and takes out what is due where `look` says so.
fn run(
    settings: &Settings,
    traffic: &[Sent],
    mut look: impl FnMut() -> bool,
) -> (Vec<Fate>, Vec<Arrived>, Link<usize>) {
    let mut link = Link::new(settings.clone());
    let (mut fates, mut arrived) = (Vec::new(), Vec::new());
    for (number, (now_ns, from, protocol)) in traffic.iter().enumerate() {
        fates.push(link.offer(*now_ns, *from, &packet(*protocol), number));
        conserves(&link);
        if look() {
            arrived.extend(std::iter::from_fn(|| link.pop_due(*now_ns)));
            conserves(&link);
        }
    }
    while let Some(due_ns) = link.next_due() {
        arrived.push(link.pop_due(due_ns).unwrap());
    }
    conserves(&link);
    (fates, arrived, link)
}

/// No packet appears or vanishes without being counted.
fn conserves(link: &Link<usize>) {
    let mut all = link.counters(CLIENT);
    all += link.counters(SERVER);
    let there = all.delivered + all.lost() + link.in_flight() as u64;
    assert_eq!(all.offered + all.duplicated, there, "{all:?}");
}

#[test]
fn what_arrives_is_what_was_promised() {
    for seed in 0..RUNS {
        let mut rng = Rng::with_seed(seed);
        let (settings, traffic) = (random_settings(&mut rng), random_traffic(&mut rng));
        let (fates, arrived, link) = run(&settings, &traffic, || rng.bool());
        assert_eq!(link.in_flight(), 0);
        for (number, fate) in fates.iter().enumerate() {
            let mut of_it = arrived.iter().filter(|(_, delivery)| delivery.packet == number);
            let Outcome::Carried(carried) = &fate.outcome else {
                assert_eq!(of_it.next(), None, "seed {seed}");
                continue;
            };
            assert!(carried.due_ns >= traffic[number].0, "seed {seed}");
            let latest_ns = carried.due_ns + carried.held_for.map_or(0, Span::ns);
            let on_time = |at_ns: u64| (carried.due_ns..=latest_ns).contains(&at_ns);
            let mut count = 0;
            for (at_ns, delivery) in of_it {
                assert!(on_time(*at_ns), "seed {seed}: {at_ns} {carried:?}");
                assert_eq!(delivery.flip, carried.flip);
                count += 1;
            }
            assert_eq!(count, 1 + usize::from(carried.twice), "seed {seed}");
        }
    }
}

#[test]
fn what_arrives_does_not_depend_on_when_it_is_looked_for() {
    for seed in 0..RUNS {
        let mut rng = Rng::with_seed(seed);
        let (settings, traffic) = (random_settings(&mut rng), random_traffic(&mut rng));
        let (fates, late, _) = run(&settings, &traffic, || false);
        let (same_fates, early, _) = run(&settings, &traffic, || true);
        assert_eq!(fates, same_fates, "seed {seed}");
        assert_eq!(late, early, "seed {seed}");
        assert!(late.is_sorted_by_key(|(at_ns, _)| *at_ns), "seed {seed}");
    }
}

#[test]
fn without_reordering_packets_keep_their_order() {
    for seed in 0..RUNS {
        let mut rng = Rng::with_seed(seed);
        let mut settings = Settings { rules: Rules::default(), ..random_settings(&mut rng) };
        for sender in &mut settings.senders {
            sender.faults.reordering = Chance::NEVER;
        }
        let (_, arrived, _) = run(&settings, &random_traffic(&mut rng), || rng.bool());
        for from in [CLIENT, SERVER] {
            let own = arrived.iter().filter(|(_, delivery)| delivery.from == from);
            assert!(own.is_sorted_by_key(|(_, delivery)| delivery.packet), "seed {seed}");
        }
    }
}

#[test]
fn chance_lets_a_packet_be_overtaken_by_one_other_of_its_kind_only() {
    let mut overtaken = 0;
    for seed in 0..RUNS {
        let mut rng = Rng::with_seed(seed);
        let settings = Settings { rules: Rules::default(), ..random_settings(&mut rng) };
        let (_, arrived, link) = run(&settings, &random_traffic(&mut rng), || rng.bool());
        for from in [CLIENT, SERVER] {
            for protocol in [Protocol::Udp, Protocol::Tcp, Protocol::Other] {
                let own = arrived.iter().filter(|(_, delivery)| {
                    (delivery.from, delivery.protocol, delivery.copy) == (from, protocol, false)
                });
                let numbers: Vec<usize> = own.map(|(_, delivery)| delivery.packet).collect();
                for (place, number) in numbers.iter().enumerate() {
                    let by = numbers[..place].iter().filter(|earlier| *earlier > number).count();
                    assert!(by <= 1, "seed {seed}: {numbers:?}");
                    overtaken += by as u64;
                }
            }
            overtaken -= link.counters(from).reordered;
        }
    }
    // Each was counted as such, and no other.
    assert_eq!(overtaken, 0);
}
