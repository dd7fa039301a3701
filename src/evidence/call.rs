//! The program's own calls that make and change sockets, as the kernel told of them.

use std::net::SocketAddr;

use serde::Serialize;

use super::{Family, SocketKind};

/// A call that was made, with what it was given. See `socket(2)`, `bind(2)`, `listen(2)`,
/// `setsockopt(2)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "call", rename_all = "kebab-case")]
pub enum SocketCall {
    /// Asks for a socket of IPv4 or IPv6.
    Socket { family: Family, kind: SocketKind },
    /// Asks for an address; `errno` is what the kernel said, 0 when it granted it. Both are `None`
    /// where they could not be seen.
    Bind { fd: i32, address: Option<SocketAddr>, errno: Option<i32> },
    /// Wants connections.
    Listen { fd: i32, backlog: i32 },
    /// Sets an option, by its numbers in C.
    Setsockopt { fd: i32, level: i32, option: i32 },
}
