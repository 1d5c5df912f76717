//! `count`: how many rows, or how many for which a condition holds.

use super::column::column;
use super::{Damaged, Example, Quantile, Spec, State, Takes, Unfit, exact};
use crate::record::{Cell, Number, Value};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "count",
    family: "count",
    summary: "Count rows, or those for which a condition holds: count(status >= 500)",
    takes: Takes::Condition,
    gives_number: true,
    compares: false,
    examples: &[Example {
        name: "count",
        values: &["true", "false", "true"],
        answer: "2",
    }],
    column: column::<Count>,
};

#[derive(Clone, Default)]
struct Count(u64);

impl State for Count {
    #[inline]
    fn add(&mut self, value: &Value<'_>) -> Result<(), Unfit> {
        self.add_times(value, 1)
    }

    #[inline]
    fn add_times(&mut self, value: &Value<'_>, times: u64) -> Result<(), Unfit> {
        let Value::Bool(holds) = value else {
            return Err(Unfit);
        };
        self.0 += if *holds { times } else { 0 };
        Ok(())
    }

    fn merge(&mut self, other: Count) {
        self.0 += other.0;
    }

    fn finish(&self, _: Quantile) -> Cell {
        exact(Value::Number(Number::from(self.0)))
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0.to_le_bytes());
    }

    fn decode(bytes: &[u8]) -> Result<Count, Damaged> {
        let count = u64::from_le_bytes(bytes.try_into().map_err(|_| Damaged)?);
        // More rows than anybody has, so that merging cannot overflow.
        if count < 1 << 62 {
            Ok(Count(count))
        } else {
            Err(Damaged)
        }
    }
}
