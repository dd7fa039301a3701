//! The errors that calls on sockets give: number, name, and the text that C libraries have for it.

/// See `errno(3)`; the texts are those of glibc.
const ERRORS: &[(i32, &str, &str)] = &[
    (libc::EPERM, "EPERM", "operation not permitted"),
    (libc::ENOENT, "ENOENT", "no such file or directory"),
    (libc::EBADF, "EBADF", "bad file descriptor"),
    (libc::EAGAIN, "EAGAIN", "resource temporarily unavailable"),
    (libc::EACCES, "EACCES", "permission denied"),
    (libc::EFAULT, "EFAULT", "bad address"),
    (libc::EINVAL, "EINVAL", "invalid argument"),
    (libc::EMFILE, "EMFILE", "too many open files"),
    (libc::EPIPE, "EPIPE", "broken pipe"),
    (libc::ENOTSOCK, "ENOTSOCK", "socket operation on non-socket"),
    (libc::EDESTADDRREQ, "EDESTADDRREQ", "destination address required"),
    (libc::EMSGSIZE, "EMSGSIZE", "message too long"),
    (libc::EPROTOTYPE, "EPROTOTYPE", "protocol wrong type for socket"),
    (libc::EPROTONOSUPPORT, "EPROTONOSUPPORT", "protocol not supported"),
    (libc::ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT", "socket type not supported"),
    (libc::EOPNOTSUPP, "EOPNOTSUPP", "operation not supported"),
    (libc::EAFNOSUPPORT, "EAFNOSUPPORT", "address family not supported"),
    (libc::EADDRINUSE, "EADDRINUSE", "address already in use"),
    (libc::EADDRNOTAVAIL, "EADDRNOTAVAIL", "cannot assign requested address"),
    (libc::ENETUNREACH, "ENETUNREACH", "network is unreachable"),
    (libc::ECONNRESET, "ECONNRESET", "connection reset by peer"),
    (libc::EISCONN, "EISCONN", "transport endpoint is already connected"),
    (libc::ENOTCONN, "ENOTCONN", "transport endpoint is not connected"),
    (libc::ECONNREFUSED, "ECONNREFUSED", "connection refused"),
    (libc::EHOSTUNREACH, "EHOSTUNREACH", "no route to host"),
];

/// The name of an error: `EADDRINUSE`.
pub fn errno_name(number: i32) -> Option<&'static str> {
    ERRORS.iter().find(|(known, ..)| *known == number).map(|(_, name, _)| *name)
}

/// The error whose name stands in a line as a word.
pub(super) fn named(line: &str) -> Option<i32> {
    let mut words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words
        .find_map(|word| ERRORS.iter().find(|(_, name, _)| *name == word))
        .map(|(errno, ..)| *errno)
}

/// The error whose text stands in a line.
pub(super) fn described(line: &str) -> Option<i32> {
    let line = line.to_lowercase();
    ERRORS.iter().find(|(.., text)| line.contains(text)).map(|(errno, ..)| *errno)
}

/// The number that stands between these marks.
pub(super) fn between(line: &str, before: &str, after: &str) -> Option<i32> {
    line.split_once(before)?.1.split_once(after)?.0.trim().parse().ok()
}
