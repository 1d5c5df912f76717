//! `count`: the number of rows, or of those for which a condition holds.

use super::column::column;
use super::row::Row;
use super::spec::{Example, Family, ReadsTime, Sample, Spec, Takes};
use super::state::{Damaged, Parameters, State, Unfit};
use crate::record::{Cell, Value};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "count",
    summary: "Count rows, or rows for which a condition is true: count(status >= 500)",
    required: 0,
    examples: &[Example {
        name: "count",
        values: &["true", "false", "true"],
        answer: "2",
    }],
    ..Spec::usual(&[Takes::Condition], &FAMILY)
};

static FAMILY: Family = Family {
    name: "count",
    id: 1,
    version: 1,
    oldest: 1,
    time: ReadsTime::No,
    column: column::<Count>,
    forms: &[("empty", Sample::Values(&[])), ("some", Sample::UpTo(300))],
};

#[derive(Clone, Default)]
struct Count(u64);

impl State for Count {
    #[inline]
    fn add(&mut self, row: Row<'_>) -> Result<(), Unfit> {
        self.add_times(row, 1)
    }

    #[inline]
    fn add_times(&mut self, row: Row<'_>, times: u64) -> Result<(), Unfit> {
        let Value::Bool(holds) = row.value() else {
            return Err(Unfit);
        };
        self.0 += if *holds { times } else { 0 };
        Ok(())
    }

    fn merge(&mut self, other: Count) {
        self.0 = self.0.saturating_add(other.0);
    }

    fn finish(&self, _: Parameters) -> Cell {
        Cell::number(self.0)
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0.to_le_bytes());
    }

    fn decode(bytes: &[u8]) -> Result<Count, Damaged> {
        let count = u64::from_le_bytes(bytes.try_into().map_err(|_| Damaged)?);
        // Implausible counts are refused so that merging cannot overflow.
        if count < 1 << 62 {
            Ok(Count(count))
        } else {
            Err(Damaged)
        }
    }
}
