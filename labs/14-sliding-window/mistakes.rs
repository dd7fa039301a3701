//! Wrong programs for lab 14. Each has the right habits but one.

#[path = "../mistakes.rs"]
mod mistakes;
#[path = "packet.rs"]
mod packet;
#[path = "mistakes/receiver.rs"]
mod receiver;
#[path = "mistakes/sender.rs"]
mod sender;

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use mistakes::Mistake;
use receiver::receive;
use sender::send;

fn main() -> ExitCode {
    let senders = SENDERS.iter().map(|(name, check, program)| Mistake::new(name, check, *program));
    let all = RECEIVERS.iter().map(|(name, check, program)| Mistake::new(name, check, *program));
    mistakes::run(&all.chain(senders).collect::<Vec<_>>())
}
