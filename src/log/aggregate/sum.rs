//! `sum`: decimals exactly, floats exactly and then rounded once, which makes it an approximation. The sum of no values is 0.

use super::column::column;
use super::row::Row;
use super::spec::{Example, Family, ReadsTime, Sample, Spec, Takes};
use super::state::{Damaged, Parameters, State, Unfit};
use crate::record::exact::Sum;
use crate::record::{Cell, Value};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "sum",
    summary: "Compute the exact sum of numbers",
    examples: &[
        Example {
            name: "sum",
            values: &["0.1", "0.2", "1e17", "-1e17"],
            answer: "0.3",
        },
        Example {
            name: "sum",
            values: &[],
            answer: "0",
        },
    ],
    ..Spec::usual(&[Takes::Number], &FAMILY)
};

static FAMILY: Family = Family {
    name: "sum",
    id: 2,
    version: 1,
    oldest: 1,
    time: ReadsTime::No,
    column: column::<Total>,
    forms: &[
        ("empty", Sample::Values(&[])),
        ("decimals", Sample::Values(&["1.5", "-2", "1e20"])),
        ("floats", Sample::Values(&["0.5", "1e300"])),
    ],
};

#[derive(Clone, Default)]
struct Total(Sum);

impl State for Total {
    #[inline]
    fn add(&mut self, row: Row<'_>) -> Result<(), Unfit> {
        let Value::Number(number) = row.value() else {
            return Err(Unfit);
        };
        self.0.add(*number);
        Ok(())
    }

    fn merge(&mut self, other: Total) {
        self.0.merge(&other.0);
    }

    fn finish(&self, _: Parameters) -> Cell {
        Cell {
            value: self.0.finish().map_or(Value::Missing, Value::Number),
            approx: self.0.is_rounded(),
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }

    fn decode(bytes: &[u8]) -> Result<Total, Damaged> {
        Sum::decode(bytes).map(Total).ok_or(Damaged)
    }

    fn heap_bytes(&self) -> usize {
        self.0.heap_bytes()
    }
}
