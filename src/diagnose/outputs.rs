//! Causes of a text that should be at the program's terminal and is not.

use std::net::Ipv4Addr;

use super::answers::{busy, no_length, operator, refuses_v4, sleeps, two_receives};
use super::payloads::{ends_at_first_space, is_in_another_charset};
use super::{Case, Cause, Finding, second_run};
use crate::evidence::{About, Ending, Expectation, Role};

pub(super) const CAUSES: &[Cause] = &[
    Cause { id: "size-not-terminated", shows: not_terminated },
    Cause { id: "out-not-flushed", shows: not_flushed },
    Cause { id: "addr-v6only", shows: refuses_v4 },
    Cause { id: "udp-socket-per-message", shows: another_socket },
    Cause { id: "udp-socket-per-message", shows: socket_gone },
    Cause { id: "conc-sleeps", shows: sleeps },
    Cause { id: "udp-waits-for-operator", shows: asks },
    Cause { id: "udp-header-then-body", shows: header_then_body },
    Cause { id: "addr-print-unswapped", shows: unswapped },
    Cause { id: "udp-c-addrlen-uninit", shows: no_address },
    Cause { id: "addr-prints-own", shows: own_address },
    Cause { id: "addr-half-printed", shows: half_an_address },
    Cause { id: "udp-recv-drops-address", shows: drops_address },
    Cause { id: "enc-prints-bytes-repr", shows: repr },
    Cause { id: "enc-wrong-charset", shows: wrong_charset },
    Cause { id: "size-recv-buffer-small", shows: cut },
    Cause { id: "exit-early", shows: ended },
    Cause { id: "except-hides-bug", shows: hides },
    Cause { id: "conc-busy-poll", shows: busy },
    Cause { id: "out-silent", shows: silent },
    Cause { id: "out-canned", shows: canned },
];

fn wanted_message(case: &Case<'_>) -> Option<String> {
    case.wanted().filter(|(_, about)| *about == About::Message).map(|(text, _)| text)
}

fn wanted_port(case: &Case<'_>) -> Option<u16> {
    let (text, about) = case.wanted()?;
    matches!(about, About::Port | About::Itself).then(|| text.parse().ok())?
}

fn not_terminated(case: &Case<'_>) -> Option<Finding> {
    let instead = case.unmet.instead.as_ref()?;
    // One alone may end a line.
    (instead.bytes().iter().filter(|&&byte| byte == 0).count() > 1).then_some(())?;
    Finding::new(
        "the whole buffer is printed: after the text come zero bytes that were never received",
        "print only the first n bytes, where n is what the receive returned",
    )
}

/// The text came after the wait for it had ended: when the program ended, or was stopped.
fn not_flushed(case: &Case<'_>) -> Option<Finding> {
    // A program that was quiet prints nothing more until it ends.
    let quiet = case.unmet.ending == Ending::Quiet;
    // Where any text would do, one at the end may be another than that which is missing.
    let (text, _) = case.wanted()?;
    let late = if quiet { case.printed_since_sent() } else { case.printed_at_its_end() };
    late.contains(text.trim()).then_some(())?;
    Finding::new(
        "the text came only when your program ended: until then it was kept in the program's own \
         buffer",
        FLUSH,
    )
}

const FLUSH: &str =
    "flush after printing (Rust: io::stdout().flush(), Python: flush=True, C: fflush(stdout))";

fn another_socket(case: &Case<'_>) -> Option<Finding> {
    let view = case.rest()?;
    // The datagram lies in one socket, and the program waits on another.
    let full = view.udp().find(|socket| socket.queued > 0)?;
    let waits = view.udp().find(|socket| view.waiter(socket).is_some());
    waits.is_some_and(|waits| waits.inode != full.inode).then_some(())?;
    Finding::new(
        format!("the datagram arrived at {full}, but your program waits on another socket"),
        "use one socket to send and to receive: the answer comes back to the one that sent",
    )
}

/// The answer went to a port that the program had, and has no more.
pub(super) fn socket_gone(case: &Case<'_>) -> Option<Finding> {
    let port = case.asked_port()?;
    (case.udp().next().is_some() && case.udp().all(|socket| socket.port() != Some(port)))
        .then_some(())?;
    Finding::new(
        format!(
            "the datagram went to port {port}, from which your program had sent; it has closed \
             that socket, and waits on another"
        ),
        "use one socket to send and to receive: the answer comes back to the one that sent",
    )
}

/// A client asks, as its lab wants; a server has nobody to ask.
fn asks(case: &Case<'_>) -> Option<Finding> {
    operator(case).filter(|_| case.role == Role::Server)
}

fn no_address(case: &Case<'_>) -> Option<Finding> {
    let (_, about) = case.wanted()?;
    no_length(case).filter(|_| matches!(about, About::Port | About::Address))
}

fn own_address(case: &Case<'_>) -> Option<Finding> {
    let (_, about) = case.wanted()?;
    let own = case.asked_port()?;
    (matches!(about, About::Port) && case.prints_number(own)).then_some(())?;
    Finding::new(
        format!(
            "the port that is printed, {own}, is your program's own: the other side's is asked for"
        ),
        "print the address that recvfrom returned, not that of getsockname",
    )
}

fn header_then_body(case: &Case<'_>) -> Option<Finding> {
    wanted_message(case)?;
    let nothing = case.printed_since_sent().trim().is_empty();
    (nothing && !case.has_answered() && case.has_taken()).then_some(())?;
    let empty = case.rest()?.udp().all(|socket| socket.queued == 0);
    empty.then_some(())?;
    let or = Finding::unless(
        second_run::prints_every_second,
        "out-silent",
        "it received the message and did not print it",
        PRINT,
    );
    two_receives(case, "your program", or)
}

const PRINT: &str = "print what the handout asks for";

fn unswapped(case: &Case<'_>) -> Option<Finding> {
    let Some(port) = wanted_port(case) else { return backwards(case) };
    let swapped = port.swap_bytes();
    let printed = case.printed();
    let digits = printed.split(|c: char| !c.is_ascii_digit());
    digits.into_iter().any(|number| number == swapped.to_string()).then_some(())?;
    Finding::new(
        format!(
            "{swapped} (0x{swapped:04x}) is printed for port {port} (0x{port:04x}): its two bytes \
             are swapped"
        ),
        "in C print ntohs(port); in Rust and Python print the port as it is",
    )
}

/// The address of the other side, with its bytes in the other order.
fn backwards(case: &Case<'_>) -> Option<Finding> {
    let (text, _) = case.wanted().filter(|(_, about)| *about == About::Address)?;
    let address: Ipv4Addr = text.parse().ok()?;
    let printed = Ipv4Addr::from(u32::from(address).swap_bytes());
    (printed != address && case.printed_since_sent().contains(&printed.to_string()))
        .then_some(())?;
    Finding::new(
        format!("{printed} is printed for {address}: its four bytes are in the other order"),
        "in C give inet_ntop the struct's sin_addr as it is, without ntohl",
    )
}

fn half_an_address(case: &Case<'_>) -> Option<Finding> {
    let (text, about) = case.wanted()?;
    let printed = case.printed_since_sent();
    let message = match about {
        About::Port if shows_address_alone(&printed, &case.sender()?.ip().to_string()) => {
            "the address is printed, and not the port: only the port tells which program of a \
             machine wrote"
        }
        // The port was asked for first.
        About::Address if !shows_another_address(&printed, &text) => {
            "the port is printed, and not the address: only both tell who wrote"
        }
        _ => return None,
    };
    Finding::new(
        message,
        "print both (Python: sender[0] and sender[1]; Rust: the SocketAddr as it is)",
    )
}

/// True when the address is printed, with nothing where its port would stand.
fn shows_address_alone(printed: &str, address: &str) -> bool {
    let Some((_, after)) = printed.split_once(address) else { return false };
    let colon = after.strip_prefix(':').filter(|port| port.starts_with(char::is_alphanumeric));
    let next = after.trim_start_matches([':', ',', ' ', '\'', '"', '#']);
    colon.is_none() && !next.starts_with(|c: char| c.is_ascii_digit())
}

/// True when another address than this is printed, or this one as a number.
fn shows_another_address(printed: &str, address: &str) -> bool {
    let mut words = printed.split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
    let number = address.parse::<Ipv4Addr>().map(u32::from).unwrap_or_default();
    let numbers = [number, number.swap_bytes()].map(|number| number.to_string());
    words.any(|word| word.parse::<Ipv4Addr>().is_ok() || numbers.iter().any(|it| it == word))
}

fn drops_address(case: &Case<'_>) -> Option<Finding> {
    let (_, about) = case.wanted()?;
    matches!(about, About::Port).then_some(())?;
    let message = String::from_utf8_lossy(case.last_sent()?).into_owned();
    let printed = case.printed_since_sent();
    let shows_address = printed.contains(&case.sender()?.ip().to_string());
    (printed.contains(message.trim()) && !shows_address).then_some(())?;
    let next = "receive with recvfrom, and print the address and the port that it returns";
    match case.receive().map(|receive| receive.asks_who) {
        // It is back in the same receive, and the kernel shows what that asks for.
        Some(false) => Finding::new(
            "the message is printed, but not who sent it, which your program cannot know: it waits \
             in recv, or in a recvfrom that does not ask for the sender",
            next,
        ),
        _ => Finding::new(
            "the message is printed, but not who sent it: recv does not tell, recvfrom does",
            next,
        )
        .and_then(Finding::or("out-silent", "the program knows it, and does not print it")),
    }
}

fn repr(case: &Case<'_>) -> Option<Finding> {
    let text = wanted_message(case)?;
    let bytes = text.as_bytes();
    let printed = case.printed_since_sent();
    let start = &bytes[..bytes.len().min(4)];
    let decimal = start.iter().map(u8::to_string).collect::<Vec<_>>();
    let hex = start.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>();
    let shown =
        [decimal.join(", "), decimal.join(" "), hex.join(" "), hex.join(""), hex.join(", ")];
    let escaped = !text.is_ascii() && (printed.contains("\\x") || printed.contains("\\u"));
    (escaped || shown.iter().any(|shown| printed.contains(shown.as_str()))).then_some(())?;
    Finding::new(
        "the bytes are printed as numbers or escapes: a person cannot read the text",
        "decode the bytes to text before printing (Rust: String::from_utf8_lossy, Python: decode)",
    )
}

fn wrong_charset(case: &Case<'_>) -> Option<Finding> {
    let text = wanted_message(case)?;
    let printed = case.evidence.output_since_sent();
    if shows_as_wide(&text, &printed) {
        return Finding::new(
            "the message was decoded as UTF-16, in which two bytes make one letter",
            "decode as UTF-8 (Rust: String::from_utf8_lossy, Python: decode())",
        );
    }
    (!text.is_ascii() && !shows_other_letters(&text, &printed)).then_some(())?;
    // The ASCII letters of the text stand in some line, and its other letters do not.
    let ascii = |text: &str| text.chars().filter(char::is_ascii).collect::<String>();
    let wanted = ascii(&text);
    let found = String::from_utf8_lossy(&printed).lines().any(|line| {
        let line = line.replace('?', "");
        line.len() >= wanted.len() && is_subsequence(&wanted, &line)
    });
    (found || is_in_another_charset(&text, &printed)).then_some(())?;
    Finding::new(
        "the letters that are not ASCII are printed wrong: the bytes were not decoded as UTF-8",
        "decode as UTF-8 (Rust: String::from_utf8_lossy, Python: decode())",
    )
}

/// True when the output shows what UTF-16 makes of the first bytes of `text`.
fn shows_as_wide(text: &str, printed: &[u8]) -> bool {
    let pairs = text.as_bytes().chunks_exact(2).take(3).map(|pair| [pair[0], pair[1]]);
    let pairs: Vec<[u8; 2]> = pairs.collect();
    let printed = String::from_utf8_lossy(printed);
    [u16::from_le_bytes, u16::from_be_bytes].into_iter().any(|order| {
        let units: Vec<u16> = pairs.iter().copied().map(order).collect();
        pairs.len() == 3 && String::from_utf16(&units).is_ok_and(|wide| printed.contains(&wide))
    })
}

/// True when every letter of `text` that is not ASCII is in the output: then it is not at fault.
fn shows_other_letters(text: &str, printed: &[u8]) -> bool {
    let printed = String::from_utf8_lossy(printed);
    text.chars().filter(|c| !c.is_ascii()).all(|c| printed.contains(c))
}

/// True when all of `text` stands in `line` in this order, with other characters between.
fn is_subsequence(text: &str, line: &str) -> bool {
    let mut line = line.chars();
    text.chars().all(|wanted| line.any(|c| c == wanted))
}

fn cut(case: &Case<'_>) -> Option<Finding> {
    let text = wanted_message(case)?;
    let printed = case.printed_of_the_message();
    // The longest beginning of the message that is printed: where one is, the shorter ones are too.
    let ends: Vec<usize> = text.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    let shown = ends.partition_point(|&end| printed.contains(&text[..end]));
    let length = ends[..shown].last().copied().unwrap_or(0);
    (length >= 4 && length < text.len()).then_some(())?;
    // What is printed of the rest too was not thrown away, and a first word was chosen.
    let (kept, rest) = text.split_at(length);
    let others = printed.replace(kept, "");
    let is_chosen = ends_at_first_space(text.as_bytes(), length);
    (!is_chosen && !Case::has_words_of(others.as_bytes(), rest.as_bytes())).then_some(())?;
    Finding::new(
        format!(
            "only the first {length} bytes of the message are printed, of {}: that is how large \
             the buffer is, and what does not fit is thrown away",
            text.len()
        ),
        "make the buffer at least as large as the longest message: 1024 bytes",
    )
}

fn ended(case: &Case<'_>) -> Option<Finding> {
    (case.unmet.exit?.is_success() && !case.evidence.peer_has_sent()).then_some(())?;
    Finding::new(
        "your program ended before anything was sent to it",
        "let it wait, as the handout says: for Enter, or in recvfrom for the answer",
    )
}

fn hides(case: &Case<'_>) -> Option<Finding> {
    let bad = case.last_sent().is_some_and(|sent| std::str::from_utf8(sent).is_err());
    // An answer that is to be read as numbers is no text, and nobody takes it for one.
    let is_text = !matches!(case.unmet.expectation, Expectation::Figure { .. });
    (bad && is_text && case.wanted().is_none()).then_some(())?;
    Finding::new(
        "your program ended without a word when the answer was not text: whoever uses it cannot \
         know why",
        "print the error before you end",
    )
}

fn silent(case: &Case<'_>) -> Option<Finding> {
    // Where any text would do, or its own port, what is printed later or besides is another text.
    let nothing = match case.wanted() {
        // A figure may be printed in some way that is not understood.
        None if matches!(case.unmet.expectation, Expectation::Figure { .. }) => {
            case.printed_since_sent().trim().is_empty()
        }
        None | Some((_, About::Itself)) => true,
        Some(_) => case.printed_since_sent().trim().is_empty() || only_typed(case),
    };
    nothing.then_some(())?;
    let what = match case.wanted() {
        None => "nothing is printed, where the lab asks for a text",
        Some((_, About::Itself)) => "the port is not printed, where the lab asks for it",
        Some(_) => "nothing is printed of the message",
    };
    Finding::new(what, PRINT).and_then(Finding::unless(
        second_run::prints_late,
        "out-not-flushed",
        "it was printed to a buffer that was never flushed",
        FLUSH,
    ))
}

/// True when the missing text is what was typed: then other output is beside the point.
fn only_typed(case: &Case<'_>) -> bool {
    let Some(text) = wanted_message(case) else { return false };
    case.typed().is_some_and(|typed| String::from_utf8_lossy(typed.bytes()).trim() == text)
}

fn canned(case: &Case<'_>) -> Option<Finding> {
    case.wanted()?;
    let printed = case.printed_of_the_message();
    let message = case.last_sent()?;
    let own = !Case::has_words_of(printed.as_bytes(), message);
    (own && !printed.trim().is_empty() && !is_perhaps_made_from(&printed, message)).then_some(())?;
    Finding::new(
        "something is printed, but not the message that came: it may be a text of the program's own",
        "print what the receive put into the buffer",
    )
}

/// True when the output may be made from the message without showing its words: it tells its length,
/// has its letters with others between, or holds a coding of it, which is one long word.
fn is_perhaps_made_from(printed: &str, message: &[u8]) -> bool {
    let length = message.len().to_string();
    let tells_the_length = printed.split(|c: char| !c.is_ascii_digit()).any(|it| it == length);
    let letters = |word: &str| word.chars().filter(|c| c.is_alphanumeric()).count();
    let is_among_others = is_subsequence(&String::from_utf8_lossy(message), printed);
    let is_coded = printed.split_whitespace().any(|word| letters(word) >= message.len());
    tells_the_length || is_among_others || is_coded
}
