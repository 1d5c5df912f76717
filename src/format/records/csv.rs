//! `csv`: comma-separated values with a header line (RFC 4180). Cells in quotes may contain newlines.

use super::BOM;
use super::table_reader::{Dialect, TableReader};
use super::table_writer::{Layout, TableWriter};
use super::{ReadOptions, RecordReader, RecordWriter, Spec, WriteOptions};

pub(super) static SPEC: Spec = Spec {
    name: "csv",
    summary: "Comma-separated values with a header line (RFC 4180)",
    has_header: true,
    has_delimiter: true,
    reader: Some(reader),
    writer,
    example: (
        "name,city,visits\nAda,\"London, UK\",3\n\"Grace \"\"Amazing\"\" H.\",,012\n\"two\nlines\",x,\n",
        concat!(
            "{\"name\":\"Ada\",\"city\":\"London, UK\",\"visits\":\"3\"}\n",
            "{\"name\":\"Grace \\\"Amazing\\\" H.\",\"city\":\"\",\"visits\":\"012\"}\n",
            "{\"name\":\"two\\nlines\",\"city\":\"x\",\"visits\":\"\"}\n",
        ),
    ),
};

fn reader(options: &ReadOptions) -> Box<dyn RecordReader> {
    let delimiter = options.delimiter.unwrap_or(b',');
    Box::new(TableReader::new(Dialect::Csv { delimiter }, options))
}

fn writer(options: &WriteOptions) -> Box<dyn RecordWriter> {
    let delimiter = options.delimiter.unwrap_or(b',');
    Box::new(TableWriter::new(Csv { delimiter }, options))
}

struct Csv {
    delimiter: u8,
}

impl Layout for Csv {
    fn cell(&self, cell: &[u8], is_alone: bool, out: &mut Vec<u8>) {
        let special = |byte: &u8| matches!(byte, b'"' | b'\n' | b'\r') || *byte == self.delimiter;
        // A row that is one empty cell would be a blank line, which readers pass over.
        let needs_quotes = match cell.is_empty() {
            true => is_alone,
            false => cell.iter().any(special) || cell.starts_with(BOM),
        };
        if !needs_quotes {
            out.extend_from_slice(cell);
            return;
        }
        out.push(b'"');
        let mut rest = cell;
        while let Some(quote) = memchr::memchr(b'"', rest) {
            out.extend_from_slice(&rest[..=quote]);
            out.push(b'"');
            rest = &rest[quote + 1..];
        }
        out.extend_from_slice(rest);
        out.push(b'"');
    }

    fn separator(&self) -> &[u8] {
        std::slice::from_ref(&self.delimiter)
    }
}
