//! What is not a program's own wording: what runtimes print when they give up, what the operating
//! system says of an error, and how languages write bytes that are no letters.

use std::io;
use std::ops::Range;
use std::sync::LazyLock;

/// Where a text holds such words.
pub fn places(text: &str) -> Vec<Range<usize>> {
    let mut places = blocks(text);
    places.extend(of_the_system(text));
    places.extend(notations(text));
    places
}

/// Python's last lines, from their head to the line that names the exception; Rust's and Node's.
fn blocks(text: &str) -> Vec<Range<usize>> {
    let (mut places, mut at, mut more) = (Vec::new(), 0, More::None);
    for line in text.split_inclusive('\n') {
        let is_python = line.starts_with("Traceback (most recent") || line.starts_with("  File \"");
        let is_rust = line.starts_with("thread '") && line.contains(" panicked at ");
        // What `main` returns is shown as a programmer would write it.
        let is_rust = is_rust || line.starts_with("Error: ") && line.trim_end().ends_with('}');
        let is_node = line.starts_with("node:") || line.contains("Uncaught");
        more = match more {
            _ if is_python => More::Python,
            _ if is_rust || is_node => More::One,
            More::Python if line.starts_with(' ') => More::Python,
            More::Python => More::Last,
            More::One => More::Last,
            More::Last | More::None => More::None,
        };
        if more != More::None {
            places.push(at..at + line.len());
        }
        at += line.len();
    }
    places
}

/// What follows of a runtime's lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum More {
    /// Python's, up to the first that is not indented.
    Python,
    /// One more.
    One,
    /// This was the last.
    Last,
    None,
}

/// Names of errors, as `EADDRINUSE`, and what `strerror(3)` says of them.
fn of_the_system(text: &str) -> Vec<Range<usize>> {
    static SAYINGS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let said = |errno| io::Error::from_raw_os_error(errno).to_string().to_lowercase();
        let said = (1..134).map(said);
        said.filter_map(|text| Some(text.split_once(" (os error")?.0.to_owned())).collect()
    });
    let lower = text.to_ascii_lowercase();
    let said = SAYINGS
        .iter()
        .flat_map(|saying| lower.match_indices(saying.as_str()).map(|(at, it)| at..at + it.len()));
    let marks = ["(os error ", "[errno "];
    let marks = marks.iter().flat_map(|mark| lower.match_indices(mark));
    let marks = marks.map(|(at, mark)| at..at + mark.len());
    let is_name = |word: &str| {
        let mut letters = word.chars();
        word.len() > 3 && letters.next() == Some('E') && letters.all(|c| c.is_ascii_uppercase())
    };
    let words = words(text).filter(|place| is_name(&text[place.clone()]));
    said.chain(marks).chain(words).collect()
}

/// The words of a text.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let begin = text.as_ptr() as usize;
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(move |word| {
        let at = word.as_ptr() as usize - begin;
        at..at + word.len()
    })
}

/// Bytes as numbers and escapes: `\\xc3`, `\\u{fc}`, `0x30`, `c3 bc`.
fn notations(text: &str) -> Vec<Range<usize>> {
    let is_hex = |word: &str| word.len() == 2 && word.bytes().all(|it| it.is_ascii_hexdigit());
    let is_number = |word: &str| word.starts_with("0x");
    let escapes = text.match_indices('\\').map(|(at, _)| {
        let rest = &text[at + 1..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        at..at + 1 + end.min(5)
    });
    let words =
        words(text).filter(|place| is_hex(&text[place.clone()]) || is_number(&text[place.clone()]));
    escapes.chain(words).collect()
}
