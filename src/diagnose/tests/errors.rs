//! Programs that break, known by the error that their runtime prints.

use super::*;

#[test]
fn a_program_that_breaks_is_known_by_its_error_in_any_language() {
    let breaks = |words: &str| bound().exits(1).after([says(words)]);
    for words in ["OSError: [Errno 98] Address already in use", "bind EADDRINUSE 127.0.0.1:12345"] {
        assert_eq!(breaks(words), ["udp-bind-in-use"], "{words}");
    }
    for words in
        ["Os { code: 99, message: \"Cannot assign requested address\" }", "bind: (os error 99)"]
    {
        assert_eq!(breaks(words), ["udp-bind-foreign-address"], "{words}");
    }
    assert_eq!(breaks("listen: Operation not supported"), ["udp-listen-accept"]);
    assert_eq!(breaks("PermissionError: [Errno 13] Permission denied"), ["udp-bind-privileged"]);
    let answering =
        answer("Hello").exits(1).after([sent("x"), says("[Errno 13] Permission denied")]);
    assert_eq!(answering, ["addr-no-broadcast-option"]);
    let python = |error: &str| breaks(&format!("  File \"a.py\", line 1\n    x\n{error}\n"));
    assert_eq!(python("SyntaxError: Missing parentheses in call to 'print'"), ["start-python2"]);
    assert_eq!(python("SyntaxError: invalid syntax"), ["start-not-compiling"]);
    assert_eq!(python("ModuleNotFoundError: No module named 'x'"), ["start-missing-dependency"]);
    let node = "Error: Cannot find module './x'\n    at Function.<anonymous> (/a.js:1:1)\n";
    assert_eq!(breaks(node), ["start-missing-dependency"]);
    // The same words in a text of its own say nothing.
    assert_eq!(breaks("I print: SyntaxError and Cannot find module"), ["exit-crashed"]);
    assert_eq!(breaks("thread 'main' panicked: index out of bounds"), ["exit-crashed"]);
}

#[test]
fn what_python_says_of_text_and_bytes() {
    let breaks = |words: &str| answer("x").exits(1).after([sent("olé"), says(words)]);
    let words = "AttributeError: 'str' object has no attribute 'decode'. Did you mean: 'encode'?";
    assert_eq!(breaks(words), ["enc-str-not-bytes"]);
    // What was sent is UTF-8, so it is the choice of ASCII that is wrong.
    let words = "UnicodeDecodeError: 'ascii' codec can't decode byte 0xc3 in position 2";
    assert_eq!(breaks(words), ["enc-wrong-charset"]);
    let words = "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 0";
    let bytes = [sent_bytes(b"ol\xe9"), says(words)];
    assert_eq!(answer("x").exits(1).after(bytes), ["enc-strict-decode-crash"]);
}

#[test]
fn a_call_on_a_closed_socket() {
    let words = "OSError: [Errno 9] Bad file descriptor";
    let waits = || Failed::to(Expectation::WaitsForAnswer).exits(1);
    assert_eq!(waits().after([got("hi"), says(words)]), ["udp-socket-closed-early"]);
    // Nothing has ever come from it: perhaps it was never made.
    let never = ["udp-socket-closed-early", "udp-no-socket"];
    assert_eq!(bound().exits(1).after([says("bind: Bad file descriptor")]), never);
}

#[test]
fn what_a_living_program_says_of_its_error_counts() {
    let words = "Error: can only concatenate str (not \"bytes\") to str\n";
    let seen = [sent("ping"), prints(words), receives(udp(SERVER))];
    assert_eq!(answer("Hello, Client!").after(seen), ["enc-str-not-bytes"]);
    let words = "An error occurred: 'ascii' codec can't encode character '\\xe9' in position 1\n";
    assert_eq!(datagram("é").exits(0).after([prints(words)]), ["enc-wrong-charset"]);
}

#[test]
fn a_program_that_rested_before_it_broke_rests_no_more() {
    let words = "TypeError: can only concatenate str (not \"bytes\") to str";
    let seen = [receives(udp(SERVER)), sent("ping"), says(words)];
    assert_eq!(answer("Hello, Client!").exits(1).after(seen), ["enc-str-not-bytes"]);
}
