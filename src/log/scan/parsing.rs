//! The step `parse` over the lines of a batch.

use std::borrow::Cow;

use crate::format::{Reader, Settings, Slots, Wanted};
use crate::log::batch::{Alive, Batch, without_return};
use crate::log::plan::{Parsing, Plan};
use crate::record::{Bad, Value};

/// A reader for each step `parse` of a plan, in order.
pub(super) fn readers(plan: &Plan) -> Vec<Box<dyn Reader>> {
    let settings = Settings::of_zone(plan.clock.zone.clone());
    let readers = plan.parsings().map(|parsing| {
        let reader = parsing.parse.reader(&parsing.fields, &settings);
        reader.expect("only names that it has are looked for in it")
    });
    readers.collect()
}

/// Refuses records of a schema that lacks a field that is needed.
pub(super) struct Lacking(String);

impl Lacking {
    pub(super) fn of(field: &Wanted) -> Lacking {
        Lacking(format!(
            "no field '{}' in this part of the file",
            field.name
        ))
    }
}

impl Reader for Lacking {
    fn read<'a>(&mut self, _: &'a [u8], _: &mut [Value<'a>]) -> Result<(), Bad> {
        Err(Bad::new(self.0.clone()))
    }

    fn check(&mut self, _: &[u8]) -> Result<(), Bad> {
        Err(Bad::new(self.0.clone()))
    }
}

/// Reads the fields of the lines that are alive. Those that cannot be read go to `refuse`, with where they begin, and are
/// alive no more.
pub(super) fn parse(
    parsing: &Parsing,
    reader: &mut dyn Reader,
    batch: &mut Batch<'_>,
    alive: &mut Alive,
    refuse: &mut dyn FnMut(u64, &Bad),
) {
    let count = batch.lines.count();
    match parsing.from {
        None if *alive == Alive::first(count) => {
            let (lines, Slots { values, stride, .. }) = batch.slots(parsing.first);
            let rows = values.chunks_exact_mut(stride).take(count);
            rows.for_each(|row| clear(parsing, row));
            let slots = Slots {
                values,
                stride,
                first: parsing.first,
            };
            reader.read_all(lines.texts(), slots, &mut |row, bad| {
                alive.remove(row);
                refuse(lines.offset(row), &bad);
            });
        }
        from => {
            let (lines, rows) = batch.rows_mut();
            for (index, row) in rows.enumerate() {
                if !alive.has(index) {
                    continue;
                }
                let text = match from {
                    Some(slot) => row[slot].clone(),
                    None => Value::Text(Cow::Borrowed(lines.texts()[index])),
                };
                clear(parsing, row);
                if let Err(bad) = read(parsing, reader, text, row) {
                    alive.remove(index);
                    refuse(lines.offset(index), &bad);
                }
            }
        }
    }
    for (slot, other) in &parsing.else_from {
        let (_, rows) = batch.rows_mut();
        for row in rows {
            if matches!(row[*slot], Value::Missing) {
                row[*slot] = row[*other].clone();
            }
        }
    }
}

/// Removes what the row holds of earlier lines.
fn clear(parsing: &Parsing, row: &mut [Value<'_>]) {
    row[parsing.first..][..parsing.fields.len()].fill(Value::Missing);
}

/// A line without its end, which programs that collect lines keep.
fn without_end(text: &[u8]) -> &[u8] {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    without_return(text)
}

/// Reads the fields of a text. A missing one has none.
fn read<'a>(
    parsing: &Parsing,
    reader: &mut dyn Reader,
    text: Value<'a>,
    row: &mut [Value<'a>],
) -> Result<(), Bad> {
    let out = &mut row[parsing.first..][..parsing.fields.len()];
    match text {
        text if text.is_missing() => Ok(()),
        Value::Text(Cow::Borrowed(text))
        | Value::Digits(Cow::Borrowed(text))
        | Value::Json(Cow::Borrowed(text)) => reader.read(without_end(text), out),
        text => {
            let text = text.bytes();
            let mut found = vec![Value::Missing; out.len()];
            reader.read(without_end(&text), &mut found)?;
            for (found, place) in found.into_iter().zip(out) {
                *place = found.into_static();
            }
            Ok(())
        }
    }
}
