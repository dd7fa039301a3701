//! What programs send to one another, from one block of a demo to the next.

use crate::demo::Packets;
use crate::diagram::{Cast, Exchange, Reader};
use crate::evidence::Reading;

/// The lanes as they stand in a drawing, and all that was sent between them so far.
#[derive(Debug)]
pub(super) struct Wire {
    /// From left to right.
    lanes: Vec<String>,
    reader: Reader,
    /// When the first packet was sent, in nanoseconds after 1970-01-01 00:00 UTC.
    began_ns: Option<u64>,
}

impl Wire {
    pub(super) fn new(lanes: &[&str], reading: Option<Reading>) -> Wire {
        let lanes = from_left_to_right(lanes);
        let cast = lanes.iter().fold(Cast::new(), |cast, lane| cast.and(lane.as_str(), &[]));
        Wire { lanes, reader: Reader::new(cast.who_speak(reading)), began_ns: None }
    }

    /// Takes in packets, and hands over what they are in a drawing. Addresses are left out: the
    /// kernel's lines have them.
    pub(super) fn take(&mut self, packets: &Packets) -> Exchange {
        self.reader.goes_on_with(self.cast(packets));
        let before = self.reader.arrows();
        for flight in &packets.flights {
            let began_ns = *self.began_ns.get_or_insert(flight.at_ns());
            self.reader.packet(flight.at_ns().saturating_sub(began_ns) / 1000, flight);
        }
        let mut exchange = self.reader.since(before);
        exchange.lanes.iter_mut().for_each(|lane| lane.address = None);
        exchange
    }

    /// All that was sent.
    pub(super) fn exchange(&self) -> Exchange {
        self.reader.exchange()
    }

    /// Who held which address meanwhile.
    fn cast(&self, packets: &Packets) -> Cast {
        self.lanes.iter().fold(Cast::new(), |cast, lane| {
            match packets.seats.iter().find(|seat| seat.lane == *lane) {
                Some(seat) => cast.and_on((seat.host, seat.ip), lane.as_str(), &seat.holds),
                None => cast.and(lane.as_str(), &[]),
            }
        })
    }
}

/// A client stands on the left, further ones on the right, and all others between them.
fn from_left_to_right(lanes: &[&str]) -> Vec<String> {
    let (mut clients, others): (Vec<&str>, Vec<&str>) =
        lanes.iter().partition(|name| name.starts_with("client"));
    let further = clients.split_off(clients.len().min(1));
    clients.into_iter().chain(others).chain(further).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_stands_on_the_left() {
        for (lanes, drawn) in [
            (&["program"][..], &["program"][..]),
            (&["server", "client"], &["client", "server"]),
            (&["client", "server"], &["client", "server"]),
            (&["server", "client", "client2"], &["client", "server", "client2"]),
            (&["program", "other"], &["program", "other"]),
        ] {
            assert_eq!(from_left_to_right(lanes), drawn);
        }
    }
}
