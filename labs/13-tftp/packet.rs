//! TFTP's packets: bytes that came, as what they say, and the other way round.
//!
//! Given: nothing is to be done here. RFC 1350 draws the packets, RFC 2347 the options. All numbers
//! are two bytes, the higher one first; each text ends with a zero byte.
//!
//! | packet | bytes |
//! |---|---|
//! | RRQ, a request to read | 1, name, 0, mode, 0, then the options |
//! | WRQ, a request to write | 2, name, 0, mode, 0, then the options |
//! | DATA | 3, block number, up to 512 bytes |
//! | ACK | 4, block number |
//! | ERROR | 5, code, text, 0 |
//! | OACK, which options are granted | 6, then the options |

#![allow(dead_code)] // each of the two programs needs some of it

/// The codes of an ERROR that are used here.
pub const NOT_DEFINED: u16 = 0;
pub const NOT_FOUND: u16 = 1;
pub const ACCESS_VIOLATION: u16 = 2;
pub const DISK_FULL: u16 = 3;
pub const ILLEGAL_OPERATION: u16 = 4;
pub const UNKNOWN_TRANSFER: u16 = 5;
pub const BAD_OPTION: u16 = 8;

/// A packet, as what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet {
    Read(Request),
    Write(Request),
    Data { block: u16, data: Vec<u8> },
    Ack { block: u16 },
    Error { code: u16, text: String },
    Granted(Options),
}

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The name of the file.
    pub name: String,
    /// `octet`, in any case of letters, where the bytes are to stay as they are.
    pub mode: String,
    pub options: Options,
}

/// Options, a name and a value each: `("blksize", "1024")`.
pub type Options = Vec<(String, String)>;

impl Packet {
    /// Reads a packet. `None` for bytes that are none.
    pub fn read(bytes: &[u8]) -> Option<Packet> {
        let (kind, rest) = number(bytes)?;
        match kind {
            1 => Some(Packet::Read(request(rest)?)),
            2 => Some(Packet::Write(request(rest)?)),
            3 => number(rest).map(|(block, data)| Packet::Data { block, data: data.to_vec() }),
            4 => number(rest).map(|(block, _)| Packet::Ack { block }),
            5 => {
                let (code, rest) = number(rest)?;
                // Some programs forget the zero byte; what they say is worth reading all the same.
                let text = rest.split(|byte| *byte == 0).next().unwrap_or_default();
                Some(Packet::Error { code, text: String::from_utf8_lossy(text).into_owned() })
            }
            6 => Some(Packet::Granted(options(texts(rest)?)?)),
            _ => None,
        }
    }

    /// The packet's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Packet::Read(request) => request.bytes(1),
            Packet::Write(request) => request.bytes(2),
            Packet::Data { block, data } => [&head(3, *block)[..], data].concat(),
            Packet::Ack { block } => head(4, *block).to_vec(),
            Packet::Error { code, text } => [&head(5, *code)[..], text.as_bytes(), &[0]].concat(),
            Packet::Granted(options) => {
                [vec![0, 6], texts_of(options.iter().flat_map(|(name, value)| [name, value]))]
                    .concat()
            }
        }
    }
}

impl Request {
    fn bytes(&self, kind: u8) -> Vec<u8> {
        let options = self.options.iter().flat_map(|(name, value)| [name, value]);
        let texts = [&self.name, &self.mode].into_iter().chain(options);
        [vec![0, kind], texts_of(texts)].concat()
    }
}

/// A kind and a number, two bytes each.
fn head(kind: u8, number: u16) -> [u8; 4] {
    let [high, low] = number.to_be_bytes();
    [0, kind, high, low]
}

/// The number in the first two bytes, and what follows it.
fn number(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u16::from_be_bytes(*number), rest))
}

fn request(bytes: &[u8]) -> Option<Request> {
    let mut texts = texts(bytes)?.into_iter();
    let (name, mode) = (texts.next()?, texts.next()?);
    Some(Request { name, mode, options: options(texts.collect())? })
}

/// The texts in `bytes`, each of which ends with a zero byte.
fn texts(bytes: &[u8]) -> Option<Vec<String>> {
    if bytes.is_empty() {
        return Some(Vec::new());
    }
    let all = bytes.strip_suffix(&[0])?;
    all.split(|byte| *byte == 0).map(|text| String::from_utf8(text.to_vec()).ok()).collect()
}

fn texts_of<'t>(texts: impl Iterator<Item = &'t String>) -> Vec<u8> {
    texts.flat_map(|text| [text.as_bytes(), &[0]].concat()).collect()
}

/// Pairs of a name and a value. `None` where a value is missing.
fn options(texts: Vec<String>) -> Option<Options> {
    let pair = |pair: &[String]| match pair {
        [name, value] => Some((name.clone(), value.clone())),
        _ => None,
    };
    texts.chunks(2).map(pair).collect()
}
