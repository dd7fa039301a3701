//! What a second run tells, as a table.

use super::*;

/// A message that is longer than any text around it.
const LONG: &str = "harbor copper falcon saddle lagoon walnut 4711 and so on";

/// A run with many messages, and what came of them.
fn many(reaction: What) -> Vec<What> {
    [vec![sent("abc")], vec![sent(LONG); 39], vec![reaction]].concat()
}

#[test]
fn one_that_takes_two_datagrams_for_a_message_serves_the_second() {
    let silent = || [sent("ping"), receives(udp(SERVER))];
    let hello = || answer("Hello, Client!");
    let answers = hello().and_then(&silent(), many(got("Hello, Client!")));
    assert_eq!(answers, ["udp-header-then-body"]);
    let none = hello().and_then(&silent(), many(What::Stopped));
    assert_eq!(none, ["udp-never-replies"]);
    let ended = [sent("abc"), What::Exited { exit: Exit::Code(1), left: 0 }];
    let both = ["udp-header-then-body", "udp-never-replies"];
    assert_eq!(hello().and_then(&silent(), ended), both, "it shows nothing");
}

#[test]
fn a_buffer_is_written_out_in_the_end() {
    let unseen = || output("copper");
    let seen = [sent("copper"), got("hi"), prints("\n"), receives(udp(SERVER))];
    assert_eq!(unseen().and_then(&seen, many(prints(LONG))), ["out-not-flushed"]);
    assert_eq!(unseen().and_then(&seen, many(What::Stopped)), ["out-silent"]);
    // What comes while it is stopped does not come of itself.
    let late = many(What::Stopped).into_iter().chain([prints(LONG)]);
    assert_eq!(unseen().and_then(&seen, late), ["out-silent"]);
    assert_eq!(unseen().and_then(&seen, [sent("abc")]), ["out-silent", "out-not-flushed"]);

    let prompt = || Failed { role: Role::Client, ..Failed::to(Expectation::SomeOutput) };
    let waits = [waits(&[udp("0.0.0.0:0")], Target::Terminal)];
    let end = || What::Exited { exit: Exit::Code(0), left: 0 };
    let late = prompt().and_then(&waits, [typed("abc"), prints("done\n"), end()]);
    assert_eq!(late, ["out-not-flushed", "out-silent"], "perhaps another text");
    let none = prompt().and_then(&waits, [typed("abc"), end()]);
    assert_eq!(none, ["out-silent", "out-not-flushed"], "some runtimes forget their buffers");
}

#[test]
fn a_pointer_has_one_size_whatever_it_points_to() {
    let line = "copper walnut 4711";
    let cut = || datagram(line).gets("copper w");
    let first = [typed(line), got("copper w")];
    assert_eq!(cut().and_then(&first, [typed("abc"), got("abc\0\0\0\0\0")]), ["size-of-pointer"]);
    assert_eq!(cut().and_then(&first, [typed("abc"), got("abc")]), ["size-recv-buffer-small"]);
    let both = ["size-of-pointer", "size-recv-buffer-small"];
    assert_eq!(cut().and_then(&first[1..], [got("copper w")]), both, "always the same text");
}
