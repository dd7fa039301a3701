//! The forms as a table: what was printed, and what it says.

use super::{RuntimeError, last_error};

/// What is read of some output: runtime, kind, errno, message, place.
fn read(output: &str) -> String {
    let RuntimeError { runtime, kind, errno, message, file, line, .. } =
        last_error(output.as_bytes()).unwrap_or_default();
    let place = file.zip(line).map(|(file, line)| format!("{file}:{line}"));
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".into());
    let errno = errno.map(|errno| errno.to_string());
    format!(
        "{} {} {} {:?} {}",
        runtime.unwrap_or("-"),
        or_none(kind),
        or_none(errno),
        message,
        or_none(place)
    )
}

#[test]
fn each_runtime_has_its_form() {
    let table = [
        (
            "Traceback (most recent call last):\n  File \"server.py\", line 3, in <module>\n    \
             s.bind(('127.0.0.1', 12345))\nOSError: [Errno 98] Address already in use\n",
            "Python OSError 98 \"[Errno 98] Address already in use\" server.py:3",
        ),
        (
            // The innermost place of the program itself counts.
            "Traceback (most recent call last):\n  File \"/x/a.py\", line 7, in <module>\n    \
             asyncio.run(main())\n  File \"/usr/lib/python3.11/asyncio/runners.py\", line 190, in \
             run\n    return runner.run(main)\nsocket.gaierror: [Errno -2] Name or service not known",
            "Python socket.gaierror -2 \"[Errno -2] Name or service not known\" /x/a.py:7",
        ),
        (
            "  File \"a.py\", line 1\n    print \"hi\"\n    ^^^^^^^^^^\nSyntaxError: Missing \
             parentheses in call to 'print'. Did you mean print(...)?\n",
            "Python SyntaxError - \"Missing parentheses in call to 'print'. Did you mean \
             print(...)?\" a.py:1",
        ),
        (
            "Traceback (most recent call last):\n  File \"a.py\", line 9, in <module>\nKeyboardInterrupt\n",
            "Python KeyboardInterrupt - \"\" a.py:9",
        ),
        (
            "\nthread 'main' (4711) panicked at src/main.rs:3:5:\nindex out of bounds: the len is 3 \
             but the index is 5\nnote: run with `RUST_BACKTRACE=1` environment variable\n",
            "Rust panic - \"index out of bounds: the len is 3 but the index is 5\" src/main.rs:3",
        ),
        (
            "thread 'main' panicked at src/main.rs:9:61:\ncalled `Result::unwrap()` on an `Err` value: \
             Os { code: 98, kind: AddrInUse, message: \"Address already in use\" }\n",
            "Rust panic 98 \"called `Result::unwrap()` on an `Err` value: Os { code: 98, kind: \
             AddrInUse, message: \\\"Address already in use\\\" }\" src/main.rs:9",
        ),
        (
            "thread 'main' panicked at 'not so', src/main.rs:3:5\n",
            "Rust panic - \"not so\" src/main.rs:3",
        ),
        (
            "Error: Os { code: 99, kind: AddrNotAvailable, message: \"Cannot assign requested \
             address\" }\n",
            "Rust AddrNotAvailable 99 \"Cannot assign requested address\" -",
        ),
        (
            "node:events:497\n      throw er; // Unhandled 'error' event\n      ^\n\nError: bind \
             EADDRINUSE 127.0.0.1:12345\n    at node:dgram:359:20\n    at Socket.<anonymous> \
             (/x/server.js:4:8)\nEmitted 'error' event on Socket instance at:\n    at \
             node:dgram:361:14 {\n  errno: -98,\n  code: 'EADDRINUSE',\n  syscall: 'bind',\n}\n\n\
             Node.js v18.19.0\n",
            "Node Error 98 \"bind EADDRINUSE 127.0.0.1:12345\" /x/server.js:4",
        ),
        (
            "/x/a.js:3\nfoo(\n    ^\n\nSyntaxError: Unexpected end of input\n    at wrapSafe \
             (node:internal/modules/cjs/loader:1278:20)\n\nNode.js v18.19.0\n",
            "Node SyntaxError - \"Unexpected end of input\" /x/a.js:3",
        ),
        (
            "RangeError [ERR_SOCKET_BAD_PORT]: Port should be > 0 and < 65536.\n    at \
             /x/a.js:2:3\n",
            "Node RangeError - \"Port should be > 0 and < 65536.\" /x/a.js:2",
        ),
        (
            "Exception in thread \"main\" java.net.BindException: Address already in use (Bind \
             failed)\n\tat java.base/sun.nio.ch.Net.bind0(Native Method)\n\tat \
             Server.main(Server.java:5)\n",
            "Java java.net.BindException 98 \"Address already in use (Bind failed)\" Server.java:5",
        ),
        (
            "panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 \
             [running]:\nmain.main()\n\t/x/server.go:8 +0x1d\nexit status 2\n",
            "Go panic - \"runtime error: index out of range [5] with length 3\" \
             /x/server.go:8",
        ),
        (
            "2026/01/01 10:00:00 listen udp 127.0.0.1:12345: bind: address already in use\n",
            "Go - 98 \"listen udp 127.0.0.1:12345: bind: address already in use\" -",
        ),
        (
            "terminate called after throwing an instance of 'std::system_error'\n  what():  bind: \
             Address already in use\n",
            "C++ std::system_error 98 \"bind: Address already in use\" -",
        ),
    ];
    for (output, wanted) in table {
        assert_eq!(read(output), wanted);
    }
}

#[test]
fn an_error_that_a_program_caught_is_known_by_the_system_s_number_name_or_text() {
    let table = [
        ("An error occurred: [Errno 13] Permission denied", "Python - 13"),
        ("oh no: Address already in use (os error 98)", "Rust - 98"),
        ("bind: Cannot assign requested address", "- - 99"),
        ("error: bind EADDRINUSE 127.0.0.1:12345", "- - 98"),
        ("java.net.BindException: Address already in use", "- - 98"),
    ];
    for (line, wanted) in table {
        assert_eq!(read(&format!("ready\n{line}\nbye\n")), format!("{wanted} {line:?} -"));
    }
}

#[test]
fn nothing_is_read_into_what_has_no_form() {
    for output in [
        "",
        "Server is ready.\n",
        "Error: something went wrong\n",
        "bind: Die Adresse wird bereits verwendet\n",
        "bind: Adresse déjà utilisée\n",
        "panic: no bread left\n",
        "Message: OSError: read about it\n",
        "thread 'main' has panicked\n",
        "Traceback (most recent call last):\n",
        "EADDRINUSEFUL\n",
        "\u{1b}[31m\0\u{fffd}",
    ] {
        assert_eq!(last_error(output.as_bytes()), None, "{output:?}");
    }
}

#[test]
fn what_is_cut_off_says_as_much_as_is_left() {
    let cut = "Traceback (most recent call last):\n  File \"a.py\", line 3, in <module>\nOSErr";
    assert_eq!(read(cut), "Python OSErr - \"\" a.py:3");
    let cut = "thread 'main' panicked at src/main.rs:3:5:";
    assert_eq!(read(cut), "Rust panic - \"\" src/main.rs:3");
    let head = "    s.bind(a)\nOSError: [Errno 98] Address already in use\n";
    assert_eq!(
        read(head),
        "Python - 98 \"OSError: [Errno 98] Address already in use\" -",
        "without its head it is a line like another"
    );
    let cut = "Exception in thread \"main\" java.net.Bind";
    assert_eq!(read(cut), "Java java.net.Bind - \"\" -");
}

#[test]
fn the_last_error_counts_and_is_told_in_words() {
    let output = "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nValueError: x\n\n\
                  During handling of the above exception, another exception occurred:\n\n\
                  Traceback (most recent call last):\n  File \"/x/a.py\", line 4, in f\nKeyError: 'y'\n";
    let error = last_error(output.as_bytes()).unwrap();
    assert_eq!(error.words(), "KeyError: 'y'");
    assert_eq!(error.place().as_deref(), Some("line 4 of a.py"));
    let returned = "Error: Os { code: 90, kind: Uncategorized, message: \"Message too long\" }";
    let error = last_error(format!("no line end here {returned}").as_bytes()).unwrap();
    assert_eq!((error.words(), error.errno), (returned.to_owned(), Some(90)));
    let error = last_error(b"thread 'main' panicked at src/main.rs:3:5:\nnot so\n").unwrap();
    assert_eq!(error.words(), "not so");
    let long = format!("{} Permission denied", "x".repeat(5000));
    let error = last_error(long.as_bytes()).unwrap();
    assert!(error.words().starts_with("…xx") && error.words().ends_with("x Permission denied"));
    assert_eq!(error.message.chars().count(), 201);
}
