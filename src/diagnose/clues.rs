//! Questions to the evidence that several causes ask.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::Case;
use crate::evidence::{Flight, Payload, Protocol, Socket, SocketCall, Stream, View, What};
use crate::packet;

impl<'e> Case<'e> {
    /// Everything that the program printed, as text.
    pub(super) fn printed(&self) -> String {
        String::from_utf8_lossy(&self.evidence.output()).into_owned()
    }

    /// What it printed since it was last sent something, until it was stopped and while.
    pub(super) fn printed_since_sent(&self) -> String {
        String::from_utf8_lossy(&self.evidence.output_since_sent()).into_owned()
    }

    /// What it printed at its terminal once it was told to end.
    pub(super) fn printed_at_its_end(&self) -> String {
        let end = self.evidence.all().skip_while(|what| !matches!(what, What::Stopped));
        let printed = end.filter_map(|what| match what {
            What::Output { stream: Stream::Terminal, text } => Some(text.bytes()),
            _ => None,
        });
        String::from_utf8_lossy(&printed.collect::<Vec<_>>().concat()).into_owned()
    }

    /// What it printed since it was last sent something, without what was typed, which a program may
    /// print for another reason.
    pub(super) fn printed_of_the_message(&self) -> String {
        let printed = self.printed_since_sent();
        let typed = self.typed().map(|typed| String::from_utf8_lossy(typed.bytes()).into_owned());
        match typed.as_deref().map(str::trim) {
            Some(typed) if !typed.is_empty() => printed.replace(typed, ""),
            _ => printed,
        }
    }

    /// The error that the operating system gave to a call, as the runtime's last message tells:
    /// by its number, its name, or its text.
    pub(super) fn failed_with(&self, error: &Errno) -> bool {
        let text = self.printed();
        let number = error.number;
        let numbered = [format!("os error {number})"), format!("[Errno {number}]")];
        numbered.iter().any(|mark| text.contains(mark))
            || text.contains(error.name)
            || text.to_lowercase().contains(error.text)
    }

    /// True when the program's runtime printed this mark, as in a traceback.
    pub(super) fn says(&self, mark: &str) -> bool {
        self.printed().contains(mark)
    }

    /// The state in which the program rests; none once it has ended.
    pub(super) fn rest(&self) -> Option<&'e View> {
        self.evidence.last_rest().filter(|_| self.unmet.exit.is_none())
    }

    /// Its UDP sockets in that state.
    pub(super) fn udp(&self) -> impl Iterator<Item = &'e Socket> + use<'e> {
        self.rest().into_iter().flat_map(View::udp)
    }

    /// A TCP socket of it in that state.
    pub(super) fn tcp(&self) -> Option<&'e Socket> {
        let sockets = &self.rest()?.sockets;
        sockets.iter().find(|socket| socket.protocol == Protocol::Tcp)
    }

    /// True when someone in it waits for a person to type, and nothing else can wake it.
    pub(super) fn waits_for_typing(&self) -> bool {
        let waits = |view: &View| {
            view.waits_on_terminal() && !view.udp().any(|socket| view.waiter(socket).is_some())
        };
        self.rest().is_some_and(waits)
    }

    /// True when it waits in a receive on a UDP socket.
    pub(super) fn waits_to_receive(&self) -> bool {
        self.rest().is_some_and(|view| view.udp().any(|socket| view.waiter(socket).is_some()))
    }

    /// True when the text shows at least one word of the message, in capitals or not: then it was
    /// made from the message, however wrongly.
    pub(super) fn has_words_of(text: &[u8], message: &[u8]) -> bool {
        let lower = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_lowercase();
        let text = lower(text);
        let message = lower(message);
        let mut words = message.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3);
        words.any(|word| {
            let backwards: String = word.chars().rev().collect();
            text.contains(word) || text.contains(&backwards)
        })
    }

    /// True when it has printed this number, standing alone, since it was last sent something.
    pub(super) fn prints_number(&self, number: u16) -> bool {
        let number = number.to_string();
        self.printed_since_sent().split(|c: char| !c.is_ascii_digit()).any(|word| word == number)
    }

    /// The lab's address without its port: 127.0.0.1 where the lab names none.
    pub(super) fn host(&self) -> IpAddr {
        self.address.map_or(Ipv4Addr::LOCALHOST.into(), |address| address.ip())
    }

    /// From where a peer sent last.
    pub(super) fn sender(&self) -> Option<SocketAddr> {
        self.evidence.all().rev().find_map(|what| match what {
            What::Sent { from, .. } => Some(*from),
            _ => None,
        })
    }

    /// The address to which a peer sent last.
    pub(super) fn asked(&self) -> Option<SocketAddr> {
        self.evidence.all().rev().find_map(|what| match what {
            What::Sent { to, .. } => Some(*to),
            _ => None,
        })
    }

    /// The port to which a peer sent last.
    pub(super) fn asked_port(&self) -> Option<u16> {
        self.asked().map(|asked| asked.port())
    }

    /// What a peer sent last.
    pub(super) fn last_sent(&self) -> Option<&'e [u8]> {
        self.evidence.all().rev().find_map(|what| match what {
            What::Sent { payload, .. } => Some(payload.bytes()),
            _ => None,
        })
    }

    /// Everything that peers sent, oldest first.
    pub(super) fn sent(&self) -> impl Iterator<Item = &'e [u8]> + use<'e> {
        self.evidence.all().filter_map(|what| match what {
            What::Sent { payload, .. } => Some(payload.bytes()),
            _ => None,
        })
    }

    /// How many datagrams peers received from it.
    pub(super) fn received(&self) -> usize {
        self.evidence.all().filter(|what| matches!(what, What::Received { .. })).count()
    }

    /// True when a peer got a datagram after it last sent one.
    pub(super) fn has_answered(&self) -> bool {
        let exchange = self.evidence.all().rev().find_map(|what| match what {
            What::Received { .. } => Some(true),
            What::Sent { .. } => Some(false),
            _ => None,
        });
        exchange.unwrap_or(false)
    }

    /// Where something came that should have come elsewhere.
    pub(super) fn stray(&self) -> Option<(SocketAddr, Protocol)> {
        let noticed = self.evidence.all().find_map(|what| match what {
            What::Strayed { at, protocol, .. } => Some((*at, *protocol)),
            _ => None,
        });
        noticed.or_else(|| Some((self.astray()?.way().1, Protocol::Udp)))
    }

    /// The program's last datagram that went to nobody who plays a part. What asks for a name (RFC
    /// 1035, port 53) is the system's own affair.
    fn astray(&self) -> Option<&'e Flight> {
        let peers: Vec<SocketAddr> = self.evidence.all().filter_map(peer).collect();
        let is_astray = |flight: &&Flight| {
            let (from, to) = flight.way();
            flight.packet().protocol() == packet::Protocol::Udp
                && to.port() != 53
                && !to.ip().is_multicast()
                && !peers.contains(&from)
                && !peers.contains(&to)
        };
        self.evidence.flights().map(|(_, flight)| flight).rfind(is_astray)
    }

    /// True when each call that makes or changes a socket was told of, so that what was not told of
    /// was not made.
    pub(super) fn sees_calls(&self) -> bool {
        self.evidence.all().any(|what| matches!(what, What::Started { calls: true, .. }))
    }

    /// The calls that were told of, oldest first.
    pub(super) fn calls(&self) -> impl DoubleEndedIterator<Item = &'e SocketCall> {
        self.evidence.all().filter_map(|what| match what {
            What::Called(call) => Some(call),
            _ => None,
        })
    }

    /// The last `bind` that failed: the address, and the error's number.
    pub(super) fn failed_bind(&self) -> Option<(SocketAddr, i32)> {
        self.calls().rev().find_map(|call| match call {
            SocketCall::Bind { address: Some(address), errno: Some(errno @ 1..), .. } => {
                Some((*address, *errno))
            }
            _ => None,
        })
    }

    /// True when it is known that `bind` was never called.
    pub(super) fn never_binds(&self) -> bool {
        let is_bind = |call: &SocketCall| matches!(call, SocketCall::Bind { .. });
        self.sees_calls() && !self.calls().any(is_bind)
    }

    /// True when every packet was seen, so that what was not seen was not sent.
    pub(super) fn sees_packets(&self) -> bool {
        self.evidence.all().any(|what| matches!(what, What::Opened { network: "private" }))
    }

    /// True when something was sent back because nobody takes what is sent to this address.
    pub(super) fn is_refused_at(&self, address: SocketAddr) -> bool {
        let place = packet::Endpoint::Socket(address);
        let refused = |flight: &Flight| {
            let quote = flight.packet().icmp().and_then(|icmp| icmp.quote());
            quote.is_some_and(|quote| quote.destination == place)
        };
        let told = |what: &What| matches!(what, What::NotTaken { to, .. } if *to == address);
        self.evidence.flights().any(|(_, flight)| refused(flight)) || self.evidence.all().any(told)
    }

    /// True when what a peer sent last has been received, and the program waits for more: a socket
    /// that takes it there is empty, and somebody waits at it.
    pub(super) fn has_taken(&self) -> bool {
        let Some(address) = self.asked() else { return false };
        let waits = |view: &View| {
            let mut there = view.udp().filter(|socket| socket.receives_at(address));
            there.any(|socket| socket.queued == 0 && view.waiter(socket).is_some())
        };
        !self.is_refused_at(address) && self.rest().is_some_and(waits)
    }

    /// What was typed at its terminal.
    pub(super) fn typed(&self) -> Option<&'e Payload> {
        self.evidence.all().find_map(|what| match what {
            What::Typed { text } => Some(text),
            _ => None,
        })
    }
}

/// The address of the peer that this is about, if it is about one.
fn peer(what: &What) -> Option<SocketAddr> {
    match what {
        What::Joined { at, .. } | What::Received { at, .. } => Some(*at),
        What::Sent { from, .. } => Some(*from),
        _ => None,
    }
}

/// An error number of Linux, its name, and the text that C libraries print for it.
pub(super) struct Errno {
    number: i32,
    name: &'static str,
    text: &'static str,
}

macro_rules! errno {
    ($name:ident, $number:literal, $text:literal) => {
        pub(super) const $name: Errno =
            Errno { number: $number, name: stringify!($name), text: $text };
    };
}

errno!(EBADF, 9, "bad file descriptor");
errno!(EACCES, 13, "permission denied");
errno!(EDESTADDRREQ, 89, "destination address required");
errno!(EMSGSIZE, 90, "message too long");
errno!(EOPNOTSUPP, 95, "operation not supported");
errno!(EADDRINUSE, 98, "address already in use");
errno!(EADDRNOTAVAIL, 99, "cannot assign requested address");
errno!(ENOTCONN, 107, "endpoint is not connected");

impl Errno {
    /// What an error of `bind` means, as far as its number tells.
    pub(super) fn of_bind(number: i32) -> String {
        let known = [
            (EADDRINUSE, "another socket has it"),
            (EADDRNOTAVAIL, "no interface of this host has that address"),
            (EACCES, "it is not for everybody"),
        ];
        match known.into_iter().find(|(errno, _)| errno.number == number) {
            Some((errno, meaning)) => format!("{}: {meaning}", errno.name),
            None => format!("errno {number}"),
        }
    }
}

/// True when `port` is one that the kernel hands out by itself.
pub(super) fn is_ephemeral(port: u16) -> bool {
    port >= 32768
}
