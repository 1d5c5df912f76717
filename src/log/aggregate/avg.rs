//! `avg`: the exact sum divided by how many there were, rounded once.

use super::column::column;
use super::{Damaged, Example, Quantile, Spec, State, Takes, Unfit, exact};
use crate::record::exact::Sum;
use crate::record::{Cell, Value};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "avg",
    family: "avg",
    summary: "Give the arithmetic mean of numbers",
    takes: Takes::Number,
    gives_number: true,
    compares: false,
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
    column: column::<Mean>,
};

#[derive(Clone, Default)]
struct Mean {
    sum: Sum,
    count: u64,
}

impl State for Mean {
    #[inline]
    fn add(&mut self, value: &Value<'_>) -> Result<(), Unfit> {
        let Value::Number(number) = value else {
            return Err(Unfit);
        };
        self.sum.add(*number);
        self.count += 1;
        Ok(())
    }

    fn merge(&mut self, other: Mean) {
        self.sum.merge(&other.sum);
        self.count += other.count;
    }

    fn finish(&self, _: Quantile) -> Cell {
        exact(
            self.sum
                .mean(self.count)
                .map_or(Value::Missing, Value::Number),
        )
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
}
