//! What partners send: now, in some time, or by themselves when something comes.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use super::Outcome;
use super::agenda::Due;
use super::partners::{Client, Partner, Request, Server};
use super::stage::Stage;
use super::wait::{Halt, Wait};
use crate::evidence::{Role, SetupError, StepKind, What};

impl Partner<'_> {
    /// Sends one datagram to this address.
    pub fn sends_to(self, to: SocketAddr, payload: impl AsRef<[u8]>) -> Outcome {
        let payload = payload.as_ref();
        let (who, address) = (self.noun(), self.address());
        let mut world = self.stage().world();
        // What was printed before belongs before.
        world.pump()?;
        world.send(self.place(), to, payload)?;
        let shown = self.stage().reads(payload);
        world.step(StepKind::Datagram, format!("{who} at {address} sent {shown} to {to}"));
        Ok(())
    }

    /// Will send one datagram to this address in so much time, while the check goes on.
    pub fn sends_to_in(self, time: Duration, to: SocketAddr, payload: impl AsRef<[u8]>) {
        let at = Instant::now() + time;
        let due = Due { at, actor: self.place(), to, payload: payload.as_ref().to_vec() };
        self.stage().world().send_later(due);
    }

    /// When it has sent what it sent, on the clock of [`Stage::now`]: never after it was under way.
    pub fn sent(self) -> Vec<Duration> {
        let own = self.address();
        let world = self.stage().world();
        let sent = world.evidence.events.iter().filter_map(|event| match &event.what {
            What::Sent { from, .. } if *from == own => Some(Duration::from_micros(event.at_us)),
            _ => None,
        });
        sent.collect()
    }

    /// When it last sent something, by the kernel's clock: to be compared with when a request came.
    pub fn sent_last(self) -> Option<Duration> {
        let last = self.sent().pop()?;
        Some(self.stage().world().time_of(last.as_micros() as u64))
    }

    /// True when the kernel of the program's host has refused what was sent from here while the program
    /// ran: no socket there took it from this partner.
    pub fn was_refused(self) -> bool {
        let own = self.address();
        let mut runs = false;
        self.stage().world().evidence.all().any(|what| {
            match what {
                What::Started { .. } => runs = true,
                What::Exited { .. } => runs = false,
                _ => {}
            }
            runs && matches!(what, What::NotTaken { from, .. } if *from == own)
        })
    }
}

impl Client<'_> {
    /// Sends one datagram to the server.
    pub fn sends(self, payload: impl AsRef<[u8]>) -> Outcome {
        self.sends_to(self.server(), payload)
    }

    /// Will send one datagram to the server in so much time, while the check goes on.
    pub fn sends_in(self, time: Duration, payload: impl AsRef<[u8]>) {
        self.sends_to_in(time, self.server(), payload);
    }

    /// Sends these datagrams to the server, and passes over what comes back: whether it does the right
    /// thing with each is another check's affair. It has done all it does with them.
    pub fn throws(self, payloads: &[&[u8]]) -> Outcome {
        for payload in payloads {
            self.sends(payload)?;
            // One after the other: what crosses on its way is drawn in another order each time.
            self.stage().comes_to_rest()?;
        }
        self.stage().world().actors[self.place()].inbox.clear();
        Ok(())
    }
}

impl Server<'_> {
    /// Answers a client.
    pub fn answers(self, to: SocketAddr, payload: impl AsRef<[u8]>) -> Outcome {
        self.sends_to(to, payload)
    }

    /// Will answer a client in so much time, while the check goes on.
    pub fn answers_in(self, time: Duration, to: SocketAddr, payload: impl AsRef<[u8]>) {
        self.sends_to_in(time, to, payload);
    }

    /// Answers a request in so much time, and waits until that has happened. Tells how long the
    /// request had waited then.
    pub fn answers_after(
        self,
        time: Duration,
        request: &Request,
        payload: impl AsRef<[u8]>,
    ) -> Outcome<Duration> {
        self.answers_in(time, request.from, &payload);
        let sent = self.stage().until_all_is_sent()?;
        let waited = sent.saturating_sub(request.at);
        let (who, to) = (self.name(), request.from);
        let shown = self.stage().reads(payload.as_ref());
        let text = format!("{who} sent {shown} to {to}, after {:.1} s", waited.as_secs_f64());
        self.stage().world().step(StepKind::Datagram, text);
        Ok(waited)
    }

    /// From now on whoever sends this datagram gets this answer at once, whatever else is waited for,
    /// and nobody is told; of those that have come and were not asked for yet, too. A client that had
    /// sent again before the first answer came to it is served so as a server that is right would
    /// serve it.
    pub fn repeats(self, request: impl AsRef<[u8]>, answer: impl AsRef<[u8]>) {
        let (request, answer) = (request.as_ref().to_vec(), answer.as_ref().to_vec());
        let actor = &mut self.stage().world().actors[self.place()];
        actor.inbox.retain(|datagram| {
            let is_it = datagram.payload == request;
            if is_it {
                // One that cannot be sent is one that is lost.
                let _ = actor.peer.send(datagram.from, &answer);
            }
            !is_it
        });
        actor.reflexes.push((request, answer));
    }

    /// Joins a multicast group: from now on it gets what is sent there.
    ///
    /// # Panics
    ///
    /// When `group` is no IPv4 address.
    pub fn joins(self, group: &str) -> Outcome {
        let Ok(group) = group.parse::<Ipv4Addr>() else {
            panic!("a check names {group:?}, which is no IPv4 address");
        };
        let world = self.stage().world();
        world.actors[self.place()].peer.join(group).map_err(|error| {
            let what = format!("a peer cannot join the group {group}");
            SetupError::new(what, error, "make doctor").into()
        })
    }

    /// It goes away: what is sent to its address finds nobody there, until another is there.
    ///
    /// # Errors
    ///
    /// When the machine cannot do its part.
    pub fn leaves(self) -> Outcome {
        let address = self.address();
        self.stage().world().free(self.place(), Role::Server.name())?;
        self.stage().step(format!("the server at {address} went away"));
        Ok(())
    }
}

impl Stage {
    /// What partners have yet to send is not sent any more.
    pub fn calls_off(&self) {
        self.world().call_off();
    }

    /// Whether partners have still to send something that they were told to send later.
    pub fn partners_have_more(&self) -> bool {
        self.world().all_sent().is_none()
    }

    /// Waits until partners have sent all that they have to send, and tells when that was, by the
    /// kernel's clock.
    fn until_all_is_sent(&self) -> Outcome<Duration> {
        match self.wait(Wait::Message, |world| world.all_sent()) {
            Ok(at) => Ok(at),
            Err(Halt::Failure(failure)) => Err(failure),
            // What is due is sent, whatever the program does.
            Err(Halt::Ending(_)) => Ok(self.world().now()),
        }
    }
}
