//! `unpack`: gzip and zstd, told by their first bytes; everything else passes as it is.

use std::io;

use clap::{ArgMatches, Args};

use crate::error::Plain;
use crate::io::decode::Unpacker;
use crate::io::source::Unsupported;
use crate::pipe::data::{Data, Kind};
use crate::pipe::failure::{Failure, Part};
use crate::pipe::flow::{Flow, Out};
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::ByteStage;

/// Decode gzip and zstd, told by their first bytes
///
/// Other data passes as it is. The first bytes of each input file are checked; all members and frames are read, and zeros after them are
/// padding. Of damaged data, everything before the damage is used, and the rest is reported as missed, unless --strict is given.
#[derive(Args)]
struct Unpack {}

pub(super) static SPEC: Spec = Spec {
    name: "unpack",
    summary: "Decode gzip and zstd, and pass other data as it is",
    family: Family::Compression,
    define: Unpack::augment_args,
    takes: &[Kind::Bytes, Kind::Items],
    open,
    heavy: true,
    examples: &[
        Example {
            words: &[],
            input: "not compressed\n",
            output: "not compressed\n",
        },
        Example {
            words: &["+", "gzip", "+", "unpack"],
            input: "a\nb\n",
            output: "a\nb\n",
        },
    ],
};

fn open(matches: &ArgMatches, input: Kind) -> Result<Opened, Refused> {
    let Unpack {} = arguments(matches);
    let unpack = Decode {
        unpacker: Unpacker::new(),
        is_item: input != Kind::Bytes,
        is_damaged: false,
        file: 0,
    };
    Ok(Opened::same(Work::Bytes(Box::new(unpack))))
}

struct Decode {
    unpacker: Unpacker,
    /// Each item is decoded alone; what becomes of a damaged one is decided elsewhere.
    is_item: bool,
    /// The rest of the input has no meaning.
    is_damaged: bool,
    /// The index of the input file.
    file: usize,
}

impl Decode {
    fn feed(
        &mut self,
        mut input: &[u8],
        is_last: bool,
        out: &mut dyn Out,
    ) -> Result<Flow, Failure> {
        while !self.is_damaged {
            match self.unpacker.next(&mut input, is_last) {
                Ok(None) => break,
                Ok(Some(bytes)) => {
                    if out.put(Data::Bytes(bytes))? == Flow::Enough {
                        return Ok(Flow::Enough);
                    }
                }
                Err(error) => {
                    self.is_damaged = true;
                    self.report(&error, out)?;
                }
            }
        }
        Ok(Flow::More)
    }

    /// Reports data that cannot be decoded: as missed, or as a failure.
    fn report(&self, error: &io::Error, out: &dyn Out) -> Result<(), Failure> {
        let shared = out.shared();
        let name = match out.part() {
            Some(Part::Stage(1, _)) => shared.inputs.get(self.file),
            _ => None,
        };
        let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
        let inner = error.get_ref();
        if let Some(other) = inner.and_then(|inner| inner.downcast_ref::<Unsupported>()) {
            let message = format!("{name}{other}; use 'exec {}'", other.command);
            return Err(Failure::new(message));
        }
        let message = format!("{name}{}", Plain(error));
        if shared.strict || self.is_item {
            return Err(Failure::new(message));
        }
        shared.missed(out.part(), message);
        Ok(())
    }

    fn reset(&mut self) {
        self.unpacker.reset();
        self.is_damaged = false;
    }
}

impl ByteStage for Decode {
    fn push(&mut self, bytes: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        self.feed(bytes, false, out)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let result = self.feed(&[], true, out);
        self.reset();
        result.map(|_| ())
    }

    fn next_file(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let result = self.feed(&[], true, out);
        self.reset();
        self.file += 1;
        result.map(|_| ())
    }
}
