//! `min` and `max`: of any values, by their one total order, as they were written.

use super::column::column;
use super::row::Row;
use super::spec::{Example, Family, Gives, Sample, Spec, Takes};
use super::state::{Damaged, Parameters, State, Unfit};
use crate::record::{Cell, Value};

/// The smallest value.
pub(super) static MIN: Spec = Spec {
    name: "min",
    pattern: None,
    parameters: Parameters([0; 2]),
    family: &LEAST,
    summary: "Return the smallest number, time or text",
    takes: &[Takes::Any],
    required: 1,
    gives: Gives::Argument,
    is_reserved: true,
    is_amount: true,
    examples: &[Example {
        name: "min",
        values: &["10", "9.50", "9.5"],
        answer: "9.5",
    }],
};

static LEAST: Family = Family {
    name: "min",
    id: 4,
    version: 1,
    compares: true,
    reads_time: false,
    column: column::<Extreme<false>>,
    forms: &[
        ("empty", Sample::Values(&[])),
        ("number", Sample::Values(&["10", "9.50", "11"])),
        ("text", Sample::Values(&["b", "a", "c"])),
    ],
};

/// The largest value.
pub(super) static MAX: Spec = Spec {
    name: "max",
    pattern: None,
    parameters: Parameters([0; 2]),
    family: &GREATEST,
    summary: "Return the largest number, time or text",
    takes: &[Takes::Any],
    required: 1,
    gives: Gives::Argument,
    is_reserved: true,
    is_amount: true,
    examples: &[Example {
        name: "max",
        values: &["9", "10", "9.50"],
        answer: "10",
    }],
};

static GREATEST: Family = Family {
    name: "max",
    id: 5,
    version: 1,
    compares: true,
    reads_time: false,
    column: column::<Extreme<true>>,
    forms: &[
        ("empty", Sample::Values(&[])),
        ("number", Sample::Values(&["10", "9.50", "11"])),
        ("text", Sample::Values(&["b", "a", "c"])),
    ],
};

/// The best value so far; boxed, since large tables have many groups.
#[derive(Clone, Default)]
struct Extreme<const LARGEST: bool>(Option<Box<Value<'static>>>);

impl<const LARGEST: bool> Extreme<LARGEST> {
    #[inline]
    fn offer(&mut self, value: &Value<'_>) {
        let is_better = match &self.0 {
            None => true,
            Some(best) if LARGEST => value.total_cmp(best).is_gt(),
            Some(best) => value.total_cmp(best).is_lt(),
        };
        if is_better {
            self.0 = Some(Box::new(value.clone().into_static()));
        }
    }
}

impl<const LARGEST: bool> State for Extreme<LARGEST> {
    #[inline]
    fn add(&mut self, row: Row<'_>) -> Result<(), Unfit> {
        self.offer(row.value());
        Ok(())
    }

    fn add_times(&mut self, row: Row<'_>, times: u64) -> Result<(), Unfit> {
        if times > 0 {
            self.offer(row.value());
        }
        Ok(())
    }

    fn merge(&mut self, other: Self) {
        if let Some(value) = other.0 {
            self.offer(&value);
        }
    }

    fn finish(&self, _: Parameters) -> Cell {
        Cell::exact(self.0.as_deref().cloned().unwrap_or_default())
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
            .next()
            .filter(|value| !value.is_missing() && values.next().is_none())
            .ok_or(Damaged)?;
        // A computed number comes back as its digits, which are the same value.
        let mut again = Vec::new();
        value.push_key(&mut again);
        if again == bytes {
            Ok(Extreme(Some(Box::new(value.into_static()))))
        } else {
            Err(Damaged)
        }
    }

    fn heap_bytes(&self) -> usize {
        self.0.as_deref().map_or(0, |value| {
            let text = match value {
                Value::Digits(text) | Value::Text(text) | Value::Json(text) => text.len(),
                _ => 0,
            };
            size_of::<Value<'_>>() + text
        })
    }
}
