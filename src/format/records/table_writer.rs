//! Tables with a header line: the columns come with the first record or are named beforehand, and every record is put into
//! them. There is never a second header.

use std::borrow::Cow;
use std::sync::Arc;

use super::object_writer::write_value;
use super::{EXTRA, Extra, RecordWriter, Report, WriteOptions, distinct};
use crate::record::json_text;
use crate::record::records::{Names, RawValue, Record, Records};

/// How rows are written.
pub trait Layout: Send {
    /// Appends a cell. `is_alone` says that it is the only one of its row.
    fn cell(&self, cell: &[u8], is_alone: bool, out: &mut Vec<u8>);

    /// What stands between two cells.
    fn separator(&self) -> &[u8];

    /// Appends what stands before the first cell.
    fn begin_row(&self, out: &mut Vec<u8>) {
        let _ = out;
    }

    /// Appends what stands behind the last cell.
    fn end_row(&self, out: &mut Vec<u8>) {
        out.push(b'\n');
    }

    /// Appends what stands behind the header.
    fn after_header(&self, columns: usize, out: &mut Vec<u8>) {
        let _ = (columns, out);
    }
}

pub(super) struct TableWriter<L> {
    layout: L,
    has_header: bool,
    extra: Extra,
    /// The columns, once they are known, without that of [`Extra::Json`].
    columns: Option<Vec<Vec<u8>>>,
    is_begun: bool,
    /// Where the fields of records with these names go.
    places: Option<(Names, Places)>,
    written: u64,
    /// The fields without a column.
    json: Vec<u8>,
}

/// Where the fields of a record go.
struct Places {
    /// For each column the place of its field in the record.
    columns: Vec<Option<usize>>,
    /// Each column has the field at its own place, and there are no others.
    is_straight: bool,
    /// The fields that have no column.
    others: Vec<usize>,
}

impl<L: Layout> TableWriter<L> {
    pub(super) fn new(layout: L, options: &WriteOptions) -> TableWriter<L> {
        TableWriter {
            layout,
            has_header: !options.no_header,
            extra: options.extra,
            columns: options.columns.as_ref().map(|columns| distinct(columns)),
            is_begun: false,
            places: None,
            written: 0,
            json: Vec::new(),
        }
    }

    /// Writes the header, with the names of the first record if no others were given.
    fn begin(&mut self, names: &[Box<[u8]>], out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.is_begun, true) {
            return;
        }
        let columns = self.columns.get_or_insert_with(|| distinct(names));
        if !self.has_header {
            return;
        }
        let mut header: Vec<&[u8]> = columns.iter().map(Vec::as_slice).collect();
        if self.extra == Extra::Json {
            header.push(EXTRA);
        }
        let header = distinct(&header);
        let cells = header.iter().map(|name| Cow::Borrowed(name.as_slice()));
        row(&self.layout, cells, header.len(), out);
        self.layout.after_header(header.len(), out);
    }

    fn places(&mut self, names: &Names) -> &Places {
        let columns = self.columns.as_deref().unwrap_or_default();
        let is_known = self
            .places
            .as_ref()
            .is_some_and(|(known, _)| Arc::ptr_eq(known, names));
        if !is_known {
            self.places = None;
        }
        let places = || (Arc::clone(names), Places::new(columns, names));
        &self.places.get_or_insert_with(places).1
    }

    fn record(&mut self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        self.begin(record.names(), out);
        let (extra, mut json) = (self.extra, std::mem::take(&mut self.json));
        let places = self.places(record.names());
        if extra == Extra::Refuse
            && let Some(other) = places.others.first()
        {
            let name = String::from_utf8_lossy(&record.names()[*other]).into_owned();
            return Err(format!(
                "the field '{name}' has no column: name all columns with --header, or see --extra"
            ));
        }
        json.clear();
        if extra == Extra::Json && !places.others.is_empty() {
            fields_as_json(record, &places.others, &mut json);
        }
        let places = self.places.as_ref().map(|(_, places)| places);
        let Some(places) = places else { return Ok(()) };
        let last = (extra == Extra::Json).then_some(Cow::Borrowed(json.as_slice()));
        if places.is_straight && last.is_none() {
            row(
                &self.layout,
                record.values().map(RawValue::plain),
                places.columns.len(),
                out,
            );
        } else {
            let cells = places.columns.iter().map(|place| {
                let value = place.and_then(|place| record.value(place));
                value.map_or(Cow::Borrowed(&b""[..]), RawValue::plain)
            });
            let count = places.columns.len() + usize::from(last.is_some());
            row(&self.layout, cells.chain(last), count, out);
        }
        self.json = json;
        Ok(())
    }
}

fn row<'a>(
    layout: &impl Layout,
    cells: impl Iterator<Item = Cow<'a, [u8]>>,
    count: usize,
    out: &mut Vec<u8>,
) {
    layout.begin_row(out);
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.extend_from_slice(layout.separator());
        }
        layout.cell(&cell, count == 1, out);
    }
    layout.end_row(out);
}

fn fields_as_json(record: &Record<'_>, places: &[usize], json: &mut Vec<u8>) {
    for place in places {
        json.push(if json.is_empty() { b'{' } else { b',' });
        json_text::write_string(&record.names()[*place], json);
        json.push(b':');
        if let Some(value) = record.value(*place) {
            write_value(value, json, &mut 0);
        }
    }
    json.push(b'}');
}

impl Places {
    fn new(columns: &[Vec<u8>], names: &Names) -> Places {
        // Repeated names become different ones here as they do in a header.
        let names = distinct(names);
        let find = |column: &Vec<u8>| names.iter().position(|name| name == column);
        let others = (0..names.len()).filter(|place| !columns.contains(&names[*place]));
        Places {
            is_straight: names == columns,
            others: others.collect(),
            columns: columns.iter().map(find).collect(),
        }
    }
}

impl<L: Layout> RecordWriter for TableWriter<L> {
    fn write(&mut self, records: &Records, out: &mut Vec<u8>, report: &mut dyn Report) {
        for record in records.iter() {
            self.written += 1;
            if let Err(reason) = self.record(&record, out)
                && !report.bad(self.written, reason.into())
            {
                return;
            }
        }
    }

    /// A header that was asked for is written even if there are no records.
    fn end(&mut self, out: &mut Vec<u8>, _report: &mut dyn Report) {
        if self.columns.is_some() {
            self.begin(&[], out);
        }
    }
}
