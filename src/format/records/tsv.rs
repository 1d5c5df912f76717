//! `tsv`: tab-separated values with a header line. Tab, newline and backslash in a cell are written `\t`, `\n` and `\\`, so that
//! a line is always a record. A carriage return at the end of a row is written `\r`, since it would be part of the line's end.

use super::table_reader::{Dialect, TableReader};
use super::table_writer::{Layout, TableWriter};
use super::{ReadOptions, RecordReader, RecordWriter, Spec, WriteOptions};

pub(super) static SPEC: Spec = Spec {
    name: "tsv",
    summary: "Tab-separated values with a header line; \\t, \\n and \\\\ in cells",
    has_header: true,
    has_delimiter: false,
    reader: Some(reader),
    writer,
    example: (
        "name\tcity\tvisits\nAda\tLondon, UK\t3\nGrace\\\\Hopper\t\t\"012\ntab\\tnewline\\n\tx\t\n",
        concat!(
            "{\"name\":\"Ada\",\"city\":\"London, UK\",\"visits\":\"3\"}\n",
            "{\"name\":\"Grace\\\\Hopper\",\"city\":\"\",\"visits\":\"\\\"012\"}\n",
            "{\"name\":\"tab\\tnewline\\n\",\"city\":\"x\",\"visits\":\"\"}\n",
        ),
    ),
};

fn reader(options: &ReadOptions) -> Box<dyn RecordReader> {
    Box::new(TableReader::new(Dialect::Tsv, options))
}

fn writer(options: &WriteOptions) -> Box<dyn RecordWriter> {
    Box::new(TableWriter::new(Tsv, options))
}

struct Tsv;

impl Layout for Tsv {
    fn cell(&self, cell: &[u8], _is_alone: bool, out: &mut Vec<u8>) {
        let mut rest = cell;
        while let Some(place) = memchr::memchr3(b'\t', b'\n', b'\\', rest) {
            out.extend_from_slice(&rest[..place]);
            out.extend_from_slice(match rest[place] {
                b'\t' => b"\\t",
                b'\n' => b"\\n",
                _ => b"\\\\",
            });
            rest = &rest[place + 1..];
        }
        out.extend_from_slice(rest);
    }

    fn separator(&self) -> &[u8] {
        b"\t"
    }

    fn end_row(&self, out: &mut Vec<u8>) {
        if out.last() == Some(&b'\r') {
            out.pop();
            out.extend_from_slice(b"\\r");
        }
        out.push(b'\n');
    }
}
