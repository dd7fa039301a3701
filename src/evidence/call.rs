//! The program's own calls that make and change sockets, as the kernel told of them.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::{Family, SocketKind};

/// A call that was made, with what it was given. See `socket(2)`, `bind(2)`, `connect(2)`,
/// `listen(2)`, `setsockopt(2)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "kebab-case")]
pub enum SocketCall {
    /// Asks for a socket of IPv4 or IPv6; `errno` is what the kernel says to that, 0 when it makes
    /// one, and `None` where that depends on rights.
    Socket { family: Family, kind: SocketKind, errno: Option<i32> },
    /// Asks for an address. Both are `None` where they could not be seen.
    Bind { fd: i32, address: Option<SocketAddr>, errno: Option<i32> },
    /// Names whom it wants to speak with. `errno` is `None` of a TCP socket, which waits for its
    /// partner first. Without an address it takes back what it named (`AF_UNSPEC`), or the address
    /// could not be seen.
    Connect { fd: i32, address: Option<SocketAddr>, errno: Option<i32> },
    /// The same of a local socket (`AF_UNIX`) that has a name without a file, an abstract one, which
    /// only who is in the same network can reach; `held` when somebody there has that name.
    ConnectAbstract { fd: i32, name: String, held: bool },
    /// Wants connections.
    Listen { fd: i32, backlog: i32 },
    /// Sets an option, by its numbers in C.
    Setsockopt { fd: i32, level: i32, option: i32 },
}
