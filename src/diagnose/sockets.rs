//! Causes of a missing socket, or of one that is bound elsewhere.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::answers::busy;
use super::clues::{is_ephemeral, meaning_of_bind, meaning_of_socket};
use super::{Case, Cause, Finding};
use crate::evidence::{Call, Ending, Exit, Expectation, Family, Role, Socket, SocketCall};

pub(super) const CAUSES: &[Cause] = &[
    Cause { id: "exit-early", shows: ended },
    Cause { id: "start-reads-stdin", shows: reads_stdin },
    Cause { id: "udp-stream-socket", shows: stream_socket },
    Cause { id: "udp-port-byte-order", shows: byte_order },
    Cause { id: "addr-v6only", shows: v6only },
    Cause { id: "udp-bind-loopback-only", shows: loopback_only },
    Cause { id: "addr-localhost-v6-first", shows: localhost_v6 },
    Cause { id: "udp-bind-broadcast", shows: broadcast },
    Cause { id: "udp-bind-hostname", shows: other_address },
    Cause { id: "udp-no-bind", shows: no_bind },
    Cause { id: "udp-wrong-port", shows: wrong_port },
    Cause { id: "conc-busy-poll", shows: busy },
    Cause { id: "udp-socket-closed-early", shows: closed_early },
    Cause { id: "udp-no-socket", shows: no_socket },
];

/// The address to which the program should be bound.
fn wanted(case: &Case<'_>) -> Option<SocketAddr> {
    match case.unmet.expectation {
        Expectation::Bound { address } => Some(address),
        _ => None,
    }
}

fn wanted_port(case: &Case<'_>) -> Option<u16> {
    wanted(case).map(|address| address.port())
}

/// A UDP socket that is bound to the right port, though not so that what is sent there arrives.
fn at_the_port<'e>(case: &Case<'e>) -> Option<&'e Socket> {
    let port = wanted_port(case)?;
    case.udp().find(|socket| socket.port() == Some(port))
}

fn ended(case: &Case<'_>) -> Option<Finding> {
    let exit = case.unmet.exit.filter(|_| case.unmet.ending == Ending::Exited)?;
    if exit.is_success() {
        return Finding::new(
            "your program ended before it waited for anything: with its end the system closed its \
             sockets",
            "let it wait, as the handout says: for Enter, or in a receive",
        );
    }
    None
}

/// A TCP socket in the place of the other. One that has a UDP socket too wants something else with it.
fn stream_socket(case: &Case<'_>) -> Option<Finding> {
    let socket = case.tcp()?;
    let at_its_place = wanted_port(case).is_some_and(|port| socket.port() == Some(port));
    (at_its_place || case.udp().next().is_none()).then_some(())?;
    Finding::new(
        format!("you made a TCP socket (SOCK_STREAM: {socket}); this lab needs a datagram socket"),
        "create it with SOCK_DGRAM (socket2: Type::DGRAM; std: UdpSocket)",
    )
}

fn byte_order(case: &Case<'_>) -> Option<Finding> {
    let port = wanted_port(case)?;
    let swapped = port.swap_bytes();
    case.udp().find(|socket| socket.port() == Some(swapped))?;
    Finding::new(
        format!(
            "your socket is bound to port {swapped} (0x{swapped:04x}), which is {port} \
             (0x{port:04x}) with its two bytes swapped"
        ),
        "in C wrap the port in htons() once; in Rust and Python give the plain number",
    )
}

fn v6only(case: &Case<'_>) -> Option<Finding> {
    let socket = at_the_port(case)?;
    let all = socket.local.is_some_and(|local| local.ip().is_unspecified());
    (socket.family == Family::Ipv6 && all).then_some(())?;
    let wanted = wanted(case)?.ip();
    Finding::new(
        format!(
            "your socket is bound to :: and takes IPv6 only (IPV6_V6ONLY): nothing sent to \
             {wanted} reaches it"
        ),
        format!("bind {wanted}, or clear IPV6_V6ONLY before bind"),
    )
}

/// Bound to its host's loopback, where the lab's other host cannot reach it.
fn loopback_only(case: &Case<'_>) -> Option<Finding> {
    let local = at_the_port(case)?.local?.ip().to_canonical();
    let wanted = wanted(case)?.ip();
    (local.is_loopback() && !wanted.is_loopback()).then_some(())?;
    let finding = Finding::new(
        format!(
            "your socket is bound to {local}, an address of the loopback: every host has its own, \
             and nobody on another host can send to this one"
        ),
        format!("bind {wanted}, the address of this host in the network"),
    );
    if local == Ipv4Addr::LOCALHOST || local.is_ipv6() {
        return finding;
    }
    finding.and_then(Finding::or(
        "udp-bind-hostname",
        "perhaps it comes from the host's name, which may stand for any of its addresses",
    ))
}

/// Bound to the address that stands for all hosts of the network.
fn broadcast(case: &Case<'_>) -> Option<Finding> {
    let (IpAddr::V4(local), IpAddr::V4(wanted)) =
        (at_the_port(case)?.local?.ip(), wanted(case)?.ip())
    else {
        return None;
    };
    let [a, b, c, _] = wanted.octets();
    (local.is_broadcast() || local == Ipv4Addr::new(a, b, c, 255)).then_some(())?;
    Finding::new(
        format!(
            "your socket is bound to {local}, the broadcast address: it gets what is sent to all \
             hosts at once, and nothing that is sent to this one"
        ),
        format!("bind {wanted}, or 0.0.0.0 for all addresses of this host"),
    )
}

fn localhost_v6(case: &Case<'_>) -> Option<Finding> {
    let socket = at_the_port(case)?;
    let local = socket.local?;
    let loopback = local.ip().is_loopback() && socket.family == Family::Ipv6;
    (loopback && local.ip().to_canonical().is_ipv6()).then_some(())?;
    let wanted = wanted(case)?.ip();
    Finding::new(
        format!(
            "your socket is bound to ::1, the loopback of IPv6: \"localhost\" is two addresses, \
             and the lab's is {wanted}"
        ),
        format!("bind {wanted} by its number"),
    )
}

fn other_address(case: &Case<'_>) -> Option<Finding> {
    let local = at_the_port(case)?.local?;
    Finding::new(
        format!(
            "your socket is bound to {}: the port is right, but only what is sent to that very \
             address reaches it",
            local.ip()
        ),
        format!("bind {}; a host's name may stand for any of its addresses", wanted(case)?.ip()),
    )
}

/// True when the program asked for this port, as far as its calls or the number itself tell.
fn is_chosen(case: &Case<'_>, port: u16) -> bool {
    let asks = |call: &SocketCall| match call {
        SocketCall::Bind { address: Some(address), .. } => address.port() == port,
        _ => false,
    };
    !is_ephemeral(port) || case.calls().any(asks)
}

/// The port of a socket that the program has bound elsewhere.
fn chosen_port(case: &Case<'_>) -> Option<u16> {
    case.udp().filter_map(Socket::port).find(|port| is_chosen(case, *port))
}

fn no_bind(case: &Case<'_>) -> Option<Finding> {
    let wanted = wanted(case)?;
    chosen_port(case).is_none().then_some(())?;
    let socket = case.udp().next()?;
    let what = match socket.port() {
        None => match case.failed_bind() {
            Some((address, errno)) => format!(
                "your socket has no address: bind to {address} failed ({}), and the error was not \
                 looked at",
                meaning_of_bind(errno)
            ),
            None if case.never_binds() => "your socket has no address: it was never bound".into(),
            None => "your socket has no address: it was never bound, or bind failed and the error \
                     was not looked at"
                .into(),
        },
        Some(port) => format!(
            "your socket has port {port}, which the system chose: it was never bound to a port of \
             its own"
        ),
    };
    let finding = Finding::new(
        format!("{what}; nothing sent to your server can arrive"),
        format!(
            "call bind with {} and {} before the first receive, and look at its result",
            wanted.ip(),
            wanted.port()
        ),
    );
    match socket.port() {
        Some(_) if !case.sees_calls() => finding.and_then(Finding::or(
            "udp-wrong-port",
            "the program itself asked for that port, and the system was free to give it",
        )),
        _ => finding,
    }
}

fn wrong_port(case: &Case<'_>) -> Option<Finding> {
    let wanted = wanted_port(case)?;
    let port = chosen_port(case)?;
    Finding::new(
        format!("your socket is bound to port {port}; the lab's port is {wanted}"),
        format!("bind port {wanted}"),
    )
}

fn reads_stdin(case: &Case<'_>) -> Option<Finding> {
    let asks = match case.role {
        // It has nobody to ask.
        Role::Server | Role::Client => case.waits_for_typing() && case.udp().next().is_none(),
        // Enter ends it, in this lab; here Enter led on, to a socket or to an error.
        Role::Program => case.typed().is_some() && went_on(case),
    };
    asks.then_some(())?;
    Finding::new(
        "your program waits for someone to type before it makes its socket: a lab's program takes \
         its address from the lab",
        "write the address into the program, and ask nothing",
    )
}

/// What became of a program that was waiting without a socket, once Enter was pressed.
fn went_on(case: &Case<'_>) -> bool {
    let made_a_socket = case.rest().is_some_and(|view| !view.sockets.is_empty());
    made_a_socket || matches!(case.evidence.exit(), Some(Exit::Code(code)) if code != 0)
}

/// A socket was made, and is not there.
fn closed_early(case: &Case<'_>) -> Option<Finding> {
    case.rest()?.sockets.is_empty().then_some(())?;
    let asks = |call: &&SocketCall| matches!(call, SocketCall::Socket { .. });
    case.calls().find(asks).filter(|_| case.refused_socket().is_none())?;
    let closed = Finding::new(
        "your program created a socket and closed it before it waits: in Rust `let _ = …` and a \
         block's end drop a socket, and dropping closes it",
        "keep the socket in a variable for as long as it is needed",
    );
    let is_bound = |call: &SocketCall| matches!(call, SocketCall::Bind { errno: Some(0), .. });
    let connects = |call: &SocketCall| matches!(call, SocketCall::Connect { .. });
    if case.calls().any(is_bound) || !case.calls().any(connects) {
        return closed;
    }
    closed.and_then(Finding::or(
        "udp-no-socket",
        "it never created one: the system's own libraries connect a socket for a moment when they \
         look up a name",
    ))
}

fn no_socket(case: &Case<'_>) -> Option<Finding> {
    let view = case.rest()?;
    view.sockets.is_empty().then_some(())?;
    if let Some(errno) = case.refused_socket() {
        return Finding::new(
            format!(
                "your program has no socket while it waits: the call that creates it failed ({}), \
                 and its result was not looked at",
                meaning_of_socket(errno)
            ),
            "look at what socket returns; give it AF_INET, SOCK_DGRAM and 0",
        );
    }
    let none = Finding::new(
        "your program has no socket of IPv4 or IPv6 while it waits: none was created",
        "create the socket (AF_INET), and keep it in a variable for as long as it is needed",
    );
    if view.threads.iter().any(|thread| thread.call == Call::Sleep) {
        return none
            .and_then(Finding::or("conc-sleeps", "it sleeps first, and longer than one waits"));
    }
    if case.sees_calls() {
        return none;
    }
    none.and_then(Finding::or(
        "udp-socket-closed-early",
        "it was closed at once: in Rust `let _ = …` and a block's end drop a socket, and dropping \
         closes it",
    ))
}
