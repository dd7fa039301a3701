//! What a program gives to a call as an address is its own affair: any bytes.

use std::net::SocketAddr;

use proptest::prelude::*;

use super::{Address, parse_address};
use crate::damage::{every_damage, noise};

fn read(bytes: &[u8]) -> Option<SocketAddr> {
    match parse_address(bytes) {
        Some(Address::Ip(address)) => Some(address),
        _ => None,
    }
}

/// An address as C lays it out.
fn laid_out(address: SocketAddr) -> Vec<u8> {
    let port = address.port().to_be_bytes();
    match address {
        SocketAddr::V4(v4) => {
            let family = (libc::AF_INET as u16).to_ne_bytes();
            [&family[..], &port, &v4.ip().octets(), &[0; 8]].concat()
        }
        SocketAddr::V6(v6) => {
            let family = (libc::AF_INET6 as u16).to_ne_bytes();
            let (flow, scope) = (v6.flowinfo().to_be_bytes(), v6.scope_id().to_ne_bytes());
            [&family[..], &port, &flow, &v6.ip().octets(), &scope].concat()
        }
    }
}

#[test]
fn what_is_cut_off_or_damaged_is_survived() {
    for address in ["127.0.0.1:12345", "[::1]:12345"] {
        every_damage(&laid_out(address.parse().unwrap()), |bytes| _ = parse_address(bytes));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_an_address_or_none(bytes in noise()) {
        if let Some(address) = read(&bytes) {
            prop_assert_eq!(read(&laid_out(address)), Some(address));
        }
    }

    #[test]
    fn an_address_is_read_back_unless_it_is_cut_off(address: SocketAddr, cut in 0..16_usize) {
        let bytes = laid_out(address);
        prop_assert_eq!(read(&bytes), Some(address));
        prop_assert_eq!(read(&bytes[..cut]), None);
    }
}
