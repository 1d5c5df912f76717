//! Tables for reading, as `to table` writes them: in pages, each as wide as its cells need; live ones in the widths of the first.

use std::borrow::Cow;

use crate::format::records::{Extra, WriteOptions, distinct};
use crate::pipe::data::Data;
use crate::pipe::failure::{Failure, Position};
use crate::pipe::flow::{Flow, Out};
use crate::pipe::stage::Step;
use crate::pipe::step::judge::decide;
use crate::record::records::{Form, RawValue, Record};
use crate::record::{Cell, Value};

/// How many records are on a page.
const PAGE: usize = 1000;

pub(super) struct Tables {
    options: WriteOptions,
    /// Rows are written when the input waits.
    is_live: bool,
    /// Live: the widths of the columns so far.
    widths: Vec<usize>,
    columns: Vec<Vec<u8>>,
    rows: Vec<Vec<Cell>>,
    seen: u64,
}

impl Tables {
    pub(super) fn new(options: WriteOptions, is_live: bool) -> Tables {
        let columns = options.columns.as_ref();
        Tables {
            columns: columns.map(|columns| distinct(columns)).unwrap_or_default(),
            options,
            is_live,
            widths: Vec::new(),
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
        if !self.is_live {
            self.widths.clear();
        }
        let page = (out.shared().draw)(&columns, &self.rows, &mut self.widths);
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
            self.widths.clear();
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
                Err(failure) => {
                    decide(
                        failure,
                        Position::Record(self.seen),
                        out.shared(),
                        out.part(),
                    )?;
                }
            }
        }
        Ok(Flow::More)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        self.draw(out).map(|_| ())
    }

    fn idle(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        match self.is_live {
            true => self.draw(out).map(|_| ()),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::pipe::run::testing::run_cut;

    const INPUT: &str = "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"much longer\"}\n{\"c\":3}\n";

    fn table(live: &[&str], size: usize) -> String {
        let words = [&["from", "ndjson", "+", "to", "table"], live].concat();
        String::from_utf8(run_cut(&words, INPUT.as_bytes(), size).unwrap()).unwrap()
    }

    #[test]
    fn a_page_is_as_wide_as_its_cells_need() {
        for size in [1, 7, 1000] {
            assert_eq!(table(&[], size), "a  b\n1  x\n2  much longer\nc\n3\n");
        }
    }

    /// The input waits after each line, or only at the end.
    #[test]
    fn a_live_table_has_one_header_and_grows_where_cells_need_it() {
        assert_eq!(table(&["--live"], 1), "a  b\n1  x\n2  much longer\nc\n3\n");
        assert_eq!(table(&["--live"], 1000), table(&[], 1000));
    }
}
