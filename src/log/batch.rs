//! Rows that are under way together.
//!
//! What is done with rows one after the other waits for memory one after the other. So rows that are to be grouped come
//! together until there are a few dozen, and each step is taken with all of them: the memory that one needs arrives while
//! the others are looked at.

use std::iter;

use crate::record::Value;

/// How many rows there are in a batch at most. Enough for memory to answer, few enough for their values to stay in the
/// innermost cache.
pub const ROWS: usize = 32;

/// Rows of values, one after the other.
#[derive(Clone, Copy)]
pub struct Matrix<'r> {
    values: &'r [Value<'r>],
    width: usize,
    rows: usize,
}

impl<'r> Matrix<'r> {
    /// One row.
    pub fn of_row(row: &'r [Value<'r>]) -> Matrix<'r> {
        Matrix {
            values: row,
            width: row.len(),
            rows: 1,
        }
    }

    /// How many rows there are.
    pub fn row_count(self) -> usize {
        self.rows
    }

    /// The rows.
    #[inline]
    pub fn rows(self) -> impl Iterator<Item = &'r [Value<'r>]> {
        (0..self.rows).map(move |row| &self.values[row * self.width..][..self.width])
    }

    /// A column of the rows.
    pub fn column(self, column: usize) -> Values<'r> {
        Values::Each {
            values: &self.values[column..],
            stride: self.width,
        }
    }
}

/// A value for each row.
#[derive(Clone, Copy)]
pub enum Values<'v> {
    /// The same for all.
    Same(&'v Value<'v>),
    /// Each `stride` places after the one before.
    Each {
        /// The first, and what follows it.
        values: &'v [Value<'v>],
        /// How far the next one is, at least 1.
        stride: usize,
    },
}

/// Lines that have been read, and wait for enough others.
pub struct Batch<'a> {
    values: Vec<Value<'a>>,
    width: usize,
    /// Where the line of each row begins in the input.
    offsets: [u64; ROWS],
    rows: usize,
}

impl<'a> Batch<'a> {
    /// No rows yet; each will begin as a copy of this one.
    pub fn new(row: &[Value<'a>]) -> Batch<'a> {
        Batch {
            values: iter::repeat_n(row, ROWS).flatten().cloned().collect(),
            width: row.len(),
            offsets: [0; ROWS],
            rows: 0,
        }
    }

    /// The values of the row after the last.
    #[inline]
    pub fn next_row(&mut self) -> &mut [Value<'a>] {
        &mut self.values[self.rows * self.width..][..self.width]
    }

    /// Keeps the row after the last, of the line at `offset`; true if there must be no more.
    #[inline]
    pub fn keep(&mut self, offset: u64) -> bool {
        self.offsets[self.rows] = offset;
        self.rows += 1;
        self.rows == ROWS
    }

    /// The rows that were kept.
    pub fn matrix(&self) -> Matrix<'_> {
        Matrix {
            values: &self.values,
            width: self.width,
            rows: self.rows,
        }
    }

    /// Where the line of a row begins in the input.
    pub fn offset(&self, row: usize) -> u64 {
        self.offsets[row]
    }

    /// Forgets the rows. Their values stay where they are until others take their places.
    pub fn clear(&mut self) {
        self.rows = 0;
    }
}
