//! What right programs of lab 12 do.

#[path = "check/client.rs"]
mod client;
#[path = "check/floods.rs"]
mod floods;
#[path = "check/message.rs"]
mod message;
#[path = "check/server.rs"]
mod server;
#[path = "check/tries.rs"]
mod tries;

use crate::course::Plan;
use crate::evidence::Role;

const ADDRESS: &str = "127.0.0.1:12012";

pub(crate) fn plan() -> Plan {
    let plan = Plan::new("A counter that is asked again", Role::Server).at(ADDRESS);
    clients(servers(plan.read_by(message::in_words)))
}

fn servers(plan: Plan) -> Plan {
    plan.check("is-bound", "binds a UDP socket to 127.0.0.1:12012", server::is_bound)
        .check("adds", "adds, and answers with the counter's value", server::adds)
        .needs("is-bound")
        .check("reads", "reads without a change", server::reads)
        .needs("adds")
        .check("at-most-once", "carries out a repeated request once", server::at_most_once)
        .needs("adds")
        .check("old-answer", "repeats the old answer, not the newest value", server::old_answer)
        .needs("at-most-once")
        .check("any-port", "knows a request that comes again from another port", server::any_port)
        .needs("at-most-once")
        .check("two-clients", "tells two clients apart", server::two_clients)
        .needs("at-most-once")
        .check("any-order", "serves requests in any order of their numbers", server::any_order)
        .needs("at-most-once")
        .check("full", "refuses what does not fit into the counter", server::full)
        .needs("old-answer")
        .check("no-request", "passes over what is no request", server::no_request)
        .needs("reads")
        .check("remembers", "remembers its last 1000 answers", floods::remembers)
        .needs("old-answer")
        .check("bounded-memory", "forgets what is older than 5000 answers", floods::bounded_memory)
        .needs("remembers")
        .check("survives-noise", "survives 10000 random datagrams", floods::survives_noise)
        .needs("no-request")
}

fn clients(plan: Plan) -> Plan {
    plan.of(Role::Client)
        .check("asks", "asks in one datagram of 16 bytes", client::asks)
        .check("prints", "prints the value of the answer, and ends with status 0", client::prints)
        .needs("asks")
        .check(
            "each-operation",
            "makes each operation a request of its own",
            client::each_operation,
        )
        .needs("prints")
        .check("each-run", "makes each run a client of its own", client::each_run)
        .needs("prints")
        .check("refused", "tells when it is refused", client::refused)
        .needs("prints")
        .check("retries", "sends the same bytes again when no answer comes", tries::retries)
        .needs("each-operation")
        .idles()
        .check("backs-off", "waits longer for a later try", tries::backs_off)
        .needs("retries")
        .idles()
        .check("jitter", "draws each wait anew", tries::jitter)
        .needs("backs-off")
        .idles()
        .check("gives-up", "gives up after six tries, no two of them far apart", tries::gives_up)
        .needs("backs-off")
        .idles()
        .check("nobody-there", "goes on when nobody is there yet", tries::nobody_there)
        .needs("gives-up")
        .idles()
        .check("late-answer", "does not take a late answer for another", client::late_answer)
        .needs("retries")
        .idles()
        .check("stranger", "does not believe a stranger", client::stranger)
        .needs("retries")
        .idles()
        .check("no-answer", "passes over what is no answer", client::no_answer)
        .needs("retries")
        .idles()
        .check("one-deadline", "keeps to its time whatever comes", tries::one_deadline)
        .needs("backs-off")
        .idles()
}
