//! Entries as rows of fields, in any output format; and events between them, as NDJSON.

use std::collections::HashMap;

use super::event::{Event, Left, Sums};
use super::field::Field;
use super::recorder::Recorder;
use crate::dirs::owners::Owners;
use crate::dirs::{Entry, EntryError};
use crate::format::{OutputSpec, Writer, json};
use crate::record::{Cell, Number, Value};

/// Writes a row for each entry.
pub struct Rows {
    fields: Vec<&'static Field>,
    writer: Box<dyn Writer>,
    events: Option<EventWriters>,
    cells: Vec<Cell>,
    owners: Owners,
}

impl Rows {
    /// Rows of these fields. With `events` every record starts with its kind. Sums contain sizes only if a field needs the
    /// attributes.
    pub fn new(fields: &[&'static Field], output: &OutputSpec, events: bool) -> Rows {
        Rows {
            writer: (output.writer)(&columns(fields, events)),
            events: events.then(|| EventWriters::new(fields.iter().any(|field| field.needs.stat))),
            fields: fields.to_vec(),
            cells: Vec::new(),
            owners: Owners::default(),
        }
    }
}

/// The names of the columns.
pub fn columns(fields: &[&'static Field], events: bool) -> Vec<String> {
    let event = events.then(|| EVENT.to_owned());
    let names = fields.iter().map(|field| field.name.to_owned());
    event.into_iter().chain(names).collect()
}

/// The column with the kind of a record.
const EVENT: &str = "event";

impl Recorder for Rows {
    fn entry(&mut self, entry: &Entry<'_>, _: bool, _: bool, out: &mut Vec<u8>) {
        self.cells.clear();
        if self.events.is_some() {
            self.cells.push(Cell::text("entry"));
        }
        for field in &self.fields {
            let value = field.value(entry, &mut self.owners).into_static();
            self.cells.push(Cell::exact(value));
        }
        self.writer.row(&self.cells, out);
    }

    fn event(&mut self, event: &Event<'_>, out: &mut Vec<u8>) {
        let Some(writers) = &self.events else { return };
        match event {
            Event::Enter { path } => writers
                .enter
                .row(&[Cell::text("enter"), Cell::text(path)], out),
            Event::Error(error) => writers.error.row(&error_cells(error), out),
            Event::Repeat { path, first } => {
                writers.repeat.row(
                    &[Cell::text("loop"), Cell::text(path), Cell::text(first)],
                    out,
                );
            }
            Event::Mount {
                path,
                kind,
                entered,
            } => {
                let kind = kind.map_or(Cell::default(), Cell::text);
                let entered = Cell::exact(Value::Bool(*entered));
                writers
                    .mount
                    .row(&[Cell::text("mount"), Cell::text(path), kind, entered], out);
            }
        }
    }

    fn left(&mut self, left: &Left<'_>, out: &mut Vec<u8>) {
        if let Some(writers) = &self.events {
            let head = [Cell::text("leave"), Cell::text(left.path)];
            let sums = sums(left.sums, writers.has_sizes);
            let cells: Vec<Cell> = head.into_iter().chain(sums).collect();
            writers.leave.row(&cells, out);
        }
    }
}

/// Rows that are kept, for a table. References to them are written in their place.
pub struct Collected {
    fields: Vec<&'static Field>,
    worker: u64,
    rows: Vec<Vec<Cell>>,
    owners: Owners,
}

/// The length of a reference in bytes: the number of the worker, and of the row among the worker's.
const REFERENCE: usize = 16;

impl Collected {
    /// Rows of these fields, collected by the worker with this number.
    pub fn new(fields: &[&'static Field], worker: u64) -> Collected {
        Collected {
            fields: fields.to_vec(),
            worker,
            rows: Vec::new(),
            owners: Owners::default(),
        }
    }
}

impl Recorder for Collected {
    fn entry(&mut self, entry: &Entry<'_>, _: bool, _: bool, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.worker.to_le_bytes());
        out.extend_from_slice(&(self.rows.len() as u64).to_le_bytes());
        let cells = self
            .fields
            .iter()
            .map(|field| Cell::exact(field.value(entry, &mut self.owners).into_static()));
        self.rows.push(cells.collect());
    }
}

/// The rows of all workers, in the order of the references.
pub fn in_order(workers: Vec<Collected>, references: &[u8]) -> Vec<Vec<Cell>> {
    let mut rows: HashMap<u64, Vec<Vec<Cell>>> = workers
        .into_iter()
        .map(|worker| (worker.worker, worker.rows))
        .collect();
    let number = |bytes: &[u8]| {
        bytes
            .iter()
            .rev()
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    };
    let mut take = |reference: &[u8]| {
        let (worker, row) = reference.split_at(REFERENCE / 2);
        let row = usize::try_from(number(row)).ok()?;
        rows.get_mut(&number(worker))?
            .get_mut(row)
            .map(std::mem::take)
    };
    references
        .chunks_exact(REFERENCE)
        .filter_map(&mut take)
        .collect()
}

/// A writer for each kind of event.
struct EventWriters {
    has_sizes: bool,
    enter: Box<dyn Writer>,
    leave: Box<dyn Writer>,
    error: Box<dyn Writer>,
    repeat: Box<dyn Writer>,
    mount: Box<dyn Writer>,
}

impl EventWriters {
    fn new(has_sizes: bool) -> EventWriters {
        let writer = |columns: &[&str]| {
            let columns: Vec<String> = columns.iter().map(ToString::to_string).collect();
            (json::NDJSON.writer)(&columns)
        };
        EventWriters {
            enter: writer(&[EVENT, "path"]),
            has_sizes,
            leave: writer(&[&[EVENT, "path"], sum_names(has_sizes)].concat()),
            error: writer(&[EVENT, "path", "operation", "code", "message"]),
            repeat: writer(&[EVENT, "path", "first"]),
            mount: writer(&[EVENT, "path", "kind", "entered"]),
        }
    }
}

/// The cells of an error event.
fn error_cells(error: &EntryError) -> [Cell; 5] {
    [
        Cell::text("error"),
        Cell::text(&error.path),
        Cell::text(error.operation.name()),
        Cell::text(error.code()),
        Cell::text(error.reason()),
    ]
}

/// The names of the sums: files, directories, and with sizes the bytes and the bytes on disk.
pub fn sum_names(has_sizes: bool) -> &'static [&'static str] {
    match has_sizes {
        true => &["files", "dirs", "size", "allocated"],
        false => &["files", "dirs"],
    }
}

/// Sums as cells, in the order of [`sum_names`].
pub fn sums(sums: Sums, has_sizes: bool) -> impl Iterator<Item = Cell> {
    let all = [
        amount(u128::from(sums.files)),
        amount(u128::from(sums.dirs)),
        amount(sums.size),
        amount(sums.allocated),
    ];
    all.into_iter().take(sum_names(has_sizes).len())
}

/// A cell with a number of entries or bytes.
pub fn amount(number: u128) -> Cell {
    let units = i128::try_from(number).unwrap_or(i128::MAX);
    Cell::number(Number::Decimal { units, scale: 0 })
}
