//! What comes next, whatever it is: for checks that judge it, or the lack of it, themselves.

use super::expect::Expected;
use super::partners::{Request, Server};
use super::stage::Stage;
use super::wait::{Halt, Wait};
use super::{Outcome, Program};
use crate::evidence::{Exit, Expectation, Payload, StepKind};

impl Server<'_> {
    /// The next datagram. `None` when none will come: the program has ended, or does nothing more, or
    /// has done nothing for the time that any expectation has.
    pub fn next(self) -> Outcome<Option<Request>> {
        let (stage, at) = self.place();
        match stage.wait(Wait::Message, |world| world.peers[at].inbox.pop_front()) {
            Ok(datagram) => {
                let request = Request::from(datagram);
                let shown = Payload::from(&request.payload).short();
                let told =
                    format!("the server at {} got {shown} from {}", self.address(), request.from);
                stage.world().step(StepKind::Datagram, told);
                Ok(Some(request))
            }
            Err(Halt::Failure(failure)) => Err(failure),
            Err(Halt::Ending(_)) => Ok(None),
        }
    }

    /// From now on whoever sends this datagram gets this answer at once, whatever else is waited for,
    /// and nobody is told; of those that have come and were not asked for yet, too. A client that had sent again before the first answer came to it is served so
    /// as a server that is right would serve it.
    pub fn repeats(self, request: impl AsRef<[u8]>, answer: impl AsRef<[u8]>) {
        let (stage, at) = self.place();
        let (request, answer) = (request.as_ref().to_vec(), answer.as_ref().to_vec());
        let partner = &mut stage.world().peers[at];
        partner.inbox.retain(|datagram| {
            let is_it = datagram.payload == request;
            if is_it {
                // One that cannot be sent is one that is lost.
                let _ = partner.peer.send(datagram.from, &answer);
            }
            !is_it
        });
        partner.reflexes.push((request, answer));
    }
}

impl Stage {
    /// What partners have yet to send is not sent any more.
    pub fn calls_off(&self) {
        self.world().call_off();
    }
}

impl Program<'_> {
    /// It ends by itself, however.
    pub fn ends(self) -> Outcome<Exit> {
        self.end(&|| Expected::new(Expectation::CleanEnd, "its end"))
    }

    /// How it has ended by itself, if it has.
    pub fn exit(self) -> Option<Exit> {
        self.stage().world().exit()
    }
}
