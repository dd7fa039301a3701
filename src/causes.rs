//! The causes that a report may name, each with its page: `docs/causes/ID.md`, found by `build.rs`.
//!
//! The pages are in the executable, since socklab runs in any folder.

include!(concat!(env!("OUT_DIR"), "/causes.rs"));

/// The list of all causes, with a sentence on each: `docs/causes.md`.
pub const INDEX: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/causes.md"));

/// A cause, and what there is to say of it.
#[derive(Debug)]
pub struct Cause {
    /// The word in brackets in a report, such as `udp-wrong-port`.
    pub id: &'static str,
    /// Its page, in Markdown.
    pub page: &'static str,
}

/// All causes, in the order of the alphabet.
pub fn all() -> &'static [Cause] {
    CAUSES
}

/// The cause with this id, which may stand in its brackets, as a report shows it.
///
/// # Errors
///
/// A line that says that there is none, and names the nearest ids.
pub fn find(id: &str) -> Result<&'static Cause, String> {
    let id = id.trim_start_matches('[').trim_end_matches(']');
    all().iter().find(|cause| cause.id == id).ok_or_else(|| {
        format!("there is no cause {id}; the nearest are {}", nearest(id).join(" and "))
    })
}

/// The two ids that are most like what was given. One that holds all of it comes first, so that
/// `wrong-port` and `enc` find what they are a part of.
fn nearest(given: &str) -> Vec<&'static str> {
    let likeness = |id: &str| {
        let holds = if id.contains(given) { 1.0 } else { 0.0 };
        holds + strsim::jaro_winkler(given, id)
    };
    let mut ids: Vec<&str> = all().iter().map(|cause| cause.id).collect();
    ids.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)));
    ids.truncate(2);
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_found_by_its_id_with_or_without_brackets() {
        assert_eq!(find("exit-early").map(|cause| cause.id), Ok("exit-early"));
        assert_eq!(find("[exit-early]").map(|cause| cause.id), Ok("exit-early"));
    }

    #[test]
    fn an_unknown_id_names_the_nearest() {
        assert_eq!(nearest("exit-erly")[0], "exit-early");
        assert_eq!(nearest("half-printed")[0], "addr-half-printed");
        let line = find("exit-erly").unwrap_err();
        assert!(line.starts_with("there is no cause exit-erly; the nearest are exit-early and "));
        assert_eq!(line.lines().count(), 1);
    }
}
