//! The forms for pages: Mermaid and SVG.

use super::scenes::*;
use crate::diagram::{Cast, Exchange, Scene, mermaid, svg};
use crate::evidence::Role;

pub fn scene(exchange: Exchange) -> Scene {
    Scene { title: "lab 6: acknowledges a message".into(), exchange }
}

#[test]
fn mermaid_has_participants_messages_and_notes() {
    let exchange = greeting().exchange(Role::Server);
    let expected = r#"sequenceDiagram
    participant client as client
    participant your_server as your server<br/>127.0.0.1:12345
    client->>your_server: "Copper walnut" 13 bytes (13.00 ms)
    your_server->>client: "Hello, Client!" 14 bytes (13.50 ms)
    client-xyour_server: "again" 5 bytes (14.00 ms)
    Note over client,your_server: lost by rule on line 2: lose 2nd udp datagram from client
    client->>your_server: "once more" 9 bytes (14.50 ms)
    your_server->>client: "Hello, Client!" 14 bytes (15.00 ms)
"#;
    assert_eq!(mermaid(&exchange), expected);
}

#[test]
fn mermaid_names_the_place_where_nobody_is() {
    let seen = seen().udp(CLIENT, SERVER, "Hello").unreachable(CLIENT, SERVER, "Hello");
    let expected = r#"sequenceDiagram
    participant your_client as your client
    participant nobody as (nobody)
    your_client-xnobody: "Hello" 5 bytes (12.00 ms)
    Note over your_client,nobody: to 127.0.0.1:12345, where nobody is
    nobody-->>your_client: ICMP port unreachable (12.50 ms)
"#;
    assert_eq!(mermaid(&seen.exchange(Role::Client)), expected);
}

#[test]
fn mermaid_sets_each_note_on_a_line_of_its_own() {
    let seen = seen().joined("server", SERVER).tcp(CLIENT, "127.0.0.1:9", (SYN, 7, 0), "");
    let drawn = mermaid(&seen.exchange(Role::Client));
    let note =
        "    Note over your_client,nobody: handshake<br/>to 127.0.0.1:9, where nobody listens\n";
    assert!(drawn.ends_with(note), "{drawn}");
}

#[test]
fn mermaid_gives_every_lane_a_name_of_its_own() {
    let cast =
        Cast::new().and("Off", &[]).and("my server", &[]).and("my-server", &[]).and("2", &[]);
    let drawn = mermaid(&Exchange::of(seen().evidence(), &cast));
    let lanes: Vec<&str> = drawn.lines().skip(1).map(str::trim).collect();
    // Those who neither stand in front nor speak are left out.
    assert_eq!(lanes, ["participant lane_Off as Off", "participant my_server as my server"]);
    let same = Cast::new().and("my server", &[]).and("my-server", &[]);
    let drawn = mermaid(&Exchange::of(seen().evidence(), &same));
    assert!(drawn.contains("participant my_server_2 as my-server\n"), "{drawn}");
}

#[test]
fn mermaid_leaves_the_middle_of_a_long_exchange_out() {
    let mut seen = seen().bound(SERVER).joined("client", CLIENT);
    for number in 0..500 {
        seen = seen.udp(CLIENT, SERVER, number.to_string());
    }
    let drawn = mermaid(&seen.exchange(Role::Server));
    assert_eq!(drawn.matches("->>").count(), 200);
    assert!(drawn.contains("    Note over client,your_server: … 300 more\n"), "{drawn}");
}

#[test]
fn mermaid_obeys_nothing_that_a_payload_says() {
    for (payload, shown) in [
        ("a;b", "a#59;b"),
        ("#35;", "#35;35#59;"),
        ("%%{init: {}}%%", "#37;#37;#123;init: #123;#125;#125;#37;#37;"),
        ("<script>&", "#60;script#62;#38;"),
        ("a\nend", "a#92;nend"),
        ("say \"hi\"", "say #92;\"hi#92;\""),
        ("style a:#fff;", "style a#58;#35;fff#59;"),
        ("$$x$$ `y`", "#36;#36;x#36;#36; #96;y#96;"),
        ("A->>B: no", "A-#62;#62;B: no"),
    ] {
        let seen = seen().bound(SERVER).joined("client", CLIENT).udp(CLIENT, SERVER, payload);
        let drawn = mermaid(&seen.exchange(Role::Server));
        let expected = format!("    client->>your_server: \"{shown}\" {} bytes", payload.len());
        let last = drawn.lines().last().unwrap();
        assert!(last.starts_with(&expected), "{payload:?}: {last}");
        assert_eq!(drawn.lines().count(), 4, "{drawn}");
    }
}

#[test]
fn svg_shows_every_lane_arrow_and_note() {
    let drawn = svg(&[scene(greeting().exchange(Role::Server))]);
    is_well_formed(&drawn);
    assert_eq!(drawn.matches("class=\"lane\"").count(), 2);
    assert_eq!(drawn.matches("marker-end").count(), 4);
    assert_eq!(drawn.matches("<path class=\"arrow failed\"").count(), 1, "a cross");
    for text in
        [">your server<", ">127.0.0.1:12345<", "&quot;again&quot;", ">lost by rule on line 2: "]
    {
        assert!(drawn.contains(text), "{text}: {drawn}");
    }
    assert!(drawn.contains("prefers-color-scheme: dark"));
    for word in ["<script", "http://", "https://", "url(http", "@import"] {
        let namespace = usize::from(word == "http://");
        assert_eq!(drawn.matches(word).count(), namespace, "{word}");
    }
}

#[test]
fn svg_sets_scenes_below_one_another() {
    let one = svg(&[scene(greeting().exchange(Role::Server))]);
    let two = [scene(greeting().exchange(Role::Server)), scene(Exchange::default())];
    let two = svg(&two);
    is_well_formed(&two);
    assert_eq!(two.matches("<g transform=\"translate(0 ").count(), 2);
    assert!(height(&two) > height(&one));
    assert!(two.contains(">nothing was sent<"));
}

fn height(svg: &str) -> f64 {
    svg.split("height=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
}

/// Fails unless every tag of an XML text is closed, every attribute quoted, and nothing stands in
/// the text that XML forbids there.
#[track_caller]
pub fn is_well_formed(xml: &str) {
    let mut open = Vec::new();
    let mut rest = xml;
    while let Some(at) = rest.find('<') {
        is_text(&rest[..at]);
        let end = rest[at..].find('>').expect("a tag ends") + at;
        let tag = &rest[at + 1..end];
        let name = |tag: &str| tag.split([' ', '/']).next().unwrap().to_owned();
        match tag.strip_prefix('/') {
            Some(closed) => assert_eq!(open.pop().as_deref(), Some(closed)),
            None => {
                has_attributes(tag.trim_end_matches('/'));
                if !tag.ends_with('/') {
                    open.push(name(tag));
                }
            }
        }
        rest = &rest[end + 1..];
    }
    assert_eq!(rest, "\n");
    assert!(open.is_empty(), "{open:?}");
}

#[track_caller]
fn has_attributes(tag: &str) {
    let quotes = tag.matches('"').count();
    assert_eq!(tag.matches('=').count() * 2, quotes, "{tag}");
    assert!(!tag.contains('<'), "{tag}");
}

#[track_caller]
fn is_text(text: &str) {
    for (at, _) in text.match_indices('&') {
        let entity = text[at..].split_inclusive(';').next().unwrap();
        assert!(["&amp;", "&lt;", "&gt;", "&quot;"].contains(&entity), "{entity}");
    }
    let bad = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{fffe}' | '\u{ffff}');
    assert!(!text.contains(bad), "{text:?}");
}
