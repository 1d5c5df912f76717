//! `sum`: decimals exactly, floats exactly and then rounded once. The sum of nothing is 0.

use super::column::column;
use super::{Damaged, Example, Quantile, Spec, State, Takes, Unfit, exact};
use crate::record::exact::Sum;
use crate::record::{Cell, Value};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "sum",
    family: "sum",
    summary: "Add numbers up, exactly",
    takes: Takes::Number,
    gives_number: true,
    compares: false,
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
    column: column::<Total>,
};

#[derive(Clone, Default)]
struct Total(Sum);

impl State for Total {
    #[inline]
    fn add(&mut self, value: &Value<'_>) -> Result<(), Unfit> {
        let Value::Number(number) = value else {
            return Err(Unfit);
        };
        self.0.add(*number);
        Ok(())
    }

    fn merge(&mut self, other: Total) {
        self.0.merge(&other.0);
    }

    fn finish(&self, _: Quantile) -> Cell {
        exact(self.0.finish().map_or(Value::Missing, Value::Number))
    }

    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }

    fn decode(bytes: &[u8]) -> Result<Total, Damaged> {
        Sum::decode(bytes).map(Total).ok_or(Damaged)
    }
}
