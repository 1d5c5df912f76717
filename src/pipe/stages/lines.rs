//! `lines`: cuts bytes into items at newlines, or at NUL bytes.

use clap::{ArgMatches, Args};

use crate::pipe::data::{Batch, Data, Kind, split_terminator};
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out, give_items};
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::Step;

#[derive(Args)]
struct Lines {
    /// Cut at NUL bytes; the items are written as lines
    #[arg(short = '0', long)]
    null: bool,
}

pub(super) static SPEC: Spec = Spec {
    name: "lines",
    summary: "Cut bytes into items at newlines",
    family: Family::Framing,
    define: Lines::augment_args,
    takes: &[Kind::Bytes],
    open,
    heavy: false,
    examples: &[Example {
        words: &["-0"],
        input: "a b\0c\0",
        output: "a b\nc\n",
    }],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Lines>(matches);
    Ok(Opened::giving(
        Kind::Items,
        Work::Step(Box::new(Cutter {
            delimiter: if asked.null { b'\0' } else { b'\n' },
            partial: Vec::new(),
            batch: Batch::new(),
        })),
    ))
}

struct Cutter {
    delimiter: u8,
    /// The beginning of an item.
    partial: Vec<u8>,
    batch: Batch,
}

impl Cutter {
    fn add(&mut self, item: &[u8]) {
        let (content, terminator) = match item {
            [content @ .., b'\0'] if self.delimiter == b'\0' => (content, &b"\n"[..]),
            _ if self.delimiter == b'\0' => (item, &b""[..]),
            _ => split_terminator(item),
        };
        self.batch.push(content, terminator);
    }
}

impl Step for Cutter {
    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        let Data::Bytes(mut bytes) = data else {
            return out.put(data);
        };
        while let Some(found) = memchr::memchr(self.delimiter, bytes) {
            let (item, rest) = bytes.split_at(found + 1);
            bytes = rest;
            if self.partial.is_empty() {
                self.add(item);
            } else {
                let mut whole = std::mem::take(&mut self.partial);
                whole.extend_from_slice(item);
                self.add(&whole);
                whole.clear();
                self.partial = whole;
            }
        }
        self.partial.extend_from_slice(bytes);
        give_items(&mut self.batch, out)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let partial = std::mem::take(&mut self.partial);
        if !partial.is_empty() {
            self.add(&partial);
        }
        give_items(&mut self.batch, out).map(|_| ())
    }
}
