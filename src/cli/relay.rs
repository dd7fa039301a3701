//! `socklab relay`: a link that can be bad between a client and a server on the loopback, for machines
//! that make no private network.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use clap::Args;

use super::Stop;
use super::link::{LinkArgs, table};
use super::screen::Screen;
use crate::evidence::SetupError;
use crate::interrupt;
use crate::network::SENDERS;
use crate::network::relay::{Disturbed, Relay};

/// How often it is asked whether somebody has pressed Ctrl-C, which ends a wait by itself: this is for
/// one that comes between two.
const PACE: Duration = Duration::from_millis(200);

#[derive(Debug, Args)]
pub(super) struct RelayArgs {
    /// Where clients send to: a port of 127.0.0.1, or another address of the loopback with a port.
    #[arg(value_name = "LISTEN")]
    listen: Place,
    /// Where the server is.
    #[arg(value_name = "SERVER")]
    server: Place,
    #[command(flatten)]
    link: LinkArgs,
    /// Say nothing of what is lost, late, repeated or changed; only count it.
    #[arg(long, short)]
    quiet: bool,
}

/// An address on the loopback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place(SocketAddr);

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Place, String> {
        let port = || text.parse().map(|port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        let address: SocketAddr = text.parse().or_else(|_| port()).map_err(
            |_| "neither a port, as in 12000, nor an address with a port, as in 127.0.0.1:12000",
        )?;
        if !address.ip().is_loopback() {
            return Err(format!("{} is not on the loopback", address.ip()));
        }
        Ok(Place(address))
    }
}

pub(super) fn relay(args: &RelayArgs, screen: &mut Screen) -> Result<ExitCode, Stop> {
    let (Place(listen), Place(server)) = (args.listen, args.server);
    if listen == server {
        let what = format!("{listen} is both where clients send to and where the server is");
        return Err(Stop::Usage(format!("{what}; the relay needs a port of its own")));
    }
    if listen.is_ipv4() != server.is_ipv4() {
        return Err(Stop::Usage(format!("{listen} and {server} are of two families")));
    }
    let settings = args.link.settings(&SENDERS)?;
    let seed = settings.seed;
    let mut relay = Relay::open(listen, server, settings).map_err(|error| {
        let next = "end whoever holds that port (ss -ulnp shows them), or choose another";
        SetupError::new(format!("{listen} cannot be had"), error, next)
    })?;
    screen.print(&format!(
        "clients send to {}, and it goes on to {server} (seed {seed}); Ctrl-C ends this\n",
        relay.address()
    ))?;
    while !interrupt::asked() {
        let disturbed = relay.carry(PACE).map_err(|error| {
            SetupError::new("the relay cannot wait for datagrams", error, "please report it")
        })?;
        for Disturbed { from, length, how } in disturbed.iter().filter(|_| !args.quiet) {
            screen.print(&format!("{from}, {length} bytes: {how}\n"))?;
        }
    }
    screen.note(&table(&relay.table(), &[], seed));
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_on_the_loopback() {
        let read = |text: &str| text.parse::<Place>().map(|place| place.0.to_string());
        assert_eq!(read("12000").as_deref(), Ok("127.0.0.1:12000"));
        assert_eq!(read("127.0.0.7:9").as_deref(), Ok("127.0.0.7:9"));
        assert_eq!(read("[::1]:9").as_deref(), Ok("[::1]:9"));
        assert!(read("10.0.0.1:9").unwrap_err().contains("10.0.0.1 is not on the loopback"));
        for text in ["", "localhost", "70000", "127.0.0.1"] {
            assert!(read(text).unwrap_err().contains("neither a port"), "{text}");
        }
    }
}
