//! The course: its labs, what their programs must do, and how one lab is checked.

mod link;
mod part;
mod run;
mod schedule;
mod starter;

use std::net::{Ipv4Addr, SocketAddr};

use crate::check::{Outcome, Stage};
use crate::evidence::{Host, Reading, Role};

pub use link::Link;
pub use part::Part;
pub use run::{Interrupted, Options, Submission, check, check_all, refused};
pub use starter::{State, Todo, starter, state, todos, without_marks};

/// A lab: a folder of `labs/`.
#[derive(Clone, Debug)]
pub struct Lab {
    /// The number, for people.
    pub number: u8,
    /// The name, for machines; it never changes.
    pub slug: &'static str,
    /// The folder's name in `labs/`: `06-ack-server`.
    pub folder: &'static str,
    /// What a right program does.
    pub plan: Plan,
    /// The text of the handout, `README.md`.
    pub handout: &'static str,
    /// The programs that it asks for: one, or a server and a client.
    pub parts: Vec<Part>,
}

impl Lab {
    /// A lab with these solutions: the one of its only program has no name, those of several are
    /// named by their roles.
    pub fn new(
        number: u8,
        slug: &'static str,
        folder: &'static str,
        plan: Plan,
        handout: &'static str,
        solutions: &[(&'static str, &'static str)],
    ) -> Lab {
        let part = |&(name, solution)| Part::new(number, folder, name, plan.role, solution);
        let parts = solutions.iter().map(part).collect();
        Lab { number, slug, folder, plan, handout, parts }
    }

    /// The name of the lab's package, and of the learner's program where there is but one: `lab6`.
    pub fn package(&self) -> String {
        format!("lab{}", self.number)
    }

    /// The program that plays this role, if the lab asks for one.
    pub fn part(&self, role: Role) -> Option<&Part> {
        self.parts.iter().find(|part| part.role == role)
    }

    /// True for a lab that asks for more than one program.
    pub fn has_parts(&self) -> bool {
        self.parts.len() > 1
    }

    /// The checks of the program that plays this role, in order.
    pub fn checks_of(&self, role: Role) -> impl Iterator<Item = &Check> {
        self.plan.checks.iter().filter(move |check| check.role == role)
    }
}

/// What a lab asks of a program: the lab's `check.rs` makes one.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The lab's title: `A server that acknowledges`.
    pub title: &'static str,
    /// The role that the learner's program plays: where there are two, the first of them.
    pub role: Role,
    /// Where the lab's server is.
    pub address: Option<SocketAddr>,
    /// The hosts that it plays on, if they are more than one.
    pub hosts: Vec<Host>,
    /// How the lab's protocol reads a datagram, where it has one of its own.
    pub reading: Option<Reading>,
    /// The checks, in order.
    pub checks: Vec<Check>,
    /// The role of the program whose checks are being added.
    turn: Role,
}

impl Plan {
    /// A plan without checks.
    pub fn new(title: &'static str, role: Role) -> Plan {
        Plan {
            title,
            role,
            address: None,
            hosts: Vec::new(),
            reading: None,
            checks: Vec::new(),
            turn: role,
        }
    }

    /// Says where the lab's server is.
    ///
    /// # Panics
    ///
    /// When `address` is no socket address.
    pub fn at(mut self, address: &str) -> Plan {
        self.address = match address.parse() {
            Ok(address) => Some(address),
            Err(_) => panic!("a plan names {address:?}, which is no socket address"),
        };
        self
    }

    /// Says on which hosts the lab plays: a name and an address each. A program, and a peer, is on
    /// the host that has the name of its role.
    ///
    /// # Panics
    ///
    /// When an address is none of IPv4.
    pub fn hosts(mut self, hosts: &[(&'static str, &str)]) -> Plan {
        let host = |&(name, address): &(&'static str, &str)| match address.parse::<Ipv4Addr>() {
            Ok(address) => Host { name: name.to_owned(), address: Some(address) },
            Err(_) => panic!("a plan names {address:?}, which is no IPv4 address"),
        };
        self.hosts = hosts.iter().map(host).collect();
        self
    }

    /// Says how the lab's protocol reads a datagram: reports and drawings have these words in place of
    /// its bytes.
    pub fn read_by(mut self, reading: Reading) -> Plan {
        self.reading = Some(reading);
        self
    }

    /// Adds a check: its id, what a right program does, and how that is found out.
    pub fn check(mut self, id: &'static str, title: &'static str, run: Script) -> Plan {
        let role = self.turn;
        self.checks.push(Check { id, title, role, needs: None, link: None, idles: false, run });
        self
    }

    /// Says that the checks from here on are of the lab's other program, which plays this role.
    pub fn of(mut self, role: Role) -> Plan {
        self.turn = role;
        self
    }

    /// Says that in the last check the program mostly waits for a clock: several such checks run at
    /// once on a processor.
    pub fn idles(mut self) -> Plan {
        if let Some(check) = self.checks.last_mut() {
            check.idles = true;
        }
        self
    }

    /// Says that the last check is played over a link that is not perfect.
    pub fn over(mut self, link: Link) -> Plan {
        if let Some(check) = self.checks.last_mut() {
            check.link = Some(link);
        }
        self
    }

    /// Says that the last check makes sense only when another one has passed.
    pub fn needs(mut self, id: &'static str) -> Plan {
        if let Some(check) = self.checks.last_mut() {
            check.needs = Some(id);
        }
        self
    }

    /// Says that the last check is tried only when all before it have passed, of the same program: it
    /// takes long, and what is wrong is told sooner by another.
    pub fn needs_all(self) -> Plan {
        self.needs(ALL)
    }
}

/// What a check needs that needs all before it.
pub const ALL: &str = "all";

/// The steps and expectations of a check.
pub type Script = fn(&Stage) -> Outcome;

/// One named thing that a right program does.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// Its name within the lab, for machines.
    pub id: &'static str,
    /// What a right program does, as a sentence without its subject.
    pub title: &'static str,
    /// The role of the program that it looks at.
    pub role: Role,
    /// The check that must have passed before, or [`ALL`].
    pub needs: Option<&'static str>,
    /// The link over which it is played, where that is not a perfect one.
    pub link: Option<Link>,
    /// Whether the program mostly waits for a clock in it.
    pub idles: bool,
    /// How it is found out.
    pub run: Script,
}
