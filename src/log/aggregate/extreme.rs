//! `min` and `max`: of any values, by their one total order, as they were written.

use super::column::{Column, column};
use super::kept;
use super::row::Row;
use super::spec::{Example, Family, Gives, ReadsTime, Sample, Spec, Takes};
use super::state::{Damaged, Parameters, State, Unfit};
use crate::record::{Cell, Value};

/// The smallest value.
pub(super) static MIN: Spec = Spec {
    name: "min",
    summary: "Return the smallest number, time or text",
    gives: Gives::Argument,
    examples: &[Example {
        name: "min",
        values: &["10", "9.50", "9.5"],
        answer: "9.5",
    }],
    ..Spec::usual(&[Takes::Any], &LEAST)
};

static LEAST: Family = family("min", 4, column::<Extreme<false>>);

/// The largest value.
pub(super) static MAX: Spec = Spec {
    name: "max",
    summary: "Return the largest number, time or text",
    gives: Gives::Argument,
    examples: &[Example {
        name: "max",
        values: &["9", "10", "9.50"],
        answer: "10",
    }],
    ..Spec::usual(&[Takes::Any], &GREATEST)
};

static GREATEST: Family = family("max", 5, column::<Extreme<true>>);

const fn family(name: &'static str, id: u8, column: fn() -> Box<dyn Column>) -> Family {
    Family {
        name,
        id,
        version: 1,
        oldest: 1,
        time: ReadsTime::No,
        column,
        forms: &[
            ("empty", Sample::Values(&[])),
            ("number", Sample::Values(&["10", "9.50", "11"])),
            ("text", Sample::Values(&["b", "a", "c"])),
        ],
    }
}

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
        Ok(Extreme(Some(Box::new(kept::decode(bytes)?))))
    }

    fn heap_bytes(&self) -> usize {
        let best = self.0.as_deref();
        best.map_or(0, |value| size_of_val(value) + kept::heap_bytes(value))
    }
}
