//! `min` and `max`: of any values, by their one total order, as they were written.

use super::column::column;
use super::{Damaged, Example, Quantile, Spec, State, Takes, Unfit, exact};
use crate::record::{Cell, Value};

/// The smallest value.
pub(super) static MIN: Spec = Spec {
    name: "min",
    family: "min",
    summary: "Give the smallest value: of numbers, times or texts",
    takes: Takes::Any,
    gives_number: false,
    compares: true,
    examples: &[Example {
        name: "min",
        values: &["10", "9.50", "9.5"],
        answer: "9.5",
    }],
    column: column::<Extreme<false>>,
};

/// The largest value.
pub(super) static MAX: Spec = Spec {
    name: "max",
    family: "max",
    summary: "Give the largest value: of numbers, times or texts",
    takes: Takes::Any,
    gives_number: false,
    compares: true,
    examples: &[Example {
        name: "max",
        values: &["9", "10", "9.50"],
        answer: "10",
    }],
    column: column::<Extreme<true>>,
};

/// The value so far; boxed, since most groups of a large table are small.
#[derive(Clone, Default)]
struct Extreme<const LARGEST: bool>(Option<Box<Value<'static>>>);

impl<const LARGEST: bool> State for Extreme<LARGEST> {
    #[inline]
    fn add(&mut self, value: &Value<'_>) -> Result<(), Unfit> {
        let is_better = match &self.0 {
            None => true,
            Some(best) if LARGEST => value.total_cmp(best).is_gt(),
            Some(best) => value.total_cmp(best).is_lt(),
        };
        if is_better {
            self.0 = Some(Box::new(value.clone().into_static()));
        }
        Ok(())
    }

    fn merge(&mut self, other: Self) {
        if let Some(value) = other.0 {
            // Any value fits.
            let _ = self.add(&value);
        }
    }

    fn finish(&self, _: Quantile) -> Cell {
        exact(self.0.as_deref().cloned().unwrap_or_default())
    }

    fn encode(&self, out: &mut Vec<u8>) {
        if let Some(value) = &self.0 {
            value.push_key(out);
        }
    }

    fn decode(bytes: &[u8]) -> Result<Self, Damaged> {
        if bytes.is_empty() {
            return Ok(Extreme(None));
        }
        let mut values = Value::from_keys(bytes);
        let value = values
            .pop()
            .filter(|value| !value.is_missing() && values.is_empty())
            .ok_or(Damaged)?;
        // A computed number comes back as its digits, which are the same value.
        let mut again = Vec::new();
        value.push_key(&mut again);
        if again == bytes {
            Ok(Extreme(Some(Box::new(value))))
        } else {
            Err(Damaged)
        }
    }
}
