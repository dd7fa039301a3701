//! Programs that take too much, and programs that do not go.

use super::program::Program;
use super::{SERVER, Test};

pub const IN_PYTHON: &[Test] = named![
    one_that_prints_for_ever,
    one_that_prints_for_ever_on_standard_error,
    one_that_only_computes,
    one_that_forks_without_end,
    one_that_eats_memory,
    one_that_ignores_the_signals_to_end,
    one_that_handles_the_signals_to_end_and_goes_on,
    a_daemon_that_keeps_the_port,
    one_that_has_descendants_in_sessions_of_their_own,
    one_that_kills_its_guard,
];

pub const OTHERS: &[Test] = named![one_that_stops_itself,];

fn one_that_prints_for_ever() {
    Program::python("while True: print('x' * 1000)").is_diagnosed(6, "out-flood");
}

fn one_that_prints_for_ever_on_standard_error() {
    Program::python("import sys\nwhile True: print('x' * 1000, file=sys.stderr)")
        .is_diagnosed(6, "out-flood");
}

fn one_that_only_computes() {
    Program::python("while True: pass").is_diagnosed(6, "conc-busy-poll");
}

/// A bomb that goes out by itself: eleven forks, each in all processes, are 2048 processes.
const FORKS: &str = "
import os, signal
for _ in range(11): os.fork()
signal.pause()
";

fn one_that_forks_without_end() {
    Program::python(FORKS).is_diagnosed(6, "start-forks-without-end");
}

fn one_that_eats_memory() {
    // Untouched pages cost the machine nothing, and count against the limit.
    Program::python(
        "import mmap\nkept = [mmap.mmap(-1, 1 << 28, mmap.MAP_PRIVATE) for _ in range(99)]",
    )
    .is_diagnosed(6, "exit-crashed");
}

fn one_that_ignores_the_signals_to_end() {
    Program::python(
        "
import signal
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
signal.pause()
",
    )
    .is_diagnosed(6, "udp-no-socket");
}

fn one_that_handles_the_signals_to_end_and_goes_on() {
    Program::python(
        "
import signal
for number in (signal.SIGINT, signal.SIGTERM): signal.signal(number, lambda *_: print('no'))
while True: signal.pause()
",
    )
    .is_diagnosed(6, "udp-no-socket");
}

/// Twice: the second check would find the port taken.
fn a_daemon_that_keeps_the_port() {
    // The first must not end before the second has a session of its own: the end of a session is
    // the end of all in it.
    let daemon = "
if os.fork():
    os.wait()
    os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
serve()
";
    let program = Program::python(&format!("{SERVER}{daemon}"));
    for _ in 0..2 {
        program.is_diagnosed(6, "exit-left-daemon");
    }
}

fn one_that_has_descendants_in_sessions_of_their_own() {
    Program::python(
        "
import os, socket, time
made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid()
            time.sleep(60)
        os._exit(0)
print('made')
input()
",
    )
    .passes(1);
}

fn one_that_stops_itself() {
    let verdict = Program::sh("kill -STOP $$").is_diagnosed(6, "udp-no-socket");
    let seen = verdict.first_failure()["observed"].to_string();
    assert!(seen.contains("a signal has stopped it"), "{seen}");
}

fn one_that_kills_its_guard() {
    Program::python(
        "
import os, signal, time
guard = os.getppid()
if os.fork() == 0:
    os.setsid()
    time.sleep(60)
os.kill(guard, signal.SIGKILL)
time.sleep(60)
",
    )
    .is_diagnosed(6, "exit-crashed");
}
