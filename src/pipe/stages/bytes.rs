//! `bytes`: cuts bytes into items of equal size.

use clap::{ArgMatches, Args};

use crate::pipe::data::{Batch, Data, Kind};
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out, give_items};
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::Step;

#[derive(Args)]
struct Bytes {
    /// The size of an item; the last may be smaller
    #[arg(value_name = "SIZE", value_parser = super::size)]
    size: usize,
}

pub(super) static SPEC: Spec = Spec {
    name: "bytes",
    summary: "Cut bytes into items of SIZE bytes",
    family: Family::Framing,
    define: Bytes::augment_args,
    takes: &[Kind::Bytes],
    open,
    heavy: false,
    examples: &[Example {
        words: &["2"],
        input: "abcde",
        output: "abcde",
    }],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Bytes>(matches);
    Ok(Opened::giving(
        Kind::Items,
        Work::Step(Box::new(Cutter {
            size: asked.size,
            partial: Vec::new(),
            batch: Batch::new(),
        })),
    ))
}

struct Cutter {
    size: usize,
    /// The beginning of an item.
    partial: Vec<u8>,
    batch: Batch,
}

impl Cutter {}

impl Step for Cutter {
    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        let Data::Bytes(mut bytes) = data else {
            return out.put(data);
        };
        if !self.partial.is_empty() {
            let (first, rest) = bytes.split_at(bytes.len().min(self.size - self.partial.len()));
            self.partial.extend_from_slice(first);
            bytes = rest;
            if self.partial.len() == self.size {
                self.batch.push(&self.partial, b"");
                self.partial.clear();
            }
        }
        let items = bytes.chunks_exact(self.size);
        self.partial.extend_from_slice(items.remainder());
        for item in items {
            self.batch.push(item, b"");
        }
        give_items(&mut self.batch, out)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let partial = std::mem::take(&mut self.partial);
        if !partial.is_empty() {
            self.batch.push(&partial, b"");
        }
        give_items(&mut self.batch, out).map(|_| ())
    }
}
