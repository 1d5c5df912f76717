//! `count`: how many items, lines or records there are.

use clap::{ArgMatches, Args};

use crate::pipe::data::Kind;
use crate::pipe::emit::{Emit, Unit};
use crate::pipe::failure::Failure;
use crate::pipe::flow::Flow;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work};
use crate::pipe::stage::UnitStage;

#[derive(Args)]
struct Count {}

pub(super) static SPEC: Spec = Spec {
    name: "count",
    summary: "Count lines, items or records",
    family: Family::Sets,
    define: Count::augment_args,
    takes: &[Kind::Bytes, Kind::Items, Kind::Records],
    open,
    heavy: false,
    examples: &[Example {
        words: &[],
        input: "a\nb\nwithout newline",
        output: "3\n",
    }],
};

fn open(_matches: &ArgMatches, input: Kind) -> Result<Opened, Refused> {
    Ok(Opened::giving(
        Kind::lines_of(input),
        Work::Units(Box::new(Counter { items: 0 })),
    ))
}

struct Counter {
    items: u64,
}

impl UnitStage for Counter {
    fn unit(&mut self, _unit: Unit<'_>, _out: &mut Emit<'_>) -> Result<Flow, Failure> {
        self.items += 1;
        Ok(Flow::More)
    }

    fn end(&mut self, out: &mut Emit<'_>) -> Result<(), Failure> {
        out.push(self.items.to_string().as_bytes(), b"\n")
            .map(|_| ())
    }
}
