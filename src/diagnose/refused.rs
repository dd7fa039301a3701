//! The cause of a client that takes a refusal for the end: over UDP it is news of an earlier datagram.

use super::{Case, Finding};
use crate::evidence::{Exit, Role, last_error};

/// It broke off because nobody had listened for a moment.
pub(super) fn refused_is_fatal(case: &Case<'_>) -> Option<Finding> {
    let broke = case.unmet.exit.is_some_and(|exit| exit != Exit::Code(0));
    let error = last_error(&case.evidence.output())?;
    let refused = error.errno == Some(libc::ECONNREFUSED);
    // Over TCP it is final, and means something else.
    let is_udp = case.received() > 0 || !case.had_a_stream_socket();
    (case.role == Role::Client && broke && refused && is_udp).then_some(())?;
    Finding::new(
        "your client ended with \"connection refused\": nobody listened when an earlier datagram came",
        "say so and go on: the next datagram may find somebody",
    )
}
