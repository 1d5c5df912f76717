//! `base64`: bytes to base64 (RFC 4648) and back.

use base64_simd::{Base64, STANDARD, URL_SAFE};
use clap::{ArgMatches, Args};

use crate::pipe::data::{self, Kind};
use crate::pipe::failure::{Failure, Position};
use crate::pipe::flow::{Flow, Out, give_before, give_bytes};
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::ByteStage;

#[derive(Args)]
struct Arguments {
    /// Decode
    #[arg(short, long)]
    decode: bool,

    /// Break lines after COLUMNS characters; 0 for one line [default: 76, for items 0]
    #[arg(short, long, value_name = "COLUMNS", conflicts_with = "decode")]
    wrap: Option<usize>,

    /// Use - and _ instead of + and /
    #[arg(short, long)]
    url: bool,
}

pub(super) static SPEC: Spec = Spec {
    name: "base64",
    summary: "Encode bytes as base64, or decode them",
    family: Family::Encodings,
    define: Arguments::augment_args,
    takes: &[Kind::Bytes, Kind::Items],
    open,
    heavy: false,
    examples: &[
        Example {
            words: &[],
            input: "jug\n",
            output: "anVnCg==\n",
        },
        Example {
            words: &["-d"],
            input: "anVn\nCg==\n",
            output: "jug\n",
        },
    ],
};

fn open(matches: &ArgMatches, input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Arguments>(matches);
    let alphabet = if asked.url { &URL_SAFE } else { &STANDARD };
    let work: Box<dyn ByteStage> = if asked.decode {
        Box::new(Decoder {
            alphabet,
            group: Vec::new(),
            offset: 0,
            packed: Vec::new(),
            decoded: Vec::new(),
        })
    } else {
        let default = if input == Kind::Bytes { 76 } else { 0 };
        Box::new(Encoder {
            alphabet,
            wrap: asked.wrap.unwrap_or(default),
            partial: Vec::new(),
            column: 0,
            encoded: Vec::new(),
            text: Vec::new(),
        })
    };
    Ok(Opened::same(Work::Bytes(work)))
}

struct Encoder {
    alphabet: &'static Base64,
    /// Characters in a line; 0 for one line.
    wrap: usize,
    /// Bytes that do not make a group of three yet.
    partial: Vec<u8>,
    /// Characters in the line so far.
    column: usize,
    encoded: Vec<u8>,
    text: Vec<u8>,
}

impl Encoder {
    /// Appends bytes as characters, with padding if their number is not a multiple of three.
    fn encode(&mut self, bytes: &[u8]) {
        let length = self.alphabet.encoded_length(bytes.len());
        self.encoded.clear();
        self.encoded.resize(length, 0);
        let out = base64_simd::AsOut::as_out(&mut self.encoded[..]);
        let _ = self.alphabet.encode(bytes, out);
        if self.wrap == 0 {
            self.text.extend_from_slice(&self.encoded);
            return;
        }
        let mut rest = &self.encoded[..];
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(self.wrap - self.column));
            self.text.extend_from_slice(line);
            self.column += line.len();
            if self.column == self.wrap {
                self.text.push(b'\n');
                self.column = 0;
            }
            rest = after;
        }
    }
}

impl ByteStage for Encoder {
    fn push(&mut self, bytes: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        let mut rest = bytes;
        if !self.partial.is_empty() {
            let (first, after) = rest.split_at(rest.len().min(3 - self.partial.len()));
            self.partial.extend_from_slice(first);
            rest = after;
            if self.partial.len() < 3 {
                return Ok(Flow::More);
            }
            let group = std::mem::take(&mut self.partial);
            self.encode(&group);
        }
        let (groups, partial) = rest.split_at(rest.len() - rest.len() % 3);
        self.partial.extend_from_slice(partial);
        self.encode(groups);
        give_bytes(&mut self.text, out)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let partial = std::mem::take(&mut self.partial);
        self.encode(&partial);
        if self.column > 0 {
            self.text.push(b'\n');
            self.column = 0;
        }
        give_bytes(&mut self.text, out).map(|_| ())
    }
}

struct Decoder {
    alphabet: &'static Base64,
    /// Characters that do not make a group of four yet.
    group: Vec<u8>,
    /// The offset of the next byte of the input.
    offset: u64,
    packed: Vec<u8>,
    decoded: Vec<u8>,
}

impl Decoder {
    /// Decodes one group of two to four characters, padded or not.
    fn decode_group(&mut self) -> Result<(), Failure> {
        let mut group = std::mem::take(&mut self.group);
        let end = group
            .iter()
            .rposition(|&byte| byte != b'=')
            .map_or(0, |last| last + 1);
        let is_padded = group.len() == 4 && end >= 2;
        let result = if is_padded || !group.contains(&b'=') {
            group.truncate(end);
            // An unpadded group is completed with zeros, whose bytes are dropped.
            let kept = group.len() * 3 / 4;
            let is_whole = group.len() > 1;
            group.resize(4, b'A');
            let decoded = self.alphabet.decode_to_vec(&group);
            decoded
                .ok()
                .filter(|_| is_whole)
                .map(|bytes| bytes[..kept].to_vec())
        } else {
            None
        };
        match result {
            Some(bytes) => self.decoded.extend_from_slice(&bytes),
            None => return Err(Failure::new("not base64")),
        }
        group.clear();
        self.group = group;
        Ok(())
    }

    /// Takes characters one by one: where lines break, at padding, and to find what is invalid.
    fn push_slowly(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        for &byte in bytes {
            let is_known = match byte {
                b'\n' | b'\r' | b' ' | b'\t' => {
                    self.offset += 1;
                    continue;
                }
                b'=' => self.group.len() >= 2,
                _ => {
                    let is_after_padding = self.group.contains(&b'=');
                    !is_after_padding && self.alphabet.check(&[byte, b'A', b'A', b'A']).is_ok()
                }
            };
            if !is_known {
                let message = format!("invalid base64 character {}", shown(byte));
                return Err(Failure::new(message).at(Position::Byte(self.offset)));
            }
            self.group.push(byte);
            if self.group.len() == 4 {
                self.decode_group()
                    .map_err(|failure| failure.at(Position::Byte(self.offset)))?;
            }
            self.offset += 1;
        }
        Ok(())
    }
}

/// A byte as messages show it.
fn shown(byte: u8) -> String {
    match byte {
        b' '..=b'~' => format!("'{}'", char::from(byte)),
        _ => format!("0x{byte:02x}"),
    }
}

impl Decoder {
    /// Decodes a line, most of which are whole groups of valid characters.
    fn push_line(&mut self, line: &[u8]) -> Result<(), Failure> {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let groups = text.len() - text.len() % 4;
        let fast = &text[..groups];
        if self.group.is_empty()
            && groups > 0
            && self.alphabet.check(fast).is_ok()
            && !fast.ends_with(b"=")
        {
            let start = self.decoded.len();
            self.packed.clear();
            self.packed.extend_from_slice(fast);
            if let Ok(decoded) = self.alphabet.decode_inplace(&mut self.packed) {
                self.decoded.extend_from_slice(decoded);
                self.offset += groups as u64;
                return self.push_slowly(&line[groups..]);
            }
            self.decoded.truncate(start);
        }
        self.push_slowly(line)
    }
}

impl ByteStage for Decoder {
    fn push(&mut self, bytes: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        let mut result = Ok(());
        for line in data::lines(bytes) {
            result = self.push_line(line);
            if result.is_err() {
                break;
            }
        }
        give_before(give_bytes(&mut self.decoded, out), result)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let offset = std::mem::take(&mut self.offset);
        if !self.group.is_empty() {
            let result = self.decode_group();
            self.group.clear();
            if result.is_err() {
                let _ = give_bytes(&mut self.decoded, out)?;
                return Err(
                    Failure::new("the input ends inside a group of four characters")
                        .at(Position::Byte(offset)),
                );
            }
        }
        give_bytes(&mut self.decoded, out).map(|_| ())
    }
}
