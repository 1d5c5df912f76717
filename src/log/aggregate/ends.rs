//! `first` and `last`: the value of the earliest and of the latest row. Rows without a time come after all that have one, in their
//! order in the input: the inputs as they were named, each from its beginning.
//!
//! What decides is part of the state, so merging in any order gives the same value. Of rows at the same time the value decides: their
//! places would not, since parts of other runs have places of their own.

use std::cmp::Ordering;

use super::column::{Column, column};
use super::kept;
use super::row::{Position, Row};
use super::spec::{Example, Family, Gives, ReadsTime, Sample, Spec, Takes};
use super::state::{Damaged, Parameters, State, Unfit};
use crate::record::{Cell, Value};

/// The first value.
pub(super) static FIRST: Spec = Spec {
    name: "first",
    summary: "Return the value of the earliest line that has one, by time, else by place",
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
    summary: "Return the value of the latest line that has one, by time, else by place",
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
        version: 2,
        oldest: 2,
        time: ReadsTime::IfAny,
        column,
        forms: &[
            ("empty", Sample::Values(&[])),
            ("text", Sample::Values(&["b", "a", "c"])),
        ],
    }
}

#[derive(Clone, Default)]
struct End<const LAST: bool>(Option<Box<(Place, Value<'static>)>>);

/// What a value is chosen by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nanoseconds since the epoch.
    At(i128),
    /// Of rows without a time.
    Behind(Position),
}

impl Place {
    /// Which of two is earlier. All that have a time are chosen before those that have none: they are the least where the first is
    /// looked for, the greatest where the last is.
    fn order(&self, other: &Place, is_last: bool) -> Ordering {
        match (self, other) {
            (Place::At(time), Place::At(other)) => time.cmp(other),
            (Place::Behind(position), Place::Behind(other)) => position.cmp(other),
            (Place::At(_), Place::Behind(_)) if is_last => Ordering::Greater,
            (Place::Behind(_), Place::At(_)) if !is_last => Ordering::Greater,
            _ => Ordering::Less,
        }
    }
}

impl<const LAST: bool> End<LAST> {
    fn offer(&mut self, place: Place, value: &Value<'_>) {
        let is_better = self.0.as_ref().is_none_or(|known| {
            let order = place.order(&known.0, LAST);
            let order = order.then_with(|| value.total_cmp(&known.1));
            if LAST { order.is_gt() } else { order.is_lt() }
        });
        if is_better {
            self.0 = Some(Box::new((place, value.clone().into_static())));
        }
    }
}

impl<const LAST: bool> State for End<LAST> {
    fn add(&mut self, row: Row<'_>) -> Result<(), Unfit> {
        let place = match row.time() {
            Some(time) => Place::At(time.nanos_since_epoch()),
            None => Place::Behind(row.position()),
        };
        self.offer(place, row.value());
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
        let Some(known) = &self.0 else {
            return;
        };
        match known.0 {
            Place::At(nanos) => {
                out.push(TIMED);
                out.extend_from_slice(&nanos.to_le_bytes());
            }
            Place::Behind(position) => {
                out.push(PLACED);
                out.extend_from_slice(&(position.input as u64).to_le_bytes());
                out.extend_from_slice(&position.offset.to_le_bytes());
            }
        }
        known.1.push_key(out);
    }

    fn decode(bytes: &[u8]) -> Result<Self, Damaged> {
        let Some((kind, rest)) = bytes.split_first() else {
            return Ok(End(None));
        };
        let (place, key) = rest.split_first_chunk::<16>().ok_or(Damaged)?;
        let place = match *kind {
            TIMED => Place::At(i128::from_le_bytes(*place)),
            PLACED => {
                let (input, offset) = place.split_first_chunk::<8>().ok_or(Damaged)?;
                let offset = offset.first_chunk().ok_or(Damaged)?;
                Place::Behind(Position {
                    input: usize::try_from(u64::from_le_bytes(*input)).map_err(|_| Damaged)?,
                    offset: u64::from_le_bytes(*offset),
                })
            }
            _ => return Err(Damaged),
        };
        Ok(End(Some(Box::new((place, kept::decode(key)?)))))
    }

    fn is_positional(&self) -> bool {
        let place = self.0.as_ref().map(|known| known.0);
        matches!(place, Some(Place::Behind(_)))
    }

    fn heap_bytes(&self) -> usize {
        let known = self.0.as_deref();
        known.map_or(0, |known| size_of_val(known) + kept::heap_bytes(&known.1))
    }
}

/// The first byte of an encoded state: what the place is.
const TIMED: u8 = 1;
const PLACED: u8 = 0;

#[cfg(test)]
mod tests;
