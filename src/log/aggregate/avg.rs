//! `avg`: the exact sum divided by the number of values, rounded once.

use super::column::column;
use super::row::Row;
use super::spec::{Example, Family, ReadsTime, Sample, Spec, Takes};
use super::state::{Damaged, Parameters, State, Unfit};
use crate::record::exact::Sum;
use crate::record::{Cell, Value};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "avg",
    summary: "Compute the arithmetic mean of numbers",
    examples: &[
        Example {
            name: "avg",
            values: &["1", "2", "4"],
            answer: "2.3333333333333335",
        },
        Example {
            name: "avg",
            values: &[],
            answer: "",
        },
    ],
    ..Spec::usual(&[Takes::Number], &FAMILY)
};

static FAMILY: Family = Family {
    name: "avg",
    id: 3,
    version: 1,
    oldest: 1,
    time: ReadsTime::No,
    column: column::<Mean>,
    forms: &[
        ("empty", Sample::Values(&[])),
        ("decimals", Sample::Values(&["1.5", "-2", "1e20"])),
        ("floats", Sample::Values(&["0.5", "1e300"])),
    ],
};

#[derive(Clone, Default)]
struct Mean {
    sum: Sum,
    count: u64,
}

impl State for Mean {
    #[inline]
    fn add(&mut self, row: Row<'_>) -> Result<(), Unfit> {
        let Value::Number(number) = row.value() else {
            return Err(Unfit);
        };
        self.sum.add(*number);
        self.count += 1;
        Ok(())
    }

    fn merge(&mut self, other: Mean) {
        self.sum.merge(&other.sum);
        self.count = self.count.saturating_add(other.count);
    }

    fn finish(&self, _: Parameters) -> Cell {
        let mean = self.sum.mean(self.count);
        Cell {
            value: mean.map_or(Value::Missing, Value::Number),
            approx: self.sum.is_rounded(),
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.count.to_le_bytes());
        self.sum.encode(out);
    }

    fn decode(bytes: &[u8]) -> Result<Mean, Damaged> {
        let (count, sum) = bytes.split_first_chunk().ok_or(Damaged)?;
        let count = u64::from_le_bytes(*count);
        let sum = Sum::decode(sum).ok_or(Damaged)?;
        if count < 1 << 62 {
            Ok(Mean { sum, count })
        } else {
            Err(Damaged)
        }
    }

    fn heap_bytes(&self) -> usize {
        self.sum.heap_bytes()
    }
}
