//! The rows of a group as aggregates see them.

use crate::log::batch::Values;
use crate::record::{Timestamp, Value};

/// Where a row comes from, for what has no better order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The number of the input.
    pub input: usize,
    /// Where its line begins, in bytes; of a row of a table, its number.
    pub offset: u64,
}

/// Rows of a batch, as one aggregate gets them.
#[derive(Clone, Copy)]
pub struct Rows<'r> {
    /// Its arguments: at least one; `true` for a call without.
    pub arguments: &'r [Values<'r>],
    /// When they happened, if that was asked for and is known.
    pub times: Option<Values<'r>>,
    /// The input that all of them come from.
    pub input: usize,
    /// Where each of them begins there.
    pub offsets: &'r [u64],
}

impl<'r> Rows<'r> {
    /// One of the rows.
    #[inline(always)]
    pub fn row(&'r self, index: usize) -> Row<'r> {
        Row {
            value: self.arguments[0].get(index),
            rows: self,
            index,
        }
    }
}

/// A row; what nobody looks at costs nothing.
#[derive(Clone, Copy)]
pub struct Row<'r> {
    /// The first argument, which nearly every aggregate looks at.
    value: &'r Value<'r>,
    rows: &'r Rows<'r>,
    index: usize,
}

impl<'r> Row<'r> {
    /// The first argument.
    #[inline(always)]
    pub fn value(self) -> &'r Value<'r> {
        self.value
    }

    /// An argument, counted from 0; none if the call has fewer.
    #[inline(always)]
    pub fn argument(self, number: usize) -> Option<&'r Value<'r>> {
        Some(self.rows.arguments.get(number)?.get(self.index))
    }

    /// When it happened, for aggregates whose family reads it.
    pub fn time(self) -> Option<Timestamp> {
        match self.rows.times?.get(self.index) {
            Value::Time(time) => Some(*time),
            _ => None,
        }
    }

    /// Where it comes from.
    pub fn position(self) -> Position {
        Position {
            input: self.rows.input,
            offset: self.rows.offsets[self.index],
        }
    }
}
