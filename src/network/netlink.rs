//! Just enough of `rtnetlink(7)` to build a network.

use std::io;

use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, socket_with};

/// The length of `struct nlmsghdr`, with which every message begins.
const HEADER: usize = 16;

/// Brings up the loopback device of the network namespace that the caller is in.
pub(super) fn bring_loopback_up() -> io::Result<()> {
    // Of <linux/rtnetlink.h> and <linux/if.h>. The loopback is every namespace's first device.
    const RTM_NEWLINK: u16 = 16;
    const LOOPBACK: u32 = 1;
    const IFF_UP: u32 = 1;
    // struct ifinfomsg: no family and no type, the device, its flags, and which of them change.
    let words = [0, LOOPBACK, IFF_UP, IFF_UP];
    request(RTM_NEWLINK, &words.map(u32::to_ne_bytes).concat())
}

/// Sends a request about this namespace, and waits for the kernel to say that it is done.
fn request(kind: u16, body: &[u8]) -> io::Result<()> {
    // NLM_F_REQUEST and NLM_F_ACK. The numbers of request and sender are ours to choose.
    const FLAGS: u16 = 0x1 | 0x4;
    // Protocol 0 is NETLINK_ROUTE.
    let kernel = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)?;
    let mut message = Vec::with_capacity(HEADER + body.len());
    message.extend(((HEADER + body.len()) as u32).to_ne_bytes());
    message.extend(kind.to_ne_bytes());
    message.extend(FLAGS.to_ne_bytes());
    message.extend([0; 8]);
    message.extend(body);
    rustix::net::send(&kernel, &message, SendFlags::empty())?;
    let mut answer = [0u8; 1024];
    let (length, _) = rustix::net::recv(&kernel, &mut answer[..], RecvFlags::empty())?;
    acknowledged(&answer[..length])
}

/// Reads an acknowledgement: an error message whose error is 0, or the error's number, negated.
fn acknowledged(answer: &[u8]) -> io::Result<()> {
    match answer.get(HEADER..HEADER + 4) {
        Some(&[a, b, c, d]) => match i32::from_ne_bytes([a, b, c, d]) {
            0 => Ok(()),
            error => Err(Errno::from_raw_os_error(-error).into()),
        },
        _ => Err(io::Error::other("the kernel's answer is too short")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_an_acknowledgement_an_error_or_too_short() {
        let answer = |error: i32| [vec![0; HEADER], error.to_ne_bytes().to_vec()].concat();
        assert!(acknowledged(&answer(0)).is_ok());
        let refused = acknowledged(&answer(-1)).unwrap_err();
        assert_eq!(refused.raw_os_error(), Some(1));
        assert!(acknowledged(&[0; HEADER]).is_err());
    }
}
