//! What a program prints: on its terminal, or its standard output and error.

use std::net::SocketAddr;
use std::time::Duration;

use super::expect::Expected;
use super::partners::Request;
use super::program::Program;
use super::stage::Stage;
use super::wait::Wait;
use super::world::World;
use super::{Outcome, text};
use crate::evidence::{About, Ending, Expectation, Payload, What};

/// How much later than a datagram that output may be read that was written before it.
pub(super) const LATE: Duration = Duration::from_millis(550);

impl Stage {
    /// All that the program has printed so far, as a person reads it.
    pub fn output(&self) -> Outcome<String> {
        // One that has ended prints nothing more, however much peers have still to send.
        if self.world().exit().is_none() {
            self.comes_to_rest()?;
        }
        Ok(text::plain(&self.world().evidence.output()))
    }
}

impl Program<'_> {
    /// It prints something, whatever the words.
    pub fn prints_something(self) -> Outcome {
        self.stage().expect(
            Wait::Message,
            || Expected::new(Expectation::SomeOutput, "some text at its terminal"),
            |world| text::has_any(&shown(world)).then_some(()),
        )
    }

    /// It prints `text`: among other text, in any format, on standard output or error.
    pub fn prints(self, text: &str) -> Outcome {
        let wanted = text.trim();
        self.prints_what(Payload::from(wanted), About::Message, |output| {
            text::shows(output, wanted)
        })?;
        self.prints_no_rest_of_a_buffer(wanted)
    }

    /// It prints the address and the port of the other side.
    pub fn prints_the_address(self, address: SocketAddr) -> Outcome {
        let ip = address.ip().to_string();
        let port = address.port();
        self.prints_what(Payload::from(port.to_string()), About::Port, |output| {
            text::shows_port(output, port)
        })?;
        self.prints_what(Payload::from(&ip), About::Address, |output| {
            text::shows_address(output, &ip)
        })
    }

    /// It prints a port of its own.
    pub fn prints_its_port(self, port: u16) -> Outcome {
        self.prints_what(Payload::from(port.to_string()), About::Itself, |output| {
            text::shows_port(output, port)
        })
    }

    fn prints_what(
        self,
        wanted: Payload,
        about: About,
        is_shown: impl Fn(&[u8]) -> bool,
    ) -> Outcome {
        let expected = || {
            let expected = match about {
                About::Message => format!("{wanted} at its terminal"),
                About::Address => format!("the address {} at its terminal", wanted.plain()),
                About::Port | About::Itself => {
                    format!("the port {} at its terminal", wanted.plain())
                }
            };
            Expected::new(Expectation::Output { text: wanted.clone(), about }, expected)
        };
        self.stage().expect(Wait::Message, expected, |world| is_shown(&shown(world)).then_some(()))
    }

    /// What follows the text in the output is not the rest of a buffer: zero bytes.
    fn prints_no_rest_of_a_buffer(self, wanted: &str) -> Outcome {
        // The text may have come before what follows it.
        self.stage().comes_to_rest()?;
        let world = self.stage().world();
        let output = shown(&world);
        let zero = output.iter().position(|&byte| byte == 0);
        let Some(zero) = zero else { return Ok(()) };
        let line = output[..zero].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let end = output[zero..]
            .iter()
            .position(|&byte| byte == b'\n')
            .map_or(output.len(), |at| zero + at);
        let line = Payload::from(&output[line..end]);
        let expectation =
            Expectation::Output { text: Payload::from(wanted), about: About::Message };
        let expected =
            Expected::new(expectation, format!("\"{wanted}\" and nothing of an empty buffer"));
        let observed = format!("{} at its terminal", line.short());
        Err(expected.unmet(Ending::Contradicted, world.exit(), observed, Some(line)))
    }

    /// Of the control characters of `text`, which it was just sent and has printed, none is in its
    /// output as it is: each is escaped, replaced or left out. One counts together with what follows
    /// it in `text`, since a program has line ends and colors of its own.
    pub fn escapes(self, text: &str) -> Outcome {
        self.stage().comes_to_rest()?;
        let world = self.stage().world();
        let output = shown(&world);
        let Some(raw) = text::raw_control(&output, text) else { return Ok(()) };
        let expected =
            format!("{} with its control characters escaped", Payload::from(text).short());
        let raw = Payload::from(raw);
        let observed = format!("{} at its terminal, as it came", raw.short());
        let expected = Expected::new(Expectation::Escaped, expected);
        Err(expected.unmet(Ending::Contradicted, world.exit(), observed, Some(raw)))
    }

    /// It printed something in the second half of the time between two requests: what it says of
    /// the first, it says earlier. Let 600 ms pass after the later one: output may be read later than
    /// a datagram that left after it.
    pub fn spoke_between(self, earlier: &Request, later: &Request) -> Outcome {
        let from = earlier.at + later.at.saturating_sub(earlier.at) / 2;
        if text::has_any(&printed_between(&self.stage().world(), from, later.at + LATE)) {
            return Ok(());
        }
        let text = "some text at its terminal before the next datagram";
        let expected = Expected::new(Expectation::SomeOutput, text);
        Err(expected.but_saw(&self.stage().world(), "no output"))
    }
}

/// What the program has printed since a peer last sent something to it: the rest it printed for
/// other reasons.
pub(super) fn shown(world: &World) -> Vec<u8> {
    world.evidence.output_since_sent()
}

/// What the program printed between these times of the kernel's clock.
pub(super) fn printed_between(world: &World, from: Duration, to: Duration) -> Vec<u8> {
    let events = world.evidence.events.iter();
    let then = events.filter(|event| (from..=to).contains(&world.time_of(event.at_us)));
    let written = then.filter_map(|event| match &event.what {
        What::Output { text, .. } => Some(text.bytes()),
        _ => None,
    });
    written.flatten().copied().collect()
}
