//! Rows of a pipe on a terminal: a table that is continued as they arrive.

use jiff::tz::TimeZone;

use crate::args::output::Header;
use crate::format::Writer;
use crate::record::{Cell, Value};
use crate::ui::{Table, Ui};

/// Encodes the cells of rows, so that they can be read again.
pub(super) struct KeyWriter;

impl Writer for KeyWriter {
    fn begin(&self, _: &mut Vec<u8>) {}

    fn row(&self, cells: &[Cell], out: &mut Vec<u8>) {
        cells.iter().for_each(|cell| cell.value.push_key(out));
    }
}

/// A table in parts.
pub(super) struct LiveRows<'a> {
    columns: &'a [String],
    zone: &'a TimeZone,
    has_header: bool,
    /// The widths of the columns so far.
    widths: Vec<usize>,
}

impl<'a> LiveRows<'a> {
    /// A table with these columns.
    pub(super) fn new(columns: &'a [String], zone: &'a TimeZone, header: Header) -> LiveRows<'a> {
        LiveRows {
            columns,
            zone,
            has_header: header != Header::Never,
            widths: Vec::new(),
        }
    }

    /// The next rows, as [`KeyWriter`] has encoded them; `ends` are the offsets of their ends.
    pub(super) fn render(&mut self, bytes: &[u8], ends: &[usize], ui: &Ui) -> String {
        if ends.is_empty() {
            return String::new();
        }
        let mut start = 0;
        let mut rows = Vec::with_capacity(ends.len());
        for end in ends {
            let cells = Value::from_keys(&bytes[start..*end]);
            rows.push(
                cells
                    .map(|value| Cell::exact(value.into_static()))
                    .collect::<Vec<_>>(),
            );
            start = *end;
        }
        let table = Table {
            columns: self.columns,
            rows: &rows,
            zone: self.zone,
            bars: None,
            header: self.has_header,
        };
        table.render_after(&mut self.widths, ui.width(), ui.painter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Number;

    #[test]
    fn cells_come_back() {
        let cells = [
            Cell::text("a b"),
            Cell::number(7_u64),
            Cell::default(),
            Cell::exact(Value::Number(Number::Float(0.5))),
        ];
        let mut bytes = Vec::new();
        KeyWriter.row(&cells, &mut bytes);
        let back: Vec<String> = Value::from_keys(&bytes)
            .map(|value| String::from_utf8_lossy(&value.bytes()).into_owned())
            .collect();
        assert_eq!(back, ["a b", "7", "", "0.5"]);
    }
}
