//! The link of `socklab net` and `socklab relay`: what is wrong with it, in each direction, and what
//! is told of it at the end.

mod table;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;

use super::Stop;
use crate::network::link::rules::Rules;
use crate::network::link::values::{Chance, Pace, QueueLength, Rate, Span};
use crate::network::link::{Faults, Sender, Settings};

pub(super) use table::table;

/// What a link is set with.
#[derive(Debug, Args)]
pub(super) struct LinkArgs {
    #[command(flatten)]
    faults: FaultArgs,
    /// The same seed loses the same UDP packets.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Faults by rule: `lose 2nd udp datagram from server`.
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
}

impl LinkArgs {
    /// The settings of a link between senders of these names.
    pub(super) fn settings(&self, names: &[&str]) -> Result<Settings, Stop> {
        if let Some((option, name)) = self.faults.stranger(names) {
            let all = names.join(", ");
            return Err(Stop::Usage(format!(
                "{option}: nobody is called {name}; there are: {all}"
            )));
        }
        let rules =
            self.rules.as_deref().map(|path| rules(path, names)).transpose()?.unwrap_or_default();
        let sender = |name: &&str| Sender { name: (*name).into(), faults: self.faults.of(name) };
        let seed = self.seed.unwrap_or_else(|| fastrand::u64(..1 << 32));
        Ok(Settings { seed, senders: names.iter().map(sender).collect(), rules })
    }
}

fn rules(path: &Path, names: &[&str]) -> Result<Rules, Stop> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Stop::Usage(format!("--rules {name}: {error}")))?;
    Rules::parse(&name, &text, names).map_err(|mistakes| {
        let all: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        Stop::Usage(all.join("\n"))
    })
}

/// Faults by chance and by nature. Each is one value for all senders, `5%`, or one for each of some:
/// `server=5%,client=1%`.
#[derive(Debug, Args)]
struct FaultArgs {
    /// How many of the packets get lost: 5%, or what one sends: server=5%.
    #[arg(long, value_name = "CHANCE")]
    loss: Option<Each<Chance>>,
    /// How long each packet takes, one way: 20ms.
    #[arg(long, value_name = "TIME")]
    delay: Option<Each<Span>>,
    /// By how much that varies, both ways.
    #[arg(long, value_name = "TIME")]
    jitter: Option<Each<Span>>,
    /// How many arrive twice.
    #[arg(long, value_name = "CHANCE")]
    dup: Option<Each<Chance>>,
    /// How many are overtaken by the next.
    #[arg(long, value_name = "CHANCE")]
    reorder: Option<Each<Chance>>,
    /// How many arrive with a bit changed and the checksum right.
    #[arg(long, value_name = "CHANCE")]
    corrupt: Option<Each<Chance>>,
    /// How much the link carries: 10mbit.
    #[arg(long, value_name = "RATE")]
    rate: Option<Each<Rate>>,
    /// How many packets wait for it.
    #[arg(long, value_name = "PACKETS", requires = "rate")]
    queue: Option<Each<QueueLength>>,
    /// How many packets a second each sender's line takes: keeps a burst from overflowing a buffer.
    #[arg(long, value_name = "PACKETS")]
    pace: Option<Each<Pace>>,
}

/// A value for everybody, or one for each of some.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Each<T> {
    All(T),
    Of(Vec<(String, T)>),
}

impl<T: FromStr<Err: Display>> FromStr for Each<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Each<T>, String> {
        let read = |value: &str| value.parse().map_err(|error: T::Err| error.to_string());
        if !text.contains('=') {
            return read(text).map(Each::All);
        }
        let one = |part: &str| {
            let form = || format!("{part:?} is not of the form SENDER=VALUE");
            let (name, value) = part.split_once('=').ok_or_else(form)?;
            Ok((name.to_owned(), read(value)?))
        };
        text.split(',').map(one).collect::<Result<_, String>>().map(Each::Of)
    }
}

impl<T: Copy> Each<T> {
    fn of(&self, name: &str) -> Option<T> {
        match self {
            Each::All(value) => Some(*value),
            Each::Of(values) => values.iter().find(|(of, _)| of == name).map(|(_, value)| *value),
        }
    }

    fn names(&self) -> Vec<&str> {
        match self {
            Each::All(_) => Vec::new(),
            Each::Of(values) => values.iter().map(|(name, _)| name.as_str()).collect(),
        }
    }
}

impl FaultArgs {
    /// What befalls the packets of the sender of this name.
    fn of(&self, name: &str) -> Faults {
        fn value<T: Copy>(each: &Option<Each<T>>, name: &str) -> Option<T> {
            each.as_ref()?.of(name)
        }
        Faults {
            loss: value(&self.loss, name).unwrap_or_default(),
            duplication: value(&self.dup, name).unwrap_or_default(),
            reordering: value(&self.reorder, name).unwrap_or_default(),
            corruption: value(&self.corrupt, name).unwrap_or_default(),
            delay: value(&self.delay, name).unwrap_or_default(),
            jitter: value(&self.jitter, name).unwrap_or_default(),
            rate: value(&self.rate, name),
            queue: value(&self.queue, name),
            pace: value(&self.pace, name),
        }
    }

    /// An option and a sender that it names, though there is none of that name.
    fn stranger(&self, senders: &[&str]) -> Option<(&'static str, &str)> {
        fn names<T: Copy>(each: &Option<Each<T>>) -> Vec<&str> {
            each.as_ref().map(Each::names).unwrap_or_default()
        }
        let all = [
            ("--loss", names(&self.loss)),
            ("--delay", names(&self.delay)),
            ("--jitter", names(&self.jitter)),
            ("--dup", names(&self.dup)),
            ("--reorder", names(&self.reorder)),
            ("--corrupt", names(&self.corrupt)),
            ("--rate", names(&self.rate)),
            ("--queue", names(&self.queue)),
            ("--pace", names(&self.pace)),
        ];
        let each = all
            .into_iter()
            .flat_map(|(option, names)| names.into_iter().map(move |name| (option, name)));
        each.into_iter().find(|(_, name)| !senders.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::damage::text_of;

    #[test]
    fn a_value_is_for_everybody_or_for_those_that_are_named() {
        let all: Each<Chance> = "5%".parse().unwrap();
        assert_eq!(all.of("server"), "5%".parse().ok());
        let some: Each<Chance> = "server=5%,client=1%".parse().unwrap();
        assert_eq!(some.of("client"), "1%".parse().ok());
        assert_eq!(some.of("host3"), None);
        assert_eq!(some.names(), ["server", "client"]);
    }

    #[test]
    fn a_wrong_value_is_told_as_without_a_name() {
        let told = |text: &str| text.parse::<Each<Chance>>().unwrap_err();
        assert_eq!(told("server=101%"), told("101%"));
        assert!(told("server=5%,client").contains("\"client\" is not of the form SENDER=VALUE"));
    }

    proptest! {
        #[test]
        fn a_value_is_read_for_each_that_is_named(text in text_of(&["a", "b", "=", ",", "5%"])) {
            let Ok(each) = text.parse::<Each<Chance>>() else { return Ok(()) };
            for name in each.names() {
                prop_assert!(each.of(name).is_some());
            }
        }
    }
}
