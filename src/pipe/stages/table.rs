//! Tables for reading, as `to table` writes them: in pages, each as wide as its cells need.

use std::borrow::Cow;

use crate::format::records::{Extra, WriteOptions, distinct};
use crate::pipe::data::Data;
use crate::pipe::failure::{Failure, Position};
use crate::pipe::flow::{Flow, Out};
use crate::pipe::shared::OnError;
use crate::pipe::stage::Step;
use crate::record::records::{Form, RawValue, Record};
use crate::record::{Cell, Value};

/// How many records are on a page.
const PAGE: usize = 1000;

pub(super) struct Tables {
    options: WriteOptions,
    columns: Vec<Vec<u8>>,
    rows: Vec<Vec<Cell>>,
    seen: u64,
}

impl Tables {
    pub(super) fn new(options: WriteOptions) -> Tables {
        let columns = options.columns.as_ref();
        Tables {
            columns: columns.map(|columns| distinct(columns)).unwrap_or_default(),
            options,
            rows: Vec::new(),
            seen: 0,
        }
    }

    /// Draws the page at hand.
    fn draw(&mut self, out: &mut dyn Out) -> Result<Flow, Failure> {
        if self.rows.is_empty() {
            return Ok(Flow::More);
        }
        let columns: Vec<String> = self
            .columns
            .iter()
            .map(|name| String::from_utf8_lossy(name).into_owned())
            .collect();
        let page = (out.shared().draw)(&columns, &self.rows);
        self.rows.clear();
        out.put(Data::Bytes(page.as_bytes()))
    }

    /// Adds a record. Without columns of the user's, a record with other names begins another table.
    fn add(&mut self, record: &Record<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        let names = distinct(record.names());
        let mut flow = Flow::More;
        let extra = names.iter().find(|name| !self.columns.contains(name));
        if let Some(name) = extra
            && self.options.extra != Extra::Drop
        {
            if self.options.columns.is_some() {
                let name = String::from_utf8_lossy(name);
                return Err(Failure::new(format!(
                    "the field '{name}' has no column: name all columns with --header, or see --extra"
                )));
            }
            flow = self.draw(out)?;
            self.columns.clone_from(&names);
        }
        let cells = self.columns.iter().map(|column| {
            let place = names.iter().position(|name| name == column);
            let value = place.and_then(|place| record.value(place));
            value.map_or_else(Cell::default, cell)
        });
        self.rows.push(cells.collect());
        if self.rows.len() == PAGE {
            flow = self.draw(out)?;
        }
        Ok(flow)
    }
}

/// A value as a cell: an empty text stays one, to be told from what is missing.
fn cell(value: RawValue<'_>) -> Cell {
    match value.form {
        Form::Text | Form::Escaped => {
            Cell::exact(Value::Text(Cow::Owned(value.plain().into_owned())))
        }
        _ => Cell::exact(value.value().into_static()),
    }
}

impl Step for Tables {
    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        let Data::Records(records) = data else {
            return out.put(data);
        };
        for record in records.iter() {
            self.seen += 1;
            match self.add(&record, out) {
                Ok(Flow::More) => {}
                Ok(Flow::Enough) => return Ok(Flow::Enough),
                Err(failure) if failure.part.is_some() => return Err(failure),
                Err(failure) => {
                    let failure = failure.at(Position::Record(self.seen));
                    if out.shared().on_error == OnError::Fail {
                        return Err(failure);
                    }
                    out.shared().skip(&failure.to_string());
                }
            }
        }
        Ok(Flow::More)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        self.draw(out).map(|_| ())
    }
}
