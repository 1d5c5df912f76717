//! `count`: how many items, lines or records there are.

use clap::{ArgMatches, Args};

use crate::pipe::data::{Data, Kind};
use crate::pipe::emit::{Emit, Unit};
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out};
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work};
use crate::pipe::stage::{ByteStage, UnitStage};

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
    let work = match input {
        Kind::Bytes => Work::Bytes(Box::new(LineCounter::default())),
        Kind::Items | Kind::Records => Work::Units(Box::new(Counter { units: 0 })),
    };
    Ok(Opened::giving(Kind::lines_of(input), work))
}

/// Counts lines without keeping them, however long they are.
#[derive(Default)]
struct LineCounter {
    newlines: u64,
    /// Bytes came after the last newline.
    is_inside_line: bool,
}

impl ByteStage for LineCounter {
    fn push(&mut self, bytes: &[u8], _out: &mut dyn Out) -> Result<Flow, Failure> {
        self.newlines += memchr::memchr_iter(b'\n', bytes).count() as u64;
        if let Some(last) = bytes.last() {
            self.is_inside_line = *last != b'\n';
        }
        Ok(Flow::More)
    }

    fn has_partial_result(&self) -> bool {
        true
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let lines = self.newlines + u64::from(self.is_inside_line);
        *self = LineCounter::default();
        out.put(Data::Bytes(format!("{lines}\n").as_bytes()))
            .map(|_| ())
    }
}

struct Counter {
    units: u64,
}

impl UnitStage for Counter {
    fn unit(&mut self, _unit: Unit<'_>, _out: &mut Emit<'_>) -> Result<Flow, Failure> {
        self.units += 1;
        Ok(Flow::More)
    }

    fn has_partial_result(&self) -> bool {
        true
    }

    fn end(&mut self, out: &mut Emit<'_>) -> Result<(), Failure> {
        out.push(self.units.to_string().as_bytes(), b"\n")
            .map(|_| ())
    }
}
