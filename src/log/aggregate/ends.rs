//! `first` and `last`: a value by its place: the inputs in the order in which they were named, each from its beginning.
//!
//! Places are part of the state, so merging in any order gives the same value. Where two places are equal, as in parts from different
//! runs, the value decides.

use super::column::{Column, column};
use super::kept;
use super::row::{Position, Row};
use super::spec::{Example, Family, Gives, Sample, Spec, Takes};
use super::state::{Damaged, Parameters, State, Unfit};
use crate::record::{Cell, Value};

/// The first value.
pub(super) static FIRST: Spec = Spec {
    name: "first",
    summary: "Return the value of the first line that has one, in input order",
    gives: Gives::Argument,
    is_reserved: false,
    is_amount: false,
    examples: &[Example {
        name: "first",
        values: &["", "b", "a", "c"],
        answer: "b",
    }],
    ..Spec::usual(&[Takes::Any], &FIRSTS)
};

static FIRSTS: Family = family("first", 9, column::<End<false>>);

/// The last value.
pub(super) static LAST: Spec = Spec {
    name: "last",
    summary: "Return the value of the last line that has one, in input order",
    gives: Gives::Argument,
    is_reserved: false,
    is_amount: false,
    examples: &[Example {
        name: "last",
        values: &["b", "a", "c", "-"],
        answer: "c",
    }],
    ..Spec::usual(&[Takes::Any], &LASTS)
};

static LASTS: Family = family("last", 10, column::<End<true>>);

const fn family(name: &'static str, id: u8, column: fn() -> Box<dyn Column>) -> Family {
    Family {
        name,
        id,
        version: 1,
        reads_time: false,
        column,
        forms: &[
            ("empty", Sample::Values(&[])),
            ("text", Sample::Values(&["b", "a", "c"])),
        ],
    }
}

#[derive(Clone, Default)]
struct End<const LAST: bool>(Option<Box<(Position, Value<'static>)>>);

impl<const LAST: bool> End<LAST> {
    fn offer(&mut self, position: Position, value: &Value<'_>) {
        let is_better = self.0.as_ref().is_none_or(|known| {
            let order = position.cmp(&known.0);
            let order = order.then_with(|| value.total_cmp(&known.1));
            if LAST { order.is_gt() } else { order.is_lt() }
        });
        if is_better {
            self.0 = Some(Box::new((position, value.clone().into_static())));
        }
    }
}

impl<const LAST: bool> State for End<LAST> {
    fn add(&mut self, row: Row<'_>) -> Result<(), Unfit> {
        self.offer(row.position(), row.value());
        Ok(())
    }

    fn add_times(&mut self, row: Row<'_>, times: u64) -> Result<(), Unfit> {
        if times > 0 { self.add(row) } else { Ok(()) }
    }

    fn merge(&mut self, other: Self) {
        if let Some(theirs) = other.0 {
            self.offer(theirs.0, &theirs.1);
        }
    }

    fn finish(&self, _: Parameters) -> Cell {
        let value = self.0.as_ref().map(|known| known.1.clone());
        Cell::exact(value.unwrap_or_default())
    }

    fn encode(&self, out: &mut Vec<u8>) {
        if let Some(known) = &self.0 {
            out.extend_from_slice(&(known.0.input as u64).to_le_bytes());
            out.extend_from_slice(&known.0.offset.to_le_bytes());
            known.1.push_key(out);
        }
    }

    fn decode(bytes: &[u8]) -> Result<Self, Damaged> {
        if bytes.is_empty() {
            return Ok(End(None));
        }
        let (input, rest) = bytes.split_first_chunk().ok_or(Damaged)?;
        let (offset, key) = rest.split_first_chunk().ok_or(Damaged)?;
        let value = kept::decode(key)?;
        let position = Position {
            input: usize::try_from(u64::from_le_bytes(*input)).map_err(|_| Damaged)?,
            offset: u64::from_le_bytes(*offset),
        };
        Ok(End(Some(Box::new((position, value)))))
    }

    fn heap_bytes(&self) -> usize {
        let known = self.0.as_deref();
        known.map_or(0, |known| size_of_val(known) + kept::heap_bytes(&known.1))
    }
}
