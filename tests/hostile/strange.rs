//! Programs that are right, and strange.

use std::process::{Command, Stdio};

use super::Test;
use super::program::{Program, SOCKLAB, Verdict, turn};

pub const IN_PYTHON: &[Test] = named![
    a_mebibyte_without_a_line_end,
    output_that_is_not_text,
    a_hundred_threads,
    one_that_becomes_another,
    a_wrapper_of_a_wrapper,
    a_program_in_any_surroundings,
];

/// Lab 1's program, with something before it prints and something before it ends.
fn lab1(first: &str, second: &str) -> Program {
    Program::python(&format!(
        "
import os, socket, sys, threading
made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
{first}
print('made', flush=True)
{second}
input()
made.close()
"
    ))
}

fn a_mebibyte_without_a_line_end() {
    lab1("sys.stdout.write('x' * (1 << 20))", "").passes(1);
}

fn output_that_is_not_text() {
    lab1(r"sys.stdout.buffer.write(b'\xff\xfe\x80\0\x1b[31m\x9b')", "").passes(1);
}

fn a_hundred_threads() {
    let first =
        "for _ in range(100): threading.Thread(target=threading.Event().wait, daemon=True).start()";
    lab1(first, "").passes(1);
}

fn one_that_becomes_another() {
    lab1("", "")
        .file(
            "first.py",
            "import os, sys\nos.execv(sys.executable, ['python3', 'program.py', sys.argv[1]])",
        )
        .by(&["python3", "first.py"])
        .passes(1);
}

fn a_wrapper_of_a_wrapper() {
    let wrapper = |next| {
        format!(
            "import subprocess, sys\nsys.exit(subprocess.call([sys.executable, '{next}', sys.argv[1]]))"
        )
    };
    lab1("", "")
        .file("outer.py", &wrapper("inner.py"))
        .file("inner.py", &wrapper("program.py"))
        .by(&["python3", "outer.py"])
        .passes(1);
}

fn a_program_in_any_surroundings() {
    let program = lab1("", "");
    let _turn = turn();
    let passes = |command: Command| {
        let verdict = Verdict::of(command);
        assert_eq!(verdict.code, Some(0), "{}\n{:#}", verdict.errors, verdict.first_failure());
        assert_eq!(program.processes(), [], "left behind");
    };

    let mut bare = program.check(1);
    bare.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("LANG", "C");
    passes(bare);

    let mut without_a_terminal = Command::new("setsid");
    program.arguments(1, without_a_terminal.arg("-w").arg(SOCKLAB));
    without_a_terminal.stdin(Stdio::null());
    passes(without_a_terminal);

    let mut without_output = Command::new("sh");
    without_output.args(["-c", r#"exec "$@" >&- 2>&-"#, "sh"]);
    program.arguments(1, without_output.arg(SOCKLAB));
    passes(without_output);

    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = program.check(1).stdout(writer).stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(141), "nobody reads what it says");
    assert_eq!(program.processes(), [], "left behind");
}
