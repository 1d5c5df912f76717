//! Whole records: formats that are read and written with every name and value, for work that must not alter them.
//!
//! A reader takes bytes that are cut anywhere, finds out where records end (at newlines, outside quotes, where an object
//! closes), and collects them in [`Records`]. A writer takes such batches; its columns come with the first record. Values stay
//! as they are written: numbers digit for digit, empty cells as empty texts, JSON strings with their escapes.

mod csv;
mod json_lines;
mod json_values;
#[cfg(test)]
mod laws;
mod line_reader;
mod logfmt;
mod markdown;
mod names;
mod object_writer;
mod objects;
mod pen;
mod shapes;
mod table_reader;
mod table_writer;
#[cfg(test)]
mod tests;
mod tsv;

use std::borrow::Cow;

use crate::record::records::Records;

pub use names::distinct;
pub use objects::{elements, inside};
pub use table_writer::Layout;

/// Every format of whole records, sorted by name.
pub static FORMATS: &[&Spec] = &[
    &csv::SPEC,
    &json_values::SPEC,
    &logfmt::SPEC,
    &markdown::SPEC,
    &json_lines::SPEC,
    &tsv::SPEC,
];

/// The format of this name.
pub fn find(name: &str) -> Option<&'static Spec> {
    FORMATS.iter().find(|spec| spec.name == name).copied()
}

/// A format of whole records.
pub struct Spec {
    /// Its name: kebab-case.
    pub name: &'static str,
    /// One line, imperative, no full stop.
    pub summary: &'static str,
    /// Whether its records have the names of a header line, so that the options about headers and columns apply.
    pub has_header: bool,
    /// Whether the byte between its cells can be chosen.
    pub has_delimiter: bool,
    /// Makes a reader; none if it is only written.
    pub reader: Option<MakeReader>,
    /// Makes a writer.
    pub writer: fn(&WriteOptions) -> Box<dyn RecordWriter>,
    /// A text in this format, and its records as NDJSON.
    pub example: (&'static str, &'static str),
}

/// Makes a reader.
pub type MakeReader = fn(&ReadOptions) -> Box<dyn RecordReader>;

/// How records are read.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The byte between cells, if it is not the usual one.
    pub delimiter: Option<u8>,
    /// There is no header line: the names are `column_1`, `column_2`, ….
    pub no_header: bool,
    /// Cells that are numbers as JSON writes them are numbers.
    pub infer: bool,
}

/// How records are written.
#[derive(Clone, Debug, Default)]
pub struct WriteOptions {
    /// The byte between cells, if it is not the usual one.
    pub delimiter: Option<u8>,
    /// No header line is written.
    pub no_header: bool,
    /// The columns; without them, the names of the first record.
    pub columns: Option<Vec<Box<[u8]>>>,
    /// What becomes of fields that have no column.
    pub extra: Extra,
}

/// What becomes of fields that have no column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extra {
    /// The record is bad.
    #[default]
    Refuse,
    /// They are left out.
    Drop,
    /// They become a JSON object in a last column.
    Json,
}

/// The column of [`Extra::Json`].
const EXTRA: &[u8] = b"extra";

/// What a reader or writer reports.
pub trait Report {
    /// A record that cannot be read or written: its number from 1, and why. Returns whether to go on with the next one;
    /// otherwise the reader or writer is of no further use.
    fn bad(&mut self, record: u64, reason: Cow<'static, str>) -> bool;

    /// Nothing more of the input can be read, and why.
    fn broken(&mut self, reason: String);

    /// Something was read in a way that the user should know.
    fn note(&mut self, message: &str) {
        let _ = message;
    }

    /// A value that is not UTF-8 was written with U+FFFD in the place of its bytes.
    fn replaced(&mut self) {}
}

/// Finds the records in a stream of bytes.
pub trait RecordReader: Send {
    /// Reads some of the input, cut anywhere. The records that it completes replace those of the last call.
    fn read(&mut self, bytes: &[u8], report: &mut dyn Report);

    /// The input ends, or the next file begins, which is read as one of its own. Record numbers go on.
    fn end(&mut self, report: &mut dyn Report);

    /// Sets the longest record that is read, in bytes; a longer one ends the reading.
    fn limit(&mut self, longest: usize);

    /// The records that the last call completed.
    fn records(&self) -> &Records;
}

/// Writes records.
pub trait RecordWriter: Send {
    /// Appends records as they are written.
    fn write(&mut self, records: &Records, out: &mut Vec<u8>, report: &mut dyn Report);

    /// Appends what stands behind the last record.
    fn end(&mut self, out: &mut Vec<u8>, report: &mut dyn Report) {
        let _ = (out, report);
    }
}

/// Reports a record that is longer than the limit, after which nothing more is read.
#[cold]
fn too_long(record: u64, longest: usize, report: &mut dyn Report) {
    report.broken(format!(
        "record {record} is longer than {longest} bytes; see --max-line"
    ));
}

/// UTF-8's byte-order mark, which some programs write at the beginning of a text.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// How many bytes of a mark a text begins with; none if that is not known before more of it has come.
fn mark(text: &[u8], is_whole: bool) -> Option<usize> {
    if text.starts_with(BOM) {
        Some(BOM.len())
    } else if !is_whole && BOM.starts_with(text) {
        None
    } else {
        Some(0)
    }
}
