//! The registry of labs: every folder in `labs/` that holds a `check.rs`, found by `build.rs`.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::course::Lab;

include!(concat!(env!("OUT_DIR"), "/labs.rs"));

/// All labs, in the order of their numbers.
pub fn all() -> &'static [Lab] {
    static LABS: OnceLock<Vec<Lab>> = OnceLock::new();
    LABS.get_or_init(registered)
}

/// The lab with this number or this slug.
pub fn find(name: &str) -> Option<&'static Lab> {
    let number: Option<u8> = name.strip_prefix("lab").unwrap_or(name).parse().ok();
    all().iter().find(|lab| Some(lab.number) == number || lab.slug == name)
}

/// The labs that a selection names: a number, a slug, or a range of numbers such as `1-4`.
///
/// # Errors
///
/// A line that says what is wrong and names the nearest labs.
pub fn select(selection: &str) -> Result<Vec<&'static Lab>, String> {
    if let Some(lab) = find(selection) {
        return Ok(vec![lab]);
    }
    let range = selection
        .split_once('-')
        .and_then(|(first, last)| Some((first.parse::<u8>().ok()?, last.parse::<u8>().ok()?)));
    if let Some((first, last)) = range {
        let within = |lab: &&Lab| (first..=last).contains(&lab.number);
        let labs: Vec<_> = all().iter().filter(within).collect();
        if !labs.is_empty() {
            return Ok(labs);
        }
    }
    Err(format!("there is no lab {selection}; {}", nearest(selection)))
}

/// The labs whose number or slug is most like what was given.
fn nearest(name: &str) -> String {
    let named = |lab: &Lab| format!("{} ({})", lab.number, lab.slug);
    let (Some(first), Some(last)) = (all().first(), all().last()) else { return String::new() };
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("the labs go from {} to {}", named(first), named(last));
    }
    let likeness = |lab: &Lab| strsim::jaro_winkler(name, lab.slug);
    let mut labs: Vec<&Lab> = all().iter().collect();
    labs.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)));
    let best: Vec<String> = labs.iter().take(2).map(|lab| named(lab)).collect();
    format!("the nearest are {}", best.join(" and "))
}

/// The checkout that holds the labs: the nearest folder, from the current one upwards, with a
/// `labs` folder of ours in it; else the one from which socklab was built.
pub fn checkout() -> PathBuf {
    let built_from = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let is_one = |folder: &&Path| {
        all().first().is_some_and(|lab| folder.join("labs").join(lab.folder).is_dir())
    };
    let here = std::env::current_dir().unwrap_or_default();
    here.ancestors().find(is_one).map_or(built_from, Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_is_found_by_number_slug_and_range() {
        let slugs = |selection| {
            select(selection).map(|labs| labs.iter().map(|lab| lab.slug).collect::<Vec<_>>())
        };
        assert_eq!(slugs("6"), Ok(vec!["ack-server"]));
        assert_eq!(slugs("lab6"), Ok(vec!["ack-server"]));
        assert_eq!(slugs("ack-server"), Ok(vec!["ack-server"]));
        assert_eq!(slugs("1-3"), Ok(vec!["socket", "bind", "recvfrom"]));
    }

    #[test]
    fn an_unknown_lab_names_the_nearest() {
        let error = |selection: &str| select(selection).unwrap_err();
        assert!(error("ack-srver").contains("6 (ack-server)"), "{}", error("ack-srver"));
        assert!(error("99").contains("1 (socket)"), "{}", error("99"));
    }
}
