//! Random messages: a program that prints or sends constants is found out.

use fastrand::Rng;

/// All of six letters, so that one message leaves nothing of another one in a buffer.
const WORDS: &[&str] = &[
    "copper", "pebble", "violin", "harbor", "walnut", "ribbon", "anchor", "marble", "falcon",
    "saddle", "lagoon", "meadow", "candle", "jigsaw", "puzzle", "timber",
];

const WORDS_OF_THE_WORLD: &[&str] = &[
    "Grüße",
    "señal",
    "été",
    "größer",
    "привет",
    "κύμα",
    "日本",
    "čaj",
    "ağaç",
    "łódź",
    "ελιά",
    "snø",
    "🦀",
    "漢字",
    "שלום",
    "çay",
];

/// Two words and a number, all ASCII: `Copper walnut 4711`. The capital finds programs out that
/// change the case.
pub(super) fn plain(rng: &mut Rng) -> String {
    let mut word = || WORDS[rng.usize(..WORDS.len())];
    let (first, second) = (capitalized(word()), word());
    format!("{first} {second} {}", rng.u16(1000..=9999))
}

fn capitalized(word: &str) -> String {
    word[..1].to_ascii_uppercase() + &word[1..]
}

/// Words that are not ASCII, with spaces at both ends: `  Grüße 日本 4711 `.
pub(super) fn of_the_world(rng: &mut Rng) -> String {
    let mut word = || WORDS_OF_THE_WORLD[rng.usize(..WORDS_OF_THE_WORLD.len())];
    let (first, second) = (word(), word());
    let (before, after) = (" ".repeat(rng.usize(1..4)), " ".repeat(rng.usize(1..4)));
    format!("{before}{first} {second} {}{after}", rng.u16(1000..=9999))
}

/// ASCII text of exactly `length` bytes, in which no two places look alike.
pub(super) fn of_length(rng: &mut Rng, length: usize) -> String {
    let mut text = String::with_capacity(length + 16);
    while text.len() < length {
        text.push_str(&capitalized(WORDS[rng.usize(..WORDS.len())]));
        text.push_str(&format!(" {} ", rng.u16(1000..=9999)));
    }
    text.truncate(length);
    // A space at the end would test something else.
    if text.ends_with(' ') {
        text.pop();
        text.push('.');
    }
    text
}

/// ASCII text of exactly `length` bytes without a digit, so that no number in an output comes from it.
pub(super) fn without_numbers(rng: &mut Rng, length: usize) -> String {
    let mut text = String::with_capacity(length + 16);
    while text.len() < length {
        text.push_str(WORDS[rng.usize(..WORDS.len())]);
    }
    text.truncate(length);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_messages() {
        let three = |seed| {
            let mut rng = Rng::with_seed(seed);
            (plain(&mut rng), of_the_world(&mut rng), of_length(&mut rng, 1024))
        };
        assert_eq!(three(7), three(7));
        assert_ne!(three(7), three(8));
    }

    #[test]
    fn a_message_has_the_length_that_was_asked_for() {
        for length in [1, 2, 100, 1024] {
            let mut rng = Rng::with_seed(length as u64);
            assert_eq!(of_length(&mut rng, length).len(), length);
            let words = without_numbers(&mut rng, length);
            assert!(words.len() == length && !words.contains(|c: char| c.is_ascii_digit()));
        }
    }

    #[test]
    fn messages_of_the_world_are_not_ascii_and_have_spaces_at_both_ends() {
        for seed in 0..50 {
            let text = of_the_world(&mut Rng::with_seed(seed));
            assert!(!text.is_ascii() && text.starts_with(' ') && text.ends_with(' '), "{text:?}");
        }
    }
}
