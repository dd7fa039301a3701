//! What becomes of a program's port.

use std::cell::Cell;
use std::time::Duration;

use socklab::check::Port;

use super::{ADDRESS, play};

const WITHIN: Duration = Duration::from_secs(2);

/// What becomes of the port of a server that does this once it has got a message.
fn port_of(each: &str) -> Port {
    let port = Cell::new(None);
    let played = play("", &format!("m, who = s.recvfrom(99)\n{each}"), |server, client| {
        client.sends("now")?;
        port.set(Some(server.frees(ADDRESS.parse().unwrap(), WITHIN)?));
        Ok(())
    });
    played.passes();
    port.get().unwrap()
}

pub fn a_port_is_free_when_its_socket_is_gone() {
    assert_eq!(port_of("s.close()\nthreading.Event().wait()"), Port::Free);
    assert_eq!(port_of("exit()"), Port::Free);
}

pub fn a_port_is_forgotten_when_nobody_receives() {
    assert_eq!(port_of("threading.Event().wait()"), Port::Forgotten);
}

/// As a program does that makes a copy of its socket and closes the first.
pub fn a_socket_with_another_descriptor_is_still_there() {
    let moves = "fd = s.fileno()\nwhile True:\n    other = os.dup(fd)\n    os.close(fd)\n    fd = other\n    \
                 time.sleep(0.005)";
    assert_eq!(port_of(moves), Port::Used);
}
