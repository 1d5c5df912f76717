//! `gzip`: compresses as gzip (RFC 1952).

use std::io;

use clap::{ArgMatches, Args};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::pack::{Encoder, Pack};
use crate::pipe::data::Kind;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};

#[derive(Args)]
struct Gzip {
    /// The level: from -1, which is fast, to -9, which is small [default: -6]
    #[arg(value_name = "-LEVEL", allow_negative_numbers = true, value_parser = level)]
    level: Option<u32>,
}

pub(super) static SPEC: Spec = Spec {
    name: "gzip",
    summary: "Compress as gzip",
    family: Family::Compression,
    define: Gzip::augment_args,
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
    let level = Compression::new(arguments::<Gzip>(matches).level.unwrap_or(6));
    let stage = Pack::new(move || Ok(GzEncoder::new(Vec::new(), level)));
    Ok(Opened::same(Work::Bytes(Box::new(stage))))
}

fn level(text: &str) -> Result<u32, String> {
    let level = text
        .strip_prefix('-')
        .and_then(|digits| digits.parse().ok());
    level
        .filter(|level| (1..=9).contains(level))
        .ok_or_else(|| format!("invalid level '{text}': expected -1 to -9"))
}

impl Encoder for GzEncoder<Vec<u8>> {
    fn made(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        self.finish()
    }
}
