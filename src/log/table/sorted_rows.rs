//! Rows of groups that do not fit into memory: sorted in batches, which are written to temporary files and merged as they are read.

use std::cell::RefCell;
use std::io;

use super::order::compare_rows;
use crate::group::run::{RunReader, RunWriter, push_varint, take_bytes};
use crate::io::spool::Spool;
use crate::record::{Cell, Number, Timestamp, Value};

/// Sorted rows in files.
pub struct SortedRows {
    files: Vec<Spool>,
    /// The columns they are sorted by, and how many columns of keys decide between equal rows.
    columns: Vec<(usize, bool)>,
    keys: usize,
    /// How many columns of a row are shown.
    shown: usize,
    rows: usize,
    limit: usize,
    /// Why reading failed.
    failure: RefCell<Option<io::Error>>,
}

impl SortedRows {
    /// No rows yet; at most `limit` are wanted.
    pub(super) fn new(columns: &[(usize, bool)], keys: usize, limit: Option<usize>) -> SortedRows {
        SortedRows {
            files: Vec::new(),
            columns: columns.to_vec(),
            keys,
            shown: usize::MAX,
            rows: 0,
            limit: limit.unwrap_or(usize::MAX),
            failure: RefCell::default(),
        }
    }

    /// The same, of which some columns are only there to sort by.
    pub(super) fn showing(self, columns: Option<usize>) -> SortedRows {
        SortedRows {
            shown: columns.unwrap_or(usize::MAX),
            ..self
        }
    }

    /// Adds sorted rows. Of equal ones, those that were added earlier come first.
    pub(super) fn add(&mut self, rows: impl Iterator<Item = Vec<Cell>>) -> io::Result<()> {
        let mut run = RunWriter::new(Spool::new()?);
        let mut bytes = Vec::new();
        for (number, row) in (0_u64..).zip(rows) {
            bytes.clear();
            row.iter().for_each(|cell| push_cell(cell, &mut bytes));
            run.put(&number.to_be_bytes(), &bytes)?;
            self.rows += 1;
        }
        let file = run.end()?;
        file.rewind()?;
        self.files.push(file);
        Ok(())
    }

    /// The number of rows.
    pub(super) fn len(&self) -> usize {
        self.rows.min(self.limit)
    }

    /// Keeps at most this number of rows.
    pub(super) fn truncate(&mut self, rows: usize) {
        self.limit = self.limit.min(rows);
    }

    /// Why rows are missing from those that were read, if any are.
    pub(super) fn failure(&self) -> Option<io::Error> {
        self.failure.borrow_mut().take()
    }

    /// The rows in order; they end early if they cannot be read.
    pub(super) fn rows(&self) -> impl Iterator<Item = Vec<Cell>> {
        let mut merging = self.begin();
        std::iter::from_fn(move || {
            let next = merging.as_mut().map_or(Ok(None), |merging| merging.next());
            next.unwrap_or_else(|error| {
                *self.failure.borrow_mut() = Some(error);
                None
            })
        })
        .take(self.limit)
    }

    fn begin(&self) -> Option<Merging<'_>> {
        let mut merging = Merging {
            rows: self,
            readers: Vec::new(),
        };
        for (number, file) in self.files.iter().enumerate() {
            let begun = file.rewind().and_then(|()| {
                let mut reader = RunReader::new(file);
                let row = next_row(&mut reader)?;
                Ok(row.map(|row| (row, number, reader)))
            });
            match begun {
                Ok(Some(reader)) => merging.insert(reader),
                Ok(None) => {}
                Err(error) => {
                    *self.failure.borrow_mut() = Some(error);
                    return None;
                }
            }
        }
        Some(merging)
    }
}

/// The next row of a file, and the number of the file.
type Next<'a> = (Vec<Cell>, usize, RunReader<&'a Spool>);

/// Files that are being merged, by their next rows, the first one last.
struct Merging<'a> {
    rows: &'a SortedRows,
    readers: Vec<Next<'a>>,
}

impl<'a> Merging<'a> {
    fn insert(&mut self, reader: Next<'a>) {
        let SortedRows { columns, keys, .. } = self.rows;
        let is_later = |other: &Next<'_>| {
            let order = compare_rows(
                columns,
                *keys,
                |column| &other.0[column].value,
                |column| &reader.0[column].value,
            );
            order.then(other.1.cmp(&reader.1)).is_gt()
        };
        let place = self.readers.partition_point(is_later);
        self.readers.insert(place, reader);
    }

    fn next(&mut self) -> io::Result<Option<Vec<Cell>>> {
        let Some((mut row, number, mut reader)) = self.readers.pop() else {
            return Ok(None);
        };
        if let Some(next) = next_row(&mut reader)? {
            self.insert((next, number, reader));
        }
        row.truncate(self.rows.shown);
        Ok(Some(row))
    }
}

fn next_row(reader: &mut RunReader<&Spool>) -> io::Result<Option<Vec<Cell>>> {
    if !reader.advance()? {
        return Ok(None);
    }
    let mut bytes = reader.record().1;
    let mut row = Vec::new();
    while !bytes.is_empty() {
        let cell = take_cell(&mut bytes);
        row.push(cell.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?);
    }
    Ok(Some(row))
}

const APPROXIMATE: u8 = 0x80;

/// Appends a cell: its kind, and its bytes with their length in front.
fn push_cell(cell: &Cell, out: &mut Vec<u8>) {
    let mut own = Vec::new();
    let (kind, bytes): (u8, &[u8]) = match &cell.value {
        Value::Missing => (0, b""),
        Value::Bool(holds) => (1, if *holds { b"1" } else { b"" }),
        Value::Digits(text) => (2, text),
        Value::Text(text) => (3, text),
        Value::Json(text) => (4, text),
        Value::Escaped(_) => {
            own.extend_from_slice(&cell.value.bytes());
            (3, &own)
        }
        Value::Number(Number::Decimal { units, scale }) => {
            own.extend_from_slice(&units.to_le_bytes());
            own.push(*scale);
            (5, &own)
        }
        Value::Number(Number::Float(float)) => {
            own.extend_from_slice(&float.to_bits().to_le_bytes());
            (6, &own)
        }
        Value::Time(time) => {
            own.extend_from_slice(&time.nanos_since_epoch().to_le_bytes());
            own.push(time.digits());
            (7, &own)
        }
    };
    out.push(kind | if cell.approx { APPROXIMATE } else { 0 });
    push_varint(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn take_cell(rest: &mut &[u8]) -> Option<Cell> {
    let (kind, after) = rest.split_first()?;
    *rest = after;
    let bytes = take_bytes(rest)?;
    let text = || std::borrow::Cow::Owned(bytes.to_vec());
    let value = match kind & !APPROXIMATE {
        0 => Value::Missing,
        1 => Value::Bool(!bytes.is_empty()),
        2 => Value::Digits(text()),
        3 => Value::Text(text()),
        4 => Value::Json(text()),
        5 => {
            let (units, scale) = bytes.split_first_chunk()?;
            let units = i128::from_le_bytes(*units);
            Value::Number(Number::Decimal {
                units,
                scale: *scale.first()?,
            })
        }
        6 => Value::Number(Number::Float(f64::from_bits(u64::from_le_bytes(
            bytes.try_into().ok()?,
        )))),
        7 => {
            let (nanos, digits) = bytes.split_first_chunk()?;
            let nanos = i128::from_le_bytes(*nanos);
            let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).ok()?;
            let nanos = u32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?;
            Value::Time(Timestamp::new(seconds, nanos, *digits.first()?)?)
        }
        _ => return None,
    };
    Some(Cell {
        value,
        approx: kind & APPROXIMATE != 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    #[test]
    fn cells_come_back_exactly() {
        let text = |text: &'static [u8]| Cow::Borrowed(text);
        let values = [
            Value::Missing,
            Value::Bool(true),
            Value::Bool(false),
            Value::Digits(text(b"1.50")),
            Value::Text(text(b"a\0\xff")),
            Value::Text(text(b"")),
            Value::Json(text(b"[1]")),
            Value::Number(Number::Decimal {
                units: -150,
                scale: 2,
            }),
            Value::Number(Number::Float(1e300)),
            Value::Time(Timestamp::new(-5, 500_000_000, 1).unwrap()),
        ];
        let mut bytes = Vec::new();
        let cells: Vec<Cell> = values
            .into_iter()
            .enumerate()
            .map(|(number, value)| Cell {
                value,
                approx: number % 3 == 0,
            })
            .collect();
        cells.iter().for_each(|cell| push_cell(cell, &mut bytes));
        let mut rest = &bytes[..];
        for cell in &cells {
            let back = take_cell(&mut rest).unwrap();
            assert_eq!(format!("{back:?}"), format!("{cell:?}"));
        }
        assert!(rest.is_empty());
    }
}
