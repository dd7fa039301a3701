//! The random draws of one packet.
//!
//! There is no generator that moves on from packet to packet. Each draw is a function of the seed,
//! the sender, the protocol, the packet's index and what the draw is for, so that no knob, and no
//! other traffic, can shift the draws of a packet. The mixing is that of SplitMix64 (Steele, Lea
//! and Flood, 2014; the finalizer is Stafford's variant 13). It is written out here because the
//! draws are a promise, the same seed loses the same packets also after an update, and a crate's
//! generator is free to change its numbers.

/// 2^64 divided by the golden ratio: SplitMix64's step.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// What a draw is for. The numbers are part of the promise.
#[derive(Debug, Clone, Copy)]
enum Knob {
    Loss = 1,
    Duplication = 2,
    Reordering = 3,
    Corruption = 4,
    Bit = 5,
    Jitter = 6,
}

/// All draws of one packet, made at once, whether a knob asks for them or not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Draws {
    /// From 0 up to and without 1, as the next three.
    pub(super) loss: f64,
    pub(super) duplication: f64,
    pub(super) reordering: f64,
    pub(super) corruption: f64,
    bit: u64,
    jitter: u64,
}

impl Draws {
    /// The draws of the `index`-th packet of a protocol from a sender.
    pub(super) fn of(seed: u64, sender: u64, protocol: u64, index: u64) -> Draws {
        let packet = [sender, protocol, index].into_iter().fold(mixed(seed), then);
        let draw = |knob: Knob| then(packet, knob as u64);
        Draws {
            loss: fraction(draw(Knob::Loss)),
            duplication: fraction(draw(Knob::Duplication)),
            reordering: fraction(draw(Knob::Reordering)),
            corruption: fraction(draw(Knob::Corruption)),
            bit: draw(Knob::Bit),
            jitter: draw(Knob::Jitter),
        }
    }

    /// Which of `bits` bits to flip; none where there are none.
    pub(super) fn bit(&self, bits: u32) -> Option<u32> {
        (bits > 0).then(|| below(self.bit, u64::from(bits)) as u32)
    }

    /// A time between the two, both included.
    pub(super) fn jitter_ns(&self, least_ns: u64, most_ns: u64) -> u64 {
        least_ns + below(self.jitter, most_ns.saturating_sub(least_ns).saturating_add(1))
    }
}

/// SplitMix64's output for the state that follows `state`.
fn mixed(state: u64) -> u64 {
    let z = state.wrapping_add(STEP);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn then(state: u64, word: u64) -> u64 {
    mixed(state ^ word)
}

/// The upper 53 bits, which is what an `f64` holds, as a fraction of 1.
fn fraction(draw: u64) -> f64 {
    (draw >> 11) as f64 / (1_u64 << 53) as f64
}

/// Scales a draw to less than `end`. What it is uneven by is less than `end` in 2^64.
fn below(draw: u64, end: u64) -> u64 {
    ((u128::from(draw) * u128::from(end)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_mixing_is_splitmix64() {
        let states = [0, STEP, STEP.wrapping_mul(2)];
        let published = [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f];
        assert_eq!(states.map(mixed), published);
    }

    #[test]
    fn every_part_of_the_key_matters() {
        let keys = [(7, 0, 0, 1), (8, 0, 0, 1), (7, 1, 0, 1), (7, 0, 1, 1), (7, 0, 0, 2)];
        let mut draws: Vec<u64> = keys.map(|(s, d, p, i)| Draws::of(s, d, p, i).bit).to_vec();
        draws.sort_unstable();
        draws.dedup();
        assert_eq!(draws.len(), keys.len());
    }

    #[test]
    fn draws_stay_within_their_bounds() {
        for index in 1..=1000 {
            let draws = Draws::of(7, 0, 0, index);
            assert!((0.0..1.0).contains(&draws.loss));
            assert!(draws.bit(13).is_some_and(|bit| bit < 13));
            assert_eq!(draws.jitter_ns(5, 5), 5);
            assert_eq!(draws.bit(0), None);
        }
        let jitters = (1..=1000).map(|index| Draws::of(7, 0, 0, index).jitter_ns(5, 8));
        assert_eq!(jitters.collect::<BTreeSet<_>>(), BTreeSet::from([5, 6, 7, 8]));
    }
}
