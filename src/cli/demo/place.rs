//! The network in which a demo plays.

use crate::evidence::{Host, SetupError};
use crate::network::{Choice, denied};

/// What a private network is needed for.
pub(super) struct Need {
    what: String,
    /// Why the loopback does not do.
    why: String,
}

impl Need {
    /// The need of a lab that plays on several hosts.
    pub(super) fn of_lab(lab: u8, hosts: &[Host]) -> Option<Need> {
        let names: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
        let why = format!("it has the hosts {}, and the loopback is one", names.join(" and "));
        (hosts.len() > 1).then(|| Need { what: format!("the demo of lab {lab}"), why })
    }

    /// The need of an option that is about packets.
    pub(super) fn of_option(option: &str) -> Need {
        Need { what: option.to_owned(), why: "packets on the loopback cannot be seen".to_owned() }
    }

    /// Makes sure that there is one, before anything is built for it.
    ///
    /// # Errors
    ///
    /// When the loopback was chosen, or this machine allows no private network.
    pub(super) fn must_be_met(&self, choice: Choice) -> Result<(), SetupError> {
        let denied = if choice == Choice::Loopback { None } else { denied() };
        self.judged(choice, denied.map(|denied| (denied.to_string(), denied.remedy())))
    }

    /// The same, for a machine that denies private networks for this reason, with this remedy.
    fn judged(&self, choice: Choice, denied: Option<(String, &str)>) -> Result<(), SetupError> {
        let (why, next) = match (choice, denied) {
            (Choice::Loopback, _) => (self.why.clone(), "leave --network loopback out".to_owned()),
            (_, None) => return Ok(()),
            (_, Some((why, remedy))) => (
                format!("{}; this machine allows no other network: {why}", self.why),
                format!("allow it: {remedy}"),
            ),
        };
        Err(SetupError::new(format!("{} needs a private network", self.what), why, next))
    }
}

/// Makes sure that there is a private network, if that is what was asked for.
///
/// # Errors
///
/// When this machine allows none.
pub(super) fn must_be_had(choice: Choice) -> Result<(), SetupError> {
    match denied().filter(|_| choice == Choice::Private) {
        Some(denied) => {
            let next = format!("allow it: {}", denied.remedy());
            Err(SetupError::new("a private network cannot be made", denied, next))
        }
        None => Ok(()),
    }
}

/// What is to be known of the network before it begins, if it is the loopback.
pub(super) fn describe(choice: Choice) -> Option<String> {
    let loopback = "They meet on this machine's loopback, where packets cannot be seen";
    match denied().filter(|_| choice == Choice::Auto) {
        _ if choice.is_private() => None,
        Some(why) => Some(format!("{loopback}. It allows no private network: {why}.")),
        None => Some(format!("{loopback}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_a_private_network_says_why() {
        let host = |name: &str| Host { name: name.into(), address: None };
        assert!(Need::of_lab(6, &[]).is_none());
        let lab = Need::of_lab(8, &[host("server"), host("client")]).unwrap();
        let option = Need::of_option("--capture");
        let denied = || Some(("none are allowed".to_owned(), "raise the limit"));
        let hosts = "it has the hosts server and client, and the loopback is one";
        let unseen = "packets on the loopback cannot be seen";
        let leave = "leave --network loopback out";
        for (need, choice, denied, why, next) in [
            (&lab, Choice::Loopback, None, hosts.to_owned(), leave),
            (&option, Choice::Loopback, None, unseen.to_owned(), leave),
            (
                &lab,
                Choice::Auto,
                denied(),
                format!("{hosts}; this machine allows no other network: none are allowed"),
                "allow it: raise the limit",
            ),
        ] {
            let told = need.judged(choice, denied).unwrap_err();
            assert_eq!(told.what, format!("{} needs a private network", need.what));
            assert_eq!((told.why, told.next.as_str()), (why, next));
        }
        assert!(lab.judged(Choice::Auto, None).is_ok());
        assert!(option.judged(Choice::Private, None).is_ok());
    }
}
