//! `hex`: bytes to hexadecimal digits and back.

use clap::{ArgMatches, Args};

use crate::pipe::data::{Data, Kind};
use crate::pipe::failure::{Failure, Position};
use crate::pipe::flow::{Flow, Out, give_before, give_bytes};
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::ByteStage;

#[derive(Args)]
struct Hex {
    /// Decode; blanks and newlines between bytes are skipped
    #[arg(short, long)]
    decode: bool,

    /// Write A to F in upper case
    #[arg(short, long, conflicts_with = "decode")]
    upper: bool,
}

pub(super) static SPEC: Spec = Spec {
    name: "hex",
    summary: "Encode bytes as hexadecimal digits, or decode them",
    family: Family::Encodings,
    define: Hex::augment_args,
    takes: &[Kind::Bytes, Kind::Items],
    open,
    heavy: false,
    examples: &[
        Example {
            words: &[],
            input: "jug\n",
            output: "6a75670a\n",
        },
        Example {
            words: &["-d"],
            input: "6A 75\n67\n",
            output: "jug",
        },
    ],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Hex>(matches);
    let work: Box<dyn ByteStage> = if asked.decode {
        Box::new(Decoder::default())
    } else {
        let digits = if asked.upper {
            b"0123456789ABCDEF"
        } else {
            b"0123456789abcdef"
        };
        Box::new(Encoder {
            digits,
            text: Vec::new(),
        })
    };
    Ok(Opened::same(Work::Bytes(work)))
}

struct Encoder {
    digits: &'static [u8; 16],
    text: Vec<u8>,
}

impl ByteStage for Encoder {
    fn push(&mut self, bytes: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        self.text.clear();
        let pairs = bytes.iter().flat_map(|&byte| {
            let digit = |value: u8| self.digits[usize::from(value)];
            [digit(byte >> 4), digit(byte & 15)]
        });
        self.text.extend(pairs);
        if self.text.is_empty() {
            return Ok(Flow::More);
        }
        out.put(Data::Bytes(&self.text))
    }

    fn end(&mut self, _out: &mut dyn Out) -> Result<(), Failure> {
        Ok(())
    }

    fn gives_line(&self) -> bool {
        true
    }
}

#[derive(Default)]
struct Decoder {
    /// The value of the first digit of a byte.
    first: Option<u8>,
    /// The offset of the next byte of the input.
    offset: u64,
    bytes: Vec<u8>,
}

impl Decoder {
    fn decode(&mut self, text: &[u8]) -> Result<(), Failure> {
        for &byte in text {
            let value = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'f' => byte - b'a' + 10,
                b'A'..=b'F' => byte - b'A' + 10,
                b' ' | b'\t' | b'\r' | b'\n' if self.first.is_none() => {
                    self.offset += 1;
                    continue;
                }
                _ => {
                    return Err(Failure::new("expected a hexadecimal digit")
                        .at(Position::Byte(self.offset)));
                }
            };
            self.offset += 1;
            match self.first.take() {
                None => self.first = Some(value),
                Some(first) => self.bytes.push(first << 4 | value),
            }
        }
        Ok(())
    }
}

impl ByteStage for Decoder {
    fn push(&mut self, bytes: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        let result = self.decode(bytes);
        give_before(give_bytes(&mut self.bytes, out), result)
    }

    fn end(&mut self, _out: &mut dyn Out) -> Result<(), Failure> {
        let offset = std::mem::take(&mut self.offset);
        match self.first.take() {
            None => Ok(()),
            Some(_) => {
                Err(Failure::new("the last byte has only one digit").at(Position::Byte(offset)))
            }
        }
    }
}
