//! What a right monitor and a right sender of lab 11 do.

#[path = "check/edges.rs"]
mod edges;
#[path = "check/events.rs"]
mod events;
#[path = "check/hostile.rs"]
mod hostile;
#[path = "check/monitor.rs"]
mod monitor;
#[path = "check/numbers.rs"]
mod numbers;
#[path = "check/sender.rs"]
mod sender;

use std::time::Duration;

use crate::course::Plan;
use crate::evidence::Role;

/// Where the monitor is.
const MONITOR: &str = "127.0.0.1:12011";

/// The time between two heartbeats.
const INTERVAL: Duration = Duration::from_millis(100);

/// So long a skipped number is awaited.
const PATIENCE: Duration = Duration::from_millis(200);

/// After so long without a new number a sender is dead.
const SILENCE: Duration = Duration::from_millis(300);

/// How much later than the lab says something may come: a machine may have much to do.
const SLACK: Duration = Duration::from_secs(1);

/// A stall of the machine that is too short to change what a right program does: the shortest that may
/// change it is a skipped number's time, or what a heartbeat may be late before its sender is dead.
const STALL: Duration = Duration::from_millis(150);

/// How much earlier it may come: some clocks are coarse.
const GRAIN: Duration = Duration::from_millis(20);

pub(crate) fn plan() -> Plan {
    let plan = Plan::new("Who has fallen silent", Role::Server).at(MONITOR);
    let plan = monitor::checks(plan);
    let plan = numbers::checks(plan);
    let plan = edges::checks(plan);
    let plan = hostile::checks(plan);
    sender::checks(plan)
}
