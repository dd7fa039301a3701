//! What comes by chance: how much of it, and that nothing shifts it.

use super::*;

/// Offers datagrams from the client, and returns the indexes of those of which `is` holds.
fn those(settings: &Settings, count: u64, is: impl Fn(&Outcome) -> bool) -> Vec<u64> {
    let mut link = Link::new(settings.clone());
    let fates = (0..count).map(|at| link.offer(at, CLIENT, &packet(Protocol::Udp), ()));
    fates.filter(|fate| is(&fate.outcome)).map(|fate| fate.index).collect()
}

fn lost(settings: &Settings) -> Vec<u64> {
    those(settings, 1000, |outcome| matches!(outcome, Outcome::Lost(Lost::ByRate { .. })))
}

fn lossy() -> Faults {
    Faults { loss: chance("5%"), ..Faults::default() }
}

#[test]
fn a_seed_is_a_promise() {
    // If this fails, every seed that was ever printed now means something else: undo the change.
    let lost = lost(&settings(lossy()));
    assert_eq!(lost[..10], [9, 12, 30, 46, 73, 90, 92, 100, 129, 144]);
    assert_eq!(lost.len(), 56);
}

#[test]
fn a_chance_is_kept_over_many_packets() {
    for percent in [1_u64, 5, 20, 50] {
        let loss = chance(&format!("{percent}%"));
        let mut total = 0;
        for seed in 0..20 {
            let settings = Settings { seed, ..settings(Faults { loss, ..Faults::default() }) };
            let lost = those(&settings, 10_000, |outcome| matches!(outcome, Outcome::Lost(_)));
            // Four standard deviations: one seed in 16000 would be further off.
            let deviation = (10_000.0 * percent as f64 * (100 - percent) as f64 / 1e4).sqrt();
            let off = lost.len().abs_diff(100 * percent as usize) as f64;
            assert!(off < 4.0 * deviation, "{percent} %, seed {seed}: {}", lost.len());
            total += lost.len() as u64;
        }
        assert!(total.abs_diff(2000 * percent) < 2000 * percent / 50 + 300, "{percent} %: {total}");
    }
}

#[test]
fn knobs_do_not_shift_one_another() {
    let half = chance("50%");
    let plain = lost(&settings(lossy()));
    let (delay, jitter) = (Span::from_ms(20), Span::from_ms(5));
    for faults in [
        Faults { duplication: half, ..lossy() },
        Faults { reordering: half, ..lossy() },
        Faults { corruption: half, ..lossy() },
        Faults { delay, jitter, ..lossy() },
        Faults { rate: Rate::from_bits(1_000_000), ..lossy() },
        Faults { pace: Pace::from_packets(100), ..lossy() },
        Faults { queue: QueueLength::from_packets(1), pace: Pace::from_packets(1), ..lossy() },
    ] {
        assert_eq!(lost(&settings(faults)), plain, "{faults:?}");
    }

    let twice = |loss: Chance| {
        let settings = settings(Faults { duplication: half, loss, ..Faults::default() });
        those(&settings, 1000, |outcome| matches!(outcome, Outcome::Carried(c) if c.twice))
    };
    let mut rest = twice(Chance::NEVER);
    rest.retain(|index| !plain.contains(index));
    assert_eq!(twice(chance("5%")), rest);
}

#[test]
fn more_loss_loses_the_same_packets_and_more() {
    let loses = |loss| lost(&settings(Faults { loss: chance(loss), ..Faults::default() }));
    let (less, more) = (loses("5%"), loses("10%"));
    assert!(less.iter().all(|index| more.contains(index)));
    assert!(less.len() < more.len());
}

#[test]
fn other_traffic_does_not_shift_what_is_lost() {
    let settings = settings(lossy());
    let mut link = Link::new(settings.clone());
    let mut lost_among_noise = Vec::new();
    for at in 0..1000 {
        for _ in 0..at % 3 {
            link.offer(at, CLIENT, &packet(Protocol::Tcp), ());
            link.offer(at, CLIENT, &packet(Protocol::Other), ());
            link.offer(at, SERVER, &packet(Protocol::Udp), ());
        }
        let fate = link.offer(at, CLIENT, &packet(Protocol::Udp), ());
        if let Outcome::Lost(_) = fate.outcome {
            lost_among_noise.push(fate.index);
        }
    }
    assert_eq!(lost_among_noise, lost(&settings));
}

#[test]
fn each_seed_sender_and_protocol_has_a_set_of_its_own() {
    let plain = lost(&settings(lossy()));
    assert_ne!(lost(&Settings { seed: 8, ..settings(lossy()) }), plain);
    for (from, protocol) in [(SERVER, Protocol::Udp), (CLIENT, Protocol::Tcp)] {
        let mut link = Link::new(settings(lossy()));
        let fates = (0..1000).map(|at| link.offer(at, from, &packet(protocol), ()));
        let others = fates.filter(|fate| matches!(fate.outcome, Outcome::Lost(_)));
        assert_ne!(others.map(|fate| fate.index).collect::<Vec<_>>(), plain, "{protocol:?}");
    }
}

#[test]
fn jitter_spreads_the_delay_evenly_to_both_sides() {
    let faults = Faults { delay: Span::from_ms(20), jitter: Span::from_ms(5), ..Faults::default() };
    let mut link = Link::new(settings(faults));
    let mut delays_ns: Vec<u64> = Vec::new();
    for number in 0..10_000 {
        // Far enough apart that none has to stay behind the one before it.
        let fate = link.offer(number * 100 * MS, CLIENT, &packet(Protocol::Udp), ());
        let Outcome::Carried(carried) = fate.outcome else { panic!("{fate:?}") };
        delays_ns.push(carried.delayed_ns);
    }
    assert!(delays_ns.iter().all(|delay_ns| (15 * MS..=25 * MS).contains(delay_ns)));
    let mean_ns = delays_ns.iter().sum::<u64>() / 10_000;
    assert!(mean_ns.abs_diff(20 * MS) < MS / 8, "{mean_ns}");
    assert!(delays_ns.iter().any(|delay_ns| *delay_ns < 15 * MS + MS / 50));
    assert!(delays_ns.iter().any(|delay_ns| *delay_ns > 25 * MS - MS / 50));
}
