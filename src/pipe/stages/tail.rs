//! `tail`: the last items or lines.

use std::collections::VecDeque;

use clap::{ArgMatches, Args};

use crate::pipe::data::{Batch, Kind};
use crate::pipe::emit::{Emit, Unit};
use crate::pipe::failure::Failure;
use crate::pipe::flow::Flow;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::UnitStage;
use crate::record::records::Records;

#[derive(Args)]
struct Tail {
    /// How many lines, items or records; +N for all from the Nth on
    #[arg(short = 'n', long, value_name = "N", default_value = "10", value_parser = from, allow_hyphen_values = true)]
    lines: Which,
}

/// Which lines are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Last(usize),
    /// All from this one on, counted from 1.
    From(u64),
}

fn from(text: &str) -> Result<Which, String> {
    let parsed = match text.strip_prefix('+') {
        Some(number) => number.parse().ok().map(Which::From),
        None => text.parse().ok().map(Which::Last),
    };
    parsed.ok_or_else(|| "expected N or +N".to_owned())
}

pub(super) static SPEC: Spec = Spec {
    name: "tail",
    summary: "Keep the last N lines, items or records",
    family: Family::Framing,
    define: Tail::augment_args,
    takes: &[Kind::Bytes, Kind::Items, Kind::Records],
    open,
    heavy: false,
    examples: &[
        Example {
            words: &["-n", "1"],
            input: "a\nb\nc\n",
            output: "c\n",
        },
        Example {
            words: &["-n", "+2"],
            input: "header\na\nb\n",
            output: "a\nb\n",
        },
    ],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Tail>(matches);
    let work: Box<dyn UnitStage> = match asked.lines {
        Which::Last(limit) => Box::new(LastUnits {
            limit,
            kept: VecDeque::new(),
        }),
        Which::From(number) => Box::new(LaterUnits {
            to_skip: number.saturating_sub(1),
        }),
    };
    Ok(Opened::same(Work::Units(work)))
}

/// Keeps the last units until the input ends.
struct LastUnits {
    limit: usize,
    kept: VecDeque<Kept>,
}

/// A unit of its own.
#[derive(Default)]
struct Kept {
    items: Batch,
    records: Records,
}

impl UnitStage for LastUnits {
    fn unit(&mut self, unit: Unit<'_>, _out: &mut Emit<'_>) -> Result<Flow, Failure> {
        let mut place = match self.kept.len() < self.limit {
            true => Kept::default(),
            false => match self.kept.pop_front() {
                Some(oldest) => oldest,
                None => return Ok(Flow::More),
            },
        };
        place.items.clear();
        place.records.clear();
        match unit {
            Unit::Item(item) => place.items.push(item.content, item.terminator),
            Unit::Record(record) => place.records.push_record(&record),
        }
        self.kept.push_back(place);
        Ok(Flow::More)
    }

    fn end(&mut self, out: &mut Emit<'_>) -> Result<(), Failure> {
        for kept in self.kept.drain(..) {
            for item in kept.items.items().iter() {
                let _ = out.keep(Unit::Item(item))?;
            }
            for record in kept.records.iter() {
                let _ = out.keep(Unit::Record(record))?;
            }
        }
        Ok(())
    }
}

/// Leaves out the first units.
struct LaterUnits {
    to_skip: u64,
}

impl UnitStage for LaterUnits {
    fn unit(&mut self, unit: Unit<'_>, out: &mut Emit<'_>) -> Result<Flow, Failure> {
        if self.to_skip > 0 {
            self.to_skip -= 1;
            return Ok(Flow::More);
        }
        out.keep(unit)
    }
}
