//! What right programs of lab 13 do.

#[path = "check/bad_network.rs"]
mod bad_network;
#[path = "check/client.rs"]
mod client;
#[path = "check/errors.rs"]
mod errors;
#[path = "check/files.rs"]
mod files;
#[path = "check/options.rs"]
mod options;
#[path = "check/packet.rs"]
mod packet;
#[path = "check/server.rs"]
mod server;
#[path = "check/silence.rs"]
mod silence;
#[path = "check/transfer.rs"]
mod transfer;
#[path = "check/waits.rs"]
mod waits;
#[path = "check/wrong.rs"]
mod wrong;

use crate::course::Plan;
use crate::evidence::Role;

const ADDRESS: &str = "127.0.0.1:6969";

/// The lengths at which programs go wrong: around one block, and two whole ones.
const LENGTHS: [usize; 5] = [0, 511, 512, 513, 1024];

/// A file of 5 MB, and one with more blocks than 16 bits can count.
const LARGE: usize = 5_000_000;
const HUGE: usize = 0x1_0002 * 512 + 100;

pub(crate) fn plan() -> Plan {
    let plan = Plan::new("TFTP, server and client", Role::Server).at(ADDRESS);
    let plan = plan.read_by(packet::in_words);
    client::checks(server::checks(plan).of(Role::Client))
}
