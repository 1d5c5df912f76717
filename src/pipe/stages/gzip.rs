//! `gzip`: compresses as gzip (RFC 1952).
//!
//! When the input waits, what has come so far is written out in a form that can be decoded at once. The trailer comes only at
//! the end of the input, so a chain that was aborted leaves no file that looks whole.

use std::io::{self, Write as _};

use clap::{ArgMatches, Args};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::error::Plain;
use crate::pipe::data::{Data, Kind};
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out};
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::ByteStage;

#[derive(Args)]
struct Pack {
    /// The level: from -1, which is fast, to -9, which is small [default: -6]
    #[arg(value_name = "-LEVEL", allow_negative_numbers = true, value_parser = level)]
    level: Option<u32>,
}

pub(super) static SPEC: Spec = Spec {
    name: "gzip",
    summary: "Compress as gzip",
    family: Family::Compression,
    define: Pack::augment_args,
    takes: &[Kind::Bytes, Kind::Items],
    open,
    heavy: true,
    examples: &[Example {
        words: &["-1", "+", "unpack"],
        input: "a\nb\n",
        output: "a\nb\n",
    }],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Pack>(matches);
    let encode = Encode {
        level: asked.level.unwrap_or(6),
        encoder: None,
        has_pending: false,
    };
    Ok(Opened::same(Work::Bytes(Box::new(encode))))
}

fn level(text: &str) -> Result<u32, String> {
    let level = text
        .strip_prefix('-')
        .and_then(|digits| digits.parse().ok());
    level
        .filter(|level| (1..=9).contains(level))
        .ok_or_else(|| format!("invalid level '{text}': expected -1 to -9"))
}

struct Encode {
    level: u32,
    encoder: Option<GzEncoder<Vec<u8>>>,
    /// Something was taken since the last flush.
    has_pending: bool,
}

fn failed(error: &io::Error) -> Failure {
    Failure::new(format!("cannot compress: {}", Plain(error)))
}

impl Encode {
    fn encoder(&mut self) -> io::Result<&mut GzEncoder<Vec<u8>>> {
        let encoder = match self.encoder.take() {
            Some(encoder) => encoder,
            None => GzEncoder::new(Vec::new(), Compression::new(self.level)),
        };
        Ok(self.encoder.insert(encoder))
    }

    /// Hands on what has been encoded.
    fn give(&mut self, out: &mut dyn Out) -> Result<Flow, Failure> {
        let encoded = match &mut self.encoder {
            Some(encoder) if !encoder.get_ref().is_empty() => encoder.get_mut(),
            _ => return Ok(Flow::More),
        };
        let flow = out.put(Data::Bytes(encoded));
        encoded.clear();
        flow
    }
}

impl ByteStage for Encode {
    fn push(&mut self, bytes: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        let taken = self.encoder().and_then(|encoder| encoder.write_all(bytes));
        taken.map_err(|error| failed(&error))?;
        self.has_pending |= !bytes.is_empty();
        self.give(out)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        self.has_pending = false;
        // Nothing at all is an empty member.
        self.encoder().map_err(|error| failed(&error))?;
        let finished = self.encoder.take().map(|encoder| encoder.finish());
        let encoded = finished.transpose().map_err(|error| failed(&error))?;
        out.put(Data::Bytes(&encoded.unwrap_or_default()))
            .map(|_| ())
    }

    fn idle(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        if std::mem::take(&mut self.has_pending) {
            let flushed = self.encoder().and_then(|encoder| encoder.flush());
            flushed.map_err(|error| failed(&error))?;
            let _ = self.give(out)?;
        }
        Ok(())
    }
}
