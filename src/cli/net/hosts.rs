//! The hosts of `socklab net --hosts`.

use std::net::Ipv4Addr;
use std::str::FromStr;

use crate::evidence::Host;
use crate::network::MOST_HOSTS;

/// The address of the first host, if nobody says otherwise; the others follow.
const FIRST: Ipv4Addr = Ipv4Addr::new(192, 168, 0, 108);

/// The names of the first two, if nobody says otherwise.
const NAMES: [&str; 2] = ["server", "client"];

/// Hosts, as a person gives them: `2`, or `server=10.0.0.1,client=10.0.0.2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hosts(pub(super) Vec<Host>);

impl FromStr for Hosts {
    type Err = String;

    fn from_str(text: &str) -> Result<Hosts, String> {
        match text.parse::<usize>() {
            Ok(number @ 1..=MOST_HOSTS) => Ok(Hosts::of(number)),
            Ok(_) => Err(format!("a number from 1 to {MOST_HOSTS} is needed")),
            Err(_) => Hosts::named(text),
        }
    }
}

impl Hosts {
    /// So many hosts with the names and addresses that they have if nobody says otherwise.
    fn of(number: usize) -> Hosts {
        let host = |at: usize| Host {
            name: NAMES.get(at).map_or_else(|| format!("host{}", at + 1), |it| (*it).to_owned()),
            address: Some(Ipv4Addr::from_bits(FIRST.to_bits() + at as u32)),
        };
        // One host alone has its loopback and nothing else.
        Hosts(if number == 1 { Vec::new() } else { (0..number).map(host).collect() })
    }

    fn named(text: &str) -> Result<Hosts, String> {
        let hosts: Vec<Host> = text.split(',').map(host).collect::<Result<_, _>>()?;
        for (at, host) in hosts.iter().enumerate() {
            for other in &hosts[..at] {
                if other.address == host.address {
                    let address = host.address.unwrap_or(Ipv4Addr::UNSPECIFIED);
                    return Err(format!("{} and {} both have {address}", other.name, host.name));
                }
                if other.name == host.name {
                    return Err(format!("two hosts are called {}", host.name));
                }
            }
            let network = |host: &Host| host.address.map(|it| it.to_bits() >> 8);
            if network(host) != network(&hosts[0]) {
                let (first, this) = (&hosts[0].name, &host.name);
                return Err(format!(
                    "{first} and {this} are in different networks of 256 addresses"
                ));
            }
        }
        match hosts.len() {
            2..=MOST_HOSTS => Ok(Hosts(hosts)),
            number => Err(format!("2 to {MOST_HOSTS} hosts are possible, not {number}")),
        }
    }
}

/// Reads `server=10.0.0.1`.
fn host(text: &str) -> Result<Host, String> {
    let form = || format!("{text:?} is not of the form NAME=ADDRESS");
    let (name, address) = text.trim().split_once('=').ok_or_else(form)?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if name.is_empty() || !name.chars().all(is_name) {
        return Err(format!("{name:?} is no name: letters, digits and hyphens are"));
    }
    let ip: Ipv4Addr =
        address.parse().map_err(|_| format!("{address:?} is no IPv4 address, such as {FIRST}"))?;
    let why = if ip.is_loopback() {
        "every host's own loopback"
    } else if ip.is_multicast() || ip.is_broadcast() || ip.octets()[3] == 255 {
        "an address for many hosts at once"
    } else if ip.octets()[0] == 0 || ip.octets()[3] == 0 {
        "the address of no host"
    } else {
        return Ok(Host { name: name.to_owned(), address: Some(ip) });
    };
    Err(format!("{ip} is {why}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::damage::text_of;

    #[test]
    fn a_number_gives_names_and_addresses_in_order() {
        let Hosts(hosts) = "3".parse().unwrap();
        let shown: Vec<_> =
            hosts.iter().map(|host| format!("{}={}", host.name, host.address.unwrap())).collect();
        assert_eq!(shown, ["server=192.168.0.108", "client=192.168.0.109", "host3=192.168.0.110"]);
        assert_eq!("1".parse(), Ok(Hosts(Vec::new())));
    }

    #[test]
    fn every_mistake_is_told_with_what_is_wrong() {
        for (text, told) in [
            ("0", "from 1 to 20"),
            ("21", "from 1 to 20"),
            ("server", "is not of the form NAME=ADDRESS"),
            ("a=10.0.0.1", "not 1"),
            ("a=10.0.0.1,b=10.0.0.1", "a and b both have 10.0.0.1"),
            ("a=10.0.0.1,a=10.0.0.2", "two hosts are called a"),
            ("a=10.0.0.1,b=10.0.1.2", "different networks"),
            ("a=10.0.0.1,b=10.0.0.256", "\"10.0.0.256\" is no IPv4 address"),
            ("a=10.0.0.1,b=10.0.0.255", "many hosts at once"),
            ("a=10.0.0.1,b=127.0.0.1", "loopback"),
            ("a=10.0.0.1,b=0.0.0.0", "no host"),
            ("a=10.0.0.1,b c=10.0.0.2", "no name"),
        ] {
            let error = text.parse::<Hosts>().unwrap_err();
            assert!(error.contains(told), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_a_network_of_hosts_that_differ(text in text_of(&[
            "a", "b", "c", "=", ",", "10.0.0.1", "10.0.0.2", "10.0.1.1", "127.0.0.1", "2", " ",
        ])) {
            let Ok(Hosts(hosts)) = text.parse() else { return Ok(()) };
            prop_assert!(hosts.len() != 1 && hosts.len() <= MOST_HOSTS);
            let names: BTreeSet<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
            let addresses: BTreeSet<_> = hosts.iter().map(|host| host.address).collect();
            prop_assert_eq!((names.len(), addresses.len()), (hosts.len(), hosts.len()));
        }
    }
}
