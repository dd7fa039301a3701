//! Why a machine allows no private networks, and the one command that would allow them.

use std::fmt;
use std::fs;
use std::io;

use rustix::io::Errno;

use super::agent;

/// What failed when a private network was to be made.
#[derive(Clone, Debug)]
pub struct Denied {
    /// What was tried.
    pub step: String,
    /// The operating system's words.
    pub why: String,
    /// Its number, if it gave one.
    pub errno: Option<i32>,
}

impl From<io::Error> for Denied {
    fn from(error: io::Error) -> Denied {
        let (why, errno) = (error.to_string(), error.raw_os_error());
        Denied { step: "start the agent".into(), why, errno }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cause() {
            Cause::AppArmor => f.write_str(
                "AppArmor, as Ubuntu sets it up, keeps ordinary programs from making one",
            ),
            Cause::Seccomp => f.write_str("this container's seccomp profile forbids to make one"),
            Cause::NoneLeft => f.write_str("no user namespaces are left, or none are allowed"),
            Cause::NoTun => write!(f, "/dev/net/tun cannot be opened: {}", self.why),
            Cause::Other => write!(f, "{}: {}", self.step, self.why),
        }
    }
}

/// The causes that are known, with a remedy each.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cause {
    AppArmor,
    Seccomp,
    NoneLeft,
    NoTun,
    Other,
}

impl Denied {
    /// What to do so that private networks are allowed.
    pub fn remedy(&self) -> &'static str {
        match self.cause() {
            Cause::AppArmor => "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
            Cause::Seccomp => "docker run --security-opt seccomp=unconfined …",
            Cause::NoneLeft => "sudo sysctl -w user.max_user_namespaces=10000",
            Cause::NoTun => "sudo modprobe tun && sudo chmod 0666 /dev/net/tun",
            Cause::Other => "a Linux kernel with user namespaces and network namespaces",
        }
    }

    fn cause(&self) -> Cause {
        if self.step == agent::OPEN_TUN {
            return Cause::NoTun;
        }
        let number = |errno: Errno| Some(errno.raw_os_error());
        let forbidden = self.errno == number(Errno::PERM) || self.errno == number(Errno::ACCESS);
        if self.errno == number(Errno::NOSPC) || self.errno == number(Errno::USERS) {
            Cause::NoneLeft
        } else if forbidden && is_restricted_by_apparmor() {
            Cause::AppArmor
        } else if forbidden && is_filtered_by_seccomp() {
            Cause::Seccomp
        } else {
            Cause::Other
        }
    }
}

fn is_restricted_by_apparmor() -> bool {
    let setting = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";
    fs::read_to_string(setting).is_ok_and(|value| value.trim() == "1")
}

fn is_filtered_by_seccomp() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|line| line.split_whitespace().eq(["Seccomp:", "2"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(errno: Errno) -> Denied {
        Denied::from(io::Error::from(errno))
    }

    #[test]
    fn a_machine_without_namespaces_left_names_the_setting() {
        assert!(denied(Errno::NOSPC).remedy().contains("user.max_user_namespaces"));
    }

    #[test]
    fn an_unknown_cause_is_told_as_it_is() {
        let told = denied(Errno::INVAL).to_string();
        assert!(told.starts_with("start the agent: ") && told.contains("os error 22"), "{told}");
    }
}
