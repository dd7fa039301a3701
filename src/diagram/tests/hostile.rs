//! Payloads that want to break the picture.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use unicode_width::UnicodeWidthStr;

use super::drawn::plain;
use super::pictures::{is_well_formed, scene};
use super::scenes::*;
use crate::diagram::{Cast, Exchange, Label, mermaid, svg, text};
use crate::evidence::Role;

const PAYLOADS: [&[u8]; 15] = [
    b"",
    b"\"quoted\" \\ and 'more'",
    b"<b>bold</b> & ]]> <!-- ",
    b"line\nline\r\n\ttab\0",
    b"\x1b[31mred\x1b[0m\x1b]0;title\x07\x9b1m",
    b"\xff\xfe\x80\xc3",
    "日本語のとても長いメッセージ、終わりません".as_bytes(),
    "👩‍👩‍👧‍👦 family 🇩🇪 ❤️".as_bytes(),
    "שלום עולם 123 مرحبا".as_bytes(),
    "\u{202e}reversed\u{202c}\u{2066}x\u{2069}".as_bytes(),
    "Z\u{351}\u{36b}\u{343}a\u{363}\u{363}lgo \u{300}\u{300}".as_bytes(),
    "\u{fffe}\u{ffff}\u{feff}\u{200b}\u{2028}\u{e000}".as_bytes(),
    "│──► ✗ ◄──│ … │".as_bytes(),
    b"participant x\n-->>y: z; end %%{init: 1}%%",
    b"\x7f\x80\x9f",
];

/// The client sends a payload and the server sends it back.
fn echoed(payload: &[u8]) -> Exchange {
    let seen = seen().bound(SERVER).joined("client", CLIENT);
    let seen = seen.udp(CLIENT, SERVER, payload).udp(SERVER, CLIENT, payload);
    seen.sent(CLIENT, SERVER, payload).exchange(Role::Server)
}

/// The columns at which a line has the line of a lane.
fn lanes(line: &str) -> Vec<usize> {
    line.match_indices('│').map(|(at, _)| line[..at].width()).collect()
}

#[test]
fn no_payload_moves_a_lane() {
    // One holds the very sign by which lanes are found here.
    let has_bar = |payload: &[u8]| String::from_utf8_lossy(payload).contains('│');
    for payload in PAYLOADS.into_iter().filter(|payload| !has_bar(payload)) {
        for width in [40, 66, 80, 200] {
            let drawn = plain(&echoed(payload), width, 8);
            let lines: Vec<&str> = drawn.lines().collect();
            let middle = lines[0].find("your server").unwrap() + "your server".len() / 2;
            assert_eq!(lines.len(), 4, "{drawn}");
            for line in &lines[2..] {
                let lanes = lanes(line);
                assert_eq!((lanes[0], *lanes.last().unwrap()), (3, middle), "{drawn}");
                assert!(line.width() <= width, "{drawn}");
                assert!(!line.contains(|c: char| c.is_control()), "{line:?}");
            }
        }
    }
}

#[test]
fn no_payload_breaks_a_page() {
    for payload in PAYLOADS {
        let exchange = echoed(payload);
        is_well_formed(&svg(&[scene(exchange.clone())]));
        let drawn = mermaid(&exchange);
        assert_eq!(drawn.lines().count(), 5, "{drawn}");
        for line in drawn.lines().skip(3) {
            let (_, text) = line.split_once(": ").unwrap();
            is_plain(text);
        }
    }
}

/// Fails where a `#` or a `;` stands outside of a character's number.
#[track_caller]
fn is_plain(text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['#', ';']) {
        let end = rest[at..].find(';').unwrap() + at;
        let number = rest[at..end].strip_prefix('#').unwrap();
        assert!(number.parse::<u32>().is_ok(), "{text}");
        rest = &rest[end + 1..];
    }
    assert!(!text.contains(['<', '>', '&', '%', '{', '}', '`', '\\', '$']), "{text}");
}

#[test]
fn no_title_breaks_a_page() {
    let title = "<b>\u{1b}[31m\"x\";#\n\u{ffff}\u{202e}&amp;";
    let cast = Cast::new().and(title, &[]).and_all_else().and("", &[SERVER.parse().unwrap()]);
    let exchange = Exchange::of(greeting().evidence(), &cast);
    let drawn = mermaid(&exchange);
    assert_eq!(drawn.lines().count(), 9, "{drawn}");
    let mut scene = scene(exchange.clone());
    scene.title = title.into();
    is_well_formed(&svg(&[scene]));
    let text = text(&exchange, 80, 8);
    assert_eq!(text.lines().count(), 9, "{text}");
    assert!(text.contains("\\x1b[31m") && !text.contains("\u{1b}[31m\""), "{text:?}");
}

#[test]
fn a_long_payload_is_cut_and_its_length_told() {
    let long: Vec<u8> = b"0123456789".repeat(6_500);
    let exchange = echoed(&long);
    let drawn = plain(&exchange, 66, 8);
    assert!(drawn.contains("…0123456789\" 65000 bytes"), "{drawn}");
    assert!(mermaid(&exchange).len() < 1000);
    assert!(svg(&[scene(exchange)]).len() < 5000);
}

#[test]
fn a_label_is_cut_between_characters_and_never_within_an_escape() {
    let cut = |payload: &str, columns| Label::payload(payload.as_bytes()).fit(columns);
    assert_eq!(cut("Hello, World", 23), "\"Hello, World\" 12 bytes");
    assert_eq!(cut("Hello, World", 22), "\"Hello, Wor…\" 12 bytes");
    assert_eq!(cut("a\0\0\0\0\0", 16), "\"a\\0\\0…\" 6 bytes");
    assert_eq!(cut("abc\u{7f}\u{7f}", 20), "\"abc\\x7f…\" 5 bytes");
    // Numbers are cut between groups.
    let numbers = "\u{1}\u{2}\u{3}\u{4}".repeat(4);
    assert_eq!(cut(&numbers, 46), "<01020304 01020304 01020304 01020304> 16 bytes");
    assert_eq!(cut(&numbers, 45), "<01020304 01020304 … 01020304> 16 bytes");
    assert_eq!(cut(&numbers, 38), "<01020304 … 01020304> 16 bytes");
    assert_eq!(cut(&numbers, 21), "<01020304 …> 16 bytes");
    assert_eq!(cut(&numbers, 20), "16 bytes");
    assert_eq!(cut("日本語日本語", 15), "\"日…\" 18 bytes");
    assert_eq!(cut("日本語日本語", 16), "\"日本…\" 18 bytes");
    // The end is shown too where there is room for it: it tells apart what begins alike.
    assert_eq!(cut("Server acknowledges: 2089", 25), "\"Server ac…2089\" 25 bytes");
    // Where there is no room for any of it the length stands alone, and then not even that.
    assert_eq!(cut("Hello, World", 11), "12 bytes");
    assert_eq!(cut("Hello, World", 5), "12 b…");
    assert_eq!(cut("Hello, World", 0), "");
}

#[test]
fn a_flood_from_ever_new_ports_is_drawn_in_bounded_time() {
    let mut seen = seen().bound(SERVER).joined("client", CLIENT);
    for number in 0..60_000_u32 {
        let port = 1024 + number % 60_000;
        seen = seen.udp(&format!("127.0.0.1:{port}"), CLIENT, b"x");
    }
    let began = computed();
    let exchange = seen.exchange(Role::Server);
    let drawn = plain(&exchange, 80, 8) + &mermaid(&exchange) + &svg(&[scene(exchange)]);
    assert!(drawn.contains("… 59992 more"), "{drawn}");
    // Two seconds without optimization; sixteen if every address were compared with all others.
    let took = computed() - began;
    assert!(took.as_secs() < 10, "{took:?}");
}

/// How long this thread has computed. What others do with the processors meanwhile is not counted.
fn computed() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}
