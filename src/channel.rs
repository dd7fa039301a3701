//! Messages with descriptors between socklab and the helpers that it starts of itself: over a
//! `SOCK_SEQPACKET` pair, whose other end is the helper's standard input. See `unix(7)`.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The most descriptors in one message.
const MOST: usize = 64;

/// The longest message.
const LONGEST: usize = 4096;

/// Both ends of a channel.
pub fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    let kind = SocketType::SEQPACKET;
    Ok(socketpair(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None)?)
}

/// Sends a message and hands over descriptors with it.
///
/// # Errors
///
/// [`io::ErrorKind::BrokenPipe`] when the other end has gone.
pub fn send(to: impl AsFd, message: &impl Serialize, fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    let bytes = serde_json::to_vec(message).map_err(io::Error::other)?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(fds)) {
        return Err(io::Error::other("too many descriptors in one message"));
    }
    sendmsg(to, &[IoSlice::new(&bytes)], &mut ancillary, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Receives the next message, waiting for it; `None` when the other end has gone.
pub fn receive<M: DeserializeOwned>(from: impl AsFd) -> io::Result<Option<(M, Vec<OwnedFd>)>> {
    receive_with(from, RecvFlags::empty())
}

/// What came of a look for a message.
#[derive(Debug)]
pub enum Heard<M> {
    /// This message.
    Message(M),
    /// None, so far.
    Nothing,
    /// The other end has gone, and none will come.
    Gone,
}

/// Receives the next message if there is one; never waits.
pub fn hear<M: DeserializeOwned>(from: impl AsFd) -> io::Result<Heard<M>> {
    match receive_with(from, RecvFlags::DONTWAIT) {
        Ok(Some((message, _))) => Ok(Heard::Message(message)),
        Ok(None) => Ok(Heard::Gone),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Heard::Nothing),
        Err(error) => Err(error),
    }
}

fn receive_with<M: DeserializeOwned>(
    from: impl AsFd,
    flags: RecvFlags,
) -> io::Result<Option<(M, Vec<OwnedFd>)>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut bytes = [0; LONGEST];
    let length = loop {
        let buffer = &mut [IoSliceMut::new(&mut bytes)];
        match recvmsg(from.as_fd(), buffer, &mut ancillary, flags | RecvFlags::CMSG_CLOEXEC) {
            Ok(received) => break received.bytes,
            Err(Errno::INTR) => {}
            Err(Errno::CONNRESET) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    };
    if length == 0 {
        return Ok(None);
    }
    let mut fds = Vec::new();
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = message {
            fds.extend(received);
        }
    }
    let message = serde_json::from_slice(&bytes[..length]).map_err(io::Error::other)?;
    Ok(Some((message, fds)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rustix::net::send as send_bytes;

    use super::*;
    use crate::damage::noise;

    proptest! {
        #[test]
        fn a_message_is_read_back_or_is_too_long(text in ".{0,300}", times in 1..20_usize) {
            let (ours, theirs) = pair()?;
            let message = text.repeat(times);
            send(&ours, &message, &[])?;
            match receive::<String>(&theirs) {
                Ok(received) => prop_assert_eq!(received.unwrap().0, message),
                Err(_) => prop_assert!(serde_json::to_vec(&message)?.len() > LONGEST),
            }
        }

        #[test]
        fn whatever_is_no_message_is_an_error(bytes in noise()) {
            let (ours, theirs) = pair()?;
            send_bytes(&ours, &bytes, SendFlags::empty())?;
            let heard = hear::<String>(&theirs);
            match serde_json::from_slice::<String>(&bytes) {
                Ok(_) => prop_assert!(matches!(heard, Ok(Heard::Message(_)))),
                Err(_) if bytes.is_empty() => prop_assert!(matches!(heard, Ok(Heard::Gone))),
                Err(_) => prop_assert!(heard.is_err()),
            }
        }
    }
}
