//! Floods of what a lab's check makes up itself.

use super::Outcome;
use super::partners::Client;

impl Client<'_> {
    /// Sends these bursts of datagrams, each as soon as the one before has got so many answers. What
    /// the answers say does not matter here. When one is missing the flood ends: what comes next in the
    /// check will tell why. A burst must fit into a socket's queue, so that nothing is lost by chance:
    /// there is room for 200 short datagrams.
    ///
    /// None of it is kept as evidence but the number of packets.
    pub fn floods_with(
        self,
        bursts: impl IntoIterator<Item = Vec<Vec<u8>>>,
        answers: usize,
    ) -> Outcome {
        let (stage, at) = self.place();
        stage.world().leave_out(true);
        let outcome = self.sends_bursts(bursts, answers);
        // An answer that was missing may still be on its way: it is part of the flood.
        stage.rest()?;
        let mut world = stage.world();
        world.pump()?;
        world.peers[at].inbox.clear();
        world.leave_out(false);
        drop(world);
        let sent = outcome?;
        stage.step(format!("{} sent {sent} datagrams to {}", self.name(), self.server()));
        Ok(())
    }

    /// Tells how many datagrams were sent.
    fn sends_bursts(
        self,
        bursts: impl IntoIterator<Item = Vec<Vec<u8>>>,
        answers: usize,
    ) -> Outcome<usize> {
        let (stage, at) = self.place();
        let mut sent = 0;
        for burst in bursts {
            for datagram in &burst {
                stage.world().send(at, self.server(), datagram)?;
            }
            sent += burst.len();
            if !self.gets_as_many(answers)? {
                break;
            }
        }
        Ok(sent)
    }
}
