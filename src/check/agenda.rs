//! What peers have yet to send, each at its time.

use std::net::SocketAddr;
use std::time::Instant;

/// A datagram that a peer sends later.
#[derive(Clone, Debug)]
pub(super) struct Due {
    pub(super) at: Instant,
    /// The place of the one who sends it.
    pub(super) actor: usize,
    pub(super) to: SocketAddr,
    pub(super) payload: Vec<u8>,
}

/// All that is yet to be sent.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    dues: Vec<Due>,
}

impl Agenda {
    pub(super) fn add(&mut self, due: Due) {
        self.dues.push(due);
    }

    /// When the next one is due, if there is one.
    pub(super) fn next(&self) -> Option<Instant> {
        self.dues.iter().map(|due| due.at).min()
    }

    /// Takes one whose time has come: of two the earlier, of two of one time the one that was
    /// added first.
    pub(super) fn take(&mut self, now: Instant) -> Option<Due> {
        let earliest = self.next().filter(|&at| at <= now)?;
        let place = self.dues.iter().position(|due| due.at == earliest)?;
        Some(self.dues.remove(place))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_is_due_comes_in_the_order_of_its_times() {
        let now = Instant::now();
        let mut agenda = Agenda::default();
        for (actor, ms) in [(0, 20), (1, 10), (2, 20), (3, 500)] {
            let to = SocketAddr::from(([127, 0, 0, 1], 1));
            let at = now + Duration::from_millis(ms);
            agenda.add(Due { at, actor, to, payload: Vec::new() });
        }
        assert_eq!(agenda.next(), Some(now + Duration::from_millis(10)));
        assert!(agenda.take(now).is_none());
        let later = now + Duration::from_millis(100);
        let order: Vec<usize> =
            std::iter::from_fn(|| agenda.take(later)).map(|due| due.actor).collect();
        assert_eq!(order, [1, 0, 2]);
        assert_eq!(agenda.next(), Some(now + Duration::from_millis(500)));
    }
}
