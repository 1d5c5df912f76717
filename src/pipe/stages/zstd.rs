//! `zstd`: compresses as zstd (RFC 8878), with a checksum.

use std::io;

use clap::{ArgMatches, Args};
use zstd::stream::write;

use super::pack::{Encoder, Pack};
use crate::pipe::data::Kind;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};

#[derive(Args)]
struct Zstd {
    /// The level: from -1, which is fast, to -19, which is small [default: -3]
    #[arg(value_name = "-LEVEL", allow_negative_numbers = true, value_parser = level)]
    level: Option<i32>,
}

pub(super) static SPEC: Spec = Spec {
    name: "zstd",
    summary: "Compress as zstd",
    family: Family::Compression,
    define: Zstd::augment_args,
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
    let level = arguments::<Zstd>(matches).level.unwrap_or(3);
    let stage = Pack::new(move || {
        let mut encoder = write::Encoder::new(Vec::new(), level)?;
        encoder.include_checksum(true)?;
        Ok(encoder)
    });
    Ok(Opened::same(Work::Bytes(Box::new(stage))))
}

fn level(text: &str) -> Result<i32, String> {
    let level = text
        .strip_prefix('-')
        .and_then(|digits| digits.parse().ok());
    level
        .filter(|level| (1..=19).contains(level))
        .ok_or_else(|| format!("invalid level '{text}': expected -1 to -19"))
}

impl Encoder for write::Encoder<'static, Vec<u8>> {
    fn made(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        self.finish()
    }
}
