//! `bytes`: cuts bytes into items of equal size.

use clap::{ArgMatches, Args};

use crate::pipe::data::{Batch, Data, Kind};
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out, give_items};
use crate::pipe::pieces::Sizes;
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
    let cutter = Cutter {
        sizes: Sizes::of(asked.size),
        batch: Batch::new(),
    };
    Ok(Opened::giving(Kind::Items, Work::Step(Box::new(cutter))))
}

struct Cutter {
    sizes: Sizes,
    batch: Batch,
}

impl Step for Cutter {
    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        let batch = &mut self.batch;
        self.sizes
            .push(data.written(), |item| batch.push(item, b""));
        give_items(batch, out)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        if let Some(last) = self.sizes.end() {
            self.batch.push(&last, b"");
        }
        give_items(&mut self.batch, out).map(|_| ())
    }
}
