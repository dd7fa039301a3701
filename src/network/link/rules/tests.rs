//! The language of rules: what is read, what is said of mistakes, and which packets are meant.

use super::*;
use crate::network::link::Seen;

fn parse(text: &str) -> Result<Rules, Vec<Mistake>> {
    Rules::parse("faults.rules", text, &["client", "server"])
}

#[test]
fn a_rule_is_displayed_in_full_and_can_be_read_again() {
    for (written, shown) in [
        ("lose 2nd udp datagram from server", "lose 2nd udp datagram from server"),
        ("lose the 2nd datagram from the server", "lose 2nd udp datagram from server"),
        ("lose every 3rd from client", "lose every 3rd packet from client"),
        ("lose udp to port 12000 once each", "lose udp datagrams to port 12000 once each"),
        ("lose data to port 80 once each", "lose data packets to port 80 once each"),
        ("delay 1st from server by 1.2s", "delay 1st packet from server by 1.2s"),
        ("delay 11th by 1200ms from server", "delay 11th packet from server by 1.2s"),
        ("duplicate 4th from client", "duplicate 4th packet from client"),
        ("corrupt 1st to port 69", "corrupt 1st packet to port 69"),
        ("hold 2nd from server until next", "hold 2nd packet from server until next"),
        ("lose all", "lose all packets"),
        ("lose", "lose all packets"),
        ("lose any packet", "lose all packets"),
        ("lose tcp", "lose all tcp segments"),
        ("lose 122nd tcp data from port 7", "lose 122nd tcp data segment from port 7"),
        (
            "lose from client from port 5 to port 6",
            "lose all packets from client from port 5 to port 6",
        ),
    ] {
        let rules = parse(written).unwrap();
        assert_eq!(rules.to_string(), format!("{shown}\n"), "{written}");
        assert_eq!(parse(&rules.to_string()).unwrap(), rules, "{written}");
    }
}

#[test]
fn comments_and_empty_lines_are_left_out() {
    let rules = parse("# faults\n\n  lose 1st  # the request\r\n\tlose 2nd#again\n").unwrap();
    assert_eq!(rules.rules.iter().map(|rule| rule.line).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(rules.to_string(), "lose 1st packet\nlose 2nd packet\n");
}

#[test]
fn every_line_with_a_mistake_is_shown() {
    let mistakes =
        parse("lose 1st\nlooze 2nd from server\n\tdelay 1st frm server by 1s # x").unwrap_err();
    let shown: Vec<String> = mistakes.iter().map(Mistake::to_string).collect();
    assert_eq!(
        shown.join("\n"),
        "\
faults.rules:2:1: did you mean lose?
  |
2 | looze 2nd from server
  | ^^^^^
faults.rules:3:12: did you mean from?
  |
3 | \tdelay 1st frm server by 1s # x
  | \t          ^^^"
    );
}

#[test]
fn a_line_that_is_no_rule_at_all_is_not_shown_in_full() {
    let mistakes = parse(&"x".repeat(5000)).unwrap_err();
    assert_eq!(mistakes[0].message, "a rule has at most 1000 bytes");
    assert_eq!(mistakes[0].source.len(), 1000);
}

#[test]
fn a_mistake_says_what_would_be_right() {
    let which = "the packets meant come right after the verb, as in lose 2nd udp datagram";
    for (rule, marked, message) in [
        ("drop 2nd", "drop", "a rule begins with lose, delay, duplicate, corrupt or hold"),
        ("Lose 2nd", "Lose", "did you mean lose?"),
        ("lose 2th", "2th", "did you mean 2nd?"),
        ("lose 11st", "11st", "did you mean 11th?"),
        ("lose 3 from client", "3", "did you mean 3rd?"),
        ("lose 0th", "0th", "packets are counted from 1: the first is the 1st"),
        (
            "lose 99999999999999999999th",
            "99999999999999999999th",
            "no link carries that many packets",
        ),
        ("lose every", "every", "every is followed by a number, as in every 3rd; or say all"),
        ("lose udp 2nd", "2nd", which),
        ("lose from client udp", "udp", which),
        ("delay by 20ms 1st", "1st", which),
        ("lose tcp datagrams", "datagrams", "tcp has segments"),
        ("lose udp segment", "segment", "udp has datagrams"),
        ("lose any datagram", "datagram", "udp and tcp together have packets"),
        ("lose 2nd datagramm", "datagramm", "did you mean datagram?"),
        ("lose 2nd banana", "banana", "expected from, to port, once each, by or until next"),
        ("lose 2nd and 3rd", "and", "one rule a line: write a second one for the rest"),
        ("lose 2nd from", "", "from whom? client or server"),
        ("lose 2nd from sever", "sever", "nobody here is called sever; did you mean server?"),
        ("lose 2nd from alice", "alice", "nobody here is called alice; there is client or server"),
        ("lose from client from server", "from", "from is said twice"),
        ("lose to", "", "to is followed by a port, as in to port 69"),
        ("lose to server", "server", "to is followed by port and its number; or say from whom"),
        ("lose to port", "", "a port is a number from 1 to 65535"),
        ("lose to port 0", "0", "a port is a number from 1 to 65535"),
        ("lose to port 65536", "65536", "a port is a number from 1 to 65535"),
        ("lose port 7", "port", "say from port or to port"),
        ("delay 1st", "", "delay by how much? for example by 20ms"),
        ("delay 1st by", "", "by how much? for example by 20ms"),
        ("delay 1st by 20", "20", "a time needs a unit, as in 20ms or 20s"),
        ("delay 1st by 2h", "2h", "there is no unit h: a time is in ns, us, ms or s"),
        ("lose 1st by 2s", "by", "by a time goes with delay, not with lose"),
        ("hold 1st", "", "hold is followed at the end by until next"),
        ("hold 1st until tomorrow", "tomorrow", "until is followed by next"),
        ("lose 1st until next", "until", "until next goes with hold, not with lose"),
        (
            "hold all until next",
            "hold",
            "with all of them held, none is left to overtake: say every 2nd",
        ),
        ("lose once", "", "once is followed by each"),
        ("lose 2nd once each", "once", "once each already says which ones to lose"),
    ] {
        let mistakes = parse(rule).unwrap_err();
        let [mistake] = mistakes.as_slice() else { panic!("{rule}: {mistakes:?}") };
        assert_eq!(mistake.message, message, "{rule}");
        let place = mistake.column - 1;
        let chars = rule.chars().skip(place).take(mistake.width);
        assert_eq!(chars.collect::<String>(), marked, "{rule}");
        assert!(!marked.is_empty() || place == rule.len() + 1, "{rule}");
    }
}

/// A packet of the table below, written `client udp 5>69 payload`, or with `/7` behind the payload
/// for a sequence number.
fn meant(rule: &str, packets: &[&str]) -> String {
    let mut script = Script::new(&parse(rule).unwrap());
    let means = |packet: &&str| {
        let words: Vec<&str> = packet.split(' ').collect();
        let [from, protocol, ports, payload] = words[..] else { panic!("{packet}") };
        let (source, destination) = ports.split_once('>').unwrap();
        let (payload, sequence) = payload.split_once('/').unwrap_or((payload, "0"));
        let at = |port: &str| format!("127.0.0.1:{port}").parse().unwrap();
        let seen = Seen {
            protocol: match protocol {
                "udp" => Protocol::Udp,
                "tcp" => Protocol::Tcp,
                _ => Protocol::Other,
            },
            source: at(source),
            destination: at(destination),
            sequence: sequence.parse().unwrap(),
            payload: payload.trim_matches('-').as_bytes(),
            length: 28 + payload.len(),
        };
        if script.orders(from, &seen).lines.is_empty() { '.' } else { 'x' }
    };
    packets.iter().map(means).collect()
}

#[test]
fn a_rule_means_the_packets_that_it_says() {
    let packets = [
        "client udp 5>69 a",
        "server icmp 0>0 -",
        "server udp 69>5 b",
        "client udp 5>69 a",
        "client tcp 6>80 -/1",
        "server udp 70>5 -",
        "client tcp 6>80 a/2",
        "client tcp 6>80 a/3",
        "client tcp 6>80 a/2",
        "server udp 70>5 b",
    ];
    for (rule, expected) in [
        ("lose all", "x.xxxxxxxx"),
        ("lose 2nd", "..x......."),
        ("lose 2nd from server", ".....x...."),
        ("lose every 3rd", "...x..x..x"),
        ("lose all datagrams", "x.xx.x...x"),
        ("lose all tcp from server", ".........."),
        ("lose all to port 69", "x..x......"),
        ("lose all from port 70", ".....x...x"),
        ("lose data", "x.xx..xxxx"),
        ("lose once each", "x.x..xxx.."),
        ("lose tcp once each", "......xx.."),
        ("lose 1st data segment", "......x..."),
        ("lose 2nd to port 69\nlose 1st", "x..x......"),
    ] {
        assert_eq!(meant(rule, &packets), expected, "{rule}");
    }
}

#[test]
fn a_payload_is_another_when_another_sends_it() {
    let packets = ["client udp 5>7 a", "server udp 7>5 a", "client udp 6>7 a", "server udp 7>6 a"];
    assert_eq!(meant("lose once each", &packets), "xx..");
}

#[test]
fn all_rules_that_mean_a_packet_apply() {
    let rules =
        "delay 1st by 1s\nduplicate 1st\ncorrupt 1st\nhold 1st until next\ndelay all by 5ms";
    let mut script = Script::new(&parse(rules).unwrap());
    let at = "127.0.0.1:9".parse().unwrap();
    let seen = Seen {
        protocol: Protocol::Udp,
        source: at,
        destination: at,
        sequence: 0,
        payload: b"x",
        length: 29,
    };
    let delay = Span::from_ms(1005);
    let lines = vec![1, 2, 3, 4, 5];
    let all = Orders { lost_by: None, delay, duplicate: true, corrupt: true, hold: true, lines };
    assert_eq!(script.orders("client", &seen), all);
    let second = Orders { delay: Span::from_ms(5), lines: vec![5], ..Orders::default() };
    assert_eq!(script.orders("client", &seen), second);

    let mut script = Script::new(&parse("lose 2nd\nlose 1st\nlose all").unwrap());
    assert_eq!(script.orders("client", &seen).lost_by, Some(2));
}

#[test]
fn any_text_is_read_without_a_panic() {
    let verbs = ["lose", "delay", "hold", "corrupt", "#", "ü", ""];
    let pieces = [
        "2nd",
        "0",
        "every",
        "all",
        "udp",
        "data",
        "packets",
        "from server",
        "to port 69",
        "from",
        "once each",
        "by 1.2s",
        "until next",
        "until",
        "the",
        "\t",
        "\u{2003}",
        "\nlose",
    ];
    let mut read = 0;
    for seed in 0..5000 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut some = vec![verbs[rng.usize(..verbs.len())]];
        some.extend((0..rng.usize(..6)).map(|_| pieces[rng.usize(..pieces.len())]));
        let text = some.join(" ");
        match parse(&text) {
            Ok(rules) => {
                read += rules.rules.len();
                let shown = rules.to_string();
                assert_eq!(parse(&shown).unwrap().to_string(), shown, "{text}");
            }
            Err(mistakes) => mistakes.iter().for_each(|mistake| {
                assert_eq!(text.lines().nth(mistake.line - 1), Some(mistake.source.as_str()));
                assert!(mistake.column <= mistake.source.chars().count() + 2, "{mistake}");
            }),
        }
    }
    assert!(read > 500, "only {read} rules were right: the test says little");
}
