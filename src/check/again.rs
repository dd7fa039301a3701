//! The contrast: a program that failed a check is run once more and given something else, to tell
//! causes apart that looked the same.

use super::partners::{Client, Server};
use super::stage::Stage;
use super::wait::{Halt, Wait};
use super::{Failure, Outcome};
use crate::evidence::{Role, Socket, View};

/// How many messages a program is given at most: the first is short, all others are long. Together
/// they are more than any runtime keeps in a buffer.
const MESSAGES: usize = 40;
const SHORT: usize = 3;
const LONG: usize = 1000;

/// How many of them it is given one by one. All others come at once, which takes no longer.
const SINGLY: usize = 3;

impl Stage {
    /// Starts the program, and plays the parts of everybody else until it has ended or was given
    /// everything: whatever it waits for comes, and nothing is expected of it. What it does is
    /// evidence.
    ///
    /// # Errors
    ///
    /// When the machine cannot do its part, or someone pressed Ctrl-C.
    pub fn play_on(&self) -> Outcome {
        match self.play() {
            // It does what it does.
            Err(Failure::Unmet(_)) => Ok(()),
            other => other,
        }
    }

    fn play(&self) -> Outcome {
        let server = match (self.scene().role, self.scene().address) {
            (Role::Client, Some(address)) => Some(self.server_at(&address.to_string())?),
            _ => None,
        };
        self.program()?;
        let waits = self.wait(Wait::State, |world| waits_for(&world.view).map(drop));
        if let Err(Halt::Failure(failure)) = waits {
            return Err(failure);
        }
        let client = match (self.scene().role, self.scene().address) {
            (Role::Client, _) | (_, None) => None,
            _ => Some(self.client()?),
        };
        for number in 0..MESSAGES {
            let message = self.message_of_letters(if number == 0 { SHORT } else { LONG });
            if !self.gives(&message, client, server)? {
                break;
            }
            if number < SINGLY {
                self.comes_to_rest()?;
            }
        }
        self.comes_to_rest()
    }

    /// Gives the program what it waits for; false when it waits for nothing that can be given.
    fn gives(
        &self,
        message: &str,
        client: Option<Client<'_>>,
        server: Option<Server<'_>>,
    ) -> Outcome<bool> {
        let asked =
            server.and_then(|server| server.takes(&mut self.world()).map(|it| (server, it)));
        if let Some((server, request)) = asked {
            return server.answers(request.from, message).map(|()| true);
        }
        let waits = waits_for(&self.world().view);
        match (waits, client) {
            (Some(For::Typing), _) => self.world().type_line(message)?,
            (Some(For::Datagram), Some(client)) => client.sends(message)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// What a program can wait for that can be given.
enum For {
    Typing,
    Datagram,
}

fn waits_for(view: &View) -> Option<For> {
    let is_waited_on = |socket: &Socket| view.waiter(socket).is_some();
    if view.waits_on_terminal() {
        return Some(For::Typing);
    }
    view.udp().any(is_waited_on).then_some(For::Datagram)
}
