//! `upper` and `lower`: letters in the other case.
//!
//! ASCII is converted in place, eight bytes at a time by the compiler. Other letters follow Unicode's simple and special
//! mappings for single characters (`char::to_uppercase`): `ß` becomes `SS`. What is not UTF-8 stays as it is.

use clap::Args;

use crate::pipe::data::Kind;
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out, give_bytes};
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work};
use crate::pipe::stage::ByteStage;

#[derive(Args)]
struct Case {}

pub(super) static UPPER: Spec = Spec {
    name: "upper",
    summary: "Convert letters to upper case",
    family: Family::Text,
    define: Case::augment_args,
    takes: &[Kind::Bytes, Kind::Items],
    open: |_, _| open(&UPPERCASE),
    heavy: false,
    examples: &[Example {
        words: &[],
        input: "Grüße, 42\n",
        output: "GRÜSSE, 42\n",
    }],
};

pub(super) static LOWER: Spec = Spec {
    name: "lower",
    summary: "Convert letters to lower case",
    family: Family::Text,
    define: Case::augment_args,
    takes: &[Kind::Bytes, Kind::Items],
    open: |_, _| open(&LOWERCASE),
    heavy: false,
    examples: &[Example {
        words: &[],
        input: "GET /Index.HTML\n",
        output: "get /index.html\n",
    }],
};

/// How letters are converted.
struct Mapping {
    ascii: fn(&mut [u8]),
    other: fn(char, &mut String),
}

static UPPERCASE: Mapping = Mapping {
    ascii: |bytes| bytes.make_ascii_uppercase(),
    other: |letter, text| text.extend(letter.to_uppercase()),
};

static LOWERCASE: Mapping = Mapping {
    ascii: |bytes| bytes.make_ascii_lowercase(),
    other: |letter, text| text.extend(letter.to_lowercase()),
};

fn open(mapping: &'static Mapping) -> Result<Opened, Refused> {
    Ok(Opened::same(Work::Bytes(Box::new(Converter {
        mapping,
        partial: Vec::new(),
        converted: Vec::new(),
        text: String::new(),
    }))))
}

struct Converter {
    mapping: &'static Mapping,
    /// The first bytes of a character that the input was cut in, at most three.
    partial: Vec<u8>,
    converted: Vec<u8>,
    text: String,
}

impl Converter {
    /// Converts bytes that do not end inside a character.
    fn convert(&mut self, bytes: &[u8]) {
        let start = self.converted.len();
        if bytes.is_ascii() {
            self.converted.extend_from_slice(bytes);
            (self.mapping.ascii)(&mut self.converted[start..]);
            return;
        }
        for chunk in bytes.utf8_chunks() {
            self.text.clear();
            for letter in chunk.valid().chars() {
                (self.mapping.other)(letter, &mut self.text);
            }
            self.converted.extend_from_slice(self.text.as_bytes());
            self.converted.extend_from_slice(chunk.invalid());
        }
    }
}

impl ByteStage for Converter {
    fn push(&mut self, bytes: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        let mut rest = bytes;
        // A character that was cut is completed byte by byte.
        while !self.partial.is_empty() && !rest.is_empty() {
            self.partial.push(rest[0]);
            rest = &rest[1..];
            if unfinished(&self.partial) == 0 {
                let character = std::mem::take(&mut self.partial);
                self.convert(&character);
            } else if unfinished(&self.partial) < self.partial.len() {
                // The byte begins another character: what came before it was none.
                let keep = self.partial.len() - unfinished(&self.partial);
                let next = self.partial.split_off(keep);
                let invalid = std::mem::replace(&mut self.partial, next);
                self.convert(&invalid);
            }
        }
        let whole = rest.len() - unfinished(rest);
        self.partial.extend_from_slice(&rest[whole..]);
        self.convert(&rest[..whole]);
        give_bytes(&mut self.converted, out)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let partial = std::mem::take(&mut self.partial);
        self.convert(&partial);
        give_bytes(&mut self.converted, out).map(|_| ())
    }
}

/// How many bytes at the end may be the beginning of a character whose other bytes have not come: 0 to 3.
fn unfinished(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    for (index, &byte) in tail.iter().enumerate().rev() {
        let length = match byte {
            0x00..=0x7f => return 0,
            0x80..=0xbf => continue,
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xff => 4,
        };
        let present = tail.len() - index;
        // A beginning that can no longer become a character is not waited for.
        let may_become =
            std::str::from_utf8(&tail[index..]).is_err_and(|error| error.error_len().is_none());
        return if present < length && may_become {
            present
        } else {
            0
        };
    }
    0
}
