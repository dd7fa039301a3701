//! A program's own words are no evidence: only what its runtime says when it gives up.

use super::*;

#[test]
fn a_todo_is_one_that_stopped_the_program() {
    let panic =
        "\nthread 'main' panicked at src/main.rs:9:5:\nnot yet implemented: bind\nnote: x\n";
    assert_eq!(bound().exits(101).after([says(panic)]), ["start-todo"]);
    let log = prints("encryption: not yet implemented\n");
    assert_eq!(bound().after([log, receives(udp("127.0.0.1:12346"))]), ["udp-wrong-port"]);
}

#[test]
fn text_in_any_letters_is_text() {
    let some = || Failed::to(Expectation::SomeOutput);
    let end = || What::Exited { exit: Exit::Code(0), left: 0 };
    let late = ["out-not-flushed", "out-silent"];
    assert_eq!(some().and_then(&[], [prints("слушает"), end()]), late);
    let none = ["out-silent", "out-not-flushed"];
    assert_eq!(some().and_then(&[], [prints(" \n"), end()]), none);
}
