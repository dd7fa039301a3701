//! TFTP as the checks read and write it: RFC 1350, 2347, 2348 and 2349. Pure.
//!
//! It is lenient where programs differ, and shows packets in words.

use crate::evidence::Payload;

/// The size of a block where nothing else was agreed on.
pub(super) const BLOCK: usize = 512;

pub(super) type Options = Vec<(String, String)>;

/// A packet, as what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Packet<'p> {
    Read(Asked),
    Write(Asked),
    Data(u16, &'p [u8]),
    Ack(u16),
    Error(u16, String),
    Granted(Options),
    /// No packet of TFTP.
    Other,
}

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) name: String,
    pub(super) mode: String,
    pub(super) options: Options,
    /// False when a text does not end with a zero byte, or an option has no value.
    pub(super) is_whole: bool,
}

pub(super) fn read(bytes: &[u8]) -> Packet<'_> {
    let Some((&[0, kind], rest)) = bytes.split_first_chunk() else { return Packet::Other };
    let number = rest.split_first_chunk().map(|(head, rest)| (u16::from_be_bytes(*head), rest));
    match (kind, number) {
        (1, _) => Packet::Read(asked(rest)),
        (2, _) => Packet::Write(asked(rest)),
        (3, Some((block, data))) => Packet::Data(block, data),
        (4, Some((block, &[]))) => Packet::Ack(block),
        (5, Some((code, text))) => {
            Packet::Error(code, texts(text).0.into_iter().next().unwrap_or_default())
        }
        (6, _) => Packet::Granted(pairs(&texts(rest).0)),
        _ => Packet::Other,
    }
}

/// The texts in these bytes, and whether the last one ends with a zero byte too.
fn texts(bytes: &[u8]) -> (Vec<String>, bool) {
    let is_whole = bytes.last().is_none_or(|last| *last == 0);
    let bytes = bytes.strip_suffix(&[0]).unwrap_or(bytes);
    let text = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
    (bytes.split(|byte| *byte == 0).map(text).collect(), is_whole)
}

fn pairs(texts: &[String]) -> Options {
    let pair = |pair: &[String]| match pair {
        [name, value] => Some((name.to_ascii_lowercase(), value.clone())),
        _ => None,
    };
    texts.chunks(2).filter_map(pair).collect()
}

fn asked(bytes: &[u8]) -> Asked {
    let (texts, is_whole) = texts(bytes);
    let text = |at: usize| texts.get(at).cloned().unwrap_or_default();
    let is_whole = is_whole && texts.len() >= 2 && texts.len() % 2 == 0;
    let options = texts.get(2..).map(pairs).unwrap_or_default();
    Asked { name: text(0), mode: text(1), options, is_whole }
}

/// A request: 1 reads and 2 writes.
pub(super) fn request(kind: u8, name: &str, mode: &str, options: &[(&str, &str)]) -> Vec<u8> {
    let words = [name, mode].into_iter().chain(options.iter().flat_map(|(a, b)| [*a, *b]));
    [&[0, kind], with_zeros(words).as_slice()].concat()
}

pub(super) fn granted(options: &[(&str, &str)]) -> Vec<u8> {
    let words = options.iter().flat_map(|(a, b)| [*a, *b]);
    [&[0, 6], with_zeros(words).as_slice()].concat()
}

fn with_zeros<'w>(words: impl Iterator<Item = &'w str>) -> Vec<u8> {
    words.flat_map(|word| word.bytes().chain([0])).collect()
}

pub(super) fn data(block: u16, data: &[u8]) -> Vec<u8> {
    [&head(3, block)[..], data].concat()
}

pub(super) fn ack(block: u16) -> Vec<u8> {
    head(4, block).to_vec()
}

pub(super) fn error(code: u16, text: &str) -> Vec<u8> {
    [&head(5, code)[..], text.as_bytes(), &[0]].concat()
}

fn head(kind: u8, number: u16) -> [u8; 4] {
    let [high, low] = number.to_be_bytes();
    [0, kind, high, low]
}

/// A packet in words: `DATA 3, 512 bytes`.
pub(super) fn in_words(bytes: &[u8]) -> Option<String> {
    Some(match read(bytes) {
        Packet::Read(asked) => format!("RRQ {}", what_is(&asked)),
        Packet::Write(asked) => format!("WRQ {}", what_is(&asked)),
        Packet::Data(block, data) => format!("DATA {block}, {} bytes", data.len()),
        Packet::Ack(block) => format!("ACK {block}"),
        Packet::Error(code, text) => format!("ERROR {code}, {}", Payload::from(text).short()),
        Packet::Granted(options) => format!("OACK{}", list(&options)),
        Packet::Other => return None,
    })
}

fn what_is(asked: &Asked) -> String {
    let [name, mode] = [&asked.name, &asked.mode].map(|text| Payload::from(text).unquoted());
    let rest = if asked.is_whole { "" } else { ", cut short" };
    format!("{name}, {mode}{}{rest}", list(&asked.options))
}

fn list(options: &Options) -> String {
    let option = |(name, value): &(String, String)| format!(", {name} {value}");
    Payload::from(options.iter().map(option).collect::<String>()).unquoted()
}

/// What a block of a file holds: blocks are counted from 1, without end.
pub(super) fn block_of(content: &[u8], block: usize, size: usize) -> &[u8] {
    let from = content.len().min((block - 1) * size);
    &content[from..content.len().min(from + size)]
}

/// How many blocks a file has: the last one is not full.
pub(super) fn blocks_of(content: &[u8], size: usize) -> usize {
    content.len() / size + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let asked = |name: &str, options: &[(&str, &str)]| Asked {
            name: name.into(),
            mode: "octet".into(),
            options: options.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect(),
            is_whole: true,
        };
        let options = [("blksize", "8"), ("tsize", "0")];
        let granted_options = asked("", &options).options;
        let cases = [
            (request(1, "a", "octet", &[]), Packet::Read(asked("a", &[]))),
            (request(2, "a", "octet", &options), Packet::Write(asked("a", &options))),
            (data(513, b"xy"), Packet::Data(513, b"xy")),
            (data(1, b""), Packet::Data(1, b"")),
            (ack(65535), Packet::Ack(65535)),
            (error(5, "no"), Packet::Error(5, "no".into())),
            (granted(&options), Packet::Granted(granted_options)),
        ];
        for (bytes, packet) in cases {
            assert_eq!(read(&bytes), packet);
            assert!(in_words(&bytes).is_some());
        }
    }

    #[test]
    fn what_is_no_packet_is_told_from_one() {
        for bytes in [&b""[..], b"\0", b"\0\x03", b"\0\x04\0", b"\0\x09abc", b"\x01\0a\0octet\0"] {
            assert_eq!(read(bytes), Packet::Other, "{bytes:?}");
        }
        let is_whole = |bytes: &[u8]| match read(bytes) {
            Packet::Read(asked) => asked.is_whole,
            other => panic!("{other:?}"),
        };
        assert!(is_whole(b"\0\x01a\0octet\0"));
        for bytes in [&b"\0\x01"[..], b"\0\x01a\0", b"\0\x01a\0octet", b"\0\x01a\0octet\0blksize\0"] {
            assert!(!is_whole(bytes), "{bytes:?}");
        }
    }

    #[test]
    fn the_last_block_is_never_full() {
        for (length, blocks, last) in [(0, 1, 0), (511, 1, 511), (512, 2, 0), (513, 2, 1)] {
            let content = vec![7; length];
            assert_eq!(blocks_of(&content, BLOCK), blocks);
            assert_eq!(block_of(&content, blocks, BLOCK).len(), last);
        }
        assert_eq!(block_of(&[7; 513], 1, BLOCK).len(), BLOCK);
    }

    #[test]
    fn any_bytes_are_shown() {
        let mut rng = fastrand::Rng::with_seed(13);
        for _ in 0..2000 {
            let length = rng.usize(..40);
            let mut bytes: Vec<u8> = (0..length).map(|_| rng.u8(..)).collect();
            if let [first, second, ..] = bytes.as_mut_slice() {
                (*first, *second) = (0, *second % 8);
            }
            assert!(in_words(&bytes).is_none_or(|words| !words.contains('\x1b')));
        }
    }
}
