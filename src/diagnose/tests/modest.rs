//! What no row may claim: evidence that looks like its own, and that another cause leaves too.

use super::*;

fn ack(message: &str) -> String {
    format!("Server acknowledges: {message}")
}

/// What is said of a server that answers this message with that text behind the prefix.
fn answered(message: &str, came: &str) -> Vec<&'static str> {
    let mut failed = answer(&ack(message));
    failed.instead = Some(ack(came).leak());
    failed.after([sent(message), got(&ack(came))])
}

#[test]
fn a_text_may_be_shorter_for_another_reason_than_a_buffer() {
    // The first line, and all but the last byte.
    assert_eq!(answered("Good evening dear\nand bye", "Good evening dear"), ["unknown"]);
    assert_eq!(answered("Copper walnut 4711", "Copper walnut 471"), ["unknown"]);
    assert_eq!(answered("Copper walnut 4711", "Copper walnut "), ["unknown"]);
    // A longer one came whole.
    let long = "Copper walnut 4711 and Pebble violin 1234";
    let (whole, cut) = (ack(long), ack("Copper walnut 47"));
    let seen = [sent(long), got(&whole), sent("Copper walnut 4711"), got(&cut)];
    let mut failed = answer(&ack("Copper walnut 4711"));
    failed.instead = Some(cut.leak());
    assert_eq!(failed.after(seen), ["unknown"]);
    // A text of the server's own.
    assert_eq!(
        answer("Hello, Client!").gets("Hello, C").after([sent("abc")])[0],
        "size-of-pointer"
    );
    assert_eq!(answer("Hello, Client!").gets("Hello").after([sent("abc")]), ["unknown"]);
    assert_eq!(answer("Hello, Client!").gets("Hello, Client").after([sent("a")]), ["text-differs"]);
}

#[test]
fn what_is_printed_in_another_form_was_neither_cut_nor_decoded_wrongly() {
    let prints_of =
        |message: &str, text: &str| output(message).after([sent(message), prints(text)]);
    let message = "Copper walnut 4711";
    assert_eq!(prints_of(message, "Copper,walnut,4711\n"), ["unknown"]);
    assert_eq!(prints_of(message, "Copper\n"), ["unknown"]);
    assert_eq!(prints_of(message, "C o p p e r   w a l n u t   4 7 1 1\n"), ["unknown"]);
    assert_eq!(prints_of(message, "Q29wcGVyIHdhbG51dCA0NzEx\n"), ["unknown"]);
    assert_eq!(prints_of(message, "18 bytes\n"), ["unknown"]);
    assert_eq!(prints_of("Gruß 4711", "G r u ß 4 7 1 1\n"), ["unknown"]);
    assert_eq!(prints_of(message, "潃灰牥眠污畮⁴㜴ㄱ\n"), ["enc-wrong-charset"]);
    let zero = output(message).gets("Copper walnut 4711\0");
    assert_eq!(zero.after([sent(message), prints("Copper walnut 4711\0\n")]), ["unknown"]);
}

#[test]
fn something_may_stand_in_the_place_of_an_address_or_a_port() {
    let expects = |text: &str, about| Expectation::Output { text: text.into(), about };
    let shown = |expectation, text: &str| {
        Failed::to(expectation).after([sent("Copper walnut 4711"), prints(text)])
    };
    let port = |text| shown(expects("40000", About::Port), text);
    assert_eq!(port("127.0.0.1 wrote: Copper walnut 4711\n"), ["addr-half-printed"]);
    assert_eq!(port("127.0.0.1:9c40 wrote: Copper walnut 4711\n"), ["unknown"]);
    assert_eq!(port("Copper walnut 4711 ('127.0.0.1', 64)\n"), ["unknown"]);
    let address = |text| shown(expects("127.0.0.1", About::Address), text);
    assert_eq!(address("port 40000: Copper walnut 4711\n"), ["addr-half-printed"]);
    assert_eq!(address("1.0.0.127:40000: Copper walnut 4711\n"), ["addr-print-unswapped"]);
    assert_eq!(address("2130706433:40000: Copper walnut 4711\n"), ["unknown"]);
    assert_eq!(address("10.0.0.7:40000: Copper walnut 4711\n"), ["unknown"]);
}

#[test]
fn an_answer_that_is_more_than_one_is_not_one_in_pieces() {
    let seen = [sent("a"), got(&ack("a")), sent("b"), got("Bye"), got(&ack("b")), got("Bye")];
    assert_eq!(answer(&ack("b")).gets("Bye").after(seen), ["unknown"]);
    let words = [sent("two words"), got("two"), got("words")];
    assert_eq!(answer("two words").gets("two").after(words), ["unknown"]);
}

#[test]
fn what_is_kept_of_earlier_messages_is_no_rest_of_a_buffer() {
    let seen = [sent("Copper"), got(&ack("Copper")), sent("Pebble")];
    let history = answer("Server acknowledges: Pebble").gets("Server acknowledges: PebbleCopper");
    assert_eq!(history.after(seen), ["text-added"]);
    let seen = [sent("Copper"), got(&ack("Copper")), sent("Pebble")];
    let history = answer("Server acknowledges: Pebble").gets("Server acknowledges: CopperPebble");
    assert_eq!(history.after(seen), ["text-added"]);
}

#[test]
fn a_letter_that_is_cut_to_a_byte_is_of_another_charset() {
    // U+043F ends in 3f, and so on.
    assert_eq!(datagram("привет").gets("?@825B").after([]), ["enc-wrong-charset"]);
}

#[test]
fn two_bytes_for_a_letter_are_no_other_marks() {
    assert_eq!(answered("abcd", "a\0b\0c\0d\0"), ["enc-wrong-charset"]);
    assert_eq!(answer("abcd").gets("\0a\0b\0c\0d").after([sent("x")]), ["enc-wrong-charset"]);
    assert_eq!(datagram("abcd").gets("\0\0\0\u{4}abcd").after([]), ["text-added"]);
}

#[test]
fn a_server_speaks_to_others_than_its_clients() {
    let log = || strayed("127.0.0.1:514", Protocol::Udp);
    let seen = [sent("ping"), prints("ping\n"), log(), receives(udp(SERVER))];
    assert_eq!(answer("Hello, Client!").after(seen)[0], "udp-never-replies");
    let to_the_log =
        Socket { peer: Some(at("127.0.0.1:514")), inode: 78, ..udp("127.0.0.1:41234") };
    let both = || waits(&[udp(SERVER), to_the_log.clone()], Target::Socket(77));
    let seen = [sent("ping"), prints("ping\n"), both()];
    assert_eq!(answer("Hello, Client!").after(seen)[0], "udp-never-replies");
    let own_port = prints("12345: Hello, Client!\n");
    let seen = [private(), sent("ping"), own_port, receives(udp(SERVER))];
    assert_eq!(answer("Hello, Client!").after(seen)[0], "out-log-vs-answer");
}

#[test]
fn a_server_that_ends_at_a_new_kind_of_message_has_not_counted() {
    let plain = [sent("a"), got("x"), sent("b"), got("x"), sent("c")];
    assert_eq!(answer("x").exits(0).after(plain), ["udp-serves-n-then-exits"]);
    let world = [sent("a"), got("x"), sent("b"), got("x"), sent("é")];
    assert_eq!(answer("x").exits(0).after(world), ["unknown"]);
    assert_eq!(answer("x").exits(0).after([sent("a"), got("x"), sent("a\nb")]), ["unknown"]);
    assert_eq!(answer("x").exits(0).after([sent("a")]), ["exit-early"]);
}

#[test]
fn a_process_that_served_and_is_gone_does_not_sleep() {
    let thread =
        |pid, call, on| Thread { pid, tid: pid, call, on, timeout: Timeout::Some, receive: None };
    let view = |threads| View { processes: 2, sockets: vec![udp(SERVER)], threads };
    let sleeper = || thread(1, Call::Sleep, vec![]);
    let child = thread(2, Call::Recvfrom, vec![Target::Socket(77)]);
    let before = What::Looked { view: view(vec![sleeper(), child]) };
    let now = What::Looked { view: view(vec![sleeper()]) };
    let late = Failed { ending: Ending::Deadline, ..answer("x") };
    assert_eq!(late.after([before, sent("ping"), now]), ["unknown"]);
}

#[test]
fn an_error_means_what_it_says_where_it_was_made() {
    let breaks = |words: &str| answer("x").exits(1).after([sent("ping"), says(words)]);
    // Of getpeername or shutdown, on a datagram socket; and of a receive, on the other kind.
    let words = "OSError: [Errno 107] Transport endpoint is not connected\n";
    let seen = [receives(udp(SERVER)), sent("ping"), says(words)];
    assert_eq!(answer("x").exits(1).after(seen), ["exit-crashed"]);
    assert_eq!(bound().exits(1).after([watched(), says(words)]), ["exit-crashed"]);
    assert_eq!(bound().exits(1).after([says(words)]), ["udp-stream-socket"]);
    let listening = receives(tcp(SERVER));
    let seen = [listening, sent("ping"), says(words)];
    assert_eq!(answer("x").exits(1).after(seen), ["udp-stream-socket"]);
    // A message that is read as a program.
    assert_eq!(breaks("SyntaxError: invalid syntax\n"), ["exit-crashed"]);
    assert_eq!(
        bound().exits(1).after([says("  File \"a.py\", line 1\n    if\n    ^\nSyntaxError: x\n")]),
        ["start-not-compiling"]
    );
    // The sender's address is a tuple as well.
    let words = "AttributeError: 'tuple' object has no attribute 'port'\n";
    assert_eq!(breaks(words), ["exit-crashed"]);
    let words = "TypeError: a bytes-like object is required, not 'tuple'\n";
    assert_eq!(breaks(words), ["udp-recvfrom-not-unpacked"]);
    // A file that may not be written, and no broadcast.
    assert_eq!(breaks("PermissionError: [Errno 13] Permission denied: '/log'\n"), ["exit-crashed"]);
    assert_eq!(
        breaks("PermissionError: [Errno 13] Permission denied\n"),
        ["addr-no-broadcast-option"]
    );
    let words = "UnicodeEncodeError: 'utf-8' codec can't encode: surrogates not allowed\n";
    assert_eq!(breaks(words), ["exit-crashed"]);
    let words = "UnicodeDecodeError: 'utf-16-le' codec can't decode byte: truncated data\n";
    assert_eq!(breaks(words), ["exit-crashed"]);
}

#[test]
fn a_bind_that_failed_was_looked_at_when_the_program_does_something_about_it() {
    let complaint = || Failed::to(Expectation::Complaint);
    let stays = |sockets: &[Socket]| waits(sockets, Target::Terminal);
    let ignored = complaint().after([prints("Bound.\n"), stays(&[udp("0.0.0.0:0")])]);
    assert_eq!(ignored, ["except-hides-bug", "exit-never"]);
    let says_so = prints("bind: [Errno 98] Address already in use\nPress Enter\n");
    assert_eq!(complaint().after([says_so, stays(&[udp("0.0.0.0:0")])]), ["exit-never"]);
    let elsewhere = complaint().after([prints("Bound.\n"), stays(&[udp("127.0.0.1:12346")])]);
    assert_eq!(elsewhere, ["unknown"]);
}

#[test]
fn an_error_for_a_short_message_is_not_about_its_length() {
    let empty = answer("Server acknowledges: ").gets("Error: empty message");
    assert_eq!(empty.after([sent(""), got("Error: empty message")]), ["unknown"]);
    let refused = answer("Server acknowledges: abcd").gets("Error: not text");
    assert_eq!(refused.after([sent("abcd"), got("Error: not text")]), ["unknown"]);
}

#[test]
fn a_high_port_that_was_asked_for_is_not_the_systems_choice() {
    let asked = What::Called(SocketCall::Bind {
        fd: 3,
        address: Some(at("127.0.0.1:54321")),
        errno: Some(0),
    });
    let seen = [watched(), asked, receives(udp("127.0.0.1:54321"))];
    assert_eq!(bound().after(seen), ["udp-wrong-port"]);
    let both = waits(&[tcp("127.0.0.1:9999"), udp("127.0.0.1:12346")], Target::Socket(77));
    assert_eq!(bound().after([both]), ["udp-wrong-port"]);
}

#[test]
fn a_message_that_nobody_took_was_not_passed_over() {
    let quoted = for_tests::udp(CLIENT, SERVER, b"hi");
    let unreachable = [&[3, 3, 0, 0, 0, 0, 0, 0], quoted.as_slice()].concat();
    let bytes = for_tests::ipv4(1, SERVER, CLIENT, &unreachable);
    let refused = What::Packet(Flight::new(0, bytes.into(), 0, Outcome::Arrived).unwrap());
    let seen = [private(), receives(udp(SERVER)), sent("hi"), refused];
    assert_eq!(answer("hello").after(seen), ["unknown"]);
}

#[test]
fn an_answer_to_another_client_is_not_the_missing_one() {
    let to_another = || What::Received {
        at: at("127.0.0.1:40001"),
        from: at(SERVER),
        payload: Payload::from("Server acknowledges: two"),
    };
    let missing = [sent("one"), to_another()];
    assert_eq!(answer(&ack("one")).after(missing), ["udp-recv-drops-address"]);
    let crossed = [sent("one"), sent("two"), got(&ack("two")), to_another()];
    let failed = answer("Server acknowledges: one").gets("Server acknowledges: two");
    assert_eq!(failed.after(crossed), ["unknown"]);
}

#[test]
fn zero_bytes_are_no_marks() {
    assert_eq!(answered("a\0bcd", "abcd"), ["unknown"]);
    let seen = [sent("abcd"), got(""), got(&ack("abcd"))];
    assert_eq!(answer("Server acknowledges: abcd").gets("").after(seen), ["unknown"]);
}
