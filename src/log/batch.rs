//! Batches of lines, and the rows of values that are read from them.
//!
//! Processing one line at a time waits for memory once per line, and decides again for each line what is the same for all. So a
//! few dozen lines are collected, and each step runs over all of them.

use std::borrow::Cow;
use std::iter;

use crate::format::Slots;
use crate::record::Value;

/// The maximum number of lines in a batch: enough to hide the latency of memory, few enough for their values to stay in the
/// first-level cache.
pub const ROWS: usize = 32;

/// The rows of a batch that are still kept, one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alive(u32);

impl Alive {
    /// The number of rows, at most [`ROWS`].
    pub fn first(rows: usize) -> Alive {
        Alive(match rows {
            0 => 0,
            _ => u32::MAX >> (ROWS - rows),
        })
    }

    /// Whether a row is kept.
    #[inline(always)]
    pub fn has(self, row: usize) -> bool {
        self.0 & 1 << row != 0
    }

    /// Drops a row.
    pub fn remove(&mut self, row: usize) {
        self.0 &= !(1 << row);
    }

    /// How many there are.
    pub fn count(self) -> u32 {
        self.0.count_ones()
    }
}

/// Rows of values, stored consecutively, with the offset of each in its input.
#[derive(Clone, Copy)]
pub struct Matrix<'r> {
    values: &'r [Value<'r>],
    width: usize,
    /// The input that they come from.
    pub input: usize,
    /// Where each of them begins there.
    pub offsets: &'r [u64],
}

impl<'r> Matrix<'r> {
    /// One row, of at least one value, that is at this place.
    pub fn of_row(row: &'r [Value<'r>], place: &'r u64) -> Matrix<'r> {
        Matrix {
            values: row,
            width: row.len(),
            input: 0,
            offsets: std::slice::from_ref(place),
        }
    }

    /// How many rows there are.
    pub fn row_count(self) -> usize {
        self.offsets.len()
    }

    /// The rows.
    #[inline(always)]
    pub fn rows(self) -> impl Iterator<Item = &'r [Value<'r>]> {
        self.values
            .chunks_exact(self.width)
            .take(self.offsets.len())
    }

    /// A column of the rows.
    pub fn column(self, column: usize) -> Values<'r> {
        Values::each(&self.values[column..], self.width)
    }
}

/// A value for each row.
#[derive(Clone, Copy)]
pub struct Values<'v> {
    values: &'v [Value<'v>],
    stride: usize,
}

impl<'v> Values<'v> {
    /// The same value for all rows.
    pub fn same(value: &'v Value<'v>) -> Values<'v> {
        Values {
            values: std::slice::from_ref(value),
            stride: 0,
        }
    }

    /// Values that are `stride` places apart.
    pub fn each(values: &'v [Value<'v>], stride: usize) -> Values<'v> {
        Values { values, stride }
    }

    /// The value of all rows, if they have the same.
    pub fn shared(self) -> Option<&'v Value<'v>> {
        self.values.first().filter(|_| self.stride == 0)
    }

    /// The value of a row.
    #[inline(always)]
    pub fn get(self, row: usize) -> &'v Value<'v> {
        &self.values[row * self.stride]
    }
}

/// Lines, and a row of values for each.
pub struct Batch<'a> {
    /// What the lines are.
    pub lines: Lines<'a>,
    values: Vec<Value<'a>>,
    width: usize,
}

/// Some lines.
pub struct Lines<'a> {
    /// Without their newlines.
    whole: [&'a [u8]; ROWS],
    /// Also without a carriage return before it.
    texts: [&'a [u8]; ROWS],
    /// Where they begin in the input.
    offsets: [u64; ROWS],
    count: usize,
}

impl<'a> Lines<'a> {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Their texts, without their ends.
    pub fn texts(&self) -> &[&'a [u8]] {
        &self.texts[..self.count]
    }

    /// The text of a line with its carriage return, if it has one.
    pub fn whole(&self, line: usize) -> &'a [u8] {
        self.whole[line]
    }

    /// Where a line begins in the input.
    pub fn offset(&self, line: usize) -> u64 {
        self.offsets[line]
    }

    /// Takes a line without its newline; true if there must be no more.
    #[inline(always)]
    pub fn push(&mut self, whole: &'a [u8], offset: u64) -> bool {
        self.whole[self.count] = whole;
        self.texts[self.count] = without_return(whole);
        self.offsets[self.count] = offset;
        self.count += 1;
        self.count == ROWS
    }

    /// Keeps the lines for whose text and offset `stays` returns true.
    pub fn retain(&mut self, mut stays: impl FnMut(&'a [u8], u64) -> bool) {
        let mut count = 0;
        for line in 0..self.count {
            let (text, offset) = (self.texts[line], self.offsets[line]);
            (self.texts[count], self.offsets[count]) = (text, offset);
            self.whole[count] = self.whole[line];
            count += usize::from(stays(text, offset));
        }
        self.count = count;
    }

    /// Removes all lines.
    pub fn clear(&mut self) {
        self.count = 0;
    }
}

impl<'a> Batch<'a> {
    /// No lines yet; the row of each begins as a copy of this one, which has at least one value.
    pub fn new(row: &[Value<'a>]) -> Batch<'a> {
        Batch {
            lines: Lines {
                whole: [&[]; ROWS],
                texts: [&[]; ROWS],
                offsets: [0; ROWS],
                count: 0,
            },
            values: iter::repeat_n(row, ROWS).flatten().cloned().collect(),
            width: row.len(),
        }
    }

    /// The lines with their rows, to be filled in. What these hold of earlier lines stays until it is replaced.
    pub fn rows_mut(&mut self) -> (&Lines<'a>, impl Iterator<Item = &mut [Value<'a>]>) {
        let rows = self.values.chunks_exact_mut(self.width);
        (&self.lines, rows.take(self.lines.count))
    }

    /// Puts the text of each line into this slot of its row.
    pub fn fill(&mut self, slot: usize) {
        let rows = self.values.chunks_exact_mut(self.width);
        for (text, row) in self.lines.texts().iter().zip(rows) {
            row[slot] = Value::Text(Cow::Borrowed(text));
        }
    }

    /// The lines, with the slots of their rows from `first` on.
    pub fn slots(&mut self, first: usize) -> (&Lines<'a>, Slots<'_, 'a>) {
        let Batch {
            lines,
            values,
            width,
        } = self;
        let stride = *width;
        let slots = Slots {
            values,
            stride,
            first,
        };
        (lines, slots)
    }

    /// The rows, of lines of this input.
    pub fn matrix(&self, input: usize) -> Matrix<'_> {
        Matrix {
            values: &self.values,
            width: self.width,
            input,
            offsets: &self.lines.offsets[..self.lines.count],
        }
    }
}

/// A line without the carriage return at its end.
#[inline(always)]
pub fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_and_removed() {
        assert_eq!(Alive::first(0).count(), 0);
        assert_eq!(Alive::first(ROWS).count(), 32);
        let mut alive = Alive::first(3);
        alive.remove(1);
        assert_eq!(
            [0, 1, 2, 3].map(|row| alive.has(row)),
            [true, false, true, false]
        );
    }

    #[test]
    fn removed_lines_leave_no_gap() {
        let mut lines = Batch::new(&[Value::Missing]).lines;
        for (text, offset) in [(&b"a"[..], 0), (b"b", 2), (b"c", 4)] {
            lines.push(text, offset);
        }
        lines.retain(|text, _| text != b"b");
        assert_eq!(lines.texts(), [b"a", b"c"]);
        assert_eq!(lines.offset(1), 4);
    }
}
