//! Whole records as they were written: every name and value, in order, for work that must not alter them.
//!
//! A batch of records lies in one buffer. Records with the same names in the same order share them.

mod raw_value;

use std::sync::Arc;

pub use raw_value::{Form, RawValue};

/// The names of a record, in order. Bytes, spelled as they were read.
pub type Names = Arc<[Box<[u8]>]>;

/// A batch of records. Its memory is used again after [`Records::clear`].
///
/// It is filled in one of two ways: value by value, with [`Records::push`]; or as a text in which values are found, with
/// [`Records::text`] and [`Records::push_range`].
#[derive(Clone, Debug, Default)]
pub struct Records {
    bytes: Vec<u8>,
    values: Vec<Stored>,
    ends: Vec<End>,
    names: Vec<Names>,
}

/// Where a value lies in the buffer.
#[derive(Clone, Copy, Debug)]
struct Stored {
    start: usize,
    end: usize,
    form: Form,
}

/// Where a record ends.
#[derive(Clone, Copy, Debug, Default)]
struct End {
    /// In the list of values.
    values: usize,
    /// In the buffer.
    bytes: usize,
    /// Which names it has.
    names: usize,
}

impl Records {
    /// An empty batch.
    pub fn new() -> Records {
        Records::default()
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The size of the buffer in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The size of the buffer in bytes up to the end of the last record's last value.
    pub fn filled(&self) -> usize {
        let values = &self.values[..self.last().values];
        values.last().map_or(0, |last| last.end)
    }

    /// Takes all records away, and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.values.clear();
        self.ends.clear();
        self.names.clear();
    }

    /// Adds a value to the record that [`Records::end_record`] will end.
    pub fn push(&mut self, value: RawValue<'_>) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(value.bytes);
        self.push_range(start, self.bytes.len(), value.form);
    }

    /// The buffer, for the bytes of the next value. [`Records::end_value`] makes it one.
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Ends the value whose bytes were put into [`Records::buffer`].
    pub fn end_value(&mut self, form: Form) {
        let start = match self.open_values() {
            0 => self.last().bytes,
            _ => self.values.last().map_or(0, |last| last.end),
        };
        self.push_range(start, self.bytes.len(), form);
    }

    /// The text that records are found in.
    pub fn text(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Adds a part of the text as a value. It must not lie before the value that was added last.
    #[inline]
    pub fn push_range(&mut self, start: usize, end: usize, form: Form) {
        self.values.push(Stored { start, end, form });
    }

    /// How many values the record has that has not been ended.
    #[inline]
    pub fn open_values(&self) -> usize {
        self.values.len() - self.ends.last().map_or(0, |end| end.values)
    }

    /// The values of the record that has not been ended, while the text is elsewhere.
    pub fn open_in<'t>(&self, text: &'t [u8]) -> impl Iterator<Item = RawValue<'t>> {
        let values = &self.values[self.last().values..];
        values.iter().map(move |stored| stored.of(text))
    }

    /// Gives the values of the record that has not been ended their forms again, while the text is elsewhere.
    pub fn reform(&mut self, text: &[u8], form: impl Fn(RawValue<'_>) -> Form) {
        let from = self.last().values;
        for stored in &mut self.values[from..] {
            stored.form = form(stored.of(text));
        }
    }

    /// Ends a record. It must have as many values as names.
    #[inline]
    pub fn end_record(&mut self, names: &Names) {
        debug_assert_eq!(self.open_values(), names.len(), "one value for each name");
        let is_last = self
            .names
            .last()
            .is_some_and(|last| Arc::ptr_eq(last, names));
        if !is_last {
            self.names.push(Arc::clone(names));
        }
        self.ends.push(End {
            values: self.values.len(),
            bytes: self.bytes.len(),
            names: self.names.len() - 1,
        });
    }

    /// Takes away what was added since the last record.
    pub fn undo(&mut self) {
        let last = self.last();
        self.bytes.truncate(last.bytes);
        self.values.truncate(last.values);
    }

    /// Takes away the values that were added since the last record, and leaves the text as it is.
    pub fn drop_open(&mut self) {
        self.values.truncate(self.last().values);
    }

    /// Takes away all records and the text before `from`, where the record begins that has not been ended; keeps that.
    pub fn keep_open(&mut self, from: usize) {
        let whole = self.last().values;
        self.values.drain(..whole);
        for stored in &mut self.values {
            stored.start -= from;
            stored.end -= from;
        }
        self.bytes.drain(..from);
        self.ends.clear();
        self.names.clear();
    }

    /// Adds all records of another batch.
    pub fn extend(&mut self, other: &Records) {
        let last = other.last();
        let Some(end) = other.values[..last.values].last().map(|last| last.end) else {
            other.iter().for_each(|record| self.push_record(&record));
            return;
        };
        let (base, values) = (self.bytes.len(), self.values.len());
        self.bytes.extend_from_slice(&other.bytes[..end]);
        let moved = other.values[..last.values].iter().map(|stored| Stored {
            start: base + stored.start,
            end: base + stored.end,
            form: stored.form,
        });
        self.values.extend(moved);
        let shares_names = match (self.names.last(), other.names.first()) {
            (Some(last), Some(first)) => Arc::ptr_eq(last, first),
            _ => false,
        };
        let names = self.names.len() - usize::from(shares_names);
        let new_names = &other.names[usize::from(shares_names)..];
        self.names.extend(new_names.iter().cloned());
        let bytes = self.bytes.len();
        self.ends.extend(other.ends.iter().map(|end| End {
            values: values + end.values,
            bytes,
            names: names + end.names,
        }));
    }

    /// Adds a record of another batch.
    pub fn push_record(&mut self, record: &Record<'_>) {
        let (start, base) = (record.start(), self.bytes.len());
        self.bytes.extend_from_slice(record.span());
        let moved = record.values.iter().map(|stored| Stored {
            start: base + (stored.start - start),
            end: base + (stored.end - start),
            form: stored.form,
        });
        self.values.extend(moved);
        self.end_record(record.names);
    }

    /// One record after the other.
    pub fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let values = &self.values[start..end.values];
            start = end.values;
            Record {
                bytes: &self.bytes,
                values,
                names: &self.names[end.names],
            }
        })
    }

    fn last(&self) -> End {
        self.ends.last().copied().unwrap_or_default()
    }
}

impl Stored {
    #[inline]
    fn of(self, bytes: &[u8]) -> RawValue<'_> {
        RawValue {
            form: self.form,
            bytes: &bytes[self.start..self.end],
        }
    }
}

/// A record of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    bytes: &'a [u8],
    values: &'a [Stored],
    names: &'a Names,
}

impl<'a> Record<'a> {
    /// Its names. Records that share them have the same `Arc`; others may have equal ones.
    #[inline]
    pub fn names(&self) -> &'a Names {
        self.names
    }

    /// The value at a place, counted from 0.
    #[inline]
    pub fn value(&self, place: usize) -> Option<RawValue<'a>> {
        Some(self.values.get(place)?.of(self.bytes))
    }

    /// Its values, in the order of the names.
    #[inline]
    pub fn values(&self) -> impl ExactSizeIterator<Item = RawValue<'a>> + use<'a> {
        let bytes = self.bytes;
        self.values.iter().map(move |stored| stored.of(bytes))
    }

    /// From its first value to its last, with whatever the text has between them.
    #[inline]
    pub fn span(&self) -> &'a [u8] {
        let end = self.values.last().map_or(0, |last| last.end);
        &self.bytes[self.start()..end]
    }

    /// Where its values lie in [`Record::around`], one after the other.
    #[inline]
    pub fn ranges(&self) -> impl ExactSizeIterator<Item = (usize, usize, Form)> + use<'a> {
        let values = self.values.iter();
        values.map(|stored| (stored.start, stored.end, stored.form))
    }

    /// The buffer that it lies in, with what comes before it and after it.
    #[inline]
    pub fn around(&self) -> &'a [u8] {
        self.bytes
    }

    fn start(&self) -> usize {
        self.values.first().map_or(0, |first| first.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Names {
        names.iter().map(|name| name.as_bytes().into()).collect()
    }

    #[test]
    fn records_keep_names_values_and_forms() {
        let (pair, one) = (names(&["a", "b"]), names(&["c"]));
        let mut batch = Records::new();
        batch.push(RawValue::text(b"x"));
        batch.buffer().extend_from_slice(b"1.50");
        batch.end_value(Form::Number);
        batch.end_record(&pair);
        batch.push(RawValue::text(b"dropped"));
        assert_eq!(batch.open_values(), 1);
        batch.undo();
        batch.push(RawValue::text(b""));
        batch.end_record(&one);
        let mut copy = Records::new();
        copy.push(RawValue::text(b"first"));
        copy.end_record(&one);
        copy.extend(&batch);
        assert_eq!((copy.len(), copy.size()), (3, 10));
        let found: Vec<_> = copy.iter().collect();
        assert!(Arc::ptr_eq(found[1].names(), &pair));
        let values: Vec<RawValue<'_>> = found[1].values().collect();
        let number = RawValue {
            form: Form::Number,
            bytes: b"1.50",
        };
        assert_eq!(values, [RawValue::text(b"x"), number]);
        assert_eq!(found[1].value(1), Some(number));
        assert_eq!(found[1].value(2), None);
        assert_eq!(found[0].value(0), Some(RawValue::text(b"first")));
        assert_eq!(found[2].value(0), Some(RawValue::text(b"")));
    }

    #[test]
    fn a_cleared_batch_starts_again() {
        let mut batch = Records::new();
        batch.push(RawValue::text(b"x"));
        batch.end_record(&names(&["a"]));
        batch.clear();
        assert!(batch.is_empty() && batch.iter().next().is_none());
        batch.push(RawValue::text(b"y"));
        batch.end_record(&names(&["b"]));
        let record = batch.iter().next().unwrap();
        assert_eq!(record.value(0), Some(RawValue::text(b"y")));
        assert_eq!(&*record.names()[0], b"b");
    }

    #[test]
    fn values_found_in_a_text_survive_being_moved() {
        let (pair, none) = (names(&["a", "b"]), names(&[]));
        let mut batch = Records::new();
        batch.text().extend_from_slice(b"1,2\n3,4\n5,");
        for start in [0, 4] {
            batch.push_range(start, start + 1, Form::Text);
            batch.push_range(start + 2, start + 3, Form::Number);
            batch.end_record(&pair);
        }
        batch.end_record(&none);
        batch.push_range(8, 9, Form::Text);
        let mut copy = Records::new();
        copy.push(RawValue::text(b"0"));
        copy.end_record(&names(&["x"]));
        copy.extend(&batch);
        let mut again = Records::new();
        copy.iter().for_each(|record| again.push_record(&record));
        for batch in [&copy, &again] {
            let cells: Vec<Vec<&[u8]>> = batch
                .iter()
                .map(|record| record.values().map(|value| value.bytes).collect())
                .collect();
            assert_eq!(
                cells,
                [vec![&b"0"[..]], vec![b"1", b"2"], vec![b"3", b"4"], vec![]]
            );
            let widths: Vec<usize> = batch.iter().map(|record| record.names().len()).collect();
            assert_eq!(widths, [1, 2, 2, 0]);
        }
        batch.keep_open(8);
        assert_eq!(
            (batch.len(), batch.open_values(), &**batch.text()),
            (0, 1, &b"5,"[..])
        );
        assert_eq!(batch.open_in(b"5,").next(), Some(RawValue::text(b"5")));
        batch.drop_open();
        assert_eq!((batch.open_values(), batch.size()), (0, 2));
    }
}
