//! `stddev`: the standard deviation of a sample, from exact sums, so that neither cuts nor order of merging show.

use super::column::column;
use super::row::Row;
use super::spec::{Example, Family, ReadsTime, Sample, Spec, Takes};
use super::state::{Damaged, Parameters, State, Unfit};
use crate::record::exact::Spread;
use crate::record::{Cell, Value};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "stddev",
    summary: "Compute the standard deviation of a sample, which needs two numbers",
    is_reserved: false,
    examples: &[
        Example {
            name: "stddev",
            values: &["2", "4", "4", "4", "5", "5", "7", "9"],
            answer: "2.138089935299395",
        },
        Example {
            name: "stddev",
            values: &["7"],
            answer: "",
        },
    ],
    ..Spec::usual(&[Takes::Number], &FAMILY)
};

static FAMILY: Family = Family {
    name: "stddev",
    id: 8,
    version: 1,
    oldest: 1,
    time: ReadsTime::No,
    column: column::<Deviation>,
    forms: &[
        ("empty", Sample::Values(&[])),
        ("decimals", Sample::Values(&["1.5", "-2", "7"])),
        ("floats", Sample::Values(&["0.5", "1e100"])),
    ],
};

#[derive(Clone, Default)]
struct Deviation(Option<Box<Spread>>);

impl State for Deviation {
    fn add(&mut self, row: Row<'_>) -> Result<(), Unfit> {
        let Value::Number(number) = row.value() else {
            return Err(Unfit);
        };
        self.0.get_or_insert_default().add(*number);
        Ok(())
    }

    fn merge(&mut self, other: Deviation) {
        if let Some(theirs) = other.0 {
            self.0.get_or_insert_default().merge(&theirs);
        }
    }

    fn finish(&self, _: Parameters) -> Cell {
        let deviation = self.0.as_ref().and_then(|spread| spread.deviation());
        Cell {
            value: deviation.map_or(Value::Missing, Value::Number),
            approx: self.0.as_ref().is_some_and(|spread| spread.is_rounded()),
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        if let Some(spread) = &self.0 {
            spread.encode(out);
        }
    }

    fn decode(bytes: &[u8]) -> Result<Deviation, Damaged> {
        if bytes.is_empty() {
            return Ok(Deviation(None));
        }
        let spread = Spread::decode(bytes).ok_or(Damaged)?;
        Ok(Deviation(Some(Box::new(spread))))
    }

    fn heap_bytes(&self) -> usize {
        let spread = self.0.as_ref();
        spread.map_or(0, |spread| size_of::<Spread>() + spread.heap_bytes())
    }
}
