//! Floods: thousands of datagrams, of which none is kept as evidence but the number of packets.

use std::net::SocketAddr;

use super::partners::{Client, Partner, Request};
use super::wait::{Halt, Wait};
use super::{Failure, Outcome};

/// How many messages of a flood are under way at most. A socket's queue has room for 212992 bytes
/// on most machines, of which a message of 1024 bytes takes about 2300.
const BURST: usize = 32;

impl Partner<'_> {
    /// Talks with the program as fast as it answers: sends what opens the exchange, and then for each
    /// datagram that comes what `answer` puts into the list, until that says that it is done. False
    /// where it is not, and nothing more comes: what the check asks for next will tell why.
    pub fn streams(
        self,
        to: SocketAddr,
        mut out: Vec<Vec<u8>>,
        mut answer: impl FnMut(&Request, &mut Vec<Vec<u8>>) -> bool,
    ) -> Outcome<bool> {
        let stage = self.stage();
        stage.world().leave_out(true);
        let outcome = loop {
            for payload in out.drain(..) {
                stage.world().send(self.place(), to, &payload)?;
            }
            let came = stage.wait(Wait::Message, |world| {
                let inbox = &mut world.actors[self.place()].inbox;
                (!inbox.is_empty()).then(|| std::mem::take(inbox))
            });
            match came {
                Ok(came) => {
                    let mut requests = came.into_iter().map(Request::from);
                    if requests.any(|request| answer(&request, &mut out)) {
                        break Ok(true);
                    }
                }
                Err(Halt::Failure(failure)) => break Err(failure),
                Err(Halt::Ending(_)) => break Ok(false),
            }
        };
        let mut world = stage.world();
        // What was sent on the way belongs to it, also where it is seen only now.
        let pumped: Result<(), Failure> = world.pump();
        world.leave_out(false);
        pumped.and(outcome)
    }
}

impl Client<'_> {
    /// Sends this many random messages of this length, as fast as the server answers them: in bursts
    /// that fit into a socket's queue, so that none is lost by chance. What the answers say does not
    /// matter here. When one is missing the flood ends: what comes next in the check will tell why. A
    /// slow server is waited for as long as it answers.
    pub fn floods(self, count: usize, length: usize) -> Outcome {
        let stage = self.stage();
        // Each another one: a cache of answers grows too.
        let message = |_| stage.message_of(length).into_bytes();
        let sizes = (0..count).step_by(BURST).map(|sent| BURST.min(count - sent));
        let bursts = sizes.map(|size| (0..size).map(message).collect::<Vec<_>>());
        let sent = self.in_a_flood(bursts, |burst| self.gets_as_many(burst))?;
        let (name, to) = (self.name(), self.server());
        stage.step(format!("{name} sent {sent} messages of {length} bytes to {to}"));
        Ok(())
    }

    /// Sends these bursts of datagrams, each as soon as the one before has got so many answers. A
    /// burst must fit into a socket's queue: there is room for 200 short datagrams. All else is as in
    /// [`Client::floods`].
    pub fn floods_with(
        self,
        bursts: impl IntoIterator<Item = Vec<Vec<u8>>>,
        answers: usize,
    ) -> Outcome {
        let sent = self.in_a_flood(bursts, |_| self.gets_as_many(answers))?;
        let stage = self.stage();
        stage.step(format!("{} sent {sent} datagrams to {}", self.name(), self.server()));
        Ok(())
    }

    /// Sends these datagrams to the server, as fast as it takes them in, and passes over what it
    /// answers.
    pub fn pours(self, payloads: &[Vec<u8>]) -> Outcome {
        let stage = self.stage();
        let bursts = payloads.chunks(BURST).map(<[Vec<u8>]>::to_vec);
        let sent = self.in_a_flood(bursts, |_| stage.comes_to_rest().map(|()| true))?;
        stage.step(format!("{sent} datagrams of noise were sent to {}", self.server()));
        Ok(())
    }

    /// Sends bursts until `goes_on`, which is told how many datagrams each had, says that it is enough.
    /// Tells how many datagrams were sent.
    fn in_a_flood(
        self,
        bursts: impl IntoIterator<Item = Vec<Vec<u8>>>,
        goes_on: impl Fn(usize) -> Outcome<bool>,
    ) -> Outcome<usize> {
        let (stage, at) = (self.stage(), self.place());
        stage.world().leave_out(true);
        let flood = || {
            let mut sent = 0;
            for burst in bursts {
                for datagram in &burst {
                    stage.world().send(at, self.server(), datagram)?;
                }
                sent += burst.len();
                if !goes_on(burst.len())? {
                    break;
                }
            }
            Ok(sent)
        };
        let outcome = flood();
        // An answer that was missing may still be on its way: it is part of the flood.
        stage.comes_to_rest()?;
        let mut world = stage.world();
        world.pump()?;
        world.actors[at].inbox.clear();
        world.leave_out(false);
        outcome
    }

    /// False when fewer answers than so many came. Each has its own time to come.
    fn gets_as_many(self, count: usize) -> Outcome<bool> {
        let (stage, at) = (self.stage(), self.place());
        let mut got = 0;
        while got < count {
            let came = stage.wait(Wait::Message, |world| {
                let inbox = &mut world.actors[at].inbox;
                (!inbox.is_empty()).then(|| inbox.drain(..).count())
            });
            match came {
                Ok(came) => got += came,
                Err(Halt::Failure(failure)) => return Err(failure),
                Err(Halt::Ending(_)) => return Ok(false),
            }
        }
        Ok(true)
    }
}
