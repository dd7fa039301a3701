//! The form for terminals.

use unicode_width::UnicodeWidthStr;

use super::scenes::*;
use crate::diagram::{Exchange, text};
use crate::evidence::Role;

/// The drawing without its styles.
pub fn plain(exchange: &Exchange, width: usize, most: usize) -> String {
    anstream::adapter::strip_str(&text(exchange, width, most)).to_string()
}

#[track_caller]
fn is_drawn_as(drawn: &str, expected: &str) {
    assert_eq!(drawn, expected, "\n{drawn}");
}

#[test]
fn an_exchange_is_drawn_between_two_lanes() {
    let seen = seen()
        .bound(SERVER)
        .joined("client", CLIENT)
        .udp(CLIENT, SERVER, "Copper walnut")
        .udp(SERVER, CLIENT, "Hello, Client!")
        .lost(CLIENT, SERVER, "again", "lost by rule on line 2");
    let expected = r#"client                           your server
   │                           127.0.0.1:12345
   │──── "Copper walnut" 13 bytes ───►│
   │◄─── "Hello, Client!" 14 bytes ───│
   │── "again" 5 bytes ──✗            │  lost by rule on line 2
"#;
    is_drawn_as(&plain(&seen.exchange(Role::Server), 80, 8), expected);
}

#[test]
fn a_long_note_stands_below_its_arrow() {
    let expected = r#"client                           your server
   │                           127.0.0.1:12345
   │──── "Copper walnut" 13 bytes ───►│
   │◄─── "Hello, Client!" 14 bytes ───│
   │── "again" 5 bytes ──✗            │
   │  lost by rule on line 2: lose    │
   │  2nd udp datagram from client    │
   │────── "once more" 9 bytes ──────►│
   │◄─── "Hello, Client!" 14 bytes ───│
"#;
    is_drawn_as(&plain(&greeting().exchange(Role::Server), 66, 8), expected);
}

#[test]
fn lanes_stand_further_apart_where_that_saves_lines() {
    let seen = seen().bound(SERVER).joined("client", CLIENT).lost(
        CLIENT,
        SERVER,
        "again",
        "lost by rule on line 2: lose 2nd udp datagram",
    );
    let expected = r#"client                                          your server
   │                                          127.0.0.1:12345
   │──── "again" 5 bytes ───✗                        │
   │  lost by rule on line 2: lose 2nd udp datagram  │
"#;
    is_drawn_as(&plain(&seen.exchange(Role::Server), 66, 8), expected);
}

#[test]
fn what_comes_from_where_nobody_is_begins_in_the_open() {
    let seen = seen().joined("server", SERVER).udp(CLIENT, "127.0.0.1:12346", "Hello").unreachable(
        CLIENT,
        "127.0.0.1:12346",
        "Hello",
    );
    let expected = r#" your client                          server
      │                           127.0.0.1:12345
      │── "Hello" 5 bytes ──✗            │  to 127.0.0.1:12346, where nobody is
      │◄── ICMP port unreachable ──      │
"#;
    is_drawn_as(&plain(&seen.exchange(Role::Client), 80, 8), expected);
}

#[test]
fn three_lanes_share_the_room() {
    let seen = seen()
        .bound("0.0.0.0:12345")
        .joined("client", CLIENT)
        .joined("a second client", OTHER)
        .udp(CLIENT, SERVER, "Falcon saddle 2089")
        .udp(SERVER, OTHER, "Server acknowledges: Falcon saddle 2089")
        .udp(SERVER, SERVER, "to itself")
        .udp(OTHER, CLIENT, "past the server");
    let expected = r#"client                   your server               second client
   │                   127.0.0.1:12345                   │
   │── "Falcon …" 18 bytes ──►│                          │
   │                          │── "Server …" 39 bytes ──►│
   │                          │─┐ "to itself" 9 bytes    │
   │◄──────────── "past the server" 15 bytes ────────────│
"#;
    is_drawn_as(&plain(&seen.exchange(Role::Server), 66, 8), expected);
}

#[test]
fn of_many_arrows_the_first_and_the_last_are_drawn() {
    let mut seen = seen().bound(SERVER).joined("client", CLIENT);
    for number in 1..=1000 {
        seen = seen.udp(CLIENT, SERVER, format!("message {number}"));
    }
    let expected = r#"client                         your server
   │                         127.0.0.1:12345
   │───── "message 1" 9 bytes ─────►│
   │───── "message 2" 9 bytes ─────►│
   │          … 996 more            │
   │──── "message 999" 11 bytes ───►│
   │─── "message 1000" 12 bytes ───►│
"#;
    is_drawn_as(&plain(&seen.exchange(Role::Server), 80, 4), expected);
}

#[test]
fn a_narrow_terminal_gets_a_list() {
    let expected = r#"client → your server "Copper…" 13 bytes
your server → client "Hello,…" 14 bytes
client ✗ your server "again" 5 bytes
  lost by rule on line 2: lose 2nd udp
  datagram from client
client → your server "once mo…" 9 bytes
your server → client "Hello,…" 14 bytes
"#;
    is_drawn_as(&plain(&greeting().exchange(Role::Server), 39, 8), expected);
}

#[test]
fn an_exchange_in_which_nothing_was_sent_is_no_picture() {
    assert_eq!(plain(&seen().bound(SERVER).exchange(Role::Server), 80, 8), "");
}

#[test]
fn the_same_exchange_gives_the_same_text_whatever_the_ports_and_times() {
    let run = |client, other| {
        let seen = seen()
            .bound(SERVER)
            .joined("client", client)
            .udp(client, SERVER, "Hello")
            .udp(other, client, "Hi")
            .unreachable(other, client, "Hi");
        plain(&seen.exchange(Role::Server), 80, 8)
    };
    assert_eq!(run(CLIENT, OTHER), run("127.0.0.1:59999", "127.0.0.1:33333"));
}

#[test]
fn no_line_is_wider_than_it_may_be() {
    for seen in [greeting(), connection()] {
        let exchange = seen.exchange(Role::Server);
        for width in 40..120 {
            for line in plain(&exchange, width, 8).lines() {
                assert!(line.width() <= width, "{width}: {line}");
                assert_eq!(line, line.trim_end(), "{width}");
            }
        }
    }
}
