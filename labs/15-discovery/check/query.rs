//! What a query looks like, and what is wrong with one that does not.

use std::net::Ipv4Addr;

use crate::check::{Carried, Wrong};

/// A query that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) number: u32,
    pub(super) known: Vec<Ipv4Addr>,
}

impl Query {
    pub(super) fn read(payload: &[u8]) -> Result<Query, Wrong> {
        let text = std::str::from_utf8(payload).unwrap_or_default();
        if text.ends_with(['\n', '\r']) {
            return Err(Wrong::cause(
                "frame-line-end-sent",
                "a line end stands behind the query, and is a part of it: servers that compare words \
                 do not know this one",
                "send the words without a line end: a datagram has its own end",
            ));
        }
        if payload.ends_with(&[0]) {
            return Err(Wrong::cause(
                "frame-length-off",
                "zero bytes stand behind the query: more was sent than the text is long",
                "send as many bytes as the text has: strlen(query), not sizeof query",
            ));
        }
        let mut words = text.split(' ');
        let begins = words.next() == Some("DISCOVER");
        let number = words.next().and_then(number).filter(|_| begins);
        let known = match words.next() {
            None => Some(Vec::new()),
            Some("KNOWN") => {
                let all: Option<Vec<_>> = words.map(|word| word.parse().ok()).collect();
                all.filter(|all| !all.is_empty())
            }
            Some(_) => None,
        };
        match (number, known) {
            (Some(number), Some(known)) => Ok(Query { number, known }),
            (Some(_), None) => Err(Wrong::cause(
                "disc-query-form",
                "what follows the number is not the word KNOWN and addresses: servers look for their \
                 own address there",
                "write ` KNOWN`, and a space and an address for each server that was found; nothing \
                 where none was",
            )),
            (None, _) => Err(Wrong::cause(
                "disc-query-form",
                "the query does not begin with the word DISCOVER, a space and a number: servers pass \
                 over what they do not understand",
                "begin it with `DISCOVER ` and a number from 1 to 65535 in digits",
            )),
        }
    }
}

/// A number from 1 to 65535, in digits.
fn number(word: &str) -> Option<u32> {
    let is_plain = word.bytes().all(|byte| byte.is_ascii_digit()) && !word.starts_with('0');
    word.parse().ok().filter(|number| is_plain && (1..=65535).contains(number))
}

/// What is wrong with a query's address, if anything is: `way` leads to `wanted`.
pub(super) fn goes_right(way: &str, wanted: Ipv4Addr, port: u16, sent: &Carried) -> Result<(), Wrong> {
    if sent.from.ip().is_loopback() {
        return Err(Wrong::cause(
            "mcast-wrong-interface",
            format!(
                "your query left by the loopback, from {}: it stays on its own host, and no server \
                 hears it",
                sent.from.ip()
            ),
            "leave IP_MULTICAST_IF alone, or give it the address that this host has in the network",
        ));
    }
    if sent.to.ip() != wanted {
        return Err(another_address(way, wanted, sent));
    }
    if sent.to.port() == port.swap_bytes() {
        return Err(Wrong::cause(
            "udp-port-byte-order",
            format!(
                "your query went to port {} (0x{:04x}), which is {port} (0x{port:04x}) with its two \
                 bytes swapped",
                sent.to.port(),
                sent.to.port(),
            ),
            "in C wrap the port in htons() once; in Rust and Python give the plain number",
        ));
    }
    if sent.to.port() != port {
        return Err(Wrong::cause(
            "udp-wrong-port",
            format!("your query went to port {}; servers listen at port {port}", sent.to.port()),
            format!("send it to port {port}"),
        ));
    }
    Ok(())
}

fn another_address(way: &str, wanted: Ipv4Addr, sent: &Carried) -> Wrong {
    let to = sent.to.ip();
    let what = match to.to_string().as_str() {
        "255.255.255.255" => "every host of whatever network the sender is in",
        "192.168.15.255" => "every host of 192.168.15.0/24",
        "192.168.15.0" => "nobody: it is the number of the network itself",
        "192.168.15.10" => "your program's own host",
        text if text.starts_with("192.168.15.") => "one host alone",
        _ if to.is_multicast() => "another group than that of the servers",
        _ => "somebody else",
    };
    Wrong::cause(
        "disc-wrong-address",
        format!("told `{way}`, your program asked {to}, which stands for {what}"),
        format!("for `{way}` send to {wanted}"),
    )
}
