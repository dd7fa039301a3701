//! Questions to the evidence that several causes ask.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::Case;
use crate::evidence::{
    About, Expectation, Flight, Payload, Protocol, Receive, RuntimeError, Socket, SocketCall,
    SocketKind, Stream, View, What, errno_name, last_error,
};
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

    /// The text that should be in its output and is not, and what it is about.
    pub(super) fn wanted(&self) -> Option<(String, About)> {
        match &self.unmet.expectation {
            Expectation::Output { text, about } => {
                Some((String::from_utf8_lossy(text.bytes()).into_owned(), *about))
            }
            _ => None,
        }
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

    /// The last error that its runtime printed, or that it printed itself as the system tells it.
    pub(super) fn error(&self) -> Option<RuntimeError> {
        last_error(&self.evidence.output())
    }

    /// True when that is the error that the operating system has under this number.
    pub(super) fn failed_with(&self, errno: i32) -> bool {
        self.error().is_some_and(|error| error.errno == Some(errno))
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

    /// What the receive asks for in which it waits, where that can be seen.
    pub(super) fn receive(&self) -> Option<Receive> {
        receive_of(self.rest()?)
    }

    /// True when it waits in another receive than in the one in which it waited first: it takes two
    /// datagrams in turn.
    pub(super) fn receives_in_two(&self) -> bool {
        let first = self.evidence.views().filter(|view| view.is_at_rest()).find_map(receive_of);
        first.is_some() && first != self.receive()
    }

    /// True when the text shows at least one word of the message, in capitals or not: then it was
    /// made from the message, however wrongly.
    pub(super) fn has_words_of(text: &[u8], message: &[u8]) -> bool {
        let lower = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_lowercase();
        let text = lower(text);
        let message = lower(message);
        // A port has digits too, by chance those of the message.
        let is_word = |word: &&str| word.len() > 3 && !word.contains(|c: char| c.is_ascii_digit());
        let mut words = message.split(|c: char| !c.is_alphanumeric()).filter(is_word);
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

    /// What peers received from it, oldest first.
    pub(super) fn received_payloads(&self) -> impl Iterator<Item = &'e [u8]> + use<'e> {
        self.evidence.all().filter_map(|what| match what {
            What::Received { payload, .. } => Some(payload.bytes()),
            _ => None,
        })
    }

    /// What peers received since one last sent something, oldest first.
    pub(super) fn came_since_sent(&self) -> Vec<&'e [u8]> {
        let mut came = Vec::new();
        for what in self.evidence.all() {
            match what {
                What::Sent { .. } => came.clear(),
                What::Received { payload, .. } => came.push(payload.bytes()),
                _ => {}
            }
        }
        came
    }

    /// From where a peer got the last datagram.
    pub(super) fn came_from(&self) -> Option<SocketAddr> {
        self.evidence.all().rev().find_map(|what| match what {
            What::Received { from, .. } => Some(*from),
            _ => None,
        })
    }

    /// True when a message of the last one's kind was sent before: one that is text as it is, or
    /// none, ASCII or more, of one line or of several. A program that fails at the first of another
    /// kind has another reason.
    pub(super) fn has_sent_its_like(&self) -> bool {
        let kind = |message: &[u8]| {
            let is_text = std::str::from_utf8(message).is_ok();
            (message.is_empty(), is_text, message.is_ascii(), message.contains(&b'\n'))
        };
        let mut kinds: Vec<_> = self.sent().map(kind).collect();
        kinds.pop().is_some_and(|last| kinds.contains(&last))
    }

    /// Where this payload went, if it went to nobody who plays a part.
    pub(super) fn went_astray(&self, payload: &[u8]) -> Option<SocketAddr> {
        let noticed = self.evidence.all().find_map(|what| match what {
            What::Strayed { at, payload: strayed, .. } if strayed.bytes() == payload => Some(*at),
            _ => None,
        });
        let is_it = |flight: &&Flight| flight.packet().payload() == payload;
        noticed.or_else(|| Some(self.astray().rfind(is_it)?.way().1))
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
        noticed.or_else(|| Some((self.astray().next_back()?.way().1, Protocol::Udp)))
    }

    /// The program's datagrams that went to nobody who plays a part. What asks for a name (RFC 1035,
    /// port 53) is the system's own affair.
    fn astray(&self) -> impl DoubleEndedIterator<Item = &'e Flight> {
        let peers: Vec<SocketAddr> = self.evidence.all().filter_map(peer).collect();
        let is_astray = move |flight: &&Flight| {
            let (from, to) = flight.way();
            flight.packet().protocol() == packet::Protocol::Udp
                && to.port() != 53
                && !to.ip().is_multicast()
                && !peers.contains(&from)
                && !peers.contains(&to)
        };
        self.evidence.flights().map(|(_, flight)| flight).filter(is_astray)
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

    /// True when it has asked for a socket of connections, or was seen with one. Where calls are not
    /// told of, one that was never seen with another may have had it.
    pub(super) fn had_a_stream_socket(&self) -> bool {
        let is_stream =
            |call: &SocketCall| matches!(call, SocketCall::Socket { kind: SocketKind::Stream, .. });
        let is_tcp = |socket: &Socket| socket.protocol == Protocol::Tcp;
        let is_unseen =
            || !self.sees_calls() && self.evidence.views().all(|view| view.udp().next().is_none());
        let was_seen = self.evidence.views().any(|view| view.sockets.iter().any(is_tcp));
        was_seen || self.calls().any(is_stream) || is_unseen()
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

    /// Why the kernel refused it a socket, when it got none at all: the error's number.
    pub(super) fn refused_socket(&self) -> Option<i32> {
        let mut errnos = self.calls().filter_map(|call| match call {
            SocketCall::Socket { errno, .. } => Some(*errno),
            _ => None,
        });
        let first = errnos.next()??;
        errnos
            .all(|errno| errno.is_some_and(|errno| errno > 0))
            .then_some(first)
            .filter(|it| *it > 0)
    }

    /// True when each socket that it asked for is one of TCP.
    pub(super) fn speaks_tcp_only(&self) -> bool {
        let mut kinds = self.calls().filter_map(|call| match call {
            SocketCall::Socket { kind, .. } => Some(*kind),
            _ => None,
        });
        kinds.next() == Some(SocketKind::Stream) && kinds.all(|kind| kind == SocketKind::Stream)
    }

    /// To whom a socket that it had bound was connected last, if that held.
    pub(super) fn connected_to(&self) -> Option<SocketAddr> {
        let bound = |fd: &i32| {
            self.calls().any(|call| {
                matches!(call, SocketCall::Bind { fd: known, errno: Some(0), .. } if known == fd)
            })
        };
        self.calls().rev().find_map(|call| match call {
            SocketCall::Connect { fd, address, errno: Some(0) | None } if bound(fd) => {
                Some(*address)
            }
            _ => None,
        })?
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

/// What the receive asks for in which someone waits on a UDP socket.
fn receive_of(view: &View) -> Option<Receive> {
    view.udp().find_map(|socket| view.waiter(socket)?.receive)
}

/// The address of the peer that this is about, if it is about one.
fn peer(what: &What) -> Option<SocketAddr> {
    match what {
        What::Joined { at, .. } | What::Received { at, .. } => Some(*at),
        What::Sent { from, .. } => Some(*from),
        _ => None,
    }
}

/// What an error of `bind` means, as far as its number tells.
pub(super) fn meaning_of_bind(errno: i32) -> String {
    let meaning = match errno {
        libc::EADDRINUSE => Some("another socket has it"),
        libc::EADDRNOTAVAIL => Some("no interface of this host has that address"),
        libc::EACCES => Some("it is not for everybody"),
        _ => None,
    };
    with_meaning(errno, meaning)
}

/// What an error of `socket` means.
pub(super) fn meaning_of_socket(errno: i32) -> String {
    let meaning = match errno {
        libc::EPROTONOSUPPORT => Some("that kind of socket does not speak that protocol"),
        libc::ESOCKTNOSUPPORT | libc::EINVAL => Some("there is no such kind of socket"),
        libc::EAFNOSUPPORT => Some("this machine has no such family of addresses"),
        _ => None,
    };
    with_meaning(errno, meaning)
}

fn with_meaning(errno: i32, meaning: Option<&str>) -> String {
    let name = errno_name(errno).map_or(format!("errno {errno}"), str::to_owned);
    meaning.map_or(name.clone(), |meaning| format!("{name}: {meaning}"))
}

/// True when `port` is one that the kernel hands out by itself.
pub(super) fn is_ephemeral(port: u16) -> bool {
    port >= 32768
}
