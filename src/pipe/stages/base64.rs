//! `base64`: bytes to base64 (RFC 4648) and back.

mod decode;

use base64_simd::{Base64, STANDARD, URL_SAFE};
use clap::{ArgMatches, Args};

use crate::pipe::data::Kind;
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out, give_bytes};
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::ByteStage;
use decode::Decoder;

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
        Box::new(Decoder::new(alphabet))
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
