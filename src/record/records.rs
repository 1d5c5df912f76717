//! Whole records as they were written: every name and value, in order, for work that must not alter them.
//!
//! A batch of records lies in one buffer. Records with the same names in the same order share them.

use std::sync::Arc;

/// The names of a record, in order. Bytes, spelled as they were read.
pub type Names = Arc<[Box<[u8]>]>;

/// What a value is, as its format wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text: the bytes are what is meant.
    Text,
    /// Text of a JSON string that contains escapes: the bytes are those between the quotes.
    Escaped,
    /// A JSON number, digit for digit.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`.
    Null,
    /// A JSON object or array, as it was written.
    Nested,
}

/// A value: its form and its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawValue<'a> {
    /// What the bytes are.
    pub form: Form,
    /// The bytes, as they were written.
    pub bytes: &'a [u8],
}

impl<'a> RawValue<'a> {
    /// A text.
    pub fn text(bytes: &'a [u8]) -> RawValue<'a> {
        RawValue {
            form: Form::Text,
            bytes,
        }
    }
}

/// A batch of records. Its memory is used again after [`Records::clear`].
#[derive(Clone, Debug, Default)]
pub struct Records {
    bytes: Vec<u8>,
    values: Vec<Stored>,
    ends: Vec<End>,
    names: Vec<Names>,
}

/// Where a value ends in the buffer.
#[derive(Clone, Copy, Debug)]
struct Stored {
    end: usize,
    form: Form,
}

/// Where a record ends.
#[derive(Clone, Copy, Debug)]
struct End {
    /// In the list of values.
    values: usize,
    /// In the buffer.
    bytes: usize,
    /// Which names it has.
    names: usize,
}

const START: End = End {
    values: 0,
    bytes: 0,
    names: 0,
};

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

    /// The size of all values in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
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
        self.bytes.extend_from_slice(value.bytes);
        self.end_value(value.form);
    }

    /// The buffer, for the bytes of the next value. [`Records::end_value`] makes it one.
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Ends the value whose bytes were put into [`Records::buffer`].
    pub fn end_value(&mut self, form: Form) {
        self.values.push(Stored {
            end: self.bytes.len(),
            form,
        });
    }

    /// How many values the record has that has not been ended.
    pub fn open_values(&self) -> usize {
        self.values.len() - self.last().values
    }

    /// Ends a record. It must have as many values as names.
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

    /// Adds all records of another batch.
    pub fn extend(&mut self, other: &Records) {
        for record in other.iter() {
            self.push_record(&record);
        }
    }

    /// Adds a record of another batch.
    pub fn push_record(&mut self, record: &Record<'_>) {
        for value in record.values() {
            self.push(value);
        }
        self.end_record(record.names);
    }

    /// One record after the other.
    pub fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        let starts = std::iter::once(START).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| Record {
            bytes: &self.bytes,
            start: start.bytes,
            values: &self.values[start.values..end.values],
            names: &self.names[end.names],
        })
    }

    fn last(&self) -> End {
        self.ends.last().copied().unwrap_or(START)
    }
}

/// A record of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    bytes: &'a [u8],
    /// Where its first value begins.
    start: usize,
    values: &'a [Stored],
    names: &'a Names,
}

impl<'a> Record<'a> {
    /// Its names. Records that share them have the same `Arc`; others may have equal ones.
    pub fn names(&self) -> &'a Names {
        self.names
    }

    /// The value at a place, counted from 0.
    pub fn value(&self, place: usize) -> Option<RawValue<'a>> {
        let stored = self.values.get(place)?;
        let start = match place {
            0 => self.start,
            _ => self.values[place - 1].end,
        };
        Some(RawValue {
            form: stored.form,
            bytes: &self.bytes[start..stored.end],
        })
    }

    /// Its values, in the order of the names.
    pub fn values(&self) -> impl ExactSizeIterator<Item = RawValue<'a>> + use<'a> {
        let (bytes, mut start) = (self.bytes, self.start);
        self.values.iter().map(move |stored| {
            let value = RawValue {
                form: stored.form,
                bytes: &bytes[start..stored.end],
            };
            start = stored.end;
            value
        })
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
}
